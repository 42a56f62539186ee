from odoo import api, models
from odoo.tools import format_date


class CustomerChecklist(models.AbstractModel):
    """The line about what people write down themselves."""

    _inherit = "customer.checklist"

    @api.model
    def start_interactions(self):
        """Let interactions count for health from today on in the current company."""
        self._check_manager()
        company_sudo = self.env.company.sudo()  # sudo: managers set up the addon
        if not company_sudo.customer_interaction_start:
            company_sudo.customer_interaction_start = company_sudo._get_customer_today()

    def _get_interactions_line(self, company):
        start = company.customer_interaction_start
        text = self.env._(
            "Calls, visits and meetings do not count for health yet: nobody said since"
            " when they are written down."
        )
        if start:
            text = self.env._(
                "Recorded since %s; they count for health three months later.",
                format_date(self.env, start),
            )
        settings = "customer_success.res_config_settings_action_customer_success"
        return self._prepare_line(
            "interactions",
            self.env._("Interactions count for health"),
            text,
            bool(start),
            not start
            and self._prepare_button(
                self.env._("From today on"), method="start_interactions"
            ),
            self._is_system()
            and self._prepare_button(self.env._("Change settings"), settings),
        )
