from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import DAY
from .paper_common import PaperCase, run_tool
from .tracking_common import TrackingCase

PAPER = "customer_success.report_customer_tracking"
HEADS = (
    "客户名称", "客户等级", "关键决策人", "当前维护目标", "本月核心动作", "责任人",
    "完成时限", "客户反馈", "效果评估(NPS/满意度)",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestTrackingPaper(TrackingCase, PaperCase):
    """The strategy tracking table as a real PDF, printed by a sales person."""

    def _print(self, rows, user=None):
        return self._print_paper(PAPER, rows, user or self.sales)

    def test_paper_has_a_line_per_customer_with_his_actions_below_each_other(self):
        self._create_decision_maker("Gao")
        self._create_action("Business review", "2026-11-30")
        self._create_action("Deep visit", "2026-11-20")
        [page] = self._read_pages(self._print(self._track()))
        for text in (
            "Customer Strategy Tracking Table",
            "Strategy tracking · internal",
            "November 2026",
            "Business review",
            "11/20/2026",
            "(late)",
            "11/30/2026",
            "Gao",
            "To be",
            "1/1",
        ):
            self.assertIn(text, page)
        self.assertLess(page.index("Deep visit"), page.index("Business review"))

    def test_many_customers_take_pages_that_repeat_the_header_and_cut_no_line(self):
        profiles = self.profile.browse()
        for number in range(30):
            profiles |= self._create_customer(f"Many{number:02}", "B")
        for plan in self._launch(profiles):
            self._create_action("Visit", "2026-11-25", plan)
        pages = self._read_pages(self._print(self._track()))
        self.assertGreater(len(pages), 1)
        for number, page in enumerate(pages, 1):
            self.assertIn("Customer Name", page)
            self.assertIn("Core Actions This", page)
            self.assertIn(f"{number}/{len(pages)}", page)
        for number in range(30):
            self.assertEqual(" ".join(pages).count(f"Many{number:02}"), 1)

    def test_chinese_paper_has_the_nine_heads_word_for_word_and_embedded_fonts(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._get("customer_success")._update_translations(
            "zh_CN"
        )
        self.sales.lang = "zh_CN"
        self.profile.partner_id.name = "上海华信科技有限公司"
        self._create_action("Business review", "2026-11-30")
        pdf = self._print(self._track())
        raw = self._read_text(pdf, "-raw")
        # one sign for the two that look the same in the font
        text = "".join(raw.split()).replace("戶", "户")
        for head in HEADS:
            self.assertIn(head, text)
        self.assertIn("上海华信", text)
        self.assertIn("2026年11月", text)
        fonts = run_tool("pdffonts", pdf, "-").splitlines()[2:]
        self.assertTrue(any("CJK" in line for line in fonts), fonts)
        for line in fonts:
            self.assertEqual(line.split()[-5], "yes", line)
        info = run_tool("pdfinfo", pdf, "-")
        width, height = info.split("Page size:")[1].split("pts")[0].split("x")
        self.assertAlmostEqual(float(width), 842, delta=2)
        self.assertAlmostEqual(float(height), 595, delta=2)

    def test_a_customer_with_many_actions_goes_on_after_ten(self):
        for number in range(23):
            self._create_action(f"Deed{number:02}", "2026-11-25")
        report = self.env["report.customer_success.report_customer_tracking"]
        with freeze_time(f"{DAY} 12:00:00"):
            values = report.with_user(self.sales)._get_report_values(self._track().ids)
        [table] = values["tables"]
        blocks = [block for page in table["pages"] for block in page]
        self.assertEqual([len(block["lines"]) for block in blocks], [10, 10, 3])
        self.assertEqual({block["customer"] for block in blocks}, {"Customer"})

    def test_nobody_prints_what_he_may_not_see(self):
        row = self._track()
        plain = self._create_user("tracking_plain", "base.group_user", lang="en_US")
        for user in (self.stranger, plain):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._print(row, user)
