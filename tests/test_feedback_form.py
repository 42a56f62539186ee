from odoo.tests import tagged
from odoo.tools import mute_logger

from .feedback_common import PNG, FeedbackCase


@tagged("post_install", "-at_install")
class TestFeedbackForm(FeedbackCase):
    """Anybody who has the address can write to us, once per message."""

    # === THE WAY THROUGH === #

    def test_a_message_becomes_one_case_with_its_words_and_files(self):
        response = self._send([("leak.png", PNG), ("note.txt", b"see photo")])
        self._assert_thanked(response)
        case = self._get_cases()
        self.assertRecordValues(
            case,
            [
                {
                    "kind": "complaint",
                    "urgency": "normal",
                    "state": "received",
                    "subject": "The pump leaks.",
                    "description": "The pump leaks.\nSince Monday.",
                    "contact_name": "Zhang Wei",
                    "contact_company": "Stranger Ltd",
                    "contact_email": "zhang@stranger.test",
                    "contact_phone": "+86 138 0013 8000",
                    "desk_id": self.desk.id,
                    "company_id": self.desk.company_id.id,
                    "profile_id": False,
                    "partner_id": False,
                }
            ],
        )
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "customer.case"), ("res_id", "=", case.id)]
        )
        self.assertEqual(
            files.sorted("name").mapped(lambda file: (file.name, file.mimetype)),
            [("leak.png", "image/png"), ("note.txt", "text/plain")],
        )
        self.assertFalse(any(files.mapped("public")))
        self.assertFalse(any(files.mapped("access_token")))

    def test_reference_on_the_page_finds_the_case_and_tells_nothing_else(self):
        response = self._send(stamp=self._make_stamp("c0ffee12" + "0" * 24))
        self.assertIn("C0FFEE12", response.text)
        case = self._get_cases()
        self.assertNotIn(case.name, response.text)
        self.assertEqual(self.cases.name_search("C0FFEE12")[0][0], case.id)

    def test_known_and_unknown_addresses_get_the_same_page(self):
        partner = self.env["res.partner"].create(
            {"name": "Known", "email": "known@customer.test", "is_company": True}
        )
        key = "a" * 32
        unknown = self._send(stamp=self._make_stamp(key), email="x@customer.test")
        self._get_cases().unlink()
        known = self._send(stamp=self._make_stamp(key), email="known@customer.test")
        self._assert_thanked(known)
        self.assertEqual(self._get_cases().partner_id, partner)
        self.assertEqual(known.text, unknown.text)
        self.assertEqual(
            {*known.headers} - {"Set-Cookie"}, {*unknown.headers} - {"Set-Cookie"}
        )

    def test_no_mail_leaves_and_no_contact_is_made(self):
        mails = self.env["mail.mail"].search_count([])
        partners = self.env["res.partner"].with_context(active_test=False)
        count = partners.search_count([])
        self._assert_thanked(self._send(email="victim@third.test"))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(partners.search_count([]), count)

    # === TWICE === #

    def test_sent_twice_is_one_case_with_its_files_once(self):
        stamp = self._make_stamp()
        for _time in range(3):
            self._assert_thanked(self._send([("leak.png", PNG)], stamp=stamp))
        case = self._get_cases()
        self.assertEqual(len(case), 1)
        self.assertEqual(
            self.env["ir.attachment"].search_count(
                [("res_model", "=", "customer.case"), ("res_id", "=", case.id)]
            ),
            1,
        )

    def test_another_message_on_the_same_page_is_not_lost(self):
        stamp = self._make_stamp()
        self._send(stamp=stamp)
        response = self._send(stamp=stamp, text="And the motor is loud.")
        self.assertIn("Your first message has reached us", response.text)
        self.assertIn("And the motor is loud.", response.text)
        self.assertNotEqual(self._read(response)["stamp"], stamp)
        self.assertEqual(len(self._get_cases()), 1)
        again = self._make_stamp()
        self._assert_thanked(self._send(stamp=again, text="And the motor is loud."))
        self.assertEqual(len(self._get_cases()), 2)

    # === LIMITS === #

    def test_five_messages_of_an_address_within_an_hour_and_no_more(self):
        for index in range(5):
            self._assert_thanked(self._send(text=f"Message {index}"))
        response = self._send(text="Message 6")
        self.assertEqual(response.status_code, 429)
        self.assertIn("Please try again later", response.text)
        self.assertEqual(len(self._get_cases()), 5)

    def test_mistakes_do_not_use_up_the_limit(self):
        for _time in range(6):
            self._assert_asked_again(self._send(text=" "), "what it is about")
        self._assert_thanked(self._send())

    # === WORDS === #

    def test_page_says_what_is_missing_and_keeps_what_was_written(self):
        for values, words in (
            ({"text": "\u200b \n"}, "Please write what it is about."),
            ({"email": "", "phone": "call me"}, "an e-mail address or a telephone"),
            ({"email": "zhang(at)stranger"}, "Please check your e-mail address."),
        ):
            with self.subTest(values=values):
                response = self._send(**values)
                self._assert_asked_again(response, words)
                self.assertIn('value="Zhang Wei"', response.text)

    def test_telephone_alone_is_enough(self):
        self._assert_thanked(self._send(email="", name="", company=""))
        self.assertFalse(self._get_cases().contact_email)

    def test_kinds_that_the_desk_does_not_offer_cannot_be_chosen(self):
        self.desk.is_complaint = False
        self._assert_thanked(self._send(kind="complaint"))
        self.assertEqual(self._get_cases().kind, "enquiry")

    # === ROBOTS === #

    def test_who_fills_in_what_nobody_sees_is_thanked_and_not_heard(self):
        self._assert_thanked(self._send(homepage="https://spam.test"))
        self.assertFalse(self._get_cases())

    def test_who_is_faster_than_a_person_is_asked_to_look_again(self):
        response = self._send(stamp=self._make_stamp(age=0))
        self._assert_asked_again(response, "That was very fast.")

    def test_a_stamp_is_of_this_form_whole_and_not_too_old(self):
        other = self.desk.copy()
        for stamp in (
            "",
            "A" * 200,
            self._make_stamp()[:-2],
            self._make_stamp(desk=other),
            self._make_stamp(hours=-1),
        ):
            with self.subTest(stamp=stamp[:9]):
                response = self._send(stamp=stamp)
                self._assert_asked_again(response, "open for a long time")
                self.assertNotEqual(self._read(response)["stamp"], stamp)

    def test_without_the_token_of_the_session_nothing_is_taken(self):
        for token in ("", "0" * 40):
            self.assertEqual(self._send(csrf_token=token).status_code, 400)
        self.assertFalse(self._get_cases())

    # === WHERE === #

    def test_closed_wrong_and_malformed_addresses_are_the_same_page(self):
        closed = self.desk.copy()
        texts = set()
        with mute_logger("odoo.http"):
            for token in (
                closed.form_token,
                "x" * 32,
                "short",
                "a%00b",
                "%ED%A0%80" * 9,
            ):
                response = self._open(f"/customer/feedback/{token}")
                self.assertEqual(response.status_code, 404, token)
                texts.add(response.text)
                response = self._send(url=f"/customer/feedback/{token}")
                self.assertEqual(response.status_code, 404, token)
                texts.add(response.text)
        self.assertEqual(len(texts), 1)
        self.assertFalse(self._get_cases())

    def test_page_speaks_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        for query, header, expected in (
            ("", "zh-TW,zh;q=0.9,en;q=0.5", "zh-CN"),
            ("", "en-GB", "en-US"),
            ("", "fr", "zh-CN"),
            ("?lang=en_US", "zh-CN", "en-US"),
            ("?lang=zh_CN", "en", "zh-CN"),
            ("?lang=../../x", "en", "en-US"),
        ):
            with self.subTest(query=query, header=header):
                response = self._open(
                    f"{self.url}{query}", headers={"Accept-Language": header}
                )
                self.assertIn(f'<html lang="{expected}"', response.text)

    def test_page_runs_no_script_but_its_own_and_stands_in_no_frame(self):
        response = self._open()
        policy = response.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertNotIn("style=", response.text)
        self.assertEqual(response.text.count("<script"), 1)
