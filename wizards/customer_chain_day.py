from odoo import fields, models


class CustomerChainDay(models.TransientModel):
    """Asks for the day whose decision chain is to be shown."""

    _name = "customer.chain.day"
    _description = "Decision Chain on a Day"

    profile_id = fields.Many2one(
        "customer.profile", "Customer", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    date = fields.Date(
        required=True,
        default=lambda self: fields.Date.subtract(
            fields.Date.context_today(self), months=12
        ),
        help="Who stood in the decision chain on this day.",
    )

    # === ACTION METHODS === #

    def action_open(self):
        """Open the decision chain as it was on the day."""
        self.ensure_one()
        day = fields.Date.to_string(self.date)
        return self.profile_id.with_context(customer_day=day).action_open_chain()
