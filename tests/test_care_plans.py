from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import DAY
from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestCarePlans(PlanCase):
    """What the job launches and closes."""

    def test_customer_of_a_tier_gets_its_plan_with_goals_and_dated_actions(self):
        playbook = self._create_playbook(
            {"recurrence": "quarterly", "lead_days": 21, "name": "Business review"},
            {"recurrence": "once", "offset_days": 3, "name": "Welcome"},
            goal_ids=[
                (
                    0,
                    0,
                    {"name": "More", "metric": "additional_purchase", "target": 0.15},
                )
            ],
        )
        plan = self._launch_due()
        self.assertEqual(
            (plan.profile_id, plan.playbook_id, plan.tier_code, plan.trigger),
            (self.profile, playbook, "S", "tier"),
        )
        self.assertEqual(
            (str(plan.date_start), str(plan.date_end)), (DAY, "2027-11-20")
        )
        self.assertEqual(
            self._get_days(plan, name="Business review"),
            ["2026-12-31", "2027-03-31", "2027-06-30", "2027-09-30"],
        )
        first = plan.action_ids.sorted("date_deadline")[1]
        self.assertEqual(str(first.date_start), "2026-12-10")
        self.assertEqual((first.state, first.user_id), ("planned", self.sales))
        self.assertEqual(self._get_days(plan, name="Welcome"), ["2026-11-24"])
        goal = plan.goal_ids
        self.assertEqual(goal.target_text, "15%")
        self.assertEqual(goal.achieved_text, "to be evaluated")
        self.assertEqual(goal.result, "to_evaluate")
        self.assertFalse(self.profile.activity_ids)

    def test_second_launch_of_the_day_changes_nothing(self):
        self._create_playbook({"recurrence": "monthly"})
        plan = self._launch_due()
        actions = plan.action_ids
        self.assertEqual(self._launch_due(), plan)
        self.assertEqual(plan.action_ids, actions)
        self.assertEqual(self.plans._launch_due(self.company, self._to_date(DAY)), 0)

    def test_deadline_without_time_to_prepare_is_left_to_the_next_period(self):
        self._create_playbook({"recurrence": "monthly", "lead_days": 14})
        # 30 November is 9 days ahead
        self.assertEqual(self._get_days(self._launch_due())[0], "2026-12-31")

    def test_plan_that_follows_the_last_one_leaves_no_gap(self):
        self._create_playbook(
            {"recurrence": "monthly", "lead_days": 14}, period_months=1
        )
        first = self._launch_due("2026-10-20")
        self.assertFalse(self._get_days(first))  # 31 October is too near
        second = self._launch_due("2026-11-20")
        self.assertEqual((first.state, first.close_reason), ("closed", "period"))
        self.assertEqual(self._get_days(second), ["2026-11-30"])
        third = self._launch_due("2027-01-20")  # a month was missed: a new beginning
        self.assertFalse(self._get_days(third))

    def test_change_of_tier_closes_the_plan_and_launches_the_other(self):
        self._create_playbook({"recurrence": "monthly"})
        other = self._create_playbook({"recurrence": "half_yearly"}, tier_codes="A,B")
        old = self._launch_due("2026-10-01")
        old.action_ids.filtered(
            lambda action: str(action.date_deadline) == "2026-10-31"
        )._set_done()
        self.profile.tier_id = self.tiers["A"]
        new = self._launch_due()
        self.assertEqual((old.state, old.close_reason), ("closed", "tier"))
        self.assertEqual(str(old.date_closed), DAY)
        self.assertEqual((new.playbook_id, new.tier_code), (other, "A"))
        states = {str(action.date_deadline): action.state for action in old.action_ids}
        self.assertEqual(states["2026-10-31"], "done")
        self.assertEqual(states["2026-11-30"], "cancelled")
        self.assertIn("1 of", old.result)

    def test_what_was_late_at_the_end_is_unmet_and_asks_for_its_cause(self):
        self._create_playbook({"recurrence": "monthly"})
        old = self._launch_due("2026-10-01")
        self.profile.tier_id = False
        self._launch_due()
        late = old.action_ids.sorted("date_deadline")[0]
        self.assertEqual((late.state, late.cause_id.id), ("unmet", False))

    def test_tier_that_flaps_within_a_day_leaves_the_plan_as_it_was(self):
        self._create_playbook({"recurrence": "monthly"})
        self._create_playbook({"recurrence": "monthly"}, tier_codes="A")
        old = self._launch_due("2026-10-01")
        before = {action: action.state for action in old.action_ids}
        for code in ("A", "S", "A", "S"):
            self.profile.tier_id = self.tiers[code]
            running = self._launch_due()
        self.assertEqual(running, old)
        self.assertEqual((old.date_closed, old.close_reason), (False, False))
        after = {action: action.state for action in old.action_ids}
        self.assertEqual(set(before), set(after))
        self.assertFalse({"cancelled", "unmet"} & set(after.values()))
        other = self._get_plans(tier_code="A")
        self.assertEqual(len(other), 1)
        self.assertEqual(other.state, "cancelled")

    def test_plan_that_people_closed_is_not_launched_again(self):
        self._create_playbook({"recurrence": "monthly"})
        plan = self._launch_due()
        plan.with_user(self.sales).action_close()
        self.assertEqual((plan.state, plan.close_reason), ("closed", "manual"))
        self.assertFalse(self._launch_due("2026-11-22"))
        self.profile.tier_id = self.tiers["A"]
        self._launch_due("2026-11-23")
        self.profile.tier_id = self.tiers["S"]
        self.assertFalse(self._launch_due("2026-11-24"))

    def test_playbook_of_the_company_beats_the_shared_one(self):
        self._create_playbook({"recurrence": "monthly"})
        own = self._create_playbook(
            {"recurrence": "monthly"}, company_id=self.company.id, sequence=99
        )
        self.assertEqual(self._launch_due().playbook_id, own)

    def test_playbook_for_a_stage_beats_the_one_for_all(self):
        stage = self.env.ref("customer_success.customer_lifecycle_stage_new")
        self._create_playbook({"recurrence": "monthly"}, sequence=1)
        special = self._create_playbook(
            {"recurrence": "monthly"}, stage_ids=[(6, 0, stage.ids)], sequence=99
        )
        self.profile.lifecycle_stage_id = stage
        self.assertEqual(self._launch_due().playbook_id, special)

    def test_stage_has_its_plan_once_each_time_it_is_reached(self):
        stage = self.env.ref("customer_success.customer_lifecycle_stage_new")
        self._create_playbook(
            {"recurrence": "once"},
            trigger="stage",
            tier_codes=False,
            stage_ids=[(6, 0, stage.ids)],
            period_months=3,
        )
        self.profile.lifecycle_stage_id = stage
        self.profile.date_lifecycle_stage = "2026-11-01"
        plan = self._launch_due()
        self.assertEqual((plan.trigger, plan.stage_id), ("stage", stage))
        self.assertFalse(self._launch_due("2027-02-21"))
        self.assertEqual(plan.close_reason, "period")
        self.profile.date_lifecycle_stage = "2027-03-01"
        self.assertEqual(len(self._launch_due("2027-03-02")), 1)

    def test_customer_left_out_or_archived_has_no_plan_any_more(self):
        self._create_playbook({"recurrence": "monthly"})
        plan = self._launch_due()
        self.profile.is_not_rated = True
        self.assertFalse(self._launch_due("2026-11-22"))
        self.assertEqual(plan.close_reason, "gone")

    def test_company_that_launches_by_hand_still_closes_what_is_over(self):
        self._create_playbook({"recurrence": "monthly"}, period_months=1)
        plan = self._launch_due()
        self.company.customer_plan_auto = False
        self.assertFalse(self._launch_due("2026-12-21"))
        self.assertEqual(plan.state, "closed")

    def test_plans_are_launched_not_created(self):
        playbook = self._create_playbook({"recurrence": "monthly"})
        with self.assertRaisesRegex(UserError, "launched from a playbook"):
            self.plans.with_user(self.sales).create(
                {
                    "name": "Mine",
                    "profile_id": self.profile.id,
                    "playbook_id": playbook.id,
                    "trigger": "manual",
                    "launch_key": "x",
                    "date_start": DAY,
                    "date_end": DAY,
                }
            )
        plan = self._launch_due()
        with self.assertRaisesRegex(AccessError, "Status"):
            plan.with_user(self.sales).state = "closed"
        with self.assertRaisesRegex(UserError, "history"):
            plan.unlink()
        plan.with_user(self.sales).note = "<p>Adjusted</p>"
        with self.assertRaisesRegex(ValidationError, "five years"):
            plan.with_user(self.sales).date_end = "2036-01-01"

    def test_plan_longer_than_the_contract_says_so(self):
        self._create_playbook({"recurrence": "monthly"})
        plan = self._launch_due()
        self.assertFalse(plan.contract_note)
        self.env["customer.milestone"].create(
            {
                "profile_id": self.profile.id,
                "kind": "renewal",
                "date_end": "2027-01-31",
            }
        )
        plan.invalidate_recordset()
        self.assertIn("01/31/2027", plan.with_user(self.sales).contract_note)

    def test_stranger_reads_no_plan(self):
        self._create_playbook({"recurrence": "monthly"})
        plan = self._launch_due()
        for record in (plan, plan.action_ids[0]):
            record.with_user(self.leader).check_access("read")
            with self.assertRaises(AccessError):
                record.with_user(self.stranger).check_access("read")
