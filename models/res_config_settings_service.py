from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What the figures of service are to reach."""

    _inherit = "res.config.settings"

    customer_complaint_target = fields.Float(
        related="company_id.customer_complaint_target", readonly=False
    )
    customer_response_target_hours = fields.Float(
        related="company_id.customer_response_target_hours", readonly=False
    )
    customer_urgent_target_minutes = fields.Float(
        related="company_id.customer_urgent_target_minutes", readonly=False
    )
