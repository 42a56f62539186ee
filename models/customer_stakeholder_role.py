from odoo import fields, models


class CustomerStakeholderRole(models.Model):
    """What a contact does when his company decides: a word of the configuration."""

    _name = "customer.stakeholder.role"
    _description = "Role in the Decision Chain"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short name for imports, such as decision_maker."
    )
    sequence = fields.Integer(default=10)
    is_decision_maker = fields.Boolean(
        "Key Decision Maker", help="Who holds this role has the last word."
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (code)", "Another role in the decision chain has this code."
    )
