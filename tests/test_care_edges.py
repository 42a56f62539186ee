from odoo.exceptions import UserError
from odoo.tests import tagged

from .care_work_common import CareWorkCase


@tagged("post_install", "-at_install")
class TestCareEdges(CareWorkCase):
    """Plans and actions when days, playbooks and customers change under them."""

    def test_action_planned_again_keeps_its_script_and_its_money_counts_once(self):
        self._create_playbook(
            {
                "name": "a",
                "content": "<p>Say hello</p>",
                "budget_amount": 100,
                "has_budget": True,
            }
        )
        plan = self._launch_due()
        action = plan.action_ids.with_user(self.sales)
        action._set_unmet(self.cause)
        again = action._plan_again(self._to_date("2026-12-15"))
        self.assertIn("Say hello", again.content or "")
        plan.invalidate_recordset()
        self.assertEqual(plan.budget_planned, 100)

    def test_plan_closed_by_hand_comes_back_when_the_tier_does(self):
        self._create_playbook({"recurrence": "monthly"})
        self._create_playbook({"recurrence": "monthly"}, tier_codes="A")
        plan = self._launch_due("2026-10-01")
        plan.with_user(self.sales).action_close()
        self.profile.tier_id = self.tiers["A"]
        self._launch_due("2026-12-01")
        self.profile.tier_id = self.tiers["S"]
        running = self._launch_due("2027-02-01")
        self.assertEqual(running.tier_code, "S")

    def test_renewal_of_a_merged_customer_goes_on(self):
        self._create_playbook(
            {"name": "a"}, trigger="milestone", milestone_kind="renewal"
        )
        other = self._create_customer("Other", "S")
        self.env["customer.milestone"].create(
            {"profile_id": other.id, "kind": "renewal", "date_end": "2026-12-10"}
        )
        plan = self._launch_due()
        self.assertEqual(plan.profile_id, other)
        self.env["base.partner.merge.automatic.wizard"].create(
            {
                "dst_partner_id": self.profile.partner_id.id,
                "partner_ids": [
                    (6, 0, (self.profile.partner_id | other.partner_id).ids)
                ],
            }
        ).action_merge()
        running = self._launch_due("2026-11-22")
        self.assertEqual(running.profile_id, self.profile)

    def test_action_that_was_planned_again_is_not_reopened(self):
        action = self._create_action()
        action._set_unmet(self.cause)
        again = action._plan_again(self._to_date("2026-12-15"))
        with self.assertRaises(UserError):
            action.action_reopen()
        again._set_cancelled()

    def test_reopened_action_is_no_longer_ended_by_its_plan(self):
        self._create_playbook({"name": "a"})
        plan = self._launch_due()
        action = plan.action_ids.with_user(self.sales)
        plan.with_user(self.sales).action_cancel()
        self.assertEqual(action.state, "cancelled")
        action.action_reopen()
        self.assertFalse(action.sudo().is_ended_by_plan)

    def test_two_merged_customers_leave_one_running_plan(self):
        playbook = self._create_playbook(
            {"name": "a"}, trigger="manual", is_automatic=False
        )
        others = self._create_customer("One", "S") | self._create_customer("Two", "S")
        plans = others._launch_plan(playbook, self._to_date("2026-11-21"))
        self.env["base.partner.merge.automatic.wizard"].create(
            {
                "dst_partner_id": self.profile.partner_id.id,
                "partner_ids": [
                    (6, 0, (self.profile.partner_id | others.partner_id).ids)
                ],
            }
        ).action_merge()
        self.assertEqual(sorted(plans.mapped("state")), ["closed", "running"])
        self.assertEqual(plans.profile_id, self.profile)

    def test_step_added_later_is_for_later_plans(self):
        book = self._create_playbook(
            {"recurrence": "milestone", "milestone_kind": "renewal", "lead_days": 30},
        )
        plan = self._launch_due("2026-11-01")
        step = self.env["customer.playbook.step"].create(
            {
                "playbook_id": book.id,
                "name": "New",
                "kind_id": self.kind.id,
                "completion_standard": "x",
                "recurrence": "milestone",
                "milestone_kind": "renewal",
                "lead_days": 60,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_playbook_step SET create_date = create_date"
            " + INTERVAL '1 day' WHERE id = %s",
            [step.id],
        )
        self.env["customer.milestone"].create(
            {"profile_id": self.profile.id, "kind": "renewal", "date_end": "2026-12-10"}
        )
        self.actions._share_out(self.company, self._to_date("2026-11-21"))
        self.assertEqual(plan.action_ids.mapped("name"), ["Step"])

    def test_restored_milestone_has_its_action_again(self):
        milestone = self._create_cared_anniversary()
        action = self._launch_due().action_ids
        milestone.active = False
        self.actions._share_out(self.company, self._to_date("2026-11-21"))
        self.assertEqual(action.state, "cancelled")
        milestone.active = True
        self.actions._share_out(self.company, self._to_date("2026-11-22"))
        again = self._get_plans(state="running").action_ids - action
        self.assertEqual(again.milestone_id, milestone)
        self.assertEqual(again.state, "planned")

    def test_moved_milestone_moves_what_people_moved(self):
        self._create_playbook(
            {
                "recurrence": "milestone",
                "milestone_kind": "renewal",
                "offset_days": 0,
                "lead_days": 30,
            },
        )
        mil = self.env["customer.milestone"].create(
            {"profile_id": self.profile.id, "kind": "renewal", "date_end": "2026-12-10"}
        )
        action = self._launch_due().action_ids
        action.with_user(self.sales).write({"date_deadline": "2027-01-15"})
        mil.date_end = "2027-03-10"
        self.actions._share_out(self.company, self._to_date("2026-11-22"))
        self.env.invalidate_all()
        self.assertEqual(str(action.date_milestone), "2027-03-10")
        self.assertEqual(action.state, "planned")

    def test_plan_taken_up_again_has_activities_and_promises(self):
        self._create_playbook({"name": "a"}, {"name": "b"})
        plan = self._launch_due("2026-10-01")
        self.actions._open_due(self.company, self._to_date("2026-11-21"))
        plan.action_ids.sudo()._follow_changes()
        self.env["customer.commitment"]._refresh(
            self.company, self._to_date("2026-11-21")
        )
        promises = self.env["customer.commitment"].search(
            [("action_id", "in", plan.action_ids.ids)]
        )
        before = promises.mapped("state")
        self.profile.tier_id = False
        self._launch_due("2026-11-21")
        self.profile.tier_id = self.tiers["S"]
        self._launch_due("2026-11-21")
        self.actions._raise_activities(self.company, self._to_date("2026-11-21"))
        self.env["customer.commitment"]._refresh(
            self.company, self._to_date("2026-11-21")
        )
        self.env.invalidate_all()
        self.assertEqual(plan.state, "running")
        self.assertEqual(len(self._get_activities(plan.action_ids)), 2)
        now = self.env["customer.commitment"].search(
            [("action_id", "in", plan.action_ids.ids), ("state", "!=", "cancelled")]
        )
        self.assertEqual(len(now), len(before))

    def test_plan_stays_when_the_scorecard_has_a_new_version(self):
        self._create_playbook({"recurrence": "monthly"})
        plan = self._launch_due("2026-10-01")
        card = self.tiers["S"].scorecard_id.copy()
        again = card.tier_ids.filtered(lambda tier: tier.code == "S")
        self.assertNotEqual(again, self.tiers["S"])
        self.profile.tier_id = again
        self.assertEqual(self._launch_due("2026-11-21"), plan)

    def test_clock_that_is_set_back_leaves_one_running_plan(self):
        self._create_playbook({"recurrence": "monthly"})
        self._create_playbook({"recurrence": "monthly"}, tier_codes="A")
        self._launch_due("2026-11-21")
        self.profile.tier_id = self.tiers["A"]
        running = self._launch_due("2026-11-10")
        self.assertEqual(running.tier_code, "A")
        self.profile.tier_id = self.tiers["S"]
        self.assertEqual(self._launch_due("2026-11-21").tier_code, "S")

    def test_each_company_has_its_own_plans_and_money(self):
        company = self.other_company
        self._create_playbook({"recurrence": "monthly"})
        currency = self.env["res.currency"].create({"name": "QQZ", "symbol": "Q"})
        own = self._create_playbook(
            {"recurrence": "monthly", "budget_amount": 10, "has_budget": True},
            company_id=company.id,
            currency_id=currency.id,
        )
        profile = self._create_customer("There", "S", company)
        self._launch_due(company=company)
        plan = self._get_plans(profile_id=profile.id)
        self.assertEqual(plan.playbook_id, own)
        self.assertEqual(plan.budget_state, "unknown")
        self.assertFalse(self._get_plans(profile_id=self.profile.id))

    def test_night_that_fails_for_one_company_goes_on_with_the_other(self):
        self._create_playbook({"recurrence": "monthly"})
        self._launch_due()
        plan = self._get_plans(state="running")
        self.profile.active = False
        self.actions._share_out(self.company, self._to_date("2026-11-22"))
        self._launch_due("2026-11-22")
        self.assertEqual(plan.close_reason, "gone")
        self.assertFalse(
            plan.action_ids.filtered(lambda row: row.state in ("planned", "due"))
        )
        self.profile.active = True
        self.assertTrue(self._launch_due("2026-11-23"))

    def test_milestones_with_running_plans_can_be_deleted(self):
        self._create_playbook(
            {"name": "a"}, trigger="milestone", milestone_kind="anniversary"
        )
        milestones = self.env["customer.milestone"].create(
            [
                {
                    "profile_id": self.profile.id,
                    "kind": "anniversary",
                    "date": day,
                    "lead_days": 30,
                }
                for day in ("2026-12-01", "2026-12-02")
            ]
        )
        self.assertEqual(len(self._launch_due()), 2)
        milestones.unlink()
        self.assertEqual(len(self._get_plans(state="running")), 2)
