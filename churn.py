"""How a customer buys, and whether he still does: arithmetic without ``env``.

The model is MBG/CNBD-k (Batislam 2007; Platzer and Reutterer 2016). An active customer
orders after Erlang-k intervals at a rate of his own, Gamma(r, alpha) over the customers,
and may leave for good after any order, with a chance of his own, Beta(a, b). k = 1 is
MBG/NBD. A history is ``x`` repeat order days, ``tx`` days from the first to the last of
them and ``T`` days from the first to today. What is measured: README, formulas.
"""

import math
from typing import NamedTuple

# Arguments of exp() that neither underflow nor overflow; the same as in SQL.
LIMIT = 700
# Weak prior of the logarithms of r, alpha / mean interval, a and b: centre, deviation 1.
PRIOR = (0.7, 1.2, 0.7, 1.5)
# Customers a fit reads at most; more do not move the parameters (measured).
SAMPLE = 20_000
# Terms of the series of expected orders; a customer of one order a day needs 2,000.
MAX_TERMS = 100_000

# (customers with a repeat order, repeat orders, days of history) of each rung
STEPS = {"prior": (5, 10, 60), "fitted": (20, 30, 120), "regular": (100, 200, 270)}
# A fit needs this many mean intervals of history.
HISTORY_INTERVALS = 4
VALUE_HISTORY_DAYS = 365
# The self check rejects a fit whose mean prediction is off by more than this, when
# there are enough customers to say so.
MAX_BIAS, MIN_CHECKED = 0.15, 10


class Parameters(NamedTuple):
    """The model of one shop; ``mean_interval`` in days, over all customers."""

    r: float
    alpha: float
    a: float
    b: float
    k: int = 1
    mean_interval: float = 30.0


class Rung(NamedTuple):
    """Where a shop stands on the ladder, why not higher, and the figures for the text.

    ``reason`` is ``customers``, ``orders``, ``history``, ``slow`` (the history holds too
    few of its mean intervals) or empty at the top.
    """

    rung: str
    reason: str
    figures: dict


class Check(NamedTuple):
    """The mean prediction against what happened."""

    count: int
    predicted: float | None
    observed: float | None

    @property
    def is_off(self):
        """Whether the predictions missed by more than chance and :data:`MAX_BIAS`."""
        return self.count >= MIN_CHECKED and not (
            abs(self.predicted - self.observed) <= MAX_BIAS
        )


# === PARAMETERS === #


def mean_interval(repeat_orders, total_days):
    """Return the mean days between orders of a shop, at least 1; None without repeats.

    >>> mean_interval(4, 100.0)
    25.0
    >>> mean_interval(0, 0) is None
    True
    """
    return max(total_days / repeat_orders, 1.0) if repeat_orders else None


def prior(mean_interval, k=1):
    """Return the parameters assumed before any fit.

    An Erlang-k interval has k phases, so alpha is that of one phase.

    >>> prior(10)
    Parameters(r=0.7, alpha=12.0, a=0.7, b=1.5, k=1, mean_interval=10)
    """
    interval = max(mean_interval or 0, 1.0)
    r, alpha, a, b = PRIOR
    return Parameters(r, alpha * interval / k, a, b, k, mean_interval)


