from odoo import api, fields, models
from odoo.exceptions import UserError

RECEIVERS = [
    ("leader", "Leader of the handler's sales team"),
    ("manager", "Customer Success manager"),
    ("person", "Somebody else"),
]


class CustomerCaseEscalation(models.TransientModel):
    """Asks whom to turn to and why."""

    _name = "customer.case.escalation"
    _description = "Escalation of a Case"
    _inherit = "customer.case.dialog"

    receiver = fields.Selection(
        RECEIVERS, "Escalate To", required=True, default="leader"
    )
    user_id = fields.Many2one(
        "res.users",
        "Who It Is",
        compute="_compute_user_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain=[("share", "=", False)],
    )
    reason = fields.Char()

    # === COMPUTE METHODS === #

    @api.depends("receiver", "case_id")
    def _compute_user_id(self):
        """Show who it is before it is sent."""
        for dialog in self:
            if dialog.receiver == "person":
                dialog.user_id = dialog.user_id
            else:
                dialog.user_id = dialog.case_id._get_receiver(dialog.receiver)

    # === ACTION METHODS === #

    def action_escalate(self):
        """Tell the person, who works on the case from now on; raise the alert."""
        case = self._get_case()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why."))
        user = self.user_id
        if self.receiver != "person":
            user = case._get_receiver(self.receiver)
        case._check_receiver_known(user)
        # sudo: whosever customer it is; who is asked has to see the case
        case.sudo().profile_id._check_new_owner(user)
        case._escalate(reason, user)
        return self._finish()
