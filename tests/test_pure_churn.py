import doctest
import math
import random
import time

from odoo.tests import BaseCase, tagged

from .. import churn
from ..churn import Parameters
from . import churn_common

# (parameters, x, tx, T): shops of irregular and of regular buyers, usual and odd ones
CASES = [
    (Parameters(0.243, 4.414, 0.793, 2.426), 2, 30.43, 38.86),
    (Parameters(0.7, 36.0, 0.7, 1.5), 0, 0, 400),
    (Parameters(0.605, 56.4, 1.0, 1.19), 12, 252, 315),
    (Parameters(1.3, 14.0, 0.3, 4.0, 2), 12, 252, 315),
    (Parameters(0.9, 9.0, 1.2, 2.2, 3), 5, 150, 152),
    (Parameters(2.0, 30.0, 0.5, 0.9, 2), 0, 0, 30),
]


@tagged("post_install", "-at_install")
class TestPureChurn(BaseCase):
    """What the model says of a customer, and how far a shop gets, without a database."""

    def test_examples_of_the_module_hold(self):
        result = doctest.testmod(churn)
        self.assertGreater(result.attempted, 20)
        self.assertFalse(result.failed)

    # === AGAINST NUMERIC INTEGRATION === #

    def test_chances_equal_the_integral_over_all_possible_customers(self):
        for case in CASES:
            for horizon in (30, 90, 365):
                with self.subTest(case=case, horizon=horizon):
                    alive, order = churn_common.mix(*case, horizon)
                    self.assertAlmostEqual(churn.p_alive(*case), alive, delta=1e-9)
                    self.assertAlmostEqual(
                        churn.p_order(*case, horizon), order, delta=1e-9
                    )

    def test_expected_orders_equal_the_integral_for_regular_buyers_too(self):
        for case, horizon in zip(CASES, (39, 90, 180, 90, 60, 90), strict=True):
            with self.subTest(case=case):
                self.assertAlmostEqual(
                    churn.expected_orders(*case, horizon),
                    churn_common.mix_orders(*case, horizon),
                    delta=1e-9,
                )

    def test_expected_orders_pass_smoothly_where_the_published_formula_divides_by_0(
        self,
    ):
        near = [
            churn.expected_orders(Parameters(0.6, 56, a, 1.2), 4, 200, 240, 365)
            for a in (1 - 1e-9, 1, 1 + 1e-9)
        ]
        self.assertAlmostEqual(near[0], near[1], delta=1e-8)
        self.assertAlmostEqual(near[2], near[1], delta=1e-8)

    # === PROPERTIES === #

    def test_any_customer_of_any_shop_has_chances_that_make_sense(self):
        source = random.Random(20261122)
        for _round in range(300):
            p = Parameters(
                *(math.exp(source.uniform(-4, 4)) for _name in "r"),
                math.exp(source.uniform(-2, 8)),
                math.exp(source.uniform(-4, 4)),
                math.exp(source.uniform(-4, 4)),
                source.choice((1, 2, 3)),
            )
            x = source.choice((0, 1, 2, 30, source.randint(0, 5000)))
            T = source.randint(0, 7305)
            tx = source.randint(0, T) if x else 0
            horizon = source.randint(1, 730)
            with self.subTest(p=p, x=x, tx=tx, T=T, horizon=horizon):
                alive = churn.p_alive(p, x, tx, T)
                order = churn.p_order(p, x, tx, T, horizon)
                self.assertTrue(0 <= order <= alive <= 1)
                # a longer silence never makes an order more likely, nor more alive
                self.assertLessEqual(churn.p_alive(p, x, tx, T + 30), alive + 1e-12)
                # a longer horizon never makes it less likely
                self.assertGreaterEqual(
                    churn.p_order(p, x, tx, T, horizon + 30), order - 1e-12
                )
                later = churn.p_order(p, x, tx, T + 30, horizon)
                self.assertTrue(0 <= later <= 1)

    def test_a_silence_lowers_the_chance_of_an_order_day_by_day(self):
        for p in (churn.prior(21), churn.prior(21, 2), churn.prior(21, 3)):
            # from the day on which the next order is due: before, a regular buyer's
            # chance rises
            chances = [
                churn.p_order(p, 12, 252, 252 + day, 90) for day in range(30, 400)
            ]
            self.assertEqual(chances, sorted(chances, reverse=True))

    def test_expected_orders_of_extreme_customers_stay_finite_and_quick(self):
        start = time.process_time()
        for x, tx, T in (
            (0, 0, 0),
            (5000, 7300, 7300),
            (5000, 5000, 7300),
            (1, 1, 7300),
        ):
            for k in (1, 2, 3):
                orders = churn.expected_orders(churn.prior(1.5, k), x, tx, T, 365)
                self.assertTrue(0 <= orders <= 730, (x, tx, T, k, orders))
        self.assertLess(time.process_time() - start, 1)

    def test_one_who_ordered_5000_times_on_one_day_long_ago_has_left(self):
        self.assertLess(churn.p_alive(churn.prior(30), 5000, 0, 7300), 1e-12)
        self.assertEqual(churn.expected_orders(churn.prior(30), 5000, 0, 7300, 90), 0)

    # === LADDER === #

    def test_each_condition_of_a_rung_is_needed_on_its_own(self):
        table = [
            ((5, 10, 60, 30), "prior", "customers"),
            ((4, 10, 60, 30), "fixed", "customers"),
            ((5, 9, 60, 30), "fixed", "orders"),
            ((5, 10, 59, 30), "fixed", "history"),
            ((20, 30, 120, 30), "fitted", "customers"),
            ((19, 30, 120, 30), "prior", "customers"),
            ((20, 29, 120, 30), "prior", "orders"),
            ((20, 30, 119, 29), "prior", "history"),
            ((20, 30, 120, 31), "prior", "slow"),
            ((100, 200, 270, 60), "regular", ""),
            ((99, 200, 270, 60), "fitted", "customers"),
            ((100, 199, 270, 60), "fitted", "orders"),
            ((100, 200, 269, 60), "fitted", "history"),
            ((0, 0, 0, None), "fixed", "customers"),
            ((10**6, 10**7, 1000, 300), "prior", "slow"),
        ]
        for counts, rung, reason in table:
            with self.subTest(counts=counts):
                self.assertEqual(churn.choose_rung(*counts)[:2], (rung, reason))

    def test_a_check_misses_only_beyond_fifteen_points(self):
        self.assertFalse(churn.Check(100, 0.649, 0.5).is_off)
        self.assertTrue(churn.Check(100, 0.651, 0.5).is_off)
        self.assertTrue(churn.Check(100, 0.3, 0.5).is_off)
        # a prediction that is no number misses too
        self.assertTrue(churn.Check(100, math.nan, 0.5).is_off)
