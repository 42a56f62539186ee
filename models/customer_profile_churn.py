from odoo import fields, models


class CustomerProfile(models.Model):
    """The buying rhythm of a customer, by way of its row."""

    _inherit = "customer.profile"

    churn_id = fields.Many2one(
        "customer.churn", "Rhythm", readonly=True, copy=False, ondelete="set null"
    )
    churn_state = fields.Selection(related="churn_id.state", string="Buying Rhythm")
    value_at_risk = fields.Monetary(related="churn_id.value_at_risk")
    date_last_order = fields.Date(related="churn_id.date_last_order")
