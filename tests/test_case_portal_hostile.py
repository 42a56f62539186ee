import random
import time

from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import hash_sign, mute_logger

from .case_portal_common import CasePortalCase

SEED = 20261121
POSTS = 50
VALUES = (
    "",
    "\x00",
    "\u202etxt.exe",
    "<script>alert(1)</script>",
    "'; DROP TABLE customer_case; --",
    "{{ object.env }}",
    "=cmd|'/c calc'!A1",
    "%s %(x)s %%",
    "-1",
    "9" * 400,
    "nan",
    "A" * 20000,
    "ｔｒｕｅ",
    "yes",
    "5",
)


@tagged("post_install", "-at_install")
class TestCasePortalHostile(HttpCase, CasePortalCase):
    """Whatever is sent: no traceback, nothing written but what the form is for."""

    def test_hostile_posts_never_break_the_page(self):
        rng = random.Random(SEED)
        self.authenticate(None, None)
        case = self._solve(self._open())
        token = case._portal_ensure_token()
        before = case.read(["user_id", "kind", "profile_id", "company_id", "name"])
        for number in range(POSTS):
            action = rng.choice(["reply", "confirm", "rate"])
            data = {
                name: rng.choice(VALUES)
                for name in ("text", "answer", "rate", "stamp", "user_id", "state")
            }
            if rng.random() < 0.7:  # as a page of this case has it
                values = [f"{number:032x}", int(time.time() * 1000)]
                data["stamp"] = hash_sign(
                    self.env,
                    f"customer_success_case-{case.id}",
                    values,
                    expiration_hours=1,
                )
            data["access_token"] = token
            data["csrf_token"] = Request.csrf_token(self)
            files = None
            if rng.random() < 0.3:  # a file where words are expected, and the other way
                name = rng.choice(["text", "stamp", "files", "answer"])
                data.pop(name, None)
                files = [(name, ("x.png", b"\xff\x00<svg>", "image/png"))]
            with self.subTest(seed=SEED, number=number, action=action):
                with mute_logger("odoo.http"):
                    response = self.url_open(
                        f"/my/cases/{case.id}/{action}",
                        data=data,
                        files=files,
                        allow_redirects=False,
                    )
                self.assertLess(response.status_code, 500)
                self.assertNotIn("<script>alert(1)", response.text)
        self.env.invalidate_all()
        fields = ["user_id", "kind", "profile_id", "company_id", "name"]
        self.assertEqual(case.read(fields), before)
        said = case._get_portal_messages()
        self.assertTrue(said)
        self.assertNotIn("<script", "".join(said.mapped("body")))
        self.assertFalse(said.attachment_ids)

    def test_hostile_addresses_never_break_the_list(self):
        self._create_login(self.contact, "case_ann")
        self.authenticate("case_ann", "case_ann")
        for query in (
            "sortby=id;drop&filterby=__class__",
            "sortby=newest&sortby=oldest",
            "filterby[]=all",
            "page=-1",
            "search=%00%ff",
        ):
            response = self.url_open(f"/my/cases?{query}")
            self.assertEqual(response.status_code, 200, query)
        for path in ("page/0", "page/99999999999999999999", "0", "9" * 30, "9" * 18):
            with mute_logger("odoo.http"):
                response = self.url_open(f"/my/cases/{path}")
            self.assertIn(response.status_code, (200, 404), path)

    def test_what_is_too_large_is_refused(self):
        self.authenticate(None, None)
        case = self._solve(self._open())
        data = {
            "access_token": case._portal_ensure_token(),
            "csrf_token": Request.csrf_token(self),
            "text": "A" * 300 * 1024,
        }
        with mute_logger("odoo.http"):
            response = self.url_open(f"/my/cases/{case.id}/confirm", data=data)
        self.assertEqual(response.status_code, 413)
