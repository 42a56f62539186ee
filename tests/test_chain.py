from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .chain_common import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21 12:00:00")
class TestChain(ChainCase):
    """What can stand in a decision chain and what is refused, with a clear reason."""

    # === WHO === #

    def test_sales_person_adds_people_to_his_customer(self):
        contact = self._create_contact("Ada")
        row = (
            self.env["customer.stakeholder"]
            .with_user(self.sales)
            .create({"profile_id": self.profile.id, "partner_id": contact.id})
        )
        self.assertRecordValues(
            row,
            [
                {
                    "company_id": self.company.id,
                    "role_id": self.roles["user"].id,
                    "stance": "unknown",
                    "date_from": self._to_date("2026-11-21"),
                    "date_to": False,
                    "is_current": True,
                    "display_name": "Ada (User)",
                }
            ],
        )

    def test_contact_of_another_company_is_refused_by_name(self):
        stranger = self._create_contact("Eve", self._create_partner("Elsewhere"))
        with self.assertRaisesRegex(
            ValidationError, "Chain Customer, Contact: Eve belongs to Elsewhere"
        ):
            self._add(stranger)

    def test_archived_contact_is_refused(self):
        contact = self._create_contact("Ada")
        contact.active = False
        with self.assertRaisesRegex(ValidationError, "Ada is archived"):
            self._add(contact)

    def test_role_that_ended_may_belong_to_somebody_who_works_elsewhere_now(self):
        stranger = self._create_contact("Eve", self._create_partner("Elsewhere"))
        row = self._add(stranger, date_from="2025-01-01", date_to="2025-06-01")
        with self.assertRaisesRegex(ValidationError, "Eve belongs to Elsewhere"):
            row.date_to = False

    def test_person_who_is_a_customer_himself_stands_in_his_own_chain(self):
        person = self._create_partner("Self", is_company=False)
        row = self.env["customer.stakeholder"].create(
            {"profile_id": self._get_profile(person).id, "partner_id": person.id}
        )
        self.assertTrue(row.is_current)

    # === WHEN === #

    def test_role_cannot_end_before_it_starts(self):
        row = self._add("Ada")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            row.date_to = "2025-12-31"
            self.env.flush_all()

    def test_nobody_holds_a_role_twice_on_one_day(self):
        row = self._add("Ada", "champion")
        for values in (
            {"date_from": "2026-05-01"},
            {"date_from": "2025-12-01", "date_to": "2026-01-02"},
            {"date_from": "2025-12-01"},
        ):
            with (
                self.subTest(**values),
                self.assertRaisesRegex(
                    ValidationError, "Ada holds the role Champion twice"
                ),
                self.cr.savepoint(),
            ):
                self._add(row.partner_id, "champion", **values)
        self._add(
            row.partner_id, "champion", date_from="2025-12-01", date_to="2026-01-01"
        )
        self._add(row.partner_id, "user")

    def test_lengthening_a_role_into_another_one_is_refused(self):
        old = self._add("Ada", date_from="2025-01-01", date_to="2025-06-01")
        self._add(old.partner_id)
        with self.assertRaisesRegex(ValidationError, "twice"):
            old.date_to = "2026-02-01"

    @mute_logger("odoo.sql_db")
    def test_database_refuses_the_same_current_role_twice(self):
        row = self._add("Ada")
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.cr.execute(
                """INSERT INTO customer_stakeholder
                          (profile_id, company_id, partner_id, role_id, stance,
                           date_from)
                   SELECT profile_id, company_id, partner_id, role_id, stance,
                          date_from FROM customer_stakeholder WHERE id = %s""",
                [row.id],
            )

    # === REPORTS TO === #

    def test_circular_reporting_is_refused_at_any_distance(self):
        boss = self._add("Boss")
        head = self._add("Head", above=boss)
        user = self._add("User", above=head)
        for row, above in ((boss, boss), (boss, head), (boss, user), (head, user)):
            with (
                self.subTest(row=row.partner_id.name),
                self.assertRaisesRegex(ValidationError, "Reports To"),
                self.cr.savepoint(),
            ):
                row.reports_to_id = above

    def test_circular_reporting_through_a_second_role_is_refused(self):
        boss = self._add("Boss")
        head = self._add("Head", above=boss)
        second = self._add(head.partner_id, "champion")
        with self.assertRaisesRegex(ValidationError, "Boss, Reports To: Head reports"):
            boss.reports_to_id = second

    def test_nobody_reports_to_himself_by_another_role(self):
        row = self._add("Ada")
        with self.assertRaisesRegex(ValidationError, "nobody reports to himself"):
            self._add(row.partner_id, "champion", above=row)

    def test_manager_of_another_customer_is_refused(self):
        other = self._create_partner("Elsewhere")
        contact = self._create_contact("Eve", other)
        above = self._add(contact, profile_id=self._get_profile(other).id)
        with self.assertRaisesRegex(
            ValidationError,
            "Ada, Reports To: Eve belongs to the decision chain of Else",
        ):
            self._add("Ada", above=above)

    def test_a_chain_has_at_most_twenty_levels(self):
        above = None
        for number in range(20):
            above = self._add(f"Level {number}", above=above)
        with self.assertRaisesRegex(ValidationError, "at most 20 levels"):
            self._add("Level 21", above=above)

    def test_the_other_way_round_is_allowed_once_the_first_link_has_ended(self):
        boss = self._add("Boss", date_from="2025-01-01", date_to="2025-12-31")
        head = self._add(
            "Head", above=boss, date_from="2025-01-01", date_to="2025-12-31"
        )
        new = self._add(head.partner_id)
        self.assertTrue(self._add(boss.partner_id, above=new))

    # === RIGHTS === #

    def test_nobody_moves_a_person_to_another_customer(self):
        row = self._add("Ada").with_user(self.sales)
        other = self._get_profile(self._create_partner("Elsewhere"))
        with self.assertRaises(AccessError):
            row.write({"profile_id": other.id})

    def test_contact_in_a_chain_cannot_be_deleted(self):
        row = self._add("Ada")
        row.date_to = "2026-05-01"
        with self.assertRaisesRegex(UserError, "stood in the decision chain of Chain"):
            row.partner_id.unlink()

    def test_contact_shows_his_roles_to_those_who_see_the_customer(self):
        row = self._add("Ada")
        plain = self._create_user("chain_plain", "base.group_user")
        other = self._create_user("chain_other", "user")
        for partner in (row.partner_id, self.partner):
            self.assertEqual(partner.with_user(self.sales).stakeholder_ids, row)
            self.assertFalse(partner.with_user(plain).stakeholder_ids)
            self.assertFalse(partner.with_user(other).stakeholder_ids)
