import doctest
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from .. import satisfaction


@tagged("post_install", "-at_install")
class TestPureSatisfaction(BaseCase):
    """Means, scores and bands, with numbers worked out by hand."""

    def test_the_examples_of_the_module_are_true(self):
        result = doctest.testmod(satisfaction)
        self.assertGreater(result.attempted, 0)
        self.assertFalse(result.failed)

    def test_every_mean_of_three_answers_has_the_band_of_the_method(self):
        # a sum of 12 to 15 is 4.0 and more, 11 is 3.67, 10 is 3.33
        for total, band in ((15, "good"), (12, "good"), (11, "middling"), (10, "low")):
            value = Decimal(total) / 3
            self.assertEqual(satisfaction.get_csat_band(value), band, total)

    def test_a_band_is_told_from_the_exact_mean_not_from_the_rounded_one(self):
        value = Decimal("3.499")
        self.assertEqual(satisfaction.to_value(value), Decimal("3.50"))
        self.assertEqual(satisfaction.get_csat_band(value), "low")

    def test_a_score_is_rounded_half_up(self):
        self.assertEqual(satisfaction.to_score("3.6665", (1, 5)), Decimal("66.66"))
        self.assertEqual(satisfaction.to_score("3.6666", (1, 5)), Decimal("66.67"))
        self.assertEqual(
            satisfaction.to_score(Decimal("3.0002"), (1, 5)), Decimal("50.01")
        )

    def test_ninety_points_are_four_point_six_of_five(self):
        self.assertEqual(satisfaction.to_score("4.6", (1, 5)), Decimal("90.00"))
