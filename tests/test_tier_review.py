import doctest
import subprocess

from dateutil.relativedelta import relativedelta
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..reports import customer_tier_review_pages
from .common import DAY
from .tier_review_common import REVIEW, TierReviewCase


@tagged("post_install", "-at_install")
class TestTierReview(TierReviewCase):
    """The tier review on paper: from 30 June to 30 September 2026."""

    def test_wizard_starts_with_the_last_quarter_end_and_counts_customers(self):
        self._create_movers()
        self._create_customer("Not hers", self.colleague)
        wizard = self._prepare()
        self.assertEqual(str(wizard.date), "2026-09-30")
        self.assertEqual(str(wizard.date_before), "2026-06-30")
        everybody = self._prepare(self.manager).customer_count
        self.assertEqual(everybody - wizard.customer_count, 1)

    def test_paper_shows_matrix_structure_and_names(self):
        self._create_movers()
        [page] = self._read_pages(self._print(self._prepare()))
        for text in (
            "06/30/2026 → 09/30/2026",
            "Rated customers that Sally may see: 5",
            "1 rated for the first time",
            "1 no longer rated",
            # A before, and another A now
            "25% → 25%",
            "1 of 4 → 1 of 4",
            # 26,000 of 45,000; 15,000; 4,000 of the one who stays
            "A (key) 1 25% 1 25% $ 26,000 57.8%",
            "B (potential) 1 25% 1 25% $ 15,000 33.3%",
            "C (ordinary) 2 50% 2 50% $ 4,000 8.9%",
            "Up & Co B→A 20 → 26 $ 26,000",
            "Amount of 12 months $ 20,000 → $ 26,000 Sally",
            "A→B 24 → 18 $ 15,000 Amount of 12 months $ 24,000 → $ 18,000 Sally",
            "Tier review by hand",
        ):
            self.assertIn(text, page)
        self.assertNotIn("33", page.replace("33.3%", ""))

    def test_latin_and_chinese_fonts_are_embedded_on_a_landscape_page(self):
        self._create_movers()
        pdf = self._print(self._prepare())
        tools = [
            subprocess.run([name, "-"], input=pdf, capture_output=True, check=True)
            for name in ("pdffonts", "pdfinfo")
        ]
        fonts, info = (done.stdout.decode() for done in tools)
        lines = fonts.splitlines()[2:]
        self.assertTrue(any("CJK" in line for line in lines), lines)
        for line in lines:
            self.assertEqual(line.split()[-5], "yes", line)
        width, height = info.split("Page size:")[1].split("pts")[0].split("x")
        self.assertAlmostEqual(float(width), 842, delta=2)
        self.assertAlmostEqual(float(height), 595, delta=2)

    def test_reader_of_chinese_gets_the_paper_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._get("customer_success")._update_translations(
            "zh_CN"
        )
        self._create_movers()
        self.sales.lang = "zh_CN"
        [page] = self._read_pages(self._print(self._prepare()))
        for text in ("等级重评", "等级迁移表", "升级", "降级", "第一责任人"):
            self.assertIn(text, page)

    def test_without_changes_it_says_so(self):
        profile = self._create_customer("Stay")
        self._add_tier(profile, "2026-06-30", None, "C", 10)
        [page] = self._read_pages(self._print(self._prepare()))
        self.assertIn("Nobody moved up or down.", page)
        self.assertNotIn("What moved most", page)

    def test_without_customers_it_says_so(self):
        stranger = self._create_user("review_alone", "user", lang="en_US")
        self._create_movers()
        [page] = self._read_pages(self._print(self._prepare(stranger)))
        self.assertIn("None of the customers you may see had a tier", page)
        self.assertNotIn("Up & Co", page)

    def test_colleagues_customers_are_neither_named_nor_counted(self):
        self._create_movers()
        profile = self._create_customer("Secret Ltd", self.colleague)
        self._create_invoice(profile.partner_id, "2026-09-01", 777000)
        self._add_tier(profile, "2026-06-30", None, "B", 20)
        self._add_tier(profile, "2026-09-30", "B", "S", 33)
        text = " ".join(self._read_pages(self._print(self._prepare())))
        self.assertIn("may see: 5", text)
        self.assertNotIn("Secret Ltd", text)
        self.assertNotIn("777,000", text)
        text = " ".join(self._read_pages(self._print(self._prepare(self.manager))))
        self.assertIn("may see: 6", text)
        self.assertIn("Secret Ltd B→S 20 → 33 $ 777,000", text)

    def test_fall_of_a_dormant_customer_is_named_by_its_cause(self):
        profile = self._create_customer("Asleep")
        self._add_tier(profile, "2026-06-30", None, "B", 24)
        # 18 earns B: it is the rule for dormant customers that makes him C
        self._add_tier(profile, "2026-09-30", "B", "C", 18)
        [page] = self._read_pages(self._print(self._prepare()))
        self.assertIn("Asleep B→C 24 → 18 $ 0 No sale in 12 months Sally", page)

    def test_metric_that_became_unknown_is_named_with_its_reason(self):
        profile = self._create_customer("Forgotten")
        self._add_tier(profile, "2026-06-30", None, "A", 36)
        self._add_tier(profile, "2026-09-30", "A", "C", 8)
        score = profile.score_ids.filtered(lambda row: str(row.date) == "2026-09-30")
        metric = self.tier_card.dimension_ids.metric_ids.filtered(
            lambda metric: metric.code == "amount_12m"
        )
        score.detail = {
            "dimensions": {},
            "metrics": {str(metric.id): [None, None, "no_rate"]},
        }
        [page] = self._read_pages(self._print(self._prepare()))
        # in two lines, the person beside the first
        self.assertIn("Amount of 12 months unknown, a document has no Sally", page)
        self.assertTrue(page.endswith("exchange rate"), page)

    def test_five_hundred_changes_repeat_the_header_and_cut_no_row(self):
        for number in range(500):
            profile = self._create_customer(f"Customer {number:03d} 有限公司")
            self._add_tier(profile, "2026-06-30", None, "B", 20)
            self._add_tier(profile, "2026-09-30", "B", "A", 26)
        pages = self._read_pages(self._print(self._prepare()))
        text = " ".join(pages)
        for number in range(500):
            self.assertEqual(text.count(f"Customer {number:03d} "), 1, number)
        for page in pages:
            self.assertEqual(page.count("What moved most"), 1)
        # 32 rows and more on a page
        self.assertLessEqual(len(pages), 17)

    def test_day_to_come_is_refused_with_what_to_do(self):
        wizard = self._prepare(date=relativedelta(days=1) + self._to_date(DAY))
        with freeze_time(f"{DAY} 12:00:00"), self.assertRaises(UserError) as caught:
            wizard.action_print()
        self.assertIn("choose today, 11/21/2026", str(caught.exception))
        wizard.date = DAY
        with freeze_time(f"{DAY} 12:00:00"):
            self.assertEqual(wizard.action_print()["report_name"], REVIEW)

    def test_company_one_does_not_belong_to_is_refused(self):
        with self.assertRaises(AccessError):
            self._prepare(company_id=self.other_company.id)

    def test_plain_internal_user_gets_no_paper(self):
        self._create_movers()
        wizard = self._prepare()
        self.authenticate(
            self._create_user("review_plain", "base.group_user").login, "review_plain"
        )
        with mute_logger("odoo.http"):
            response = self.url_open(f"/report/pdf/{REVIEW}/{wizard.id}")
        self.assertEqual(response.status_code, 403)
        self.assertNotIn("Up & Co", response.text)

    def test_doctests_of_the_pages(self):
        result = doctest.testmod(customer_tier_review_pages)
        self.assertGreater(result.attempted, 0)
        self.assertFalse(result.failed)
