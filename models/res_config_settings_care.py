from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Whether care plans are launched by themselves."""

    _inherit = "res.config.settings"

    customer_plan_auto = fields.Boolean(
        related="company_id.customer_plan_auto", readonly=False
    )
