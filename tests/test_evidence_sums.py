from odoo.tests import tagged

from .common import DAY
from .evidence_common import EvidenceCase


@tagged("post_install", "-at_install")
class TestEvidenceSums(EvidenceCase):
    """The records of a list add up to the figure, worked out by hand."""

    def _invoice(self, day, amount, due=None, **values):
        return self._create_invoice(
            self.partner, day, amount, due, invoice_user_id=self.sales.id, **values
        )

    def _order(self, day, amount, **values):
        return self._create_order(
            self.partner, day, amount, user_id=self.sales.id, **values
        )

    def test_amount_is_the_sum_of_invoices_refunds_and_openings(self):
        self._invoice("2025-11-21", 7000)  # the last day of the year before
        self._invoice("2025-11-22", 1000)
        self._invoice(DAY, 2500)
        self._invoice("2026-11-22", 9000)  # tomorrow
        self._invoice("2026-06-01", 300, move_type="out_refund")
        self._create_opening(self.partner, "2025-11-01", 200)  # ends on the 30th
        self._create_opening(self.partner, "2025-12-01", 0, 4)  # no money
        profile = self._score(self.partner)
        rows = self._open(profile, "amount_12m")
        self.assertEqual(sorted(rows.mapped("amount")), [-300, 200, 1000, 2500])
        self.assertEqual(sum(rows.mapped("amount")), 3400)
        self.assertEqual(self._get_value(profile, "amount_12m"), 3400)
        refund = rows.filtered(lambda row: row.amount < 0)
        self.assertEqual((refund.source, refund.res_model), ("refund", "account.move"))

    def test_growth_shows_both_periods(self):
        self._invoice("2024-01-15", 1)  # makes him older than two years
        self._invoice("2025-03-01", 1000)
        self._invoice("2025-11-21", 1000)
        self._invoice("2025-11-22", 2500)
        profile = self._score(self.partner)
        rows = self._open(profile, "growth_rate")
        by_period = {
            period: sum(found.mapped("amount"))
            for period, found in rows.grouped("period").items()
        }
        self.assertEqual(by_period, {"last": 2500, "previous": 2000})
        self.assertEqual(self._get_value(profile, "growth_rate"), 0.25)

    def test_orders_add_up_with_opening_orders(self):
        self._order("2025-11-21", 10)  # too old
        self._order("2025-11-22", 10)
        self._order(DAY, 10)
        self._create_opening(self.partner, "2026-01-01", 500, 3)
        self._invoice("2026-02-01", 10)  # counts only where there are no orders
        profile = self._score(self.partner)
        rows = self._open(profile, "orders_12m")
        self.assertEqual(sorted(rows.mapped("source")), ["opening", "order", "order"])
        self.assertEqual(sum(rows.mapped("order_count")), 5)
        self.assertEqual(self._get_value(profile, "orders_12m"), 5)

    def test_customers_without_any_order_count_invoices_but_no_refunds(self):
        self._invoice("2026-02-01", 10)
        self._invoice("2026-03-01", 10)
        self._invoice("2026-04-01", 10, move_type="out_refund")
        profile = self._score(self.partner)
        rows = self._open(profile, "orders_12m")
        self.assertEqual(rows.mapped("source"), ["invoice", "invoice"])
        self.assertEqual(self._get_value(profile, "orders_12m"), 2)

    def test_days_late_are_the_weighted_mean_of_payments_and_open_overdue(self):
        paid = self._invoice("2026-03-01", 1000, due="2026-03-31")
        self._pay(paid, "2026-04-10", 400)  # 10 days late
        self._pay(paid, "2026-03-15", 600)  # early: 0
        self._invoice("2026-10-01", 500, due="2026-11-01")  # 20 days late, open
        self._invoice("2026-11-01", 800, due="2026-12-31")  # not due
        profile = self._score(self.partner)
        rows = self._open(profile, "late_days", self.accountant)
        found = {
            (row.source, row.late_days, row.paid_amount, row.residual) for row in rows
        }
        self.assertEqual(
            found, {("paid", 10, 400, 0), ("paid", 0, 600, 0), ("open", 20, 0, 500)}
        )
        # (400 x 10 + 600 x 0 + 500 x 20) / 1500
        self.assertEqual(self._get_value(profile, "late_days"), 9.33)
        mean = sum(
            row.late_days * (row.paid_amount + row.residual) for row in rows
        ) / sum(row.paid_amount + row.residual for row in rows)
        self.assertAlmostEqual(mean, 9.3333, 3)

    def test_overdue_share_shows_what_was_open_on_the_day(self):
        late = self._invoice("2026-03-01", 1000, due="2026-03-31")
        self._pay(late, "2026-12-05", 400)  # after the day: open then
        self._invoice("2026-11-01", 3000, due=DAY)  # due today is not overdue
        profile = self._score(self.partner)
        rows = self._open(profile, "overdue_rate", self.accountant)
        self.assertEqual(
            {(row.residual, row.late_days, row.is_overdue) for row in rows},
            {(1000, 235, True), (3000, 0, False)},
        )
        self.assertEqual(self._get_value(profile, "overdue_rate"), 0.25)

    def test_first_and_last_sale_are_the_records_of_that_day(self):
        first = self._order("2023-05-05", 10)
        self._order("2024-05-05", 10)
        last = self._order("2026-10-22", 10)
        self._invoice("2026-10-30", 10)
        profile = self._score(self.partner)
        rows = self._open(profile, "tenure_years")
        self.assertEqual((rows.res_id, rows.res_model), (first.id, "sale.order"))
        rows = self._open(profile, "days_since_order")
        self.assertEqual((rows.res_id, rows.name), (last.id, last.name))
        self.assertEqual(self._get_value(profile, "days_since_order", "health"), 30)
        profile.date_customer_since = "2020-01-01"
        rows = self._open(profile, "tenure_years")
        self.assertEqual((rows.source, str(rows.date)), ("manual", "2020-01-01"))

    def test_rating_shows_when_and_by_whom(self):
        profile = self._score(self.partner)
        self.env.cr.precommit.run()  # what follows is another transaction
        editor = profile.with_user(self.sales).with_context(tracking_disable=False)
        editor.outlook_rating = 7
        self.env.flush_all()
        self.env.cr.precommit.run()
        rows = self._open(profile, "outlook_rating")
        self.assertEqual((rows.rating, str(rows.date)), (7, DAY))
        self.assertEqual(rows.user_id, self.sales)
        profile.outlook_date = "2025-11-21"  # expired
        self.assertFalse(self._open(profile, "outlook_rating"))

    def test_ordered_money_counts_orders(self):
        self.company.customer_money_source = "ordered"
        self._order("2026-01-10", 700)
        self._order("2026-02-10", 800)
        self._invoice("2026-02-11", 5)
        profile = self._score(self.partner)
        rows = self._open(profile, "amount_12m")
        self.assertEqual(sorted(rows.mapped("amount")), [700, 800])
        self.assertEqual(rows.mapped("source"), ["order", "order"])
        self.assertEqual(self._get_value(profile, "amount_12m"), 1500)
