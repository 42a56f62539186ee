from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..periods import past_quarter_ends


class CustomerBackfill(models.TransientModel):
    """Give a new installation its history: scores as of past quarter ends."""

    _name = "customer.backfill"
    _description = "Back-fill Score History"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    quarter_count = fields.Integer(
        "Past Quarters", default=8, required=True, help="1 to 40."
    )
    first_date = fields.Date(compute="_compute_first_date")

    @api.depends("quarter_count", "company_id")
    def _compute_first_date(self):
        for wizard in self:
            dates = wizard._get_dates()
            wizard.first_date = dates[0] if dates else False

    @api.constrains("quarter_count")
    def _check_quarter_count(self):
        for wizard in self:
            if not 1 <= wizard.quarter_count <= 40:
                raise ValidationError(
                    self.env._(
                        "Past quarters: enter a number from 1 to 40, not %s.",
                        wizard.quarter_count,
                    )
                )

    def _get_dates(self):
        if not 1 <= self.quarter_count <= 40:
            return []
        return past_quarter_ends(
            self.company_id._get_customer_today(), self.quarter_count
        )

    def action_backfill(self):
        """Queue one run per past quarter end and show them."""
        self.ensure_one()
        # sudo: managers start runs, the system owns them
        runs_sudo = self.env["customer.run"].sudo()
        for date in self._get_dates():
            runs_sudo._queue("backfill", self.company_id, date)
        runs_sudo._request_refresh()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_run_action"
        )
