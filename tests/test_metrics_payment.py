from odoo.tests import tagged

from .common import CustomerSuccessCase

UNKNOWN = (None, None, "none_due")


@tagged("post_install", "-at_install")
class TestPaymentMetrics(CustomerSuccessCase):
    """Overdue share and days late, from the receivable lines."""

    def _score_risk(self, partner, day="2026-11-21"):
        values = self._measure(partner, day)["values"]
        return values["overdue_rate"], values["late_days"]

    def test_risk_is_unknown_when_no_invoice_fell_due(self):
        partner = self._create_partner("Not due")
        self._create_order(partner, "2026-11-01", 100)
        self.assertEqual(self._score_risk(partner), (UNKNOWN, UNKNOWN))
        invoice = self._create_invoice(partner, "2026-11-01", 100, due="2026-11-22")
        self.assertEqual(self._score_risk(partner), (UNKNOWN, UNKNOWN))
        self._pay(invoice, "2026-11-10")
        self.assertEqual(self._score_risk(partner), (UNKNOWN, UNKNOWN))
        self.assertIsNone(self._measure(partner)["points"]["Risk (10 = safe)"])

    def test_overdue_share_is_zero_and_known_when_all_that_fell_due_is_paid(self):
        partner = self._create_partner("Good payer")
        invoice = self._create_invoice(partner, "2025-11-22", 100, due="2025-11-22")
        self._pay(invoice, "2025-11-22")
        self.assertEqual(self._score_risk(partner), ((0, 10, None), (0, 10, None)))
        # A day later the due day has left the twelve months.
        self.assertEqual(self._score_risk(partner, "2026-11-22"), (UNKNOWN, UNKNOWN))

    def test_invoice_is_overdue_from_the_day_after_its_due_day(self):
        partner = self._create_partner("Due day")
        self._create_invoice(partner, "2026-10-21", 100, due="2026-11-20")
        self.assertEqual(
            self._score_risk(partner, "2026-11-20"),
            ((0, 10, None), (None, None, "none_paid")),
        )
        self.assertEqual(
            self._score_risk(partner, "2026-11-21"), ((1, 1, None), (1, 9, None))
        )
        self.assertTrue(self._measure(partner)["is_overdue"])

    def test_overdue_share_is_of_the_whole_receivable(self):
        partner = self._create_partner("A tenth")
        self._create_invoice(partner, "2026-10-01", 100, due="2026-11-01")
        self._create_invoice(partner, "2026-11-01", 900, due="2026-12-01")
        overdue, late = self._score_risk(partner)
        # 100 of 1,000 equals the fourth threshold: three lie below it.
        self.assertEqual(overdue, (0.1, 7, None))
        # Open since 20 days; the invoice not yet due is no payment behaviour.
        self.assertEqual(late, (20, 6, None))

    def test_days_late_weigh_payments_and_open_overdue_amounts(self):
        partner = self._create_partner("Mixed")
        punctual = self._create_invoice(partner, "2026-05-01", 600, due="2026-06-01")
        self._pay(punctual, "2026-05-20")
        late = self._create_invoice(partner, "2026-05-01", 300, due="2026-06-01")
        self._pay(late, "2026-06-11")
        self._create_invoice(partner, "2026-10-01", 100, due="2026-11-01")
        overdue, days = self._score_risk(partner)
        # (600 x 0 + 300 x 10 + 100 x 20) / 1,000; early payment earns nothing.
        self.assertEqual(days, (5, 8, None))
        self.assertEqual(overdue, (1, 1, None))

    def test_partial_payments_weigh_with_their_own_day(self):
        partner = self._create_partner("Parts")
        invoice = self._create_invoice(partner, "2026-05-01", 1000, due="2026-06-01")
        self._pay(invoice, "2026-06-04", 500)
        self._pay(invoice, "2026-06-15", 300)
        overdue, days = self._score_risk(partner, "2026-07-01")
        # (500 x 3 + 300 x 14 + 200 x 30) / 1,000
        self.assertEqual(days, (11.7, 7, None))
        self.assertEqual(overdue, (1, 1, None))

    def test_refunds_are_no_payments(self):
        partner = self._create_partner("Refunded")
        invoice = self._create_invoice(partner, "2026-05-01", 100, due="2026-06-01")
        refund = self._create_invoice(
            partner, "2026-08-01", 100, move_type="out_refund"
        )
        self._reconcile(invoice, refund)
        self.assertEqual(
            self._score_risk(partner), ((0, 10, None), (None, None, "none_paid"))
        )

    def _reconcile(self, *moves):
        lines = self.env["account.move.line"].concat(*[m.line_ids for m in moves])
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()

    def test_open_credit_does_not_reduce_what_is_overdue(self):
        partner = self._create_partner("Credit")
        self._create_invoice(partner, "2026-05-01", 100, due="2026-06-01")
        self._create_invoice(partner, "2026-05-02", 40, move_type="out_refund")
        profile = self._score(partner)
        self.assertEqual(profile.snapshot_id.receivable_residual, 100)
        self.assertEqual(profile.snapshot_id.overdue_residual, 100)

    def test_old_overdue_invoice_keeps_the_risk_known(self):
        partner = self._create_partner("Old debt")
        self._create_invoice(partner, "2024-01-01", 100, due="2024-01-31")
        self.assertEqual(
            self._score_risk(partner, "2026-01-31"), ((1, 1, None), (731, 1, None))
        )

    def test_paid_instalment_makes_the_risk_known_before_the_last_one_is_due(self):
        partner = self._create_partner("Instalments")
        term = self.env["account.payment.term"].create(
            {
                "name": "30 days and a year",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 30}),
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 365}),
                ],
            }
        )
        invoice = self._create_invoice(
            partner, "2026-07-01", 1000, invoice_payment_term_id=term.id
        )
        self._pay(invoice, "2026-08-03", 500)
        # Due on 2026-07-31, three days late; 500 more are due in a year.
        self.assertEqual(self._score_risk(partner), ((0, 10, None), (3, 9, None)))

    def test_instalment_paid_in_time_makes_the_risk_known(self):
        partner = self._create_partner("Instalments in time")
        term = self.env["account.payment.term"].create(
            {
                "name": "Now and in a year",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 0}),
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 365}),
                ],
            }
        )
        invoice = self._create_invoice(
            partner, "2026-07-01", 1000, invoice_payment_term_id=term.id
        )
        self._pay(invoice, "2026-07-01", 500)
        self.assertEqual(self._score_risk(partner), ((0, 10, None), (0, 10, None)))

    def test_collection_days_count_from_the_invoice_to_the_payment(self):
        partner = self._create_partner("Collection")
        invoice = self._create_invoice(partner, "2026-05-01", 100, due="2026-06-01")
        self._pay(invoice, "2026-05-21")
        snapshot = self._score(partner).snapshot_id
        self.assertEqual(snapshot.paid_amount_12m, 100)
        self.assertEqual(snapshot.paid_collection_weight_12m, 2000)
