from odoo import models


class CustomerSystemCheck(models.AbstractModel):
    """Looks whether the group robot takes its messages."""

    _inherit = "customer.system.check"

    def _get_quick_checks(self, company):
        checks = super()._get_quick_checks(company)
        # sudo: whether there is a robot, and how its last message went
        if company.sudo().customer_webhook_kind:
            checks.append(self._check_robot(company.sudo()))
        return checks

    def _check_robot(self, company_sudo):
        state, text = "ok", company_sudo.customer_webhook_text
        if not company_sudo.customer_webhook_url:
            state = "problem"
            text = self.env._("Enter the address of the group robot.")
        elif company_sudo.customer_webhook_error:
            state = "problem"
        return self._prepare_check(
            "robot",
            self.env._("Group robot"),
            state,
            text or self.env._("No message was sent yet."),
            self._get_settings_button(),
        )
