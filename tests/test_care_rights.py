from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .care_work_common import CareWorkCase


@tagged("post_install", "-at_install")
class TestCareRights(CareWorkCase):
    """Who learns of actions, and who changes them: by no way around the rules."""

    def _create_birthday_action(self, **step):
        self._create_playbook(
            {
                "recurrence": "milestone",
                "milestone_kind": "birthday",
                "lead_days": 30,
                **step,
            }
        )
        self._create_birthday_of(self.contact)
        return self._launch_due().action_ids

    def test_activity_pointed_at_a_foreign_action_is_refused(self):
        action = self._create_action()
        user = new_test_user(self.env, "edge_plain", groups="base.group_user")
        activity = (
            self.env["mail.activity"]
            .with_user(user)
            .create(
                {
                    "summary": "Mine",
                    "automated": True,
                    "user_id": user.id,
                }
            )
        )
        with self.assertRaises(AccessError):
            activity.write(
                {
                    "res_model_id": self.env["ir.model"]._get_id(action._name),
                    "res_id": action.id,
                }
            )

    def test_system_fields_come_by_no_default(self):
        milestone = self.env["customer.milestone"].create(
            {
                "profile_id": self._create_customer("Other").id,
                "kind": "anniversary",
                "date": "2026-12-01",
            }
        )
        actions = self.actions.with_context(
            default_milestone_id=milestone.id,
            default_is_personal=True,
            default_done_user_id=self.leader.id,
            default_raised_user_id=self.leader.id,
        )
        action = (
            actions.with_user(self.sales)
            .create(
                {
                    "name": "Call",
                    "profile_id": self.profile.id,
                    "kind_id": self.call.id,
                    "date_deadline": "2026-11-24",
                }
            )
            .sudo()
        )
        self.assertFalse(action.milestone_id)
        self.assertFalse(action.is_personal)
        self.assertFalse(action.done_user_id)

    def test_action_given_by_hand_leaves_who_does_not_see_the_customer(self):
        action = self._create_action()
        action.user_id = self.leader
        self.assertTrue(action.is_user_manual)
        self.profile.user_id = self.stranger
        self.assertEqual(action.sudo().user_id, self.stranger)

    def test_figures_of_a_plan_tell_no_birthday(self):
        self._create_birthday_action()
        plan = self._get_plans(state="running").with_user(self.leader)
        self.assertFalse(plan.date_next_action)
        self.assertFalse(plan.action_count)
        self.assertEqual(plan.with_user(self.sales).action_count, 1)
        plan = self._get_plans(state="running").with_user(self.leader)
        self.env.invalidate_all()
        self.assertEqual(plan.with_user(self.sales).action_count, 1)
        self.assertFalse(plan.action_count)

    def test_nobody_follows_a_birthday(self):
        action = self._create_birthday_action()
        self.actions._open_due(self.company, self._to_date("2026-12-01"))
        action._sync_activities()
        self.assertEqual(self._get_activities(action).user_id, self.sales)
        self.assertFalse(action.message_partner_ids)
        mine = action.with_user(self.sales)
        mine._set_unmet(self.cause)
        again = mine._plan_again(self._to_date("2026-12-10"))
        again.user_id = self.sales
        self.assertFalse(again.message_partner_ids)
        self.assertEqual(again.milestone_id, action.milestone_id)

    def test_birthday_goes_to_the_new_responsible_and_to_nobody_else(self):
        action = self._create_birthday_action()
        with self.assertRaises(ValidationError):
            action.with_user(self.sales).user_id = self.leader
        action.with_user(self.sales).write({"user_id": self.sales.id})
        self.profile.user_id = self.leader
        self.assertEqual(action.sudo().user_id, self.leader)

    def test_meeting_of_a_birthday_is_private_and_names_no_birthday(self):
        action = self._create_birthday_action(name="Birthday card")
        context = action.with_user(self.sales).action_meet()["context"]
        self.assertEqual(context.get("default_privacy"), "private")
        self.assertNotIn("Birthday", context["default_name"])

    def test_achieved_value_comes_by_no_default(self):
        self._create_playbook({"recurrence": "monthly"})
        plan = self._launch_due("2026-10-01")
        goal = (
            self.env["customer.care.goal"]
            .with_user(self.sales)
            .with_context(default_frozen=99, default_frozen_state="known")
            .create(
                {
                    "plan_id": plan.id,
                    "profile_id": self.profile.id,
                    "name": "g",
                    "metric": "order_count_12m",
                    "target": 5,
                }
            )
        )
        self.assertFalse(goal.sudo().frozen_state)

    def test_evaluation_is_held_by_no_default(self):
        review = (
            self.env["customer.review"]
            .with_user(self.sales)
            .with_context(default_state="held", default_held_user_id=self.leader.id)
            .create({"profile_id": self.profile.id})
        )
        self.assertEqual((review.state, review.held_user_id.id), ("draft", False))

    def test_action_is_not_done_tomorrow_and_plan_not_closed_by_a_stranger(self):
        action = self._create_action()
        with self.assertRaisesRegex(ValidationError, "has not come yet"):
            action._set_done({"date_done": "2026-11-22"})
        self._create_playbook({"name": "a"})
        plan = self._launch_due().with_user(self.stranger)
        for method in (plan.action_close, plan.action_cancel):
            with self.assertRaises(AccessError):
                method()
