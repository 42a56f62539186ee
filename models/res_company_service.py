from odoo import fields, models


class ResCompany(models.Model):
    """What the figures of service are to reach."""

    _inherit = "res.company"

    customer_complaint_target = fields.Float(
        "Complaint Rate Below",
        digits=(5, 4),
        default=0.05,
        groups="base.group_user",
        help="Customers who complained, of those active in the period.",
    )
    customer_response_target_hours = fields.Float(
        "Average First Response (hours)",
        digits=(6, 2),
        default=4,
        groups="base.group_user",
        help="Elapsed hours on average. What is promised to a customer stands in the"
        " service policies.",
    )
    customer_urgent_target_minutes = fields.Float(
        "Average First Response, Urgent (minutes)",
        digits=(6, 2),
        default=30,
        groups="base.group_user",
    )

    _customer_complaint_target_range = models.Constraint(
        "CHECK (customer_complaint_target BETWEEN 0 AND 1)",
        "A complaint rate lies between 0 and 1.",
    )
    _customer_response_target_range = models.Constraint(
        "CHECK (customer_response_target_hours BETWEEN 0 AND 1000"
        " AND customer_urgent_target_minutes BETWEEN 0 AND 10000)",
        "A first response is to come within 1000 hours, an urgent one within 10000"
        " minutes.",
    )
