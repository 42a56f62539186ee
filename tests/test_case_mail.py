from datetime import datetime

from odoo.tests import freeze_time, tagged

from .case_portal_common import CasePortalCase


@tagged("post_install", "-at_install")
class TestCaseMail(CasePortalCase):
    """Cases that come by mail."""

    def test_a_mail_of_a_contact_opens_a_case_of_his_customer(self):
        case = self._receive("Ann Case <ann@customer.example>", cc="x")
        self.assertRecordValues(
            case,
            [
                {
                    "source": "mail",
                    "subject": "Pump leaks",
                    "description": "It leaks.",
                    "partner_id": self.contact.id,
                    "profile_id": self.profile.id,
                    "desk_id": self.desk.id,
                    "company_id": self.company.id,
                    "user_id": self.sales.id,
                    "state": "received",
                    "is_answer_due": True,
                }
            ],
        )
        message = case.message_ids.filtered(lambda row: row.message_type == "email")
        self.assertEqual(message.author_id, self.contact)
        self.assertIn("It leaks.", message.body)

    def test_a_mail_of_a_stranger_makes_no_contact(self):
        contacts = self.env["res.partner"].with_context(active_test=False)
        before = contacts.search_count([])
        case = self._receive("New Man <new@nowhere.example>", "<b>Hi</b>", "=cmd()")
        self.assertEqual(contacts.search_count([]), before)
        self.assertFalse(case.profile_id or case.partner_id)
        self.assertEqual(
            (case.contact_name, case.contact_email, case.subject),
            ("New Man", "new@nowhere.example", "<b>Hi</b>"),
        )
        self.assertEqual(case.user_id, self.sales)  # of the desk

    def test_a_contact_with_a_login_of_the_portal_writes_like_others(self):
        self._create_login(self.contact, "case_ann", email=self.contact.email)
        case = self._receive("Ann Case <ann@customer.example>")
        self.assertEqual(case.partner_id, self.contact)
        self._reply(case, "ann@customer.example", "And the other one.")
        self.assertEqual(len(case._get_portal_messages()), 2)

    def test_an_html_mail_becomes_plain_text(self):
        case = self._receive(
            "ann@customer.example",
            body="<p>It <b>leaks</b></p><script>alert(1)</script>",
            content_type="text/html",
        )
        self.assertIn("leaks", case.description)
        self.assertNotIn("<", case.description)
        self.assertNotIn("alert(1)", "".join(case.message_ids.mapped("body")))

    def test_a_mail_without_a_subject_is_named_by_its_first_line(self):
        case = self._receive("ann@customer.example", "", "The second pump leaks.\nNow.")
        self.assertEqual(case.subject, "The second pump leaks.")

    def test_the_same_mail_twice_opens_one_case(self):
        first = self._receive("ann@customer.example", message_id="<same@x.example>")
        again = self._receive("ann@customer.example", message_id="<same@x.example>")
        self.assertEqual((len(first), len(again)), (1, 0))

    def test_a_mail_to_two_desks_is_a_case_of_each(self):
        desk = self.desk.copy(
            {
                "alias_name": "repairs",
                "company_id": self.other_company.id,
                "user_id": False,
            }
        )
        cases = self._receive(
            "ann@customer.example", to=f"{self.address}, {desk.alias_email}"
        )
        self.assertEqual(cases.desk_id, self.desk | desk)
        self.assertEqual(len(cases), 2)

    def test_what_a_colleague_forwards_is_nobodys_yet(self):
        case = self._receive("Sales <seller@our.example>")
        self.assertFalse(case.contact_email or case.profile_id or case.partner_id)
        self.assertIn(
            "Forwarded by case_sales", "".join(case.message_ids.mapped("body"))
        )
        self.assertFalse(case.receipt_datetime)

    def test_the_customer_is_not_shown_what_a_colleague_wrote_to_us(self):
        remark = "FYI, the difficult one again."
        case = self._receive("Sales <seller@our.example>", body=remark)
        self.assertIn(remark, "".join(case.message_ids.mapped("body")))
        case.with_user(self.sales)._assign_sender(self.contact)
        self.assertFalse(case._get_portal_conversation())
        self.assertNotIn(remark, str(case._get_portal_values()))

    # === MACHINES === #

    def test_an_automatic_reply_opens_no_case(self):
        for headers in (
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-replied; owner=ann",
            "X-Autoreply: yes",
            "Precedence: auto_reply",
            "Return-Path: <>",
        ):
            with self.subTest(headers=headers):
                self.assertFalse(self._receive("ann@customer.example", headers=headers))

    def test_a_machine_opens_a_case_but_gets_no_receipt(self):
        case = self._receive(
            "ann@customer.example", headers="Auto-Submitted: auto-generated"
        )
        self.assertEqual(len(case), 1)
        self.assertFalse(case.receipt_datetime)

    def test_out_of_office_neither_resumes_nor_reopens(self):
        waiting, solved = self._open(), self._solve(self._open())
        waiting.with_user(self.sales).message_post(
            body="Which pump?", subtype_xmlid="mail.mt_comment", message_type="comment"
        )
        waiting._wait("Which pump it is")
        for case in (waiting, solved):
            self._reply(
                case, "ann@customer.example", headers="Auto-Submitted: auto-replied"
            )
        self.assertTrue(waiting.is_waiting)
        self.assertEqual(solved.state, "solved")
        note = self.env.ref("mail.mt_note")
        self.assertEqual(waiting.message_ids.sorted("id")[-1].subtype_id, note)

    def test_a_bounce_changes_nothing(self):
        case = self._solve(self._open())
        self._reply(case, "MAILER-DAEMON@customer.example")
        self.assertEqual(case.state, "solved")

    def test_the_desk_opens_no_case_of_its_own_mails(self):
        self.assertFalse(self._receive("service-desk@our.example"))

    # === ANSWERS === #

    def test_an_answer_by_mail_resumes_what_waits_for_the_customer(self):
        case = self._open()
        case.with_user(self.sales).message_post(
            body="Which pump?", subtype_xmlid="mail.mt_comment", message_type="comment"
        )
        case._wait("Which pump it is")
        self.assertFalse(self._reply(case, "ann@customer.example", "The second."))
        self.assertRecordValues(case, [{"is_waiting": False, "is_answer_due": True}])

    def test_an_answer_by_mail_after_the_solution_reopens(self):
        case = self._solve(self._open())
        self._reply(case, "bob@customer.example")
        self.assertRecordValues(case, [{"state": "judged", "reopen_count": 1}])

    def test_our_answer_by_mail_is_the_first_answer(self):
        case = self._receive("ann@customer.example")
        with freeze_time("2026-11-21 09:00:00"):
            case.received_datetime = datetime(2026, 11, 21, 8)
            self._reply(
                case,
                "seller@our.example",
                "We come today.",
                headers="Date: Sat, 21 Nov 2026 08:30:00 +0000",
            )
        self.assertEqual(case.state, "acknowledged")

    def test_answers_to_our_mails_come_to_the_desk(self):
        case = self._receive("ann@customer.example")
        reply_to = case.with_user(self.sales)._notify_get_reply_to()[case.id]
        self.assertIn("service-desk@our.example", reply_to)
