from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers import intake_tools
from .feedback_common import PNG, FeedbackCase
from .hostile import make_huge_png


@tagged("post_install", "-at_install")
class TestFeedbackUploads(FeedbackCase):
    """Files of strangers: few, small, of harmless types, and for nobody else."""

    def _get_files(self):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "customer.case"),
                ("res_id", "in", self._get_cases().ids),
            ]
        )

    def test_five_files_are_taken_and_six_are_not(self):
        files = [(f"{index}.png", PNG + bytes([index])) for index in range(6)]
        self._assert_asked_again(self._send(files), "at most 5 files")
        self._assert_thanked(self._send(files[:5]))
        self.assertEqual(len(self._get_files()), 5)

    def test_the_same_message_brings_no_more_files_each_time_it_is_sent(self):
        stamp = self._make_stamp()
        for turn in range(3):
            files = [(f"{n}.png", PNG + bytes([turn, n])) for n in range(4)]
            self._assert_thanked(self._send(files, stamp=stamp))
        self.assertEqual(len(self._get_files()), 5)

    def test_a_file_that_is_too_large_is_named(self):
        limit = intake_tools.MAX_FILE_BYTES
        self._assert_asked_again(
            self._send([("big.txt", b"x" * (limit + 1))]),
            "big.txt is larger than 5 MB.",
        )
        self._assert_thanked(self._send([("just.txt", b"x" * limit)]))

    def test_a_request_that_is_too_large_is_not_read(self):
        self.assertEqual(intake_tools.MAX_REQUEST_BYTES, 26 * 1024**2)
        with mute_logger("odoo.http", "werkzeug"):
            response = self._send(
                [("a.txt", b"x" * (intake_tools.MAX_REQUEST_BYTES + 1))]
            )
        self.assertEqual(response.status_code, 413)
        self.assertFalse(self._get_cases())

    def test_a_file_that_lies_is_refused_by_name(self):
        for name, data in (
            ("a.svg", b"<svg onload='alert(1)'/>"),
            ("a.png", b"<svg onload='alert(1)'/>"),
            ("a.html", PNG),
            ("a.txt", b"<script>alert(1)</script>"),
        ):
            with self.subTest(name=name):
                response = self._send([(name, data)])
                self._assert_asked_again(response, f"{name} cannot be taken.")

    def test_a_picture_that_would_fill_the_memory_is_kept_unopened(self):
        self._assert_thanked(self._send([("huge.png", make_huge_png())]))
        self.assertEqual(self._get_files().mimetype, "image/png")

    def test_a_picture_that_would_fill_the_memory_is_kept_in_an_answer_as_well(self):
        self._assert_thanked(self._send())
        case = self._get_cases()
        message = case._post_customer_message("More", [("huge.png", make_huge_png())])
        self.assertEqual(message.attachment_ids.mimetype, "image/png")

    def test_nobody_outside_gets_a_file(self):
        self._assert_thanked(self._send([("leak.png", PNG)]))
        file = self._get_files()
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_http"):
            for path in (f"/web/content/{file.id}", f"/web/image/{file.id}"):
                response = self._open(path)
                self.assertNotIn(PNG, response.content, path)
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "feedback_portal",
                "password": "feedback_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.authenticate("feedback_portal", "feedback_portal")
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_http"):
            response = self._open(f"/web/content/{file.id}")
        self.assertNotEqual(response.status_code, 200)
        self.assertFalse(file.with_user(portal).has_access("read"))
