import doctest

from odoo.tests import BaseCase

from .. import scoring


class TestScoring(BaseCase):
    def test_doctests_hold(self):
        result = doctest.testmod(scoring)
        self.assertGreater(result.attempted, 3)
        self.assertEqual(result.failed, 0)

    def test_figures_that_cannot_be_used(self):
        for value in (float("inf"), "-inf", "NaN", "abc", None, [], "1e999"):
            with self.subTest(value=value):
                self.assertFalse(scoring.is_finite(value))
        for value in (0, -1, "12", 1e308, "1e5"):
            with self.subTest(value=value):
                self.assertTrue(scoring.is_finite(value))

    def test_low_is_good_bands_count_down(self):
        thresholds = [10, 20, 30, 40, 50, 60, 70, 80, 90]
        self.assertEqual(
            [band.points for band in scoring.bands(thresholds, True)],
            [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
        )
        self.assertEqual(scoring.band_of(1, thresholds, True), (1, 90, None))
        self.assertEqual(scoring.band_of(9, thresholds, False), (9, 80, 90))
