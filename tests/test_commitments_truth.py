from datetime import datetime

from odoo.tests import freeze_time, tagged

from .commitment_common import VISIT, CommitmentCase


@tagged("post_install", "-at_install")
class TestCommitmentsTruth(CommitmentCase):
    """A clock says what happened, by whichever path it hears of it."""

    def _create_action(self, kind, deadline="2026-11-25", **values):
        return (
            self.env["customer.care.action"]
            .with_user(self.owner)
            .create(
                {
                    "profile_id": self.profile.id,
                    "kind_id": kind.id,
                    "name": "Brief",
                    "date_start": "2026-11-20",
                    "date_deadline": deadline,
                    "user_id": self.owner.id,
                    **values,
                }
            )
        )

    # === VISITS === #

    def test_minutes_written_in_time_are_kept_when_the_job_comes_late(self):
        policy = self.env["customer.service.policy"].search(
            [("target", "=", "minutes")]
        )
        policy.tier_codes = "S"
        with freeze_time("2026-11-20 10:00:00"):
            visit = self._log(content="<p>Written at once.</p>")
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE customer_interaction SET write_date = %s WHERE id = %s",
                ["2026-11-20 10:00:00", visit.id],
            )
            self.env.invalidate_all()
        self.assertFalse(self._get_promise(visit))
        policy.tier_codes = False
        with freeze_time("2026-11-28 10:00:00"):
            self.Promise._start_missing_minutes(datetime(2026, 11, 28, 10))
        promise = self._get_promise(visit)
        self.assertEqual((promise.state, promise.is_breached), ("met", False))
        self.assertEqual(promise.met_datetime, self._at("2026-11-20 10:00:00"))

    @freeze_time("2026-11-20 10:00:00")
    def test_a_visit_that_was_a_call_wants_no_minutes(self):
        visit = self._log()
        visit.channel_id = self.env["customer.channel"]._get_by_code("phone")
        self.assertEqual(self._get_promise(visit).state, "cancelled")

    @freeze_time("2026-11-20 10:00:00")
    def test_a_visit_that_comes_back_wants_its_minutes_again(self):
        visit = self._log()
        visit.active = False
        visit.active = True
        self.assertEqual(
            self._get_promise(visit).mapped("state"), ["cancelled", "running"]
        )

    @freeze_time("2026-11-20 10:00:00")
    def test_minutes_of_a_visit_action_over_another_channel_are_kept(self):
        kind = self.env["customer.action.kind"].search([("is_visit", "=", True)])[:1]
        kind = kind.copy({"code": "truth", "name": "Video visit"})
        kind.channel_id = self.env["customer.channel"]._get_by_code(
            "video"
        ) or self.env["customer.channel"].search([("is_visit", "=", False)], limit=1)
        action = self._create_action(kind)
        action._set_done({"is_standard_met": True})
        visit = action.interaction_id
        promise = self._get_promise(visit)
        self.assertEqual(promise.mapped("state"), ["running"])
        visit.content = "<p>What was said.</p>"
        self.assertEqual(promise.state, "met")

    # === ACTIONS === #

    def _get_kind_in_hours(self):
        """Let actions be promised in working hours; return a kind of them."""
        self._keep_only(
            self._create_policy(
                8,
                kind="action",
                target="action",
                is_working_time=True,
                calendar_id=self.calendar.id,
            )
        )
        return self.env["customer.action.kind"].search(
            [("is_bulk", "=", False), ("is_visit", "=", False)], limit=1
        )

    @freeze_time("2026-11-20 10:00:00")
    def test_a_new_responsible_person_does_not_hide_other_working_hours(self):
        kind = self._get_kind_in_hours()
        action = self._create_action(kind)
        promise = self.Promise.search([("action_id", "=", action.id)])
        self.assertEqual(promise.due_datetime, self._at("2026-11-26 16:00:00"))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": "2026-11-26 00:00:00",
                "date_to": "2026-11-26 23:59:59",
            }
        )
        action.sudo().user_id = self.leader
        self.Promise._check_clocks(datetime(2026, 11, 20, 10))
        self.assertEqual(promise.user_id, self.leader)
        self.assertEqual(promise.due_datetime, self._at("2026-11-27 16:00:00"))

    def test_a_holiday_counts_also_when_the_action_is_done_before_the_job(self):
        kind = self._get_kind_in_hours()
        with freeze_time("2026-11-20 10:00:00"):
            action = self._create_action(kind)
        promise = self.Promise.search([("action_id", "=", action.id)])
        with freeze_time("2026-11-26 17:00:00"):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "calendar_id": self.calendar.id,
                    "company_id": self.company.id,
                    "date_from": "2026-11-26 00:00:00",
                    "date_to": "2026-11-26 23:59:59",
                }
            )
            action._set_done({"is_standard_met": True})
        self.assertEqual((promise.state, promise.is_breached), ("met", False))

    def test_a_deadline_moved_ahead_is_warned_of_again(self):
        with freeze_time("2026-11-20 10:00:00"):
            kind = self.env["customer.action.kind"].search(
                [("is_bulk", "=", False), ("is_visit", "=", False)], limit=1
            )
            action = self._create_action(kind)
            promise = self.Promise.search([("action_id", "=", action.id)])
        now = "2026-11-25 10:00:00"
        with freeze_time(now):
            self.Promise._check_clocks(self._at(now))
            self.assertEqual(len(self._get_warnings(promise)), 1)
            action.date_deadline = "2026-12-25"
            self.assertFalse(self._get_warnings(promise))
        with freeze_time("2026-12-25 10:00:00"):
            self.Promise._check_clocks(self._at("2026-12-25 10:00:00"))
            self.assertEqual(len(self._get_warnings(promise)), 1)

    # === OVERDUE === #

    def test_what_was_overdue_stays_known_before_the_job_noticed(self):
        with freeze_time("2026-11-20 10:00:00"):
            visit = self._log()
        with freeze_time("2026-11-21 09:05:00"):
            visit.active = False
        promise = self._get_promise(visit)
        self.assertEqual((promise.state, promise.is_breached), ("cancelled", True))

    @freeze_time("2026-11-20 12:00:00")
    def test_the_archived_double_of_a_merge_wants_no_minutes(self):
        other = self._create_profile("Twin", self.owner)
        event = self.env["calendar.event"].create(
            {"name": "Both", "start": VISIT, "stop": "2026-11-20 10:00:00"}
        )
        visits = self.env["customer.interaction"]
        for profile in (self.profile, other):
            visits |= self._log(profile_id=profile.id, calendar_event_id=event.id)
        self.assertEqual(
            visits.mapped(lambda v: self._get_promise(v).state), ["running"] * 2
        )
        other.sudo()._move_facts(self.profile.sudo())
        self.env.invalidate_all()
        self.assertEqual(
            visits.mapped(lambda v: self._get_promise(v).state),
            ["running", "cancelled"],
        )
