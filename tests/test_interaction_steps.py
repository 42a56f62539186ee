from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .interaction_common import InteractionCase


@tagged("post_install", "-at_install")
class TestInteractionSteps(InteractionCase):
    """One next step is one activity; a done call or meeting is an interaction."""

    # === NEXT STEP === #

    def _log_step(self, **values):
        return self._log(next_step="Send offer", date_next_step="2026-12-01", **values)

    def _get_activities(self):
        return self.env["mail.activity"].search(
            [("res_model", "=", "customer.profile"), ("res_id", "=", self.profile.id)]
        )

    def test_a_next_step_with_a_date_is_one_activity_of_its_owner(self):
        self._log(next_step="Some day")
        self.assertFalse(self._get_activities())
        interaction = self._log_step()
        activity = self._get_activities()
        self.assertRecordValues(
            activity,
            [
                {
                    "summary": "Send offer",
                    "user_id": self.sales.id,
                    "date_deadline": fields.Date.to_date("2026-12-01"),
                }
            ],
        )
        interaction.write(
            {"next_step": "Send two offers", "next_step_user_id": self.colleague.id}
        )
        interaction.date_next_step = "2026-12-05"
        self.assertEqual(self._get_activities(), activity)
        self.assertEqual(activity.summary, "Send two offers")
        self.assertEqual(activity.user_id, self.colleague)
        self.assertEqual(str(activity.date_deadline), "2026-12-05")
        activity.date_deadline = "2026-12-09"
        self.assertEqual(str(interaction.date_next_step), "2026-12-09")

    def test_done_in_the_activity_is_done_in_the_next_step(self):
        interaction = self._log_step()
        self._get_activities().with_user(self.sales).action_feedback("Sent")
        self.assertEqual(interaction.next_step_state, "done")
        self.assertFalse(self._get_activities())
        self.assertEqual(
            self.env["customer.interaction"].search(
                [("profile_id", "=", self.profile.id)]
            ),
            interaction,
        )

    def test_done_in_the_next_step_is_done_in_the_activity(self):
        interaction = self._log_step(next_step_user_id=self.colleague.id)
        activity = self._get_activities()
        interaction.action_next_step_done()
        self.assertFalse(activity.active)
        self.assertTrue(activity.date_done)

    def test_a_next_step_taken_back_takes_its_activity_along(self):
        for change in (
            {"next_step": False, "date_next_step": False},
            {"active": False},
            {"state": "dismissed"},
        ):
            with self.subTest(change=change):
                interaction = self._log_step()
                self.assertEqual(len(self._get_activities()), 1)
                interaction.write(change)
                self.assertFalse(self._get_activities())

    def test_a_proposal_plans_nothing(self):
        self._log_step(state="proposed")
        self.assertFalse(self._get_activities())

    # === DONE ACTIVITIES === #

    def _do(self, kind, feedback=False, record=None, user=None):
        record = record or self.profile
        activity = record.activity_schedule(
            f"mail.mail_activity_data_{kind}",
            summary="Call back",
            user_id=(user or self.sales).id,
        )
        activity.with_user(user or self.sales).action_feedback(feedback)
        return self.env["customer.interaction"].search(
            [("activity_id", "=", activity.id)]
        )

    def test_a_done_call_with_feedback_is_logged(self):
        for record, people in (
            (self.profile, self.env["res.partner"]),
            (self.contact, self.contact),
            (self.partner, self.env["res.partner"]),
        ):
            with self.subTest(record=record):
                interaction = self._do("call", "Wants a <b>price</b>", record)
                self.assertRecordValues(
                    interaction,
                    [
                        {
                            "profile_id": self.profile.id,
                            "state": "confirmed",
                            "name": "Call back",
                            "channel_id": self.channels["phone"].id,
                            "user_ids": self.sales.ids,
                            "partner_ids": people.ids,
                        }
                    ],
                )
                self.assertIn("&lt;b&gt;price", interaction.content)

    def test_a_done_meeting_without_words_is_proposed(self):
        interaction = self._do("meeting")
        self.assertEqual(interaction.state, "proposed")
        self.assertEqual(interaction.channel_id.code, "meeting")

    def test_a_colleague_without_the_role_proposes_what_others_confirm(self):
        interaction = self._do("call", "Said so", self.partner, self.plain)
        self.assertEqual(interaction.state, "proposed")
        self.assertFalse(interaction.content)

    def test_a_to_do_or_an_activity_elsewhere_logs_nothing(self):
        self.assertFalse(self._do("todo", "Done"))
        self.assertFalse(self._do("call", "x", self._create_partner("No customer")))

    def test_a_done_activity_of_a_meeting_is_the_interaction_of_that_meeting(self):
        event = self._create_event()
        proposal = self._propose()
        self.assertEqual(len(proposal), 1)
        activity = self.profile.activity_schedule(
            "mail.mail_activity_data_meeting", user_id=self.sales.id
        )
        activity.calendar_event_id = event
        activity.with_user(self.sales).action_feedback("Good talk")
        self.assertEqual(proposal.state, "confirmed")
        self.assertIn("Good talk", proposal.content)
        self.assertEqual(
            self.env["customer.interaction"].search_count(
                [("profile_id", "=", self.profile.id)]
            ),
            1,
        )

    # === FROM A MEETING === #

    def test_a_meeting_is_logged_once(self):
        event = self._create_event().with_user(self.sales)
        action = event.action_log_interaction()
        context = action["context"]
        self.assertFalse(action["res_id"])
        self.assertEqual(context["default_calendar_event_id"], event.id)
        self.assertEqual(context["default_partner_ids"], self.contact.ids)
        self.assertEqual(context["default_user_ids"], self.sales.ids)
        logged = (
            self.env["customer.interaction"]
            .with_user(self.sales)
            .with_context(**context)
            .create({})
        )
        self.assertEqual(logged.channel_id.code, "meeting")
        self.assertEqual(event.action_log_interaction()["res_id"], logged.id)
        self.assertFalse(self._propose())

    def test_a_meeting_among_colleagues_is_not_logged(self):
        event = self._create_event(people=self.colleague.partner_id)
        with self.assertRaisesRegex(UserError, "Nobody of a customer attends"):
            event.with_user(self.sales).action_log_interaction()
        with self.assertRaises(AccessError):
            self._create_event().with_user(self.plain).action_log_interaction()
