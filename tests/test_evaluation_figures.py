from odoo.tests import tagged

from .review_common import ReviewCase


@tagged("post_install", "-at_install")
class TestEvaluationFigures(ReviewCase):
    """Every indicator of October 2026, by hand, compared with September."""

    def _measure(self, day="2026-11-01"):
        """Return the figures of October."""
        [review] = self._create_due(day)
        return self._get_figures(review)

    # === BUSINESS (KPI-07) === #

    def test_orders_give_repurchase_and_average_value(self):
        self._create_order(self.partner, "2026-09-30", 100)
        for day, amount in (("2026-10-01", 150), ("2026-10-31", 250)):
            self._create_order(self.partner, day, amount)
        self._create_order(self.partner, "2026-11-01", 999)
        figures = self._measure()
        self.assertEqual(figures["repurchase"], (1, 0))
        self.assertEqual(figures["order_value"], (200, 100))
        self.assertEqual(figures["order_value_growth"], (1, "none"))

    def test_without_an_order_in_the_period_there_is_no_rate(self):
        self._create_order(self.partner, "2026-08-31", 100)
        figures = self._measure()
        for key in ("repurchase", "order_value"):
            self.assertEqual(figures[key], ("no_sale", "no_sale"))
        self.assertEqual(figures["order_value_growth"][0], "no_sale")

    def test_the_first_orders_have_no_growth(self):
        self._create_order(self.partner, "2026-10-10", 100)
        self.assertEqual(self._measure()["order_value_growth"][0], "no_base")

    def test_who_never_ordered_is_measured_by_his_invoices(self):
        self._create_invoice(self.partner, "2026-09-10", 100)
        self._create_invoice(self.partner, "2026-10-10", 300)
        self._create_invoice(self.partner, "2026-10-20", 100)
        self._create_invoice(self.partner, "2026-10-25", 60, move_type="out_refund")
        figures = self._measure()
        self.assertEqual(figures["repurchase"], (1, 0))
        self.assertEqual(figures["order_value"], (170, 100))  # (300 + 100 - 60) / 2
        self.assertEqual(figures["order_value_growth"][0], 0.7)

    def test_cross_sell_counts_categories_never_bought_before(self):
        old, new = {"Pumps": 1000}, {"Pumps": 400, "Valves": 300}
        self._create_category_invoice(self.partner, "2026-03-01", old)
        self._create_category_invoice(self.partner, "2026-09-15", {"Seals": 50})
        self._create_category_invoice(self.partner, "2026-10-05", new)
        self._create_category_invoice(
            self.partner, "2026-10-20", {"Valves": 100}, move_type="out_refund"
        )
        figures = self._measure()
        self.assertEqual(figures["invoiced"], (600, 50))
        self.assertEqual(figures["cross_sell"], (200, 50))  # valves 300 - 100; seals
        # 600 - 200 in categories bought before, less the 50 of September
        self.assertEqual(figures["add_on"], (350, "none"))

    def test_add_on_and_cross_sell_make_up_the_change(self):
        self._create_category_invoice(self.partner, "2026-09-15", {"Pumps": 900})
        self._create_category_invoice(
            self.partner, "2026-10-05", {"Pumps": 500, "Hoses": 70}
        )
        figures = self._measure()
        self.assertEqual(figures["cross_sell"][0], 70)
        self.assertEqual(figures["add_on"][0], -400)
        self.assertEqual(figures["invoiced"], (570, 900))

    def test_a_branch_of_the_customer_buys_for_him(self):
        child = self._create_partner(
            "Branch", parent_id=self.partner.id, is_company=False
        )
        self._create_category_invoice(child, "2026-03-01", {"Pumps": 10})
        self._create_category_invoice(self.partner, "2026-10-01", {"Pumps": 20})
        figures = self._measure()
        self.assertEqual(figures["cross_sell"][0], 0)
        self.assertEqual(figures["invoiced"][0], 20)

    def test_the_year_up_to_the_last_day_is_compared_with_the_one_before(self):
        self._create_invoice(self.partner, "2025-10-31", 1000)  # the year before
        self._create_invoice(self.partner, "2025-11-01", 700)
        self._create_invoice(self.partner, "2026-10-31", 450)
        self._create_invoice(self.partner, "2026-11-01", 5000)
        figures = self._measure()
        self.assertEqual(figures["additional_purchase"][0], 0.15)
        # up to 30 September nothing lies before the 1,000 and 700 of that year
        self.assertEqual(figures["additional_purchase"][1], "no_base")

    def test_a_missing_rate_leaves_money_unknown_and_says_so(self):
        currency = self.env["res.currency"].create({"name": "XTR", "symbol": "X"})
        self._create_order(self.partner, "2026-09-10", 100)
        self._create_order(self.partner, "2026-10-10", 100, currency=currency)
        self._create_order(self.partner, "2026-10-11", 100)
        figures = self._measure()
        self.assertEqual(figures["order_value"], ("no_rate", 100))
        self.assertEqual(figures["order_value_growth"][0], "no_rate")
        self.assertEqual(figures["repurchase"][0], 1)

    def test_an_invoice_booked_at_one_leaves_invoiced_money_unknown(self):
        currency = self.env["res.currency"].create({"name": "XTI", "symbol": "X"})
        self._create_invoice(self.partner, "2026-10-10", 100, currency_id=currency.id)
        figures = self._measure()
        for key in ("invoiced", "cross_sell", "add_on", "additional_purchase"):
            self.assertEqual(figures[key][0], "no_rate", key)
        self.assertEqual(figures["invoiced"][1], 0)

    def test_what_lies_before_the_history_is_unknown(self):
        self._create_invoice(self.partner, "2026-10-10", 100)
        self.company.customer_history_start = "2026-09-02"
        figures = self._measure()
        self.assertEqual(figures["invoiced"], (100, "before_history"))
        # whether he bought it in the year before is not in the database
        self.assertEqual(figures["cross_sell"][0], "before_history")
        self.assertEqual(figures["add_on"][0], "before_history")
        self.assertEqual(figures["additional_purchase"][0], "before_history")

    def test_documents_of_another_company_do_not_count(self):
        self._create_invoice(
            self.partner, "2026-10-10", 100, company=self.other_company
        )
        self._create_order(self.partner, "2026-10-10", 100, company=self.other_company)
        figures = self._measure()
        self.assertEqual(figures["invoiced"][0], 0)
        self.assertEqual(figures["repurchase"][0], "no_sale")

    # === HEALTH (KPI-06) === #

    def test_answers_that_nobody_has_asked_for_are_to_be_evaluated(self):
        figures = self._measure()
        for key in ("nps", "satisfaction"):
            self.assertEqual(figures[key], ("to_evaluate", "to_evaluate"))

    def test_renewal_rate_of_the_contracts_that_ended_in_the_period(self):
        milestones = self.env["customer.milestone"]
        for end, decided in (
            ("2026-10-01", "2026-10-01"),
            ("2026-10-31", "2026-11-02"),  # too late
            ("2026-10-15", False),
            ("2026-09-30", "2026-09-01"),
            ("2026-11-01", "2026-10-01"),
        ):
            milestones.create(
                {
                    "profile_id": self.profile.id,
                    "kind": "renewal",
                    "date_end": end,
                    "renewal_state": "renewed" if decided else "lost",
                    "date_decided": decided or "2026-10-15",
                }
            )
        rate, before = self._measure()["renewal"]
        self.assertAlmostEqual(rate, 0.3333, 4)
        self.assertEqual(before, 1)

    def test_without_a_contract_that_ended_there_is_no_renewal_rate(self):
        self.assertEqual(self._measure()["renewal"], ("no_contract", "no_contract"))

    def test_the_health_score_is_that_of_the_last_day(self):
        for day, total in (("2026-09-10", 71.5), ("2026-10-31", 64.25)):
            self.env["customer.score"].create(
                {
                    "profile_id": self.profile.id,
                    "company_id": self.company.id,
                    "kind": "health",
                    "date": day,
                    "total": total,
                    "scorecard_id": self.health_card.id,
                }
            )
        self.assertEqual(self._measure()["health_score"], (64.25, 71.5))

    # === PLAN (KPI-14) === #

    def test_compliance_is_done_in_time_of_what_was_due(self):
        self._create_action("2026-10-01", "done", date_done="2026-10-01")
        self._create_action("2026-10-31", "done", date_done="2026-11-01")  # late
        self._create_action("2026-10-10", "unmet")
        self._create_action("2026-10-20")
        self._create_action("2026-10-21", "cancelled")
        self._create_action("2026-11-01")
        self._create_action("2026-09-30", "done", date_done="2026-09-02")
        [review] = self._create_due()
        self.assertEqual(self._get_figures(review)["compliance"], (0.25, 1))
        self.assertRecordValues(
            review,
            [
                {
                    "action_due_count": 4,
                    "action_done_count": 1,
                    "action_unmet_count": 2,
                    "compliance_rate": 0.25,
                    "compliance_state": "known",
                }
            ],
        )
        self.assertEqual(
            review.unmet_action_ids.mapped("name"), ["Due 2026-10-10", "Due 2026-10-20"]
        )

    def test_without_actions_compliance_is_unknown(self):
        [review] = self._create_due()
        self.assertEqual(self._get_figures(review)["compliance"][0], "no_action")
        self.assertEqual(review.compliance_state, "none")
