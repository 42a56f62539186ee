import time

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..periods import months_before
from .customer_overview import USER

# Customers scored to estimate how long the first run takes.
SAMPLE = 200


class CustomerChecklist(models.AbstractModel):
    """What the checklist reads from the database."""

    _inherit = "customer.checklist"

    def _get_people_without_role(self, company):
        """Return who confirmed orders in 12 months and is no Customer Success user."""
        start = months_before(company._get_customer_today(), 12)
        # sudo: names of the people who sell in the manager's own company
        groups = (
            self.env["sale.order"]
            .sudo()
            ._read_group(
                Domain("company_id", "=", company.id)
                & Domain("state", "=", "sale")
                & Domain("date_order", ">", start)
                & Domain("user_id.share", "=", False),
                ["user_id"],
            )
        )
        sellers = self.env["res.users"].union(*(group[0] for group in groups))
        members = self.env.ref(USER).sudo().all_user_ids  # sudo: members of a group
        return (sellers - members).filtered("active")

    def _get_wrong_rates(self, company):
        """Return what makes amounts unknown, as two lists by currency.

        Documents without a usable rate, and invoices booked at 1 although there is
        another one: currency, number and first day. By the rule of the metrics, for
        the last 24 months. In SQL: one lookup of the rate per currency and day, the
        same statement as the run's.
        """
        self.env["sale.order"].flush_model()
        self.env["account.move"].flush_model()
        self.env["res.currency.rate"].flush_model()
        facts = self.env["customer.facts"]
        scope = facts._prepare_scope(company, company._get_customer_today(), [])
        own, day = SQL("%s::integer", company.currency_id.id), SQL("doc.day")
        rows = self.env.execute_query(
            SQL(
                """SELECT doc.currency_id, SUM(doc.number)::int, MIN(doc.day),
                          rat.ratio IS NULL AS is_missing
                     FROM (SELECT ord.currency_id, %(order_day)s AS day,
                                  COUNT(*) AS number, FALSE AS is_booked
                             FROM sale_order ord
                            WHERE ord.company_id = %(company)s AND ord.state = 'sale'
                              AND ord.currency_id <> %(own)s
                              AND ord.date_order >= %(start_utc)s
                         GROUP BY 1, 2
                        UNION ALL
                           SELECT currency_id, invoice_date, COUNT(*), TRUE
                             FROM account_move
                            WHERE company_id = %(company)s AND state = 'posted'
                              AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                              AND currency_id <> %(own)s AND invoice_date > %(start)s
                              AND invoice_currency_rate = 1
                         GROUP BY 1, 2) doc
               CROSS JOIN LATERAL (SELECT %(rate)s / %(own_rate)s AS ratio) rat
                    WHERE rat.ratio IS NULL OR (doc.is_booked AND rat.ratio <> 1)
                 GROUP BY 1, 4 ORDER BY 1""",
                company=company.id,
                own=own,
                order_day=facts._select_order_day(scope),
                start=scope.window.prev_start,
                start_utc=scope.window.prev_start_utc,
                rate=facts._select_rate(SQL("doc.currency_id"), day, scope),
                own_rate=facts._select_rate(own, day, scope),
            )
        )
        currencies = self.env["res.currency"]
        return [
            [
                (currencies.browse(currency_id), number, first)
                for currency_id, number, first, is_missing in rows
                if is_missing is wanted
            ]
            for wanted in (True, False)
        ]

    def _get_candidate_ids(self, company):
        # sudo: how many there are; nothing about them is shown
        run_sudo = self.env["customer.run"].sudo().new({"company_id": company.id})
        return run_sudo._get_candidate_ids()

    def _estimate_seconds(self, company, ids):
        """Return how long a run over customers may take, from a small timed sample."""
        cards = self.env["customer.formula"]._get_cards(company)
        if not ids or not cards["tier"]:
            return 1
        sample = ids[:: max(1, len(ids) // SAMPLE)][:SAMPLE]
        facts = self.env["customer.facts"].sudo()  # sudo: timed, not shown
        began = time.monotonic()
        scope = facts._prepare_scope(company, company._get_customer_today(), sample)
        scores = self.env["customer.formula"]._select_scores(
            scope, facts._select_metrics(scope), cards
        )
        self.env.execute_query(
            SQL("SELECT COUNT(sco.tier_total) FROM (%s) sco", scores)
        )
        spent = time.monotonic() - began
        return max(1, round(spent * len(ids) / len(sample)))