def sample_step(count, limit=SAMPLE):
    """Return n, so that every n-th of ``count`` customers makes at most ``limit``.

    >>> sample_step(20_000), sample_step(20_001), sample_step(1_000_000)
    (1, 2, 50)
    """
    return max(1, -(-count // limit))


# === SCORES === #


def _log_active(p, x, tx, t):
    """Return ln A(t): the weight that a customer has not ordered by ``t``, if active."""
    n = p.r + p.k * x
    value = n * (math.log(p.alpha + tx) - math.log(p.alpha + t))
    if p.k > 1:
        value += math.log(math.fsum(_phases(p, n, tx, t)))
    return value


def _phases(p, n, tx, t):
    """Return the weights of the k phases a customer can be in at ``t``."""
    share = (t - tx) / (p.alpha + t)
    weights = [1.0]
    for phase in range(1, p.k):
        weights.append(weights[-1] * share * (n + phase - 1) / phase)
    return weights


def p_alive(p, x, tx, T):
    """Return the chance that a customer has not left for good. Never shown to people.

    >>> cdnow = Parameters(0.243, 4.414, 0.793, 2.426)
    >>> round(p_alive(cdnow, 2, 30.43, 38.86), 6)
    0.774419
    >>> p_alive(cdnow, 5000, 10, 7300), p_alive(cdnow, 0, 0, 0) < 1
    (0.0, True)
    """
    odds = math.log(p.a / (p.b + x)) - _log_active(p, x, tx, T)
    return 0.0 if odds > LIMIT else 1 / (1 + math.exp(max(odds, -LIMIT)))


def p_order(p, x, tx, T, horizon):
    """Return the chance of at least one order in the next ``horizon`` days.

    Twelve repeat orders, one every 21 days: the chance falls faster in a shop of regular
    buyers (k = 2) than with k = 1.

    >>> p = prior(21)
    >>> [round(p_order(p, 12, 252, 252 + silence, 90), 2) for silence in (0, 63, 126)]
    [0.92, 0.56, 0.13]
    >>> p = prior(21, k=2)
    >>> [round(p_order(p, 12, 252, 252 + silence, 90), 2) for silence in (0, 63, 126)]
    [0.95, 0.36, 0.01]
    >>> p_order(p, 5000, 10, 7300, 90), p_order(p, 0, 0, 0, 0)
    (0.0, 0.0)
    """
    fall = _log_active(p, x, tx, T + horizon) - _log_active(p, x, tx, T)
    return p_alive(p, x, tx, T) * (0.0 - math.expm1(min(fall, 0.0)))


def expected_orders(p, x, tx, T, horizon):
    """Return the mean number of orders in the next ``horizon`` days.

    An active customer would make m phases, negative binomial, if he never left; of the
    orders they complete, the i-th happens when he stayed after all before it. The sum
    over m is the 2F1 series of the literature in another order: positive terms only,
    nothing special at a = 1, and **exact for k > 1 too**: the phase he is in today is
    weighted with the silence seen, nothing is approximated.

    >>> round(expected_orders(Parameters(0.525, 6.183, 0.891, 1.614), 2, 30, 39, 39), 4)
    1.2457
    >>> expected_orders(prior(30), 5000, 7300, 7300, 365) < 365
    True
    """
    n = p.r + p.k * x
    if horizon <= 0:
        return 0.0
    z = horizon / (p.alpha + T + horizon)
    phases = _phases(p, n, tx, T)
    total = math.fsum(phases)
    value = math.fsum(
        weight / total * _orders_if_active(p, x, n + phase, phase, z)
        for phase, weight in enumerate(phases)
    )
    return p_alive(p, x, tx, T) * value


def _orders_if_active(p, x, size, phase, z):
    """Return the mean orders of a customer who is active now, in a known phase.

    The weights are scaled down on the way, because the first of 5,000 orders has none.
    """
    stay, staying = p.b + x + 1, 1.0
    orders = made = 0
    weight = total = 1.0
    value = 0.0
    for term in range(1, MAX_TERMS):
        ratio = (size + term - 1) / term * z
        weight *= ratio
        if (phase + term) % p.k == 0:
            orders += staying
            staying *= (stay + made) / (p.a + stay + made)
            made += 1
        total += weight
        value += weight * orders
        if weight > 1e250:
            weight, total, value = weight / 1e250, total / 1e250, value / 1e250
        # The rest is below that of a geometric series.
        if ratio < 1 and weight * (orders + 1) < 1e-13 * total * (1 - ratio) ** 2:
            break
    return value / total


# === INTERVALS AND RATES === #


def expected_interval(x, tx, mu, kappa=2):
    """Return the days until the next order that are usual, drawn towards the shop's.

    Decides "overdue". ``mu`` is the shop's mean interval.

    >>> expected_interval(0, 0, 30), expected_interval(2, 20, 30)
    (30.0, 20.0)
    """
    return (kappa * mu + tx) / (kappa + x)


def usual_interval(x, tx, mu, kappa=2):
    """Return the days between orders that people read: his own from 3 repeats on.

    >>> usual_interval(12, 252, 30), usual_interval(2, 20, 30)
    (21.0, 20.0)
    """
    return tx / x if x >= 3 else expected_interval(x, tx, mu, kappa)


def rate_fell(recent, before, limit=-1.64, min_before=4):
    """Tell whether a count fell more than chance explains (Poisson, one-sided 5 %).

    ``recent`` and ``before`` count two periods of the same length.

    >>> rate_fell(1, 7), rate_fell(2, 7), rate_fell(0, 3)
    (True, True, False)
    >>> rate_fell(3, 7), rate_fell(0, 0)
    (False, False)
    """
    if before < min_before:
        return False
    return (recent - before) / math.sqrt(recent + before) <= limit


# === THE LADDER === #


def choose_rung(customers, orders, history_days, mean_interval):
    """Return the highest :class:`Rung` a shop earns, and what it lacks for the next.

    :param customers: with a repeat order; ``orders``: their repeat orders

    >>> choose_rung(4, 50, 400, 30)[:2]
    ('fixed', 'customers')
    >>> choose_rung(20, 30, 119, 10)[:2]
    ('prior', 'history')
    >>> choose_rung(20, 30, 120, 30.1)[:2]
    ('prior', 'slow')
    >>> choose_rung(20, 30, 120, 30)[:2]
    ('fitted', 'customers')
    >>> choose_rung(100, 200, 270, 30)[:2]
    ('regular', '')
    """
    figures = {"customers": customers, "orders": orders, "history_days": history_days}
    reached = "fixed"
    for rung, needs in STEPS.items():
        names = ("customers", "orders", "history")
        counts = (customers, orders, history_days)
        lacking = [
            n for n, c, need in zip(names, counts, needs, strict=True) if c < need
        ]
        if rung != "prior" and history_days < HISTORY_INTERVALS * (mean_interval or 0):
            lacking.append("slow")
        if lacking:
            return Rung(reached, lacking[0], figures)
        reached = rung
    return Rung(reached, "", figures)


def lower_rung(rung):
    """Return the rung below.

    >>> lower_rung("regular"), lower_rung("prior"), lower_rung("fixed")
    ('fitted', 'fixed', 'fixed')
    """
    rungs = ["fixed", *STEPS]
    return rungs[max(rungs.index(rung) - 1, 0)]


# === CHECKS === #


def check(pairs):
    """Compare predictions with what happened.

    :param pairs: ``(predicted chance, whether it happened, customers)``

    >>> check([(0.9, True, 2), (0.5, False, 2)])
    Check(count=4, predicted=0.7, observed=0.5)
    >>> check([]).is_off, Check(10, 0.7, 0.5).is_off, Check(9, 0.7, 0.5).is_off
    (False, True, False)
    """
    count = sum(size for _chance, _happened, size in pairs)
    if not count:
        return Check(0, None, None)
    predicted = math.fsum(chance * size for chance, _happened, size in pairs)
    observed = sum(size for _chance, happened, size in pairs if happened)
    return Check(count, predicted / count, observed / count)


def calibrate(pairs, bins=10):
    """Return the :func:`check` of every bin of predictions, empty bins left out.

    >>> calibrate([(0.31, True, 1), (0.39, False, 3), (1.0, True, 2)])
    [{'bin': 3, 'count': 4, 'predicted': 0.37, 'observed': 0.25}, \
{'bin': 9, 'count': 2, 'predicted': 1.0, 'observed': 1.0}]
    """
    found = {}
    for pair in pairs:
        found.setdefault(min(int(pair[0] * bins), bins - 1), []).append(pair)
    return [
        {
            "bin": number,
            "count": result.count,
            "predicted": round(result.predicted, 4),
            "observed": round(result.observed, 4),
        }
        for number, result in ((n, check(found[n])) for n in sorted(found))
    ]
