"""Arithmetic of the scorecards. No ORM: importable and tested without Odoo.

Scores themselves are computed in one place, in PostgreSQL (``customer.formula``).
Here lives what configuration and explanation need: checking thresholds, naming the
band in which a value lies, and which change of one metric lifts a customer.
"""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

THRESHOLDS = 9
MAX_POINTS = 10


class Band(NamedTuple):
    """One of the ten bands of a metric, edges in the metric's unit, None = open."""

    points: int
    low: float | None
    high: float | None


def is_finite(value):
    """Return whether a value can be used as a figure at all.

    >>> is_finite("12.5"), is_finite(float("nan")), is_finite("1e400"), is_finite("x")
    (True, False, False, False)
    """
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def first_disorder(thresholds):
    """Return the 1-based numbers of the first two thresholds out of order, or None.

    Thresholds must ascend strictly.

    >>> first_disorder([1, 2, 3]) is None
    True
    >>> first_disorder([1, 5, 5])
    (2, 3)
    """
    for index in range(1, len(thresholds)):
        if not thresholds[index] > thresholds[index - 1]:
            return index, index + 1
    return None


def bands(thresholds, low_is_good):
    """Return the ten bands of a metric from the lowest value to the highest.

    A value equal to a threshold belongs to the band with more points.

    >>> bands([10, 20, 30, 40, 50, 60, 70, 80, 90], low_is_good=False)[1]
    Band(points=2, low=10, high=20)
    >>> bands([10, 20, 30, 40, 50, 60, 70, 80, 90], low_is_good=True)[0]
    Band(points=10, low=None, high=10)
    """
    edges = [None, *thresholds, None]
    result = []
    for index in range(MAX_POINTS):
        points = MAX_POINTS - index if low_is_good else index + 1
        result.append(Band(points, edges[index], edges[index + 1]))
    return result


def band_of(points, thresholds, low_is_good):
    """Return the :class:`Band` that earns ``points``.

    >>> band_of(10, [1, 2, 3, 4, 5, 6, 7, 8, 9], low_is_good=False)
    Band(points=10, low=9, high=None)
    """
    return next(
        band for band in bands(thresholds, low_is_good) if band.points == points
    )


# === TIER TOTAL AND LIFT === #


def half_up(value, digits):
    """Return an exact fraction rounded half up, as PostgreSQL's ROUND does.

    >>> half_up(Fraction(545, 100), 1), half_up(Fraction(-545, 100), 1)
    (Decimal('5.5'), Decimal('-5.5'))
    """
    scaled = abs(value) * 10**digits
    rounded = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-rounded if value < 0 else rounded).scaleb(-digits)


def word_number(value, digits=2):
    """Return a number as people read it: rounded half up, without zeros at the end.

    >>> [word_number(value) for value in (3.625, 4.0, 0.1, -0.001, 1234567.891)]
    ['3.63', '4', '0.1', '0', '1234567.89']
    """
    number = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{number.normalize() + 0:f}"


def word_rate(value):
    """Return a share as people read it: percent, one decimal half up.

    >>> [word_rate(value) for value in (0.0125, 0.9, 1, 1 / 3)]
    ['1.3%', '90%', '100%', '33.3%']
    """
    return f"{word_number(Decimal(str(value)) * 100, 1)}%"


def dimension_points(metrics):
    """Return the points of a dimension, one decimal; None when nothing is known.

    :param metrics: pairs (weight, points), points None when unknown

    >>> dimension_points([(Decimal(1), 8), (Decimal(2), 3), (Decimal(1), None)])
    Decimal('4.7')
    """
    known = [
        (Fraction(weight), Fraction(points)) for weight, points in metrics if points
    ]
    if not known:
        return None
    weighted = sum(weight * points for weight, points in known)
    return half_up(weighted / sum(weight for weight, _points in known), 1)


def tier_total(dimensions, unknown_points, max_total):
    """Return the total of dimensions, two decimals; what the formula in SQL gives.

    :param dimensions: pairs (weight, metrics as in :func:`dimension_points`)

    >>> tier_total([(Decimal(1), [(Decimal(1), 8)]), (Decimal(1), [])],
    ...            Decimal("5.5"), Decimal(40))
    Decimal('27.00')
    """
    weighted, weights = Fraction(0), Fraction(0)
    for weight, metrics in dimensions:
        points = dimension_points(metrics)
        points = unknown_points if points is None else points
        weighted += Fraction(weight) * Fraction(points)
        weights += Fraction(weight)
    return half_up(Fraction(max_total) * weighted / (MAX_POINTS * weights), 2)


def lifts(dimensions, unknown_points, max_total, bound):
    """Return which metric alone reaches a total, and the fewest points it needs.

    :param dimensions: pairs (weight, metrics), metrics as ``{key: (weight, points)}``
    :return: ``{key: points}``; unknown metrics are no moves, empty when none reaches

    >>> dimensions = [(Decimal(1), {"value": (Decimal(1), 8)}),
    ...               (Decimal(1), {"late": (Decimal(1), 3), "share": (Decimal(1), 3)})]
    >>> lifts(dimensions, Decimal("5.5"), Decimal(40), Decimal("24"))
    {'value': 9, 'late': 5, 'share': 5}
    >>> lifts(dimensions, Decimal("5.5"), Decimal(40), Decimal("28"))
    {'late': 9, 'share': 9}
    """
    found = {}
    for index, (weight, metrics) in enumerate(dimensions):
        for key, (metric_weight, points) in metrics.items():
            for wanted in range(int(points or MAX_POINTS) + 1, MAX_POINTS + 1):
                changed = [(part, list(parts.values())) for part, parts in dimensions]
                others = {**metrics, key: (metric_weight, wanted)}
                changed[index] = (weight, list(others.values()))
                if tier_total(changed, unknown_points, max_total) >= bound:
                    found[key] = wanted
                    break
    return found


def value_for(points, thresholds, low_is_good, digits):
    """Return the value nearest to the present one that earns more ``points``.

    Rounded to the digits the metric is measured in, towards the better side.

    >>> bounds = [1, 2.5, 3, 4, 5, 6, 7, 8, 9]
    >>> value_for(3, bounds, low_is_good=False, digits=0)
    Decimal('3')
    >>> value_for(9, bounds, low_is_good=True, digits=2)
    Decimal('2.50')
    """
    index = len(thresholds) - points + 1 if low_is_good else points - 2
    rounding = ROUND_FLOOR if low_is_good else ROUND_CEILING
    edge = Decimal(str(thresholds[index]))
    return edge.quantize(Decimal(1).scaleb(-digits), rounding)
