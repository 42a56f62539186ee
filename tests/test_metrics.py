from odoo.tests import freeze_time, tagged

from .common import CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestMetrics(CustomerSuccessCase):
    """Tenure, orders, ratings and activity: values and why they are unknown."""

    def _score_ordering(self, name, *days, day="2026-11-21"):
        partner = self._create_partner(name)
        for order_day in days:
            self._create_order(partner, order_day, 100)
        return self._score(partner, day)

    # === STABILITY === #

    def test_customer_of_three_days_with_one_order_has_one_order_per_year(self):
        values = self._get_values(self._score_ordering("New", "2026-11-18"))
        self.assertEqual(values["orders_12m"], (1, 2, None))
        self.assertEqual(values["tenure_years"], (0, 1, None))
        self.assertEqual(values["growth_rate"], (None, None, "too_young"))

    def test_window_of_orders_excludes_its_first_day_and_includes_the_last(self):
        profile = self._score_ordering(
            "Window", "2025-11-21", "2025-11-22", "2026-11-21", "2026-11-22"
        )
        self.assertEqual(self._get_values(profile)["orders_12m"], (2, 3, None))
        self.assertEqual(str(profile.date_first_fact), "2025-11-21")
        self.assertEqual(str(profile.date_last_sale), "2026-11-21")

    def test_years_count_complete_months_of_the_leap_day(self):
        partner = self._create_partner("Leap")
        self._create_order(partner, "2024-02-29", 100)
        for day, years in (
            ("2025-01-29", 0.92),
            ("2025-02-28", 0.92),
            ("2025-03-01", 1.0),
            ("2028-02-28", 3.92),
            ("2028-02-29", 4.0),
        ):
            values = self._measure(partner, day)["values"]
            self.assertEqual(values["tenure_years"][0], years, day)

    def test_window_as_of_a_leap_day_starts_on_the_28th_of_february(self):
        partner = self._create_partner("Leap window")
        for day in ("2023-02-28", "2023-03-01", "2024-02-29"):
            self._create_order(partner, day, 100)
        values = self._measure(partner, "2024-02-29")["values"]
        self.assertEqual(values["orders_12m"][0], 2)

    def test_customer_since_by_hand_beats_the_first_document(self):
        partner = self._create_partner("Since")
        self._create_order(partner, "2026-11-18", 100)
        profile = self._get_profile(partner)
        profile.date_customer_since = "2016-11-21"
        values = self._measure(partner)["values"]
        self.assertEqual(values["tenure_years"], (10, 10, None))
        self.assertEqual(values["growth_rate"], (None, None, "no_previous"))
        profile.date_customer_since = "2016-11-22"
        values = self._measure(partner)["values"]
        self.assertEqual(values["tenure_years"], (9.92, 9, None))

    def test_customer_since_after_the_day_leaves_the_years_unknown(self):
        profile = self._score_ordering("Since later", "2026-11-18")
        profile.date_customer_since = "2026-11-22"
        values = self._measure(profile.partner_id)["values"]
        self.assertEqual(values["tenure_years"], (None, None, "no_fact"))

    def test_invoices_count_as_orders_only_where_there_is_no_order(self):
        partner = self._create_partner("Direct invoices")
        for day in ("2026-09-01", "2026-10-01", "2026-11-01"):
            self._create_invoice(partner, day, 100)
        self._create_invoice(partner, "2026-11-02", 50, move_type="out_refund")
        self._create_invoice(partner, "2026-11-03", 50, move_type="out_receipt")
        values = self._measure(partner)["values"]
        self.assertEqual(values["orders_12m"], (4, 4, None))
        health = self._measure(partner, kind="health")["values"]
        self.assertEqual(health["days_since_order"], (18, 9, None))

        self._create_order(partner, "2026-08-21", 100)
        values = self._measure(partner)["values"]
        self.assertEqual(values["orders_12m"], (1, 2, None))
        health = self._measure(partner, kind="health")["values"]
        self.assertEqual(health["days_since_order"], (92, 5, None))

    def test_unconfirmed_and_cancelled_orders_do_not_count(self):
        partner = self._create_partner("Quotations")
        order = self._create_order(partner, "2026-10-01", 100)
        cancelled = self._create_order(partner, "2026-10-02", 100)
        cancelled._action_cancel()
        self.assertEqual(cancelled.state, "cancel")
        order.copy({"date_order": "2026-10-03 12:00:00"})
        self.assertEqual(self._measure(partner)["values"]["orders_12m"][0], 1)

    # === ACTIVITY === #

    def test_days_since_the_last_order_have_bands_with_equality_for_the_better(self):
        partner = self._create_partner("Activity")
        self._create_order(partner, "2025-01-01", 100)
        for day, days, points in (
            ("2025-01-01", 0, 10),
            ("2025-01-16", 15, 10),
            ("2025-01-17", 16, 9),
            ("2026-01-01", 365, 2),
            ("2026-01-02", 366, 1),
        ):
            values = self._measure(partner, day, kind="health")["values"]
            self.assertEqual(values["days_since_order"], (days, points, None), day)

    def test_days_since_the_last_order_are_unknown_without_a_sale(self):
        partner = self._create_partner("No sale")
        self._create_invoice(partner, "2026-05-01", 300, move_type="out_refund")
        row = self._measure(partner, kind="health")
        self.assertEqual(row["values"]["days_since_order"], (None, None, "no_sale"))

    # === RATINGS === #

    def test_ratings_by_people_are_points_and_expire_after_twelve_months(self):
        profile = self._score_ordering("Rated", "2026-01-05")
        self.assertEqual(
            self._get_values(profile)["outlook_rating"], (None, None, "never_rated")
        )
        profile.write(
            {
                "outlook_rating": 8,
                "outlook_date": "2025-11-22",
                "expansion_rating": 3,
                "expansion_date": "2025-11-21",
            }
        )
        row = self._measure(profile.partner_id)
        self.assertEqual(row["values"]["outlook_rating"], (8, 8, None))
        self.assertEqual(row["values"]["expansion_rating"], (None, None, "expired"))
        self.assertEqual(row["points"]["Growth potential"], 8)
        # Value and stability whole, a third of growth, nothing of risk: 2.3333 / 4.
        self.assertEqual(float(row["tier_confidence"]), 0.5833)

    def test_rating_of_a_later_day_is_unknown_then_and_not_expired(self):
        profile = self._score_ordering("Rated later", "2026-01-05")
        profile.write({"outlook_rating": 8, "outlook_date": "2026-06-01"})
        values = self._measure(profile.partner_id, "2026-05-31")["values"]
        self.assertEqual(values["outlook_rating"], (None, None, "never_rated"))

    def test_rating_is_dated_on_the_day_it_is_entered(self):
        profile = self._score_ordering("Dated", "2026-01-05")
        with freeze_time("2026-03-01 12:00:00"):
            profile.outlook_rating = 5
        self.assertEqual(str(profile.outlook_date), "2026-03-01")

    # === GROWTH === #

    def _score_growth(self, previous, current, first="2024-11-21"):
        partner = self._create_partner(f"Growth {previous} {current} {first}")
        self._create_invoice(partner, first, 1)
        self._create_invoice(partner, "2025-10-01", previous)
        self._create_invoice(partner, "2026-10-01", current)
        return self._get_values(self._score(partner))["growth_rate"]

    def test_growth_compares_twelve_months_with_the_twelve_before(self):
        # The invoice of 2024-11-21 lies on the excluded first day of the window.
        self.assertEqual(self._score_growth(1000, 1150), (0.15, 7, None))
        self.assertEqual(self._score_growth(1000, 500), (-0.5, 2, None))
        self.assertEqual(self._score_growth(1000, 499.9), (-0.5001, 1, None))
        self.assertEqual(self._score_growth(1000, 2000), (1, 10, None))

    def test_growth_is_unknown_for_a_customer_younger_than_24_months(self):
        self.assertEqual(
            self._score_growth(1000, 1150, first="2024-11-22"),
            (None, None, "too_young"),
        )

    def test_growth_is_unknown_when_the_previous_amount_is_not_positive(self):
        partner = self._create_partner("Previous refunds")
        self._create_invoice(partner, "2024-11-01", 500)
        self._create_invoice(partner, "2025-10-01", 100)
        self._create_invoice(partner, "2025-10-02", 100, move_type="out_refund")
        self._create_invoice(partner, "2026-10-01", 900)
        profile = self._score(partner)
        self.assertEqual(profile.amount_prev_12m, 0)
        self.assertEqual(profile.amount_prev_12m_state, "known")
        self.assertEqual(
            self._get_values(profile)["growth_rate"], (None, None, "no_previous")
        )
