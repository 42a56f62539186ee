from odoo import api, fields, models


class CustomerInteraction(models.Model):
    """Cases that were made from an interaction."""

    _inherit = "customer.interaction"

    case_ids = fields.One2many(
        "customer.case", "interaction_id", "Cases Made From It", readonly=True
    )
    case_count = fields.Integer("Cases", compute="_compute_case_count")

    # === COMPUTE METHODS === #

    @api.depends("case_ids")
    def _compute_case_count(self):
        for interaction in self:
            interaction.case_count = len(interaction.case_ids)

    # === ACTION METHODS === #

    def action_make_case(self):
        """Open the dialog that writes down what the customer asked or complained of."""
        self.check_access("read")
        return self.env["customer.case.quick"]._open_for(self)

    def action_view_cases(self):
        """Show the cases made from this interaction."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_case_action"
        )
        return {
            **action,
            "domain": [("interaction_id", "in", self.ids)],
            "context": {"create": False},
        }
