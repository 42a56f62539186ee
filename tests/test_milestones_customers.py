from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DAY
from .milestone_common import MilestoneCase


@tagged("post_install", "-at_install")
class TestMilestonesCustomers(MilestoneCase):
    """Milestones when customers are merged, deleted, of another company."""

    # === MERGE === #

    def test_merge_moves_every_milestone_and_archives_what_is_there_twice(self):
        survivor = self._create_rated("Survivor", since="2020-11-25")
        gone = self._create_rated("Gone", since="2020-11-25")
        gone.user_id = self.colleague
        first, second = self._create_renewal(gone), self._create_renewal(gone)
        self._raise()
        self.assertEqual(len(self._get(gone)), 3)
        gone._merge_into(survivor)
        rows = self._get(survivor)
        self.assertFalse(self._get(gone))
        self.assertEqual(len(rows), 4)
        anniversaries = rows.filtered(lambda row: row.kind == "anniversary")
        self.assertEqual(sorted(anniversaries.mapped("active")), [False, True])
        self.assertTrue((first | second).mapped("active"))
        activities = self._get_activities(rows)
        self.assertEqual(activities.user_id, self.sales)
        self.assertEqual(len(activities), 3)
        self._raise()
        self.assertEqual(self._get(survivor), rows)

    def test_merged_contacts_keep_their_milestones(self):
        survivor, gone = self._create_rated("Survivor"), self._create_rated("Gone")
        renewal = self._create_renewal(gone)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(
            (survivor | gone).partner_id.ids, survivor.partner_id, extra_checks=False
        )
        self.assertEqual(renewal.profile_id, survivor)
        self.assertTrue(renewal.active)

    def test_customer_with_milestones_is_not_deleted(self):
        self._create_renewal()
        with self.assertRaisesRegex(UserError, "has milestones"):
            self.profile.unlink()
        self._create_renewal().active = False
        with self.assertRaisesRegex(UserError, "has milestones"):
            self.partner.unlink()

    # === COMPANIES AND RIGHTS === #

    def test_milestone_belongs_to_the_company_of_its_customer(self):
        other = self.env["customer.profile"].create(
            {"partner_id": self.partner.id, "company_id": self.other_company.id}
        )
        renewal = self._create_renewal(other, company_id=self.company.id)
        self.assertEqual(renewal.company_id, self.other_company)
        with self.assertRaises(AccessError):
            renewal.with_user(self.sales).read(["kind"])

    def test_job_uses_the_days_before_of_each_company(self):
        other = self.env["customer.profile"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.other_company.id,
                "user_id": self.sales.id,
            }
        )
        self.other_company.customer_renewal_lead_days = 10
        renewals = self._create_renewal(), self._create_renewal(other)
        self.assertEqual(
            [renewal.date_due for renewal in renewals],
            [date(2026, 11, 11), date(2026, 12, 31)],
        )
        self._raise()
        self.assertEqual(
            [len(self._get_activities(renewal)) for renewal in renewals], [1, 0]
        )

    def test_users_end_and_archive_managers_delete(self):
        renewal = self._create_renewal()
        with self.assertRaises(AccessError):
            renewal.with_user(self.sales).unlink()
        manager = self._create_user("milestone_manager", "manager")
        renewal.with_user(manager).unlink()
        self.assertFalse(renewal.exists())

    # === PANEL === #

    def test_card_shows_the_next_five_with_days_until_and_what_is_late(self):
        for end in ("2026-11-20", DAY, "2027-01-02", "2027-02-01", "2027-03-01"):
            self._create_renewal(end=end, name=f"Until {end}")
        self._create_renewal(end="2027-04-01")
        done = self._create_renewal(end="2026-11-25")
        with self._on(DAY):
            done.action_lose()
            card = self.profile.with_user(self.sales)._get_milestone_card()
        self.assertEqual([row["days"] for row in card], [-1, 0, 42, 72, 100])
        self.assertEqual([row["is_late"] for row in card], [True] + [False] * 4)
        self.assertEqual(
            {key: card[2][key] for key in ("kind_label", "name", "date", "state")},
            {
                "kind_label": "Contract Renewal",
                "name": "Until 2027-01-02",
                "date": "2027-01-02",
                "state": "open",
            },
        )

    def test_card_takes_at_most_three_statements(self):
        self._create_birthday(self.profile, "Person", 11, 22)
        self._create_renewal()
        self._raise()
        profile = self.profile.with_user(self.sales)
        with self._on(DAY):
            for _time in range(3):  # the first ones fill the registry's caches
                self.env.flush_all()
                self.env.invalidate_all()
                (profile.env.user.name, profile.company_id.partner_id.tz)
                before = self.cr.sql_log_count
                profile._get_milestone_card()
        self.assertLessEqual(self.cr.sql_log_count - before, 3)

    def test_customers_are_found_by_a_renewal_that_is_near(self):
        self._create_renewal(end="2027-01-10")
        far = self._create_rated("Far")
        self._create_renewal(far, end="2028-01-10")
        near = ("milestone_ids", "any", [("date_end", "<=", "2027-02-01")])
        profiles = self.env["customer.profile"].with_user(self.sales)
        self.assertEqual(profiles.search([near]), self.profile)
