from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .review_common import ReviewCase


@tagged("post_install", "-at_install")
class TestAnnualGoals(ReviewCase):
    """Annual goals measured by figures; rollout steps and trainings of the team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        others = cls.env["customer.profile"].search([("id", "!=", cls.profile.id)])
        others.active = False
        cls.a = cls._create_planned("A customer", "A")
        for partner, day, amount in (
            (cls.partner, "2025-05-01", 100),
            (cls.partner, "2026-05-01", 120),
            (cls.a.partner_id, "2026-06-01", 80),
        ):
            cls._create_order(partner, day, amount)
            cls._create_invoice(partner, day, amount)
        cls._create_order(cls.partner, "2026-07-01", 30)

    def setUp(self):
        super().setUp()
        self._freeze("2026-11-03 12:00:00")

    def _set_goal(self, metric="repurchase", target=0.5, **values):
        goals = self.env["customer.annual.goal"].with_user(self.manager)
        return goals.create(
            {"name": "Goal", "metric": metric, "target": target, "year": 2026, **values}
        )

    def _assert_goal(self, goal, baseline, achieved, result):
        self.assertEqual(
            (
                goal.baseline if goal.baseline_state == "known" else None,
                goal.achieved if goal.achieved_state == "known" else None,
                goal.result,
            ),
            (baseline, achieved, result),
        )

    # === MEASURED === #

    def test_baseline_is_the_year_before_and_achieved_the_year_so_far(self):
        goal = self._set_goal()  # one of two buyers has ordered twice
        self._assert_goal(goal, 0, 0.5, "reached")
        self.assertEqual(goal.date_achieved, date(2026, 11, 3))
        self._assert_goal(self._set_goal(target=0.51), 0, 0.5, "under_way")

    def test_a_goal_is_about_its_tiers(self):
        goal = self._set_goal("average_amount", 100, tier_codes="S")
        self._assert_goal(goal, 100, 120, "reached")
        goal = self._set_goal("average_amount", 100, tier_codes="A")
        self._assert_goal(goal, None, 80, "under_way")

    def test_a_goal_is_about_its_stages(self):
        stage = self.env.ref("customer_success.customer_lifecycle_stage_mature")
        self.a.lifecycle_stage_id = stage
        goal = self._set_goal("average_amount", 100, stage_ids=[(6, 0, stage.ids)])
        self._assert_goal(goal, None, 80, "under_way")

    def test_when_the_year_is_over_a_goal_is_missed(self):
        goal = self._set_goal(target=0.9)
        with freeze_time("2027-01-05 12:00:00"):
            self.env["customer.annual.goal"]._measure_due(
                self.company, date(2027, 1, 5)
            )
        self._assert_goal(goal, 0, 0.5, "missed")
        self.assertEqual(goal.date_achieved, date(2026, 12, 31))

    def test_the_last_day_of_the_year_counts(self):
        goal = self._set_goal(target=0.9)
        goals = self.env["customer.annual.goal"]
        with freeze_time("2026-12-31 02:00:00"):
            goals._measure_due(self.company, date(2026, 12, 31))
        self._assert_goal(goal, 0, 0.5, "under_way")
        self._create_order(self.a.partner_id, "2026-12-31", 10)
        with freeze_time("2027-01-01 02:00:00"):
            goals._measure_due(self.company, date(2027, 1, 1))
        self._assert_goal(goal, 0, 1, "reached")

    def test_at_most_is_reached_from_below(self):
        goal = self._set_goal(target=0.5, direction="down")
        self._assert_goal(goal, 0, 0.5, "reached")
        self._assert_goal(
            self._set_goal(target=0.49, direction="down"), 0, 0.5, "under_way"
        )

    def test_what_nobody_has_asked_for_is_to_be_evaluated(self):
        goal = self._set_goal("satisfaction", 90)
        self._assert_goal(goal, None, None, "to_evaluate")
        self.assertEqual(goal.achieved_text, "to be evaluated")

    def test_a_goal_of_a_year_to_come_is_to_be_evaluated(self):
        goal = self._set_goal(year=2027)
        self._assert_goal(goal, 0.5, None, "to_evaluate")

    def test_what_no_figure_measures_is_entered(self):
        goal = self._set_goal("manual", 3)
        self._assert_goal(goal, None, None, "to_evaluate")
        goal.achieved_manual = 0
        self._assert_goal(goal, None, 0, "under_way")
        goal.achieved_manual = 3
        self._assert_goal(goal, None, 3, "reached")

    def test_every_night_it_is_measured_once(self):
        goal = self._set_goal()
        self._create_order(self.a.partner_id, "2026-11-04", 10)
        with freeze_time("2026-11-04 02:00:00"):
            self.env["customer.review"]._create_due(self.company, date(2026, 11, 4))
            self._assert_goal(goal, 0, 1, "reached")
            before = self.env.cr.sql_log_count
            self.env["customer.annual.goal"]._measure_due(
                self.company, date(2026, 11, 4)
            )
            self.assertLessEqual(self.env.cr.sql_log_count - before, 2)

    # === RIGHTS, BAD INPUT === #

    def test_achieved_is_not_entered_and_goals_are_for_managers(self):
        goal = self._set_goal()
        with self.assertRaises(UserError):
            goal.achieved = 1
        with self.assertRaises(AccessError):
            goal.with_user(self.sales).target = 0
        self.assertEqual(goal.with_user(self.sales).achieved, 0.5)
        with self.assertRaises(AccessError):
            self.env["customer.annual.goal"].with_user(self.sales).create({"name": "X"})

    def test_another_company_does_not_see_them(self):
        goal = self._set_goal()
        foreigner = self._create_user("goal_foreigner", "manager",
                                      company=self.other_company)  # fmt: skip
        with self.assertRaises(AccessError):
            goal.with_user(foreigner).read(["name"])

    def test_bad_input_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "no tier has the code X"):
            self._set_goal(tier_codes="S, X")
        with self.assertRaises(ValidationError):
            self._set_goal(target=float("nan"))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._set_goal(year=26)

    # === ROLLOUT, TRAINING === #

    def test_seven_rollout_steps_are_shipped(self):
        steps = self.env["customer.rollout.step"].search([("company_id", "=", False)])
        self.assertEqual(len(steps), 7)
        self.assertTrue(all(step.description for step in steps))

    def test_a_step_that_is_done_has_its_day_and_is_not_late(self):
        step = self.env.ref("customer_success.customer_rollout_step_plan")
        step = step.with_user(self.manager)
        step.date_deadline = "2026-11-02"
        self.assertTrue(step.is_late)
        self.assertIn(step, step.search([("is_late", "=", True)]))
        step.state = "done"
        self.assertEqual(step.date_done, date(2026, 11, 3))
        self.assertFalse(step.is_late)
        self.assertNotIn(step, step.search([("is_late", "=", True)]))
        with self.assertRaises(AccessError):
            step.with_user(self.sales).state = "todo"

    def test_gaps_are_seen_by_managers_and_by_who_is_trained(self):
        trainings = self.env["customer.team.training"].with_user(self.manager)
        training = trainings.create(
            {
                "name": "Complaints",
                "gap_note": "Answers too late",
                "user_ids": [(6, 0, self.sales.ids)],
                "date": "2026-11-02",
            }
        )
        self.assertEqual(training.with_user(self.sales).gap_note, "Answers too late")
        with self.assertRaises(AccessError):
            training.with_user(self.colleague).read(["gap_note"])
        training.state = "done"

    def test_a_training_is_done_after_its_day_by_somebody(self):
        trainings = self.env["customer.team.training"].with_user(self.manager)
        values = {"name": "Standard", "state": "done"}
        with self.assertRaisesRegex(ValidationError, "has not taken place yet"):
            trainings.create(
                {**values, "date": "2026-11-04", "user_ids": [(6, 0, self.sales.ids)]}
            )
        with self.assertRaisesRegex(ValidationError, "say who took part"):
            trainings.create({**values, "date": "2026-11-03"})
