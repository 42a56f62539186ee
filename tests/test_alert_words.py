from odoo.tests import tagged

from .common import CustomerSuccessCase

SILENCE = {
    "interval": 21.0,
    "silence": 63,
    "closed_days": 0,
    "orders": 12,
    "percent": 50,
    "horizon": 90,
    "usual_value": 4300.0,
    "last_order": "2026-09-01",
}
# Evidence and the sentence, by hand: what is unknown is left out.
SENTENCES = (
    (
        "churn_at_risk",
        SILENCE,
        "Usually orders every 21 days; 63 days since the last order, 3 times the usual"
        " interval; about 50% chance of an order in the next 90 days; usual value of 90"
        " days $\xa04,300.",
        "通常每21天下单一次；距上次下单已有63天，是平时间隔的3倍；未来90天下单可能性约50%；"
        "90天常规下单金额$\xa04,300。",
    ),
    (
        "no_order_days",
        {**SILENCE, "percent": None, "silence": 51.5, "interval": 20.6},
        "Usually orders every 21 days; 52 days since the last order, 2.5 times the usual"
        " interval; usual value of 90 days $\xa04,300.",
        "通常每21天下单一次；距上次下单已有52天，是平时间隔的2.5倍；"
        "90天常规下单金额$\xa04,300。",
    ),
    (
        "no_order_months",
        {"silence": 70, "orders": 0, "months": 2, "horizon": 90, "usual_value": 900.0},
        "No order in 2 complete months; 70 days since the last order.",
        "连续2个完整自然月没有下单；距上次下单已有70天。",
    ),
    (
        "churn_lost",
        {**SILENCE, "interval": 1.2, "silence": 400, "percent": 0, "usual_value": 0.4},
        "Usually orders every day; 400 days since the last order, 333 times the usual"
        " interval; hardly any chance of an order in the next 90 days.",
        "通常每天下单；距上次下单已有400天，是平时间隔的333倍；未来90天几乎不可能下单。",
    ),
    (
        "churn_watch",
        {**SILENCE, "closed_days": 9, "usual_value": 1234567.0},
        "Usually orders every 21 days; 63 days since the last order, closed days not"
        " counted, 3 times the usual interval; about 50% chance of an order in the next"
        " 90 days; usual value of 90 days $\xa01,234,567.",
        "通常每21天下单一次；距上次下单已有63天（休市日除外），是平时间隔的3倍；"
        "未来90天下单可能性约50%；90天常规下单金额$\xa01,234,567。",
    ),
    (
        "frequency_drop",
        {"recent": 2, "before": 9, "months": 6},
        "Orders in the last 6 months: 2, in the 6 months before: 9.",
        "近6个月下单2次，此前6个月下单9次。",
    ),
    (
        "amount_drop",
        {"amount": 7000.0, "before": 10000.0, "rate": -0.3},
        "$\xa07,000 in 12 months, 30% less than the $\xa010,000 of the 12 months before.",
        "近12个月合作金额$\xa07,000，比此前12个月的$\xa010,000少30%。",
    ),
    (
        "amount_drop",
        {"amount": -50.0, "before": 86100.0, "rate": -1.0006},
        "Nothing in 12 months, $\xa086,100 in the 12 months before.",
        "近12个月没有合作金额，此前12个月为$\xa086,100。",
    ),
    (
        "overdue_payment",
        {"overdue_rate": 0.4, "late_days": 31},
        "40% of the receivables are overdue; 31 days late on average.",
        "40%的应收款已逾期；平均逾期31天。",
    ),
    (
        "health_drop",
        {"health": 45.4, "before": 63.2, "days": 30},
        "Health 63 → 45 within 30 days.",
        "健康分63 → 45，历时30天。",
    ),
    (
        "renewal_near",
        {"milestone_id": 1, "date_end": "2027-01-02", "days": 42},
        "The contract ends on 01/02/2027, in 42 days; nobody has talked about it and no"
        " next step is open.",
        "合同将于2027年01月02日到期，还有42天；尚未有人跟进，也没有下一步计划。",
    ),
    (
        "few_interactions",
        {"count": 1, "target": 6.0, "days": 91},
        "Effective interactions in 91 days: 1, wanted: 6.",
        "近91天有效沟通1次，目标6次。",
    ),
    ("churn_at_risk", {}, "", ""),
    ("churn_at_risk", None, "", ""),
    ("amount_drop", {"amount": 10.0, "before": 0}, "", ""),
    ("something_new", SILENCE, "", ""),
)


@tagged("post_install", "-at_install")
class TestAlertWords(CustomerSuccessCase):
    """One sentence says why, in English and Chinese, and leaves out what is unknown."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["res.lang"]._lang_get("zh_CN").date_format = "%Y年%m月%d日"
        cls.words = cls.env["customer.alert.words"]

    def _say(self, signal, evidence, lang="en_US"):
        words = self.words.with_context(lang=lang)
        return words._get_sentence(signal, evidence, self.company)

    def test_every_signal_says_why_in_english(self):
        for signal, evidence, sentence, _chinese in SENTENCES:
            with self.subTest(signal=signal, evidence=evidence):
                self.assertEqual(self._say(signal, evidence), sentence)

    def test_every_signal_says_why_in_chinese(self):
        for signal, evidence, _sentence, chinese in SENTENCES:
            with self.subTest(signal=signal, evidence=evidence):
                self.assertEqual(self._say(signal, evidence, "zh_CN"), chinese)

    def test_every_signal_has_words(self):
        signals = self.env["customer.alert.rule"]._get_signals()
        self.assertLessEqual(set(signals), set(self.words._get_sayings()))

    def test_who_has_left_is_named_with_his_roles(self):
        partner = self._create_partner("Azure")
        profile = self._get_profile(partner)
        contact = self._create_partner("Ben", parent_id=partner.id, is_company=False)
        role = self.env["customer.stakeholder.role"].search([], limit=1)
        row = self.env["customer.stakeholder"].create(
            {
                "profile_id": profile.id,
                "partner_id": contact.id,
                "role_id": role.id,
                "date_from": "2026-01-01",
            }
        )
        evidence = {"stakeholder_ids": row.ids, "reason": "employer"}
        self.assertEqual(
            self._say("contact_left", evidence),
            f"Ben has left the decision chain ({role.name}); "
            f"{self._get_reason('employer')}.",
        )
        row.unlink()
        self.assertEqual(
            self._say("contact_left", evidence),
            "Somebody of the decision chain has left.",
        )

    def _get_reason(self, code):
        reasons = self.env["customer.stakeholder"]._fields["end_reason"]
        return dict(reasons._description_selection(self.env))[code]

    def test_tiers_are_named_by_their_codes(self):
        evidence = {
            "tier_id": self.tiers["A"].id,
            "today_id": self.tiers["B"].id,
            "date_review": "2026-12-31",
        }
        self.assertEqual(
            self._say("tier_at_risk", evidence),
            "Would fall from A to B at the tier review on 12/31/2026.",
        )
        self.assertEqual(
            self._say("tier_at_risk", evidence, "zh_CN"),
            "在2026年12月31日的等级重评中将由A级降为B级。",
        )

    def test_no_sentence_speaks_of_the_model(self):
        for _signal, _evidence, sentence, _chinese in SENTENCES:
            self.assertNotRegex(sentence.lower(), r"alive|model|alpha|lambda|0\.\d")
