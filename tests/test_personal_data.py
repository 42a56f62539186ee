from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import DAY
from .personal_common import PersonalCase


@tagged("post_install", "-at_install")
@freeze_time(f"{DAY} 12:00:00")
class TestPersonalData(PersonalCase):
    """What the first responsible person writes down about a contact, and how long."""

    # === WHAT IS KNOWN === #

    def test_birthday_and_trust_are_chosen_on_the_form(self):
        view = self.env["customer.personal.data"].with_user(self.ann)
        view = view.with_context(
            default_profile_id=self.profile.id, default_partner_id=self.person.id
        )
        with Form(view) as form:
            form.consent = "given"
            form.birthday_day_choice = "29"
            form.birthday_month_choice = "2"
            form.trust_choice = "4"
            form.interests = "Calligraphy"
        data = form.record
        self.assertRecordValues(
            data,
            [
                {
                    "birthday_day": 29,
                    "birthday_month": 2,
                    "trust": 4,
                    "company_id": self.company.id,
                    "gift_limit": 200,
                }
            ],
        )
        self.assertEqual(str(data.date_trust), DAY)
        self.assertEqual(str(data.date_recorded), DAY)
        self.assertEqual(str(data.date_expiry), "2028-11-21")  # 24 months
        # 2027 is no leap year
        self.assertEqual(str(data.date_next_birthday), "2027-02-28")

    def test_days_that_do_not_exist_are_refused_by_name(self):
        for day, month in ((30, 2), (31, 4), (1, 0), (0, 5)):
            with (
                self.subTest(day=day, month=month),
                self.assertRaisesRegex(ValidationError, "Lin Xia"),
                self.env.cr.savepoint(),
            ):
                self._create_data(birthday_day=day, birthday_month=month)
        for values in ({"trust": 6}, {"birthday_month": 13, "birthday_day": 1}):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self._create_data(**values)

    def test_only_a_person_at_the_customer_can_be_recorded(self):
        stranger = self._create_partner("Stranger", is_company=False)
        for partner in (stranger, self.partner):
            with (
                self.subTest(partner=partner.name),
                self.assertRaisesRegex(ValidationError, "not a person at"),
                self.env.cr.savepoint(),
            ):
                self._create_data(partner)
        private = self._create_partner("Private", is_company=False)
        profile = self._get_profile(private)
        profile.user_id = self.ann
        self.assertTrue(self._create_data(private, profile_id=profile.id))

    def test_a_person_is_recorded_once_for_a_customer(self):
        self._create_data()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_data()

    def test_birthdays_of_the_next_30_days_are_found_across_the_year_end(self):
        self.env["customer.personal.data"].search([]).sudo().unlink()
        near, far = (
            self._create_data(birthday_day=1, birthday_month=1),
            self._create_data(self.other_person, birthday_day=20, birthday_month=11),
        )
        rows = self.env["customer.personal.data"].with_user(self.ann)
        for day, expected in (
            (DAY, self.env["customer.personal.data"]),
            ("2026-12-01", self.env["customer.personal.data"]),  # 31 days
            ("2026-12-02", near),
            ("2027-01-01", near),
            ("2027-01-02", self.env["customer.personal.data"]),
            ("2026-11-20", far),
        ):
            with self.subTest(day=day), freeze_time(f"{day} 12:00:00"):
                self.env.invalidate_all()
                found = rows.search([("is_birthday_soon", "=", True)])
                self.assertEqual(found, expected)
                others = rows.search([("is_birthday_soon", "=", False)])
                self.assertEqual(others, (near | far) - expected)
                self.assertEqual((near | far).filtered("is_birthday_soon"), expected)

    def test_a_leap_day_is_kept_on_28_february_in_other_years(self):
        data = self._create_data(birthday_day=29, birthday_month=2)
        rows = self.env["customer.personal.data"].with_user(self.ann)
        for day, expected in (("2027-01-29", True), ("2027-01-28", False)):
            with self.subTest(day=day), freeze_time(f"{day} 12:00:00"):
                found = rows.search([("is_birthday_soon", "=", True)])
                self.assertEqual(bool(found), expected)
        self.assertEqual(
            self._get_birthdays("2026-12-01", "2028-12-31"),
            [(data.id, "2027-02-28"), (data.id, "2028-02-29")],
        )

    def test_birthdays_between_two_days_are_those_of_people_who_are_there(self):
        data = self._create_data(birthday_day=31, birthday_month=12)
        other = self._create_data(
            self.other_person, birthday_day=1, birthday_month=1, consent="not_needed"
        )
        self.assertEqual(
            self._get_birthdays("2026-12-31", "2027-01-01"),
            [(data.id, "2026-12-31"), (other.id, "2027-01-01")],
        )
        self.person.active = False
        other.consent = "withdrawn"
        self.assertEqual(self._get_birthdays("2026-12-01", "2027-12-31"), [])
        rows = self.env["customer.personal.data"]._get_birthdays(
            self.other_company, self._to_date(DAY), self._to_date("2028-01-01")
        )
        self.assertEqual(rows, [])

    def _get_birthdays(self, date_from, date_to):
        rows = self.env["customer.personal.data"]._get_birthdays(
            self.company, self._to_date(date_from), self._to_date(date_to)
        )
        self.assertFalse([row for row in rows if row[1] != self.profile.id])
        return [(row[0], str(row[3])) for row in rows]

    # === GIFTS === #

    def test_a_gift_above_the_limit_is_refused_by_name_and_limit(self):
        data = self._create_data()
        self.assertTrue(self._create_gift(data, amount=200))
        with (
            self.assertRaisesRegex(ValidationError, r"200\.01.*200\.00.*Lin Xia"),
            self.env.cr.savepoint(),
        ):
            self._create_gift(data, amount=200.01)
        data.gift_limit = 0
        self.assertTrue(self._create_gift(data, amount=900, name="Watch"))
        for amount, error in (
            (float("nan"), ValidationError),
            (float("inf"), ValidationError),
            (-1, IntegrityError),
        ):
            with (
                self.subTest(amount=amount),
                mute_logger("odoo.sql_db"),
                self.assertRaises(error),
            ):
                self._create_gift(data, amount=amount)

    def test_a_person_who_takes_no_gifts_gets_none(self):
        data = self._create_data(no_gift=True)
        with (
            self.assertRaisesRegex(ValidationError, "Lin Xia takes no gifts"),
            self.env.cr.savepoint(),
        ):
            self._create_gift(data, amount=1)

    def test_gifts_belong_to_the_customer_of_the_person_newest_first(self):
        data = self._create_data()
        for day in ("2026-10-01", "2026-11-02", "2025-01-01"):
            self._create_gift(data, date=day, profile_id=False, name=f"Tea of {day}")
        data.invalidate_recordset()
        self.assertEqual(data.gift_ids.profile_id, self.profile)
        self.assertEqual(
            [str(gift.date) for gift in data.gift_ids],
            ["2026-11-02", "2026-10-01", "2025-01-01"],
        )
        other = self._create_data(self.other_person)
        with self.assertRaises(UserError):
            data.gift_ids[0].personal_data_id = other

    # === CONSENT AND TIME === #

    def test_withdrawn_consent_erases_at_once_and_nothing_can_be_added(self):
        data = self._create_data(
            birthday_day=3, birthday_month=5, trust=5, interests="Go", notes="N"
        )
        gift = self._create_gift(data, occasion="Spring Festival")
        data.consent = "withdrawn"
        self._assert_erased(data)
        self.assertRecordValues(
            gift, [{"name": "***", "occasion": False, "amount": 50}]
        )
        self.assertEqual(str(data.date_erased), DAY)
        birthday = {"birthday_day": 1, "birthday_month": 1}
        for values in ({"trust": 3}, {"interests": "Tea"}, birthday):
            with (
                self.assertRaisesRegex(UserError, "withdrawn"),
                self.env.cr.savepoint(),
            ):
                data.write(values)
        with self.assertRaisesRegex(UserError, "withdrawn"), self.env.cr.savepoint():
            self._create_gift(data)
        log = self.env["customer.personal.access"].search([], limit=1)
        self.assertEqual(log.kind, "withdrawal")
        self.assertEqual(log.record_ids, str(data.id))
        data.write({"consent": "given", "trust": 3})
        self.assertEqual(data.trust, 3)
        self.assertEqual(str(data.date_expiry), "2028-11-21")

    def test_data_that_arrives_withdrawn_is_not_kept(self):
        data = self._create_data(consent="withdrawn", trust=3, interests="Go")
        self._assert_erased(data)

    def _assert_erased(self, data):
        self.assertRecordValues(
            data,
            [
                {
                    "birthday_day": 0,
                    "birthday_month": 0,
                    "trust": 0,
                    "date_trust": False,
                    "interests": False,
                    "notes": False,
                    "no_gift": False,
                    "date_expiry": False,
                }
            ],
        )

    def test_the_purge_erases_what_nobody_confirmed_and_old_gifts_once(self):
        data = self._create_data(trust=4, interests="Go")
        kept = self._create_data(self.other_person, trust=2)
        old = self._create_gift(data, date="2026-11-21")
        young = self._create_gift(data, date="2026-11-22", name="Book")
        with freeze_time("2026-12-21 12:00:00"):
            kept.action_confirm()
        self._purge("2028-11-20")
        self.assertEqual(data.trust, 4)
        self._purge("2028-11-21")
        self.env.invalidate_all()
        self._assert_erased(data)
        self.assertEqual(kept.trust, 2)
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())
        logs = self.env["customer.personal.access"].search([("kind", "=", "purge")])
        written = data.write_date
        for _run in range(10):
            self._purge("2028-11-21")
        self.assertEqual(data.write_date, written)
        self.assertEqual(
            self.env["customer.personal.access"].search([("kind", "=", "purge")]), logs
        )

    def _purge(self, day):
        self._run_cron("purge_personal_data", day)

    def test_a_contact_who_left_is_forgotten_after_three_months(self):
        for leave in (
            lambda: self.person.write({"active": False}),
            lambda: self.person.write({"parent_id": self._create_partner("New").id}),
            lambda: self._end_role("employer"),
        ):
            with self.env.cr.savepoint() as savepoint:
                data = self._create_data(trust=4)
                leave()
                for day in (DAY, "2026-12-24"):  # the clock starts once
                    self._purge(day)
                    self.assertEqual(str(data.date_expiry), "2027-02-21")
                self._purge("2027-02-21")
                self.assertFalse(data.trust)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_role_that_changed_is_no_reason_to_forget(self):
        data = self._create_data(trust=4)
        self._end_role("changed")
        self._purge(DAY)
        self.assertEqual(str(data.date_expiry), "2028-11-21")

    def _end_role(self, reason):
        role = self.env["customer.stakeholder"].create(
            {
                "profile_id": self.profile.id,
                "partner_id": self.person.id,
                "date_from": "2026-01-01",
            }
        )
        role.write({"date_to": "2026-11-01", "end_reason": reason})

    # === RIGHTS TO WRITE === #

    def test_only_the_first_responsible_person_writes(self):
        data = self._create_data()
        for user in (self.bob, self.manager, self.reader):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._create_data(self.other_person, user)
                # the same answer whether there is something or not
                with self.assertRaises(AccessError):
                    self._create_data(self.person, user)
                with self.assertRaises(AccessError):
                    data.with_user(user).write({"trust": 1})
                with self.assertRaises(AccessError):
                    data.with_user(user).action_confirm()
        with self.assertRaises(AccessError):
            data.unlink()
        with self.assertRaises(AccessError):
            other = self._create_partner("Other", user_id=self.ann.id)
            data.write({"profile_id": self._get_profile(other).id})
        with self.assertRaises(UserError):
            data.partner_id = self.other_person
