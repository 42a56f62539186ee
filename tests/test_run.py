from odoo.tests import tagged

from .common import CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestRun(CustomerSuccessCase):
    """The nightly run from facts to tier and health, end to end."""

    def test_scheduled_run_rates_a_customer_from_his_ledger(self):
        partner = self._create_partner("Run customer")
        for day in ("2025-12-01", "2026-03-01", "2026-06-01", "2026-09-01"):
            self._create_order(partner, day, 6000)
            invoice = self._create_invoice(partner, day, 6000)
            self._pay(invoice, day)
        self._run_cron()
        profile = self.env["customer.profile"].search([("partner_id", "=", partner.id)])
        self.assertRecordValues(
            profile,
            [
                {
                    "amount_12m": 24000.0,
                    "order_count_12m": 4,
                    "rating_state": "rated",
                    "is_dormant": False,
                    "is_overdue": False,
                }
            ],
        )
        values = self._get_values(profile)
        # 24,000 reaches 5,000, 10,000 and 20,000; 11 complete months; 4 orders.
        self.assertEqual(values["amount_12m"], (24000.0, 4, None))
        self.assertEqual(values["tenure_years"], (0.92, 2, None))
        self.assertEqual(values["orders_12m"], (4, 4, None))
        self.assertEqual(values["overdue_rate"], (0, 10, None))
        self.assertEqual(values["late_days"], (0, 10, None))
        self.assertEqual(values["growth_rate"], (None, None, "too_young"))
        # 40 x (4 + 3 + 5.5 + 10) / 40
        self.assertEqual(profile.tier_score, 22.5)
        self.assertEqual(profile.tier_id.code, "B")
        self.assertEqual(str(profile.date_next_review), "2026-12-31")
        # 81 days since the last order: 6 points; payment 10 points
        self.assertEqual(
            self._get_points(profile, "health"),
            {
                **dict.fromkeys(("Relationship", "Renewal", "Service", "Satisfaction")),
                "Activity": 6,
                "Payment": 10,
            },
        )
        self.assertEqual(profile.health_score, 77.78)
        self.assertEqual(profile.health, "healthy")

    def test_second_run_of_the_day_writes_nothing(self):
        self._create_order(self._create_partner("Twice"), "2026-10-01", 100)
        self._run_cron()
        before = self._count_rows()
        self._run_cron()
        self.assertEqual(self._count_rows(), before)
        runs = self.env["customer.run"].search([("job", "=", "refresh")], limit=2)
        self.assertEqual(runs.mapped("staged_count"), [0, 0])

    def _count_rows(self):
        models = ("customer.score", "customer.tier.change", "customer.profile")
        return [self.env[model].search_count([]) for model in models]
