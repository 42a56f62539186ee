from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .care_work_common import CareWorkCase


@tagged("post_install", "-at_install")
class TestCareWork(CareWorkCase):
    """What a sales person does with an action: done, unmet, planned again."""

    # === DONE === #

    def test_done_action_logs_one_interaction(self):
        action = self._create_action()
        self._do(
            action,
            done_text="Talked about the line",
            feedback="Wants a second one",
        )
        self.assertRecordValues(
            action,
            [
                {
                    "state": "done",
                    "date_done": date(2026, 11, 21),
                    "done_user_id": self.sales.id,
                    "is_in_time": True,
                    "is_standard_met": True,
                    "feedback": "Wants a second one",
                    "actual_state": "missing",
                }
            ],
        )
        talk = self.env["customer.interaction"].search(
            [("profile_id", "=", self.profile.id)]
        )
        self.assertEqual(action.interaction_id, talk)
        self.assertRecordValues(
            talk,
            [
                {
                    "name": "Call him",
                    "state": "confirmed",
                    "channel_id": self.call.channel_id.id,
                    "user_ids": self.sales.ids,
                    "partner_ids": self.contact.ids,  # the only one, ticked
                    "feedback": "Wants a second one",
                    "date": date(2026, 11, 21),
                    "is_effective": True,
                }
            ],
        )
        self.assertIn("Talked about the line", talk.content)

    def test_kind_without_contact_logs_nothing(self):
        action = self._create_action(kind_id=self.kind.id)
        self._do(action)
        self.assertEqual(action.state, "done")
        self.assertFalse(action.interaction_id)

    def test_what_was_sent_to_many_is_never_effective(self):
        self.call.is_bulk = True
        action = self._create_action()
        self._do(action, feedback="Thanks")
        self.assertTrue(action.interaction_id.is_bulk)
        self.assertFalse(action.interaction_id.is_effective)

    def test_birthday_is_not_named_where_colleagues_read(self):
        action = self._create_action("Birthday of Mr Li")
        action.sudo().is_personal = True
        self._do(action)
        self.assertEqual(action.interaction_id.name, "Test call")

    def test_action_done_some_days_ago_is_logged_on_that_day(self):
        action = self._create_action()
        self._do(action, date_done="2026-11-18")
        self.assertEqual(action.date_done, date(2026, 11, 18))
        self.assertEqual(action.interaction_id.date, date(2026, 11, 18))

    def test_tomorrow_is_not_done_yet(self):
        action = self._create_action()
        with self.assertRaisesRegex(UserError, "today at the latest"):
            self._do(action, date_done="2026-11-22")
        self.assertEqual(action.state, "due")

    def test_cost_is_known_only_when_it_was_entered(self):
        action = self._create_action(budget_amount=100)
        self._do(action, has_actual=True, actual_amount=80)
        self.assertRecordValues(
            action, [{"actual_amount": 80.0, "actual_state": "known"}]
        )

    def test_somebody_else_s_contact_took_no_part(self):
        other = self._create_partner("Somebody", is_company=False)
        action = self._create_action()
        dialog = self._open(action.action_done()).save()
        dialog.partner_ids = other
        with self.assertRaisesRegex(UserError, "does not belong to"):
            dialog.action_done()

    def test_done_action_cannot_be_done_again(self):
        action = self._create_action()
        dialog = self._open(action.action_done()).save()
        self._do(action)
        with self.assertRaisesRegex(UserError, "is Done already"):
            dialog.action_done()
        with self.assertRaisesRegex(UserError, "is Done already"):
            action.action_unmet()

    def test_reopened_action_is_not_logged_twice(self):
        action = self._create_action()
        self._do(action)
        talk = action.interaction_id
        action.action_reopen()
        self.assertEqual(action.state, "due")
        self._do(action)
        self.assertEqual(action.interaction_id, talk)
        self.assertEqual(len(self._get_talks()), 1)

    def test_many_actions_are_done_with_one_answer(self):
        other = self._create_customer("Second", "S")
        actions = self._create_action() | self._create_action(profile_id=other.id)
        self._do(actions, done_text="Sent the brief")
        self.assertEqual(actions.mapped("state"), ["done", "done"])
        self.assertEqual(actions.interaction_id.profile_id, self.profile | other)
        self.assertFalse(actions.interaction_id.partner_ids)

    # === UNMET === #

    def test_unmet_action_needs_a_cause(self):
        action = self._create_action()
        dialog = (
            self.env["customer.action.unmet"]
            .with_user(self.sales)
            .create({"action_ids": [(6, 0, action.ids)]})
        )
        with self.assertRaisesRegex(UserError, "choose a cause"):
            dialog.action_unmet()
        self.assertEqual(action.state, "due")

    def test_unmet_action_is_planned_again_on_a_new_day(self):
        action = self._create_action(completion_standard="He answered")
        self._miss(action, note="On holiday", date_again="2026-12-04")
        self.assertRecordValues(
            action,
            [
                {
                    "state": "unmet",
                    "cause_id": self.cause.id,
                    "cause_note": "On holiday",
                }
            ],
        )
        again = action.replaced_by_id
        self.assertRecordValues(
            again,
            [
                {
                    "state": "due",
                    "date_deadline": date(2026, 12, 4),
                    "replaces_id": action.id,
                    "user_id": self.sales.id,
                    "completion_standard": "He answered",
                    "cause_id": False,
                }
            ],
        )
        self.assertFalse(self._get_activities(action))
        self.assertEqual(len(self._get_activities(again)), 1)
        self.assertFalse(self._get_talks())

    def test_what_nobody_wants_any_more_is_not_planned_again(self):
        action = self._create_action()
        superseded = self.env.ref("customer_success.customer_unmet_cause_superseded")
        form = self._open(action.action_unmet())
        self.assertTrue(form.is_again)
        form.cause_id = superseded
        self.assertFalse(form.is_again)
        form.save().action_unmet()
        self.assertEqual(action.state, "unmet")
        self.assertFalse(action.replaced_by_id)

    def test_new_deadline_of_yesterday_is_refused(self):
        action = self._create_action()
        with self.assertRaisesRegex(UserError, "from today on"):
            self._miss(action, date_again="2026-11-20")
        self.assertEqual(action.state, "due")

    # === WHO === #

    def test_colleague_of_the_team_does_it_and_stands_in_the_interaction(self):
        action = self._create_action().with_user(self.leader)
        with self._open(action.action_done(), self.leader):
            pass
        dialog = self._open(action.action_done(), self.leader).save()
        dialog.action_done()
        self.assertEqual(action.done_user_id, self.leader)
        self.assertEqual(action.interaction_id.user_ids, self.leader)

    def test_stranger_can_neither_answer_nor_read_an_action(self):
        action = self._create_action().with_user(self.stranger)
        for method in ("action_done", "action_unmet", "action_cancel"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(action, method)()
        dialog = self.env["customer.action.done"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            dialog.create({"action_ids": [(6, 0, action.ids)]}).action_done()
