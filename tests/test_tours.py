from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import CustomerSuccessCase

# Seconds; a loaded machine needs its time to build the assets.
PATIENCE = 180


@tagged("post_install", "-at_install")
class TestTours(HttpCase, CustomerSuccessCase):
    """What people do on the screens, in a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("tour_sales", "user", lang="en_US")
        cls.manager = cls._create_user(
            "tour_manager", "manager,base.group_system", lang="en_US"
        )
        cls.partner = cls._create_partner("Tour Customer", user_id=cls.sales.id)
        day = str(fields.Date.today() - timedelta(days=30))
        cls.order = cls._create_order(cls.partner, day, 12000, user_id=cls.sales.id)
        cls._pay(cls._create_invoice(cls.partner, day, 12000), day)

    def _score_today(self):
        profile = self._get_profile(self.partner)
        profile._score_now()
        return profile

    def test_sales_person_finds_out_why_a_customer_has_his_tier(self):
        self._score_today()
        self.start_tour(
            "/odoo", "customer_success_why", login="tour_sales", timeout=PATIENCE
        )

    def test_manager_reads_scorecard_and_runs_and_saves_a_setting(self):
        # An HttpCase is in the registry's test mode already.
        self.env.ref("customer_success.ir_cron_refresh_scores").method_direct_trigger()
        self.start_tour(
            "/odoo/customers-success",
            "customer_success_manager",
            login="tour_manager",
            timeout=PATIENCE,
        )
        self.assertEqual(self.company.customer_high_value_amount, 75000)

    def test_contact_leads_to_its_customer(self):
        self._score_today()
        self.start_tour(
            f"/odoo/res.partner/{self.partner.id}",
            "customer_success_contact",
            login="tour_sales",
            timeout=PATIENCE,
        )

    def test_sales_person_scores_a_customer_now(self):
        profile = self._get_profile(self.partner)
        self.assertEqual(profile.rating_state, "waiting")
        self.start_tour(
            f"/odoo/customers-success/{profile.id}",
            "customer_success_score_now",
            login="tour_sales",
            timeout=PATIENCE,
        )
        self.assertEqual(profile.rating_state, "rated")
        self.assertEqual(profile.tier_id.code, "B")

    def test_sales_person_prints_the_customer_sheet(self):
        profile = self._score_today()
        reports = self.registry["ir.actions.report"]
        render, printed = reports._render_qweb_pdf, []

        def render_and_note(report, ref, res_ids=None, data=None):
            printed.append(res_ids)
            return render(report, ref, res_ids, data)

        with patch.object(reports, "_render_qweb_pdf", render_and_note):
            self.start_tour(
                "/odoo/customers-success",
                "customer_success_print",
                login="tour_sales",
                timeout=PATIENCE,
            )
        self.assertEqual(printed, [profile.ids])
