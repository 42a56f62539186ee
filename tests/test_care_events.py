from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DAY
from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestCareEvents(PlanCase):
    """Milestones, insights, languages: what happens around plans."""

    def _create_renewal(self, end="2027-01-10", profile=None):
        return self.env["customer.milestone"].create(
            {
                "profile_id": (profile or self.profile).id,
                "kind": "renewal",
                "date_end": end,
            }
        )

    def _create_birthday(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.profile.partner_id.id}
        )
        return self._create_birthday_of(contact)

    # === MILESTONES === #

    def test_step_follows_each_milestone_of_its_kind_once(self):
        self._create_playbook(
            {
                "recurrence": "milestone",
                "milestone_kind": "renewal",
                "offset_days": -30,
                "lead_days": 14,
            }
        )
        self._create_renewal()
        plan = self._launch_due()
        self.assertFalse(plan.action_ids)  # 11 December is more than 14 days ahead
        actions = self.env["customer.care.action"]
        actions._share_out(self.company, self._to_date("2026-11-27"))
        actions._share_out(self.company, self._to_date("2026-11-28"))
        self.assertEqual(self._get_days(plan), ["2026-12-11"])
        self.assertEqual(str(plan.action_ids.date_start), "2026-11-27")

    def test_action_moves_and_ends_with_its_milestone(self):
        self._create_playbook(
            {
                "recurrence": "milestone",
                "milestone_kind": "renewal",
                "offset_days": -30,
                "lead_days": 60,
            }
        )
        renewal = self._create_renewal()
        action = self._launch_due().action_ids
        self.assertEqual(str(action.date_deadline), "2026-12-11")
        action.with_user(self.sales).date_deadline = "2026-12-09"  # two days before
        renewal.date_end = "2027-01-20"
        day = self._to_date(DAY)
        self.env["customer.care.action"]._share_out(self.company, day)
        self.assertEqual(str(action.date_deadline), "2026-12-19")
        renewal.state = "skipped"
        self.env["customer.care.action"]._share_out(self.company, day)
        self.assertEqual(action.state, "cancelled")

    def test_milestone_launches_the_plan_of_its_kind(self):
        playbook = self._create_playbook(
            {
                "recurrence": "milestone",
                "milestone_kind": "renewal",
                "offset_days": -30,
            },
            {"recurrence": "once", "offset_days": 2},
            trigger="milestone",
            milestone_kind="renewal",
        )
        renewals = self._create_renewal() | self._create_renewal("2027-01-20")
        plans = self._launch_due()
        self.assertEqual(plans.milestone_id, renewals)
        self.assertEqual(plans.playbook_id, playbook)
        self.assertEqual(self._get_days(plans[0]), ["2026-11-23", "2026-12-11"])
        self.assertEqual(self._launch_due("2026-11-22"), plans)

    def test_what_a_late_plan_should_have_done_gets_a_week_until_the_milestone(self):
        self._create_playbook(
            {
                "recurrence": "milestone",
                "milestone_kind": "renewal",
                "offset_days": -60,
            },
            trigger="milestone",
            milestone_kind="renewal",
        )
        self._create_renewal("2026-12-10")
        self._create_renewal("2026-11-23")
        plans = self._launch_due()
        self.assertEqual(self._get_days(plans[0]), ["2026-11-28"])
        self.assertEqual(self._get_days(plans[1]), ["2026-11-23"])

    def test_customer_of_another_tier_has_no_plan_of_his_milestone(self):
        self._create_playbook(
            {"recurrence": "once"}, trigger="milestone", milestone_kind="renewal"
        )
        self._create_renewal(profile=self._create_customer("Small", "C"))
        self.assertFalse(self._launch_due())

    def test_insight_of_these_days_launches_its_plan(self):
        self._create_playbook(
            {"recurrence": "once"}, trigger="insight", insight_kind="organisation"
        )
        vals = {
            "profile_id": self.profile.id,
            "kind": "organisation",
            "name": "New CEO",
        }
        insights = self.env["customer.insight"].create(
            [{**vals, "date": "2026-11-20"}, {**vals, "date": "2026-09-01"}]
        )
        plan = self._launch_due()
        self.assertEqual(plan.insight_id, insights[0])
        self.assertEqual(self._launch_due("2026-11-22"), plan)

    def test_birthday_action_is_for_who_may_know_the_birthday(self):
        self._create_playbook(
            {
                "recurrence": "milestone",
                "milestone_kind": "birthday",
                "responsible_rule": "leader",
                "is_core": True,
                "is_customer_visible": True,
                "lead_days": 30,
            }
        )
        self._create_birthday()
        action = self._launch_due().action_ids
        self.assertTrue(action.is_personal)
        self.assertFalse(action.is_core or action.is_customer_visible)
        self.assertEqual(action.user_id, self.sales)
        action.with_user(self.sales).check_access("read")
        everybody = self._create_user("plan_all", "user_all")
        for user in (self.leader, everybody):
            with self.assertRaises(AccessError):
                action.with_user(user).check_access("read")
        reader = self._create_user("plan_reader", "personal_reader,user_all")
        action.with_user(reader).check_access("read")

    def test_action_of_a_milestone_reminds_instead_of_it(self):
        milestone = self._create_cared_anniversary()
        self._run_cron("raise_milestones")
        self.assertEqual(milestone.activity_ids.user_id, self.sales)
        action = self._launch_due().action_ids
        self._run_cron("raise_milestones")
        self.assertFalse(milestone.activity_ids)
        action.with_user(self.sales)._set_done()
        self.assertEqual(milestone.state, "done")

    # === LANGUAGES === #

    def test_language_that_comes_later_reaches_running_plans(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        playbook = self._create_playbook({"name": "Visit"}, {"name": "Call"})
        plan = self._launch_due()
        visit = plan.action_ids.filtered(lambda action: action.name == "Visit")
        call = (plan.action_ids - visit).with_user(self.sales)
        call.name = "Ring"
        playbook.with_context(lang="zh_CN").name = "方案"
        for step, name in zip(playbook.step_ids, ("拜访", "致电"), strict=True):
            step.with_context(lang="zh_CN").name = name
        self.plans._copy_translations()
        self.assertEqual(plan.with_context(lang="zh_CN").name, "方案")
        self.assertEqual(visit.with_context(lang="zh_CN").name, "拜访")
        self.assertEqual(visit.name, "Visit")
        self.assertEqual(call.with_context(lang="zh_CN").name, "Ring")
