import json

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .case_portal_common import CasePortalCase


@tagged("post_install", "-at_install")
class TestCasePortalDoors(HttpCase, CasePortalCase):
    """Doors of core that the link of a case must not open, and what RPC gives away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._open()
        cls.case.with_user(cls.sales).message_post(
            body="We come today.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        cls.token = cls.case._portal_ensure_token()
        cls.login = cls._create_login(cls.contact, "case_ann")

    def _call(self, path, **params):
        response = self.url_open(
            path,
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.text

    def _get_keys(self):
        """Return the keys with which core lets people in without rights."""
        partner = self.contact
        return [
            {"token": self.token},
            {"hash": self.case._sign_token(partner.id), "pid": partner.id},
        ]

    def test_the_chatter_of_core_stays_closed(self):
        count = len(self.case.message_ids)
        self._create_login(self.stranger, "case_zoe")
        for user in (None, "case_zoe"):  # who got a message by mail may read it
            self.authenticate(user, user)
            for keys in self._get_keys():
                thread = {"thread_model": "customer.case", "thread_id": self.case.id}
                with mute_logger("odoo.http"):
                    shown = self._call("/mail/chatter_fetch", **thread, **keys)
                    self._call(
                        "/mail/message/post",
                        **thread,
                        **keys,
                        post_data={
                            "body": "Past the checks",
                            "message_type": "comment",
                        },
                    )
                self.assertNotIn("We come today", shown)
        self.env.invalidate_all()
        self.assertEqual(len(self.case.message_ids), count)

    def test_the_button_of_a_mail_leads_to_the_page(self):
        """Core's own address of records gives the page to the link, nothing else."""
        path = f"/mail/view?model=customer.case&res_id={self.case.id}"
        opened = self.url_open(
            f"{path}&access_token={self.token}", allow_redirects=False
        )
        self.assertIn(f"/my/cases/{self.case.id}", opened.headers["Location"])
        for query in ("", "&access_token=wrong"):
            closed = self.url_open(path + query, allow_redirects=False)
            self.assertNotIn("/my/cases", closed.headers["Location"])

    def test_customers_have_no_rights_on_models(self):
        for name in ("case", "commitment", "service.desk", "case.quick", "case.link"):
            model = self.env[f"customer.{name}"].with_user(self.login)
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(model.has_access(operation), f"{name} {operation}")

    def test_only_the_mail_gateway_brings_mails_in(self):
        mail = {"email_from": "eve@nowhere.example", "subject": "Past the limits"}
        for user in (self.login, self.sales):
            with self.assertRaises(AccessError):
                call_kw(
                    self.env["customer.case"].with_user(user), "message_new", [mail], {}
                )

    def test_nobody_reads_or_writes_the_key_of_a_link(self):
        case = self.case.with_user(self.sales)
        self.assertNotIn("access_token", case.fields_get())
        with self.assertRaisesRegex(Exception, "(?i)access|not have"):
            case.read(["access_token"])
        with self.assertRaisesRegex(Exception, "(?i)access|not have|changed"):
            case.write({"access_token": "chosen by me"})
        with self.assertRaisesRegex(Exception, "(?i)access|not have"):
            case.search([("access_token", "=", self.token)])
        self.assertNotIn("access_token", case.copy_data()[0])

    def test_only_who_may_see_a_case_is_told_its_link(self):
        """Core's method for the address of a record can be called by every login."""
        plain = self._create_user("case_plain", "base.group_user")
        for user in (self.login, plain):
            case = self.env["customer.case"].with_user(user)
            with self.assertRaises(AccessError):
                call_kw(case, "get_portal_url", [self.case.ids], {})
        own = self.env["customer.case"].with_user(self.sales)
        told = call_kw(own, "get_portal_url", [self.case.ids], {})
        self.assertIn(self.token, told)

    def test_a_customer_whose_case_it_was_not_reads_on_no_more(self):
        profile = self.env["customer.profile"]._get_or_create(
            self.foreign, self.company
        )
        self.case.write({"profile_id": profile.id, "partner_id": self.stranger.id})
        followers = self.case.message_partner_ids
        self.assertNotIn(self.contact, followers)
        self.assertLessEqual(self.stranger | self.sales.partner_id, followers)
        self.assertFalse(self.case._has_link(self.token))

    def test_a_contact_who_went_to_another_company_reads_on_no_more(self):
        self.case.message_subscribe(self.colleague.ids)
        self.contact.write({"parent_id": self.foreign.id, "email": "ann@new.example"})
        message = self.case.with_user(self.sales)._post_answer_text("For us alone.")
        mails = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertNotIn(self.contact, mails.recipient_ids)
        self.assertIn(self.colleague, mails.recipient_ids)
        self.assertEqual(
            (self.case.partner_id.ids, self.case.contact_email),
            ([], "ann@customer.example"),
        )
        self.assertFalse(self.case._has_link(self.token))

    def test_what_we_answer_goes_to_the_customer_with_his_link(self):
        message = self.case.with_user(self.sales).message_post(
            body="It is repaired.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        mail = (
            self.env["mail.mail"]
            .sudo()
            .search(
                [
                    ("mail_message_id", "=", message.id),
                    ("recipient_ids", "in", self.contact.id),
                ]
            )
        )
        self.assertIn(self.token, mail.body_html)

    def test_nobody_else_gets_the_link(self):
        self.case.message_subscribe((self.stranger | self.sales.partner_id).ids)
        message = self.case.message_post(
            body="It is repaired.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        mails = (
            self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        )
        others = mails.filtered(lambda mail: mail.recipient_ids != self.contact)
        self.assertIn(self.stranger, others.recipient_ids)
        for mail in others:
            self.assertNotIn(self.token, mail.body_html)
