from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import CustomerSuccessCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursMilestones(HttpCase, CustomerSuccessCase):
    """Renewals and lifecycle stages, in a browser, as a sales person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("tour_sales", "user", lang="en_US")
        partner = cls._create_partner("Tour Customer", user_id=cls.sales.id)
        cls.profile = cls.env["customer.profile"].create(
            {"partner_id": partner.id, "company_id": cls.company.id}
        )

    def test_sales_person_logs_a_renewal_and_marks_it_renewed(self):
        self.start_tour(
            "/odoo/customer-milestones",
            "customer_success_renewal",
            login="tour_sales",
            timeout=PATIENCE,
        )
        following, renewal = self.env["customer.milestone"].search(
            [("profile_id", "=", self.profile.id)], order="date desc"
        )
        self.assertEqual(renewal.renewal_state, "renewed")
        self.assertEqual(following.previous_id, renewal)

    def test_sales_person_drags_a_customer_to_another_stage_and_back(self):
        today = fields.Date.today()
        self.env["customer.profile"].search([("id", "!=", self.profile.id)]).write(
            {"active": False}
        )
        self.profile.rating_state = "rated"
        self.profile.snapshot_id.write(
            {
                "date_first_fact": today - timedelta(days=900),
                "date_last_sale": today - timedelta(days=30),
                "amount_12m_state": "known",
            }
        )
        self.env["customer.lifecycle.change"]._assign_stages(
            self.company, today, self.profile
        )
        self.start_tour(
            "/odoo/customer-lifecycle",
            "customer_success_stage",
            login="tour_sales",
            timeout=PATIENCE,
        )
        modes = self.profile.lifecycle_change_ids.sorted("id").mapped("mode")
        self.assertEqual(modes, ["automatic", "manual", "automatic"])
