from odoo import api, fields, models

RELATION_FIELDS = {
    "required_role_ids",
    "required_team_role_ids",
    "interaction_target",
    "has_holiday_care",
}


class CustomerTier(models.Model):
    """What we owe the relation with customers of a tier. No tier depends on it."""

    _inherit = "customer.tier"

    required_role_ids = fields.Many2many(
        "customer.stakeholder.role",
        "customer_tier_stakeholder_role_rel",
        "tier_id",
        "role_id",
        "Roles to Know There",
        help="Roles in the decision chain for which a contact must be known. Coverage"
        " is the share of them that somebody holds.",
    )
    required_team_role_ids = fields.Many2many(
        "customer.team.role",
        "customer_tier_team_role_rel",
        "tier_id",
        "role_id",
        "Roles in Our Team",
        help="Roles that somebody of us must hold for a customer of this tier.",
    )
    interaction_target = fields.Float(
        "Effective Interactions a Month",
        digits=(6, 2),
        default=2,
        help="Effective interactions that a customer of this tier should have a month.",
    )
    has_holiday_care = fields.Boolean(
        "Holiday Care", help="Holidays of the care calendar raise an activity."
    )

    _interaction_target_range = models.Constraint(
        "CHECK (interaction_target >= 0 AND interaction_target < 'Infinity')",
        "The target of effective interactions a month must be 0 or more.",
    )

    # === CRUD METHODS === #

    @api.model
    def _get_always_editable_fields(self):
        return super()._get_always_editable_fields() | RELATION_FIELDS
