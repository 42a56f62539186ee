from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# Proposed days until an unmet action is tried again.
AGAIN_DAYS = 14
# The cause that says that nobody wants it any more.
SUPERSEDED = "superseded"


class CustomerActionUnmet(models.TransientModel):
    """Asks why actions were not met, and when they are tried again."""

    _name = "customer.action.unmet"
    _description = "Unmet"
    _inherit = "customer.action.dialog"

    action_ids = fields.Many2many(relation="customer_action_unmet_action_rel")
    cause_id = fields.Many2one("customer.unmet.cause", "Unmet Because")
    note = fields.Text("What Came Between")
    is_again = fields.Boolean(
        "Plan Again", compute="_compute_is_again", store=True, readonly=False
    )
    date_again = fields.Date(
        "New Deadline", compute="_compute_date_again", store=True, readonly=False
    )

    # === COMPUTE METHODS === #

    @api.depends("cause_id")
    def _compute_is_again(self):
        for dialog in self:
            dialog.is_again = dialog.cause_id.code != SUPERSEDED

    @api.depends("action_ids")
    def _compute_date_again(self):
        for dialog in self:
            dialog.date_again = dialog.date_again or dialog._get_today() + timedelta(
                days=AGAIN_DAYS
            )

    # === ACTION METHODS === #

    def action_unmet(self):
        """Mark the actions as unmet with the cause; plan them again on the new day."""
        actions = self._get_actions()
        if not self.cause_id:
            raise UserError(self.env._("Say why it was not done: choose a cause."))
        is_soon = not self.date_again or self.date_again < self._get_today()
        if self.is_again and is_soon:
            raise UserError(
                self.env._(
                    "Choose a day from today on to do it, or do not plan it again."
                )
            )
        actions._set_unmet(self.cause_id, self.note)
        if self.is_again:
            actions._plan_again(self.date_again)
        return self._finish()
