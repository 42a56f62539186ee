from odoo import api, fields, models

PERSONA_FIELDS = (
    "persona_pain",
    "persona_itch",
    "persona_delight",
    "persona_expectation",
)


class CustomerTier(models.Model):
    """What customers of a tier usually want. Words only: no score depends on them."""

    _inherit = "customer.tier"

    persona_pain = fields.Text(
        "Pain Points", translate=True, help="What troubles customers of this tier."
    )
    persona_itch = fields.Text(
        "Itch Points", translate=True, help="What they would like to have, not must."
    )
    persona_delight = fields.Text(
        "Delight Points", translate=True, help="What pleases them beyond expectation."
    )
    persona_expectation = fields.Text(
        "Expectations and Preferences",
        translate=True,
        help="What they expect of products and service.",
    )

    @api.model
    def _get_always_editable_fields(self):
        return super()._get_always_editable_fields() | set(PERSONA_FIELDS)
