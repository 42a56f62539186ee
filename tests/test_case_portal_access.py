from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .case_portal_common import CasePortalCase

# What a page that was not shown must not say.
SECRETS = ("Pump leaks", "It leaks since Monday", "leak.txt", "We come today")


@tagged("post_install", "-at_install")
class TestCasePortalAccess(HttpCase, CasePortalCase):
    """Every route with the number of a case, every key, every visitor.

    Whoever may not see a case gets what he gets for a case that is not there: the same
    status, the same place to go, and not a word of it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.logins = {
            "customer": cls._create_login(cls.contact, "case_ann"),
            "other contact": cls._create_login(cls.colleague, "case_bob"),
            "stranger": cls._create_login(cls.stranger, "case_zoe"),
            "other company": cls._create_login(
                cls._create_person("Cyd Case", cls.partner),
                "case_cyd",
                company=cls.other_company,
            ),
            "employee": cls._create_user("case_plain", "base.group_user"),
            "colleague": cls._create_user("case_other", "user"),
            "sales": cls.sales,
        }
        cls.case = cls._open()
        cls.other_case = cls._open(cls.stranger, subject="Other matter")
        cls.case.with_user(cls.sales).message_post(
            body="We come today.",
            attachments=[("leak.txt", b"where it leaks")],
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        cls.file = cls.case._get_portal_files()
        cls.old_token = cls.case._portal_ensure_token()
        cls.case._rotate_link()
        cls.token = cls.case.access_token
        cls.other_token = cls.other_case._portal_ensure_token()
        cls.missing_id = max(cls.case.id, cls.other_case.id) + 1000

    def _get_tokens(self):
        """Return keys that open nothing: a list of query values."""
        return {
            "none": {},
            "empty": {"access_token": ""},
            "wrong": {"access_token": self.token[:-1] + "x"},
            "hostile": {"access_token": "ключ' OR 1=1 --\x00"},
            "of another case": {"access_token": self.other_token},
            "rotated": {"access_token": self.old_token},
            "number": {"access_token": str(self.case.id)},
        }

    def _get_routes(self, case_id):
        """Return every route with a number: method and path."""
        base = f"/my/cases/{case_id}"
        return [
            ("GET", base),
            ("GET", f"{base}/file/{self.file.id}"),
            ("POST", f"{base}/reply"),
            ("POST", f"{base}/confirm"),
            ("POST", f"{base}/rate"),
        ]

    def _ask(self, method, path, query):
        """Return status and target of a request, and the text of the page."""
        if method == "GET":
            response = self.url_open(path, params=query, allow_redirects=False)
        else:
            data = {**query, "csrf_token": Request.csrf_token(self), "text": "Hi"}
            response = self.url_open(path, data=data, allow_redirects=False)
        place = response.headers.get("Location", "").split("://")[-1]
        place = place[place.find("/") :] if place else ""
        for case_id in (self.case.id, self.missing_id):
            place = place.replace(str(case_id), "N")
        return response.status_code, place, response.text

    def test_every_route_is_in_this_matrix(self):
        http = self.env["ir.http"]
        routes = {
            rule
            for rule, _endpoint in http._generate_routing_rules(
                self.registry._init_modules, http._get_converters()
            )
            if rule.startswith("/my/cases") and "case_id" in rule
        }
        paths = {
            path.replace(f"/{self.file.id}", "/<int:file_id>").replace(
                str(self.case.id), "<int:case_id>"
            )
            for _method, path in self._get_routes(self.case.id)
        }
        self.assertEqual(routes, paths)

    def test_nobody_else_sees_or_changes_anything(self):
        count = len(self.case.message_ids)
        for who in (None, "stranger", "other company", "employee", "colleague"):
            user = who and self.logins[who]
            self.authenticate(user and user.login, user and user.login)
            with mute_logger("odoo.http"):
                absent = [
                    self._ask(method, path, {"access_token": self.other_token})[:2]
                    for method, path in self._get_routes(self.missing_id)
                ]
            self.assertLessEqual({status for status, _place in absent}, {303, 404})
            for name, query in self._get_tokens().items():
                for index, (method, path) in enumerate(self._get_routes(self.case.id)):
                    with self.subTest(who=who, token=name, method=method, path=path):
                        with mute_logger("odoo.http"):
                            found = self._ask(method, path, query)
                        self.assertEqual(found[:2], absent[index])
                        for secret in SECRETS:
                            self.assertNotIn(secret, found[2])
        self.env.invalidate_all()
        self.assertEqual(len(self.case.message_ids), count)

    def test_a_login_of_the_customer_or_the_link_shows_the_case(self):
        link = {"access_token": self.token}
        for who, query in (
            ("customer", {}),
            ("customer", {"access_token": "wrong"}),
            ("other contact", {}),
            (None, link),
            ("stranger", link),
            ("sales", {}),
        ):
            with self.subTest(who=who, query=query):
                self.authenticate(
                    who and self.logins[who].login, who and self.logins[who].login
                )
                status, _place, text = self._ask(
                    "GET", f"/my/cases/{self.case.id}", query
                )
                self.assertEqual(status, 200)
                self.assertIn("Pump leaks", text)
                self.assertIn("We come today", text)
                self.assertNotIn(self.old_token, text)

    def test_the_list_shows_cases_of_the_own_customer_only(self):
        for who, own in (("customer", True), ("stranger", False), ("sales", None)):
            self.authenticate(self.logins[who].login, self.logins[who].login)
            text = self.url_open("/my/cases").text
            self.assertEqual("Pump leaks" in text, own is True)
            self.assertEqual("Other matter" in text, own is False)
        self.authenticate(None, None)
        response = self.url_open("/my/cases", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_a_colleague_who_looks_cannot_answer_for_the_customer(self):
        self.authenticate(self.sales.login, self.sales.login)
        page = self.url_open(f"/my/cases/{self.case.id}").text
        self.assertNotIn("<textarea", page)
        for method, path in self._get_routes(self.case.id)[2:]:
            with mute_logger("odoo.http"):
                status, _place, _text = self._ask(
                    method, path, {"access_token": self.token}
                )
            self.assertEqual(status, 404)

    def test_a_file_is_saved_and_never_shown(self):
        html = self.env["ir.attachment"].create(
            {
                "name": "page.html",
                "raw": b"<script>alert(1)</script>",
                "mimetype": "text/html",
                "res_model": "customer.case",
                "res_id": self.case.id,
            }
        )
        self.case.message_ids[0].attachment_ids |= html
        for file in (self.file, html):
            response = self.url_open(
                f"/my/cases/{self.case.id}/file/{file.id}?access_token={self.token}"
            )
            self.assertEqual(response.status_code, 200)
            headers = response.headers
            self.assertTrue(headers["Content-Disposition"].startswith("attachment"))
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertIn("sandbox", headers["Content-Security-Policy"])

    def test_files_of_colleagues_and_of_other_records_are_not_served(self):
        attachments = self.env["ir.attachment"].with_user(self.sales)
        ours = attachments.create(
            {
                "name": "ours.txt",
                "raw": b"internal",
                "res_model": "customer.case",
                "res_id": self.case.id,
            }
        )
        note = self.case.with_user(self.sales).message_post(
            body="Internal.",
            attachments=[("note.txt", b"internal")],
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        foreign = self.env["ir.attachment"].create({"name": "x.txt", "raw": b"other"})
        for file in (ours, note.attachment_ids, foreign):
            with mute_logger("odoo.http"):
                response = self.url_open(
                    f"/my/cases/{self.case.id}/file/{file.id}?access_token={self.token}"
                )
            self.assertEqual(response.status_code, 404)
        page = self.url_open(f"/my/cases/{self.case.id}?access_token={self.token}")
        self.assertNotIn("Internal.", page.text)
        self.assertNotIn("ours.txt", page.text)
