"""Churn detection on a real shop (CDNOW), through the addon, and its cost.

Orders of 23,570 customers are imported, scored as of a past day by the nightly job's own
steps and compared with what happened afterwards.
"""

import bisect
import random
import statistics
from datetime import date, timedelta

import database
import shop
from figures_screens import prepare
from measure import (
    Figure,
    Meter,
    environment,
    get_main_company,
    measure_floor,
    median,
    run_refresh,
)
from odoo.tools import SQL

DAY = date(1997, 12, 31)
RESAMPLES = 200
FIXED_DAYS = 60
ROUNDS = 5


def score_shop(name, day):
    """Score the shop as of a day by the steps of the nightly job; return its rows."""
    company_id = get_main_company(name)
    with environment(name) as env:
        company = env["res.company"].browse(company_id)
        company.write({"customer_tz": "UTC", "customer_money_source": "ordered"})
        run_refresh(env, company_id, day)
        env["customer.churn.fit"]._fit_if_due(company, day)
        env["customer.churn"]._refresh(company, day)
        env.cr.execute(
            """SELECT (SUBSTRING(par.name FROM 7))::int, chn.state, chn.repeat_count,
                      chn.order_probability::float8, chn.date_last_order,
                      chn.value_12m::float8, chn.value_source
                 FROM customer_churn chn
                 JOIN customer_profile pro ON pro.id = chn.profile_id
                 JOIN res_partner par ON par.id = pro.partner_id
                WHERE par.name LIKE 'Bench %%'"""
        )
        rows = env.cr.fetchall()
        fit = env["customer.churn.fit"]._get_current(company)
        note = f"rung {fit.rung}, k {fit.k}, {fit.customer_count:,} repeat customers"
    return rows, note


# --- what happened -----------------------------------------------------------------


def get_auc(scores, labels):
    """Return the area under the ROC curve: ties count half."""
    positives = sum(labels)
    ranked = sum(
        rank for rank, label in zip(_rank(scores), labels, strict=True) if label
    )
    return (ranked - positives * (positives + 1) / 2) / (
        positives * (len(scores) - positives)
    )


def judge(rows, orders, day, horizon):
    """Return the columns (chance of no order, silence, no order came) of repeat buyers."""
    chances, silences, labels = [], [], []
    for num, _state, repeats, chance, last, *_value in rows:
        if repeats:
            days = [bought for bought, _amount in orders[num]]
            later = bisect.bisect_right(days, day)
            came = later < len(days) and days[later] <= day + timedelta(days=horizon)
            chances.append(1 - chance)
            silences.append((day - last).days)
            labels.append(int(not came))
    return chances, silences, labels


def _resample_gain(chances, flags, labels):
    """Return the lower 95 % bound of the AUC gain over the fixed rule."""
    random.seed(1)
    gains, count = [], len(labels)
    for _round in range(RESAMPLES):
        picked = random.choices(range(count), k=count)
        drawn = [labels[pos] for pos in picked]
        gains.append(
            get_auc([chances[pos] for pos in picked], drawn)
            - get_auc([flags[pos] for pos in picked], drawn)
        )
    return sorted(gains)[int(0.025 * RESAMPLES)]


def _rate_at_volume(scores, labels, volume):
    """Return the precision of the ``volume`` highest scores, ties broken at random."""
    random.seed(2)
    order = sorted(range(len(scores)), key=lambda pos: (-scores[pos], random.random()))
    return statistics.mean(labels[pos] for pos in order[:volume])


def figure_churn(_count):
    """Chance of no order on CDNOW against the fixed rule of 60 days and recency."""
    orders = shop.read_shop()
    name = shop.get_shop_database(orders)
    rows, note = score_shop(name, DAY)
    figures = []
    for horizon in (90, 180):
        # the job scores one horizon; the longer one orders customers the same way
        chances, silences, labels = judge(rows, orders, DAY, horizon)
        flags = [int(silence > FIXED_DAYS) for silence in silences]
        auc, fixed, recency = (
            get_auc(scores, labels) for scores in (chances, flags, silences)
        )
        gain = _resample_gain(chances, flags, labels)
        volume = sum(flags)
        precision = _rate_at_volume(chances, labels, volume)
        plain = _rate_at_volume(flags, labels, volume)
        note = f"H {horizon}: AUC {auc:.4f}, fixed {fixed:.3f}, recency {recency:.3f}; {note}"
        figures += [
            # a figure holds when it is not above its bound
            Figure(f"auc_missing_{horizon}", 0.73 - auc, 0, note),
            Figure(f"gain_over_fixed_missing_{horizon}", 0.07 - (auc - fixed), 0,
                   f"gain {auc - fixed:.3f}, lower bound {gain:.3f}"),
            Figure(f"gain_bound_missing_{horizon}", 0.05 - gain, 0, "95 %, bootstrap"),
            Figure(f"precision_missing_{horizon}", plain - precision, 0,
                   f"{precision:.3f} against {plain:.3f} at {volume:,} alerts"),
        ]  # fmt: skip
        if horizon == 90:
            figures.append(_figure_brier(chances, flags, labels))
        note = ""
    return [
        *figures,
        *_figures_value(name, orders),
        *_figures_alerts(name, orders),
        *_figures_cost(name),
    ]


