from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .alert_mail_common import AlertMailCase
from .paper_common import PaperCase, run_tool

PAPER = "customer_success.report_customer_alert"


@tagged("post_install", "-at_install")
class TestAlertReport(AlertMailCase, PaperCase):
    """Alerts on paper: real PDFs, printed by a sales person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner.name = "Sally"
        team = cls.env["crm.team"].create({"name": "Team", "company_id": False})
        cls.env["crm.team.member"].create(
            [
                {"crm_team_id": team.id, "user_id": user.id}
                for user in (cls.owner, cls.colleague)
            ]
        )

    def _print(self, alerts, user=None):
        return self._print_paper(PAPER, alerts, user or self.owner)

    def test_paper_shows_why_how_urgent_and_what_was_done(self):
        alert = self._create_alert("Alpha Ltd", self.owner)
        alert.profile_id.write({"tier_id": self.tiers["A"].id, "health": "watch"})
        activity = alert.activity_schedule(
            "mail.mail_activity_data_call",
            user_id=self.owner.id,
            date_deadline=date(2026, 11, 25),
        )
        done = alert.activity_schedule(
            "mail.mail_activity_data_meeting",
            user_id=self.owner.id,
            date_deadline=date(2026, 11, 20),
        )
        done.with_user(self.owner).action_feedback()
        snoozed = self._create_alert("Beta Ltd", self.owner, priority=20)
        snoozed._set_snoozed("date", date(2026, 12, 1), "Trade fair")
        closed = self._create_alert("Gamma Ltd", self.owner, priority=10)
        closed._set_closed("saved", date(2026, 11, 19), self.owner)
        [page] = self._read_pages(self._print(closed | alert | snoozed))
        for text in (
            "Alerts · internal",
            "Sally",
            "11/21/2026",
            "1/1",
            "A (key) · Watch",
            "No order Serious",
            "$ 4,300.00",
            "Meeting: done",
            f"11/25/2026 {activity.activity_type_id.name}: planned",
            "Snoozed until 12/01/2026: Trade fair",
            "11/19/2026 closed: Saved",
        ):
            self.assertIn(text, page)
        self.assertRegex(page, "Usually orders every 21 days; 63 days since")
        # the most urgent one first, whatever was selected first
        self.assertLess(page.index("Alpha Ltd"), page.index("Beta Ltd"))
        self.assertLess(page.index("Beta Ltd"), page.index("Gamma Ltd"))

    def test_each_person_starts_a_page_and_each_page_repeats_the_header(self):
        mine = [self._create_alert(f"Mine {n:02}", self.owner) for n in range(18)]
        theirs = self._create_alert("Theirs", self.colleague)
        pages = self._read_pages(self._print(self.alerts.union(*mine, theirs)))
        self.assertEqual(len(pages), 3)
        for page in pages:
            self.assertIn("Customer What was seen Value at risk", page)
        sally = [page for page in pages if "Sally" in page]
        self.assertEqual(len(sally), 2)
        self.assertIn("1/2", sally[0])
        self.assertIn("2/2", sally[1])
        [other] = [page for page in pages if "Sally" not in page]
        self.assertIn("Theirs", other)
        for number in range(18):
            self.assertEqual(" ".join(pages).count(f"Mine {number:02}"), 1)

    def test_chinese_paper_prints_with_embedded_fonts_on_a4(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._get("customer_success")._update_translations(
            "zh_CN"
        )
        self.owner.lang = "zh_CN"
        alert = self._create_alert("上海华信科技有限公司", self.owner)
        pdf = self._print(alert)
        [page] = self._read_pages(pdf)
        for text in ("预警", "上海华信科技有限公司", "产生日期", "处理情况"):
            self.assertIn(text, page)
        fonts = run_tool("pdffonts", pdf, "-").splitlines()[2:]
        self.assertTrue(any("CJK" in line for line in fonts), fonts)
        for line in fonts:
            self.assertEqual(line.split()[-5], "yes", line)
        info = run_tool("pdfinfo", pdf, "-")
        width, height = info.split("Page size:")[1].split("pts")[0].split("x")
        self.assertAlmostEqual(float(width), 842, delta=2)
        self.assertAlmostEqual(float(height), 595, delta=2)

    def test_nobody_prints_what_he_may_not_see(self):
        stranger = self._create_user("report_stranger", "user", lang="en_US")
        alert = self._create_alert("Alpha Ltd", self.owner)
        with self.assertRaises(AccessError):
            self._print(alert, stranger)
        plain = self._create_user("report_plain", "base.group_user", lang="en_US")
        with self.assertRaises(AccessError):
            self._print(alert, plain)
