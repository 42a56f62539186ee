from unittest.mock import patch

from lxml import html
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers import portal_case_new
from .case_portal_common import CasePortalCase

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@tagged("post_install", "-at_install")
class TestCasePortalAnswers(HttpCase, CasePortalCase):
    """What customers write on the page of their case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.login = cls._create_login(cls.contact, "case_ann")
        cls.case = cls._open()
        cls.path = f"/my/cases/{cls.case.id}"

    def setUp(self):
        super().setUp()
        self.authenticate("case_ann", "case_ann")
        self.query = {}

    def _use_link(self):
        """Come without a login, by the link of the case."""
        self.authenticate(None, None)
        self.query = {"access_token": self.case._portal_ensure_token()}

    def _get_stamp(self):
        page = html.fromstring(self.url_open(self.path, params=self.query).text)
        return page.xpath("//input[@name='stamp']/@value")[0]

    def _post(self, action, files=None, stamp=None, **values):
        """Send a form of the page; returns the page that follows."""
        data = {
            **self.query,
            "csrf_token": Request.csrf_token(self),
            "stamp": stamp or self._get_stamp(),
            **values,
        }
        response = self.url_open(f"{self.path}/{action}", data=data, files=files)
        self.env.invalidate_all()
        return response

    def _get_said(self):
        """Return what customers and we said, oldest first."""
        messages = self.case._get_portal_messages()
        return [(row.author_id.name, row.body, row.attachment_ids) for row in messages]

    # === REPLY === #

    def test_a_customer_answers_with_a_photo(self):
        response = self._post(
            "reply",
            [("files", ("../leak.png", PNG, "text/html"))],
            text="<b>Wet</b>\nYes",
        )
        self.assertIn("Thank you, your message was sent.", response.text)
        [(author, body, files)] = self._get_said()
        self.assertEqual(author, "Ann Case")
        self.assertNotIn("<b>", body)
        self.assertIn("&lt;b&gt;Wet", body)
        self.assertEqual((files.name, files.mimetype), ("leak.png", "image/png"))
        self.assertFalse(files.public)

    def test_a_link_answers_in_the_name_of_the_contact(self):
        self._use_link()
        response = self._post("reply", text="By telephone")
        self.assertIn("access_token=", response.url)  # he stays on his page
        self.assertEqual(self._get_said()[0][0], "Ann Case")

    def test_the_same_page_sent_twice_is_one_message(self):
        stamp = self._get_stamp()
        for _time in range(2):
            self._post("reply", stamp=stamp, text="Once")
        self.assertEqual(len(self._get_said()), 1)

    def test_what_cannot_be_taken_is_said_and_nothing_is_lost(self):
        html_file = [("files", ("page.html", b"<script>1</script>", "image/png"))]
        many = [("files", (f"{n}.png", PNG, "image/png")) for n in range(6)]
        for files, text, words in (
            (html_file, "Kept words", "page.html cannot be taken"),
            (many, "Kept words", "at most 5 files"),
            (None, " \u200b ", "Please write a message."),
        ):
            response = self._post("reply", files, text=text)
            self.assertIn(words, response.text)
            self.assertIn(text.strip(" \u200b"), response.text)
        self.assertFalse(self._get_said())

    def test_a_page_needs_its_own_stamp_and_its_session(self):
        other = self._open(subject="Another").id
        page = html.fromstring(self.url_open(f"/my/cases/{other}").text)
        foreign = page.xpath("//input[@name='stamp']/@value")[0]
        for stamp in ("", "x", foreign):
            response = self._post("reply", stamp=stamp or "0", text="Late")
            self.assertIn("open for too long", response.text)
        with mute_logger("odoo.http"):
            response = self._post("reply", text="Forged", csrf_token="wrong")
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._get_said())

    # === CONFIRM AND RATE === #

    def test_a_customer_confirms_and_rates(self):
        self._solve(self.case)
        response = self._post("confirm", answer="yes")
        self.assertIn("Thank you for confirming", response.text)
        self.assertEqual(self.case.confirmation_result, "confirmed")
        response = self._post("rate", rate="4", text="Fast")
        self.assertIn("Thank you for your rating", response.text)
        self.assertIn("Your rating: 4 of 5", response.text)
        self.assertEqual((self.case.csat, self.case.csat_state), (4, "known"))

    def test_a_customer_says_what_is_missing(self):
        self._solve(self.case)
        self._use_link()
        response = self._post("confirm", answer="no", text=" ")
        self.assertIn("Please tell us what is still missing.", response.text)
        self.assertEqual(self.case.state, "solved")
        self._post("confirm", answer="no", text="The other pump leaks, too.")
        self.assertEqual((self.case.reopen_count, self.case.is_answer_due), (1, True))
        self.assertIn("The other pump", self._get_said()[-1][1])

    def test_an_open_case_cannot_be_confirmed_nor_rated(self):
        for action, values in (("confirm", {"answer": "yes"}), ("rate", {"rate": "5"})):
            response = self._post(action, **values)
            self.assertEqual(response.status_code, 200)
        self._solve(self.case)
        for rate in ("0", "6", "5.5", "nan", ""):
            self._post("rate", rate=rate)
        self.assertFalse(self.case.confirmation_result)
        self.assertEqual(self.case.csat_state, "to_evaluate")

    # === NEW === #

    def _send_new(self, stamp=None, files=None, **values):
        page = html.fromstring(self.url_open("/my/cases/new").text)
        data = {
            "csrf_token": Request.csrf_token(self),
            "stamp": stamp or page.xpath("//input[@name='stamp']/@value")[0],
            "kind": "enquiry",
            "subject": "Manual",
            "description": "Where is the manual?",
            **values,
        }
        response = self.url_open("/my/cases/new", data=data, files=files)
        self.env.invalidate_all()
        return response

    def _get_new(self):
        return self.env["customer.case"].search([("subject", "=", "Manual")])

    def test_a_customer_opens_a_case_and_nothing_but_the_form_is_kept(self):
        response = self._send_new(
            files=[("files", ("leak.png", PNG, "image/png"))],
            user_id="1",
            state="confirmed",
            partner_id=str(self.stranger.id),
            profile_id="1",
            company_id=str(self.other_company.id),
            access_token="chosen-by-me",
        )
        self.assertIn("we have received your message", response.text)
        self.assertIn("leak.png", response.text)
        self.assertRecordValues(
            self._get_new(),
            [
                {
                    "source": "portal",
                    "kind": "enquiry",
                    "urgency": "normal",
                    "state": "received",
                    "partner_id": self.contact.id,
                    "profile_id": self.profile.id,
                    "company_id": self.company.id,
                    "user_id": self.sales.id,
                }
            ],
        )
        self.assertNotEqual(self._get_new().access_token, "chosen-by-me")

    def test_a_new_case_sent_twice_is_one_case(self):
        page = html.fromstring(self.url_open("/my/cases/new").text)
        stamp = page.xpath("//input[@name='stamp']/@value")[0]
        for _time in range(3):
            self._send_new(stamp=stamp)
        self.assertEqual(len(self._get_new()), 1)

    def test_a_new_case_needs_words(self):
        response = self._send_new(subject="\u200b", description="Kept words")
        self.assertIn("Please write a subject and what happened.", response.text)
        self.assertIn("Kept words", response.text)
        self._send_new(kind="state")
        self.assertFalse(self._get_new())

    def test_nobody_writes_all_day(self):
        with patch.object(portal_case_new, "NEW_PER_HOUR", 2):
            for _time in range(3):
                response = self._send_new()
        self.assertIn("You wrote very often", response.text)
        self.assertEqual(len(self._get_new()), 2)
