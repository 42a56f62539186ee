from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import CustomerSuccessCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursDrafts(HttpCase, CustomerSuccessCase):
    """A manager changes the rules after seeing who would move."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.profile"].search([]).active = False
        cls.env["res.company"].search([]).customer_excluded_domain = str(
            [("name", "!=", "Draft Tour")]
        )
        cls.manager = cls._create_user("tour_drafts", "manager", lang="en_US")
        partner = cls._create_partner("Draft Tour")
        day = str(fields.Date.today() - timedelta(days=30))
        cls._create_order(partner, day, 12000)
        cls._pay(cls._create_invoice(partner, day, 12000), day)
        cls.profile = cls.env["customer.profile"]._get_or_create(partner, cls.company)

    def test_manager_tries_and_activates_a_draft(self):
        # 3 points for the amount, 1.5 for stability, 5.5 unknown growth, 10 for risk
        self.profile._score_now()
        self.assertEqual(
            (self.profile.tier_id.code, self.profile.tier_score), ("B", 20)
        )
        self.start_tour(
            f"/odoo/customer-scorecards/{self.tier_card.id}",
            "customer_success_scorecard_draft",
            login="tour_drafts",
            timeout=PATIENCE,
        )
        self.assertEqual(self.tier_card.state, "retired")
        self.assertEqual(self.profile.tier_id.code, "C")
        self.assertEqual(self.profile.tier_change_ids[0].reason, "scorecard")
