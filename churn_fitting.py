"""Fits the model of :mod:`churn` to the histories of a shop: arithmetic without ``env``.

Histories come aggregated, ``(x, tx, T, customers, sum of ln(interval))``. ``x`` is
whole, so that ln G(r + x) - ln G(r) is a sum of logarithms and needs no gamma function.
Gradients are analytic, the minimiser is BFGS on the logarithms of r, alpha, a and b.
"""

import math
from typing import NamedTuple

from .churn import LIMIT, Parameters, mean_interval, prior

# Logarithms of parameters stay within these bounds: e^15 is 3 million.
BOUND = 15.0
MAX_STEPS = 200
# Relative sizes: of a gradient that counts as zero, of a fall that is not worth a step,
# of a fall that is enough for one.
FLAT, LITTLE, ENOUGH = 1e-9, 1e-13, 1e-4


class Fit(NamedTuple):
    """Parameters and how well they explain the data.

    ``reason`` is ``degenerate`` when the data allow no fit: the parameters are the
    prior then and there is no likelihood.
    """

    parameters: Parameters
    log_likelihood: float | None
    reason: str = ""


def fit_bgnbd(rows):
    """Return the plain maximum likelihood BG/NBD of ``(x, tx, T, customers)``.

    For comparison with published values only; scores use :func:`fit`.
    """
    counts = _Counts(rows)
    interval = mean_interval(counts.repeats, counts.days)
    start = [0.0, math.log(interval or 1), 0.0, 0.0]
    theta, value = minimise(lambda at: _negate(*_bgnbd(at, counts)), start)
    return Fit(Parameters(*map(math.exp, theta), 1, interval), -value)


def fit(rows, mean_interval, k=1):
    """Return the MBG/CNBD-k :class:`Fit` with the weak prior of :func:`churn.prior`.

    Never fails: data that allow no fit end in the prior, with a reason.

    :param rows: ``(x, tx, T, customers, sum of ln(interval in days))``

    >>> rows = [(12, 240, 250, 30, 1078), (1, 15, 300, 20, 54), (0, 0, 200, 20, 0)]
    >>> found = fit(rows, 20)
    >>> [round(value, 2) for value in found.parameters[:4]], found.reason
    ([19.7, 396.21, 0.25, 0.54], '')
    >>> fit([(0, 0, 0, 9, 0)], None).reason
    'degenerate'
    """
    assumed = prior(mean_interval, k)
    try:
        counts = _Counts(rows, k)
        if not counts.repeats:
            return Fit(assumed, None, "degenerate")
        centre = [math.log(value) for value in assumed[:4]]
        theta, value = minimise(lambda at: _posterior(at, counts, centre), centre)
    except (ArithmeticError, ValueError):
        return Fit(assumed, None, "degenerate")
    if not math.isfinite(value):
        return Fit(assumed, None, "degenerate")
    off = sum((at - middle) ** 2 for at, middle in zip(theta, centre, strict=True)) / 2
    likelihood = off - value + (k - 1) * counts.sum_ln
    likelihood -= counts.repeats * math.lgamma(k)
    return Fit(Parameters(*map(math.exp, theta), k, mean_interval), likelihood)


def select_k(rows, mean_interval, ks=(1, 2, 3)):
    """Return the :class:`Fit` of the regularity k that explains the data best.

    >>> select_k([(12, 240.0, 250.0, 30, 1078.0)], 20).parameters.k
    3
    >>> select_k([(12, 240.0, 250.0, 30, 0.0)], 20).parameters.k
    1
    """
    fits = [fit(rows, mean_interval, k) for k in ks]
    found = [result for result in fits if not result.reason]
    if not found:
        return fits[0]
    return max(found, key=lambda result: result.log_likelihood)


# === LIKELIHOOD === #


