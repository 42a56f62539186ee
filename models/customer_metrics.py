from datetime import timedelta

from odoo import models
from odoo.tools import SQL

FIRST, LAST, ANY, TOTAL = SQL("MIN"), SQL("MAX"), SQL("BOOL_OR"), SQL("SUM")
MONEY = {"amount": TOTAL, "amount_prev": TOTAL}
RATES = {"no_rate": ANY, "no_rate_prev": ANY}

# The facts of each source, and how those of a customer's contacts add up.
SOURCES = {
    "orders": {"first_order": FIRST, "last_order": LAST, "order_count": TOTAL},
    "invoices": {
        "first_invoice": FIRST,
        "last_invoice": LAST,
        "invoice_count": TOTAL,
        "has_due": ANY,
    },
    "receivables": {"receivable": TOTAL, "overdue": TOTAL, "overdue_weight": TOTAL},
    "payments": {
        "paid": TOTAL,
        "paid_late": TOTAL,
        "paid_collection": TOTAL,
        "has_due": ANY,
    },
    "openings": {
        "first_opening": FIRST,
        "last_opening": LAST,
        "opening_orders": TOTAL,
        "has_opening": ANY,
        **MONEY,
    },
}


class CustomerMetrics(models.AbstractModel):
    """Adds the facts up to the snapshot columns of each customer. Runs nothing."""

    _inherit = "customer.facts"

    def _select_customer_facts(self, scope):
        """Return one row of facts per commercial partner.

        Each source is added up on its own, then they are joined: sums of 21 columns
        over the union of all are mostly sums of nothing.
        """
        money = "orders"
        if scope.company.customer_money_source == "invoiced":
            money = "invoices"
        facts = {name: dict(columns) for name, columns in SOURCES.items()}
        facts[money] |= MONEY | RATES
        added = {
            name: self._select_added(getattr(self, f"_select_{name}")(scope), columns)
            for name, columns in facts.items()
        }
        return SQL(
            """WITH undone AS MATERIALIZED (%(undone)s),
                    orders AS (%(orders)s),
                    invoices AS (%(invoices)s),
                    receivables AS (%(receivables)s),
                    payments AS (%(payments)s),
                    openings AS (%(openings)s)
             SELECT partner_id, %(columns)s,
                    COALESCE(invoices.has_due, FALSE)
                        OR COALESCE(payments.has_due, FALSE) AS has_due,
                    COALESCE(%(money)s.amount, 0)
                        + COALESCE(openings.amount, 0) AS amount,
                    COALESCE(%(money)s.amount_prev, 0)
                        + COALESCE(openings.amount_prev, 0) AS amount_prev
               FROM orders
          FULL JOIN invoices USING (partner_id)
          FULL JOIN payments USING (partner_id)
          FULL JOIN receivables USING (partner_id)
          FULL JOIN openings USING (partner_id)""",
            undone=self._select_undone(scope),
            columns=SQL(", ").join(
                SQL.identifier(source, name)
                for source, columns in facts.items()
                for name in columns
                if name != "has_due" and name not in MONEY
            ),
            money=SQL.identifier(money),
            **added,
        )

    def _select_added(self, source, columns):
        """Return the facts of a source by commercial partner instead of contact."""
        return SQL(
            """SELECT par.commercial_partner_id AS partner_id, %s
                 FROM (%s) fac
                 JOIN res_partner par ON par.id = fac.partner_id
             GROUP BY par.commercial_partner_id""",
            SQL(", ").join(
                SQL(
                    "%s(%s) AS %s",
                    aggregate,
                    SQL.identifier("fac", name),
                    SQL.identifier(name),
                )
                for name, aggregate in columns.items()
            ),
            source,
        )

    def _select_metrics(self, scope):
        """Return the snapshot columns of every customer in scope.

        Contacts with orders, invoices or opening amounts but without a customer row
        come with ``profile_id`` NULL; archived and left-out contacts do not.
        """
        company = scope.company
        profiles = [SQL("company_id = %s", company.id)]
        if scope.commercial_ids is not None:
            profiles.append(SQL("partner_id = ANY(%s)", scope.commercial_ids))
        return SQL(
            """SELECT met.*,
                      %(unknown)s AS is_before_history
                 FROM (
                    SELECT COALESCE(pro.partner_id, cus.partner_id) AS partner_id,
                           pro.id AS profile_id,
                           %(columns)s, %(relation)s
                      FROM (%(facts)s) cus
                 FULL JOIN (
                        SELECT id, partner_id, date_next_review, tier_id
                          FROM customer_profile
                         WHERE active AND merged_into_id IS NULL AND %(profiles)s
                      ) pro ON pro.partner_id = cus.partner_id
                           %(written)s
                     WHERE %(wanted)s
                 ) met""",
            columns=self._select_snapshot_columns(scope),
            relation=self._select_relation_columns(scope),
            written=self._join_relation(scope),
            facts=self._select_customer_facts(scope),
            profiles=SQL(" AND ").join(profiles),
            wanted=self._filter_customers(scope),
            unknown=self._select_before_history(scope),
        )

    def _filter_customers(self, scope):
        """Return which rows are customers: known ones, and new ones with a fact."""
        if scope.due is not None:
            return SQL(
                "(pro.date_next_review = %s OR pro.id = ANY(%s::integer[]))",
                scope.due,
                list(scope.due_ids),
            )
        excluded = scope.company._get_excluded_partners_query(scope.commercial_ids)
        return SQL(
            """(pro.id IS NOT NULL OR (
                COALESCE(cus.first_order::date, cus.first_invoice, cus.first_opening)
                    IS NOT NULL
                AND EXISTS (SELECT FROM res_partner par
                             WHERE par.id = cus.partner_id AND par.active)
                AND %(kept)s
                AND NOT EXISTS (SELECT FROM customer_profile old
                                 WHERE old.partner_id = cus.partner_id
                                   AND old.company_id = %(company)s
                                   AND old.merged_into_id IS NULL)))""",
            kept=SQL("TRUE")
            if excluded is None
            else SQL("cus.partner_id NOT IN %s", excluded.subselect()),
            company=scope.company.id,
        )

    def _select_snapshot_columns(self, scope):
        """Return the snapshot columns worked out from the summed facts."""
        company, win = scope.company, scope.window
        history = company.customer_history_start

        def local(column):
            return SQL(
                "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
                column,
                company._get_customer_tz(),
            )

        def state(no_rate, start):
            before = SQL("FALSE")
            if history and start + timedelta(days=1) < history:
                before = SQL("cus.has_opening IS NOT TRUE")
            return SQL(
                """CASE WHEN %s THEN 'before_history'
                        WHEN %s IS TRUE THEN 'no_rate' ELSE 'known' END""",
                before,
                no_rate,
            )

        amount_state = state(SQL("cus.no_rate"), win.start)
        prev_state = state(SQL("cus.no_rate_prev"), win.prev_start)
        first_order, last_order = (
            local(SQL("cus.first_order")),
            local(SQL("cus.last_order")),
        )
        return SQL(
            """LEAST(%(first_order)s, cus.first_invoice, cus.first_opening)
                   AS date_first_fact,
               %(last_order)s AS date_last_order,
               GREATEST(%(last_order)s, cus.last_invoice, cus.last_opening)
                   AS date_last_sale,
               CASE WHEN %(count_state)s = 'known' THEN
                   CASE WHEN cus.first_order IS NULL
                        THEN COALESCE(cus.invoice_count, 0)
                        ELSE COALESCE(cus.order_count, 0) END
                   + COALESCE(cus.opening_orders, 0) END::integer AS order_count_12m,
               %(count_state)s AS order_count_12m_state,
               CASE WHEN %(amount_state)s = 'known'
                    THEN COALESCE(cus.amount, 0) END AS amount_12m,
               %(amount_state)s AS amount_12m_state,
               CASE WHEN %(prev_state)s = 'known'
                    THEN COALESCE(cus.amount_prev, 0) END AS amount_prev_12m,
               %(prev_state)s AS amount_prev_12m_state,
               COALESCE(cus.has_due, FALSE) AS has_due_12m,
               COALESCE(cus.overdue, 0) > 0 AS is_overdue,
               COALESCE(cus.receivable, 0) AS receivable_residual,
               COALESCE(cus.overdue, 0) AS overdue_residual,
               COALESCE(cus.overdue_weight, 0) AS overdue_maturity_weight,
               COALESCE(cus.paid, 0) AS paid_amount_12m,
               COALESCE(cus.paid_late, 0) AS paid_late_weight_12m,
               COALESCE(cus.paid_collection, 0) AS paid_collection_weight_12m,
               COALESCE(cus.has_opening, FALSE) AS has_opening""",
            first_order=first_order,
            last_order=last_order,
            count_state=state(SQL("NULL::boolean"), win.start),
            amount_state=amount_state,
            prev_state=prev_state,
        )

    def _select_before_history(self, scope):
        """Return whether the first document may not be the customer's first one."""
        history = scope.company.customer_history_start
        if not history:
            return SQL("FALSE")
        return SQL(
            """(NOT met.has_opening
                AND met.date_first_fact < %s::date + INTERVAL '12 months') IS TRUE""",
            history,
        )
