from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestCarePeople(PlanCase):
    """Whose an action is, what it costs, how it ends."""

    # === MONEY === #

    def test_budget_of_another_currency_is_converted_at_the_rate_of_the_day(self):
        currency = self.env["res.currency"].create({"name": "XCA", "symbol": "x"})
        self.env["res.currency.rate"].create(
            [
                {"currency_id": currency.id, "name": "2026-01-01", "rate": 2},
                {"currency_id": currency.id, "name": "2026-12-01", "rate": 4},
            ]
        )
        self._create_playbook(
            {"recurrence": "once", "budget_amount": 300}, currency_id=currency.id
        )
        action = self._launch_due().action_ids
        self.assertEqual((action.budget_amount, action.budget_state), (150, "known"))

    def test_budget_without_a_rate_is_unknown_and_says_so(self):
        currency = self.env["res.currency"].create({"name": "XCB", "symbol": "x"})
        self._create_playbook(
            {"recurrence": "once", "budget_amount": 300}, currency_id=currency.id
        )
        plan = self._launch_due()
        action = plan.action_ids
        self.assertEqual((action.budget_amount, action.budget_state), (0, "unknown"))
        self.assertIn("XCB", action.budget_note)
        self.assertEqual((plan.budget_planned, plan.budget_state), (0, "unknown"))

    def test_negative_money_is_refused_by_name(self):
        self._create_playbook({"recurrence": "once", "budget_amount": 300})
        action = self._launch_due().action_ids.with_user(self.sales)
        for name, label in (("budget_amount", "Budget"), ("actual_amount", "Actual")):
            with (
                self.assertRaisesRegex(ValidationError, f"Step, {label}.*: an amount"),
                self.cr.savepoint(),
            ):
                action[name] = -1
            action.invalidate_recordset()
        action.actual_amount = 250
        self.assertEqual(action.actual_state, "known")
        self.assertEqual(action.plan_id.budget_actual, 250)
        self.assertEqual(action.plan_id.budget_planned, 300)

    # === PEOPLE === #

    def test_each_rule_finds_its_person(self):
        technician = self._create_user("plan_technician", "user_all")
        role = self.env.ref("customer_success.customer_team_role_technical")
        self.env["customer.team.member"].create(
            {
                "profile_id": self.profile.id,
                "user_id": technician.id,
                "role_id": role.id,
                "date_from": "2026-01-01",
            }
        )
        head = self._create_user("plan_head", "user")  # may not see the customer
        department = self.env["customer.department"].create(
            {"name": "Far away", "code": "far", "user_id": head.id}
        )
        self._create_playbook(
            {"name": "a", "responsible_rule": "responsible"},
            {"name": "b", "responsible_rule": "leader"},
            {"name": "c", "responsible_rule": "role", "role_id": role.id},
            {
                "name": "d",
                "responsible_rule": "department",
                "department_id": department.id,
            },
        )
        actions = self._launch_due().action_ids.sorted("name")
        self.assertEqual(
            actions.mapped("user_id"), self.sales | self.leader | technician
        )
        self.assertEqual(actions[3].user_id, self.sales)

    def test_what_is_to_do_goes_to_the_new_responsible_at_once(self):
        self._create_playbook({"name": "a"}, {"name": "b"}, {"name": "c"})
        plan = self._launch_due()
        first, second, third = plan.action_ids.sorted("name")
        first._set_done()
        second.with_user(self.sales).user_id = self.leader
        colleague = self._create_user("plan_colleague", "user")
        self.env["crm.team.member"].create(
            {"crm_team_id": self.team.id, "user_id": colleague.id}
        )
        self.profile.user_id = colleague
        self.assertEqual(first.user_id, self.sales)
        self.assertEqual(second.user_id, self.leader)
        self.assertEqual(third.user_id, colleague)
        self.assertEqual(plan.user_id, colleague)

    def test_archived_owner_leaves_his_work_to_his_leader(self):
        self._create_playbook({"name": "a"})
        action = self._launch_due().action_ids
        self.sales.active = False
        self.env["customer.care.action"]._share_out(
            self.company, self._to_date("2026-11-22")
        )
        self.assertEqual(action.user_id, self.leader)
        self.assertEqual(action.state, "planned")

    def test_action_is_not_given_to_who_may_not_see_the_customer(self):
        self._create_playbook({"name": "a"})
        action = self._launch_due().action_ids.with_user(self.sales)
        with self.assertRaisesRegex(ValidationError, "may not see this customer"):
            action.user_id = self.stranger

    # === STATES === #

    def test_action_begins_on_its_day(self):
        self._create_playbook({"recurrence": "monthly", "lead_days": 14})
        first = self._launch_due().action_ids.sorted("date_deadline")[0]
        self.assertEqual(str(first.date_start), "2026-12-17")
        actions = self.env["customer.care.action"]
        actions._open_due(self.company, self._to_date("2026-12-16"))
        self.assertEqual(first.state, "planned")
        actions._open_due(self.company, self._to_date("2026-12-17"))
        self.assertEqual(first.state, "due")

    def test_unmet_needs_a_cause_and_is_planned_again(self):
        self._create_playbook({"name": "a"})
        action = self._launch_due().action_ids.with_user(self.sales)
        with self.assertRaisesRegex(ValidationError, "why it was not done"):
            action._set_unmet(self.env["customer.unmet.cause"])
        cause = self.env["customer.unmet.cause"].search([], limit=1)
        action._set_unmet(cause, "No time")
        again = action._plan_again(self._to_date("2026-12-15"))
        self.assertEqual((again.replaces_id, again.state), (action, "due"))
        self.assertEqual(action.replaced_by_id, again)
        with self.assertRaisesRegex(UserError, "already"):
            action._plan_again(self._to_date("2026-12-16"))
        with self.assertRaisesRegex(UserError, "Unmet already"):
            action._set_done()
        with self.assertRaises(AccessError):
            action.state = "done"

    def test_merged_customer_takes_his_plans_along_ended(self):
        self._create_playbook({"name": "a"})
        other = self._create_customer("Other", "S")
        self._launch_due()
        mine = self._get_plans(profile_id=self.profile.id)
        theirs = self._get_plans(profile_id=other.id)
        self.env["base.partner.merge.automatic.wizard"].create(
            {
                "dst_partner_id": self.profile.partner_id.id,
                "partner_ids": [
                    (6, 0, (self.profile.partner_id | other.partner_id).ids)
                ],
            }
        ).action_merge()
        self.assertEqual(mine.state, "running")
        self.assertEqual((theirs.state, theirs.close_reason), ("closed", "merged"))
        self.assertEqual(theirs.profile_id, self.profile)
        self.assertEqual(theirs.action_ids.profile_id, self.profile)
