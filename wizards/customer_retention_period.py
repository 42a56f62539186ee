from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..periods import months_before


class CustomerRetentionPeriod(models.TransientModel):
    """Retention between any two days, of the customers one may see."""

    _name = "customer.retention.period"
    _description = "Retention Between Two Dates"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    date_from = fields.Date(
        "First Day", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        "Last Day",
        required=True,
        default=lambda self: self.env.company._get_customer_today(),
    )
    window_months = fields.Integer(
        "Active Before (months)",
        compute="_compute_window_months",
        help="Customers who bought in so many months before a period count at its"
        " start.",
    )
    state = fields.Selection(
        [
            ("known", "Known"),
            ("nobody", "Nobody at the start"),
            ("before_history", "Before the history start"),
            ("wrong_days", "Days to correct"),
        ],
        compute="_compute_figures",
    )
    message = fields.Char(compute="_compute_figures")
    start_count = fields.Integer("Customers at the Start", compute="_compute_figures")
    churned_count = fields.Integer("Churned", compute="_compute_figures")
    retention_rate = fields.Float(compute="_compute_figures")
    top_start_count = fields.Integer(
        "Two Highest Tiers at the Start", compute="_compute_figures"
    )
    top_churned_count = fields.Integer(
        "Two Highest Tiers, Churned", compute="_compute_figures"
    )
    top_retention_rate = fields.Float(
        "Two Highest Tiers, Retention Rate", compute="_compute_figures"
    )

    # === DEFAULT METHODS === #

    @api.model
    def _default_date_from(self):
        company = self.env.company
        months = company.customer_retention_period_months
        return months_before(company._get_customer_today(), months) + timedelta(days=1)

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_window_months(self):
        for wizard in self:
            wizard.window_months = wizard.company_id.customer_retention_window_months

    @api.depends("company_id", "date_from", "date_to")
    def _compute_figures(self):
        """Count in one statement, by the rights of the reader."""
        for wizard in self:
            wizard.state, wizard.message = wizard._check_days()
            counts = {True: (0, 0), False: (0, 0)}
            if wizard.state == "known":
                counts.update(wizard._count_customers())
            (top, top_churned), (rest, rest_churned) = counts[True], counts[False]
            wizard.top_start_count, wizard.top_churned_count = top, top_churned
            wizard.start_count = top + rest
            wizard.churned_count = top_churned + rest_churned
            wizard.top_retention_rate = self._get_rate(top, top_churned)
            wizard.retention_rate = self._get_rate(
                wizard.start_count, wizard.churned_count
            )
            if wizard.state == "known" and not wizard.start_count:
                wizard.state = "nobody"
                wizard.message = self.env._(
                    "Nobody whom you may see was a customer before the first day: there"
                    " is no retention rate."
                )

    @api.model
    def _get_rate(self, start_count, churned_count):
        return (start_count - churned_count) / start_count if start_count else 0

    def _check_days(self):
        """Return a state and, unless figures can be known, what to do about it."""
        self.ensure_one()
        if not (self.date_from and self.date_to and self.date_from <= self.date_to):
            return "wrong_days", self.env._(
                "Choose a last day that is not before the first one."
            )
        today = self.company_id._get_customer_today()
        if self.date_to > today:
            return "wrong_days", self.env._(
                "The last day is still to come: choose %s or an earlier day.",
                format_date(self.env, today),
            )
        known = self.env["customer.retention"]._get_first_known_start(self.company_id)
        if known and self.date_from - timedelta(days=1) < known:
            return "before_history", self.env._(
                "Choose %s or a later first day: the database does not hold the months"
                " before an earlier one.",
                format_date(self.env, known + timedelta(days=1)),
            )
        return "known", False

    def _count_customers(self):
        """Return (customers at the start, churned) by whether their tier is a top one."""
        customers = self.env["customer.retention.customer"].with_context(
            customer_retention=self._get_period()
        )
        return {
            is_top: (count, churned)
            for is_top, count, churned in customers._read_group(
                [("company_id", "=", self.company_id.id)],
                ["is_top_tier"],
                ["__count", "churned_count:sum"],
            )
        }

    def _get_period(self):
        """Return the period as the list of customers takes it."""
        return {
            "start": fields.Date.to_string(self.date_from - timedelta(days=1)),
            "end": fields.Date.to_string(self.date_to),
            "company_id": self.company_id.id,
        }

    # === ACTION METHODS === #

    def action_open_start(self):
        """List the customers at the start of the period."""
        return self._open(self.env._("Customers at the Start"))

    def action_open_churned(self):
        """List the churned customers of the period."""
        return self._open(self.env._("Lost Customers"), is_churned=True)

    def _open(self, name, is_churned=False):
        self.check_access("read")
        self.ensure_one()
        return self.env["customer.retention.customer"]._open(
            name, self._get_period(), is_churned
        )
