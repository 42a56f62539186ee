from odoo import fields, models


class ResCompany(models.Model):
    """Whether care plans are launched by themselves."""

    _inherit = "res.company"

    customer_plan_auto = fields.Boolean(
        "Launch Care Plans",
        default=True,
        groups="base.group_user",
        help="Every night each customer gets the plan of his tier and of what happened"
        " to him, by the playbooks that are launched by themselves.",
    )
