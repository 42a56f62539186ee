from odoo import models


class CustomerProfile(models.Model):
    """The package of a customer: what he is entitled to and what he got."""

    _inherit = "customer.profile"

    def action_open_entitlements(self):
        """Open what the customer is entitled to this year and what is left."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_entitlement_balance_action"
        )
        action["domain"] = [("profile_id", "=", self.id)]
        action["context"] = {}
        return action

    def _move_facts(self, survivor):
        """Override: what they got counts for the customer they join."""
        result = super()._move_facts(survivor)
        uses = self.env["customer.entitlement.use"]
        uses.search([("profile_id", "in", self.ids)]).write({"profile_id": survivor.id})
        return result
