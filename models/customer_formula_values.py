from odoo import models
from odoo.tools import SQL

from ..periods import months_before
from .customer_facts_relation import INTERACTION_MONTHS
from .customer_scorecard_metric import MONEY_METRICS


class CustomerFormula(models.AbstractModel):
    """What each metric is worth on a day, from the columns of a snapshot."""

    _inherit = "customer.formula"

    def _get_metrics(self, cards):
        return cards["tier"].dimension_ids.metric_ids | (
            cards["health"].dimension_ids.metric_ids
        )

    def _get_values(self, scope, cards):
        """Return, by metric, its value and the reason why it is unknown, in SQL."""
        values = self._get_metric_values(scope.window)
        foreign = SQL("NULL::numeric"), SQL("'other_currency'")
        return {
            metric: foreign
            if metric.code in MONEY_METRICS
            and metric.scorecard_id.currency_id != scope.company.currency_id
            else values[metric.code]
            for metric in self._get_metrics(cards)
        }

    def _select_values(self, scope, cards):
        """Return the value column (``v<id>``) of every metric."""
        return SQL(", ").join(
            SQL(
                "CASE WHEN met.bad IS NULL THEN %s END AS %s",
                value,
                SQL.identifier(f"v{metric.id}"),
            )
            for metric, (value, _reason) in self._get_values(scope, cards).items()
        )

    def _select_reasons(self, scope, cards):
        """Return why a metric has no value (``r<id>``), NULL where it has one."""
        return SQL(", ").join(
            SQL(
                "CASE WHEN val.bad IS NULL AND %s IS NULL THEN %s END AS %s",
                SQL.identifier("val", f"v{metric.id}"),
                reason,
                SQL.identifier(f"r{metric.id}"),
            )
            for metric, (_value, reason) in self._get_values(scope, cards).items()
        )

    def _get_metric_values(self, window):
        """Return, by metric code, its value and the reason why it is unknown, in SQL.

        ``met`` is the row of snapshot columns, ``pro`` the customer. Values are
        rounded before they meet a threshold: days and years to 2 decimals, shares
        to 4.
        """
        params = {"date": window.date, "start": window.start, "prev": window.prev_start}
        first = SQL("COALESCE(pro.date_customer_since, met.date_first_fact)")
        last = SQL("COALESCE(met.date_last_order, met.date_last_sale)")
        late = SQL(
            """(met.paid_late_weight_12m + met.overdue_residual
                * (%(date)s::date - DATE '2000-01-01') - met.overdue_maturity_weight)""",
            **params,
        )
        paid = SQL("(met.paid_amount_12m + met.overdue_residual)")
        due = SQL(
            """(met.has_due_12m OR met.overdue_residual > 0
                OR met.paid_late_weight_12m > 0)"""
        )
        values = {
            "amount_12m": (
                SQL("met.amount_12m"),
                SQL("NULLIF(met.amount_12m_state, 'known')"),
            ),
            "tenure_years": self._get_tenure_value(first, params),
            "orders_12m": (
                SQL("met.order_count_12m::numeric"),
                SQL("NULLIF(met.order_count_12m_state, 'known')"),
            ),
            "growth_rate": self._get_growth_value(first, params),
            "overdue_rate": (
                SQL(
                    """CASE WHEN NOT %s THEN NULL
                            WHEN met.receivable_residual > 0 THEN ROUND(
                                met.overdue_residual / met.receivable_residual, 4)
                            ELSE 0 END""",
                    due,
                ),
                SQL("'none_due'"),
            ),
            "late_days": (
                SQL(
                    """CASE WHEN %(due)s AND %(paid)s > 0
                            THEN ROUND(%(late)s / %(paid)s, 2) END""",
                    due=due,
                    paid=paid,
                    late=late,
                ),
                SQL("CASE WHEN %s THEN 'none_paid' ELSE 'none_due' END", due),
            ),
            "days_since_order": (
                SQL("(%s - %s)::numeric", window.date, last),
                SQL("'no_sale'"),
            ),
        }
        values.update(self._get_relation_values(window, first))
        values.update(self._get_service_values())
        for name in ("outlook", "expansion"):
            values[f"{name}_rating"] = self._get_rating_value(name, params)
        return values

    def _get_tenure_value(self, first, params):
        """Return complete months since the first fact, in years of twelve months."""
        hidden = SQL("(pro.date_customer_since IS NULL AND met.is_before_history)")
        age = SQL("AGE(%(date)s::date, %(first)s)", first=first, **params)
        return (
            SQL(
                """CASE WHEN %(first)s <= %(date)s AND %(hidden)s IS NOT TRUE
                        THEN ROUND((EXTRACT(YEAR FROM %(age)s) * 12
                             + EXTRACT(MONTH FROM %(age)s)) / 12, 2) END""",
                hidden=hidden,
                age=age,
                first=first,
                **params,
            ),
            SQL("CASE WHEN %s THEN 'before_history' ELSE 'no_fact' END", hidden),
        )

    def _get_growth_value(self, first, params):
        """Return growth of 12 months over the previous 12 as a share (0.1 = 10%)."""
        unknown = SQL(
            """CASE WHEN met.amount_12m_state <> 'known' THEN met.amount_12m_state
                    WHEN pro.date_customer_since IS NULL AND met.is_before_history
                    THEN 'before_history'
                    WHEN %(first)s > %(prev)s OR %(first)s IS NULL THEN 'too_young'
                    WHEN met.amount_prev_12m_state <> 'known'
                    THEN met.amount_prev_12m_state
                    WHEN met.amount_prev_12m <= 0 THEN 'no_previous' END""",
            first=first,
            **params,
        )
        return (
            SQL(
                """CASE WHEN %s IS NULL THEN ROUND(
                    (met.amount_12m - met.amount_prev_12m)
                    / met.amount_prev_12m, 4) END""",
                unknown,
            ),
            unknown,
        )

    def _get_relation_values(self, window, first):
        """Return what people wrote down: shares of what the tier asks for, renewals."""
        recent = months_before(window.date, INTERACTION_MONTHS)
        too_new = SQL("(%s > %s) IS TRUE", first, recent)
        return {
            "interaction_rate": (
                SQL(
                    """CASE WHEN met.interaction_state = 'known' AND NOT %s
                            THEN ROUND(met.interaction_count_3m
                                 / (%s * met.interaction_target), 4) END""",
                    too_new,
                    INTERACTION_MONTHS,
                ),
                SQL("COALESCE(NULLIF(met.interaction_state, 'known'), 'too_new')"),
            ),
            "executive_visits": (
                SQL(
                    """CASE WHEN met.executive_visit_state = 'known'
                            THEN met.executive_visit_count_12m::numeric END"""
                ),
                SQL("met.executive_visit_state"),
            ),
            "coverage_rate": (
                SQL("met.coverage_rate"),
                SQL("met.coverage_state"),
            ),
            "renewal_rate": (
                SQL(
                    """ROUND(met.renewal_renewed_24m
                             / NULLIF(met.renewal_ended_24m, 0)::numeric, 4)"""
                ),
                SQL("'no_contract'"),
            ),
        }

    def _get_service_values(self):
        """Return complaints, promises kept and what the customer answered.

        CSAT on 1 to 5 from the mean of its 0-100 scores, NPS from -100 to 100.
        """
        return {
            "complaints_12m": (
                SQL(
                    """CASE WHEN met.complaint_12m_state = 'known'
                            THEN met.complaint_count_12m::numeric END"""
                ),
                SQL("'cases_not_recorded'"),
            ),
            "complaints_3m": (
                SQL(
                    """CASE WHEN met.complaint_3m_state = 'known'
                            THEN met.complaint_count_3m::numeric END"""
                ),
                SQL("'cases_not_recorded_3m'"),
            ),
            "sla_rate": (
                SQL(
                    """ROUND(met.case_promise_kept_12m
                             / NULLIF(met.case_promise_count_12m, 0)::numeric, 4)"""
                ),
                SQL("'no_promise'"),
            ),
            "csat": (
                SQL(
                    """ROUND(1 + 4 * met.csat_score_sum_12m
                             / NULLIF(100 * met.csat_count_12m, 0), 2)"""
                ),
                SQL("'no_answer'"),
            ),
            "nps": (
                SQL(
                    """ROUND(100 * met.nps_balance_12m
                             / NULLIF(met.nps_count_12m, 0)::numeric, 2)"""
                ),
                SQL("'no_answer'"),
            ),
        }

    def _get_rating_value(self, name, params):
        """Return a rating by people (1-10) that is not older than twelve months."""
        rating = SQL.identifier("pro", f"{name}_rating")
        rated_on = SQL.identifier("pro", f"{name}_date")
        return (
            SQL(
                """CASE WHEN %(rating)s > 0 AND %(rated_on)s > %(start)s
                         AND %(rated_on)s <= %(date)s THEN %(rating)s::numeric END""",
                rating=rating,
                rated_on=rated_on,
                **params,
            ),
            SQL(
                """CASE WHEN %(rating)s > 0 AND %(rated_on)s <= %(start)s
                        THEN 'expired' ELSE 'never_rated' END""",
                rating=rating,
                rated_on=rated_on,
                **params,
            ),
        )
