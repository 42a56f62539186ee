import re

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from ..reports.customer_review_pack import PACK_FIELDS
from .common import DAY
from .pack_common import CANARY, SHOWN_NUMBERS, PackCase
from .paper_common import PaperCase, run_tool

PACK = "customer_success.report_customer_review_pack"
# Words of the house that no customer may read about himself.
INTERNAL_WORDS = (
    "score", "tier", "health", "risk", "stance", "opposed", "trust", "budget",
    "cost", "internal", "unmet", "late", "overdue", "evaluat", "playbook", "gift",
    "birthday", "win back", "decision", "to be evaluated", "core customer",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestReviewPack(PackCase, PaperCase):
    """What the customer gets: built from an allow-list, in his language."""

    def _render(self, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.sales)
        self.env.flush_all()
        self.env.invalidate_all()
        with freeze_time(f"{DAY} 12:00:00"):
            html, _kind = report.with_context(lang="en_US")._render_qweb_html(
                PACK, self.review.ids
            )
        return html.decode()

    def _print(self):
        return self._print_paper(PACK, self.review, self.sales)

    def _read(self, pdf):
        return " ".join(self._read_text(pdf).split())

    # === WHAT IT SAYS === #

    def test_pack_says_what_was_done_what_comes_and_what_he_may_use(self):
        text = self._read(self._print())
        for words in (
            "Azure",
            "Our cooperation from 11/01/2026 to 11/30/2026",
            "Grow together",
            "11/19/2026 Business review",
            "12/20/2026 Deep visit",
            "Free training places",
            "3 of 4 places left in 2026",
            "Sally",
            "sally@example.com",
            self.company.name,
        ):
            self.assertIn(words, text)

    def test_pack_is_in_the_language_of_the_customer_not_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._get("customer_success")._update_translations(
            "zh_CN"
        )
        self.profile.partner_id.lang = "zh_CN"
        self.ahead.with_context(lang="zh_CN").name = "深度拜访"
        text = self._render()
        self.assertIn("深度拜访", text)
        self.assertIn("2026/12/20", text.replace("2026年12月20日", "2026/12/20"))
        self.assertNotIn("Deep visit", text)
        self.assertIn("您的联系人", text)
        self.profile.partner_id.lang = False
        self.assertIn("Deep visit", self._render())

    def test_customer_without_plan_or_package_gets_a_short_paper(self):
        bare = self._create_customer("Bare", "C")
        self.review = self.env["customer.review"].create(
            {"profile_id": bare.id, "date_from": "2026-11-01", "date_to": "2026-11-30"}
        )
        text = self._render()
        self.assertIn("Nothing was planned for this period.", text)
        self.assertIn("We will agree on the next steps with you.", text)
        self.assertNotIn("Services at your disposal", text)

    # === WHAT IT NEVER SAYS === #

    def test_no_internal_word_or_figure_is_in_paper_mail_file_name_or_metadata(self):
        self.assertGreater(self._fill_everything(), 100)
        html, pdf = self._render(), self._print()
        info = run_tool("pdfinfo", pdf, "-")
        mail = self._send()
        texts = {
            "html": re.sub(r"<style.*?</style>|<link[^>]*>", "", html, flags=re.DOTALL),
            "pdf": self._read(pdf),
            "metadata": info,
            "mail": f"{mail.subject} {mail.body}",
            "outgoing": self._get_outgoing(mail),
            "file": " ".join(mail.attachment_ids.mapped("name")),
        }
        for place, text in texts.items():
            with self.subTest(place=place):
                self.assertTrue(text.strip())
                self.assertNotIn(CANARY, text)
                for number in SHOWN_NUMBERS:
                    self.assertNotIn(number, text)
        texts["outgoing"] = re.sub("<[^>]*>", " ", texts["outgoing"])
        for place in ("pdf", "mail", "outgoing", "file"):
            for word in INTERNAL_WORDS:
                with self.subTest(place=place, word=word):
                    pattern = rf"\b{word}"
                    self.assertNotRegex(texts[place].lower(), pattern)
        self.assertIn("Business review", texts["pdf"])
        self.assertIn("Deep visit", texts["pdf"])

    def test_template_is_given_plain_text_and_no_record(self):
        report = self.env["report.customer_success.report_customer_review_pack"]
        values = report.with_user(self.sales)._get_report_values(self.review.ids)
        self.assertEqual(list(values), ["packs"])
        self._assert_plain(values["packs"])

    def _assert_plain(self, value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for part in value:
                self._assert_plain(part)
            return
        self.assertIs(type(value), str)

    def test_allow_list_is_what_was_agreed_on(self):
        self.assertEqual(
            PACK_FIELDS,
            {
                "customer.care.action": ("name", "date_deadline", "date_done"),
                "customer.entitlement": ("name", "description", "unit"),
                "customer.playbook": ("customer_text",),
                "customer.review": ("date_from", "date_to"),
                "res.company": ("name", "email", "phone", "website", "logo_web"),
                "res.partner": ("name",),
                "res.users": ("name", "email", "phone"),
            },
        )

    # === SENDING === #

    def _send(self):
        """Send the pack with the standard dialog; returns the message."""
        action = self.review.with_user(self.sales).action_send_pack()
        self.assertEqual(action["res_model"], "mail.compose.message")
        with freeze_time(f"{DAY} 12:00:00"):
            composer = Form(
                self.env["mail.compose.message"]
                .with_user(self.sales)
                .with_context(**action["context"], force_report_rendering=True)
            ).save()
            composer._action_send_mail()
        return self.review.sudo().message_ids[0]

    def _get_outgoing(self, message):
        """Return the mail as it leaves the house: the message in its layout."""
        values = self.review.sudo()._notify_by_email_prepare_rendering_context(
            message, {}, model_description="Evaluation"
        )
        group = {"has_button_access": False, "recipients_data": []}
        return self.review.sudo()._notify_by_email_render_layout(
            message, group, {}, values
        )

    def test_pack_is_sent_to_the_customer_by_the_standard_mail_dialog(self):
        message = self._send()
        self.assertEqual(message.partner_ids, self.profile.partner_id)
        self.assertEqual(message.attachment_ids.name, "Azure 2026-11-30.pdf")
        self.assertEqual(message.subject, "Our cooperation until 11/30/2026")
        self.assertIn("Sally", message.body)
        self.assertNotIn(self.profile.partner_id, self.review.message_partner_ids)

    def test_nobody_prints_or_sends_the_pack_of_customers_he_may_not_see(self):
        plain = self._create_user("pack_plain", "base.group_user", lang="en_US")
        for user in (self.stranger, plain):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._render(user)
                with self.assertRaises(AccessError):
                    self.review.with_user(user).action_send_pack()
