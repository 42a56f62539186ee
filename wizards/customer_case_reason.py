from odoo import fields, models
from odoo.exceptions import UserError

STEPS = [
    ("wait", "Wait for the Customer"),
    ("reopen", "Reopen"),
    ("withdraw", "Withdraw"),
    ("bypass", "Close without a Return Visit"),
]


class CustomerCaseReason(models.TransientModel):
    """Asks why: before waiting, opening again, and ending without a return visit."""

    _name = "customer.case.reason"
    _description = "Reason of a Step"
    _inherit = "customer.case.dialog"

    step = fields.Selection(STEPS, required=True, readonly=True)
    reason = fields.Char()
    cause_id = fields.Many2one("customer.case.cause", "Root Cause")

    # === ACTION METHODS === #

    def action_apply(self):
        """Take the step with its reason."""
        case = self._get_case()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why."))
        if self.step == "wait":
            case._wait(reason)
        elif self.step == "reopen":
            case._reopen(reason)
        elif self.step == "withdraw":
            case._withdraw(reason)
        else:
            case._check_manager()
            if self.cause_id:
                case.cause_id = self.cause_id
            case._bypass(reason)
        return self._finish()
