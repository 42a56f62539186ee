import math
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .. import churn, churn_fitting
from ..periods import months_before

KAPPA = (
    2  # orders at the mean value of all customers that a value per order starts from
)
CHECKED_RUNGS = ("fitted", "regular")


@dataclass(frozen=True)
class Histories:
    """What a fit reads: the counts of all customers, the histories of a sample."""

    customer_count: int
    repeat_customers: int
    repeat_orders: int
    mean_interval: float | None
    history_days: int
    rows: list


class CustomerChurnFit(models.Model):
    """How a fit is made: read, choose the rung, fit, check, go down when it is wrong."""

    _inherit = "customer.churn.fit"

    @api.model
    def _prepare_fit(self, company, date):
        """Return the values of the fit that would be in force, without writing."""
        return self._prepare_fits(company, date)[-1]

    @api.model
    def _prepare_fits(self, company, date):
        """Return the values of the fits of a day: rejected ones, then the one in force."""
        data = self._read_histories(company, date)
        rung, reason, _figures = churn.choose_rung(
            data.repeat_customers,
            data.repeat_orders,
            data.history_days,
            data.mean_interval,
        )
        results = []
        while True:
            values = self._prepare_rung(company, date, data, rung)
            values["reason"] = reason
            results.append(values)
            if values["state"] == "current":
                return results
            reason = values["reason"] = values.pop("rejected_for")
            rung = churn.lower_rung(rung)

    def _prepare_rung(self, company, date, data, rung):
        """Return the values of a fit on a rung, rejected when it does not hold."""
        fit = self._fit_rung(data, rung)
        values = {
            **fit.parameters._asdict(),
            "company_id": company.id,
            "date": date,
            "state": "current",
            "rung": rung,
            "log_likelihood": fit.log_likelihood,
            "customer_count": data.repeat_customers,
            "repeat_order_count": data.repeat_orders,
            "history_days": data.history_days,
            "row_count": len(data.rows),
            "silence_days": company.customer_churn_silence_days,
            "horizon_days": company.customer_churn_horizon,
        }
        if rung not in CHECKED_RUNGS:
            return values
        if fit.reason:
            return {**values, "state": "rejected", "rejected_for": fit.reason}
        horizon = company.customer_churn_horizon
        rows = self._read_outcomes(company, date, horizon, data.customer_count)
        result, checked = self._check_chances(rows, fit.parameters, horizon)
        values.update(checked)
        if result.is_off:
            return {**values, "state": "rejected", "rejected_for": "self_check"}
        if rung == "regular" and data.history_days >= churn.VALUE_HISTORY_DAYS:
            window = min(365, data.history_days - horizon)
            values.update(self._compare_values(rows, fit.parameters, horizon, window))
        return values

    def _fit_rung(self, data, rung):
        """Return the :class:`churn_fitting.Fit` of a rung; below "fitted" the prior."""
        if rung == "fitted":
            return churn_fitting.fit(data.rows, data.mean_interval)
        if rung == "regular":
            return churn_fitting.select_k(data.rows, data.mean_interval)
        return churn_fitting.Fit(churn.prior(data.mean_interval), None)

    # === READING === #

    def _read_histories(self, company, date):
        """Return the :class:`Histories` up to a day.

        Above 20,000 customers every n-th one is fitted; the counts are of all. Two
        statements: the sample depends on the count.
        """
        self.env.flush_all()
        # Compiling these statements costs more than it saves (performance.md).
        self.env.cr.execute(SQL("SET LOCAL jit = off"))
        facts = self.env["customer.facts"]
        scope = facts._prepare_scope(company, date)
        count, repeating, repeats, days, first = self.env.execute_query(
            SQL(
                """SELECT COUNT(*), COUNT(*) FILTER (WHERE his.x > 0),
                          COALESCE(SUM(his.x), 0), COALESCE(SUM(his.tx), 0),
                          MIN(his.first_day)
                     FROM (%s) his""",
                facts._select_order_history(scope),
            )
        )[0]
        rows = self.env.execute_query(
            SQL(
                """SELECT his.x, his.tx, his.t_total, COUNT(*),
                          SUM(his.sum_ln)::float8
                     FROM (%(history)s) his
                    WHERE his.partner_id %% %(step)s = 0
                 GROUP BY his.x, his.tx, his.t_total
                 ORDER BY his.x, his.tx, his.t_total""",
                history=facts._select_order_history(scope, with_intervals=True),
                step=churn.sample_step(count),
            )
        )
        return Histories(
            customer_count=count,
            repeat_customers=repeating,
            repeat_orders=int(repeats),
            mean_interval=churn.mean_interval(int(repeats), float(days)),
            history_days=(date - first).days + 1 if first else 0,
            rows=rows,
        )

    # === SELF CHECK === #

    def _check_chances(self, rows, parameters, horizon):
        """Compare what a fit would have said one horizon ago with what happened.

        Customers with a repeat order then: the mean chance of an order against the
        share who ordered, calibration in tenths.

        :return: the :class:`churn.Check` and the values to store
        """
        counts = {}
        for x, tx, t_total, happened, *_money in rows:
            if x:
                key = (x, tx, t_total, happened)
                counts[key] = counts.get(key, 0) + 1
        pairs = [
            (churn.p_order(parameters, x, tx, t_total, horizon), happened, size)
            for (x, tx, t_total, happened), size in counts.items()
        ]
        result = churn.check(pairs)
        return result, {
            "check_count": result.count,
            "predicted_rate": result.predicted,
            "observed_rate": result.observed,
            "calibration": churn.calibrate(pairs),
        }

    def _compare_values(self, rows, parameters, horizon, window):
        """Return the mean errors of the two ways to expect a customer's amount.

        Expected orders times his value per order day, drawn towards that of all,
        against the run rate of 12 months; all customers of a horizon ago.
        """
        rows = [
            row
            for row in rows
            if None not in row[4:] and all(math.isfinite(value) for value in row[4:])
        ]
        if not rows or window <= 0:
            return {"is_value_earned": False, "value_count": 0}
        mean = float(sum(row[4] for row in rows)) / sum(row[0] + 1 for row in rows)
        expected, errors = {}, [0.0, 0.0]
        for x, tx, t_total, _happened, amount, spent, year in rows:
            key = (x, tx, t_total)
            if key not in expected:
                expected[key] = churn.expected_orders(parameters, *key, horizon)
            value = (float(amount) + KAPPA * mean) / (x + 1 + KAPPA)
            errors[0] += abs(expected[key] * value - float(spent))
            errors[1] += abs(float(year) * horizon / window - float(spent))
        model, run_rate = (error / len(rows) for error in errors)
        return {
            "is_value_earned": model <= run_rate,
            "value_count": len(rows),
            "value_error": model,
            "run_rate_error": run_rate,
        }

    def _read_outcomes(self, company, date, horizon, count):
        """Return the customers as they were a horizon ago, and what they did since.

        :return: rows (x, tx, T, whether he ordered since, amount until then, amount
            since, amount of the 12 months before then); amounts None when unknown

        Not joined but folded: the planner expects 200 customers of either side and
        compares each with each (23,570 customers: 28 s against 1 s).
        """
        facts = self.env["customer.facts"]
        before = date - timedelta(days=horizon)
        now, then = (facts._prepare_scope(company, day) for day in (date, before))
        days = facts._select_order_days(now)
        return self.env.execute_query(
            SQL(
                """SELECT MAX(x), MAX(tx), MAX(t_total), SUM(since_count) > 0,
                          MAX(amount),
                          CASE WHEN BOOL_AND(is_known) THEN SUM(since_amount) END,
                          SUM(year_amount)
                     FROM (SELECT his.partner_id, his.x, his.tx, his.t_total,
                                  his.amount, 0 AS since_count, 0 AS since_amount,
                                  0 AS year_amount, TRUE AS is_known
                             FROM (%(history)s) his
                        UNION ALL
                           SELECT day.partner_id, NULL, NULL, NULL, NULL,
                                  COUNT(*) FILTER (WHERE day.day > %(before)s),
                                  COALESCE(SUM(day.amount) FILTER (
                                      WHERE day.day > %(before)s), 0),
                                  COALESCE(SUM(day.amount) FILTER (
                                      WHERE day.day <= %(before)s), 0),
                                  BOOL_AND(day.amount IS NOT NULL)
                             FROM (%(days)s) day
                            WHERE day.day > %(year_before)s
                         GROUP BY day.partner_id) fac
                    WHERE partner_id %% %(step)s = 0
                 GROUP BY partner_id
                   HAVING COUNT(x) > 0""",
                history=facts._select_order_history(then),
                days=days,
                before=before,
                year_before=months_before(before, 12),
                step=churn.sample_step(count),
            )
        )
