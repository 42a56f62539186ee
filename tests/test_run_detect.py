from unittest.mock import patch

from odoo.tests import mute_logger, tagged

from .common import DAY, CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestRunDetect(CustomerSuccessCase):
    """The nightly detection as a job: after the scores, step by step, once a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_tz = "UTC"
        cls.runs = cls.env["customer.run"].search([]).ids
        partner = cls._create_partner("Detect Buyer")
        for day in ("2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01"):
            cls._create_order(partner, day, 100)

    def _get_runs(self, **values):
        domain = [("job", "=", "detect"), ("company_id", "=", self.company.id)]
        runs = self.env["customer.run"].search(domain)
        return runs.filtered_domain(
            [(name, "=", value) for name, value in values.items()]
        )

    def _patch_steps(self, *steps):
        return patch.object(
            self.registry["customer.run"],
            "_get_steps",
            lambda run: list(steps),
        )

    def test_detection_waits_for_the_scores_of_its_day(self):
        self._run_cron("detect_churn")
        self.assertFalse(self._get_runs(date=DAY))
        self._run_cron("refresh_scores")
        self._run_cron("detect_churn")
        run = self._get_runs()
        self.assertEqual((run.state, str(run.date), run.progress), ("done", DAY, 100))
        self.assertEqual(run.done_count, run.staged_count)
        self.assertTrue(run.end_datetime)

    def test_second_detection_of_the_day_changes_nothing(self):
        self._run_cron("refresh_scores")
        self._run_cron("detect_churn")
        tables = ("customer_alert", "customer_churn", "customer_churn_fit",
                  "customer_retention", "mail_activity", "customer_profile")  # fmt: skip
        before = [self._read(table) for table in tables]
        self.assertTrue(before[0] and before[1] and before[2])
        self._run_cron("detect_churn")
        self.assertEqual([self._read(table) for table in tables], before)

    def _read(self, table):
        self.env.flush_all()
        self.env.cr.execute(f"SELECT id, xmin::text FROM {table} ORDER BY id")
        return self.env.cr.fetchall()

    def test_step_that_has_not_finished_is_called_again(self):
        calls = []

        def first(company, date):
            calls.append((company, "first"))

        def long(company, date):
            calls.append((company, "long"))
            return calls.count((company, "long")) > 1

        self._run_cron("refresh_scores")
        with self._patch_steps(first, long):
            self._run_cron("detect_churn")  # the scheduler calls until nothing remains
        # every step once for each company, only the unfinished one again
        for company in (self.company, self.other_company):
            self.assertEqual(calls.count((company, "first")), 1)
            self.assertEqual(calls.count((company, "long")), 2)
        run = self._get_runs()
        self.assertEqual((run.state, run.attempt_count), ("done", 2))

    @mute_logger("odoo.addons.customer_success.models.customer_run_steps")
    def test_failed_detection_is_seen_and_the_next_one_works(self):
        def fail(company, date):
            raise ValueError("no rhythm")

        self._run_cron("refresh_scores")
        with self._patch_steps(fail):
            self._run_cron("detect_churn")
        run = self._get_runs()
        self.assertEqual((run.state, run.message), ("failed", "no rhythm"))
        self._run_cron("detect_churn")
        self.assertEqual(len(self._get_runs(state="done")), 1)

    def test_unfinished_detection_of_an_older_day_gives_way(self):
        old = self.env["customer.run"].create(
            {
                "job": "detect",
                "company_id": self.company.id,
                "date": "2026-11-01",
                "state": "running",
            }
        )
        self._run_cron("refresh_scores")
        self._run_cron("detect_churn")
        self.assertEqual(old.state, "failed")
        self.assertEqual(str(self._get_runs(state="done").date), DAY)
