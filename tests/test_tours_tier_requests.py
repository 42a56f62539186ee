from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import CustomerSuccessCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursTierRequests(HttpCase, CustomerSuccessCase):
    """A sales person asks for another tier, his manager approves it."""

    def test_sales_person_asks_and_manager_approves(self):
        sales = self._create_user("tour_asker", "user", lang="en_US")
        manager = self._create_user("tour_decider", "manager", lang="en_US")
        partner = self._create_partner("Tour Wish", user_id=sales.id)
        day = str(fields.Date.today() - timedelta(days=30))
        self._create_opening(partner, day[:8] + "01", 1000, 1)
        profile = self._get_profile(partner)
        profile._score_now()
        self.assertNotEqual(profile.tier_id.code, "A")
        self.start_tour(
            f"/odoo/customers-success/{profile.id}",
            "customer_success_ask_tier",
            login=sales.login,
            timeout=PATIENCE,
        )
        request = profile.tier_request_ids
        self.assertEqual((request.state, request.requester_id), ("waiting", sales))
        self.start_tour(
            "/odoo/customers-success",
            "customer_success_decide_tier",
            login=manager.login,
            timeout=PATIENCE,
        )
        self.assertEqual(profile.tier_id.code, "A")
        self.assertGreater(profile.date_tier_held, fields.Date.today())
