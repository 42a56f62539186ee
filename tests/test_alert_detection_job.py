from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models import customer_alert_detection
from ..models.customer_alert_signals import Figures
from .alert_common import AlertCase

DAY = "2026-10-10"
LOG = "odoo.addons.customer_success.models.customer_alert_detection"


@tagged("post_install", "-at_install")
class TestAlertDetectionJob(AlertCase):
    """The clock set back, rules and rows that fail, slices of the job, speed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule("no_order_days", severity="high")
        cls.profile = cls._create_alerted("Silent", tier_id=cls.tiers["A"].id)
        cls._order(cls.profile, "2026-06-01", "2026-07-01", "2026-08-01")

    # === THE CLOCK === #

    def test_clock_set_back_neither_raises_again_nor_ends_later_alerts(self):
        self._raise(DAY)
        self._order(self.profile, "2026-10-15")
        self._raise("2026-10-20")
        self._raise("2026-12-20")
        self._order(self.profile, "2026-12-25")
        self._raise("2026-12-25")
        self.assertEqual(len(self._get_alerts(self.profile).filtered("date_over")), 2)
        before = self._dump()
        for day in ("2026-10-09", DAY, "2026-10-15", "2026-12-19"):
            self.assertEqual(self._raise(day), 0)
        self.assertEqual(self._dump(), before)

    def test_clock_set_back_before_an_open_alert_does_not_end_it(self):
        earlier = self._create_alerted("Earlier")
        self._order(earlier, "2026-08-01")
        self._order(self.profile, "2026-08-08")
        self._raise("2026-10-04")
        self.assertTrue(self._get_alerts(earlier))
        self._raise(DAY)
        self._order(self.profile, "2026-10-01")  # written down late
        self._raise("2026-10-05")
        self.assertFalse(self._get_alerts(self.profile).date_over)
        self._raise("2026-10-11")
        self.assertTrue(self._get_alerts(self.profile).date_over)

    # === FAILURES === #

    def test_rule_that_fails_stops_no_other_and_says_so_until_it_works(self):
        broken = self._create_rule("amount_drop", sequence=1)
        figures = Figures(
            source=SQL("SELECT 1 / 0 AS profile_id"),
            **dict.fromkeys(("key", "value", "evidence"), SQL("NULL")),
            **dict.fromkeys(("hit", "over"), SQL("TRUE")),
        )
        rules = self.registry["customer.alert.rule"]
        with (
            patch.object(rules, "_read_amount_drop", lambda rule, reading: figures),
            mute_logger(LOG, "odoo.sql_db"),
        ):
            self._raise(DAY)
        self.assertEqual(len(self._get_alerts(self.profile, self.rule)), 1)
        self.assertIn("division by zero", broken.last_error)
        self.assertEqual(broken.date_error, self._to_date(DAY))
        self._raise("2026-10-11")
        self.assertRecordValues(broken, [{"last_error": False, "date_error": False}])

    def test_company_without_failure_does_not_hide_that_of_another(self):
        shared = self._create_rule("amount_drop", company_id=False)
        rules = self.registry["customer.alert.rule"]

        def read(rule, reading, original=rules._read_amount_drop):
            if reading.company == self.company:
                raise ValueError("only here")
            return original(rule, reading)

        with patch.object(rules, "_read_amount_drop", read), mute_logger(LOG):
            for company in (self.company, self.other_company):
                self.alerts._raise_alerts(self._to_date(DAY), company)
        self.assertEqual(shared.last_error, "only here")

    def test_alert_that_cannot_be_written_stops_no_other(self):
        other = self._create_alerted("Other")
        self._order(other, "2026-08-01")
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE customer_alert ADD CONSTRAINT poison CHECK (profile_id <> %s)",
            [self.profile.id],
        )
        cron = self.registry["ir.cron"]
        late = self.alerts.with_context(ir_cron_progress_id=1)  # the slice is over
        with (
            mute_logger("odoo.addons.customer_success.batches", "odoo.sql_db"),
            patch.object(cron, "_commit_progress", lambda *args, **kwargs: 0),
        ):
            late._raise_alerts(self._to_date(DAY), self.company)
            raised = late._raise_alerts(self._to_date(DAY), self.company)
        self.assertIsNot(raised, False)  # else it would be called again for ever
        self.assertFalse(self._get_alerts(self.profile))
        self.assertEqual(len(self._get_alerts(other)), 1)
        self.env.cr.execute("ALTER TABLE customer_alert DROP CONSTRAINT poison")
        self.assertEqual(self._raise(DAY), 1)

    def test_slices_of_the_job_go_on_where_the_last_one_stopped(self):
        profiles = [self._create_alerted(f"Slice {number}") for number in range(5)]
        for profile in profiles:
            self._order(profile, "2026-08-01")
        expected = len(self._detect(self.rule, DAY))
        model = self.alerts.with_context(ir_cron_progress_id=1)
        cron = self.registry["ir.cron"]
        slices = 0
        with (
            patch.object(cron, "_commit_progress", lambda *args, **kwargs: 0),
            patch.object(customer_alert_detection, "ALERT_BATCH", 2),
        ):
            while model._raise_alerts(self._to_date(DAY), self.company) is False:
                slices += 1
                self.assertLess(slices, 100)
        self.assertEqual(slices, -(-expected // 2) - 1)  # the last batch ends it
        raised = self.alerts.search([("rule_id", "=", self.rule.id)])
        self.assertEqual(len(raised), expected)
        self.assertEqual(len(raised.profile_id), expected)

    # === SPEED === #

    def test_statements_do_not_grow_with_the_customers(self):
        self._create_rule("churn_at_risk")
        self._create_rule("frequency_drop")
        self._raise(DAY)
        few = self._count_statements()
        for number in range(20):
            self._order(self._create_alerted(f"Many {number}"), "2026-08-01")
        self._raise(DAY)
        self.assertGreater(self.alerts.search_count([]), 20)
        self.assertEqual(self._count_statements(), few)

    def _count_statements(self):
        self._raise(DAY)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._raise(DAY)
        return self.env.cr.sql_log_count - before