class _Counts:
    """The rows, and the sums over them that no parameter changes."""

    def __init__(self, rows, k=1):
        self.k = k
        self.rows = [tuple(row[:4]) for row in rows]
        for x, tx, now, count in self.rows:
            if not (0 <= tx <= now < math.inf and x >= 0 and count > 0):
                raise ValueError(f"no history: {(x, tx, now, count)}")
        self.customers = sum(row[3] for row in self.rows)
        self.repeats = sum(row[0] * row[3] for row in self.rows)
        self.days = math.fsum(row[1] * row[3] for row in self.rows)
        self.sum_ln = math.fsum(row[4] for row in rows if len(row) > 4)
        self.above = self._count_above(1)
        self.phases = self.above if k == 1 else self._count_above(k)

    def _count_above(self, k):
        """Return how many customers have more than 0, 1, 2 ... repeats (times k)."""
        above = [0] * (max((row[0] for row in self.rows), default=0) * k + 1)
        for row in self.rows:
            above[row[0] * k] += row[3]
        for number in range(len(above) - 1, 0, -1):
            above[number - 1] += above[number]
        return above[1:]


def _rising(start, above):
    """Return the sum of ln(start)_x over the customers, and its derivative."""
    value = math.fsum(
        count * math.log(start + number) for number, count in enumerate(above)
    )
    slope = math.fsum(count / (start + number) for number, count in enumerate(above))
    return value, slope


def _common(parameters, counts):
    """Return the terms that depend on x alone, of both models, with derivatives."""
    r, alpha, a, b = parameters
    made, by_r = _rising(r, counts.phases)
    stayed, by_b = _rising(b, counts.above)
    chances, by_ab = _rising(a + b, counts.above)
    value = made + stayed - chances + counts.customers * r * math.log(alpha)
    by_r += counts.customers * math.log(alpha)
    by_alpha = counts.customers * r / alpha
    return value, [by_r, by_alpha, -by_ab, by_b - by_ab]


def _posterior(theta, counts, centre):
    """Return the negative log posterior of MBG/CNBD-k and its gradient in ``theta``."""
    value, gradient = _negate(*_cnbd(theta, counts))
    for number, (at, middle) in enumerate(zip(theta, centre, strict=True)):
        value += (at - middle) ** 2 / 2
        gradient[number] += at - middle
    return value, gradient


def _negate(value, gradient):
    return -value, [-slope for slope in gradient]


def _cnbd(theta, counts):
    """Return the log likelihood of MBG/CNBD-k and its gradient in ``theta``.

    Per customer, beyond :func:`_common`: ln((a + (b + x) A) / (a + b + x)) - n ln(alpha
    + tx), where A is the chance of his silence and n = r + k x.
    """
    r, alpha, a, b = parameters = [math.exp(at) for at in theta]
    k, log, exp = counts.k, math.log, math.exp
    value, (by_r, by_alpha, by_a, by_b) = _common(parameters, counts)
    for x, tx, now, count in counts.rows:
        n, last, today, stay = r + k * x, alpha + tx, alpha + now, b + x
        log_last = log(last)
        slope_n = log_last - log(today)
        log_silent, slope_alpha = n * slope_n, n * (now - tx) / (last * today)
        if k > 1:
            extra, extra_n, extra_alpha = _phase_terms(k, n, (now - tx) / today)
            log_silent += extra
            slope_n += extra_n
            slope_alpha -= extra_alpha / today
        silent = exp(log_silent) if log_silent > -LIMIT else 0.0
        both = a + stay * silent
        active = stay * silent / both
        value += count * (log(both / (a + stay)) - n * log_last)
        by_r += count * (active * slope_n - log_last)
        by_alpha += count * (active * slope_alpha - n / last)
        by_a += count * (1 / both - 1 / (a + stay))
        by_b += count * (silent / both - 1 / (a + stay))
    return value, [by_r * r, by_alpha * alpha, by_a * a, by_b * b]


def _phase_terms(k, n, share):
    """Return ln of the sum over the phases, its slope in n and minus that in ln(now)."""
    term = total = 1.0
    by_n = by_share = harmonic = 0.0
    for phase in range(1, k):
        harmonic += 1 / (n + phase - 1)
        term *= share * (n + phase - 1) / phase
        total += term
        by_n += term * harmonic
        by_share += term * phase
    return math.log(total), by_n / total, by_share / total


