from odoo.tests import tagged

from .common import CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestMoneyCurrencies(CustomerSuccessCase):
    """Documents in foreign currencies: dated rates only, never 1:1."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A currency without rates but those of the test.
        cls.foreign = cls.env["res.currency"].create(
            {"name": "XTS", "symbol": "x", "rounding": 0.01}
        )

    def _create_rate(self, day, rate, company=None, currency=None):
        self.env["res.currency.rate"].create(
            {
                "currency_id": (currency or self.foreign).id,
                "name": day,
                "rate": rate,
                "company_id": (company or self.company).id,
            }
        )

    def _score_order(self, day, amount):
        self.company.customer_money_source = "ordered"
        partner = self._create_partner(f"Foreign order {day}")
        order = self._create_order(partner, day, amount, currency=self.foreign)
        self.assertEqual(order.currency_id, self.foreign)
        self.assertEqual(order.amount_untaxed, amount)
        return self._measure(partner)

    def _score_invoice(self, day, amount, **values):
        partner = self._create_partner(f"Foreign invoice {day}")
        invoice = self._create_invoice(
            partner, day, amount, currency_id=self.foreign.id, **values
        )
        self.assertEqual(invoice.currency_id, self.foreign)
        return self._measure(partner)

    def test_order_is_converted_at_the_latest_rate_dated_up_to_its_day(self):
        self._create_rate("2026-01-01", 5)
        self._create_rate("2026-05-01", 2)
        self._create_rate("2026-05-02", 10)
        row = self._score_order("2026-05-01", 100)
        self.assertEqual(row["amount_12m"], 50)
        self.assertEqual(row["values"]["amount_12m"], (50, 1, None))

    def test_order_amount_is_rounded_to_the_company_currency(self):
        self._create_rate("2026-01-01", 3)
        self.assertEqual(
            float(self._score_order("2026-05-01", 100)["amount_12m"]), 33.33
        )

    def test_order_without_any_rate_makes_the_amount_unknown_but_is_scored(self):
        row = self._score_order("2026-05-01", 100)
        self.assertEqual(row["values"]["amount_12m"], (None, None, "no_rate"))
        self.assertEqual(row["values"]["growth_rate"], (None, None, "no_rate"))
        self.assertEqual(row["values"]["orders_12m"], (1, 2, None))
        # Half a year and one order are 2 points: 40 x (5.5 + 2 + 5.5 + 5.5) / 40
        self.assertEqual(row["tier_total"], 18.5)
        self.assertIsNone(row["points"]["Value, 12-month amount"])

    def test_rate_dated_after_the_order_is_not_used(self):
        self._create_rate("2026-05-02", 2)
        row = self._score_order("2026-05-01", 100)
        self.assertEqual(row["values"]["amount_12m"], (None, None, "no_rate"))

    def test_order_of_the_window_before_leaves_the_amount_known(self):
        row = self._score_order("2025-05-01", 100)
        self.assertEqual(row["values"]["amount_12m"], (0, 1, None))
        self.assertEqual(row["amount_prev_12m_state"], "no_rate")

    def test_rate_of_another_company_is_not_used(self):
        self._create_rate("2026-01-01", 2, self.other_company)
        row = self._score_order("2026-05-01", 100)
        self.assertEqual(row["values"]["amount_12m"], (None, None, "no_rate"))

    def test_day_of_an_order_is_the_local_one_for_its_rate(self):
        self.company.customer_tz = "Asia/Shanghai"
        self._create_rate("2026-01-01", 5)
        self._create_rate("2026-05-02", 2)
        self.company.customer_money_source = "ordered"
        partner = self._create_partner("Late in the evening")
        order = self._create_order(partner, "2026-05-01", 100, currency=self.foreign)
        order.date_order = "2026-05-01 16:30:00"  # 00:30 on 2 May in Shanghai
        self.assertEqual(self._measure(partner)["amount_12m"], 50)

    def test_invoice_counts_as_booked_whatever_the_rates_say_later(self):
        self._create_rate("2026-01-01", 4)
        partner = self._create_partner("Booked")
        self._create_invoice(partner, "2026-05-01", 100, currency_id=self.foreign.id)
        self._create_rate("2026-04-01", 2)
        self.assertEqual(self._measure(partner)["amount_12m"], 25)

    def test_invoice_booked_at_one_without_a_dated_rate_makes_the_amount_unknown(self):
        row = self._score_invoice("2026-05-01", 100)
        self.assertEqual(row["values"]["amount_12m"], (None, None, "no_rate"))
        self.assertEqual(row["values"]["overdue_rate"][2], None)
        self.assertEqual(row["rating_state"], "rated")

    def test_refund_booked_at_one_makes_the_amount_unknown_too(self):
        row = self._score_invoice("2026-05-01", 100, move_type="out_refund")
        self.assertEqual(row["values"]["amount_12m"], (None, None, "no_rate"))

    def test_invoice_booked_at_one_is_known_when_a_dated_rate_says_one(self):
        self._create_rate("2026-05-01", 1)
        row = self._score_invoice("2026-05-01", 100)
        self.assertEqual(row["values"]["amount_12m"], (100, 1, None))

    def test_invoice_booked_at_one_is_known_when_both_currencies_have_one_rate(self):
        self._create_rate("2026-05-01", 2)
        self._create_rate("2026-05-01", 2, currency=self.company.currency_id)
        row = self._score_invoice("2026-05-01", 100)
        self.assertEqual(row["values"]["amount_12m"], (100, 1, None))

    def test_invoice_booked_at_one_before_the_first_rate_is_unknown(self):
        self._create_rate("2026-05-02", 1)
        row = self._score_invoice("2026-05-01", 100, invoice_currency_rate=1)
        self.assertEqual(row["values"]["amount_12m"], (None, None, "no_rate"))

    def test_invoice_of_the_window_before_leaves_the_amount_known(self):
        row = self._score_invoice("2025-05-01", 100)
        self.assertEqual(row["values"]["amount_12m"], (0, 1, None))
        self.assertEqual(row["amount_prev_12m_state"], "no_rate")

    def test_amount_is_unknown_where_the_scorecard_is_in_another_currency(self):
        self.other_company.customer_tz = "UTC"
        self.assertNotEqual(self.other_company.currency_id, self.company.currency_id)
        partner = self._create_partner("Other currency")
        self._create_invoice(partner, "2026-05-01", 100, company=self.other_company)
        row = self._measure(partner, company=self.other_company)
        self.assertEqual(row["amount_12m"], 100)
        self.assertEqual(row["values"]["amount_12m"], (None, None, "other_currency"))
        self.assertEqual(row["values"]["orders_12m"], (1, 2, None))
