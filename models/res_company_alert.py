from odoo import fields, models


class ResCompany(models.Model):
    """What decides when a customer counts as drifting away, and who is told."""

    _inherit = "res.company"

    customer_churn_horizon = fields.Integer(
        "Days Looked Ahead",
        default=90,
        groups="base.group_user",
        help="The chance of an order is that of at least one order in so many days;"
        " value at risk is the usual value of the same time.",
    )
    customer_churn_silence_days = fields.Integer(
        "Fixed Rule (days without order)",
        default=60,
        groups="base.group_user",
        help="While the company has too few orders for a rhythm of its own, a customer"
        " without an order for so many days is at risk.",
    )
    customer_churn_risk = fields.Float(
        "At Risk Below",
        default=0.5,
        groups="base.group_user",
        help="A customer is at risk when his chance of an order is below this share.",
    )
    customer_churn_lost = fields.Float(
        "Lost Below",
        default=0.1,
        groups="base.group_user",
        help="A customer counts as lost when his chance of an order is below this"
        " share.",
    )
    customer_alert_cap = fields.Integer(
        "Open Alerts per Person",
        default=20,
        groups="base.group_user",
        help="Further alerts of a person go to the managers' list, without an activity,"
        " the least urgent ones first.",
    )
    customer_alert_baseline_id = fields.Many2one(
        "customer.alert.rule",
        "Rule to Compare With",
        ondelete="set null",
        groups="base.group_user",
        domain="[('company_id', 'in', [id, False])]",
        context={"active_test": False},
        help="Rules are graded by how many more false alarms this one raises. Empty: no"
        " order for days.",
    )
    customer_alert_summary = fields.Boolean(
        "Daily Alert Mail",
        default=True,
        groups="base.group_user",
        help="One mail a day to everybody who has new alerts.",
    )
    customer_alert_rules_date = fields.Date(
        "Alert Rules Confirmed On", groups="base.group_user", copy=False
    )
    customer_retention_window_months = fields.Integer(
        "Active Before (months)",
        default=12,
        groups="base.group_user",
        help="Customers who bought in so many months before a period count at its"
        " start.",
    )
    customer_retention_period_months = fields.Integer(
        "Retention Period (months)",
        default=12,
        groups="base.group_user",
        help="A customer of the start who did not buy in so many months has churned.",
    )

    _customer_churn_days_range = models.Constraint(
        "CHECK (customer_churn_horizon BETWEEN 1 AND 730"
        " AND customer_churn_silence_days BETWEEN 1 AND 3650)",
        "The days looked ahead lie between 1 and 730, the days without an order of the"
        " fixed rule between 1 and 3650.",
    )
    _customer_churn_shares_range = models.Constraint(
        "CHECK (customer_churn_lost > 0 AND customer_churn_lost < customer_churn_risk"
        " AND customer_churn_risk < 1)",
        "The chance below which a customer counts as lost must be above 0 and smaller"
        " than the one below which he is at risk, which must be below 100%.",
    )
    _customer_alert_cap_range = models.Constraint(
        "CHECK (customer_alert_cap BETWEEN 1 AND 1000)",
        "The open alerts of a person lie between 1 and 1000.",
    )
    _customer_retention_range = models.Constraint(
        "CHECK (customer_retention_window_months BETWEEN 1 AND 36"
        " AND customer_retention_period_months BETWEEN 1 AND 36)",
        "The months of the retention rate lie between 1 and 36.",
    )
