from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

USER = "customer_success.group_customer_success_user"


class DigestDigest(models.Model):
    """Alerts and customers at risk in Odoo's own digest mail, as its reader sees them."""

    _inherit = "digest.digest"

    kpi_customer_alert = fields.Boolean("Open Alerts")
    kpi_customer_alert_value = fields.Integer(
        compute="_compute_kpi_customer_alert_value"
    )
    kpi_customer_at_risk = fields.Boolean("Customers at Risk")
    kpi_customer_at_risk_value = fields.Integer(
        compute="_compute_kpi_customer_at_risk_value"
    )

    # === COMPUTE METHODS === #

    def _compute_kpi_customer_alert_value(self):
        """Count what was raised in the time of the column and nobody has closed."""
        self._check_customer_success_user()
        self._calculate_company_based_kpi(
            "customer.alert",
            "kpi_customer_alert_value",
            additional_domain=[("state", "!=", "closed")],
        )

    def _compute_kpi_customer_at_risk_value(self):
        """Count who is at risk now: the same in each column."""
        self._check_customer_success_user()
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_customer_at_risk_value = self.env["customer.churn"].search_count(
                Domain("company_id", "=", company.id) & Domain("state", "=", "at_risk")
            )

    # === BUSINESS METHODS === #

    def _check_customer_success_user(self):
        """Raise what the digest takes for "leave this out of the mail"."""
        if not self.env.user.has_group(USER):
            raise AccessError(
                self.env._("Alerts are for users of Customer Success only.")
            )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("customer_success.customer_success_menu_root").id
        for name in ("kpi_customer_alert", "kpi_customer_at_risk"):
            actions[name] = f"customer_success.customer_alert_action?menu_id={menu}"
        return actions
