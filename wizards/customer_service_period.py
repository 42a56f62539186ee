from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..periods import months_before

# Months up to today that it opens with.
MONTHS = 3


class CustomerServicePeriod(models.TransientModel):
    """The figures of service between any two days, for managers; the papers come from it."""

    _name = "customer.service.period"
    _description = "Service Figures"

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
    line_ids = fields.One2many(
        "customer.service.period.line", "period_id", "Figures", readonly=True
    )
    topics_html = fields.Html(
        "What Customers Wrote About", readonly=True, sanitize=False
    )

    # === DEFAULT METHODS === #

    @api.model
    def _default_date_from(self):
        return months_before(
            self.env.company._get_customer_today(), MONTHS
        ) + timedelta(days=1)

    # === COMPUTE METHODS === #

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for period in self:
            period.display_name = self.env._("Service Figures")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("line_ids", None)
            vals.pop("topics_html", None)
        periods = super().create(vals_list)
        periods._take_figures()
        return periods

    def write(self, vals):
        vals = {
            name: value
            for name, value in vals.items()
            if self.env.su or name not in ("line_ids", "topics_html")
        }
        result = super().write(vals)
        if {"company_id", "date_from", "date_to"} & set(vals):
            self._take_figures()
        return result

    # === ACTION METHODS === #

    def action_show(self):
        """Show the figures of the days chosen."""
        self.ensure_one()
        self.check_access("write")
        self._take_figures()
        return self._get_form_action()

    def action_print_complaints(self):
        """Print the complaint report of these days."""
        return self._print("customer_success.action_report_customer_complaints")

    def action_print_satisfaction(self):
        """Print the satisfaction report of these days."""
        return self._print("customer_success.action_report_customer_satisfaction")

    def _print(self, xmlid):
        self.ensure_one()
        self.check_access("read")
        return self.env.ref(xmlid).report_action(self, config=False)

    # === BUSINESS METHODS === #

    @api.model
    def _open_new(self):
        """Return the action that opens the figures of the last months."""
        return self.create({})._get_form_action()

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Service Figures"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _check_days(self):
        """Raise for days that nobody can have figures of."""
        today = self.company_id._get_customer_today()
        if self.date_from > self.date_to or self.date_to > today:
            raise UserError(
                self.env._(
                    "Choose a last day that is not before the first one and not after"
                    " %s.",
                    format_date(self.env, today),
                )
            )
        if fields.Date.add(self.date_from, years=2) < self.date_to:
            raise UserError(self.env._("Choose two years at most."))

    def _take_figures(self):
        """Work the figures of the chosen days out."""
        for period in self:
            period._check_days()
            # sudo: of all customers of a company; managers alone open this
            figures = self.env["customer.service.figures"].sudo()
            found = figures._get_service_figures(
                period.company_id, period.date_from, period.date_to
            )
            lines = [
                Command.create({**line, "company_id": period.company_id.id})
                for line in figures._prepare_lines(found)
            ]
            # sudo: lines are worked out, nobody writes them
            period.sudo().write(
                {
                    "line_ids": [Command.clear(), *lines],
                    "topics_html": self.env["ir.qweb"]._render(
                        "customer_success.customer_service_topics",
                        {"tables": figures._get_topic_tables(found["topics"])},
                        minimal_qcontext=True,
                    ),
                }
            )


class CustomerServicePeriodLine(models.TransientModel):
    """One figure of the days chosen; it opens what it was counted from."""

    _name = "customer.service.period.line"
    _description = "Service Figure"
    _inherit = ["customer.service.figure.mixin"]
    _order = "sequence, id"
    _rec_name = "key"

    period_id = fields.Many2one(
        "customer.service.period", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True)
    sequence = fields.Integer()
    currency_id = fields.Many2one(related="company_id.currency_id")
    figure = fields.Float("Measured Value", digits=(16, 4))
    figure_before = fields.Float("Value of the Period Before", digits=(16, 4))
    source_count = fields.Integer(
        "Counted", help="How many customers or records stand behind it."
    )

    # === ACTION METHODS === #

    def action_open_records(self):
        """Open what this figure was counted from, under the reader's rights."""
        self.ensure_one()
        self.check_access("read")
        period = self.period_id
        return self.env["customer.service.figures"]._get_records_action(
            self.key, period.company_id, period.date_from, period.date_to
        )
