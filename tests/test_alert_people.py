from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .alert_people_common import AlertPeopleCase
from .common import DAY


@tagged("post_install", "-at_install")
class TestAlertPeople(AlertPeopleCase):
    """What a sales person does with an alert, and what he may not."""

    def setUp(self):
        super().setUp()
        self.profile = self._create_customer("Azure")
        self.alert = self._create_alert(self.profile)
        self._assign()
        self.mine = self.alert.with_user(self.sales)

    def _open(self, action, user=None):
        """Return the form of the dialog that a button opened."""
        self.assertEqual(action["target"], "new")
        dialogs = self.env[action["res_model"]].with_user(user or self.sales)
        return Form(dialogs.with_context(**action["context"]))

    def _close(self, outcome, alert=None, **values):
        with self._open((alert or self.mine).action_close()) as form:
            form.outcome = outcome
            for name, value in values.items():
                form[name] = value
        form.record.action_close()

    # === FOUR BUTTONS === #

    def test_i_take_it(self):
        self.mine.action_take()
        self.assertRecordValues(
            self.alert, [{"state": "acknowledged", "user_id": self.sales.id}]
        )
        self.assertEqual(self._get_activities(self.alert).user_id, self.sales)

    def test_colleague_of_the_team_takes_it_with_the_activity(self):
        self.alert.with_user(self.leader).action_take()
        self.assertEqual(self.alert.user_id, self.leader)
        self.assertEqual(self._get_activities(self.alert).user_id, self.leader)

    def test_response_plan_turns_steps_into_activities(self):
        call, meet = self._get_kinds()
        self.rule.response_ids = [Command.set((call | meet).ids)]
        form = self._open(self.mine.action_plan())
        self.assertEqual(len(form.line_ids), 2)
        with form.line_ids.edit(1) as line:
            line.is_chosen = False
        with form.line_ids.new() as line:
            line.summary = "Offer a visit"
            line.date_deadline = "2026-12-01"
            line.user_id = self.leader
        form.save().action_plan()
        self.assertEqual(self.alert.state, "acting")
        self.assertRecordValues(
            self._get_activities(self.alert).sorted("date_deadline"),
            [
                {
                    "activity_type_id": call.id,
                    "user_id": self.sales.id,
                    "date_deadline": date(2026, 11, 23),
                    "automated": False,
                },
                {
                    "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                    "user_id": self.leader.id,
                    "date_deadline": date(2026, 12, 1),
                    "automated": False,
                },
            ],
        )

    def _get_kinds(self):
        kinds = self.env["mail.activity.type"]
        return kinds.create({"name": "Call him", "delay_count": 2}), kinds.create(
            {"name": "Meet him", "delay_count": 9}
        )

    def test_done_call_of_a_plan_becomes_an_interaction(self):
        call = self.env.ref("mail.mail_activity_data_call")
        self.rule.response_ids = [Command.set(call.ids)]
        self._open(self.mine.action_plan()).save().action_plan()
        step = self._get_activities(self.alert).with_user(self.sales)
        step.action_feedback(feedback="Orders again in May")
        talk = self.env["customer.interaction"].search(
            [("profile_id", "=", self.profile.id)]
        )
        self.assertIn("Orders again in May", talk.content)
        self.assertEqual(talk.user_ids, self.sales)

    def test_plan_without_a_step_is_refused(self):
        form = self._open(self.mine.action_plan())
        self.assertEqual(len(form.line_ids), 4)  # usual ones, none chosen
        plan = form.save()
        with self.assertRaisesRegex(UserError, "at least one step"):
            plan.action_plan()

    def test_closing_asks_one_question(self):
        self._close("saved")
        self.assertRecordValues(
            self.alert,
            [
                {
                    "state": "closed",
                    "outcome": "saved",
                    "date_closed": self.date,
                    "close_user_id": self.sales.id,
                    "is_winback": False,
                }
            ],
        )
        self.assertFalse(self._get_activities(self.alert))
        with self.assertRaisesRegex(UserError, "is closed"):
            self.mine.action_take()
        self.mine.action_reopen()
        self.assertEqual(
            (self.alert.state, self.alert.outcome), ("acknowledged", False)
        )

    def test_closing_without_an_answer_is_refused(self):
        dialog = self._open(self.mine.action_close()).save()
        with self.assertRaisesRegex(UserError, "how it turned out"):
            dialog.action_close()
        self.assertNotIn(
            "recovered", dict(dialog._fields["outcome"].selection)
        )  # only the system says that

    def test_several_alerts_are_closed_with_one_answer(self):
        other = self._create_alert(self._create_customer("Deco"))
        self._close("false_alarm", self.mine | other.with_user(self.sales))
        self.assertEqual(
            (self.alert | other).mapped("outcome"), ["false_alarm", "false_alarm"]
        )

    # === SNOOZE === #

    def _snooze(self, event="date", day="2026-12-05", reason="On holiday"):
        with self._open(self.mine.action_snooze()) as form:
            form.event = event
            form.date = day
            form.reason = reason
        form.record.action_snooze()

    def test_snooze_takes_the_activity_back_until_its_day(self):
        self._snooze()
        self.assertTrue(self.alert.is_snoozed)
        self.assertFalse(self._get_activities(self.alert))
        self._assign(days=13)
        self.assertTrue(self.alert.is_snoozed)
        self._assign(days=14)
        self.assertFalse(self.alert.is_snoozed)
        self.assertFalse(self.alert.snooze_reason)
        self.assertEqual(self._get_activities(self.alert).user_id, self.sales)

    def test_snooze_ends_with_an_order(self):
        self._order(self.profile, "2026-11-20")
        self._snooze("order")
        self._assign(days=1)
        self.assertTrue(self.alert.is_snoozed)
        contact = self._create_partner("Child", parent_id=self.profile.partner_id.id)
        contact.is_company = False
        self._order(self.profile, "2026-11-22", partner=contact)
        self._assign(days=1)
        self.assertFalse(self.alert.is_snoozed)

    def test_snooze_ends_when_somebody_talked_with_him(self):
        self._snooze("interaction")
        talk = self.env["customer.interaction"].create(
            {
                "profile_id": self.profile.id,
                "interaction_datetime": f"{DAY} 09:00:00",
                "state": "confirmed",
            }
        )
        self._assign()
        self.assertTrue(self.alert.is_snoozed)  # that was before
        talk.copy({"interaction_datetime": f"{DAY} 15:00:00"})
        self._assign()
        self.assertFalse(self.alert.is_snoozed)

    def test_snooze_needs_a_reason_and_a_day_within_a_year(self):
        for values, message in (
            ({"reason": " "}, "Say why"),
            ({"day": DAY}, "after today"),
            ({"day": "2027-11-23"}, "within a year"),
        ):
            with self.subTest(**values), self.assertRaisesRegex(UserError, message):
                self._snooze(**values)
        self.assertFalse(self.alert.is_snoozed)

    def test_snoozed_alert_leaves_room_for_another(self):
        self.company.customer_alert_cap = 1
        other = self._create_alert(self._create_customer("Deco", tier="C"))
        self._assign()
        self.assertTrue(other.is_overflow)
        self._snooze()
        self._assign()
        self.assertFalse(other.is_overflow)
        self.mine.action_wake()
        self.assertFalse(self.alert.is_snoozed)
