from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DAY
from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestCareGoals(PlanCase):
    """Baseline, target and what was achieved, from the figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_playbook(
            {"recurrence": "monthly"},
            goal_ids=[
                (
                    0,
                    0,
                    {"name": "More", "metric": "additional_purchase", "target": 0.15},
                ),
                (
                    0,
                    0,
                    {
                        "name": "Amount",
                        "metric": "amount_12m",
                        "target": 0.10,
                        "target_kind": "growth",
                    },
                ),
                (0, 0, {"name": "Happy", "metric": "satisfaction", "target": 90}),
                (0, 0, {"name": "Agreed", "metric": "manual", "target": 2}),
            ],
        )

    def _measure_amounts(self, this_year, last_year, day):
        partner = self.profile.partner_id
        self._create_invoice(partner, "2024-06-01", 10)
        self._create_invoice(partner, "2025-06-01", last_year)
        self._create_invoice(partner, "2026-06-01", this_year)
        self._score(partner, day)

    def _get_goals(self, plan):
        return {goal.name: goal for goal in plan.goal_ids}

    def test_goals_stand_where_the_figures_stand(self):
        self._measure_amounts(1200, 1000, DAY)
        self.profile.tier_id = self.tiers["S"]
        goals = self._get_goals(self._launch_due())
        more = goals["More"]
        self.assertEqual(more.baseline_state, "known")
        self.assertAlmostEqual(more.baseline, 0.2)
        self.assertEqual((more.achieved_text, more.result), ("20%", "reached"))
        amount = goals["Amount"]
        self.assertAlmostEqual(amount.target, 1320)  # 1200 and a tenth
        self.assertEqual(amount.result, "missed")
        self.assertEqual(goals["Happy"].result, "to_evaluate")

    def test_what_was_achieved_is_kept_when_the_plan_ends(self):
        self._measure_amounts(1200, 1000, DAY)
        self.profile.tier_id = self.tiers["S"]
        plan = self._launch_due()
        plan._close("manual", self._to_date(DAY))
        self._create_invoice(self.profile.partner_id, "2026-11-20", 5000)
        self._score(self.profile.partner_id, DAY)
        goals = self._get_goals(plan)
        self.assertEqual(goals["More"].achieved_text, "20%")
        self.assertEqual(goals["Happy"].achieved_state, "unknown")
        self.assertIn("1 of 2 goals reached", plan.result)
        self.assertIn("2 goals to be evaluated", plan.result)

    def test_unknown_baseline_leaves_a_growth_target_unknown(self):
        goals = self._get_goals(self._launch_due())
        self.assertEqual(goals["Amount"].baseline_state, "unknown")
        self.assertEqual(goals["Amount"].target_state, "unknown")
        self.assertEqual(goals["Amount"].target_text, "to be evaluated")
        self.assertEqual(goals["Amount"].result, "to_evaluate")

    def test_people_enter_what_no_figure_measures_and_nothing_else(self):
        goals = self._get_goals(self._launch_due())
        goals["Agreed"].with_user(self.sales).achieved = 2
        self.assertEqual(goals["Agreed"].result, "reached")
        with self.assertRaises(AccessError):
            goals["More"].with_user(self.sales).baseline = 7
        goals["More"].with_user(self.sales).achieved = 7
        self.env.invalidate_all()
        self.assertEqual(goals["More"].result, "to_evaluate")

    def test_goal_added_by_hand_starts_from_today(self):
        self._measure_amounts(1200, 1000, DAY)
        self.profile.tier_id = self.tiers["S"]
        plan = self._launch_due()
        goal = (
            self.env["customer.care.goal"]
            .with_user(self.sales)
            .create(
                {
                    "plan_id": plan.id,
                    "profile_id": self.profile.id,
                    "name": "Mine",
                    "metric": "amount_12m",
                    "target": 1500,
                    "baseline": 99,
                }
            )
        )
        self.assertEqual((goal.baseline, goal.baseline_state), (1200, "known"))
