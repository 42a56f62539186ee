from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import DAY
from .plan_common import PlanCase

TABLES = (
    "customer_care_plan",
    "customer_care_goal",
    "customer_care_action",
    "customer_commitment",
    "customer_review",
    "mail_activity",
)


@tagged("post_install", "-at_install")
class TestRunCare(PlanCase):
    """The care job, through the scheduler."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.playbook = cls._create_playbook(
            {"recurrence": "once", "offset_days": 3, "lead_days": 5},
            {"recurrence": "quarterly", "lead_days": 21},
        )

    def _read(self, table):
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT MD5(STRING_AGG(row::text, ',' ORDER BY id)), COUNT(*) FROM %s row",
                SQL.identifier(table),
            )
        )

    def _get_runs(self, **values):
        domain = [("job", "=", "care"), ("company_id", "=", self.company.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["customer.run"].search(domain)

    def test_night_brings_plan_work_activity_and_promise(self):
        self._run_cron("plan_care")
        plan = self._get_plans()
        self.assertEqual((plan.state, plan.playbook_id), ("running", self.playbook))
        due = plan.action_ids.filtered(lambda action: action.state == "due")
        self.assertEqual(len(due), 1)
        activity = due.activity_ids
        self.assertEqual(activity.user_id, self.sales)
        self.assertEqual(str(activity.date_deadline), "2026-11-24")
        promises = self.env["customer.commitment"].search(
            [("profile_id", "=", self.profile.id)]
        )
        self.assertEqual((promises.state, promises.user_id), ("running", self.sales))
        self.assertEqual(self._get_runs().state, "done")

    def test_second_run_of_the_day_writes_nothing(self):
        self._run_cron("plan_care")
        before = {table: self._read(table) for table in TABLES}
        self._run_cron("plan_care")
        self.assertEqual({table: self._read(table) for table in TABLES}, before)

    def test_night_that_is_cut_short_goes_on_where_it_stopped(self):
        others = [self._create_customer(f"More {n}", "S") for n in range(5)]
        left = [3]  # slices that are over after one batch

        def keep(env, done=0, remaining=None):
            env["ir.cron"]._commit_progress(done)
            if left[0]:
                left[0] -= 1
                return 0
            return 1000

        module = "odoo.addons.customer_success.models.customer_care_due"
        with patch(f"{module}.PLAN_BATCH", 2), patch(f"{module}.keep_progress", keep):
            self._run_cron("plan_care")
        plans = self._get_plans()
        self.assertEqual(len(plans), 1 + len(others))
        self.assertEqual(len(plans.profile_id), len(plans))
        self.assertFalse(left[0])

    def test_tier_given_by_hand_wakes_the_job(self):
        cron = self.env.ref("customer_success.ir_cron_plan_care")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        triggers.unlink()
        manager = self._create_user("run_care_manager", "manager")
        requests = self.env["customer.tier.request"]
        with freeze_time(f"{DAY} 12:00:00"):
            request = requests.with_user(self.sales).create(
                {
                    "profile_id": self.profile.id,
                    "wished_tier_id": self.tiers["A"].id,
                    "reason": "Strategic",
                    "date_end": "2027-03-31",
                }
            )
            request.with_user(manager).action_approve()
        self.assertTrue(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        )

    def test_launching_costs_as_many_statements_for_few_as_for_many(self):
        customers = [self._create_customer(f"Many {n}", "S") for n in range(40)]
        profiles = self.env["customer.profile"].concat(*customers)
        day = self._to_date(DAY)
        self.env.flush_all()
        counts = []
        for some in (profiles[:2], profiles[2:]):
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            plans = self.plans._launch(self.playbook, some, day)
            self.assertEqual(len(plans), len(some))
            counts.append(self.cr.sql_log_count - start)
        self.assertLessEqual(max(counts), 20)
        self.assertLessEqual(counts[1], counts[0] + 1)
