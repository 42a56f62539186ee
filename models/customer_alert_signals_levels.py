from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..periods import day_start_utc, months_before
from .customer_alert_signals import Figures
from .customer_facts import EPOCH
from .customer_facts_relation import INTERACTION_MONTHS

# Months compared with as many before.
FREQUENCY_MONTHS = 6


class CustomerAlertRule(models.Model):
    """Signals about figures that became worse: orders, amounts, payments, contact."""

    _inherit = "customer.alert.rule"

    # === ORDERS AND AMOUNTS === #

    def _read_frequency_drop(self, reading):
        """Order days of 6 months against the 6 before, more than chance explains.

        Poisson: (before - recent) / sqrt(before + recent); 1.64 happens by chance once
        in twenty times (churn.md §9).
        """
        value = SQL(
            """ROUND(((fig.before - fig.recent)
                     / SQRT((fig.before + fig.recent)::numeric)), 4)"""
        )
        return Figures(
            source=self._select_frequency(reading),
            key=self._get_day_key(reading),
            value=value,
            evidence=SQL(
                """JSONB_BUILD_OBJECT('recent', fig.recent, 'before', fig.before,
                                      'months', %s)""",
                FREQUENCY_MONTHS,
            ),
            hit=SQL(
                "fig.before >= %s AND %s >= %s",
                self.min_count,
                value,
                self._get_number("threshold"),
            ),
            over=self._get_recovered(value),
        )

    def _select_frequency(self, reading):
        """Return the distinct order days of both windows by customer.

        Invoices stand in for customers without any order.
        """
        facts, scope = self.env["customer.facts"], reading.scope
        middle = months_before(reading.date, FREQUENCY_MONTHS)
        start = months_before(reading.date, 2 * FREQUENCY_MONTHS)
        return SQL(
            """SELECT pro.id AS profile_id,
                      COUNT(DISTINCT day.day) FILTER (WHERE day.day > %(middle)s)
                          AS recent,
                      COUNT(DISTINCT day.day) FILTER (WHERE day.day <= %(middle)s)
                          AS before
                 FROM (SELECT par.commercial_partner_id AS partner_id,
                              %(order_day)s AS day
                         FROM sale_order ord
                         JOIN res_partner par ON par.id = ord.partner_id
                        WHERE %(orders)s AND ord.amount_untaxed >= 0
                          AND ord.date_order >= %(start_utc)s
                    UNION ALL
                       SELECT mov.commercial_partner_id, mov.invoice_date
                         FROM account_move mov
                        WHERE %(invoices)s AND mov.move_type <> 'out_refund'
                          AND mov.amount_untaxed_signed >= 0
                          AND mov.invoice_date > %(start)s
                          AND NOT EXISTS (
                              SELECT FROM sale_order ord
                                JOIN res_partner par ON par.id = ord.partner_id
                               WHERE par.commercial_partner_id
                                     = mov.commercial_partner_id
                                 AND %(orders)s)) day
                 JOIN customer_profile pro ON pro.partner_id = day.partner_id
                      AND pro.company_id = %(company)s AND pro.merged_into_id IS NULL
                WHERE %(profiles)s
             GROUP BY pro.id""",
            middle=middle,
            start=start,
            start_utc=day_start_utc(
                start + timedelta(days=1), scope.company._get_customer_tz()
            ),
            order_day=facts._select_order_day(scope),
            orders=facts._filter_orders(scope),
            invoices=facts._filter_invoices(scope),
            company=reading.company.id,
            profiles=self._filter_reading(SQL("pro.id"), reading),
        )

    def _read_amount_drop(self, reading):
        """The amount of 12 months is so many per cent below that of the 12 before.

        Whoever ordered hardly at all is a matter of silence: one order more or less is
        no fall.
        """
        known = SQL(
            """fig.amount_12m_state = 'known' AND fig.amount_prev_12m_state = 'known'
               AND fig.amount_prev_12m > 0"""
        )
        value = SQL(
            """CASE WHEN %s THEN ROUND(100 * (fig.amount_prev_12m - fig.amount_12m)
                    / NULLIF(fig.amount_prev_12m, 0), 2) END""",
            known,
        )
        return Figures(
            source=self._select_metrics(reading),
            key=self._get_day_key(reading),
            value=value,
            evidence=SQL(
                """JSONB_BUILD_OBJECT('amount', fig.amount_12m,
                    'before', fig.amount_prev_12m,
                    'rate', ROUND(fig.amount_12m / fig.amount_prev_12m - 1, 4))"""
            ),
            hit=SQL(
                "%s >= %s AND fig.order_count_12m >= %s",
                value,
                self._get_number("threshold"),
                self.min_count,
            ),
            over=self._get_recovered(value),
        )

    # === PAYMENT === #

    def _read_overdue_payment(self, reading):
        """So large a share of the receivables is overdue, for so long on average.

        Shares and days only: exact residuals are for accountants.
        """
        days = SQL(
            """ROUND((%(date)s::date - %(epoch)s)
                     - fig.overdue_maturity_weight / NULLIF(fig.overdue_residual, 0), 2)""",
            date=reading.date,
            epoch=EPOCH,
        )
        value = SQL(
            """CASE WHEN fig.overdue_residual > 0 AND fig.receivable_residual > 0
                    THEN ROUND(100 * fig.overdue_residual
                               / fig.receivable_residual, 2) ELSE 0 END"""
        )
        return Figures(
            source=self._select_metrics(reading),
            key=self._get_day_key(reading),
            value=value,
            evidence=SQL(
                """JSONB_BUILD_OBJECT('overdue_rate',
                    LEAST(ROUND(%s / 100, 4), 1), 'late_days', ROUND(%s))""",
                value,
                days,
            ),
            hit=SQL(
                "%s >= %s AND %s >= %s",
                value,
                self._get_number("threshold"),
                days,
                self.window_days,
            ),
            over=self._get_recovered(value),
        )

    # === CONTACT === #

    def _read_few_interactions(self, reading):
        """Less than so many per cent of what the tier wants within three months.

        Unknown for customers who are with us for less than that.
        """
        recent = months_before(reading.date, INTERACTION_MONTHS)
        value = SQL(
            """CASE WHEN fig.interaction_state = 'known'
                     AND fig.date_first_fact <= %s
                    THEN ROUND(100 * fig.interaction_count_3m
                               / (%s * NULLIF(fig.interaction_target, 0)), 2) END""",
            recent,
            INTERACTION_MONTHS,
        )
        threshold = self._get_number("threshold")
        return Figures(
            source=self._select_metrics(reading),
            key=self._get_day_key(reading),
            value=value,
            evidence=SQL(
                """JSONB_BUILD_OBJECT('count', fig.interaction_count_3m,
                    'target', %s * fig.interaction_target, 'days', %s)""",
                INTERACTION_MONTHS,
                (reading.date - recent).days,
            ),
            hit=SQL("%s < %s", value, threshold),
            over=SQL("%s >= %s + %s", value, threshold, self._get_number("hysteresis")),
        )

    # === SQL HELPERS === #

    def _get_day_key(self, reading):
        """Return the key of an episode: the day on which it is seen."""
        return SQL("%s", reading.date.isoformat())
