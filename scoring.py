"""Arithmetic of the scorecards. No ORM: importable and tested without Odoo.

Scores themselves are computed in one place, in PostgreSQL (``customer.formula``).
Here lives what configuration and explanation need: checking thresholds and naming
the band in which a value lies.
"""

import math
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
