import doctest

from odoo.tests import BaseCase

from .. import thresholds


class TestThresholds(BaseCase):
    """Numbers between two ends, or from the company's own customers."""

    def test_doctests_hold(self):
        result = doctest.testmod(thresholds)
        self.assertGreater(result.attempted, 10)
        self.assertEqual(result.failed, 0)

    def test_ends_stay_as_typed_and_the_rest_is_readable(self):
        for low, high, expected in (
            (5000, 2_000_000, [5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6]),
            (1234, 123_400, [1234, 2000, 4000, 6000, 10000, 20000, 40000, 60000, 123400]),
            (-0.5, 1, [-0.5, -0.3, -0.1, 0.06, 0.25, 0.4, 0.6, 0.8, 1]),
            (0, 0.8, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]),
        ):  # fmt: skip
            with self.subTest(low=low, high=high):
                self.assertEqual(thresholds.fill_between(low, high), expected)

    def test_ends_without_room_between_them_give_nothing(self):
        for low, high, whole in ((5, 5, False), (6, 5, False), (1, 8, True)):
            with self.subTest(low=low, high=high):
                self.assertIsNone(thresholds.fill_between(low, high, whole))
        self.assertEqual(
            thresholds.fill_between(1, 9, True), [1, 2, 3, 4, 5, 6, 7, 8, 9]
        )

    def test_whatever_is_filled_in_ascends(self):
        for exponent in range(-3, 7):
            for factor in (1.5, 2, 7, 33, 1000):
                low = 10**exponent
                values = thresholds.fill_between(low, low * factor)
                if values:
                    with self.subTest(low=low, factor=factor):
                        self.assertEqual(len(values), 9)
                        self.assertTrue(thresholds.is_ascending(values))
                        self.assertEqual((values[0], values[-1]), (low, low * factor))

    def test_shared_values_are_parted_by_the_gaps_between_the_others(self):
        quantiles = [0, 0, 0, 100, 200, 400, 800, 1600, 3200]
        self.assertEqual(
            thresholds.propose(quantiles, worst=0),
            [100, 150, 200, 300, 400, 600, 800, 1500, 3000],
        )

    def test_too_few_different_values_propose_nothing(self):
        self.assertIsNone(thresholds.propose([0] * 7 + [3, 9], worst=0))
        self.assertIsNone(thresholds.propose([1] * 6 + [2, 3, 4], 0, whole=True))
