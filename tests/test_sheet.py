import re

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .paper_common import run_tool
from .sheet_common import SHEET, SheetCase


@tagged("post_install", "-at_install")
class TestSheet(SheetCase):
    """The customer sheet as a real PDF, printed by a sales person."""

    def test_each_customer_has_one_page_with_his_figures(self):
        names = ("Azure Sheet", "Brown & Sons <Sheet>", "上海华信科技有限公司")
        profiles = self.env["customer.profile"].union(
            *map(self._create_customer, names)
        )
        pages = self._print_pages(profiles)
        self.assertEqual(len(pages), 3)
        texts = {name: [page for page in pages if name in page] for name in names}
        for name, found in texts.items():
            self.assertEqual(len(found), 1, name)
        page = texts["Azure Sheet"][0]
        # 40 x (3 + 1.5 + 5.5 + 9) / 40: 12,000; one order of a new customer; nothing
        # known of growth; paid 4 days late earns 8, nothing overdue 10.
        for text in (
            "Customer sheet · internal",
            "B (potential) Healthy Sally 12/31/2026",
            "19.00 of 40 77.78 of 100",
            "$ 12,000 in 12 months 3 $ 10,000 to $ 20,000",
            "4 days 8 3 to 7",
            "12/31/2026",
        ):
            self.assertIn(text, page)

    def test_latin_and_chinese_fonts_are_embedded(self):
        pdf = self._print(self._create_customer("上海华信科技有限公司"))
        fonts = run_tool("pdffonts", pdf, "-").splitlines()[2:]
        self.assertTrue(any("DejaVuSans" in font for font in fonts), fonts)
        self.assertTrue(any(re.search("CJKsc|CJK-SC", font) for font in fonts), fonts)
        for font in fonts:
            # the columns at the end: embedded, subset, unicode, object, generation
            self.assertEqual(font.split()[-5], "yes", font)

    def test_reader_of_chinese_gets_the_sheet_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        module = self.env["ir.module.module"]._get("customer_success")
        module._update_translations("zh_CN")
        self.sales.lang = "zh_CN"
        profile = self._create_customer("Azure Sheet")
        pages = self._print_pages(profile)
        self.assertEqual(len(pages), 1)
        for text in ("Azure Sheet", "第一责任人", "下次等级重评", "健康", "得分"):
            self.assertIn(text, pages[0])

    def test_sheet_says_what_reaches_the_next_tier_and_what_is_overdue(self):
        profile = self._create_customer("Azure Sheet", paid=False)
        [page] = self._print_pages(profile)
        self.assertIn("Overdue", page.split("Why this tier")[0])
        paid = self._create_customer("Paid Sheet")
        [page] = self._print_pages(paid)
        self.assertNotIn("Overdue", page.split("Why this tier")[0])
        # 5 points are missing to 24: value 8 instead of 3, from 500,000 on
        lift = page.split("To reach A (key)")[1].split("Why this health")[0]
        self.assertIn("from $ 12,000 to at least $ 500,000", lift)
        self.assertIn("nothing else alone reaches A (key)", lift)

    def test_tier_held_by_request_says_until_when(self):
        profile = self._create_customer("Azure Sheet")
        profile.tier_request_id = self.env["customer.tier.request"].create(
            {
                "profile_id": profile.id,
                "state": "approved",
                "wished_tier_id": self.tiers["A"].id,
                "reason": "Tender",
                "date_end": "2027-03-31",
                "requester_id": self.sales.id,
            }
        )
        [page] = self._print_pages(profile)
        self.assertIn("Held until 03/31/2027", page)

    def test_long_history_still_fits_on_one_page(self):
        profile = self._create_customer("Azure Sheet")
        first = profile.tier_change_ids
        for month in range(1, 9):
            first.sudo().copy({"date": f"2026-0{month}-28"})
        pages = self._print_pages(profile)
        self.assertEqual(len(pages), 1)
        # the five latest changes
        self.assertEqual(pages[0].count("First rating"), 5)
        self.assertIn("11/21/2026", pages[0])
        self.assertNotIn("04/28/2026", pages[0])

    def test_customer_without_any_fact_prints_as_not_rated(self):
        profile = self._score(self._create_partner("Empty", user_id=self.sales.id))
        pages = self._print_pages(profile)
        self.assertIn("Not rated", pages[0])
        self.assertIn("Not rated Unknown Sally", pages[0])
        self.assertNotIn("Why this", pages[0])

    def test_receivable_is_on_nobodys_sheet(self):
        profile = self._create_customer("Azure Sheet", paid=False)
        accountant = self._create_user(
            "sheet_accountant", "user_all,account.group_account_invoice", lang="en_US"
        )
        # sudo: the exact figure, accounting only
        self.assertEqual(profile.sudo().snapshot_id.receivable_residual, 7679)
        for user in (self.sales, accountant):
            pages = self._print_pages(profile, user)
            self.assertIn("12,000", pages[0])
            self.assertNotIn("7,679", pages[0])
            self.assertNotIn("4,321", pages[0])

    def test_sheet_of_a_colleagues_customer_is_refused(self):
        profile = self._create_customer("Not hers", self.colleague)
        own = self._create_customer("Hers")
        for profiles in (profile, own | profile):
            with self.assertRaises(AccessError):
                self._print(profiles)

    def test_plain_internal_user_gets_no_sheet(self):
        profile = self._create_customer("Azure Sheet")
        self.authenticate(
            self._create_user("sheet_plain", "base.group_user").login, "sheet_plain"
        )
        with mute_logger("odoo.http"):
            response = self.url_open(f"/report/pdf/{SHEET}/{profile.id}")
        self.assertEqual(response.status_code, 403)
        self.assertNotIn("Azure Sheet", response.text)
