import secrets
import time

from lxml import html
from odoo.tests import HttpCase
from odoo.tools import hash_sign, mute_logger

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


class FeedbackCase(HttpCase):
    """A desk with an open form, and somebody who fills it in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.service.desk"]._create_missing()
        cls.desk = cls.env["customer.service.desk"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.desk.is_form_published = True
        cls.url = f"/customer/feedback/{cls.desk.form_token}"
        cls.cases = cls.env["customer.case"]
        cls.env["customer.intake.attempt"].search([]).unlink()

    def _open(self, url=None, **kwargs):
        return self.url_open(url or self.url, **kwargs)

    def _read(self, response):
        """Return the hidden fields of the form in a page."""
        page = html.fromstring(response.text)
        return {
            field.get("name"): field.get("value")
            for field in page.xpath("//form//input[@type='hidden']")
        }

    def _make_stamp(self, key=None, age=60, desk=None, hours=24):
        """Sign a stamp as a page that was opened some seconds ago has it."""
        moment = int((time.time() - age) * 1000)
        return hash_sign(
            self.env,
            f"customer_success_feedback-{(desk or self.desk).id}",
            [key or secrets.token_hex(16), moment],
            expiration_hours=hours,
        )

    def _prepare(self, **values):
        """Return what a browser sends for a filled in form."""
        return {
            "csrf_token": self._csrf,
            "stamp": self._make_stamp(),
            "kind": "complaint",
            "text": "The pump leaks.\nSince Monday.",
            "name": "Zhang Wei",
            "company": "Stranger Ltd",
            "phone": "+86 138 0013 8000",
            "email": "zhang@stranger.test",
            "homepage": "",
            **values,
        }

    def setUp(self):
        super().setUp()
        # without it the page speaks the first language that is installed
        self.opener.headers["Accept-Language"] = "en"
        self._csrf = self._read(self._open())["csrf_token"]

    def _send(self, files=(), url=None, **values):
        uploads = [("files", file) for file in files] or None
        data = self._prepare(**values)
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_http"):
            return self._open(url, data=data, files=uploads)

    def _get_cases(self):
        return self.cases.search([("source", "=", "form")])

    def _assert_thanked(self, response):
        self.assertEqual(response.status_code, 200)
        self.assertIn('id="thanks"', response.text)

    def _assert_asked_again(self, response, words):
        self.assertEqual(response.status_code, 200)
        self.assertNotIn('id="thanks"', response.text)
        page = html.fromstring(response.text)
        self.assertIn(words, page.xpath("string(//div[@id='error'])"))
        self.assertFalse(self._get_cases())
