from datetime import datetime

from odoo import Command
from odoo.tests import freeze_time, tagged

from .commitment_common import VISIT, CommitmentCase


@tagged("post_install", "-at_install")
class TestCommitmentsVisits(CommitmentCase):
    """Minutes of a visit within 24 hours, whichever way the visit came in."""

    # === LOGGED BY HAND === #

    @freeze_time("2026-11-20 10:00:00")
    def test_minutes_written_at_once_are_kept(self):
        visit = self._log(content="<p>They want a second line.</p>")
        self.assertRecordValues(
            self._get_promise(visit),
            [
                {
                    "state": "met",
                    "is_breached": False,
                    "kind": "visit",
                    "target": "minutes",
                    "user_id": self.owner.id,
                    "start_datetime": self._at(VISIT),
                    "due_datetime": self._at("2026-11-21 09:00:00"),
                    "met_datetime": self._at("2026-11-20 10:00:00"),
                }
            ],
        )

    def test_minutes_written_after_a_day_are_late_for_ever(self):
        with freeze_time("2026-11-20 10:00:00"):
            visit = self._log()
        promise = self._get_promise(visit)
        self.assertEqual(promise.state, "running")
        with freeze_time("2026-11-21 09:00:01"):
            visit.content = "<p>Late, but here.</p>"
        self.assertEqual(promise.light, "kept_late")
        self.assertEqual(promise.breached_datetime, self._at("2026-11-21 09:00:00"))

    @freeze_time("2026-11-23 10:00:00")
    def test_a_visit_logged_days_later_is_late_at_once(self):
        promise = self._get_promise(self._log(feedback="Good"))
        self.assertEqual((promise.state, promise.is_breached), ("met", True))

    @freeze_time("2026-11-20 10:00:00")
    def test_empty_paragraphs_and_blanks_are_no_minutes(self):
        visit = self._log(content="<p><br></p>", feedback="  ")
        self.assertEqual(self._get_promise(visit).state, "running")
        visit.feedback = "They asked for samples"
        self.assertEqual(self._get_promise(visit).state, "met")

    @freeze_time("2026-11-20 10:00:00")
    def test_calls_and_broadcasts_have_no_clock(self):
        for code, values in (
            ("phone", {}),
            ("email", {}),
            ("visit", {"is_bulk": True}),
        ):
            channel = self.env["customer.channel"]._get_by_code(code)
            interaction = self._log(channel_id=channel.id, **values)
            with self.subTest(code=code):
                self.assertFalse(self._get_promise(interaction))

    @freeze_time("2026-11-20 10:00:00")
    def test_an_archived_or_deleted_visit_wants_no_minutes(self):
        visits = self._log() | self._log("2026-11-20 08:00:00")
        promises = visits.mapped(lambda visit: self._get_promise(visit).id)
        promises = self.Promise.browse(promises)
        visits[0].active = False
        visits[1].sudo().unlink()
        self.assertEqual(promises.mapped("state"), ["cancelled", "cancelled"])

    @freeze_time("2026-11-20 10:00:00")
    def test_without_a_policy_nobody_waits_for_minutes(self):
        self.env["customer.service.policy"].search(
            [("target", "=", "minutes")]
        ).tier_codes = "S"
        visit = self._log()
        self.assertFalse(self._get_promise(visit))
        self.assertNotIn(
            visit.id,
            self.Promise._get_visits_without_clock(datetime(2026, 11, 20, 11)),
            "found again by each run, for ever",
        )
        self.Promise._start_missing_minutes(datetime(2026, 11, 20, 11))
        self.assertFalse(self._get_promise(visit))

    # === FROM A MEETING === #

    def _propose(self, stop="2026-11-20 11:00:00"):
        event = self.env["calendar.event"].create(
            {
                "name": "Audit",
                "start": VISIT,
                "stop": stop,
                "partner_ids": [
                    Command.set((self.owner.partner_id | self.profile.partner_id).ids)
                ],
                "user_id": self.owner.id,
            }
        )
        with self.enter_registry_test_mode():
            self.env.ref(
                "customer_success.ir_cron_propose_interactions"
            ).method_direct_trigger()
        self.env.invalidate_all()
        interactions = self.env["customer.interaction"]
        return interactions.search([("calendar_event_id", "=", event.id)])

    @freeze_time("2026-11-20 12:00:00")
    def test_a_meeting_that_is_over_starts_a_clock_at_its_end(self):
        proposal = self._propose()
        self.assertEqual(proposal.state, "proposed")
        self.Promise._start_missing_minutes(datetime(2026, 11, 20, 12))
        promise = self._get_promise(proposal)
        self.assertRecordValues(
            promise,
            [
                {
                    "state": "running",
                    "user_id": self.owner.id,
                    "calendar_event_id": proposal.calendar_event_id.id,
                    "start_datetime": self._at("2026-11-20 11:00:00"),
                    "due_datetime": self._at("2026-11-21 11:00:00"),
                }
            ],
        )
        proposal.with_user(self.owner).write(
            {"content": "<p>Passed the audit.</p>", "state": "confirmed"}
        )
        self.assertEqual(promise.state, "met")

    @freeze_time("2026-11-20 12:00:00")
    def test_a_meeting_that_was_prolonged_moves_its_clock(self):
        proposal = self._propose()
        self.Promise._start_missing_minutes(datetime(2026, 11, 20, 12))
        proposal.calendar_event_id.stop = "2026-11-20 11:30:00"
        self.Promise._start_missing_minutes(datetime(2026, 11, 20, 12))
        promise = self._get_promise(proposal)
        self.assertEqual(promise.due_datetime, self._at("2026-11-21 11:30:00"))

    @freeze_time("2026-11-20 12:00:00")
    def test_a_dismissed_proposal_wants_no_minutes(self):
        proposal = self._propose()
        self.Promise._start_missing_minutes(datetime(2026, 11, 20, 12))
        proposal.with_user(self.owner).action_dismiss()
        self.assertEqual(self._get_promise(proposal).state, "cancelled")

    @freeze_time("2027-01-20 12:00:00")
    def test_the_job_starts_no_clock_for_visits_of_long_ago(self):
        self.env["customer.service.policy"].search([]).date_from = "2027-01-19"
        visit = self._log()
        self.assertFalse(self._get_promise(visit))
        self.env["customer.service.policy"].search([]).date_from = "2026-01-01"
        self.Promise._start_missing_minutes(datetime(2027, 1, 20, 12))
        self.assertFalse(self._get_promise(visit))
        self.Promise._start_missing_minutes(datetime(2026, 12, 1))
        self.assertEqual(self._get_promise(visit).state, "running")
