from datetime import timedelta

from odoo.tests import tagged

from .common import DAY, CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestChurnRhythmKept(CustomerSuccessCase):
    """What is kept of a rhythm while there is no model: no chance tells of a change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fits = cls.env["customer.churn.fit"]
        fits.search([("company_id", "=", cls.company.id)]).state = "past"
        fits.flush_model()
        fits.create(
            {
                "company_id": cls.company.id,
                "date": DAY,
                "state": "current",
                "rung": "fixed",
                "mean_interval": 20,
                "silence_days": 60,
                "horizon_days": 90,
            }
        )
        cls.partner = cls._create_partner("Kept")

    def _order(self, *days_before):
        day = self._to_date(DAY)
        return [
            self._create_order(self.partner, str(day - timedelta(days=days)), 100)
            for days in days_before
        ]

    def _refresh(self):
        return self.env["customer.churn"]._refresh(self.company, self._to_date(DAY))

    def test_another_horizon_changes_the_usual_value(self):
        self._order(400, 390, 380, 370)
        profile = self._score(self.partner, DAY)
        self._refresh()
        self.assertAlmostEqual(profile.churn_id.usual_value, 900)
        self.company.customer_churn_horizon = 30
        self._refresh()
        self.assertAlmostEqual(profile.churn_id.usual_value, 300)
        self.assertAlmostEqual(profile.churn_id.value_at_risk, 300)
        self.assertEqual(self._refresh(), 0)

    def test_rhythm_of_cancelled_orders_ends_although_older_ones_are_left(self):
        self._order(1500)
        [recent] = self._order(40)
        profile = self._score(self.partner, DAY)
        self._refresh()
        self.assertEqual(profile.churn_id.date_last_order, recent.date_order.date())
        # an order that is newer than the snapshot stays
        [newer] = self._order(0)
        self._refresh()
        self.assertEqual(str(profile.date_last_order), DAY)
        (recent | newer).write({"state": "cancel"})
        self._score(self.partner, DAY)
        self._refresh()
        self.assertFalse(profile.churn_id)
        self.assertFalse(profile.date_last_order)
