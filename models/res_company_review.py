from odoo import fields, models


class ResCompany(models.Model):
    """When evaluations are to be held."""

    _inherit = "res.company"

    customer_evaluation_days = fields.Integer(
        "Evaluation Held Within (days)",
        default=10,
        groups="base.group_user",
        help="Days after the end of the period until which its evaluation is to be held.",
    )

    _customer_evaluation_days_range = models.Constraint(
        "CHECK (customer_evaluation_days BETWEEN 0 AND 365)",
        "The days until an evaluation is to be held lie between 0 and 365.",
    )
