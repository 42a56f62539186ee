from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .commitment_common import NOW, CommitmentCase

CHECK = "odoo.addons.customer_success.models.customer_commitment_check"


@tagged("post_install", "-at_install")
class TestCommitmentsCheck(CommitmentCase):
    """The job that looks at all clocks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_policy(4, escalate_hours=1, escalate_to="leader")
        cls._keep_only(cls.policy)

    def _check(self, at):
        self.Promise._check_clocks(self._at(at))

    def _get_written(self, at):
        """Return how many rows a check writes, by the counters of the database."""
        self.env.flush_all()

        def count():
            self.env.cr.execute(
                SQL(
                    """SELECT pg_stat_get_xact_tuples_inserted(cls.oid)
                            + pg_stat_get_xact_tuples_updated(cls.oid)
                            + pg_stat_get_xact_tuples_deleted(cls.oid)
                         FROM pg_class cls
                        WHERE cls.relname IN ('customer_commitment', 'mail_activity')
                     ORDER BY cls.relname"""
                )
            )
            return sum(row[0] for row in self.env.cr.fetchall())

        before = count()
        self._check(at)
        self.env.flush_all()
        return count() - before

    # === OVERDUE === #

    def test_what_is_overdue_is_noted_once(self):
        promises = self._start() | self._start(start="2026-11-20 11:00:00", round=2)
        self._check("2026-11-20 14:30:00")
        self.assertEqual(promises.mapped("state"), ["breached", "running"])
        self.assertGreater(self._get_written("2026-11-20 15:30:00"), 0)
        self.assertEqual(promises.mapped("state"), ["breached", "breached"])
        self.assertEqual(self._get_written("2026-11-20 15:30:00"), 0)
        self.assertEqual(self._get_written("2026-12-20 15:30:00"), 0)

    def test_a_check_in_which_nothing_happened_writes_nothing(self):
        self._start()
        self._check("2026-11-20 13:30:00")
        self.assertEqual(self._get_written("2026-11-20 13:40:00"), 0)

    def test_more_than_a_range_gets_overdue_in_one_run(self):
        with patch(f"{CHECK}.WRITE_RANGE", 2):
            promises = self.Promise.union(
                *(self._start(round=number) for number in range(1, 6))
            )
            self._check("2026-11-21 14:30:00")
        self.assertEqual(set(promises.mapped("state")), {"breached"})

    # === WARNINGS === #

    def test_the_leader_is_warned_once_before_the_promise_is_late(self):
        promise = self._start()
        self._check("2026-11-20 12:59:00")
        self.assertFalse(self._get_warnings(promise))
        self._check("2026-11-20 13:00:00")
        warning = self._get_warnings(promise)
        self.assertRecordValues(
            warning,
            [
                {
                    "user_id": self.leader.id,
                    "date_deadline": fields.Date.to_date("2026-11-20"),
                    "summary": "Promise: Solution Proposed · 11/20/2026",
                }
            ],
        )
        warning.unlink()
        self._check("2026-11-20 13:10:00")
        self.assertFalse(self._get_warnings(promise))
        self.assertEqual(promise.escalated_user_id, self.leader)

    def test_what_got_late_while_the_job_stood_still_is_told_of_as_well(self):
        promise = self._start()
        self._check("2026-11-25 08:00:00")
        self.assertEqual(promise.state, "breached")
        self.assertEqual(len(self._get_warnings(promise)), 1)

    def test_a_warning_goes_when_the_promise_is_kept(self):
        promise = self._start()
        self._check("2026-11-20 13:00:00")
        promise._meet(self._at("2026-11-20 13:30:00"))
        self.assertFalse(self._get_warnings(promise))

    def test_without_hours_before_nobody_is_warned(self):
        self.policy.escalate_hours = 0
        promise = self._start()
        self._check("2026-11-20 13:59:00")
        self.assertFalse(promise.date_escalated)

    def test_who_is_gone_is_not_warned_but_the_next_one_is(self):
        self.leader.active = False
        promise = self._start()
        self._check("2026-11-20 13:00:00")
        managers = self.env["customer.notice"]._get_managers(self.company)
        self.assertIn(self._get_warnings(promise).user_id, managers)
        for rule, person in (("responsible", self.owner), ("manager", None)):
            self.policy.escalate_to = rule
            again = self._start(round=3 if person else 4)
            self._check("2026-11-20 13:00:00")
            user = self._get_warnings(again).user_id
            self.assertEqual(user, person) if person else self.assertIn(user, managers)

    def test_a_warning_speaks_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.leader.lang = "fr_FR"
        promise = self._start()
        self._check("2026-11-20 13:00:00")
        self.assertIn("20/11/2026", self._get_warnings(promise).summary)

    # === ROBUST === #

    def test_one_promise_that_fails_stops_only_itself(self):
        bad, good = self._start(), self._start(round=2)
        warn = type(self.Promise)._create_warnings

        def fail(promises, user):
            if bad in promises:
                raise ValueError("broken")
            return warn(promises, user)

        with (
            patch.object(type(self.Promise), "_create_warnings", fail),
            mute_logger("odoo.addons.customer_success.batches"),
        ):
            self._check("2026-11-20 13:00:00")
        self.assertFalse(bad.date_escalated)
        self.assertTrue(good.date_escalated)
        self._check("2026-11-20 13:10:00")
        self.assertTrue(bad.date_escalated)

    def test_the_job_runs_by_itself_every_ten_minutes(self):
        cron = self.env.ref("customer_success.ir_cron_check_commitments")
        self.assertEqual((cron.interval_number, cron.interval_type), (10, "minutes"))
        self.assertEqual(cron.user_id, self.env.ref("base.user_root"))
        promise = self._start()
        with freeze_time("2026-11-20 14:10:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(promise.state, "breached")
        self.assertFalse(cron.failure_count)

    def test_no_exception_leaves_the_job(self):
        self._start(start=NOW)
        with (
            patch.object(
                type(self.Promise), "_check_clocks", side_effect=ValueError("x")
            ),
            patch.object(self.env.cr, "rollback"),
            mute_logger(CHECK),
        ):
            self.Promise._cron_check_commitments()

    def test_a_slice_that_is_over_goes_on_by_query(self):
        promises = self._start() | self._start(round=2) | self._start(round=3)
        with (
            patch(f"{CHECK}.COMMITMENT_BATCH", 1),
            patch(f"{CHECK}.keep_progress", return_value=0),
        ):
            self.assertFalse(
                self.Promise._check_clocks(self._at("2026-11-20 13:00:00"))
            )
        self.assertEqual(len(promises.filtered("date_escalated")), 1)
        self._check("2026-11-20 13:00:00")
        self.assertEqual(len(promises.filtered("date_escalated")), 3)
        self.assertEqual(len(self._get_warnings(promises)), 3)
