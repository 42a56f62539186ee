from dataclasses import dataclass
from datetime import date, timedelta

from odoo import models
from odoo.tools import SQL

from ..periods import day_start_utc
from .customer_facts import NO_REFUND, Scope


@dataclass(frozen=True)
class Periods:
    """A period ``[start, end]`` and the one before it, days inclusive."""

    start: date
    end: date
    start_before: date

    @property
    def end_before(self):
        return self.start - timedelta(days=1)


class CustomerReviewFacts(models.AbstractModel):
    """Reads the figures of an evaluation: one period and the one before it.

    Every method returns SQL with one row per customer (``partner_id``, or
    ``profile_id`` for what people wrote down) and runs nothing. Which records count
    and what money is worth is said in one place for all rooms: see
    ``customer.facts``.
    """

    _inherit = "customer.facts"

    def _split(self, day, periods):
        """Return the conditions that a day lies in the period, in the one before."""
        return {
            "now": SQL("%s BETWEEN %s AND %s", day, periods.start, periods.end),
            "before": SQL(
                "%s BETWEEN %s AND %s", day, periods.start_before, periods.end_before
            ),
        }

    def _select_review_orders(self, scope: Scope, periods: Periods):
        """Return number and untaxed amount of confirmed orders of both periods.

        The amount is NULL (``no_rate``) where an exchange rate is missing.
        """
        zone = scope.company._get_customer_tz()
        return SQL(
            """SELECT par.commercial_partner_id AS partner_id,
                      COUNT(*) FILTER (WHERE %(now)s) AS count_now,
                      COUNT(*) FILTER (WHERE %(before)s) AS count_before,
                      SUM(mon.amount) FILTER (WHERE %(now)s) AS amount_now,
                      SUM(mon.amount) FILTER (WHERE %(before)s) AS amount_before,
                      BOOL_OR(mon.amount IS NULL AND %(now)s) AS no_rate_now,
                      BOOL_OR(mon.amount IS NULL AND %(before)s) AS no_rate_before
                 FROM sale_order ord
                CROSS JOIN LATERAL (
                  SELECT %(day)s AS day,
                         CASE WHEN ord.date_order >= %(since)s
                              THEN %(amount)s END AS amount) mon
                 JOIN res_partner par ON par.id = ord.partner_id
                WHERE %(counted)s
             GROUP BY par.commercial_partner_id""",
            **self._split(SQL("mon.day"), periods),
            day=self._select_order_day(scope),
            since=day_start_utc(periods.start_before, zone),
            amount=self._select_order_amount(scope),
            counted=self._filter_orders(scope),
        )

    def _select_review_invoices(self, scope: Scope, periods: Periods):
        """Return number (refunds left out) and net amount of posted invoices."""
        return SQL(
            """SELECT par.commercial_partner_id AS partner_id,
                      COUNT(*) FILTER (WHERE %(now)s AND %(no_refund)s) AS count_now,
                      COUNT(*) FILTER (WHERE %(before)s AND %(no_refund)s)
                          AS count_before,
                      COUNT(*) FILTER (WHERE %(now)s) AS document_count,
                      SUM(mov.amount_untaxed_signed) FILTER (WHERE %(now)s)
                          AS amount_now,
                      SUM(mov.amount_untaxed_signed) FILTER (WHERE %(before)s)
                          AS amount_before,
                      BOOL_OR(%(now)s AND %(wrong)s) AS no_rate_now,
                      BOOL_OR(%(before)s AND %(wrong)s) AS no_rate_before
                 FROM account_move mov
                 JOIN res_partner par ON par.id = mov.partner_id
                WHERE %(counted)s AND mov.invoice_date >= %(since)s
             GROUP BY par.commercial_partner_id""",
            **self._split(SQL("mov.invoice_date"), periods),
            no_refund=NO_REFUND,
            wrong=self._filter_wrong_rate(scope),
            counted=self._filter_invoices(scope),
            since=periods.start_before,
        )

    def _select_review_cross_sell(self, scope: Scope, periods: Periods):
        """Return what was invoiced in categories never bought before each period.

        Net of refunds, untaxed, company currency (booked balance of the lines). A
        category is bought on the day of its first invoice; lines without a product
        belong to none.
        """
        return SQL(
            """SELECT cat.partner_id,
                      SUM(cat.now) FILTER (WHERE cat.first >= %(start)s) AS now,
                      SUM(cat.count) FILTER (WHERE cat.first >= %(start)s) AS count,
                      SUM(cat.before) FILTER (WHERE cat.first >= %(start_before)s)
                          AS before
                 FROM (
                   SELECT par.commercial_partner_id AS partner_id, tmp.categ_id,
                          MIN(mov.invoice_date)
                              FILTER (WHERE %(no_refund)s) AS first,
                          SUM(-lin.balance) FILTER (WHERE %(now)s) AS now,
                          SUM(-lin.balance) FILTER (WHERE %(before)s) AS before,
                          COUNT(DISTINCT mov.id) FILTER (WHERE %(now)s) AS count
                     FROM account_move mov
                     JOIN account_move_line lin ON lin.move_id = mov.id
                      AND lin.display_type = 'product'
                     JOIN product_product pro ON pro.id = lin.product_id
                     JOIN product_template tmp ON tmp.id = pro.product_tmpl_id
                     JOIN res_partner par ON par.id = mov.partner_id
                    WHERE %(counted)s AND tmp.categ_id IS NOT NULL
                 GROUP BY par.commercial_partner_id, tmp.categ_id) cat
             GROUP BY cat.partner_id""",
            **self._split(SQL("mov.invoice_date"), periods),
            start=periods.start,
            start_before=periods.start_before,
            no_refund=NO_REFUND,
            counted=self._filter_invoices(scope),
        )

    # === WHAT PEOPLE WROTE DOWN === #

    def _select_review_interactions(self, scope: Scope, periods: Periods):
        """Return effective interactions and executive visits of both periods."""
        return SQL(
            """SELECT itr.profile_id,
                      COUNT(*) FILTER (WHERE itr.is_effective AND %(now)s)
                          AS effective_now,
                      COUNT(*) FILTER (WHERE itr.is_effective AND %(before)s)
                          AS effective_before,
                      COUNT(*) FILTER (WHERE itr.is_executive_visit AND %(now)s)
                          AS executive_now,
                      COUNT(*) FILTER (WHERE itr.is_executive_visit AND %(before)s)
                          AS executive_before
                 FROM customer_interaction itr
                WHERE %(counted)s AND itr.date >= %(since)s
             GROUP BY itr.profile_id""",
            **self._split(SQL("itr.date"), periods),
            counted=self._filter_interactions(scope),
            since=periods.start_before,
        )

    def _select_review_renewals(self, scope: Scope, periods: Periods):
        """Return contracts that ended in both periods, and those renewed in time."""
        in_time = SQL(
            "mil.renewal_state = 'renewed' AND mil.date_decided <= mil.date_end"
        )
        return SQL(
            """SELECT mil.profile_id,
                      COUNT(*) FILTER (WHERE %(now)s) AS ended_now,
                      COUNT(*) FILTER (WHERE %(before)s) AS ended_before,
                      COUNT(*) FILTER (WHERE %(now)s AND %(in_time)s) AS renewed_now,
                      COUNT(*) FILTER (WHERE %(before)s AND %(in_time)s)
                          AS renewed_before
                 FROM customer_milestone mil
                WHERE %(counted)s
             GROUP BY mil.profile_id""",
            **self._split(SQL("mil.date_end"), periods),
            in_time=in_time,
            counted=self._filter_renewals(scope),
        )

    def _select_review_health(self, scope: Scope, periods: Periods):
        """Return the health score that held on the last day of both periods."""
        return SQL(
            """SELECT pro.id AS profile_id, %(now)s AS now, %(before)s AS before
                 FROM customer_profile pro
                WHERE pro.company_id = %(company)s AND %(profiles)s""",
            now=self._select_health_on(periods.end),
            before=self._select_health_on(periods.end_before),
            company=scope.company.id,
            profiles=self._filter_profiles(SQL("pro.id"), scope),
        )

    def _select_health_on(self, day):
        return SQL(
            """(SELECT scr.total FROM customer_score scr
                 WHERE scr.profile_id = pro.id AND scr.kind = 'health'
                   AND scr.date <= %s
              ORDER BY scr.date DESC LIMIT 1)""",
            day,
        )

    def _select_review_actions(self, scope: Scope, periods: Periods):
        """Return the actions due in both periods: all, done in time, not done.

        Cancelled ones were taken back: they count nowhere (KPI-14). Nor does the care
        of a birthday: its number would tell the month.
        """
        return SQL(
            """SELECT act.profile_id,
                      COUNT(*) FILTER (WHERE %(now)s) AS due_now,
                      COUNT(*) FILTER (WHERE %(before)s) AS due_before,
                      COUNT(*) FILTER (WHERE %(now)s AND %(in_time)s) AS done_now,
                      COUNT(*) FILTER (WHERE %(before)s AND %(in_time)s) AS done_before,
                      COUNT(*) FILTER (WHERE %(now)s AND act.state <> 'done')
                          AS unmet_now,
                      ARRAY_AGG(act.id ORDER BY act.id)
                          FILTER (WHERE %(now)s AND act.state <> 'done') AS unmet_ids
                 FROM customer_care_action act
                WHERE act.company_id = %(company)s AND act.state <> 'cancelled'
                  AND act.is_personal IS NOT TRUE
                  AND act.date_deadline BETWEEN %(since)s AND %(end)s AND %(profiles)s
             GROUP BY act.profile_id""",
            **self._split(SQL("act.date_deadline"), periods),
            in_time=SQL("act.state = 'done' AND act.date_done <= act.date_deadline"),
            company=scope.company.id,
            since=periods.start_before,
            end=periods.end,
            profiles=self._filter_profiles(SQL("act.profile_id"), scope),
        )
