"""Finds thresholds that people can read. No ORM: importable and tested without Odoo.

Nine thresholds lie between what earns one point and what earns ten. They are spread
between two ends that a person typed, or follow the company's own customers.
"""

import itertools
import math

THRESHOLDS = 9
# Decimals that a threshold is stored with.
DECIMALS = 4
# Ends further apart than this are spread in equal steps of ratio, not of amount.
LARGE_RATIO = 10
# Share of the customers that stay below each threshold when they are proposed: one
# point for three in ten, ten points for the best in a hundred. Even tenths would make
# B the largest tier and A the second (tried: demo and bench customers).
PROPOSED_SHARES = (0.30, 0.50, 0.65, 0.75, 0.82, 0.88, 0.92, 0.96, 0.99)
# A threshold that one in twenty does not pass parts the few worst from nobody.
WORST_SHARE = 0.05
# First digits of a readable number, from coarse to fine.
GRIDS = (
    (1, 2, 5),
    (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8),
    tuple(step / 2 for step in range(2, 20)),
    tuple(step / 10 for step in range(10, 100)),
    tuple(step / 100 for step in range(100, 1000)),
)


def round_readable(value, grid):
    """Return the number nearest to ``value`` whose first digits are in a grid.

    >>> round_readable(945_741, GRIDS[0]), round_readable(-0.3125, GRIDS[1])
    (1000000, -0.3)
    >>> round_readable(0, GRIDS[0])
    0
    """
    if not value:
        return 0
    exponent = math.floor(math.log10(abs(value)))
    candidates = [digits * 10.0**exponent for digits in (*grid, 10)]
    nearest = min(candidates, key=lambda number: abs(number - abs(value)))
    return _tidy(math.copysign(nearest, value))


def _tidy(value):
    """Return a number as it is stored, whole ones without a point."""
    rounded = round(value, DECIMALS)
    return int(rounded) if rounded == int(rounded) else rounded


def is_ascending(values):
    """Return whether every value is greater than the one before.

    >>> is_ascending([1, 2, 3]), is_ascending([1, 2, 2])
    (True, False)
    """
    return all(low < high for low, high in itertools.pairwise(values))


def make_readable(values, first_grid=0, keep_ends=False, whole=False):
    """Round ascending values as coarsely as leaves them ascending, else None.

    :param keep_ends: leave the first and the last as they are
    :param whole: of a metric that counts: without decimals

    >>> make_readable([4812, 9950, 22360, 47287])
    [5000, 10000, 20000, 50000]
    >>> make_readable([11, 12, 13]), make_readable([1, 2, 13], whole=True)
    ([11, 12, 13], [1, 2, 10])
    >>> make_readable([1.00001, 1.00002]) is None
    True
    """
    tidy = round if whole else _tidy
    for grid in GRIDS[first_grid:]:
        rounded = [tidy(round_readable(value, grid)) for value in values]
        if keep_ends:
            rounded[0], rounded[-1] = values[0], values[-1]
        if is_ascending(rounded):
            return rounded
    exact = [tidy(value) for value in values]
    return exact if is_ascending(exact) else None


def fill_between(low, high, whole=False):
    """Return nine readable thresholds from ``low`` to ``high``, both included.

    In equal steps of ratio when both are positive and far apart, else of amount.
    None when there is no room for nine.

    >>> fill_between(5000, 2_000_000)
    [5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000, 2000000]
    >>> fill_between(0, 80)
    [0, 10, 20, 30, 40, 50, 60, 70, 80]
    >>> fill_between(1, 30, whole=True)
    [1, 2, 3, 4, 5, 8, 15, 20, 30]
    >>> fill_between(3, 3) is None
    True
    """
    if not low < high:
        return None
    steps = [step / (THRESHOLDS - 1) for step in range(THRESHOLDS)]
    if low > 0 and high / low >= LARGE_RATIO:
        values = [low * (high / low) ** step for step in steps]
    else:
        values = [low + (high - low) * step for step in steps]
    values[0], values[-1] = low, high
    if whole:
        for index in range(1, THRESHOLDS - 1):
            values[index] = max(round(values[index]), values[index - 1] + 1)
    return make_readable(values, keep_ends=True, whole=whole)


def propose(quantiles, worst, low_is_good=False, whole=False):
    """Return nine readable thresholds that follow quantiles, or None.

    :param worst: value of the worst customers (``WORST_SHARE``): thresholds up to
        there would give points to those who have earned none

    >>> propose([0, 480, 1020, 2100, 5300, 9700, 21000, 52000, 99000], worst=0)
    [500, 1000, 2000, 3000, 5000, 10000, 20000, 50000, 100000]
    >>> propose([0, 0, 0, 0, 2, 5, 11, 40, 300], worst=300, low_is_good=True)
    [0, 2, 3, 5, 8, 10, 15, 20, 40]
    """
    values = [
        value
        for value in quantiles
        if (value < worst if low_is_good else value > worst)
    ]
    values = separate(values, whole)
    return values and make_readable(values, first_grid=1, whole=whole)


def separate(quantiles, whole=False):
    """Return nine ascending values from quantiles of which some are equal.

    Where many customers share one value, quantiles coincide: the widest gaps between
    the others are halved until there are nine. None with fewer than three different,
    and where there is no room.

    >>> separate([0, 0, 0, 0, 0, 0, 2, 8, 32])
    [0, 2, 2.8284, 4.0, 5.6569, 8, 11.3137, 16.0, 32]
    >>> separate([1, 1, 2, 2, 3, 5, 7, 9, 15], whole=True)
    [1, 2, 3, 4, 5, 7, 9, 12, 15]
    >>> separate([0, 0, 0, 0, 0, 0, 0, 0, 5]) is None
    True
    """
    values = sorted(set(quantiles))
    if len(values) < 3:
        return None
    while len(values) < THRESHOLDS:
        gaps = [end for end in range(1, len(values)) if _has_room(values, end, whole)]
        if not gaps:
            return None
        end = max(gaps, key=lambda end: _measure_gap(values, end))
        values.insert(end, _get_middle(values, end, whole))
    return values


def _measure_gap(values, end):
    """Return how far apart two neighbours are: in ratio where they are positive."""
    low, high = values[end - 1], values[end]
    return math.log(high / low) if low > 0 else 0


def _get_middle(values, end, whole):
    low, high = values[end - 1], values[end]
    middle = math.sqrt(low * high) if low > 0 else (low + high) / 2
    return math.ceil(middle) if whole else round(middle, DECIMALS)


def _has_room(values, end, whole):
    return values[end - 1] < _get_middle(values, end, whole) < values[end]
