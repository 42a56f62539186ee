from unittest.mock import patch

from odoo.tests import mute_logger, tagged

from .common import DAY, CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestRunDetectScheduler(CustomerSuccessCase):
    """What the detection tells the scheduler: called again only when work is left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_tz = "UTC"
        cls.runs = cls.env["customer.run"]
        cls.cron = cls.env.ref("customer_success.ir_cron_detect_churn")

    def _detect(self, *steps):
        """Let the job run with these steps; returns whether it wants to go on at once."""
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).unlink()
        with patch.object(
            self.registry["customer.run"],
            "_get_steps",
            lambda run: list(steps),
        ):
            self._run_cron("detect_churn")
        return bool(
            self.env["ir.cron.trigger"].search_count(
                [("cron_id", "=", self.cron.id), ("call_at", "<=", f"{DAY} 12:00:00")]
            )
        )

    def _get_states(self):
        domain = [("job", "=", "detect"), ("company_id", "=", self.company.id)]
        return self.runs.search(domain).mapped("state")

    def test_detection_that_waits_for_the_scores_is_not_called_again_at_once(self):
        self.assertFalse(self._detect())
        self.assertFalse(self._get_states())

    @mute_logger("odoo.addons.customer_success.models.customer_run_steps")
    def test_detection_that_fails_halfway_is_not_repeated_at_once(self):
        calls = []

        def fail(company, date):
            calls.append(company)
            if len(calls) < 10:  # else the scheduler would never come to an end
                raise ValueError("no rhythm")

        self._run_cron("refresh_scores")
        self.assertFalse(self._detect(lambda company, date: None, fail))
        self.assertEqual(self._get_states(), ["failed"])

    def test_step_that_commits_many_batches_is_called_again_in_the_next_slice(self):
        calls = []

        def long(company, date):
            calls.append(company)
            company.env["ir.cron"]._commit_progress(500)
            return calls.count(company) > 2

        self._run_cron("refresh_scores")
        self._detect(long)
        self.assertEqual(self._get_states(), ["done"])
        self.assertEqual(calls.count(self.company), 3)