def _bgnbd(theta, counts):
    """Return the log likelihood of BG/NBD (Fader, Hardie and Lee 2005), gradient."""
    r, alpha, a, b = parameters = [math.exp(at) for at in theta]
    value, (by_r, by_alpha, by_a, by_b) = _common(parameters, counts)
    for x, tx, now, count in counts.rows:
        n, today = r + x, alpha + now
        if not x:
            value -= count * n * math.log(today)
            by_r -= count * math.log(today)
            by_alpha -= count * n / today
            continue
        last = alpha + tx
        slope = math.log(last / today)
        silent = math.exp(max(n * slope, -LIMIT))
        left = a / (b + x - 1)
        both = silent + left
        active = silent / both
        value += count * (math.log(both) - n * math.log(last))
        by_r += count * (active * slope - math.log(last))
        by_alpha += count * (active * n * (1 / last - 1 / today) - n / last)
        by_a += count * left / a / both
        by_b -= count * left / (b + x - 1) / both
    return value, [by_r * r, by_alpha * alpha, by_a * a, by_b * b]


# === MINIMISER === #


def minimise(function, start):
    """Return the place and value of a minimum near ``start`` (BFGS).

    :param function: takes a list, returns its value and gradient

    >>> place, value = minimise(
    ...     lambda at: ((at[0] - 1) ** 2 + at[1] ** 4, [2 * at[0] - 2, 4 * at[1] ** 3]),
    ...     [0.0, 1.0],
    ... )
    >>> round(place[0], 6), abs(place[1]) < 0.01, value < 1e-8
    (1.0, True, True)
    """
    place, inverse = list(start), None
    value, gradient = _look(function, place)
    for _step in range(MAX_STEPS):
        if max(map(abs, gradient)) <= FLAT * max(1.0, abs(value)):
            break
        step = _get_step(inverse, place, gradient)
        found = _go_down(function, place, value, _dot(step, gradient), step)
        if found is None:
            if inverse is None:
                break
            inverse = None  # start again along the gradient
            continue
        new_place, new_value, new_gradient = found
        moved = [new - old for new, old in zip(new_place, place, strict=True)]
        change = [new - old for new, old in zip(new_gradient, gradient, strict=True)]
        inverse = _update(inverse, moved, change)
        fall = value - new_value
        place, value, gradient = new_place, new_value, new_gradient
        if fall <= LITTLE * abs(value):
            break
    return place, value


def _look(function, place):
    """Return the value of a place and its gradient, 0 where that leads out of bounds."""
    value, gradient = function(place)
    return value, [
        0.0 if _leads_out(at, -slope) else slope
        for at, slope in zip(place, gradient, strict=True)
    ]


def _leads_out(at, step):
    return abs(at) >= BOUND and at * step > 0


def _get_step(inverse, place, gradient):
    """Return the step to try: at most 2 in each direction, downhill, within bounds."""
    step = [-slope for slope in gradient]
    if inverse is not None:
        step = [
            0.0 if _leads_out(at, -_dot(row, gradient)) else -_dot(row, gradient)
            for at, row in zip(place, inverse, strict=True)
        ]
        if _dot(step, gradient) >= 0:
            step = [-slope for slope in gradient]
    most = (0.5 if inverse is None else 2.0) / max(map(abs, step))
    return [part * min(1.0, most) for part in step]


def _go_down(function, place, value, fall, step):
    """Return a lower place on the way, its value and gradient; None when there is none.

    :param fall: slope along the step
    """
    size = 1.0
    while size > 1e-8:
        target = [
            min(max(at + size * part, -BOUND), BOUND)
            for at, part in zip(place, step, strict=True)
        ]
        new_value, new_gradient = _look(function, target)
        if new_value < value + ENOUGH * size * fall and math.isfinite(new_value):
            return target, new_value, new_gradient
        size /= 3
    return None


def _update(inverse, moved, change):
    """Return the BFGS approximation of the inverse Hessian after a move."""
    curve = _dot(moved, change)
    if curve <= 1e-14 * math.sqrt(_dot(moved, moved) * _dot(change, change)):
        return inverse
    size = range(len(moved))
    if inverse is None:
        scale = curve / _dot(change, change)
        inverse = [[scale * (i == j) for j in size] for i in size]
    turned = [_dot(row, change) for row in inverse]
    weight = (1 + _dot(change, turned) / curve) / curve
    return [
        [
            inverse[i][j]
            + weight * moved[i] * moved[j]
            - (turned[i] * moved[j] + moved[i] * turned[j]) / curve
            for j in size
        ]
        for i in size
    ]


def _dot(left, right):
    return sum(one * other for one, other in zip(left, right, strict=True))
