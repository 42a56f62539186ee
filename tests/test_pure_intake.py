import doctest
import io
import zipfile

from odoo.tests import BaseCase, tagged

from .. import intake

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
WORD = intake.OFFICE + "wordprocessingml.document"
EXCEL = intake.OFFICE + "spreadsheetml.sheet"


def make_zip(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@tagged("post_install", "-at_install")
class TestPureIntake(BaseCase):
    """Words and files of strangers are harmless before they are kept."""

    def test_examples_of_the_module_hold(self):
        result = doctest.testmod(intake)
        self.assertGreater(result.attempted, 9)
        self.assertFalse(result.failed)

    # === TEXT === #

    def test_a_line_loses_what_nobody_sees_and_stays_one_line(self):
        for text, expected in (
            ("Zhang\x00 Wei", "Zhang Wei"),
            ("a\ud800b", "ab"),  # half a character
            ("gpj.\u202eexe", "gpj.exe"),  # read from right to left
            ("\u2066x\u2069\u200ey\u061c", "xy"),
            ("pay\u200bpal\ufeff\u00ad", "paypal"),
            ("a\U000e0041b", "ab"),  # a tag: text that is not shown
            ("a\ufffe\uffff\ufdd0b", "ab"),
            ("one\r\ntwo\u2028three\x85four\tfive", "one two three four five"),
            ("e\u0301", "é"),
            ("泵在漏水 🙂", "泵在漏水 🙂"),
            (17, ""),
            (b"x", ""),
            (["x"], ""),
        ):
            with self.subTest(text=text):
                self.assertEqual(intake.clean_line(text), expected)

    def test_a_line_ends_at_its_limit_and_a_text_at_its_own(self):
        self.assertEqual(len(intake.clean_line("x" * 9999)), 255)
        self.assertEqual(intake.clean_line("ab   ", 3), "ab")
        self.assertEqual(len(intake.clean_text("泵" * 99999)), 10000)
        self.assertEqual(intake.clean_text("\x00" * 99999 + "x"), "")

    def test_a_text_keeps_its_lines_and_one_empty_line(self):
        self.assertEqual(
            intake.clean_text("  a\u200b  \r\n\r\n\n\n b\x0b c\x07\r\n"), "a\n\n b\n c"
        )

    def test_no_spreadsheet_reads_a_word_as_a_formula(self):
        for start in ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠"):
            with self.subTest(start=start):
                self.assertEqual(intake.guard_formula(f"{start}1+1"), f"'{start}1+1")
        for text in ("", "1+1", " =1", "a@b.test", "张伟"):
            with self.subTest(text=text):
                self.assertEqual(intake.guard_formula(text), text)

    def test_a_telephone_number_holds_no_letters(self):
        for text, expected in (
            ("+86 138-0013-8000", "+86 138-0013-8000"),
            ("(010) 6262/0000", "(010) 6262/0000"),
            ("-2+3+cmd|' /C calc'!A0", "2+3+ / 0"),
            ("=HYPERLINK()", ""),
            ("9" * 99, "9" * 32),
        ):
            with self.subTest(text=text):
                self.assertEqual(intake.clean_phone(text), expected)

    # === FILES === #

    def test_a_file_is_what_its_bytes_and_its_name_say(self):
        for data, name, expected in (
            (PNG, "a.png", "image/png"),
            (b"\xff\xd8\xff\xe0", "a.JPEG", "image/jpeg"),
            (b"GIF89a", "a.gif", "image/gif"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", "image/webp"),
            (b"\0\0\0\x18ftypheic\0\0", "a.heic", "image/heic"),
            (b"\0\0\0\x18ftypmp42\0\0", "a.mp4", "video/mp4"),
            (b"%PDF-1.4", "a.pdf", "application/pdf"),
            (make_zip("[Content_Types].xml", "word/document.xml"), "a.docx", WORD),
            (make_zip("[Content_Types].xml", "xl/workbook.xml"), "a.xlsx", EXCEL),
            ("漏水".encode(), "a.txt", "text/plain"),
            ("漏水".encode("gb18030"), "a.txt", "text/plain"),
        ):
            with self.subTest(name=name):
                self.assertEqual(intake.sniff(data, name), expected)

    def test_every_other_file_is_refused(self):
        office = make_zip("[Content_Types].xml", "word/document.xml")
        bomb = io.BytesIO(office)
        with (
            zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive,
            archive.open("word/theme.xml", "w") as member,
        ):
            for _part in range(201):
                member.write(bytes(1024**2))
        macros = make_zip(
            "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"
        )
        both = make_zip("[Content_Types].xml", "word/document.xml", "xl/workbook.xml")
        for data, name in (
            (b"", "a.png"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"),
            (b"<svg onload='alert(1)'/>", "a.png"),
            (b"<!DOCTYPE html>", "a.txt"),
            (b"hello <script>alert(1)</script>", "a.txt"),
            (b"MZ\x90\0", "a.exe"),
            (b"MZ\x90\0", "a.txt"),
            (PNG, "a.html"),
            (PNG, "a.jpg"),
            (PNG, "png"),
            (PNG, ""),
            (PNG, None),
            (b" %PDF-1.4", "a.pdf"),
            (b"RIFF\0\0\0\0WAVE", "a.webp"),
            (b"\0\0\0\x18ftypqqqq", "a.mp4"),
            (office, "a.docm"),
            (office, "a.zip"),
            (macros, "a.docx"),
            (bomb.getvalue(), "a.docx"),
            (both, "a.docx"),
            (make_zip("evil.js"), "a.docx"),
            (b"PK\x03\x04broken", "a.docx"),
        ):
            with self.subTest(name=name, data=data[:20]):
                self.assertIsNone(intake.sniff(data, name))

    def test_a_file_name_leads_nowhere(self):
        for name, expected in (
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\photo.jpg", "photo.jpg"),
            (".htaccess", "htaccess"),
            ("..", "file"),
            (None, "file"),
            ("a\x00.png", "a.png"),
            ("photo\u202egpj.exe", "photogpj.exe"),
            (
                '"><img src=x onerror=alert(1)>.png',
                "___img src=x onerror=alert(1)_.png",
            ),
            ("=1+1.txt", "_=1+1.txt"),
            ("泄漏 照片.png", "泄漏 照片.png"),
            ("x" * 300 + ".png", "x" * 96 + ".png"),
        ):
            with self.subTest(name=name):
                self.assertEqual(intake.clean_filename(name), expected)
