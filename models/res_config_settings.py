from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    customer_money_source = fields.Selection(
        related="company_id.customer_money_source", readonly=False, required=True
    )
    customer_tz = fields.Selection(related="company_id.customer_tz", readonly=False)
    customer_run_hour = fields.Integer(
        related="company_id.customer_run_hour", readonly=False
    )
    customer_interaction_start = fields.Date(
        related="company_id.customer_interaction_start", readonly=False
    )
    customer_case_start = fields.Date(
        related="company_id.customer_case_start", readonly=False
    )
    customer_history_start = fields.Date(
        related="company_id.customer_history_start", readonly=False
    )
    customer_dormant_cap = fields.Boolean(
        related="company_id.customer_dormant_cap", readonly=False
    )
    customer_high_value_amount = fields.Monetary(
        related="company_id.customer_high_value_amount",
        readonly=False,
    )
    customer_downgrade_approval = fields.Boolean(
        related="company_id.customer_downgrade_approval", readonly=False
    )
    customer_retention_months = fields.Integer(
        related="company_id.customer_retention_months", readonly=False
    )
    customer_retention_keep = fields.Selection(
        related="company_id.customer_retention_keep", readonly=False, required=True
    )
    customer_proposal_days = fields.Integer(
        related="company_id.customer_proposal_days", readonly=False
    )
    customer_gift_limit = fields.Monetary(
        related="company_id.customer_gift_limit", readonly=False
    )
    customer_personal_retention_months = fields.Integer(
        related="company_id.customer_personal_retention_months", readonly=False
    )
    customer_personal_left_months = fields.Integer(
        related="company_id.customer_personal_left_months", readonly=False
    )
    customer_excluded_domain = fields.Char(
        related="company_id.customer_excluded_domain", readonly=False
    )
    customer_bounce_limit = fields.Integer(
        related="company_id.customer_bounce_limit", readonly=False
    )
    customer_renewal_lead_days = fields.Integer(
        related="company_id.customer_renewal_lead_days", readonly=False
    )
    customer_anniversary_lead_days = fields.Integer(
        related="company_id.customer_anniversary_lead_days", readonly=False
    )
    customer_birthday_lead_days = fields.Integer(
        related="company_id.customer_birthday_lead_days", readonly=False
    )
    customer_holiday_lead_days = fields.Integer(
        related="company_id.customer_holiday_lead_days", readonly=False
    )
    customer_milestone_lead_days = fields.Integer(
        related="company_id.customer_milestone_lead_days", readonly=False
    )
