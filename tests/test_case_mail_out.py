from ast import literal_eval

from odoo.tests import tagged

from .case_portal_common import CasePortalCase

HOSTILE = "{{ 9*13717421 }} <t t-out='9*13717421'/> <script>alert(1)</script>"


@tagged("post_install", "-at_install")
class TestCaseMailOut(CasePortalCase):
    """Mails that customers get by themselves."""

    def _get_mails(self, case):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "customer.case"),
                ("res_id", "=", case.id),
                ("is_notification", "=", False),  # those tell colleagues
            ]
        )

    def test_a_receipt_names_the_reference_and_is_no_answer(self):
        case = self._receive("ann@customer.example")
        mail = self._get_mails(case)
        self.assertEqual(mail.recipient_ids, self.contact)
        self.assertIn(case.name, mail.subject)
        self.assertIn(case._get_customer_link().split("?")[0], mail.body_html)
        self.assertEqual((case.state, case.reply_count), ("received", 0))
        self.assertEqual(literal_eval(mail.headers)["Auto-Submitted"], "auto-replied")

    def test_a_receipt_to_a_stranger_repeats_nothing_of_what_was_written(self):
        case = self._receive("Eve <eve@nowhere.example>", "BUY NOW", "Cheap things")
        mail = self._get_mails(case)
        self.assertEqual(mail.email_to, "eve@nowhere.example")
        self.assertFalse(mail.recipient_ids)
        for words in ("BUY NOW", "Cheap things", "Eve"):
            self.assertNotIn(words, mail.subject + mail.body_html)

    def test_an_address_gets_one_receipt_an_hour(self):
        cases = [self._receive("eve@nowhere.example", f"Mail {n}") for n in range(3)]
        self.assertEqual([len(self._get_mails(case)) for case in cases], [1, 0, 0])

    def test_an_address_of_several_people_gets_one_receipt_itself(self):
        """Not their customer, whose own address is another one."""
        self.partner.email = "boss@customer.example"
        self.colleague.email = self.contact.email
        cases = [self._receive(self.contact.email, f"Mail {n}") for n in range(2)]
        self.assertEqual(cases[0].profile_id, self.profile)
        mails = [self._get_mails(case) for case in cases]
        self.assertEqual([len(mail) for mail in mails], [1, 0])
        self.assertEqual(mails[0].email_to, self.contact.email)
        self.assertFalse(mails[0].recipient_ids)

    def test_a_receipt_goes_to_nobody_else(self):
        case = self._receive(
            "eve@nowhere.example",
            headers="Cc: victim@third.example, ann@customer.example",
        )
        mails = self._get_mails(case)
        self.assertEqual(mails.mapped("email_to"), ["eve@nowhere.example"])
        self.assertFalse(mails.recipient_ids)

    def test_an_answer_to_the_receipt_comes_to_the_same_case(self):
        case = self._receive("eve@nowhere.example")
        receipt = self._get_mails(case).mail_message_id.message_id
        again = self._receive(
            "eve@nowhere.example",
            "Re: We have received",
            "And the other one.",
            headers=f"In-Reply-To: {receipt}\nReferences: {receipt}",
        )
        self.assertFalse(again)
        self.assertIn("And the other one.", "".join(case.message_ids.mapped("body")))

    def test_a_solution_asks_the_customer_once(self):
        case = self._solve(self._open())
        mail = self._get_mails(case)
        self.assertEqual(mail.recipient_ids, self.contact)
        self.assertIn("The seal was replaced.", mail.body_html)
        self.assertIn(case.access_token, mail.body_html)

    def test_without_an_address_nothing_is_sent(self):
        self.contact.email = False
        case = self._open()
        case.contact_email = False
        self.assertFalse(self._get_mails(self._solve(case)))

    def test_nothing_that_was_written_is_evaluated(self):
        case = self._open(subject=HOSTILE, description=HOSTILE)
        case.with_user(self.sales)._solve({"result": HOSTILE})
        mail = self._get_mails(case)
        self.assertNotIn("123456789", mail.subject + mail.body_html)
        self.assertNotIn("<script", mail.body_html)
        self.assertIn("{{ 9*13717421 }}", mail.body_html)

    def test_mails_speak_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        template = self.env.ref("customer_success.mail_template_case_solved")
        template.with_context(lang="zh_CN").subject = "您的问题解决了吗?"
        case = self._open()
        case.lang = "zh_CN"
        self.assertEqual(
            self._get_mails(self._solve(case)).subject, "您的问题解决了吗?"
        )
