from datetime import date

from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .review_common import ReviewCase


@tagged("post_install", "-at_install")
class TestEvaluations(ReviewCase):
    """Evaluations come into being when a period of the tier ends."""

    def _get_periods(self, profile=None):
        return [
            (str(review.date_from), str(review.date_to))
            for review in self._get_reviews(profile)
        ]

    # === WHEN === #

    def test_s_customers_are_evaluated_at_every_month_end(self):
        self._create_due("2026-10-30")
        self.assertEqual(self._get_periods(), [("2026-09-01", "2026-09-30")])
        self._create_due("2026-10-31")
        self.assertEqual(
            self._get_periods(),
            [("2026-09-01", "2026-09-30"), ("2026-10-01", "2026-10-31")],
        )

    def test_a_at_quarter_ends_and_b_and_c_at_half_year_ends(self):
        a, b, c = (self._create_planned(f"Tier {tier}", tier) for tier in "ABC")
        self._create_due("2026-10-15")
        self.assertEqual(self._get_periods(a), [("2026-07-01", "2026-09-30")])
        for profile in (b, c):
            self.assertEqual(self._get_periods(profile), [("2026-01-01", "2026-06-30")])
        self._create_due("2026-12-31")
        self.assertEqual(self._get_periods(a)[-1], ("2026-10-01", "2026-12-31"))
        self.assertEqual(self._get_periods(b)[-1], ("2026-07-01", "2026-12-31"))

    def test_a_late_run_creates_as_of_the_due_date(self):
        [review] = self._create_due("2026-11-20")
        self.assertRecordValues(
            review,
            [
                {
                    "date_from": date(2026, 10, 1),
                    "date_to": date(2026, 10, 31),
                    "date_due": date(2026, 11, 10),
                    "date_figures": date(2026, 11, 20),
                    "tier_id": self.tiers["S"].id,
                    "plan_id": self.plan.id,
                    "state": "draft",
                    "is_late": True,
                }
            ],
        )

    def test_a_second_run_changes_nothing(self):
        [review] = self._create_due()
        lines = review.indicator_ids.ids
        self.assertEqual(self._create_due(), review)
        self.assertEqual(review.indicator_ids.ids, lines)

    def test_two_evaluations_of_one_period_are_refused(self):
        self._create_due()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["customer.review"].create(
                {
                    "profile_id": self.profile.id,
                    "date_from": "2026-10-15",
                    "date_to": "2026-10-31",
                }
            )

    # === WHO === #

    def test_without_a_running_plan_there_is_nothing_to_evaluate(self):
        self.plan._close("manual", date(2026, 10, 30))
        self.assertFalse(self._create_due())

    def test_a_plan_that_ended_after_the_period_is_evaluated(self):
        self.plan._close("manual", date(2026, 11, 5))
        self.assertEqual(len(self._create_due("2026-11-20")), 1)

    def test_a_plan_that_began_after_the_period_is_not(self):
        late = self._create_planned("Late", start="2026-11-01")
        self._create_due()
        self.assertFalse(self._get_periods(late))

    def test_a_long_cycle_needs_a_plan_of_a_calendar_month(self):
        ripe = self._create_planned("Ripe", "B", start="2026-06-01")
        young = self._create_planned("Young", "B", start="2026-06-02")
        self._create_due("2026-07-01")
        self.assertEqual(self._get_periods(ripe), [("2026-01-01", "2026-06-30")])
        self.assertFalse(self._get_periods(young))

    def test_the_cycle_of_a_plan_that_ended_is_that_of_its_tier(self):
        moved = self._create_planned("Moved up", "A", start="2026-01-01")
        old = self.env["customer.care.plan"].search([("profile_id", "=", moved.id)])
        self._create_due("2026-10-01")
        old._close("tier", date(2026, 11, 15))
        moved.tier_id = self.tiers["S"]
        self._create_plan(moved, "2026-11-15")
        self._create_due("2026-11-16")  # no evaluation of October: he was an A
        self.assertEqual(self._get_periods(moved), [("2026-07-01", "2026-09-30")])
        self._create_due("2026-11-30")
        self.assertEqual(self._get_periods(moved)[-1], ("2026-11-01", "2026-11-30"))

    def test_customers_left_out_of_rating_and_archived_ones_are_not(self):
        left_out = self._create_planned("Left out", trigger="manual", tier_id=False)
        left_out.tier_id = False
        self.profile.active = False
        self._create_due()
        self.assertFalse(self._get_periods(left_out))
        self.assertFalse(self._get_periods())

    def test_the_other_company_has_evaluations_of_its_own(self):
        theirs = self._create_planned("Theirs", company=self.other_company)
        self._create_due()
        self.assertFalse(self._get_periods(theirs))
        self._create_due(company=self.other_company)
        self.assertEqual(self._get_periods(theirs), [("2026-10-01", "2026-10-31")])

    # === FROZEN === #

    def test_figures_of_the_last_day_are_taken_again_when_it_is_over(self):
        [review] = self._create_due("2026-10-31")[-1:]
        self._create_invoice(self.partner, "2026-10-31", 500)
        self.assertEqual(self._get_figures(review)["invoiced"][0], 0)
        self._create_due("2026-11-01")
        self.assertEqual(self._get_figures(review)["invoiced"][0], 500)
        self._create_invoice(self.partner, "2026-10-31", 40)  # entered later
        self._create_due("2026-11-02")
        self.assertEqual(self._get_figures(review)["invoiced"][0], 500)
        review.with_user(self.sales).action_take_figures()
        self.assertEqual(self._get_figures(review)["invoiced"][0], 540)

    # === HOW MUCH IT COSTS === #

    def test_a_hundred_customers_cost_at_most_sixty_statements(self):
        for number in range(99):  # and the one of the class
            self._create_planned(f"Many {number}")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["customer.review"]._create_due(self.company, date(2026, 10, 31))
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 60)
        self.assertEqual(
            self.env["customer.review"].search_count([("date_to", "=", "2026-10-31")]),
            100,
        )
