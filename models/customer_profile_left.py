from odoo import models

# Contacts of the customer named as possible successors.
SUCCESSORS = 3


class CustomerProfile(models.Model):
    """Who could follow a contact who has left."""

    _inherit = "customer.profile"

    def _get_possible_successors(self, partner):
        """Return a few people of the customer who hold no role yet, newest first."""
        day = self.company_id._get_customer_today()
        taken = self._get_chain_rows()._filter_valid(day).partner_id
        return self.env["res.partner"].search(
            [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("is_company", "=", False),
                ("type", "=", "contact"),
                ("id", "not in", (taken | partner).ids),
            ],
            order="id desc",
            limit=SUCCESSORS,
        )
