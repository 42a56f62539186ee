from datetime import date, timedelta

from odoo import models
from odoo.tools import SQL

from ..periods import day_start_utc, months_before

# Orders older than this say nothing about today's rhythm (churn.md, algorithm step 1).
HISTORY_MONTHS = 36
# From so many repeat orders on, a customer's own mean interval is his usual one.
OWN_INTERVAL = 3
# Weight of the mean interval of all customers, in orders, where his own says little.
SHRINKAGE = 2
# PostgreSQL raises an error for arguments of EXP beyond about 708.
LOWEST = -700
EPOCH = date(2000, 1, 1)
# Percentages are rounded to this many points, by rung.
ROUNDED = {"fitted": 10, "regular": 5}


class CustomerChurnFacts(models.AbstractModel):
    """Reads the rhythm of orders, and what the model says of it. Runs nothing.

    An order day is a local day with at least one confirmed order that is not negative;
    invoices stand in where a customer has no order. Days of closed seasons do not count,
    neither in intervals nor in silence.
    """

    _inherit = "customer.facts"

    # === ORDER DAYS === #

    def _select_order_history(self, scope, with_intervals=False):
        """Return the order days of 36 months up to the day, per commercial partner.

        Columns: partner_id, x (repeat order days), tx (first to last), t_total (first to
        the day), first_day, last_day, amount (untaxed, company currency, NULL without an
        exchange rate), is_invoiced; tx and t_total in days without closed seasons.

        :param with_intervals: add sum_ln, the sum of ln(interval in days)
        """
        seasons = self._get_closed_seasons(scope)
        return SQL(" UNION ALL ").join(
            self._select_histories(days, is_invoiced, scope, seasons, with_intervals)
            for days, is_invoiced in (
                (self._select_days_ordered(scope), False),
                (self._select_days_invoiced(scope), True),
            )
        )

    def _select_order_days(self, scope):
        """Return (partner_id, day, amount) per order day; NULL without a rate."""
        return SQL(
            """SELECT day.partner_id, day.day, NULLIF(day.amount, 'NaN') AS amount
                 FROM (%s UNION ALL %s) day""",
            self._select_days_ordered(scope),
            self._select_days_invoiced(scope),
        )

    def _select_histories(self, days, is_invoiced, scope, seasons, with_intervals):
        """Return the history of each customer from his ``days``."""
        number, sums = self._select_open_day(SQL("day.day"), seasons), SQL("")
        if with_intervals:
            sums = SQL(
                ", COALESCE(SUM(LN(GREATEST(%s - %s, 1)::float8)), 0) AS sum_ln",
                number,
                self._select_open_day(SQL("day.before"), seasons),
            )
            days = SQL(
                """SELECT dts.*, LAG(dts.day) OVER (PARTITION BY dts.partner_id
                                                        ORDER BY dts.day) AS before
                     FROM (%s) dts""",
                days,
            )
        return SQL(
            """SELECT day.partner_id,
                      (COUNT(*) - 1)::integer AS x,
                      MAX(%(number)s) - MIN(%(number)s) AS tx,
                      %(today)s - MIN(%(number)s) AS t_total,
                      MIN(day.day) AS first_day,
                      MAX(day.day) AS last_day,
                      NULLIF(SUM(day.amount), 'NaN') AS amount,
                      %(is_invoiced)s AS is_invoiced%(sums)s
                 FROM (%(days)s) day
             GROUP BY day.partner_id""",
            number=number,
            today=self._get_open_day(scope.window.date, seasons),
            is_invoiced=is_invoiced,
            sums=sums,
            days=days,
        )

    def _select_days_ordered(self, scope):
        """Return one row per customer and day with confirmed orders, and its amount."""
        return SQL(
            """SELECT par.commercial_partner_id AS partner_id,
                      %(day)s AS day,
                      SUM(COALESCE(%(amount)s, 'NaN')) AS amount
                 FROM sale_order ord
                 JOIN res_partner par ON par.id = ord.partner_id
                WHERE %(counted)s
             GROUP BY 1, 2""",
            day=self._select_order_day(scope),
            amount=self._select_order_amount(scope),
            counted=self._filter_recent_orders(scope),
        )

    def _select_days_invoiced(self, scope):
        """Return the same from invoices, of customers who have no such order."""
        return SQL(
            """SELECT mov.commercial_partner_id AS partner_id,
                      mov.invoice_date AS day,
                      SUM(mov.amount_untaxed_signed) AS amount
                 FROM account_move mov
                WHERE %(invoices)s
                  AND mov.move_type <> 'out_refund' AND mov.amount_untaxed_signed >= 0
                  AND mov.invoice_date > %(since)s
                  AND mov.commercial_partner_id NOT IN (
                      SELECT DISTINCT par.commercial_partner_id
                        FROM sale_order ord
                        JOIN res_partner par ON par.id = ord.partner_id
                       WHERE %(orders)s AND par.commercial_partner_id IS NOT NULL)
             GROUP BY 1, 2""",
            invoices=self._filter_invoices(scope),
            since=months_before(scope.window.date, HISTORY_MONTHS),
            orders=self._filter_recent_orders(scope),
        )

    def _filter_recent_orders(self, scope):
        """Return which orders tell a rhythm: of 36 months, none that takes back."""
        since = months_before(scope.window.date, HISTORY_MONTHS) + timedelta(days=1)
        return SQL(
            "%s AND ord.amount_untaxed >= 0 AND ord.date_order >= %s",
            self._filter_orders(scope),
            day_start_utc(since, scope.company._get_customer_tz()),
        )

    def _select_order_day(self, scope):
        """Return the local day of an order."""
        zone = scope.company._get_customer_tz()
        if zone == "UTC":
            return SQL("ord.date_order::date")
        return SQL("(ord.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", zone)

    # === CLOSED SEASONS === #

    def _get_closed_seasons(self, scope):
        """Return the closed seasons of a company as disjoint (first, last) days."""
        # sudo: when everybody is on holiday is no secret
        seasons_sudo = self.env["customer.closed.season"].sudo()
        rows = seasons_sudo.search_fetch(
            [("company_id", "in", [scope.company.id, False])], ["date_from", "date_to"]
        )
        return self._merge_seasons((row.date_from, row.date_to) for row in rows)

    def _merge_seasons(self, seasons):
        """Return (first, last) days as disjoint ones in their order."""
        merged = []
        for first, last in sorted(seasons):
            if merged and first <= merged[-1][1] + timedelta(days=1):
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((first, last))
        return merged

    def _select_open_day(self, column, seasons):
        """Return the number of a day among the open ones, counted from 2000."""
        closed = [
            SQL(
                " - LEAST(GREATEST(%(day)s - %(first)s + 1, 0), %(length)s)",
                day=column,
                first=SQL("%s::date", first),
                length=(last - first).days + 1,
            )
            for first, last in seasons
        ]
        return SQL("(%s - %s::date%s)", column, EPOCH, SQL("").join(closed))

    def _get_open_day(self, day, seasons):
        """Return the number of a day among the open ones, in Python."""
        closed = sum(
            min(max((day - first).days + 1, 0), (last - first).days + 1)
            for first, last in seasons
        )
        return (day - EPOCH).days - closed

    # === WHAT THE MODEL SAYS === #

    def _select_churn(self, scope, parameters, rung):
        """Return state, chances and usual pace per commercial partner.

        Chances are float8, amounts numeric and NULL without an exchange rate.

        :param parameters: ``churn.Parameters``; only its ``mean_interval`` counts on the
            rung "fixed" (None when nobody ever ordered twice)
        :param rung: "fixed", "prior", "fitted" or "regular" (``churn.choose_rung``)
        """
        company = scope.company
        mean = parameters.mean_interval if parameters else None
        return SQL(
            """SELECT his.partner_id, his.x AS repeat_count, his.tx, his.t_total,
                      his.t_total - his.tx AS silence, his.is_invoiced,
                      his.first_day AS date_first_order, his.last_day AS date_last_order,
                      pac.interval_expected, pac.interval_usual,
                      chc.order_probability, chc.year_probability,
                      %(state)s AS state,
                      ROUND(val.mean_order_value, %(digits)s) AS mean_order_value,
                      ROUND(val.usual_value, %(digits)s) AS usual_value,
                      ROUND(val.usual_value * (1 - COALESCE(
                          chc.order_probability,
                          CASE WHEN his.t_total - his.tx > %(days)s THEN 0 ELSE 1 END
                          ))::numeric, %(digits)s) AS value_at_risk
                 FROM (%(history)s) his
           CROSS JOIN LATERAL (
                      SELECT %(expected)s AS interval_expected,
                             CASE WHEN his.x >= %(own)s
                                  THEN GREATEST(his.tx, 1) / his.x::float8
                                  ELSE %(expected)s END AS interval_usual) pac
           CROSS JOIN LATERAL (%(survivals)s) srv
           CROSS JOIN LATERAL (%(chances)s) chc
           CROSS JOIN LATERAL (
                      SELECT his.amount / (his.x + 1)
                                 AS mean_order_value,
                             his.amount / (his.x + 1) * %(horizon)s
                                 / NULLIF(pac.interval_usual, 0)::numeric
                                 AS usual_value) val""",
            digits=company.currency_id.decimal_places,
            days=company.customer_churn_silence_days,
            horizon=company.customer_churn_horizon,
            own=OWN_INTERVAL,
            expected=self._select_expected_interval(mean),
            history=self._select_order_history(scope),
            survivals=self._select_survivals(company, parameters, rung),
            chances=self._select_chances(parameters, rung),
            state=self._select_state(company, rung),
        )

    def _select_expected_interval(self, mean):
        """Return the interval of a customer in days, shrunk to that of all customers."""
        if not mean:
            return SQL("NULL::float8")
        return SQL(
            "((%(weight)s::float8 * %(mean)s::float8 + his.tx) / (%(weight)s + his.x))",
            weight=SHRINKAGE,
            mean=mean,
        )

    def _select_survivals(self, company, parameters, rung):
        """Return A(t) (churn.md §2) now, at the horizon, in a year, after the last order.

        Worked out once for each customer (OFFSET 0), in float8: a plain literal is
        numeric, which makes LN() seven times slower.
        """
        if rung == "fixed":
            return SQL("SELECT NULL")
        horizon = company.customer_churn_horizon
        moments = {
            "now": SQL("his.t_total"),
            "later": SQL("(his.t_total + %s)", horizon),
            "year": SQL("(his.t_total + 365)"),
            "first": SQL("(his.tx + %s)", horizon),
        }
        columns = SQL(", ").join(
            SQL(
                "%s AS %s", self._select_survival(parameters, day), SQL.identifier(name)
            )
            for name, day in moments.items()
        )
        return SQL("SELECT %s OFFSET 0", columns)

    def _select_survival(self, parameters, now):
        """Return A(t): the chance of a silence from the last order to ``now``."""
        alpha = SQL("%s::float8", parameters.alpha)
        count = SQL("(%s::float8 + %s::float8 * his.x)", parameters.r, parameters.k)
        share = SQL(
            "((%(now)s - his.tx) / (%(alpha)s + %(now)s))", now=now, alpha=alpha
        )
        terms, term = [SQL("1::float8")], SQL("1::float8")
        for step in range(1, parameters.k):
            term = SQL(
                "%s * %s * (%s + %s) / %s", term, share, count, step - 1, float(step)
            )
            terms.append(term)
        return SQL(
            """(EXP(GREATEST(%(lowest)s::float8, %(count)s
                    * LN((%(alpha)s + his.tx) / (%(alpha)s + %(now)s))))
                * (%(terms)s))""",
            lowest=LOWEST,
            count=count,
            alpha=alpha,
            now=now,
            terms=SQL(" + ").join(terms),
        )

    def _select_chances(self, parameters, rung):
        """Return P(at least one order): in the horizon, in a year, from the last order."""
        if rung == "fixed":
            return SQL(
                """SELECT NULL::float8 AS order_probability,
                          NULL::float8 AS year_probability,
                          NULL::float8 AS first_probability"""
            )
        return SQL(
            """SELECT GREATEST(0, (srv.now - srv.later) / (srv.now + %(leaving)s))
                          AS order_probability,
                      GREATEST(0, (srv.now - srv.year) / (srv.now + %(leaving)s))
                          AS year_probability,
                      GREATEST(0, (1 - srv.first) / (1 + %(leaving)s))
                          AS first_probability""",
            leaving=SQL(
                "%s::float8 / (%s::float8 + his.x)", parameters.a, parameters.b
            ),
        )

    def _select_percent(self, rung):
        """Return the chance of ``chn`` in per cent, rounded as the rung allows.

        :return: NULL where the rung allows none
        """
        rounded = ROUNDED.get(rung)
        if not rounded:
            return SQL("NULL::integer")
        return SQL(
            "(ROUND(chn.order_probability * (100 / %(to)s)) * %(to)s)::integer",
            to=rounded,
        )

    def _filter_watched(self, company):
        """Return which customers are watched: living ones that are not left out."""
        return SQL(
            """pro.company_id = %s AND pro.active AND pro.merged_into_id IS NULL
               AND pro.is_not_rated IS NOT TRUE AND pro.rating_state <> 'excluded'""",
            company.id,
        )

    def _select_state(self, company, rung):
        """Return the state (churn.md §9), as far as the rung allows.

        A rare buyer is occasional until he is late by his own interval: the figures of
        "at risk" (G8) were measured on all repeat customers. Whoever ordered once has
        no rhythm that he could have left.
        """
        silent = SQL("his.t_total - his.tx > %s", company.customer_churn_silence_days)
        overdue = SQL(
            """(%s AND his.t_total - his.tx
                >= GREATEST(pac.interval_expected, pac.interval_usual))""",
            silent,
        )
        if rung == "fixed":
            return SQL("CASE WHEN %s THEN 'watch' ELSE 'regular' END", silent)
        if rung == "prior":
            return SQL(
                """CASE WHEN his.x = 0 THEN 'occasional'
                        WHEN %s THEN 'watch' ELSE 'regular' END""",
                overdue,
            )
        return SQL(
            """CASE WHEN %(overdue)s AND chc.year_probability < %(lost)s THEN 'lost'
                    WHEN his.x = 0 THEN 'occasional'
                    WHEN %(overdue)s AND chc.order_probability <= %(risk)s
                         THEN 'at_risk'
                    WHEN chc.first_probability <= %(risk)s THEN 'occasional'
                    WHEN %(overdue)s THEN 'watch'
                    ELSE 'regular' END""",
            overdue=overdue,
            lost=SQL("%s::float8", company.customer_churn_lost),
            risk=SQL("%s::float8", company.customer_churn_risk),
        )
