from odoo import fields, models


class CustomerTierRefusal(models.TransientModel):
    """Asks a manager why he refuses a tier request."""

    _name = "customer.tier.refusal"
    _description = "Refuse a Tier Request"

    request_id = fields.Many2one(
        "customer.tier.request", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, precompute=True
    )
    note = fields.Text(
        "Why Not", required=True, help="The person who asked reads this."
    )

    def action_refuse(self):
        """Refuse the request with this note."""
        self.ensure_one()
        self.check_access("read")
        self.request_id._refuse(self.note)
        return {"type": "ir.actions.act_window_close"}
