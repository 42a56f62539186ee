from odoo import fields, models


class ResCompany(models.Model):
    """Whether customers are asked by themselves, and when improvement is due."""

    _inherit = "res.company"

    customer_survey_auto = fields.Boolean(
        "Send Questionnaires",
        groups="base.group_user",
        help="Every day the customers who are due by the survey cadences are invited by"
        " mail, reminders included.",
    )
    customer_improvement_days = fields.Integer(
        "Days for an Improvement Plan",
        default=14,
        groups="base.group_user",
        help="Deadline of a plan that starts by itself after a low answer.",
    )

    _customer_improvement_days_positive = models.Constraint(
        "CHECK (customer_improvement_days BETWEEN 1 AND 365)",
        "An improvement plan is due within 1 to 365 days.",
    )
