from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers import feedback_form
from . import hostile, hostile_checks
from .feedback_common import FeedbackCase

# Requests sent, and cases that may come of them: each takes a tenth of a second.
POSTS, CASES = 300, 40


@tagged("post_install", "-at_install")
class TestFeedbackHostile(FeedbackCase):
    """Three hundred requests as attackers send them; the bench sends ten thousand."""

    def test_hostile_requests_break_nothing_and_write_nothing_else(self):
        self.patch(feedback_form, "KEPT_LIMIT", CASES)
        self.patch(feedback_form, "TRIED_LIMIT", POSTS)
        self._assert_thanked(self._send())
        reference = self._get_cases()
        rng = hostile.make_rng(20261120)
        statuses = []
        for _index in range(POSTS):
            request = hostile.make_request(rng, self._prepare())
            response = self._send_raw(request)
            statuses.append(response.status_code)
            self.assertLess(response.status_code, 500, request)
            self.assertFalse(hostile_checks.has_script(response), request)
        cases = self._get_cases() - reference
        self.assertEqual(len(cases), CASES - 1)
        self.assertGreater(statuses.count(200), 100)
        self.assertFalse(hostile_checks.find_extra(cases, reference))
        self.assertFalse(hostile_checks.find_dirty(cases))
        bodies = cases.message_ids.mapped("body")
        self.assertFalse([body for body in bodies if "<script" in body])
        self._assert_files_harmless(cases)

    def test_what_looks_for_defects_finds_them(self):
        self._assert_thanked(self._send())
        self._assert_thanked(self._send(text="Another one"))
        case, reference = self._get_cases().sorted("id", reverse=True)
        self.assertFalse(hostile_checks.find_extra(case, reference))
        case.sudo().write({"is_complex": True, "contact_company": "\u202e1"})
        self.assertEqual(
            hostile_checks.find_extra(case, reference), [(case.id, "is_complex", True)]
        )
        self.assertEqual(hostile_checks.find_dirty(case), ["\u202e1"])
        self.assertFalse(hostile_checks.has_script(self._open()))

    def _send_raw(self, request):
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_http", "werkzeug"):
            return self.opener.request(
                request["method"],
                self.base_url() + self.url + request["query"],
                data=request["body"] or request["data"],
                files=request["files"] if request["body"] is None else None,
                headers=request["headers"],
                timeout=30,
            )

    def _assert_files_harmless(self, cases):
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "customer.case"), ("res_id", "in", cases.ids)]
        )
        self.assertTrue(files)
        self.assertFalse(any(files.mapped("public")))
        self.assertLessEqual(
            {file.mimetype for file in files},
            {
                "image/png",
                "image/gif",
                "application/pdf",
                "text/plain",
                "application/vnd.openxmlformats-officedocument"
                ".wordprocessingml.document",
            },
        )
        self.assertFalse([file.name for file in files if "/" in file.name])
