from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .common import CustomerSuccessCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursCommitments(HttpCase, CustomerSuccessCase):
    """What did we promise that is late? Three clicks from the start screen."""

    def test_sales_person_finds_what_is_late_and_writes_the_minutes(self):
        now = fields.Datetime.now()
        sales = self._create_user("tour_promises", "user", lang="en_US")
        partner = self._create_partner("Tour Customer", user_id=sales.id)
        profile = self._get_profile(partner)
        profile._score_now()
        self.env["customer.run"].create(
            {
                "job": "refresh",
                "company_id": self.company.id,
                "date": fields.Date.today(),
                "state": "done",
            }
        )
        self.env["customer.service.policy"].search([]).date_from = "2026-01-01"
        visit = self.env["customer.interaction"].create(
            {
                "profile_id": profile.id,
                "interaction_datetime": now - timedelta(hours=30),
                "channel_id": self.env.ref(
                    "customer_success.customer_channel_visit"
                ).id,
                "user_ids": [Command.set(sales.ids)],
            }
        )
        self.env["customer.commitment"]._check_clocks(now)
        self.start_tour(
            "/odoo/customer-overview",
            "customer_success_promises",
            login="tour_promises",
            timeout=PATIENCE,
        )
        promise = self.env["customer.commitment"].search(
            [("interaction_id", "=", visit.id)]
        )
        self.assertEqual(promise.light, "kept_late")
        self.assertEqual(promise.breach_reason, "workload")
        self.assertFalse(promise._get_automated_activities())
