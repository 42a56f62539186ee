"""The churn model by numeric integration: an independent reference for tests.

Mixes the behaviour of one customer over the densities of the order rate and of the
chance to leave, term by term as the model is told, without any closed form of it.
"""

import math

TERMS = 120  # phases within a horizon: those beyond weigh nothing in the cases here


def integrate(function, steps=480, reach=4.6):
    """Integrate over the whole line with the double exponential rule.

    The caller substitutes; the integrand gets t and must vanish at both ends.
    """
    width = 2 * reach / steps
    return width * math.fsum(
        function(-reach + width * step) for step in range(steps + 1)
    )


def over_gamma(p, function):
    """Integrate a function of the rate against the density Gamma(r, alpha)."""
    norm = p.r * math.log(p.alpha) - math.lgamma(p.r)

    def weigh(t):
        log_rate = math.pi / 2 * math.sinh(t) - math.log(p.alpha)
        rate = math.exp(log_rate)
        weight = norm + p.r * log_rate - p.alpha * rate
        slope = math.pi / 2 * math.cosh(t)
        return slope * math.exp(weight) * function(rate) if weight > -700 else 0.0

    return integrate(weigh)


def over_beta(p, function):
    """Integrate a function of the chance to leave against the density Beta(a, b)."""
    norm = math.lgamma(p.a + p.b) - math.lgamma(p.a) - math.lgamma(p.b)

    def weigh(t):
        bend = math.pi * math.sinh(t)
        leave, stay = 1 / (1 + math.exp(-bend)), 1 / (1 + math.exp(bend))
        weight = norm + p.a * math.log(leave) + p.b * math.log(stay)
        return math.pi * math.cosh(t) * math.exp(weight) * function(leave, stay)

    return integrate(weigh)


def silent(k, passed):
    """Return the chance that an Erlang-k interval is longer, in units of the rate."""
    return math.exp(-passed) * math.fsum(
        passed**phase / math.factorial(phase) for phase in range(k)
    )


def _wait(p, x, tx, until):
    """Return the weight of x orders and a silence from the last one on."""
    return over_gamma(
        p,
        lambda rate: (
            (rate * p.alpha) ** (p.k * x)
            * math.exp(-rate * tx)
            * silent(p.k, rate * (until - tx))
        ),
    )


def mix(p, x, tx, T, horizon):
    """Return P(alive) and P(order) of a history by numeric integration."""
    stays = over_beta(p, lambda leave, stay: stay ** (x + 1))
    alive, later = stays * _wait(p, x, tx, T), stays * _wait(p, x, tx, T + horizon)
    evidence = _evidence(p, x, tx, T)
    return alive / evidence, (alive - later) / evidence


def _evidence(p, x, tx, T):
    """Return the weight of a history: he has left after his last order, or waits."""
    left = over_beta(p, lambda leave, stay: leave * stay**x) * _wait(p, x, tx, tx)
    stays = over_beta(p, lambda leave, stay: stay ** (x + 1))
    return left + stays * _wait(p, x, tx, T)


def _count_made(number, leave, stay):
    """Return how many of so many orders come: 1 + stay + stay^2 ...

    Exact for those who hardly ever leave.
    """
    if leave > 0.5:
        return (1 - stay**number) / leave
    return -math.expm1(number * math.log1p(-leave)) / leave


def mix_orders(p, x, tx, T, horizon):
    """Return the mean orders of a history in a horizon by numeric integration."""
    # mean orders of an active customer whose rhythm brings 0, 1, 2 ... of them
    made = [
        over_beta(
            p, lambda leave, stay, n=n: stay ** (x + 1) * _count_made(n, leave, stay)
        )
        for n in range(TERMS // p.k + 2)
    ]

    def orders(rate):
        found, passed, due = 0.0, rate * (T - tx), rate * horizon
        for phase in range(p.k):
            weight = math.exp(-passed) * passed**phase / math.factorial(phase)
            chance = math.exp(-due)
            for number in range(1, TERMS):
                chance *= due / number
                found += weight * chance * made[(phase + number) // p.k]
        return (rate * p.alpha) ** (p.k * x) * math.exp(-rate * tx) * found

    return over_gamma(p, orders) / _evidence(p, x, tx, T)


def mix_log_likelihood(p, x, tx, T):
    """Return the log likelihood of a history, without its Erlang constant."""
    return math.log(_evidence(p, x, tx, T)) - p.k * x * math.log(p.alpha)
