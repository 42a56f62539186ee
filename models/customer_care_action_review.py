from odoo import api, fields, models


class CustomerCareAction(models.Model):
    """An action may come from the decision of an evaluation."""

    _inherit = "customer.care.action"

    review_id = fields.Many2one(
        "customer.review",
        "Decided In",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The evaluation whose decision this action carries out.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals.pop("review_id", None)
        cleaned = self._without_defaults({"review_id"})
        return super(CustomerCareAction, cleaned).create(vals_list)

    def write(self, vals):
        self._check_no_system_field({"review_id"} & set(vals))
        return super().write(vals)
