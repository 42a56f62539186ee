from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date


class CustomerChecklist(models.AbstractModel):
    """The line about the rules that raise alerts."""

    _inherit = "customer.checklist"

    @api.model
    def get_checklist(self):
        """Override: the rules of alerts are looked at before the system is checked."""
        lines = super().get_checklist()
        lines.insert(-1, self._get_alerts_line(self.env.company))
        return lines

    @api.model
    def confirm_alert_rules(self):
        """Keep that somebody looked at the rules of alerts of the current company."""
        self._check_manager()
        company_sudo = self.env.company.sudo()  # sudo: managers set up the addon
        company_sudo.customer_alert_rules_date = company_sudo._get_customer_today()

    def _get_alerts_line(self, company):
        rules = self.env["customer.alert.rule"]._get_in_force(company)
        alerts = self.env["customer.alert"]
        date = company.customer_alert_rules_date
        text = self.env._(
            "Active rules: %(rules)s; alerts that wait: %(alerts)s. Switch off what"
            " tells you nothing new, try what might help.",
            rules=len(rules),
            alerts=alerts.search_count(
                alerts._get_waiting_domain() & Domain("company_id", "=", company.id)
            ),
        )
        if date:
            text += " " + self.env._("Confirmed on %s.", format_date(self.env, date))
        return self._prepare_line(
            "alerts",
            self.env._("Rules of alerts"),
            text,
            bool(date),
            self._prepare_button(
                self.env._("Open the rules"),
                "customer_success.customer_alert_rule_action",
            ),
            not date
            and self._prepare_button(
                self.env._("Confirm"), method="confirm_alert_rules"
            ),
        )
