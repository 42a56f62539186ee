from odoo import models
from odoo.tools import SQL

from .customer_facts import OPENING_DAY, SALES


class CustomerCounted(models.AbstractModel):
    """Which records count up to a day: one place for the facts and their evidence.

    Conditions are about the aliases ``ord`` (order), ``mov`` (invoice), ``lin`` (its
    receivable line), ``rec`` (reconciliation) and ``opn`` (opening amount).
    """

    _inherit = "customer.facts"

    def _filter_partners(self, column, scope):
        """Return the condition that keeps the scope's contacts."""
        if scope.partner_ids is None:
            return SQL("TRUE")
        return SQL("%s = ANY(%s)", column, scope.partner_ids)

    def _filter_orders(self, scope):
        """Return which orders count: confirmed ones up to the day."""
        return SQL(
            """ord.state = 'sale'
               AND ord.company_id = %(company)s
               AND ord.date_order < %(end)s
               AND %(partners)s""",
            company=scope.company.id,
            end=scope.window.end_utc,
            partners=self._filter_partners(SQL("ord.partner_id"), scope),
        )

    def _filter_invoices(self, scope):
        """Return which documents count as invoiced: posted ones up to the day."""
        return SQL(
            """mov.move_type IN %(sales)s
               AND mov.state = 'posted'
               AND mov.company_id = %(company)s
               AND mov.invoice_date <= %(date)s
               AND %(partners)s""",
            sales=SALES,
            company=scope.company.id,
            date=scope.window.date,
            partners=self._filter_partners(SQL("mov.partner_id"), scope),
        )

    def _filter_wrong_rate(self, scope):
        """Return which foreign invoices were booked at 1 although no rate says so.

        The rate of a day is looked up only where one can say so: the planner takes
        four subqueries for each invoice for so dear that nothing else matters to it.
        """
        own = SQL("%s::integer", scope.company.currency_id.id)
        at_par = SQL("(mov.currency_id <> %s AND mov.invoice_currency_rate = 1)", own)
        if not scope.has_par_rates:
            return at_par
        day = SQL("mov.invoice_date")
        return SQL(
            "(%(at_par)s AND %(rate)s / %(own_rate)s IS DISTINCT FROM 1)",
            at_par=at_par,
            rate=self._select_rate(SQL("mov.currency_id"), day, scope),
            own_rate=self._select_rate(own, day, scope),
        )

    def _select_open_lines(self, scope):
        """Return the receivable lines open on the day, with their residual then.

        Today's residual plus what was reconciled after the day (``undone``); a line
        counts when it is still a debit then.
        """
        lines = SQL(
            """lin.company_id = %(company)s
               AND lin.account_id = ANY(%(accounts)s)
               AND lin.parent_state = 'posted'
               AND lin.date <= %(date)s
               AND %(partners)s""",
            company=scope.company.id,
            accounts=scope.receivable_ids,
            date=scope.window.date,
            partners=self._filter_partners(SQL("lin.partner_id"), scope),
        )
        return SQL(
            """SELECT opn.* FROM (
                    SELECT lin.id AS line_id,
                           lin.partner_id,
                           COALESCE(lin.date_maturity, lin.date) AS maturity,
                           lin.amount_residual + COALESCE(und.amount, 0) AS residual
                      FROM account_move_line lin
                 LEFT JOIN undone und ON und.line_id = lin.id
                     WHERE lin.reconciled IS NOT TRUE
                       AND %(lines)s
                 UNION ALL
                    SELECT lin.id,
                           lin.partner_id,
                           COALESCE(lin.date_maturity, lin.date),
                           lin.amount_residual + und.amount
                      FROM undone und
                      JOIN account_move_line lin ON lin.id = und.line_id
                     WHERE lin.reconciled IS TRUE
                       AND %(lines)s
                 ) opn
                WHERE opn.residual > 0""",
            lines=lines,
        )

    def _filter_payments(self, scope):
        """Return which reconciliations of 12 months count as payments."""
        return SQL(
            """rec.company_id = %(company)s
               AND rec.max_date > %(start)s
               AND rec.max_date <= %(date)s
               AND %(not_refund)s
               AND lin.parent_state = 'posted'
               AND lin.account_id = ANY(%(accounts)s)
               AND %(partners)s""",
            company=scope.company.id,
            accounts=scope.receivable_ids,
            not_refund=self._filter_refunds(scope),
            start=scope.window.start,
            date=scope.window.date,
            partners=self._filter_partners(SQL("lin.partner_id"), scope),
        )

    def _filter_refunds(self, scope):
        """Return the condition that a reconciliation is not with a refund.

        For everybody the lines of all refunds are collected once, by way of their
        index (OFFSET 0); for some customers each reconciliation is looked up.
        """
        lines = SQL(
            """SELECT lin.id FROM account_move_line lin
                 JOIN account_move ref ON ref.id = lin.move_id
                WHERE ref.move_type = 'out_refund'"""
        )
        if scope.partner_ids is None:
            lines = SQL(
                """SELECT lin.id FROM account_move ref
               CROSS JOIN LATERAL (SELECT id FROM account_move_line
                                    WHERE move_id = ref.id OFFSET 0) lin
                    WHERE ref.move_type = 'out_refund'"""
            )
        return SQL(
            "NOT EXISTS (SELECT FROM (%s) crd WHERE crd.id = rec.credit_move_id)", lines
        )

    def _filter_openings(self, scope):
        """Return which opening amounts count: those of months that have ended."""
        return SQL(
            "opn.company_id = %s AND %s <= %s AND %s",
            scope.company.id,
            OPENING_DAY,
            scope.window.date,
            self._filter_partners(SQL("pro.partner_id"), scope),
        )
