from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerActionDialog(models.AbstractModel):
    """What the dialogs of actions share: the actions they are about, with one company.

    Whoever answers must be allowed to write each of them.
    """

    _name = "customer.action.dialog"
    _description = "Dialog of an Action"

    action_ids = fields.Many2many(
        "customer.care.action", string="Actions", required=True
    )
    action_id = fields.Many2one("customer.care.action", compute="_compute_action_id")
    action_count = fields.Integer("Selected", compute="_compute_action_id")
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True
    )

    # === COMPUTE METHODS === #

    @api.depends("action_ids")
    def _compute_action_id(self):
        for dialog in self:
            actions = dialog.action_ids._origin
            dialog.action_id = actions if len(actions) == 1 else False
            dialog.action_count = len(actions)

    @api.depends("action_ids")
    def _compute_company_id(self):
        for dialog in self:
            dialog.company_id = dialog.action_ids.company_id[:1] or self.env.company

    # === BUSINESS METHODS === #

    def _get_actions(self):
        """Return the actions of the dialog, as far as they can still be answered."""
        self.ensure_one()
        self.check_access("read")
        actions = self.action_ids.exists()
        if not actions:
            raise UserError(self.env._("There is no action to answer any more."))
        actions._check_open()
        return actions

    def _get_today(self):
        return self.company_id._get_customer_today()

    def _finish(self):
        """Close the dialog; the screen behind it is read again."""
        return {"type": "ir.actions.act_window_close"}
