from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.customer_alert_people import ANSWERS

# Proposed days until a lost customer is asked again.
WINBACK_DAYS = 90


class CustomerAlertClose(models.TransientModel):
    """Asks one question when alerts are closed: how did it turn out?"""

    _name = "customer.alert.close"
    _description = "Close Alerts"
    _inherit = "customer.alert.dialog"

    alert_ids = fields.Many2many(relation="customer_alert_close_alert_rel")
    outcome = fields.Selection(ANSWERS)
    is_winback = fields.Boolean("Win Back", default=True)
    date_winback = fields.Date(
        "Ask Again On", compute="_compute_date_winback", store=True, readonly=False
    )

    @api.depends("alert_ids")
    def _compute_date_winback(self):
        for dialog in self:
            dialog.date_winback = dialog.date_winback or fields.Date.add(
                dialog._get_today(), days=WINBACK_DAYS
            )

    # === ACTION METHODS === #

    def action_close(self):
        """Close the alerts with the answer; plan to win back who is lost."""
        alerts = self._get_alerts()
        if not self.outcome:
            raise UserError(self.env._("Choose how it turned out."))
        today, is_winback = (
            self._get_today(),
            self.outcome == "lost" and self.is_winback,
        )
        if is_winback and not (self.date_winback and self.date_winback >= today):
            raise UserError(
                self.env._("Choose a day from today on to ask the customer again.")
            )
        alerts._set_closed(self.outcome, today, self.env.user)
        if is_winback:
            alerts._plan_winback(self.date_winback)
        return self._finish()
