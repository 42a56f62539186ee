from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .alert_common import AlertCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursAlerts(HttpCase, AlertCase):
    """A sales person answers an alert from the start screen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.profile"].search([]).active = False
        cls.sales = cls._create_user("tour_alerts", "user", lang="en_US")

    def _create_run(self, today):
        self.env["customer.run"].create(
            {
                "job": "refresh",
                "company_id": self.company.id,
                "date": today,
                "state": "done",
                "end_datetime": fields.Datetime.now(),
            }
        )

    def test_sales_person_takes_an_alert_and_closes_it(self):
        today = self.company._get_customer_today()
        self._create_run(today)
        last = today - timedelta(days=63)
        profile = self._create_alerted(
            "Tour Silent", user_id=self.sales.id, tier_id=self.tiers["A"].id
        )
        self._order_every(profile, 21, 5, str(last))
        profile.churn_id = self.env["customer.churn"].create(
            {
                "profile_id": profile.id,
                "company_id": self.company.id,
                "state": "at_risk",
                "percent_state": "hidden",
                "repeat_count": 4,
                "interval_usual": 21,
                "interval_expected": 21,
                "date_last_order": last,
            }
        )
        rule = self._create_rule("churn_at_risk", severity="high")
        alert = self.alerts._without_log().create(
            {
                "profile_id": profile.id,
                "rule_id": rule.id,
                "signal": rule.signal,
                "key": str(last),
                "date": today,
                "severity": rule.severity,
                "evidence": {"interval": 21, "silence": 63, "orders": 4},
            }
        )
        self.alerts._assign_alerts(self.company, today)
        self.start_tour(
            "/odoo/customer-overview",
            "customer_success_answer_alert",
            login=self.sales.login,
            timeout=PATIENCE,
        )
        self.assertRecordValues(
            alert,
            [
                {
                    "state": "closed",
                    "outcome": "saved",
                    "user_id": self.sales.id,
                    "close_user_id": self.sales.id,
                }
            ],
        )
