import random
from decimal import Decimal

from odoo.tests import tagged
from odoo.tools import SQL

from ..scoring import lifts, tier_total, value_for
from .common import DAY, CustomerSuccessCase

CASES = 300
SEED = 20261121


@tagged("post_install", "-at_install")
class TestLift(CustomerSuccessCase):
    """Lift and total of the pure functions against the statement that scores."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.formula = cls.env["customer.formula"]
        cls.cards = {"tier": cls.tier_card, "health": cls.health_card}
        metrics = cls.tier_card.dimension_ids.metric_ids
        cls.metrics = {metric.id: metric for metric in metrics}
        cls.random = random.Random(SEED)
        cls.digits = {"amount_12m": 2, "tenure_years": 2, "late_days": 2}
        cls.digits |= {"growth_rate": 4, "overdue_rate": 4}

    def _make_weights_odd(self):
        """Give a copy of the scorecard weights whose means have to be rounded."""
        card = self.tier_card.copy()
        for part in (*card.dimension_ids, *card.dimension_ids.metric_ids):
            part.weight = self.random.choice([0.33, 0.5, 1, 1.37, 2.25, 3])
        self.cards = {"tier": card, "health": self.health_card}
        metrics = card.dimension_ids.metric_ids
        self.metrics = {metric.id: metric for metric in metrics}
        return card

    # === THE STATEMENT === #

    def _score_values(self, rows):
        """Return (points by metric, total) of rows of values, by the real statement."""
        self.env.flush_all()
        health = self.health_card.dimension_ids.metric_ids.ids
        names = [f"v{metric_id}" for metric_id in (*self.metrics, *health)]
        values = SQL(", ").join(
            SQL(
                "(%s, %s)",
                number,
                SQL(", ").join(
                    SQL("%s::numeric", row.get(metric_id))
                    for metric_id in (*self.metrics, *health)
                ),
            )
            for number, row in enumerate(rows)
        )
        source = SQL(
            "SELECT * FROM (VALUES %s) src (number, %s)",
            values,
            SQL(", ").join(SQL.identifier(name) for name in names),
        )
        pointed = SQL(
            "SELECT val.*, %s FROM (%s) val",
            self.formula._select_points(self.cards),
            source,
        )
        dimensions = SQL(
            "SELECT pnt.*, %s FROM (%s) pnt",
            self.formula._select_dimensions(self.cards),
            pointed,
        )
        found = self.env.execute_query_dict(
            SQL(
                "SELECT dim.*, %s FROM (%s) dim ORDER BY number",
                self.formula._select_totals(self.cards),
                dimensions,
            )
        )
        return [
            (
                {key: row[f"p{key}"] for key in self.metrics},
                Decimal(str(row["tier_total"])),  # two decimals
            )
            for row in found
        ]

    def _draw(self):
        """Return values of every metric: unknown, on a threshold, or near one."""
        row = {}
        for metric_id, metric in self.metrics.items():
            if self.random.random() < 0.2:
                continue
            if metric.is_rating:
                row[metric_id] = Decimal(self.random.randint(1, 10))
                continue
            edge = Decimal(str(self.random.choice(metric._get_thresholds())))
            step = self._get_step(metric)
            row[metric_id] = edge + self.random.choice([-step, 0, step, 3 * step])
        return row

    def _get_step(self, metric):
        return Decimal(1).scaleb(-self.digits.get(metric.code, 0))

    def _get_dimensions(self, points):
        return [
            (
                Decimal(str(dimension.weight)),
                {
                    metric.id: (Decimal(str(metric.weight)), points[metric.id])
                    for metric in dimension.metric_ids
                },
            )
            for dimension in self.cards["tier"].dimension_ids
        ]

    def _lift(self, points, bound):
        return lifts(
            self._get_dimensions(points), Decimal("5.5"), Decimal(40), Decimal(bound)
        )

    # === PROPERTIES === #

    def test_totals_equal_the_statement_for_any_values_and_weights(self):
        for card in (None, self._make_weights_odd):
            if card:
                card()
            rows = [self._draw() for _number in range(CASES)]
            for points, total in self._score_values(rows):
                dimensions = [
                    (weight, list(metrics.values()))
                    for weight, metrics in self._get_dimensions(points)
                ]
                self.assertEqual(
                    tier_total(dimensions, Decimal("5.5"), Decimal(40)), total
                )

    def test_a_move_reaches_the_bound_and_a_smaller_one_does_not(self):
        self._make_weights_odd()
        moved, expected = [], []
        for row in [self._draw() for _number in range(CASES)]:
            [(points, total)] = self._score_values([row])
            bound = self.random.choice([16, 24, 32])
            if total >= bound:
                continue
            found = self._lift(points, bound)
            for metric_id, metric in self.metrics.items():
                if metric_id not in row:
                    self.assertNotIn(metric_id, found)  # becoming known is no lift
                    continue
                best = found.get(metric_id)
                for value, reaches in self._get_trials(metric, row[metric_id], best):
                    moved.append({**row, metric_id: value})
                    expected.append((bound, reaches))
        self.assertGreater(len(moved), CASES)
        self.assertGreater(sum(reaches for _bound, reaches in expected), 50)
        results = self._score_values(moved)
        for (_points, total), (bound, reaches) in zip(results, expected, strict=True):
            self.assertEqual(total >= bound, reaches)

    def _get_trials(self, metric, value, points):
        """Return values to try and whether they reach the bound."""
        is_low = metric.direction == "low" and not metric.is_rating
        if not points:  # not offered: not even the best value reaches it
            best = {True: Decimal("-1e6"), False: Decimal("1e9")}[is_low]
            return [(Decimal(10) if metric.is_rating else best, False)]
        if metric.is_rating:
            return [(Decimal(points), True), (Decimal(points - 1), False)]
        digits = self.digits.get(metric.code, 0)
        wanted = value_for(points, metric._get_thresholds(), is_low, digits)
        step = self._get_step(metric)
        return [(wanted, True), (wanted + (step if is_low else -step), False)]

    # === ON THE FORM === #

    def _get_lift(self, profile, day=DAY):
        self.env.flush_all()
        self.env.invalidate_all()
        return profile.tier_explanation["lift"]

    def test_form_names_the_one_figure_that_reaches_the_next_tier(self):
        # value 3, stability (1 + 2) / 2, growth 5.5, risk (5 + 4) / 2
        self.assertEqual(
            self._lift(
                {
                    metric.id: {
                        "amount_12m": 3, "tenure_years": 1, "orders_12m": 2,
                        "overdue_rate": 5, "late_days": 4,
                    }.get(metric.code)
                    for metric in self.metrics.values()
                },
                16,
            ),
            {self._get_metric("amount_12m").id: 5, self._get_metric("tenure_years").id: 4,
             self._get_metric("orders_12m").id: 5, self._get_metric("overdue_rate").id: 8,
             self._get_metric("late_days").id: 7},
        )  # fmt: skip

    def _get_metric(self, code):
        return next(found for found in self.metrics.values() if found.code == code)
