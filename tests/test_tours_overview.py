from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..periods import past_quarter_ends
from .common import CustomerSuccessCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursOverview(HttpCase, CustomerSuccessCase):
    """The start screen and the checklist, in a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("tour_overview", "user", lang="en_US")
        cls.env["customer.profile"].search([]).active = False

    def _create_run(self):
        today = self.company._get_customer_today()
        self.env["customer.run"].create(
            {
                "job": "refresh",
                "company_id": self.company.id,
                "date": today,
                "state": "done",
                "end_datetime": fields.Datetime.now(),
            }
        )

    def _create_rated(self, name, tier, health, user):
        profile = self._get_profile(self._create_partner(name, user_id=user.id))
        profile.write(
            {
                "rating_state": "rated",
                "tier_id": self.tiers[tier].id,
                "tier_today_id": self.tiers[tier].id,
                "health": health,
            }
        )
        return profile

    def test_three_questions_are_answered_from_the_start_screen(self):
        self._create_run()
        debtor = self._create_rated("Tour Debtor", "S", "at_risk", self.sales)
        today = self.company._get_customer_today()
        due = str(today - timedelta(days=40))
        self._create_invoice(
            debtor.partner_id, due, 500, due=due, invoice_user_id=self.sales.id
        )
        metric = self.health_card.metric_ids.filtered(
            lambda m: m.code == "overdue_rate"
        )
        rows = {"profile_id": debtor.id, "company_id": self.company.id}
        detail = {"metrics": {str(metric.id): [1, 1, None]}, "dimensions": {}}
        self.env["customer.score"].create(
            {
                **rows,
                "kind": "health",
                "date": today,
                "scorecard_id": self.health_card.id,
                "total": 10,
                "detail": detail,
            }
        )
        self.env["customer.tier.change"].create(
            {
                **rows,
                "date": past_quarter_ends(today, 1)[0],
                "from_tier_id": self.tiers["A"].id,
                "to_tier_id": self.tiers["S"].id,
                "direction": "up",
                "reason": "review",
            }
        )
        orphan = self._create_rated(
            "Tour Orphan", "C", "healthy", self.env["res.users"]
        )
        self.start_tour(
            "/odoo",
            "customer_success_overview",
            login="tour_overview",
            timeout=PATIENCE,
        )
        self.assertEqual(orphan.user_id, self.sales)

    def test_new_installation_starts_with_the_checklist(self):
        self.env["customer.run"].search([]).unlink()
        self._create_user("tour_setup", "manager,base.group_system", lang="en_US")
        self.company.customer_settings_date = False
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())
        self.start_tour(
            "/odoo/customer-overview",
            "customer_success_checklist",
            login="tour_setup",
            timeout=PATIENCE,
        )
        self.assertTrue(self.company.customer_settings_date)
