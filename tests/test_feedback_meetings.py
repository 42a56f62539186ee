from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .feedback_figures_common import FeedbackFiguresCase


@tagged("post_install", "-at_install")
class TestFeedbackMeetings(FeedbackFiguresCase):
    """The quarterly meeting: frozen figures, resolutions that are followed."""

    def _meet(self, **vals):
        meetings = self.env["customer.feedback.meeting"].with_user(self.manager)
        return meetings.create(vals)

    def _resolve(self, meeting, **vals):
        return (
            self.env["customer.feedback.resolution"]
            .with_user(self.manager)
            .create(
                {
                    "meeting_id": meeting.id,
                    "name": "Answer faster",
                    "user_id": self.user.id,
                    "date_deadline": "2026-11-10",
                    **vals,
                }
            )
        )

    def _activities(self, record):
        return self.env["mail.activity"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )

    # === FIGURES === #

    def test_a_meeting_freezes_the_figures_of_the_last_quarter(self):
        self._receive("2026-08-01 08:00:00")
        meeting = self._meet()
        self.assertEqual(
            (meeting.date_from, meeting.date_to), (date(2026, 7, 1), date(2026, 9, 30))
        )
        rows = {row.key: row for row in meeting.figure_ids}
        self.assertEqual(len(rows), 16)
        self.assertEqual(rows["complaints"].value_text, "1")
        self.assertEqual(rows["complaint_rate"].value_text, "50%")
        self.assertEqual(rows["complaint_rate"].target_text, "< 5%")
        self.assertTrue(rows["complaint_rate"].is_missed)
        self.assertEqual(rows["csat"].value_text, "To be evaluated")
        self.assertIn("A", meeting.topics_html)
        self._receive("2026-08-02 08:00:00")
        self.assertEqual(rows["complaints"].value_text, "1")
        rows["complaints"].verdict = "gap"
        meeting.action_take_figures()
        row = meeting.figure_ids.filtered(lambda one: one.key == "complaints")
        self.assertEqual((row.value_text, row.verdict), ("2", "gap"))
        meeting.action_propose_texts()
        meeting.action_propose_texts()
        self.assertEqual(meeting.gaps, "Complaints: 2")

    def test_figures_are_never_written_and_a_held_meeting_stays(self):
        meeting = self._meet()
        with self.assertRaises(UserError):
            meeting.figure_ids[0].figure = 3
        with self.assertRaisesRegex(UserError, "conclusion"):
            meeting.action_hold()
        meeting.conclusion = "Answer faster"
        self._resolve(meeting)
        meeting.action_hold()
        self.assertRecordValues(
            meeting,
            [
                {
                    "state": "held",
                    "date_held": date(2026, 11, 3),
                    "held_user_id": self.manager.id,
                }
            ],
        )
        for attempt in (
            lambda: meeting.write({"gaps": "None"}),
            lambda: meeting.write({"state": "draft"}),
            lambda: meeting.figure_ids[0].write({"verdict": "gap"}),
            lambda: meeting.action_take_figures(),
            lambda: self._resolve(meeting),
        ):
            with self.assertRaises(UserError):
                attempt()
        meeting.action_reopen()
        meeting.gaps = "None"

    def test_managers_mark_a_figure_on_the_form_of_the_meeting(self):
        meeting = self._meet()
        with Form(meeting) as form, form.figure_ids.edit(1) as line:
            line.verdict = "gap"
        self.assertEqual(meeting.figure_ids[1].verdict, "gap")
        meeting.conclusion = "Answer faster"
        meeting.action_hold()
        marked = [(1, meeting.figure_ids[1].id, {"verdict": "strength"})]
        with self.assertRaises(UserError):
            meeting.write({"figure_ids": marked})

    def test_system_fields_of_a_client_are_ignored_or_refused(self):
        meeting = self._meet(state="held", topics={"tiers": [["X", 9, 9]]})
        self.assertEqual(meeting.state, "draft")
        self.assertNotIn("X", meeting.topics_html)
        meetings = self.env["customer.feedback.meeting"].with_user(self.manager)
        other = meetings.with_context(default_state="held").create(
            {"date_from": "2026-04-01", "date_to": "2026-06-30"}
        )
        self.assertEqual(other.state, "draft")

    def test_nobody_makes_a_resolution_that_is_finished_already(self):
        resolution = self._resolve(self._meet(), state="done", date_done="2026-11-01")
        self.assertRecordValues(resolution, [{"state": "planned", "date_done": False}])
        resolutions = self.env["customer.feedback.resolution"].with_user(self.manager)
        vals = resolution.copy_data()[0]
        other = resolutions.with_context(default_state="done").create(vals)
        self.assertRecordValues(other, [{"state": "planned", "date_done": False}])

    def test_periods_are_checked(self):
        for start, end in (("2025-01-01", "2026-01-01"), ("2025-01-01", "2026-06-30")):
            with self.assertRaises(ValidationError):
                self._meet(date_from=start, date_to=end)

    def test_every_figure_opens_the_records_it_was_counted_from(self):
        complaint = self._receive("2026-08-01 08:00:00")
        enquiry = self._receive("2026-08-01 08:00:00", kind="enquiry")
        self._receive("2026-10-01 08:00:00")
        answer = self._say("2026-08-01", value=4)
        opened = {}
        for row in self._meet().figure_ids:
            action = row.action_open_records()
            model = self.env[action["res_model"]].with_user(self.manager)
            opened[row.key] = model.search(action["domain"])
        self.assertEqual(opened["cases"], complaint | enquiry)
        self.assertEqual(opened["complaints"], complaint)
        self.assertEqual(opened["complaint_rate"], self.alpha)
        self.assertEqual(opened["csat"].satisfaction_id, answer)
        self.assertFalse(opened["response_hours"])
        self.assertFalse(opened["in_time"])

    # === RESOLUTIONS === #

    def test_a_resolution_has_one_activity_that_follows_it(self):
        resolution = self._resolve(self._meet())
        activity = self._activities(resolution)
        self.assertRecordValues(
            activity,
            [{"user_id": self.user.id, "date_deadline": date(2026, 11, 10)}],
        )
        resolution.write({"user_id": self.stranger.id, "date_deadline": "2026-11-20"})
        self.assertRecordValues(
            self._activities(resolution),
            [{"user_id": self.stranger.id, "date_deadline": date(2026, 11, 20)}],
        )
        own = resolution.with_user(self.stranger)
        own.action_begin()
        with self.assertRaisesRegex(UserError, "result"):
            own.action_done()
        own.result = "Two people more"
        own.action_done()
        self.assertFalse(self._activities(resolution))
        self.assertEqual(
            (resolution.state, resolution.date_done), ("done", date(2026, 11, 3))
        )
        own.action_reopen()
        self.assertTrue(self._activities(resolution))

    def test_late_is_what_is_not_finished_after_its_deadline(self):
        meeting = self._meet()
        late = self._resolve(meeting, date_deadline="2026-11-02")
        today = self._resolve(meeting, date_deadline="2026-11-03")
        dropped = self._resolve(meeting, date_deadline="2026-11-01", result="Moot")
        dropped.action_drop()
        self.assertEqual((late | today | dropped).filtered("is_late"), late)
        found = self.env["customer.feedback.resolution"].search(
            [("is_late", "=", True), ("meeting_id", "=", meeting.id)]
        )
        self.assertEqual(found, late)
        self.assertEqual(
            (meeting.resolution_count, meeting.resolution_late_count), (3, 1)
        )

    def test_who_carries_it_out_writes_its_result_and_nothing_else(self):
        resolution = self._resolve(self._meet()).with_user(self.user)
        resolution.result = "Half of it"
        for vals in ({"name": "Easier"}, {"date_deadline": "2027-01-01"}):
            with self.assertRaises(AccessError):
                resolution.write(vals)
        with self.assertRaises(AccessError):
            resolution.action_drop()
        for attempt in (
            lambda: resolution.with_user(self.manager).write({"state": "done"}),
            lambda: resolution.with_user(self.stranger).write({"result": "Mine"}),
            lambda: resolution.with_user(self.stranger).read(["name"]),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_participants_read_the_meeting_and_others_do_not(self):
        meeting = self._meet(user_ids=[self.user.id])
        resolution = self._resolve(meeting, user_id=self.manager.id)
        mine = meeting.with_user(self.user)
        self.assertTrue(mine.figure_ids[0].value_text)
        self.assertTrue(resolution.with_user(self.user).name)
        with self.assertRaises(AccessError):
            mine.gaps = "None"
        with self.assertRaises(AccessError):
            resolution.with_user(self.user).result = "None"
        for record in (meeting, meeting.figure_ids, resolution):
            with self.assertRaises(AccessError):
                record.with_user(self.stranger).read(["display_name"])

    # === THE QUARTER === #

    def test_a_meeting_comes_when_its_quarter_is_over_and_only_once(self):
        meetings = self.env["customer.feedback.meeting"]
        domain = [("company_id", "=", self.shop.id)]
        with freeze_time("2026-09-30 02:00:00"):
            meetings._create_due(self.shop, date(2026, 9, 30))
        self.assertEqual(meetings.search(domain).mapped("date_to"), [date(2026, 6, 30)])
        for _time in range(2):
            meetings._create_due(self.shop, date(2026, 10, 1))
        meeting = meetings.search(domain, limit=1)
        self.assertEqual(meeting.date_to, date(2026, 9, 30))
        self.assertEqual(meetings.search_count(domain), 2)
        self.assertRecordValues(
            self._activities(meeting),
            [{"user_id": self.manager.id, "date_deadline": date(2026, 11, 3)}],
        )
        meeting.conclusion = "Fine"
        meeting.with_user(self.manager).action_hold()
        self.assertFalse(self._activities(meeting))

    def test_without_recorded_cases_there_is_no_meeting(self):
        meetings = self.env["customer.feedback.meeting"]
        for since in (False, "2026-10-01"):
            self.shop.customer_case_start = since
            meetings._create_due(self.shop, date(2026, 10, 1))
        self.assertFalse(meetings.search([("company_id", "=", self.shop.id)]))
