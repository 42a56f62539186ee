"""How often alerts were right, and which threshold would be better. No ORM."""

import operator
from typing import NamedTuple

# Fewer graded alerts, or false alarms among them, say nothing about a threshold.
MIN_GRADED, MIN_WRONG = 20, 3
# A better threshold misses at most so many of the right alerts, and leaves out at
# least so many of the false alarms.
MISSED_SHARE, LEFT_OUT_SHARE = 0.1, 0.2

# The first day of a rule stands for a month: it finds who fell silent before it.
FIRST_DAYS = 30

# How the figure of an alert met the threshold, for signals whose figure has its unit.
COMPARISONS = {
    "no_order_days": operator.gt,
    "churn_at_risk": operator.ge,
    "frequency_drop": operator.ge,
    "amount_drop": operator.ge,
    "overdue_payment": operator.ge,
    "health_drop": operator.ge,
    "few_interactions": operator.lt,
    "renewal_near": operator.le,
    "tier_at_risk": operator.le,
}
LOW_IS_BAD = (operator.lt, operator.le)
STRICT = (operator.gt, operator.lt)


class Suggestion(NamedTuple):
    """A threshold, and what it would have done to the alerts graded so far."""

    threshold: float
    wrong_left_out: int
    wrong: int
    right_missed: int
    right: int


def share(part, whole):
    """Return a share of something, None of nothing.

    >>> share(14, 20), share(0, 0)
    (0.7, None)
    """
    return part / whole if whole else None


def suggest_threshold(figures, signal):
    """Return the :class:`Suggestion` that leaves out most false alarms, else None.

    Only stricter thresholds: what a looser one would have raised nobody knows.

    :param figures: (value, right alerts, false alarms) of the graded alerts

    >>> suggest_threshold([(50, 2, 8), (60, 18, 2)], "amount_drop")
    Suggestion(threshold=60, wrong_left_out=8, wrong=10, right_missed=2, right=20)
    >>> suggest_threshold([(50, 3, 8), (60, 17, 2)], "amount_drop")
    >>> suggest_threshold([(10, 18, 2), (30, 2, 8)], "renewal_near")
    Suggestion(threshold=10, wrong_left_out=8, wrong=10, right_missed=2, right=20)
    >>> suggest_threshold([(61, 0, 8), (75, 20, 2)], "no_order_days")
    Suggestion(threshold=61, wrong_left_out=8, wrong=10, right_missed=0, right=20)
    """
    kind = COMPARISONS.get(signal)
    right = sum(row[1] for row in figures)
    wrong = sum(row[2] for row in figures)
    if not kind or right + wrong < MIN_GRADED or wrong < MIN_WRONG:
        return None
    best, missed, left_out = None, 0, 0
    # from the figure that met the threshold least on
    for value, right_here, wrong_here in sorted(figures, reverse=kind in LOW_IS_BAD):
        if kind in STRICT:  # a threshold equal to the figure leaves it out
            missed, left_out = missed + right_here, left_out + wrong_here
        if missed > MISSED_SHARE * right:
            break
        least = best.wrong_left_out if best else LEFT_OUT_SHARE * wrong - 1e-9
        if left_out > least and (missed, left_out) != (right, wrong):
            best = Suggestion(value, left_out, wrong, missed, right)
        if kind not in STRICT:
            missed, left_out = missed + right_here, left_out + wrong_here
    return best
