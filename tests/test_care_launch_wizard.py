from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .care_work_common import CareWorkCase


@tagged("post_install", "-at_install")
class TestCareLaunchWizard(CareWorkCase):
    """A sales person launches a plan and has seen before what it brings."""

    def setUp(self):
        super().setUp()
        self.playbook = self._create_playbook(
            {
                "name": "Welcome call",
                "recurrence": "once",
                "offset_days": 5,
                "kind_id": self.call.id,
                "has_budget": True,
                "budget_amount": 200,
            },
            {"name": "Half-yearly visit", "recurrence": "half_yearly"},
            trigger="manual",
            is_automatic=False,
            tier_codes="S",
            period_months=6,
        )

    def _open_launch(self, profiles, user=None):
        """Return the dialog that the button of a customer, or of a list, opens."""
        profiles = profiles.with_user(user or self.sales)
        action = profiles.action_launch_plan()
        self.assertEqual(action["target"], "new")
        launch = self.env[action["res_model"]].with_user(user or self.sales)
        return launch.browse(action["res_id"])

    def test_preview_says_what_when_who_and_for_how_much_and_writes_nothing(self):
        launch = self._open_launch(self.profile)
        launch.playbook_id = self.playbook
        for text in (
            "Welcome call",
            "11/26/2026",
            "plan_sales",
            "200.00",
            "Half-yearly visit",
            "12/31/2026",
            "05/20/2027",  # its last day
        ):
            with self.subTest(text):
                self.assertIn(text, launch.preview)
        self.assertEqual(launch.launch_count, 1)
        self.assertFalse(self._get_plans())

    def test_launched_plan_starts_at_once(self):
        launch = self._open_launch(self.profile)
        launch.playbook_id = self.playbook
        action = launch.action_launch()
        plan = self.plans.browse(action["res_id"])
        self.assertRecordValues(
            plan,
            [
                {
                    "profile_id": self.profile.id,
                    "playbook_id": self.playbook.id,
                    "is_manual": True,
                    "state": "running",
                    "date_start": date(2026, 11, 21),
                }
            ],
        )
        call, visit = plan.action_ids.sorted("date_deadline")
        self.assertEqual((call.state, visit.state), ("due", "planned"))
        self.assertEqual(self._get_activities(call).user_id, self.sales)
        self.assertFalse(self._get_activities(visit))

    def test_second_plan_of_a_playbook_is_refused_and_explained(self):
        self.profile.with_user(self.sales)._launch_plan(
            self.playbook, date(2026, 11, 21)
        )
        launch = self._open_launch(self.profile)
        launch.playbook_id = self.playbook
        self.assertIn("Running plan Test playbook", launch.preview)
        self.assertEqual(launch.launch_count, 0)
        with self.assertRaisesRegex(UserError, "close it first"):
            launch.action_launch()

    def test_cancelled_plan_can_be_launched_again_the_same_day(self):
        profile = self.profile.with_user(self.sales)
        first = profile._launch_plan(self.playbook, date(2026, 11, 21))
        first.action_cancel()
        with freeze_time("2026-11-21 12:00:01"):
            second = profile._launch_plan(self.playbook, date(2026, 11, 21))
        self.assertEqual(second.state, "running")

    def test_for_many_only_those_who_can_have_it_get_it(self):
        second = self._create_customer("Second", "S")
        third = self._create_customer("Third", "B")
        self.profile._launch_plan(self.playbook, date(2026, 11, 21))
        launch = self._open_launch(self.profile | second | third)
        launch.playbook_id = self.playbook
        self.assertEqual((launch.profile_count, launch.launch_count), (3, 2))
        self.assertIn("Left out", launch.preview)
        self.assertIn(
            "His tier or stage is not one that", launch.preview
        )  # the third one
        action = launch.action_launch()
        plans = self.plans.search(action["domain"])
        self.assertEqual(plans.profile_id, second | third)

    def test_plan_beyond_the_contract_is_said_before(self):
        self.env["customer.milestone"].create(
            {
                "profile_id": self.profile.id,
                "kind": "renewal",
                "date_end": "2027-02-28",
            }
        )
        launch = self._open_launch(self.profile)
        launch.playbook_id = self.playbook
        self.assertIn("after the contract, which ends on 02/28/2027", launch.preview)

    def test_budget_without_a_rate_is_unknown_and_never_one_to_one(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", euro.id)]).unlink()
        self.playbook.currency_id = euro
        launch = self._open_launch(self.profile)
        launch.playbook_id = self.playbook
        self.assertIn("unknown", launch.preview)
        self.assertNotIn("200.00", launch.preview)

    def test_the_playbook_of_the_tier_is_proposed(self):
        tier_play = self._create_playbook(
            {"recurrence": "monthly"}, name="For S", sequence=1, is_automatic=False
        )
        self.env["customer.playbook"].search(
            [("trigger", "in", ("tier", "stage")), ("id", "!=", tier_play.id)]
        ).active = False
        self.assertEqual(self._open_launch(self.profile).playbook_id, tier_play)
        self.profile._launch_plan(tier_play, date(2026, 11, 21))
        self.assertFalse(self._open_launch(self.profile).playbook_id)

    def test_stranger_launches_nothing(self):
        with self.assertRaises(AccessError):
            self.profile.with_user(self.stranger).action_launch_plan()
        launch = self.env["customer.care.launch"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            launch.create(
                {
                    "company_id": self.company.id,
                    "profile_ids": [(6, 0, self.profile.ids)],
                    "playbook_id": self.playbook.id,
                }
            ).action_launch()
        self.assertFalse(self._get_plans())

    def test_playbook_of_another_company_is_refused(self):
        launch = self._open_launch(self.profile, self.env.user)
        self.playbook.company_id = self.other_company
        with self.assertRaisesRegex(UserError, "belongs to"):
            launch.playbook_id = self.playbook

    def test_customers_of_two_companies_are_refused(self):
        other = self._create_customer("Abroad", company=self.other_company)
        both = (self.profile | other).with_user(self.env.user)
        with self.assertRaisesRegex(UserError, "one company"):
            both.action_launch_plan()
