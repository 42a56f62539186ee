from odoo import fields, models
from odoo.exceptions import AccessError

from .res_company_webhook import MANAGER


class ResConfigSettings(models.TransientModel):
    """When a customer counts as drifting away, and who is told."""

    _inherit = "res.config.settings"

    customer_churn_horizon = fields.Integer(
        related="company_id.customer_churn_horizon", readonly=False
    )
    customer_churn_silence_days = fields.Integer(
        related="company_id.customer_churn_silence_days", readonly=False
    )
    customer_churn_risk = fields.Float(
        related="company_id.customer_churn_risk", readonly=False
    )
    customer_churn_lost = fields.Float(
        related="company_id.customer_churn_lost", readonly=False
    )
    customer_alert_cap = fields.Integer(
        related="company_id.customer_alert_cap", readonly=False
    )
    customer_alert_baseline_id = fields.Many2one(
        related="company_id.customer_alert_baseline_id",
        readonly=False,
        domain="[('company_id', 'in', [company_id, False])]",
    )
    customer_alert_summary = fields.Boolean(
        related="company_id.customer_alert_summary", readonly=False
    )
    customer_retention_window_months = fields.Integer(
        related="company_id.customer_retention_window_months", readonly=False
    )
    customer_retention_period_months = fields.Integer(
        related="company_id.customer_retention_period_months", readonly=False
    )
    customer_webhook_kind = fields.Selection(
        related="company_id.customer_webhook_kind", readonly=False
    )
    customer_webhook_mask = fields.Char(related="company_id.customer_webhook_mask")
    customer_webhook_text = fields.Char(related="company_id.customer_webhook_text")
    # Written only, and kept in no row of the dialog.
    customer_webhook_new_url = fields.Char(
        "New Address",
        compute="_compute_customer_webhook_new",
        inverse="_inverse_customer_webhook_new",
        groups=MANAGER,
        help="Of the robot, as the chat application shows it. It is a password: nobody"
        " sees it again.",
    )
    customer_webhook_new_secret = fields.Char(
        "New Signing Key",
        compute="_compute_customer_webhook_new",
        inverse="_inverse_customer_webhook_new",
        groups=MANAGER,
        help="Only if the robot asks for a signature (DingTalk, Feishu).",
    )

    # === COMPUTE METHODS === #

    def _compute_customer_webhook_new(self):
        self.customer_webhook_new_url = False
        self.customer_webhook_new_secret = False

    def _inverse_customer_webhook_new(self):
        """Keep what was entered; a new address forgets the key of the one before."""
        for settings in self:
            url = (settings.customer_webhook_new_url or "").strip()
            secret = (settings.customer_webhook_new_secret or "").strip()
            values = {"customer_webhook_secret": secret} if secret else {}
            if url:
                values = {
                    "customer_webhook_url": url,
                    "customer_webhook_secret": secret,
                    "customer_webhook_date": False,
                    "customer_webhook_error": False,
                }
            if values:
                settings._write_webhook(**values)
        # not even the answer to whoever entered them repeats them
        self.invalidate_recordset(
            ["customer_webhook_new_url", "customer_webhook_new_secret"], flush=False
        )

    def _write_webhook(self, **values):
        self._check_webhook_manager()
        # sudo: fields that no client may write
        self.company_id.sudo().write(values)

    def _check_webhook_manager(self):
        """Raise unless the user manages this company: he may send any company's id."""
        self.check_access("write")
        user = self.env.user
        if not user.has_group(MANAGER) or self.company_id - user.company_ids:
            raise AccessError(self.env._("Only managers can set up the group robot."))

    # === ACTION METHODS === #

    def action_customer_webhook_test(self):
        """Post one line to the group, so that the manager sees whether it arrives."""
        self._check_webhook_manager()
        self.ensure_one()
        company = self.company_id
        company._check_webhook_ready()
        error = self.env["customer.alert.webhook"]._post_test(company)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if error else "success",
                "message": company._word_webhook_error(error)
                if error
                else self.env._("The robot took the test message."),
                "sticky": bool(error),
            },
        }

    def action_customer_webhook_forget(self):
        """Take the address and the signing key of the robot out of the database."""
        self._write_webhook(
            customer_webhook_kind=False,
            customer_webhook_url=False,
            customer_webhook_secret=False,
            customer_webhook_date=False,
            customer_webhook_error=False,
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
