from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .service_common import ServiceCase

RECEIVED = "2026-11-16 02:00:00"  # Monday
LATER = "2026-11-16 05:00:00"


@tagged("post_install", "-at_install")
class TestCaseMessages(ServiceCase):
    """Who wrote last, what counts as an answer, and waiting for the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("message_user", "user")
        cls.person = cls._create_partner(
            "Person",
            parent_id=cls.partner.id,
            is_company=False,
            email="person@served.example",
        )
        cls.case = cls._create_case(
            RECEIVED, user_id=cls.user.id, partner_id=cls.person.id
        )

    def _post(self, case=None, at=LATER, user=None, **kwargs):
        with freeze_time(at):
            kwargs.setdefault("subtype_xmlid", "mail.mt_comment")
            kwargs.setdefault("message_type", "comment")
            return (
                (case or self.case)
                .with_user(user or self.user)
                .message_post(body="Text", **kwargs)
            )

    def _customer(self, text="More", at=LATER, case=None):
        with freeze_time(at):
            return (case or self.case)._post_customer_message(text)

    # === THE FIRST ANSWER === #

    def test_the_first_answer_of_a_person_keeps_the_promise(self):
        self._post()
        self.assertEqual(self.case.acknowledged_datetime, self._at(LATER))
        self.assertEqual(self.case.state, "acknowledged")
        promise = self.case.commitment_ids.filtered(
            lambda row: row.target == "acknowledge"
        )
        self.assertEqual(promise.met_datetime, self._at(LATER))
        self._post(at="2026-11-16 06:00:00")
        self.assertEqual(self.case.acknowledged_datetime, self._at(LATER))

    def test_notes_automatic_mails_and_customers_are_no_answer(self):
        self._post(subtype_xmlid="mail.mt_note")
        robot = self.env.ref("base.user_root")
        self._post(user=robot, author_id=robot.partner_id.id)
        self._post(message_type="notification")
        self._post(message_type="auto_comment")
        self._post(is_internal=True)
        self._customer()
        with freeze_time(LATER):
            self.case._acknowledge_receipt()
        self.assertFalse(self.case.acknowledged_datetime)
        self.assertEqual(self.case.state, "received")
        self.assertEqual(self.case.reply_count, 0)

    def test_nobody_dates_his_answer_back(self):
        self._post(at="2026-11-19 02:00:00", date="2026-11-16 02:01:00")
        self.assertEqual(
            self.case.acknowledged_datetime, self._at("2026-11-19 02:00:00")
        )
        self.assertTrue(self.case.was_late)

    def test_one_of_us_who_is_the_customer_here_does_not_answer_himself(self):
        colleague = self.user.partner_id
        colleague.parent_id = self.partner
        case = self._create_case(RECEIVED, partner_id=colleague.id)
        self._post(case)
        self.assertFalse(case.acknowledged_datetime)

    def test_an_answer_that_nobody_can_read_is_none(self):
        case = self._create_case(RECEIVED, profile_id=False, contact_phone="123")
        self._post(case)
        self.assertFalse(case.acknowledged_datetime)
        with self.assertRaisesRegex(UserError, "no address"):
            case._post_answer("<p>Hello</p>", self.env["ir.attachment"])

    def test_unknown_senders_get_the_answer_at_the_address_they_gave(self):
        case = self._create_case(
            RECEIVED, profile_id=False, contact_email="who@unknown.example"
        )
        message = self._post(case)
        self.assertEqual(message.outgoing_email_to, "who@unknown.example")
        self.assertTrue(case.acknowledged_datetime)
        theirs = self._customer(case=case)
        self.assertFalse(theirs.outgoing_email_to)
        self.assertEqual(theirs.email_from, "who@unknown.example")

    def test_a_call_is_an_answer_and_an_interaction(self):
        dialog = self.env["customer.case.answer"].with_user(self.user)
        with freeze_time(LATER):
            dialog.create(
                {
                    "case_id": self.case.id,
                    "is_phone": True,
                    "answer_datetime": "2026-11-16 04:00:00",
                    "note": "We come tomorrow",
                    "is_calmed": True,
                }
            ).action_send()
        self.assertRecordValues(
            self.case,
            [
                {
                    "acknowledged_datetime": self._at("2026-11-16 04:00:00"),
                    "is_calmed": True,
                    "reply_count": 1,
                }
            ],
        )
        talk = self.env["customer.interaction"].search(
            [("profile_id", "=", self.profile.id)]
        )
        self.assertRecordValues(
            talk, [{"feedback": "We come tomorrow", "partner_ids": self.person.ids}]
        )

    def test_a_written_answer_reaches_the_customer_and_can_wait_for_him(self):
        dialog = self.env["customer.case.answer"].with_user(self.user)
        with freeze_time(LATER):
            dialog.create(
                {
                    "case_id": self.case.id,
                    "body": "<p>Sorry</p>",
                    "is_waiting": True,
                    "waiting_reason": "Photos",
                }
            ).action_send()
        message = self.case.message_ids.filtered(
            lambda row: row.message_type == "comment"
        )
        self.assertEqual(message.author_id, self.user.partner_id)
        self.assertEqual(message.partner_ids, self.person)
        self.assertTrue(self.case.is_waiting)

    # === CYCLES === #

    def test_several_answers_in_a_row_are_one_cycle(self):
        self._post()
        self._post()
        self.assertEqual(self.case.reply_count, 1)
        self.assertFalse(self.case.is_answer_due)
        self._customer()
        self.assertTrue(self.case.is_answer_due)
        self._post()
        self.assertEqual(self.case.reply_count, 2)

    def test_solved_at_first_contact_means_one_cycle(self):
        self._post()
        self.case._solve({"result": "Done"})
        self.assertTrue(self.case.is_first_contact)
        other = self._create_case(RECEIVED, partner_id=self.person.id)
        self._post(other)
        self._customer(case=other)
        self._post(other)
        other._solve({"result": "Done"})
        self.assertFalse(other.is_first_contact)

    # === WAITING === #

    def test_clocks_rest_while_we_wait_and_run_on_when_the_customer_writes(self):
        with freeze_time("2026-11-16 03:00:00"):
            self.case._wait("Photos")
        self.assertEqual(set(self.case.commitment_ids.mapped("state")), {"paused"})
        self.assertEqual(self.case.waiting_reason, "Photos")
        self._customer(at="2026-11-16 13:00:00")  # ten hours later
        self.assertFalse(self.case.is_waiting)
        self.assertEqual(self.case.next_due_datetime, self._at("2026-11-17 12:00:00"))

    def test_a_customer_who_writes_after_the_solution_opens_the_case_again(self):
        self.case._solve({"result": "Done"})
        self._customer("Still broken")
        self.assertEqual(self.case.reopen_count, 1)
        self.assertNotEqual(self.case.state, "solved")

    def test_what_he_writes_to_a_withdrawn_case_reminds_nobody_and_changes_nothing(
        self,
    ):
        self.case._withdraw("A mistake")
        self._customer()
        self.assertEqual(self.case.state, "cancelled")
        self.assertTrue(self.case.is_answer_due)

    # === WHAT THE CUSTOMER SAYS HIMSELF === #

    def test_his_yes_is_the_return_visit_and_closes_the_case(self):
        self.case._solve(
            {
                "result": "Done",
                "cause_id": self.env.ref(
                    "customer_success.customer_case_cause_quality"
                ).id,
            }
        )
        self.assertTrue(self.case._confirm_by_customer(True, "Thanks"))
        self.assertRecordValues(
            self.case, [{"state": "confirmed", "confirmation_result": "confirmed"}]
        )
        self.assertFalse(self.case._confirm_by_customer(False))
        self.assertEqual(self.case.state, "confirmed")

    def test_his_no_opens_the_case_again(self):
        self.assertFalse(self.case._confirm_by_customer(True))
        self.case._solve({"result": "Done"})
        self.assertTrue(self.case._confirm_by_customer(False, "Broken"))
        self.assertEqual(self.case.reopen_count, 1)

    def test_customers_see_an_allow_list_and_the_solution_when_it_is_proposed(self):
        self.case.write(
            {
                "judgement": "INTERNAL",
                "solution": "A new one",
                "result": "Sent",
                "cause_id": self.env.ref(
                    "customer_success.customer_case_cause_quality"
                ).id,
            }
        )
        values = self.case._get_customer_values()
        self.assertEqual(
            set(values),
            {
                "id", "reference", "subject", "description", "kind", "kind_label",
                "urgency", "urgency_label", "state", "state_label", "received_datetime",
                "solved_datetime", "closed_datetime", "solution", "result", "handler",
                "company", "is_open", "is_waiting", "can_confirm", "can_reply",
            },
        )  # fmt: skip
        self.assertNotIn("INTERNAL", str(values))
        self.assertEqual((values["solution"], values["result"]), ("", ""))
        self.case._propose({})
        self.assertEqual(self.case._get_customer_values()["solution"], "A new one")
