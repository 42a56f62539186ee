from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import CustomerSuccessCase

# Seconds; a loaded machine needs its time to build the assets.
PATIENCE = 180


@tagged("post_install", "-at_install")
class TestToursWhy(HttpCase, CustomerSuccessCase):
    """What a sales person asks about a tier, at most three clicks from the list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("tour_why", "user", lang="en_US")
        cls.partner = cls._create_partner("Why Not A", user_id=cls.sales.id)
        cls._create_order(cls.partner, cls._ago(800), 10, user_id=cls.sales.id)
        cls._create_order(cls.partner, cls._ago(60), 10, user_id=cls.sales.id)
        # 31 days late, a fifth of what is open
        cls._invoice(210000, cls._ago(60), cls._ago(31))
        cls._invoice(840000, cls._ago(5), cls._ago(-30))
        cls._get_profile(cls, cls.partner)._score_now()

    @classmethod
    def _invoice(cls, amount, day, due):
        return cls._create_invoice(
            cls.partner, day, amount, due, invoice_user_id=cls.sales.id
        )

    @classmethod
    def _ago(cls, days):
        return str(fields.Date.today() - timedelta(days=days))

    def test_sales_person_finds_out_why_b_and_not_a(self):
        self.start_tour(
            "/odoo/customers-success",
            "customer_success_why_not_a",
            login="tour_why",
            timeout=PATIENCE,
        )

    def test_sales_person_finds_the_invoices_behind_the_overdue_share(self):
        self.start_tour(
            "/odoo/customers-success",
            "customer_success_which_invoices",
            login="tour_why",
            timeout=PATIENCE,
        )
