from odoo.tests import tagged

from .common import CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestDormancy(CustomerSuccessCase):
    """No sale in 12 months is at most C, when the company wants it so."""

    def _create_dormant(self, last_sale="2025-11-21"):
        """Return a customer whose figures alone would make him B."""
        partner = self._create_partner(f"Dormant {last_sale}")
        self._create_order(partner, "2010-01-01", 100)
        self._create_order(partner, last_sale, 100)
        profile = self._get_profile(partner)
        profile.write(
            {
                "outlook_rating": 10,
                "outlook_date": "2026-11-01",
                "expansion_rating": 10,
                "expansion_date": "2026-11-01",
            }
        )
        return partner

    def _get_tier(self, row):
        return self.env["customer.tier"].browse(row["tier_today_id"]).code

    def test_customer_without_a_sale_in_twelve_months_is_at_most_c(self):
        partner = self._create_dormant()
        row = self._measure(partner)
        # 40 x (1 + 5.5 + 10 + 5.5) / 40: stability (10 + 1) / 2
        self.assertEqual(row["tier_total"], 22)
        self.assertTrue(row["is_dormant"])
        self.assertEqual(self._get_tier(row), "C")
        profile = self._score(partner)
        self.assertEqual(profile.tier_id.code, "C")
        self.assertTrue(profile.is_dormant)

    def test_sale_on_the_first_day_of_the_window_is_enough(self):
        row = self._measure(self._create_dormant("2025-11-22"))
        self.assertFalse(row["is_dormant"])
        self.assertEqual(self._get_tier(row), "B")

    def test_cap_can_be_switched_off(self):
        self.company.customer_dormant_cap = False
        row = self._measure(self._create_dormant())
        self.assertTrue(row["is_dormant"])
        self.assertEqual(self._get_tier(row), "B")

    def test_payment_is_no_sale(self):
        partner = self._create_dormant()
        invoice = self._create_invoice(partner, "2025-11-21", 100, due="2026-06-01")
        self._pay(invoice, "2026-06-01")
        row = self._measure(partner)
        self.assertEqual(row["values"]["late_days"], (0, 10, None))
        self.assertTrue(row["is_dormant"])
        self.assertEqual(self._get_tier(row), "C")

    def test_refund_is_no_sale_and_an_invoice_is(self):
        partner = self._create_dormant()
        self._create_invoice(partner, "2026-06-01", 1, move_type="out_refund")
        self.assertTrue(self._measure(partner)["is_dormant"])
        self._create_invoice(partner, "2026-06-01", 1)
        self.assertFalse(self._measure(partner)["is_dormant"])

    def test_customer_below_the_cap_is_not_lifted(self):
        card = self.tier_card.copy()
        card.tier_ids.filtered(lambda tier: tier.code == "C").lower_bound = 10
        self.env.flush_all()
        card.tier_ids.create(
            {"scorecard_id": card.id, "name": "D", "code": "D", "lower_bound": 0}
        )
        for metric in card.dimension_ids.metric_ids:
            if metric.code in ("outlook_rating", "expansion_rating"):
                metric.unlink()
        card.unknown_points = 1
        card.action_activate()
        partner = self._create_partner("Low dormant")
        self._create_order(partner, "2025-10-01", 100)
        row = self._measure(partner)
        # 40 x (1 + 2 + 1 + 1) / 40: tenure 3 points, no order 1
        self.assertEqual(row["tier_total"], 5)
        self.assertEqual(self._get_tier(row), "D")

    # === NOT RATED AND LEFT OUT === #

    def test_customer_without_any_fact_is_not_rated(self):
        partner = self._create_partner("Nothing")
        profile = self._score(partner)
        self.assertRecordValues(
            profile,
            [{"rating_state": "not_rated", "tier_id": False, "health": False}],
        )
        self.assertFalse(profile.score_ids)
        self.assertFalse(profile.date_next_review)

    def test_fact_after_the_day_does_not_count(self):
        partner = self._create_partner("Future")
        self._create_order(partner, "2026-11-22", 100)
        self.assertEqual(self._measure(partner)["rating_state"], "not_rated")
        self.assertEqual(self._measure(partner, "2026-11-22")["rating_state"], "rated")

    def test_customer_left_unrated_loses_his_tier_with_a_change(self):
        partner = self._create_partner("Left out")
        self._create_order(partner, "2026-10-01", 100)
        profile = self._score(partner, "2026-11-20")
        self.assertEqual(profile.tier_id.code, "C")
        profile.is_not_rated = True
        self._run_cron()
        self.assertRecordValues(
            profile,
            [{"rating_state": "excluded", "tier_id": False, "health": False}],
        )
        change = profile.tier_change_ids[0]
        self.assertRecordValues(
            change,
            [
                {
                    "from_tier_id": self.tiers["C"].id,
                    "to_tier_id": False,
                    "reason": "excluded",
                    "direction": "cleared",
                    "score_id": False,
                }
            ],
        )
        profile.is_not_rated = False
        self._run_cron(day="2026-11-22")
        self.assertEqual(profile.tier_id.code, "C")
        self.assertEqual(profile.tier_change_ids[0].direction, "first")

    def test_company_filter_leaves_contacts_out(self):
        known = self._create_partner("Known insider", ref="INSIDER")
        new = self._create_partner("New insider", ref="INSIDER")
        self._create_order(known, "2026-10-01", 100)
        profile = self._score(known, "2026-11-20")
        self._create_order(new, "2026-10-01", 100)
        self.company.customer_excluded_domain = "[('ref', '=', 'INSIDER')]"
        self._run_cron()
        self.assertEqual(profile.rating_state, "excluded")
        self.assertFalse(profile.tier_id)
        self.assertFalse(
            self.env["customer.profile"].search([("partner_id", "=", new.id)])
        )

    def test_own_companies_and_internal_users_are_left_out_as_shipped(self):
        user = self._create_user("dormancy_user", "base.group_user")
        for partner in (user.partner_id, self.other_company.partner_id):
            self._create_order(partner, "2026-10-01", 100)
            self.assertEqual(self._measure(partner)["rating_state"], "excluded")
