from odoo import Command
from odoo.tests import tagged

from .common import CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestBoundaries(CustomerSuccessCase):
    """Edges of bands, rounding, tiers and health, with cards made for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._create_partner("Boundary")
        cls._create_opening(cls.partner, "2026-10-01", 100, 1)
        cls.profile = cls.env["customer.profile"].search(
            [("partner_id", "=", cls.partner.id)]
        )

    def _activate_card(self, *dimensions, kind="tier", **values):
        """Activate a new version whose dimensions are given as {code: weight}."""
        card = (self.tier_card if kind == "tier" else self.health_card).copy(values)
        card.dimension_ids.unlink()
        card.dimension_ids = [
            Command.create(
                {
                    "name": f"Dimension {number}",
                    "weight": weight,
                    "metric_ids": [
                        Command.create({"code": code, "weight": metric_weight})
                        for code, metric_weight in metrics.items()
                    ],
                }
            )
            for number, (weight, metrics) in enumerate(dimensions, start=1)
        ]
        card.action_activate()
        return card

    def _rate(self, outlook, expansion, kind="tier"):
        self.profile.write(
            {
                "outlook_rating": outlook,
                "outlook_date": outlook and "2026-11-01",
                "expansion_rating": expansion,
                "expansion_date": expansion and "2026-11-01",
            }
        )
        return self._measure(self.partner, kind=kind)

    def _get_result(self, row):
        tier = self.env["customer.tier"].browse(row["tier_today_id"])
        return f"{row['tier_total']:.2f}", tier.code

    # === POINTS === #

    def test_value_equal_to_a_threshold_earns_the_better_points(self):
        for amount, points in (
            (4999.99, 1),
            (5000, 2),
            (9999.99, 2),
            (10000, 3),
            (1999999.99, 9),
            (2000000, 10),
        ):
            partner = self._create_partner(f"High {amount}")
            self._create_opening(partner, "2026-10-01", amount)
            values = self._measure(partner)["values"]
            self.assertEqual(values["amount_12m"], (amount, points, None))

    def test_low_value_equal_to_a_threshold_earns_the_better_points(self):
        # Thresholds 0.001, 0.02, 0.05 ...: 10 less those below the share.
        for overdue, share, points in (
            (1, 0.001, 10),
            (1.1, 0.0011, 9),
            (20, 0.02, 9),
            (20.1, 0.0201, 8),
            (800, 0.8, 2),
            (800.1, 0.8001, 1),
        ):
            partner = self._create_partner(f"Low {overdue}")
            self._create_invoice(partner, "2026-10-01", overdue, due="2026-11-01")
            self._create_invoice(
                partner, "2026-10-01", 1000 - overdue, due="2026-12-01"
            )
            values = self._measure(partner)["values"]
            self.assertEqual(values["overdue_rate"], (share, points, None))

    # === ROUNDING === #

    def test_dimension_is_rounded_half_up_to_one_decimal(self):
        self._activate_card((1, {"outlook_rating": 3, "expansion_rating": 1}))
        # (3 x 4 + 5) / 4 = 4.25, (3 x 4 + 3) / 4 = 3.75, (3 x 4 + 7) / 4 = 4.75
        for expansion, points, total in (
            (5, 4.3, "17.20"),
            (3, 3.8, "15.20"),
            (7, 4.8, "19.20"),
            (4, 4, "16.00"),
        ):
            row = self._rate(4, expansion)
            self.assertEqual(row["points"]["Dimension 1"], points)
            self.assertEqual(self._get_result(row)[0], total)

    def test_total_just_below_a_boundary_stays_in_the_lower_tier(self):
        # 40 x (399 a + b) / (10 x 400)
        self._activate_card((399, {"outlook_rating": 1}), (1, {"expansion_rating": 1}))
        for outlook, expansion, result in (
            (4, 3, ("15.99", "C")),
            (4, 4, ("16.00", "B")),
            (6, 5, ("23.99", "B")),
            (6, 6, ("24.00", "A")),
            (8, 7, ("31.99", "A")),
            (8, 8, ("32.00", "S")),
            (1, 1, ("4.00", "C")),
            (10, 10, ("40.00", "S")),
        ):
            self.assertEqual(self._get_result(self._rate(outlook, expansion)), result)

    def test_total_is_rounded_half_up_before_it_is_banded(self):
        # 40 x (799 x 4 + 3) / 8,000 = 15.995
        self._activate_card((799, {"outlook_rating": 1}), (1, {"expansion_rating": 1}))
        self.assertEqual(self._get_result(self._rate(4, 3)), ("16.00", "B"))
        self.assertEqual(self._get_result(self._rate(6, 5)), ("24.00", "A"))
        self.assertEqual(self._get_result(self._rate(8, 7)), ("32.00", "S"))

    def test_total_below_the_half_is_rounded_down(self):
        # 40 x (799 x 4 + 2) / 8,000 = 15.99
        self._activate_card((799, {"outlook_rating": 1}), (1, {"expansion_rating": 1}))
        self.assertEqual(self._get_result(self._rate(4, 2)), ("15.99", "C"))

    # === UNKNOWN AND CONFIDENCE === #

    def test_unknown_dimension_counts_five_and_a_half_points(self):
        self._activate_card((3, {"outlook_rating": 1}), (1, {"expansion_rating": 1}))
        row = self._rate(8, 0)
        # 40 x (3 x 8 + 5.5) / 40
        self.assertEqual(self._get_result(row), ("29.50", "A"))
        self.assertEqual(float(row["tier_confidence"]), 0.75)
        row = self._rate(0, 0)
        self.assertEqual(self._get_result(row), ("22.00", "B"))
        self.assertEqual(float(row["tier_confidence"]), 0)

    def test_known_metric_stands_for_its_dimension_and_confidence_says_so(self):
        self._activate_card(
            (1, {"outlook_rating": 1, "expansion_rating": 3}),
            (2, {"amount_12m": 1}),
        )
        row = self._rate(7, 0)
        self.assertEqual(row["points"]["Dimension 1"], 7)
        # (1 x 1/4 + 2 x 1) / 3
        self.assertEqual(float(row["tier_confidence"]), 0.75)

    def test_dimension_with_weight_zero_is_left_out(self):
        self._activate_card((1, {"outlook_rating": 1}), (0, {"expansion_rating": 1}))
        row = self._rate(9, 1)
        self.assertEqual(self._get_result(row), ("36.00", "S"))
        self.assertEqual(float(self._rate(9, 0)["tier_confidence"]), 1)

    # === HEALTH === #

    def _get_health(self, row):
        return (
            float(row["health_total"]),
            row["health_band"],
            float(row["health_confidence"]),
        )

    def test_health_is_the_mean_of_known_dimensions_with_bands_at_70_and_40(self):
        self._activate_card(
            (7, {"outlook_rating": 1}), (3, {"expansion_rating": 1}), kind="health"
        )
        # ((p - 1) x 7 + (q - 1) x 3) / 90 x 100
        for outlook, expansion, health in (
            (10, 1, (70.0, "healthy", 1)),
            (8, 5, (67.78, "watch", 1)),
            (4, 6, (40.0, "watch", 1)),
            (4, 5, (36.67, "at_risk", 1)),
            (1, 1, (0.0, "at_risk", 1)),
            (10, 10, (100.0, "healthy", 1)),
            (10, 0, (100.0, "healthy", 0.7)),
            (1, 0, (0.0, "at_risk", 0.7)),
        ):
            row = self._rate(outlook, expansion, kind="health")
            self.assertEqual(self._get_health(row), health)

    def test_healthy_customer_below_half_confidence_shows_as_watch(self):
        self._activate_card(
            (49, {"outlook_rating": 1}), (51, {"expansion_rating": 1}), kind="health"
        )
        row = self._rate(10, 0, kind="health")
        self.assertEqual(self._get_health(row), (100.0, "watch", 0.49))
        row = self._rate(0, 10, kind="health")
        self.assertEqual(self._get_health(row), (100.0, "healthy", 0.51))
        row = self._rate(2, 0, kind="health")
        self.assertEqual(self._get_health(row), (11.11, "at_risk", 0.49))

    def test_half_confidence_is_enough_for_healthy(self):
        self._activate_card(
            (1, {"outlook_rating": 1}), (1, {"expansion_rating": 1}), kind="health"
        )
        row = self._rate(10, 0, kind="health")
        self.assertEqual(self._get_health(row), (100.0, "healthy", 0.5))

    def test_health_without_any_known_dimension_is_empty(self):
        self._activate_card((1, {"outlook_rating": 1}), kind="health")
        self.profile.write({"outlook_rating": 0})
        profile = self._score(self.partner)
        self.assertFalse(profile.health)
        self.assertEqual(profile.health_confidence, 0)
        self.assertEqual(profile.score_ids.mapped("health"), [False, False])