def _figure_brier(chances, flags, labels):
    brier, fixed = (
        statistics.mean(
            (score - label) ** 2 for score, label in zip(scores, labels, strict=True)
        )
        for scores in (chances, flags)
    )
    return Figure("brier_ratio_90", brier / fixed, 0.75,
                  f"{brier:.3f} against {fixed:.3f} of the fixed rule")  # fmt: skip


def _figures_value(name, orders, horizon=180):
    """Amount expected in the horizon against the run rate of the last 12 months."""
    from odoo.addons.customer_success.churn import expected_orders  # Odoo runs by now

    with environment(name) as env:
        company = env["res.company"].browse(get_main_company(name))
        facts, fit = (
            env["customer.facts"],
            env["customer.churn.fit"]._get_current(company),
        )
        env.cr.execute(
            SQL(
                """SELECT (SUBSTRING(par.name FROM 7))::int, his.x, his.tx, his.t_total,
                          his.amount
                     FROM (%s) his JOIN res_partner par ON par.id = his.partner_id
                    WHERE par.name LIKE 'Bench %%'""",
                facts._select_order_history(facts._prepare_scope(company, DAY)),
            )
        )
        rows, parameters = env.cr.fetchall(), fit._get_parameters()
        is_earned = fit.is_value_earned
    mean = float(sum(row[4] for row in rows)) / sum(row[1] + 1 for row in rows)
    model, rate, spent = [], [], []
    for num, x, tx, t_total, amount in rows:
        value = (float(amount) + 2 * mean) / (x + 3)
        model.append(expected_orders(parameters, x, tx, t_total, horizon) * value)
        bought = orders[num]
        year = sum(paid for day, paid in bought if DAY - timedelta(365) < day <= DAY)
        rate.append(year * horizon / 365)
        end = DAY + timedelta(days=horizon)
        spent.append(sum(paid for day, paid in bought if DAY < day <= end))

    def errors(guesses):
        off = [guess - real for guess, real in zip(guesses, spent, strict=True)]
        return (
            statistics.mean(map(abs, off)),
            statistics.mean(error * error for error in off) ** 0.5,
        )

    (mae, rmse), (rate_mae, rate_rmse) = errors(model), errors(rate)
    rank = statistics.correlation(_rank(model), _rank(spent))
    note = f"earned by its self check: {'yes' if is_earned else 'no'}"
    return [
        Figure("value_mae_ratio", mae / rate_mae, 0.62, f"{mae:.1f} against {rate_mae:.1f}; {note}"),
        Figure("value_rmse_ratio", rmse / rate_rmse, 0.8, f"{rmse:.1f} against {rate_rmse:.1f}"),
        Figure("value_spearman_missing", 0.43 - rank, 0, f"Spearman {rank:.3f}"),
    ]  # fmt: skip


def _rank(values):
    """Return the ranks of values, ties in the middle."""
    order, ranks, index = sorted(range(len(values)), key=values.__getitem__), {}, 0
    while index < len(order):
        end = index
        while end < len(order) and values[order[end]] == values[order[index]]:
            end += 1
        for pos in range(index, end):
            ranks[order[pos]] = (index + end + 1) / 2
        index = end
    return [ranks[pos] for pos in range(len(values))]


# --- alerts over time ----------------------------------------------------------------

START, END, LAPSE = date(1997, 9, 30), date(1998, 6, 30), 180


def _figures_alerts(name, orders):
    """State "at risk" day by day against the fixed rule, on gaps after ``START``.

    A gap starts at every order after which a customer has ordered at least twice; it is
    a lapse when no order comes within 180 days. One alert per gap.
    """
    gaps = _get_gaps(orders)
    alerts = {"fixed": {}, "at_risk": {}}
    for (num, day), (until, _is_lapse) in gaps.items():
        if (until - day).days > FIXED_DAYS + 1:
            alerts["fixed"][num, day] = FIXED_DAYS + 1
    for day, num, last in _read_at_risk(name):
        gap = gaps.get((num, last))
        if gap and day < gap[0]:
            alerts["at_risk"].setdefault((num, last), (day - last).days)
    lapses = sum(is_lapse for _until, is_lapse in gaps.values())
    found = {}
    for policy, raised in alerts.items():
        right = sum(gaps[key][1] for key in raised)
        found[policy] = {
            "precision": right / len(raised),
            "false": len(raised) - right,
            "missed": 1 - right / lapses,
            "day": statistics.mean(
                days for key, days in raised.items() if gaps[key][1]
            ),
        }
    risk, fixed = found["at_risk"], found["fixed"]
    note = f"{len(gaps):,} gaps, {lapses:,} lapses; day {risk['day']:.0f} against {fixed['day']:.0f}"
    return [
        Figure("at_risk_precision_missing", 0.05 - risk["precision"] + fixed["precision"], 0,
               f"{risk['precision']:.3f} against {fixed['precision']:.3f}; {note}"),
        Figure("at_risk_false_alerts", risk["false"] / fixed["false"], 0.75,
               f"{risk['false']:,} against {fixed['false']:,}"),
        Figure("at_risk_lapses_missed", risk["missed"], 0.03, "share of the lapses"),
    ]  # fmt: skip


