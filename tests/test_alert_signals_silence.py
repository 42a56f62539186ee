from datetime import time

from odoo.tests import tagged

from .alert_common import AlertCase

# Nobody knows a rhythm yet; a shop whose customers order every 20 days.
NO_MODEL = {
    "rung": "fixed", "mean_interval": 0, "r": 0, "alpha": 0, "a": 0, "b": 0, "k": 1
}  # fmt: skip
MODEL = {
    "rung": "regular", "mean_interval": 20, "r": 1, "alpha": 30, "a": 1, "b": 2, "k": 1
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestAlertSignalsSilence(AlertCase):
    """Days and months without an order, on both sides of each threshold."""

    def _assert_days(self, rule, profile, days, fit=NO_MODEL):
        """Check on which days a rule finds the customer."""
        for day, is_found in days.items():
            with self.subTest(day=day):
                found = self._detect(rule, day, fit=dict(fit))
                self.assertEqual(profile.id in found, is_found)

    # === COMPLETE MONTHS === #

    def test_two_complete_months_without_an_order_are_found_in_the_third(self):
        rule = self._create_rule("no_order_months")
        profile = self._create_alerted("Two months")
        self._order(profile, "2026-07-15", "2026-08-31")
        self._assert_days(
            rule,
            profile,
            {
                "2026-09-30": False,
                "2026-10-31": False,  # October is not over before its end
                "2026-11-01": True,
                "2026-11-30": True,
            },
        )

    def test_order_on_the_first_of_a_month_keeps_that_month(self):
        rule = self._create_rule("no_order_months")
        profile = self._create_alerted("First of month")
        self._order(profile, "2026-07-15", "2026-09-01")
        self._assert_days(rule, profile, {"2026-11-30": False, "2026-12-01": True})

    def test_month_ends_are_those_of_the_company(self):
        rule = self._create_rule("no_order_months")
        profile = self._create_alerted("Shanghai")
        # the first of September in Shanghai, still August in UTC
        self._order(profile, "2026-08-31", at=time(16, 30))
        self._assert_days(rule, profile, {"2026-11-01": True})
        self.company.customer_tz = "Asia/Shanghai"
        self._assert_days(rule, profile, {"2026-11-30": False, "2026-12-01": True})

    def test_end_of_february_counts_as_a_whole_month(self):
        rule = self._create_rule("no_order_months")
        profile = self._create_alerted("February")
        self._order(profile, "2023-12-31")
        self._assert_days(rule, profile, {"2024-02-29": False, "2024-03-01": True})

    def test_customers_who_order_less_often_than_that_are_left_out(self):
        rule = self._create_rule("no_order_months")
        often = self._create_alerted("Every 61 days")
        seldom = self._create_alerted("Every 62 days")
        self._order_every(often, 61, 4, "2026-08-31")
        self._order_every(seldom, 62, 4, "2026-08-31")
        self._assert_days(rule, often, {"2026-11-01": True})  # 61 days, both months
        self._assert_days(rule, seldom, {"2026-11-01": False})

    def test_customers_who_order_now_and_then_are_left_out(self):
        rule = self._create_rule("no_order_months")
        once = self._create_alerted("Once")
        self._order(once, "2026-08-15")
        self._assert_days(rule, once, {"2026-11-01": True})
        # also when they count as lost in the end
        self._assert_days(rule, once, {"2026-11-01": False, "2027-07-01": False}, MODEL)

    def test_rare_buyer_who_is_not_late_by_the_model_is_left_out(self):
        """Every 60 days, 4 orders: on the last day the chance is 0.434 and 0.608."""
        rule = self._create_rule("no_order_months")
        profile = self._create_alerted("Rare")
        self._order_every(profile, 60, 4, "2026-08-31")
        slow = {**MODEL, "mean_interval": 200, "b": 1}  # expected every 116 days
        day = "2026-11-01"
        self._assert_days(rule, profile, {day: False}, {**slow, "a": 3})
        self._assert_days(rule, profile, {day: True}, {**slow, "a": 1})

    def test_somebody_who_left_long_ago_is_no_news(self):
        rule = self._create_rule("no_order_months", window_days=365)
        profile = self._create_alerted("Long ago")
        self._order(profile, "2025-06-01", "2025-06-10", "2025-06-20")
        self._assert_days(
            rule, profile, {"2025-09-01": True, "2026-06-20": True, "2026-06-21": False}
        )

    def test_gap_of_two_years_ends_with_the_order_after_it(self):
        rule = self._create_rule("no_order_months")
        profile = self._create_alerted("Came back")
        self._order(profile, "2024-01-10", "2024-02-10", "2026-02-10")
        self._assert_days(rule, profile, {"2024-05-01": True, "2026-03-31": False})
        found = self._detect(rule, "2024-05-01", fit=dict(NO_MODEL))[profile.id]
        self.assertEqual(found["key"], "2024-02-10")

    def test_closed_days_push_the_start_of_the_months_back(self):
        rule = self._create_rule("no_order_months")
        self.env["customer.closed.season"].create(
            {"name": "Rest", "date_from": "2026-09-11", "date_to": "2026-09-20"}
        )
        early, late = self._create_alerted("Early"), self._create_alerted("Late")
        self._order(early, "2026-08-21")  # 71 days to the end of October, 10 closed
        self._order(late, "2026-08-22")
        self._assert_days(rule, early, {"2026-11-01": True})
        self._assert_days(rule, late, {"2026-11-01": False})

    # === DAYS === #

    def test_silence_is_found_from_the_day_after_the_threshold_on(self):
        rule = self._create_rule("no_order_days")
        profile = self._create_alerted("Sixty days")
        self._order(profile, "2026-06-01", "2026-08-01")
        self._assert_days(
            rule,
            profile,
            {"2026-09-29": False, "2026-09-30": False, "2026-10-01": True},
        )

    def test_closed_days_do_not_count_as_silence(self):
        rule = self._create_rule("no_order_days")
        profile = self._create_alerted("Festival")
        self._order(profile, "2026-08-01")
        self.env["customer.closed.season"].create(
            {"name": "Rest", "date_from": "2026-09-01", "date_to": "2026-09-05"}
        )
        self._assert_days(rule, profile, {"2026-10-05": False, "2026-10-06": True})
        evidence = self._detect(rule, "2026-10-06", fit=dict(NO_MODEL))[profile.id]
        self.assertEqual(evidence["value"], 61)
        self.assertEqual(evidence["evidence"]["closed_days"], 5)

    def test_orders_of_the_future_cancelled_ones_and_credits_do_not_count(self):
        rule = self._create_rule("no_order_days")
        profile = self._create_alerted("Bad orders")
        self._order(profile, "2026-08-01", "2027-01-01")
        self._order(profile, "2026-09-20").state = "cancel"
        self._order(profile, "2026-09-21", amount=-50)
        self._order(profile, "2026-09-22").state = "draft"
        self._assert_days(rule, profile, {"2026-09-30": False, "2026-10-01": True})

    def test_invoices_stand_in_for_customers_without_orders(self):
        rule = self._create_rule("no_order_days")
        profile = self._create_alerted("Invoiced")
        self._create_invoice(profile.partner_id, "2026-08-01", 100)
        self._assert_days(rule, profile, {"2026-09-30": False, "2026-10-01": True})

    def test_orders_of_contacts_are_those_of_their_company(self):
        rule = self._create_rule("no_order_days")
        profile = self._create_alerted("Parent")
        child = self._create_partner("Child", parent_id=profile.partner_id.id)
        child.is_company = False
        self._order(profile, "2026-08-01")
        self._order(profile, "2026-09-30", partner=child)
        self._assert_days(rule, profile, {"2026-10-10": False})

    def test_all_orders_on_one_day_are_one(self):
        rule = self._create_rule("no_order_days", min_count=1)
        profile = self._create_alerted("One day")
        self._order(profile, "2026-08-01", "2026-08-01", "2026-08-01")
        self._assert_days(rule, profile, {"2026-10-01": False})
        self._order(profile, "2026-08-02")
        self._assert_days(rule, profile, {"2026-10-02": True})

    # === THE MODEL === #

    def test_rhythm_warns_when_he_is_overdue_and_risks_when_orders_are_unlikely(self):
        """At 61 to 64 days the chance of no order is 53.68, 54.61, 55.54, 56.47%."""
        profile = self._create_alerted("Regular")
        self._order_every(profile, 20, 12, "2026-08-01")  # 11 intervals, 220 days
        by_setting = self._create_rule("churn_at_risk")
        by_rule = self._create_rule("churn_at_risk", threshold=55.54)
        watch = self._create_rule("churn_watch")
        self._assert_days(
            by_setting, profile, {"2026-09-30": False, "2026-10-01": True}, MODEL
        )
        self._assert_days(
            by_rule, profile, {"2026-10-02": False, "2026-10-03": True}, MODEL
        )
        self._assert_days(watch, profile, {"2026-10-01": False}, MODEL)
        found = self._detect(by_rule, "2026-10-03", fit=dict(MODEL))[profile.id]
        self.assertAlmostEqual(float(found["value"]), 55.54)
        self.assertEqual(
            found["evidence"],
            {
                "interval": 20.0,
                "silence": 63,
                "closed_days": 0,
                "orders": 11,
                "percent": 45,
                "horizon": 90,
                "usual_value": 450.0,
                "last_order": "2026-08-01",
            },
        )

    def test_share_of_the_rule_warns_while_he_only_is_watched(self):
        """At 61 and 62 days the chance of no order is 44.92 and 45.69%."""
        profile = self._create_alerted("Watched")
        self._order_every(profile, 25, 12, "2026-08-01")
        rule = self._create_rule("churn_at_risk", threshold=45)
        watch = self._create_rule("churn_watch")
        days = {"2026-09-30": False, "2026-10-01": False, "2026-10-02": True}
        self._assert_days(rule, profile, days, MODEL)
        self._assert_days(watch, profile, {"2026-10-02": True}, MODEL)

    def test_percentage_that_is_hidden_decides_nothing_and_is_not_said(self):
        profile = self._create_alerted("Prior")
        self._order_every(profile, 20, 12, "2026-08-01")
        prior = {**MODEL, "rung": "prior"}
        risk = self._create_rule("churn_at_risk", threshold=50)
        watch = self._create_rule("churn_watch")
        self._assert_days(risk, profile, {"2026-10-03": False}, prior)
        self._assert_days(watch, profile, {"2026-10-03": True}, prior)
        evidence = self._detect(watch, "2026-10-03", fit=prior)[profile.id]["evidence"]
        self.assertNotIn("percent", evidence)

    def test_slow_buyer_is_news_by_his_own_interval(self):
        """Every 200 days: expected again on 2026-09-17, no news 100 days after it."""
        rule = self._create_rule("churn_at_risk", window_days=100)
        profile = self._create_alerted("Slow")
        self._order_every(profile, 200, 4, "2026-03-01")
        self._assert_days(
            rule,
            profile,
            {
                "2026-09-16": False,
                "2026-09-17": True,
                "2026-12-26": True,
                "2026-12-27": False,
            },
            MODEL,
        )

    def test_who_is_lost_at_once_is_at_risk_and_to_be_won_back(self):
        """At 60 more days the chance of an order in a year is below 10%."""
        profile = self._create_alerted("Lost")
        self._order_every(profile, 20, 12, "2026-06-01")
        risk, lost = self._create_rule("churn_at_risk"), self._create_rule("churn_lost")
        self._assert_days(risk, profile, {"2026-10-20": True}, MODEL)
        self._assert_days(
            lost, profile, {"2026-09-20": False, "2026-10-20": True}, MODEL
        )

    def test_stored_rhythm_says_the_same_as_that_of_the_day(self):
        profile = self._create_alerted("Stored")
        self._order_every(profile, 20, 12, "2026-08-01")
        self._score(profile.partner_id, "2026-11-01")
        day = self._to_date("2026-11-01")
        fits, churn = self.env["customer.churn.fit"], self.env["customer.churn"]
        with self.enter_registry_test_mode():
            fits._fit_if_due(self.company, day)
            churn._refresh(self.company, day)
        for signal in ("no_order_months", "no_order_days"):
            rule = self._create_rule(signal)
            stored = self._detect(rule, "2026-11-01", live=True)
            self.assertIn(profile.id, stored)
            self.assertEqual(stored, self._detect(rule, "2026-11-01"))
