import base64
import struct
import zlib

from odoo.tests import tagged
from odoo.tools import mute_logger

from .case_portal_common import CasePortalCase

SCRIPT = "<script>alert(1)</script>"
BOUNDARY = "=_of_the_test"
TEXT = "Content-Type: text/plain; charset=utf-8\n\nSee the picture."


def make_picture_bomb(side):
    """Return a black PNG of so many pixels squared, which is tiny as a file."""

    def chunk(kind, data):
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    rows = b"".join(packer.compress(row) for _row in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


@tagged("post_install", "-at_install")
class TestCaseMailHostile(CasePortalCase):
    """Mails that are broken, huge or mean: none is lost, none does harm."""

    def _receive_parts(self, *parts, sender="ann@customer.example"):
        """Receive a mail of several parts, each with its headers."""
        body = "".join(f"--{BOUNDARY}\n{part}\n" for part in parts)
        return self._receive(
            sender,
            body=f"{body}--{BOUNDARY}--\n",
            content_type=f'multipart/mixed; boundary="{BOUNDARY}"',
        )

    def _attach(self, name, kind, data):
        return (
            f'Content-Type: {kind}; name="{name}"\n'
            f'Content-Disposition: attachment; filename="{name}"\n'
            "Content-Transfer-Encoding: base64\n\n"
            f"{base64.encodebytes(data).decode()}"
        )

    def _get_files(self, case):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "customer.case"), ("res_id", "=", case.id)]
        )

    # === PICTURES === #

    def test_a_picture_bomb_is_kept_as_it_came_and_nobody_opens_it(self):
        for side in (11_000, 20_000):  # warned of by the library, refused by it
            with self.subTest(megapixels=side * side // 10**6):
                bomb = make_picture_bomb(side)
                self.assertLess(len(bomb), 100_000)
                case = self._receive_parts(
                    TEXT, self._attach("leak.png", "image/png", bomb)
                )
                self.assertEqual(case.description, "See the picture.")
                self.assertEqual(self._get_files(case).raw, bomb)

    def test_a_picture_bomb_in_an_answer_is_kept_as_well(self):
        case = self._receive("ann@customer.example")
        bomb = make_picture_bomb(20_000)
        last = case.message_ids.sorted("id")[-1].message_id
        parts = [TEXT, self._attach("leak.png", "image/png", bomb)]
        body = "".join(f"--{BOUNDARY}\n{part}\n" for part in parts)
        self._receive(
            "ann@customer.example",
            body=f"{body}--{BOUNDARY}--\n",
            content_type=f'multipart/mixed; boundary="{BOUNDARY}"',
            headers=f"In-Reply-To: {last}",
        )
        self.assertEqual(self._get_files(case).raw, bomb)

    def test_a_picture_that_is_none_is_kept_as_well(self):
        case = self._receive_parts(
            TEXT, self._attach("leak.png", "image/png", b"\x89PNG\r\n\x1a\nbroken")
        )
        self.assertEqual(len(self._get_files(case)), 1)

    # === BROKEN === #

    def test_broken_mails_are_cases_all_the_same(self):
        for name, values in (
            ("no end", {"content_type": f'multipart/mixed; boundary="{BOUNDARY}"',
                        "body": f"--{BOUNDARY}\n{TEXT}"}),
            ("no boundary", {"content_type": "multipart/mixed"}),
            ("no such type", {"content_type": "nonsense"}),
            ("no such charset", {"content_type": "text/plain; charset=klingon-8"}),
            ("bad base64", {"headers": "Content-Transfer-Encoding: base64",
                            "body": "It leaks!!! =*="}),
            ("bad encoded words", {"subject": "=?utf-8?Q?=FF=FE=?= =?x?Z?y?="}),
            ("bad date", {"headers": "Date: the day after tomorrow"}),
            ("no message id", {"message_id": ""}),
            ("NUL", {"body": "It \0 leaks.", "subject": "Pump\0"}),
            ("lone surrogate", {"body": "It leaks &#xD800;.",
                                "content_type": "text/html"}),
            ("deep", {"content_type": "text/html", "body": "<div>" * 3000 + "x"}),
            ("empty", {"body": "", "subject": ""}),
            ("long subject", {"subject": "x" * 100_000}),
            ("long name", {"sender": f"{'x' * 5000} <ann@customer.example>"}),
        ):  # fmt: skip
            with self.subTest(name=name):
                case = self._receive(**{"sender": "ann@customer.example", **values})
                self.assertEqual(len(case), 1)
                self.assertTrue(case.subject)
                self.assertLessEqual(len(case.subject), 255)

    def test_bytes_of_another_alphabet_than_they_say_lose_no_mail(self):
        cases = self.env["customer.case"].sudo()
        before = cases.search([])
        raw = (
            b"From: ann@customer.example\r\nTo: service-desk@our.example\r\n"
            b"Subject: \xb1\xc3\xc2\xa9\xd0\xb9\r\nMessage-Id: <gb@customer.example>\r\n"
            b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xc2\xa9\xff\xfe\x80 leaks"
        )
        self.env["mail.thread"].message_process(None, raw)
        [case] = cases.search([]) - before
        self.assertIn("leaks", case.description)

    def test_ten_megabytes_of_markup_become_a_text_of_ordinary_length(self):
        row = f"<p onclick='x()'>{'It leaks. ' * 200}{SCRIPT}</p>"
        case = self._receive(
            "ann@customer.example",
            body="Start\n" + row * (10 * 1024**2 // len(row)),
            content_type="text/html",
        )
        self.assertTrue(case.description.startswith("Start"))
        self.assertLessEqual(len(case.description), 10_000)
        self.assertNotIn("<script", "".join(case.message_ids.mapped("body")))

    # === MEAN === #

    def test_script_in_subject_name_and_body_runs_nowhere(self):
        case = self._receive(
            f'"{SCRIPT}" <who@nowhere.example>',
            f"{SCRIPT}{{{{ 7*7 }}}}",
            f"<b>Hi</b>{SCRIPT}<img src=x onerror=alert(1)><a href='javascript:x()'>",
            content_type="text/html",
        )
        self.assertEqual(case.subject, SCRIPT + "{{ 7*7 }}")
        for body in case.message_ids.mapped("body"):
            for word in ("<script", "onerror", "javascript:"):
                self.assertNotIn(word, body)

    def test_an_answer_goes_to_who_wrote_not_where_a_header_points(self):
        case = self._receive(
            "who@nowhere.example",
            headers="Reply-To: victim@elsewhere.example\n"
            "Sender: victim@elsewhere.example\n"
            "Disposition-Notification-To: victim@elsewhere.example",
        )
        self.assertEqual(case.contact_email, "who@nowhere.example")
        case.with_user(self.sales)._post_answer_text("We come today.")
        self.env.flush_all()
        mails = self.env["mail.mail"].sudo().search([])
        for mail in mails:
            self.assertNotIn("elsewhere.example", mail.email_to or "")
            self.assertNotIn("elsewhere.example", mail.recipient_ids.mapped("email"))

    def test_nobody_speaks_for_another_customer_by_a_reply_to_of_his(self):
        case = self._receive(
            "zoe@customer.example", headers="Reply-To: ann@customer.example"
        )
        self.assertEqual(case.partner_id, self.stranger)

    # === MACHINES === #

    def test_machines_that_answer_each_other_come_to_an_end(self):
        self._receive("robot@nowhere.example")
        receipts = self._count_receipts()
        for number in range(30):
            self._receive("robot@nowhere.example", f"Re: {number}")
        cases = self.env["customer.case"].sudo()
        found = cases.search_count([("contact_email", "=", "robot@nowhere.example")])
        self.assertEqual(found, 20)
        self.assertEqual(self._count_receipts(), receipts)

    def _count_receipts(self):
        return (
            self.env["mail.mail"]
            .sudo()
            .search_count(
                [("model", "=", "customer.case"), ("email_to", "ilike", "robot@")]
            )
        )

    def test_a_list_gets_no_receipt(self):
        for headers in ("Precedence: bulk", "Precedence: list", "Precedence: junk",
                        "List-Id: <all.nowhere.example>",
                        "List-Unsubscribe: <https://nowhere.example/out>",
                        "Auto-Submitted: auto-notified"):  # fmt: skip
            with self.subTest(headers=headers):
                case = self._receive("all@nowhere.example", headers=headers)
                self.assertEqual(len(case), 1)
                self.assertFalse(case.receipt_datetime)

    def test_a_report_that_a_mail_could_not_be_delivered_opens_no_case(self):
        self.domain.write({"bounce_alias": "bounce"})
        report = (
            "Content-Type: message/delivery-status\n\n"
            "Final-Recipient: rfc822; ann@customer.example\nAction: failed\n"
            "Status: 5.1.1"
        )
        body = f"--{BOUNDARY}\n{TEXT}\n--{BOUNDARY}\n{report}\n--{BOUNDARY}--\n"
        for sender in ("MAILER-DAEMON@customer.example", "postmaster@nowhere.example"):
            with (
                self.subTest(sender=sender),
                mute_logger("odoo.addons.mail.models.mail_thread"),
            ):
                cases = self._receive(
                    sender,
                    "Undelivered Mail Returned to Sender",
                    body,
                    content_type="multipart/report; report-type=delivery-status;"
                    f' boundary="{BOUNDARY}"',
                )
                self.assertFalse(cases)
