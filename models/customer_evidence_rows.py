from odoo import models
from odoo.tools import SQL

from .customer_facts import NO_REFUND, OPENING_DAY

# What a row of evidence says: column and type; a source leaves out what it lacks.
EVIDENCE_COLUMNS = {
    "id": "bigint",
    "source": "varchar",
    "res_model": "varchar",
    "res_id": "integer",
    "name": "varchar",
    "date": "date",
    "period": "varchar",
    "amount": "numeric",
    "order_count": "integer",
    "date_due": "date",
    "date_paid": "date",
    "late_days": "integer",
    "is_overdue": "boolean",
    "document_total": "numeric",
    "residual": "numeric",
    "paid_amount": "numeric",
    "rating": "integer",
    "user_id": "integer",
    "visible": "boolean",
}


class CustomerEvidenceRows(models.AbstractModel):
    """The records behind each metric, from the conditions that the facts count by.

    Every method returns SQL and runs nothing; the scope is about one customer.
    ``visible`` says whether the reader may see the document itself.
    """

    _inherit = "customer.facts"

    def _select_row(self, **columns):
        """Return the SELECT list of a source, NULL for what it lacks."""
        return SQL(", ").join(
            SQL(
                "(%s)::%s AS %s",
                columns.get(name, SQL("NULL")),
                SQL(kind),
                SQL.identifier(name),
            )
            for name, kind in EVIDENCE_COLUMNS.items()
        )

    def _exists_readable(self, model, column):
        """Return whether the reader's own rights show him a document.

        ``EXISTS`` on its key, not ``IN``: the readable documents are never collected.
        """
        records = self.env[model]
        if records.env.su:
            return SQL("TRUE")
        if not records.has_access("read"):
            return SQL("FALSE")
        query = records.with_context(active_test=False)._search([])
        query.add_where(SQL("%s = %s", SQL.identifier(query.table, "id"), column))
        return SQL("EXISTS (%s)", query.select(SQL("1")))

    # === SOURCES === #

    def _select_order_rows(self, scope, condition):
        win = scope.window
        return SQL(
            "SELECT %s FROM sale_order ord WHERE %s AND %s",
            self._select_row(
                id=SQL("ord.id::bigint * 10 + 1"),
                source=SQL("'order'"),
                res_model=SQL("'sale.order'"),
                res_id=SQL("ord.id"),
                name=SQL("ord.name"),
                date=self._select_order_day(scope),
                period=self._select_period(SQL("ord.date_order"), win.start_utc, ">="),
                amount=self._select_order_amount(scope),
                order_count=SQL("1"),
                visible=self._exists_readable("sale.order", SQL("ord.id")),
            ),
            self._filter_orders(scope),
            condition,
        )

    def _select_order_day(self, scope):
        return SQL(
            "(ord.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            scope.company._get_customer_tz(),
        )

    def _select_invoice_rows(self, scope, condition):
        return SQL(
            "SELECT %s FROM account_move mov WHERE %s AND %s",
            self._select_row(
                id=SQL("mov.id::bigint * 10 + 2"),
                source=SQL("CASE WHEN %s THEN 'invoice' ELSE 'refund' END", NO_REFUND),
                res_model=SQL("'account.move'"),
                res_id=SQL("mov.id"),
                name=SQL("mov.name"),
                date=SQL("mov.invoice_date"),
                period=self._select_period(
                    SQL("mov.invoice_date"), scope.window.start, ">"
                ),
                amount=SQL(
                    "CASE WHEN NOT %s THEN mov.amount_untaxed_signed END",
                    self._filter_wrong_rate(scope),
                ),
                order_count=SQL("CASE WHEN %s THEN 1 ELSE 0 END", NO_REFUND),
                date_due=SQL("mov.invoice_date_due"),
                visible=self._exists_readable("account.move", SQL("mov.id")),
            ),
            self._filter_invoices(scope),
            condition,
        )

    def _select_opening_rows(self, scope, condition):
        """Return opening amounts; whoever sees the customer sees them."""
        return SQL(
            """SELECT %s FROM customer_opening opn
                 JOIN customer_profile pro ON pro.id = opn.profile_id
                WHERE %s AND %s""",
            self._select_row(
                id=SQL("opn.id::bigint * 10 + 3"),
                source=SQL("'opening'"),
                res_model=SQL("'customer.opening'"),
                res_id=SQL("opn.id"),
                name=SQL("TO_CHAR(opn.month, 'YYYY-MM')"),
                date=OPENING_DAY,
                period=self._select_period(OPENING_DAY, scope.window.start, ">"),
                amount=SQL("opn.amount"),
                order_count=SQL("opn.orders"),
                visible=SQL("TRUE"),
            ),
            self._filter_openings(scope),
            condition,
        )

    def _select_period(self, column, start, operator):
        return SQL(
            "CASE WHEN %s %s %s THEN 'last' ELSE 'previous' END",
            column,
            SQL(operator),
            start,
        )

    def _select_payment_evidence(self, scope):
        """Return the payments of 12 months with their days late."""
        maturity = SQL("COALESCE(lin.date_maturity, lin.date)")
        return SQL(
            """SELECT %s FROM %s
                 JOIN account_move mov ON mov.id = lin.move_id
                WHERE %s""",
            self._select_row(
                id=SQL("rec.id::bigint * 10 + 4"),
                source=SQL("'paid'"),
                date_due=maturity,
                date_paid=SQL("rec.max_date"),
                late_days=SQL("GREATEST(0, rec.max_date - %s)", maturity),
                is_overdue=SQL("FALSE"),
                paid_amount=SQL("rec.amount"),
                **self._get_move_columns(),
            ),
            self._join_reconciled(scope),
            self._filter_payments(scope),
        )

    def _select_open_evidence(self, scope, condition):
        """Return receivables open on the day with their residual and age then."""
        date = scope.window.date
        return SQL(
            """(WITH undone AS MATERIALIZED (%s)
                SELECT %s FROM (%s) opn
                  JOIN account_move_line lin ON lin.id = opn.line_id
                  JOIN account_move mov ON mov.id = lin.move_id
                 WHERE %s)""",
            self._select_undone(scope),
            self._select_row(
                id=SQL("lin.id::bigint * 10 + 5"),
                source=SQL("'open'"),
                date_due=SQL("opn.maturity"),
                late_days=SQL("GREATEST(0, %s - opn.maturity)", date),
                is_overdue=SQL("opn.maturity < %s", date),
                residual=SQL("opn.residual"),
                **self._get_move_columns(),
            ),
            self._select_open_lines(scope),
            condition,
        )

    def _get_move_columns(self):
        """Return what a receivable line says about its document."""
        return {
            "res_model": SQL("'account.move'"),
            "res_id": SQL("mov.id"),
            "name": SQL("mov.name"),
            "date": SQL("COALESCE(mov.invoice_date, mov.date)"),
            "document_total": SQL("mov.amount_total_signed"),
            "visible": self._exists_readable("account.move", SQL("mov.id")),
        }

    def _select_rater(self, profile, code):
        """Return who entered a rating last, as the chatter tracked it."""
        return SQL(
            """(SELECT usr.id
                  FROM mail_tracking_value trk
                  JOIN ir_model_fields fld ON fld.id = trk.field_id
                  JOIN mail_message msg ON msg.id = trk.mail_message_id
                  JOIN res_users usr ON usr.partner_id = msg.author_id
                 WHERE msg.model = 'customer.profile' AND msg.res_id = %s
                   AND fld.name = %s
              ORDER BY trk.id DESC LIMIT 1)""",
            profile.id,
            code,
        )

    def _select_entered(self, profile, source, day, rating=None, user=None):
        """Return one row for what people entered on the customer, none without a day."""
        return SQL(
            "SELECT %s WHERE %s",
            self._select_row(
                id=SQL("6"),
                source=SQL("%s", source),
                res_model=SQL("'customer.profile'"),
                res_id=SQL("%s", profile.id),
                name=SQL("%s", profile.partner_id.display_name),
                date=SQL("%s", day),
                rating=SQL("%s", rating),
                user_id=user or SQL("NULL"),
                visible=SQL("TRUE"),
            ),
            bool(day),
        )
