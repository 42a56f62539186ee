from lxml import html
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from .test_score_history import HistoryCase


@tagged("post_install", "-at_install")
class TestScoreCompare(HistoryCase):
    """Two days of a customer side by side."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._create_customer("Compared", cls.seller)
        cls.metrics = {
            metric.code: metric for metric in cls.tier_card.dimension_ids.metric_ids
        }

    def _create_tier_score(self, day, total, amount, days, card=None, **points):
        metrics = (card or self.tier_card).dimension_ids.metric_ids
        detail = {
            "metrics": {
                str(metric.id): {
                    "amount_12m": [amount, 6, None],
                    "late_days": days,
                }.get(metric.code, [None, None, "no_fact"])
                for metric in metrics
            }
        }
        return self._create_score(
            self.profile, day, total, card=card, detail=detail, **points
        )

    def _compare(self, then="2026-06-30", now="2026-11-21", user=None):
        """Return the rows of the tier table as lists of texts."""
        wizard = (
            self.env["customer.score.compare"]
            .with_user(user or self.seller)
            .create({"profile_id": self.profile.id, "date_from": then, "date_to": now})
        )
        self.html = wizard.comparison
        table = html.fromstring(f"<div>{wizard.comparison}</div>").find(".//table")
        rows = [
            [" ".join(cell.text_content().split()) for cell in row]
            for row in table.iter("tr")
        ]
        return {row[0]: row[1:] for row in rows[2:]}, rows[1]

    def test_totals_points_and_values_are_set_side_by_side(self):
        self._create_tier_score("2026-06-30", 21.2, 90000, [31, 3, None])
        self._create_tier_score("2026-11-01", 24.5, 120000, [8.0, 7, None])
        rows, heads = self._compare()
        self.assertEqual(rows["Total"], ["21.2", "24.5", "+3.3 ▲"])
        amount = rows[self.metrics["amount_12m"].display_name]
        symbol = self.company.currency_id.symbol
        self.assertEqual(
            [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in amount],
            [
                f"{symbol} 90,000 in 12 months, 6 of 10 points",
                f"{symbol} 120,000 in 12 months, 6 of 10 points",
                f"+{symbol} 30,000",
            ],
        )
        # fewer days late are better: the sign is the value's, the arrow the points'
        self.assertEqual(
            rows[self.metrics["late_days"].display_name],
            ["31 days, 3 of 10 points", "8 days, 7 of 10 points", "−23 days ▲"],
        )
        growth = rows[self.metrics["growth_rate"].display_name]
        self.assertIn("Unknown, no order or invoice yet", growth[0])
        self.assertEqual(growth[2], "")
        self.assertIn("as of 06/30/2026", heads[1])
        self.assertIn("as of 11/01/2026", heads[2])

    def test_the_row_that_held_on_the_day_counts_not_a_later_one(self):
        self._create_tier_score("2026-03-31", 18, 1, [1, 9, None])
        self._create_tier_score("2026-06-30", 20, 1, [1, 9, None])
        self._create_tier_score("2026-07-01", 22, 1, [1, 9, None])
        rows, __ = self._compare("2026-06-30", "2026-06-30")
        self.assertEqual(rows["Total"], ["20", "20", "="])
        rows, __ = self._compare("2026-06-29", "2026-07-01")
        self.assertEqual(rows["Total"], ["18", "22", "+4 ▲"])

    def test_days_the_wrong_way_round_are_turned(self):
        self._create_tier_score("2026-03-31", 18, 1, [1, 9, None])
        self._create_tier_score("2026-06-30", 16, 1, [1, 9, None])
        rows, __ = self._compare("2026-06-30", "2026-03-31")
        self.assertEqual(rows["Total"], ["18", "16", "−2 ▼"])

    def test_no_score_by_then_is_said(self):
        self._create_tier_score("2026-11-01", 24.5, 120000, [8, 7, None])
        rows, heads = self._compare("2026-06-30", "2026-11-21")
        self.assertEqual(heads[1], "no score on or before 06/30/2026")
        self.assertEqual(rows["Total"], ["–", "24.5", ""])

    def test_another_scorecard_is_said(self):
        self._create_tier_score("2026-06-30", 20, 1, [1, 9, None])
        self._compare()
        self.assertNotIn("different scorecards", self.html)
        card = self._create_version()
        self._create_tier_score("2026-11-01", 20, 1, [1, 9, None], card=card)
        rows, heads = self._compare()
        self.assertIn("different scorecards", self.html)
        self.assertIn("Second card", heads[2])
        self.assertEqual(
            rows[self.metrics["late_days"].display_name][:2],
            ["1 day, 9 of 10 points", "1 day, 9 of 10 points"],
        )

    def test_the_dialog_starts_with_the_last_quarter_end_and_today(self):
        with freeze_time("2026-11-21 12:00:00"):
            wizard = Form(
                self.env["customer.score.compare"]
                .with_user(self.seller)
                .with_context(default_profile_id=self.profile.id)
            )
        self.assertEqual(wizard.date_from, self._to_date("2026-09-30"))
        self.assertEqual(wizard.date_to, self._to_date("2026-11-21"))
        self.assertIn("no score on or before 09/30/2026", wizard.comparison)

    def test_customers_of_others_are_not_compared(self):
        self._create_tier_score("2026-06-30", 20, 1, [1, 9, None])
        for user in (self.stranger, self.plain, self.portal):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._compare(user=user)
