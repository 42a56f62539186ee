import ast

from lxml import html
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .common import DAY
from .satisfaction_common import SatisfactionCase


@tagged("post_install", "-at_install")
class TestSurveyRefusal(SatisfactionCase, HttpCase):
    """Invited people end our questionnaires by themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact.lang = "en_US"
        cls.invitations = cls.env["customer.survey.invitation"]
        cadence = cls.env.ref("customer_success.customer_survey_cadence_s")
        with freeze_time(f"{DAY} 12:00:00"):
            cls.invitation = cls.invitations._invite(
                cadence,
                {cls.profile.id: cls.contact.id},
                cls.company,
                cls._to_date(DAY),
            )
        cls.mail = cls.env["mail.mail"].search(
            [("model", "=", cls.invitations._name), ("res_id", "=", cls.invitation.id)]
        )
        cls.path = cls.invitation._get_refusal_url().split("/", 3)[3]

    def _open(self, path=None, **kwargs):
        self.env.flush_all()
        response = self.url_open(f"/{path or self.path}", **kwargs)
        self.env.invalidate_all()
        return response

    def _get_due(self, day="2027-11-20"):
        return self.invitations._get_due(self.company, self._to_date(day))

    # === IN THE MAIL === #

    def test_mail_programs_are_told_the_link(self):
        url = self.invitation._get_refusal_url()
        [outgoing] = self.mail._prepare_outgoing_list()
        headers = outgoing["headers"]
        self.assertEqual(headers["List-Unsubscribe"], f"<{url}>")
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        self.assertEqual(headers["Auto-Submitted"], "auto-generated")
        links = html.fromstring(self.mail.body_html).xpath("//a/@href")
        self.assertIn(url, links)

    def test_the_reminder_has_the_link_of_the_same_person(self):
        self.invitation._remind(self._to_date("2026-11-28"))
        mails = self.env["mail.mail"].search(
            [("model", "=", self.invitations._name)], order="id"
        )
        self.assertEqual(len(mails), 2)
        headers = ast.literal_eval(mails[1].headers)
        self.assertIn(self.invitation._get_refusal_url(), headers["List-Unsubscribe"])
        self.assertIn(self.invitation._get_refusal_url(), mails[1].body_html)

    # === THE PAGE === #

    def test_who_only_opens_the_link_has_refused_nothing(self):
        response = self._open()
        self.assertEqual(response.status_code, 200)
        self.assertIn("Do not ask me any more", response.text)
        self.assertFalse(self.contact.is_survey_refused)
        self.assertFalse(self._open(method="HEAD").text)
        self.assertFalse(self.contact.is_survey_refused)

    def test_the_button_ends_questionnaires_and_the_next_one_takes_it_back(self):
        response = self._open(data={"wish": "stop"})
        self.assertIn('id="refused"', response.text)
        self.assertTrue(self.contact.is_survey_refused)
        self.assertFalse(self._get_due())
        note = self.contact.message_ids[0]
        self.assertIn("Does not want questionnaires", note.body)
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertIn("Ask me again", self._open().text)
        self._open(data={"wish": "ask"})
        self.assertFalse(self.contact.is_survey_refused)
        self.assertEqual(len(self._get_due()), 1)

    def test_a_mail_program_needs_no_session_and_saying_it_twice_is_one_note(self):
        self.opener.cookies.clear()
        for _time in range(2):
            response = self._open(data={"List-Unsubscribe": "One-Click"})
            self.assertEqual(response.status_code, 200)
        self.assertTrue(self.contact.is_survey_refused)
        notes = self.contact.message_ids.filtered(
            lambda row: "Does not want questionnaires" in (row.body or "")
        )
        self.assertEqual(len(notes), 1)

    def test_the_page_speaks_the_language_of_its_reader_and_names_nobody(self):
        english, chinese = (
            self._open(f"{self.path}?lang=en"),
            self._open(f"{self.path}?lang=zh_CN"),
        )
        self.assertIn('lang="en-US"', english.text)
        self.assertIn('lang="zh-CN"', chinese.text)
        for word in (self.contact.name, self.contact.email, self.profile.display_name):
            self.assertNotIn(word, english.text)
        self.assertEqual(english.headers["Referrer-Policy"], "no-referrer")

    def test_any_other_text_is_answered_as_if_there_was_nothing(self):
        token = self.path.rsplit("/", 1)[1]
        other = self.env["customer.intake.attempt"]._hash_address("form", "x")
        for wrong in (token[:-1], f"{token[:-2]}AA", other, "x" * 68, "%00%00%00%00"):
            with self.subTest(wrong=wrong):
                path = self.path.replace(token, wrong)
                for response in (self._open(path), self._open(path, data={"a": "b"})):
                    self.assertEqual(response.status_code, 404)
        self.assertFalse(self.contact.is_survey_refused)

    def test_the_link_of_a_contact_who_is_gone_leads_nowhere(self):
        self.contact.unlink()
        self.assertEqual(self._open(data={"wish": "stop"}).status_code, 404)

    # === WHO IS NOT ASKED === #

    def test_the_address_is_not_asked_whosever_contact_it_is(self):
        twin = self._create_asked("Twin", self.contact.email)
        self.contact.is_survey_refused = True
        self.assertFalse(self._get_due())
        self.contact.active = False
        self.assertFalse(self._get_due())
        twin.partner_id.child_ids.email = "other@example.com"
        self.assertEqual([row[1] for row in self._get_due()], [twin.id])

    @mute_logger("odoo.tests.common")  # a job within a test of pages
    def test_who_refuses_after_the_invitation_is_not_reminded(self):
        self.company.customer_survey_auto = True
        self._create_asked("Twin", self.contact.email)
        self.env["res.partner"].search(
            [("email", "=", self.contact.email), ("id", "!=", self.contact.id)]
        ).is_survey_refused = True
        self._run_cron("send_surveys", "2026-11-28")
        self.assertEqual(self.invitation.state, "sent")
