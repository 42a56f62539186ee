from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerAlertDialog(models.AbstractModel):
    """What the dialogs of an alert share: the alerts they are about, with one company.

    Whoever answers must be allowed to write each of them.
    """

    _name = "customer.alert.dialog"
    _description = "Dialog of an Alert"

    alert_ids = fields.Many2many("customer.alert", string="Alerts", required=True)
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True
    )

    @api.depends("alert_ids")
    def _compute_company_id(self):
        for dialog in self:
            dialog.company_id = dialog.alert_ids.company_id[:1] or self.env.company

    def _get_alerts(self):
        """Return the alerts of the dialog, as far as they can still be answered."""
        self.ensure_one()
        self.check_access("read")
        alerts = self.alert_ids.exists()
        if not alerts:
            raise UserError(self.env._("There is no alert to answer any more."))
        alerts.check_access("write")
        alerts._check_not_closed()
        return alerts

    def _get_today(self):
        return self.company_id._get_customer_today()

    def _finish(self):
        """Close the dialog; the screen behind it is read again."""
        return {"type": "ir.actions.act_window_close"}
