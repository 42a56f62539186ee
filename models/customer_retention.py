from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL


class CustomerRetention(models.Model):
    """Customers at the start of a period and how many of them have churned (KPI-01).

    One row per company, month, and tier, lifecycle stage and first responsible person
    of the customers; a month without anybody at the start has one row without these.
    """

    _name = "customer.retention"
    _description = "Retention of a Month"
    _order = "date_end desc, start_count desc, id"
    _rec_name = "date_end"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date_start = fields.Date(
        "Start", required=True, readonly=True, help="Last day before the period."
    )
    date_end = fields.Date(
        "Month", required=True, readonly=True, help="Last day of the period."
    )
    tier_id = fields.Many2one(
        "customer.tier",
        "Tier at the Start",
        readonly=True,
        ondelete="restrict",
        help="Held when the period began, whatever it is now.",
    )
    is_top_tier = fields.Boolean(
        "Two Highest Tiers", readonly=True, help="S and A of the shipped scorecard."
    )
    stage_id = fields.Many2one(
        "customer.lifecycle.stage",
        "Stage at the Start",
        readonly=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users",
        "First Responsible Person",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="When the month was counted.",
    )
    start_count = fields.Integer("Customers at the Start", readonly=True)
    churned_count = fields.Integer("Churned", readonly=True)
    state = fields.Selection(
        [("known", "Known"), ("nobody", "Nobody at the start")],
        required=True,
        readonly=True,
    )
    retention_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="(Customers at the start - churned) / customers at the start, 0 to 1. Of"
        " several rows: of all their customers. Empty when nobody was there.",
    )
    churn_rate = fields.Float(
        readonly=True, aggregator="avg", help="1 - retention rate."
    )
    window_months = fields.Integer(
        "Active Before (months)", readonly=True, aggregator=None
    )
    period_months = fields.Integer("Period (months)", readonly=True, aggregator=None)
    # who they are: read by the drill only, as the reader (prefetch: up to megabytes)
    start_ids = fields.Json(
        "Who Was There",
        readonly=True,
        prefetch=False,
        groups="base.group_system",
        exportable=False,
    )
    churned_ids = fields.Json(
        "Who Churned",
        readonly=True,
        prefetch=False,
        groups="base.group_system",
        exportable=False,
    )

    _group_uniq = models.UniqueIndex(
        "(company_id, date_end, COALESCE(tier_id, 0), COALESCE(stage_id, 0),"
        " COALESCE(user_id, 0))",
        "The retention of a month is counted once; archive a person instead.",
    )

    # === READING === #

    def _read_group_select(self, aggregate_spec, query):
        """Override to take the rate of all customers of a group, not the mean of rates.

        Empty, not 0, for a group in which nobody was there.
        """
        name, _colon, _aggregate = aggregate_spec.partition(":")
        if name not in ("retention_rate", "churn_rate"):
            return super()._read_group_select(aggregate_spec, query)
        churned = self._field_to_sql(self._table, "churned_count", query)
        start = self._field_to_sql(self._table, "start_count", query)
        counted = churned
        if name == "retention_rate":
            counted = SQL("%s - %s", start, churned)
        return SQL("SUM(%s)::numeric / NULLIF(SUM(%s), 0)", counted, start)

    # === ACTION METHODS === #

    def action_open_start(self):
        """Open the customers at the start of these rows that the reader may see."""
        return self._open_customers(self.env._("Customers at the Start"))

    def action_open_churned(self):
        """Open the churned customers of these rows that the reader may see."""
        return self._open_customers(self.env._("Lost Customers"), is_churned=True)

    def _open_customers(self, name, is_churned=False):
        self.check_access("read")
        return self.env["customer.retention.customer"]._open(
            name, {"ids": self.ids}, is_churned
        )

    # === BUSINESS METHODS === #

    @api.model
    def _compute_retention(self, company, start, end):
        """Return the retention of the period ``(start, end]`` of a company.

        ``{"state", "start_count", "churned_count", "retention"}``: the rate (0-1) is
        None when nobody was there (``nobody``) and when the months before reach before
        the history of the database (``before_history``). Formula: KPI-01.
        """
        self.env.flush_all()
        [[start_count, churned_count]] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), COUNT(*) FILTER (WHERE ret.is_churned) FROM (%s) ret",
                self.env["customer.facts"]._select_retention(company, start, end),
            )
        )
        state = "known" if start_count else "nobody"
        first = self._get_first_known_start(company)
        if first and start < first:
            state = "before_history"
        return {
            "state": state,
            "start_count": start_count,
            "churned_count": churned_count,
            "retention": (start_count - churned_count) / start_count
            if state == "known"
            else None,
        }

    @api.model
    def _get_first_known_start(self, company):
        """Return the first period start whose months before are all in the database.

        None: any. Opening amounts stand for what happened before the history start.
        """
        history = company.customer_history_start
        if not history or self.env["customer.opening"].search_count(
            [("company_id", "=", company.id), ("month", "<", history)], limit=1
        ):
            return None
        months = company.customer_retention_window_months
        return history - timedelta(days=1) + relativedelta(months=months)
