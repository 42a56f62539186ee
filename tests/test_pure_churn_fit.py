import csv
import doctest
import math
import random
import time
from collections import Counter
from pathlib import Path

from odoo.tests import BaseCase, tagged

from .. import churn, churn_fitting
from ..churn import Parameters
from .churn_common import mix_log_likelihood

SAMPLE = Path(__file__).parent / "data" / "cdnow_sample_summary.csv"


def read_sample():
    """Return the CDNOW sample as ``(x, tx, T, customers, 0)``, in weeks."""
    with SAMPLE.open(newline="") as file:
        counts = Counter(
            (int(row["frequency"]), float(row["recency"]), float(row["T"]))
            for row in csv.DictReader(file)
        )
    return [(*history, count, 0.0) for history, count in counts.items()]


def make_shop(source, customers, p, days=720):
    """Return the aggregated histories of customers drawn from the model itself."""
    rows = {}
    for _customer in range(customers):
        rate = source.gammavariate(p.r, 1 / p.alpha)
        leave = source.betavariate(p.a, p.b)
        age = source.randint(30, days)
        day, x, sum_ln, last = 0.0, 0, 0.0, 0.0
        while source.random() >= leave:
            interval = source.gammavariate(p.k, 1 / rate)
            day += interval
            if day > age:
                break
            x, last, sum_ln = x + 1, day, sum_ln + math.log(interval)
        row = rows.setdefault((x, last, float(age)), [0, 0.0])
        row[0] += 1
        row[1] += sum_ln
    return [(*history, *sums) for history, sums in rows.items()]


def mean_of(rows):
    return churn.mean_interval(
        sum(row[0] * row[3] for row in rows), sum(row[1] * row[3] for row in rows)
    )


