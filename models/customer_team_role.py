from odoo import fields, models


class CustomerTeamRole(models.Model):
    """What one of us does for a customer: a word of the configuration."""

    _name = "customer.team.role"
    _description = "Role in Our Team"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name for imports, such as executive.")
    sequence = fields.Integer(default=10)
    is_executive = fields.Boolean(
        "Executive", help="Visits of people with this role count as executive visits."
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (code)", "Another role in our team has this code."
    )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "is_executive" in vals:
            # sudo: counted for every customer, whoever changes the configuration
            members_sudo = self.env["customer.team.member"].sudo()
            members_sudo = members_sudo.search([("role_id", "in", self.ids)])
            members_sudo.profile_id._recompute_executive_visits()
        return result
