from odoo import fields, models


class CustomerCaseDialog(models.AbstractModel):
    """What the dialogs of a case share: the case, and that one may write it."""

    _name = "customer.case.dialog"
    _description = "Dialog of a Case"
    _inherit = ["customer.seen.dialog"]

    case_id = fields.Many2one("customer.case", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    kind = fields.Selection(related="case_id.kind", related_sudo=False)
    state = fields.Selection(related="case_id.state", related_sudo=False)

    # === CONSTRAINT METHODS === #

    def _check_seen(self):
        """Override: whoever may not write the case gets no dialog about it."""
        self.case_id.check_access("write")

    # === BUSINESS METHODS === #

    def _get_case(self):
        """Return the case of the dialog, for those who may write it."""
        self.ensure_one()
        self.check_access("read")
        self.case_id.check_access("write")
        return self.case_id

    def _finish(self):
        """Close the dialog; the screen behind it is read again."""
        return {"type": "ir.actions.act_window_close"}
