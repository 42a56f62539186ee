from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Whether customers are asked by themselves, and when improvement is due."""

    _inherit = "res.config.settings"

    customer_survey_auto = fields.Boolean(
        related="company_id.customer_survey_auto", readonly=False
    )
    customer_improvement_days = fields.Integer(
        related="company_id.customer_improvement_days", readonly=False
    )
