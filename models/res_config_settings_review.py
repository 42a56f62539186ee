from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """When evaluations are to be held."""

    _inherit = "res.config.settings"

    customer_evaluation_days = fields.Integer(
        related="company_id.customer_evaluation_days", readonly=False
    )
