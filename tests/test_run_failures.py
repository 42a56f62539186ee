from datetime import timedelta
from unittest.mock import patch

import psycopg2
from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import DAY
from .robust import RUN_JOB, RobustCase

NOON = f"{DAY} 12:00:00"


@tagged("post_install", "-at_install")
class TestRunFailures(RobustCase):
    """A run that fails says so, harms no other company and never spins."""

    def _run_failing(self):
        with mute_logger(RUN_JOB):
            self._run_slice()
        return self._get_runs()[0]

    def _run_slice(self):
        """Let time go on, so that a job that never ends is stopped after 10 seconds."""
        cron = self.env.ref("customer_success.ir_cron_refresh_scores")
        with freeze_time(NOON, tick=True), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(cron.failure_count)

    def _count_executions(self):
        return self.env["ir.cron.progress"].search_count([])

    def test_run_without_active_scorecard_fails_with_a_clear_message(self):
        self.tier_card.state = "retired"
        before = self._count_executions()
        run = self._run_failing()
        self.assertEqual(run.state, "failed")
        self.assertEqual(
            run.message,
            f"Company {self.company.name} has no active tier scorecard: activate one"
            " under Configuration.",
        )
        self.assertLessEqual(self._count_executions() - before, 2)

    def test_other_companies_are_scored_when_one_fails(self):
        self._create_opening(self.partners[0], "2026-02-01", 500, 1, self.other_company)
        self.company.customer_excluded_domain = str([("name", "not like", "Robust%")])
        self._execute(
            "UPDATE res_company SET customer_excluded_domain = 'broken' WHERE id = %s",
            self.company.id,
        )
        before = self._count_executions()
        run = self._run_failing()
        self.assertEqual(run.state, "failed")
        self.assertEqual(self._get_runs(company=self.other_company).state, "done")
        self.assertLessEqual(self._count_executions() - before, 2)

    def test_statement_that_fails_for_everybody_fails_the_run(self):
        """Nobody is quarantined for a defect that is not his."""
        self._execute("ALTER TABLE customer_run_stage ALTER tier_total TYPE boolean"
                      " USING NULL")  # fmt: skip
        with mute_logger("odoo.sql_db"):
            run = self._run_failing()
        self.assertEqual(run.state, "failed")
        self.assertIn("tier_total", run.message)
        self.assertFalse(self.env["customer.quarantine"].search_count([]))

    def test_failed_run_can_be_repeated_and_is_reported_again(self):
        self.tier_card.state = "retired"
        run = self._run_failing()
        run.is_reported = True
        run.action_retry()
        self._run_failing()
        self.assertRecordValues(run, [{"state": "failed", "is_reported": False}])
        self.tier_card.state = "active"
        run.action_retry()
        self._run_cron()
        self.assertEqual(run.state, "done")

    def test_whole_run_takes_at_most_two_executions(self):
        before = self._count_executions()
        self._run_slice()
        self.assertEqual(self._get_runs().state, "done")
        self.assertLessEqual(self._count_executions() - before, 2)

    def test_range_that_meets_a_concurrent_change_is_tried_again(self):
        for error in (
            psycopg2.errors.SerializationFailure,
            psycopg2.errors.DeadlockDetected,
        ):
            with self.subTest(error=error.__name__):
                self._create_opening(
                    self.partners[0], "2026-03-01", 1, 1
                ).month = fields.Date.to_date("2026-04-01")
                self._write_with_errors(error, 2)
                self.assertRecordValues(
                    self._get_runs()[0], [{"state": "done", "attempt_count": 1}]
                )
                self._execute("DELETE FROM customer_opening WHERE amount = 1")

    def test_run_that_meets_concurrent_changes_every_time_goes_on_later(self):
        before = self._count_executions()
        self._write_with_errors(psycopg2.errors.SerializationFailure, 1000)
        run = self._get_runs()
        self.assertEqual(run.state, "running")
        self.assertLessEqual(self._count_executions() - before, 2)
        wake = self.env["ir.cron.trigger"].search_count(
            [
                ("cron_id.code", "=", "model._cron_refresh_scores()"),
                ("call_at", "<=", fields.Datetime.now()),
            ]
        )
        self.assertTrue(wake)
        self._run_cron()
        self.assertEqual(run.state, "done")

    def _write_with_errors(self, error, count):
        """Run while the first writes of a range end in an error of PostgreSQL."""
        left = [count]
        write = type(self.env["customer.snapshot"])._write_staged

        def write_or_raise(snapshot, staged):
            left[0] -= 1
            if left[0] >= 0:
                raise error("another transaction was faster")
            return write(snapshot, staged)

        with (
            patch.object(
                self.registry["customer.snapshot"], "_write_staged", write_or_raise
            ),
            patch(f"{RUN_JOB}.time.sleep"),
        ):
            self._run_slice()

    # === WATCHDOG === #

    def _get_notices(self, user):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", user.partner_id.ids)]
        )

    def _watch(self, at=NOON):
        self._run_cron("check_runs", day=at[:10], at=at[11:])

    def test_managers_are_told_once_of_a_failed_run(self):
        manager = self._create_user("robust_manager", "manager")
        user = self._create_user("robust_user", "user")
        self.tier_card.state = "retired"
        self._run_failing()
        self._watch()
        notice = self._get_notices(manager)
        self.assertIn("has no active tier scorecard", notice.body)
        self._watch()
        self.assertEqual(self._get_notices(manager), notice)
        self.assertFalse(self._get_notices(user))

    def test_managers_are_told_once_of_customers_left_out(self):
        manager = self._create_user("robust_manager", "manager")
        self._execute("ALTER TABLE customer_snapshot ADD CONSTRAINT robust_test"
                      " CHECK (amount_12m <> 3000)")  # fmt: skip
        self._run_cron()
        self._watch()
        notice = self._get_notices(manager)
        self.assertIn("1 customers could not be computed", notice.body)
        self._watch()
        self.assertEqual(self._get_notices(manager), notice)

    def test_managers_are_told_once_in_their_language_of_a_late_run(self):
        manager = self._create_user("robust_manager", "manager", lang="zh_CN")
        self._run_cron()
        end = self._get_runs().end_datetime
        self._watch(str(end + timedelta(hours=35)))
        self.assertFalse(self._get_notices(manager))
        self._watch(str(end + timedelta(hours=37)))
        notice = self._get_notices(manager)
        self.assertEqual(len(notice), 1)
        self._watch(str(end + timedelta(hours=40)))
        self.assertEqual(self._get_notices(manager), notice)
        self.assertRegex(notice.subject, "[一-鿿]")

    def test_managers_are_told_of_a_first_run_that_never_ends(self):
        manager = self._create_user("robust_manager", "manager")
        self._read_nothing()
        self._watch(str(fields.Datetime.now() + timedelta(hours=37)))
        self.assertIn("has finished since", self._get_notices(manager).body)

    def _read_nothing(self):
        self.env["customer.run"].search([]).unlink()
        self.env["customer.run"]._queue("refresh", self.company, fields.Date.today())
