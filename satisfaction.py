"""Arithmetic of satisfaction: what an answer on a scale is worth. Needs no Odoo."""

from decimal import ROUND_HALF_UP, Decimal

# Bands of CSAT on the scale 1–5 (SUR-02, SUR-03): good from 4.0 on, low below 3.5.
GOOD, LOW = Decimal(4), Decimal("3.5")
CSAT_SCALE, NPS_SCALE = (1, 5), (0, 10)
CENT = Decimal("0.01")


def _round(number):
    """Return a number with two decimals, half up."""
    return number.quantize(CENT, ROUND_HALF_UP)


def is_on_scale(value, scale):
    """Return whether an answer lies on its scale; the survey itself does not look.

    >>> is_on_scale(0, (0, 10)), is_on_scale(11, (0, 10)), is_on_scale(0, (1, 5))
    (True, False, False)
    """
    low, high = scale
    return low <= value <= high


def mean(values):
    """Return the mean of answers, exact; ``None`` without any: skipped is not zero.

    >>> mean([5, 4]), mean([]), mean([0])
    (Decimal('4.5'), None, Decimal('0'))
    """
    values = [Decimal(str(value)) for value in values]
    return sum(values) / len(values) if values else None


def to_score(value, scale):
    """Return an answer on 0–100, two decimals half up: (value − min) ÷ (max − min).

    >>> to_score(4, (1, 5)), to_score(1, (1, 5)), to_score(0, (0, 10))
    (Decimal('75.00'), Decimal('0.00'), Decimal('0.00'))
    >>> to_score(mean([3, 3, 4]), (1, 5))
    Decimal('58.33')
    """
    low, high = (Decimal(end) for end in scale)
    return _round((Decimal(str(value)) - low) / (high - low) * 100)


def to_value(value):
    """Return an answer as it is kept: two decimals, half up.

    >>> to_value(mean([3, 4, 4])), to_value(3.5)
    (Decimal('3.67'), Decimal('3.50'))
    """
    return _round(Decimal(str(value)))


def get_csat_band(value, scale=CSAT_SCALE):
    """Return the band of CSAT; on another scale its place on 1–5 decides.

    >>> [get_csat_band(value) for value in ("4.00", "3.99", "3.50", "3.49")]
    ['good', 'middling', 'middling', 'low']
    >>> get_csat_band(8, (0, 10)), get_csat_band(6, (0, 10))
    ('good', 'low')
    """
    low, high = (Decimal(end) for end in scale)
    on_five = 1 + (Decimal(str(value)) - low) / (high - low) * 4
    if on_five >= GOOD:
        return "good"
    return "low" if on_five < LOW else "middling"


def get_nps_band(value):
    """Return who an answer 0–10 makes of a person.

    >>> [get_nps_band(value) for value in (10, 9, 8, 7, 6, 0)]
    ['promoter', 'promoter', 'passive', 'passive', 'detractor', 'detractor']
    """
    if value >= 9:
        return "promoter"
    return "detractor" if value <= 6 else "passive"