def _get_gaps(orders):
    """Return {(customer, day of order): (end of the gap, whether it is a lapse)}."""
    gaps = {}
    for num, bought in orders.items():
        days = sorted({day for day, _amount in bought})
        for index, day in enumerate(days):
            if index and START < day <= END - timedelta(days=LAPSE):
                limit = day + timedelta(days=LAPSE)
                after = days[index + 1] if index + 1 < len(days) else date.max
                gaps[num, day] = (min(after, limit), after > limit)
    return gaps


def _read_at_risk(name):
    """Yield (day, customer, last order) of everybody at risk, fitted at ``START``."""
    company_id = get_main_company(name)
    with environment(name) as env:
        company, facts = env["res.company"].browse(company_id), env["customer.facts"]
        fits = env["customer.churn.fit"]
        fit = fits.new(fits._prepare_fit(company, START))
        env.cr.execute("SET LOCAL jit = off")
        for offset in range(1, (END - START).days + 1):
            day = START + timedelta(days=offset)
            chances = facts._select_churn(
                facts._prepare_scope(company, day), fit._get_parameters(), fit.rung
            )
            env.cr.execute(
                SQL(
                    """SELECT (SUBSTRING(par.name FROM 7))::int, chn.date_last_order
                         FROM (%s) chn JOIN res_partner par ON par.id = chn.partner_id
                        WHERE chn.state IN ('at_risk', 'lost')
                          AND chn.repeat_count > 0
                          AND par.name LIKE 'Bench %%'""",
                    chances,
                )
            )
            for num, last in env.cr.fetchall():
                yield day, num, last


# --- cost ----------------------------------------------------------------------------

BARE = """SELECT COUNT(*), SUM(cnt), MIN(first), MAX(last), SUM(amount) FROM (
          SELECT partner_id, COUNT(*) AS cnt, MIN(date_order) AS first,
                 MAX(date_order) AS last, SUM(amount_untaxed) AS amount
            FROM sale_order WHERE state = 'sale' GROUP BY partner_id) flo"""


def _figures_cost(name):
    """CPU of one pass from orders to chances against the bare aggregate of orders."""
    company_id, measured = get_main_company(name), []
    with environment(name) as env:
        company = env["res.company"].browse(company_id)
        facts, fit = (
            env["customer.facts"],
            env["customer.churn.fit"]._get_current(company),
        )
        scope = facts._prepare_scope(company, DAY)
        chances = facts._select_churn(scope, fit._get_parameters(), fit.rung)
        env.cr.execute("SET LOCAL jit = off")
        env.cr.execute("SET LOCAL work_mem = '128MB'")
        for _round in range(ROUNDS):
            cpu = []
            for query in (BARE, chances):
                with Meter(env.cr) as meter:
                    if query is BARE:
                        env.cr.execute(query)
                    else:
                        env.cr.execute(
                            SQL("SELECT SUM(chn.order_probability), SUM(chn.year_probability),"
                                " COUNT(chn.state) FROM (%s) chn",
                                query)
                        )  # fmt: skip
                cpu.append(meter.cpu)
            measured.append(cpu)
        bare, scored = (median(column) for column in zip(*measured, strict=True))
        repeated = env["customer.churn"]._refresh(company, DAY)
    return [
        Figure("orders_to_chances", scored / bare, 3.5,
               f"{scored:.2f} s CPU, bare aggregate {bare:.2f} s"),
        Figure("second_run_rows", repeated, 0, "rows written by the same day again"),
    ]  # fmt: skip


def figure_detect(count):
    """The nightly detection after a scoring run: the first one, and an unchanged day."""
    name = database.copy_database(prepare(count))
    company_id, day = get_main_company(name), database.get_day(name)
    measured = []
    for _time in range(2):
        with environment(name) as env:
            company, floor = env["res.company"].browse(company_id), measure_floor(env)
            cpu = {}
            for step in env["customer.run"].new({"job": "detect"})._get_steps():
                with Meter(env.cr) as meter:
                    step(company, day)
                    env.cr.commit()
                cpu[getattr(step, "__name__", "step").strip("_")] = meter.cpu
            alerts = env["customer.alert"].search_count([])
        database.analyze_results(name)
        measured.append((sum(cpu.values()) / floor, alerts, cpu))
    (first, _raised, _cpu), (again, alerts, cpu) = measured
    steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in cpu.items())
    return [
        Figure("first_detection", first, 20, f"{alerts:,} alerts; against the floor"),
        Figure("unchanged_detection", again, 5, f"s CPU: {steps}"),
        Figure(
            "unchanged_detection_alerts", alerts - measured[0][1], 0, "raised again"
        ),
    ]
