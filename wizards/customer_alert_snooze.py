from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.customer_alert_people import SNOOZE_EVENTS

# Proposed days until a snooze ends, and the longest one.
SNOOZE_DAYS, SNOOZE_MOST = 14, 366


class CustomerAlertSnooze(models.TransientModel):
    """Asks until when and why alerts may rest."""

    _name = "customer.alert.snooze"
    _description = "Snooze Alerts"
    _inherit = "customer.alert.dialog"

    alert_ids = fields.Many2many(relation="customer_alert_snooze_alert_rel")
    event = fields.Selection(SNOOZE_EVENTS, "Rest", required=True, default="date")
    date = fields.Date(
        "Rest Until",
        compute="_compute_date",
        store=True,
        readonly=False,
        help="It comes back on this day at the latest.",
    )
    reason = fields.Char()

    @api.depends("alert_ids")
    def _compute_date(self):
        for dialog in self:
            dialog.date = dialog.date or fields.Date.add(
                dialog._get_today(), days=SNOOZE_DAYS
            )

    # === ACTION METHODS === #

    def action_snooze(self):
        """Let the alerts rest; their activities come back when the snooze ends."""
        alerts, today = self._get_alerts(), self._get_today()
        if not (self.reason or "").strip():
            raise UserError(
                self.env._("Say why: a colleague reads it while you are away.")
            )
        latest = fields.Date.add(today, days=SNOOZE_MOST)
        if not self.date or not today < self.date <= latest:
            raise UserError(self.env._("Choose a day after today, within a year."))
        alerts._set_snoozed(self.event, self.date, self.reason.strip())
        return self._finish()