@tagged("post_install", "-at_install")
class TestPureChurnFit(BaseCase):
    """Fits: the published ones, those of known shops, and those of bad data."""

    def test_examples_of_the_module_hold(self):
        result = doctest.testmod(churn_fitting)
        self.assertGreater(result.attempted, 7)
        self.assertFalse(result.failed)

    def test_the_published_estimates_of_cdnow_are_reproduced(self):
        rows = read_sample()
        self.assertEqual(sum(row[3] for row in rows), 2357)
        start = time.process_time()
        fit = churn_fitting.fit_bgnbd(rows)
        self.assertLess(time.process_time() - start, 2)
        for found, published in zip(
            fit.parameters[:4], (0.243, 4.414, 0.793, 2.426), strict=True
        ):
            self.assertAlmostEqual(found, published, delta=1e-3)
        self.assertAlmostEqual(fit.log_likelihood, -9582.4, delta=0.05)

    def test_the_likelihood_equals_the_integral_over_all_possible_customers(self):
        for p, rows in (
            (Parameters(0.7, 36, 0.7, 1.5), [(0, 0, 400, 1), (3, 90, 100, 1)]),
            (Parameters(1.3, 14, 0.3, 4.0, 2), [(12, 252, 315, 1), (1, 9, 300, 1)]),
            (Parameters(0.9, 9, 1.2, 2.2, 3), [(5, 150, 152, 1), (0, 0, 0, 1)]),
        ):
            counts = churn_fitting._Counts([(*row, 0.0) for row in rows], p.k)
            theta = [math.log(value) for value in p[:4]]
            value, _gradient = churn_fitting._cnbd(theta, counts)
            expected = sum(mix_log_likelihood(p, *row[:3]) for row in rows)
            self.assertAlmostEqual(value, expected, delta=1e-9)

    def test_the_gradients_are_those_of_the_likelihoods(self):
        rows = [(12, 252, 315, 3, 0), (0, 0, 400, 9, 0), (1, 9, 9, 2, 0)]
        theta = [-0.3, 2.2, 0.2, 0.7]
        for function, k in (
            (churn_fitting._cnbd, 1),
            (churn_fitting._cnbd, 2),
            (churn_fitting._cnbd, 3),
            (churn_fitting._bgnbd, 1),
        ):
            counts = churn_fitting._Counts(rows, k)
            _value, gradient = function(theta, counts)
            for number, slope in enumerate(gradient):
                above, below = list(theta), list(theta)
                above[number] += 1e-5
                below[number] -= 1e-5
                rise = function(above, counts)[0] - function(below, counts)[0]
                with self.subTest(function=function.__name__, k=k, number=number):
                    self.assertAlmostEqual(rise / 2e-5, slope, delta=1e-6)

    # === KNOWN SHOPS === #

    def test_the_parameters_of_a_large_shop_are_found_again(self):
        true = Parameters(1.2, 30.0, 0.8, 2.4)
        rows = make_shop(random.Random(1), 6000, true)
        found = churn_fitting.fit(rows, mean_of(rows))
        for value, wanted in zip(found.parameters[:4], true[:4], strict=True):
            self.assertAlmostEqual(value / wanted, 1, delta=0.15)
        chances = [
            churn.p_order(p, *row[:3], 90) for p in (found[0], true) for row in rows
        ]
        half = len(rows)
        misses = [abs(chances[n] - chances[n + half]) for n in range(half)]
        self.assertLess(sum(misses) / half, 0.01)

    def test_the_regularity_of_a_shop_is_found_again(self):
        for k in (1, 2, 3):
            true = Parameters(1.5, 40.0 / k, 0.6, 2.0, k)
            rows = make_shop(random.Random(k), 400, true)
            found = churn_fitting.select_k(rows, mean_of(rows))
            self.assertEqual(found.parameters.k, k)

    def test_aggregated_histories_fit_like_single_ones(self):
        rows = make_shop(random.Random(5), 60, Parameters(1.2, 30.0, 0.8, 2.4))
        single = [(*row[:3], 1, row[4]) for row in rows for _one in range(3)]
        triple = [(*row[:3], 3, row[4] * 3) for row in rows]
        one, other = (churn_fitting.fit(each, 30) for each in (single, triple))
        for left, right in zip(one.parameters, other.parameters, strict=True):
            self.assertAlmostEqual(left / right, 1, delta=1e-5)
        self.assertAlmostEqual(one.log_likelihood, other.log_likelihood, delta=1e-6)

    # === BAD DATA === #

    def test_data_without_a_rhythm_end_in_the_prior_with_a_reason(self):
        nan, inf = math.nan, math.inf
        for rows in (
            [],
            [(0, 0, 0, 7, 0.0)],
            [(0, 0, 400, 7, 0.0)],
            [(1, 20, 10, 1, 3.0)],
            [(1, -1, 10, 1, 0.0)],
            [(1, 5, nan, 1, 1.0)],
            [(1, 5, inf, 1, 1.0)],
        ):
            for fitted in (
                churn_fitting.fit(rows, 20),
                churn_fitting.select_k(rows, 20),
            ):
                with self.subTest(rows=rows):
                    self.assertEqual(fitted.reason, "degenerate")
                    self.assertEqual(fitted.parameters, churn.prior(20))
                    self.assertIsNone(fitted.log_likelihood)

    def test_no_draw_of_a_small_or_strange_shop_fails_to_fit(self):
        source = random.Random(20261122)
        for number in range(25):
            most = 5000 if number == 0 else 100
            rows = []
            for _customer in range(source.choice((3, 5, 20, 40))):
                x = source.choice((0, 1, 2, 5, source.randint(0, most)))
                T = source.choice((0, 1, 90, 7305))
                tx = source.randint(0, T) if x else 0
                rows.append((x, tx, T, source.choice((1, 1, 5000)), 2.0 * x))
            rows.append((3, 0, 0, 1, 0.0))
            for k in (1, 3):
                fitted = churn_fitting.fit(rows, mean_of(rows), k)
                with self.subTest(rows=rows, k=k):
                    self.assertEqual(fitted.reason, "")
                    self.assertTrue(
                        all(0 < v < math.inf for v in fitted.parameters[:4])
                    )
                    self.assertTrue(math.isfinite(fitted.log_likelihood))
                    for row in rows:
                        chance = churn.p_order(fitted.parameters, *row[:3], 90)
                        self.assertTrue(0 <= chance <= 1)
