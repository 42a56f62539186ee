from datetime import date, datetime

from odoo.tests import tagged

from .retention_common import END, START, RetentionCase


@tagged("post_install", "-at_install")
class TestRetention(RetentionCase):
    """Retention = (customers at the start - churned) / customers at the start."""

    def test_two_of_three_customers_of_the_year_before_have_churned(self):
        self._buy("Stays", "2015-06-01", "2016-06-01")
        self._buy("Silent", "2015-06-01")
        invoiced = self._create_partner("Invoiced")
        self._create_invoice(invoiced, "2015-08-01", 100)
        self._create_invoice(invoiced, "2016-03-01", 50, move_type="out_refund")
        self._buy("Lapsed before", "2014-12-31")
        self._buy("New", "2016-01-01")
        counted = self._assert_counts(3, 2)
        self.assertEqual(counted["state"], "known")
        self.assertAlmostEqual(counted["retention"], 1 / 3, 9)

    def test_without_anybody_at_the_start_there_is_no_rate(self):
        self._buy("New", "2016-02-01")
        self.assertEqual(
            self._compute(),
            {
                "state": "nobody",
                "start_count": 0,
                "churned_count": 0,
                "retention": None,
            },
        )

    def test_a_year_in_which_everybody_left_has_a_rate_of_zero(self):
        self._buy("Silent", "2015-12-31")
        self.assertEqual(self._compute()["retention"], 0)

    def test_first_and_last_days_of_window_and_period_count(self):
        self._buy("First of window", "2015-01-01")
        self._buy("Before the window", "2014-12-31")
        self._buy("Last of window and period", "2015-12-31", "2016-12-31")
        self._buy("After the period", "2015-12-31", "2017-01-01")
        self._assert_counts(3, 2)

    def test_a_refund_makes_nobody_a_customer(self):
        partner = self._create_partner("Refund only")
        self._create_invoice(partner, "2015-06-01", 100, move_type="out_refund")
        self.assertEqual(self._compute()["state"], "nobody")

    def test_cancelled_unconfirmed_and_negative_orders_do_not_count(self):
        stays = self._buy("Cancelled in the period", "2015-06-01", "2016-06-01")
        cancelled = self.env["sale.order"].search(
            [("partner_id", "=", stays.id), ("date_order", ">", "2016-01-01")]
        )
        quoted = self._buy("Quoted", "2015-06-01")
        self._create_order(quoted, "2016-06-01", -100)
        quotation = self._create_order(quoted, "2016-06-01", 100)
        quotation.write({"state": "draft"})
        self._assert_counts(2, 1)
        cancelled.write({"state": "cancel"})
        self._assert_counts(2, 2)

    def test_days_run_in_the_time_zone_of_the_company(self):
        self.company.customer_tz = "Asia/Shanghai"
        partner = self._create_partner("Night")
        order = self._create_order(partner, "2015-12-31", 100)
        order.date_order = datetime(2015, 12, 31, 15, 59)  # 23:59 there
        self._assert_counts(1, 1)
        order.date_order = datetime(2015, 12, 31, 16, 0)  # the next day there
        self._assert_counts(0, 0)

    def test_orders_in_another_company_keep_nobody(self):
        partner = self._buy("Two companies", "2015-06-01")
        self._create_order(partner, "2016-06-01", 100, company=self.other_company)
        self._assert_counts(1, 1)
        self._assert_counts(0, 0, company=self.other_company)

    def test_contacts_of_one_company_are_one_customer(self):
        parent = self._buy("Parent", "2015-06-01")
        child = self._create_partner("Child", parent_id=parent.id, is_company=False)
        self._create_order(child, "2016-06-01", 100)
        self._assert_counts(1, 0)

    def test_archived_customers_count_and_those_left_out_do_not(self):
        archived = self._get_profile(self._buy("Archived", "2015-06-01"))
        archived.active = False
        archived.partner_id.active = False
        left_out = self._get_profile(self._buy("Cash sales", "2015-06-01"))
        self._assert_counts(2, 2)
        left_out.is_not_rated = True
        self._buy("Colleague", "2015-06-01", user_ids=[(6, 0, self.env.user.ids)])
        self._assert_counts(1, 1)

    # === CALLED LOST === #

    def test_somebody_called_lost_has_churned_unless_he_bought_after_it(self):
        partner = self._buy("Gone to a competitor", "2015-06-01", "2016-05-01")
        self._assert_counts(1, 0)
        self._set_stage(partner, "lapsed", "2016-05-01")
        self._assert_counts(1, 1)
        [row] = self._list()
        self.assertEqual((row.reason, row.date_lost), ("lost", date(2016, 5, 1)))
        self.assertEqual(row.date_last, date(2016, 5, 1))
        self._create_order(partner, "2016-05-02", 100)
        self._assert_counts(1, 0)

    def test_lost_counts_only_from_its_day_and_while_it_is_held(self):
        partner = self._buy("Changed his mind", "2015-06-01", "2016-05-01")
        self._set_stage(partner, "lapsed", "2017-01-01")
        self._assert_counts(1, 0)
        other = self._buy("Taken back", "2015-06-01", "2016-05-01")
        self._set_stage(other, "lapsed", "2016-06-01")
        self._assert_counts(2, 1)
        self._set_stage(other, "mature", "2016-07-01")
        self._assert_counts(2, 0)

    # === WHAT IS NOT KNOWN === #

    def test_months_before_the_history_start_are_unknown_without_opening_amounts(self):
        partner = self._buy("Customer", "2015-06-01", "2016-06-01")
        self.company.customer_history_start = "2015-01-01"
        self.assertEqual(self._compute()["state"], "known")
        self.company.customer_history_start = "2015-01-02"
        counted = self._compute()
        self.assertEqual(
            (counted["state"], counted["retention"]), ("before_history", None)
        )
        self._create_opening(partner, "2014-06-01", 500)
        self.assertEqual(self._compute()["retention"], 1)

    def test_an_opening_amount_makes_a_customer_and_keeps_him(self):
        partner = self._create_partner("Imported")
        self._create_opening(partner, "2015-06-01", 500, 2)
        self._assert_counts(1, 1)
        self._create_opening(partner, "2016-06-01", 0, 1)
        self._assert_counts(1, 0)
        other = self._create_partner("Nothing imported")
        self._create_opening(other, "2015-06-01")
        self._assert_counts(1, 0)

    def test_the_months_before_are_a_setting(self):
        self._buy("Old", "2014-06-01")
        self._assert_counts(0, 0)
        self.company.customer_retention_window_months = 24
        self._assert_counts(1, 1)

    # === NAMES === #

    def test_lost_customers_show_their_value_before_and_their_last_purchase(self):
        small = self._buy("Small", "2015-06-01")
        large = self._create_partner("Large")
        self._create_invoice(large, "2015-03-01", 900)
        self._create_invoice(large, "2015-09-01", 300)
        self._create_invoice(large, "2015-10-01", 200, move_type="out_refund")
        stays = self._buy("Stays", "2015-06-01", "2016-06-01")
        rows = self._list()
        self.assertRecordValues(
            rows,
            [
                {"partner_id": large.id, "amount_before": 1000, "reason": "silent",
                 "date_last": date(2015, 9, 1), "amount_before_state": "known"},
                {"partner_id": small.id, "amount_before": 0, "reason": "silent",
                 "date_last": date(2015, 6, 1), "amount_before_state": "known"},
                {"partner_id": stays.id, "amount_before": 0, "reason": "stayed",
                 "date_last": date(2016, 6, 1), "amount_before_state": "known"},
            ],
        )  # fmt: skip
        self.company.customer_money_source = "ordered"
        self.assertEqual(self._list()[0].partner_id, small)
        self.assertEqual(self._list()[0].amount_before, 100)

    def test_tier_and_stage_are_those_of_the_start(self):
        partner = self._buy("Fell", "2015-06-01")
        self._set_tier(partner, "S", "2015-07-01")
        self._set_tier(partner, "A", START)
        self._set_tier(partner, "C", "2016-01-01")
        self._set_stage(partner, "mature", START)
        self._set_stage(partner, "declining", "2016-01-01")
        cleared = self._buy("Not rated then", "2015-06-01")
        self._set_tier(cleared, "S", "2015-07-01")
        self._set_tier(cleared, False, "2015-08-01")
        self._set_tier(cleared, "S", END)
        rows = {row.partner_id: row for row in self._list()}
        self.assertEqual(rows[partner].tier_id, self.tiers["A"])
        self.assertTrue(rows[partner].is_top_tier)
        self.assertEqual(rows[partner].stage_id.code, "mature")
        self.assertFalse(rows[cleared].tier_id)
        self.assertFalse(rows[cleared].is_top_tier)
        self.assertFalse(rows[cleared].stage_id)

    def test_before_the_first_tier_the_score_of_then_says_it(self):
        profile = self._get_profile(self._buy("Filled in", "2015-06-01"))
        for day, code in (
            ("2015-06-30", "S"),
            ("2015-12-31", "B"),
            ("2016-03-31", "A"),
        ):
            self.env["customer.score"].create(
                {
                    "profile_id": profile.id,
                    "company_id": self.company.id,
                    "kind": "tier",
                    "date": day,
                    "scorecard_id": self.tier_card.id,
                    "tier_id": self.tiers[code].id,
                }
            )
        self.assertEqual(self._list().tier_id, self.tiers["B"])
        self._set_tier(profile.partner_id, "A", "2016-04-01")
        self.assertEqual(self._list().tier_id, self.tiers["B"])
