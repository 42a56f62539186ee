from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerUnmetCause(models.Model):
    """Why an action was not done: a word of the configuration."""

    _name = "customer.unmet.cause"
    _description = "Cause of an Unmet Action"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name for imports, such as resources.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "Another cause has this code.")

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: actions of customers that the manager may not see count as well
        actions_sudo = self.env["customer.care.action"].sudo()
        used = actions_sudo.search([("cause_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "Actions are unmet because of %s: archive it instead of deleting it.",
                    used.cause_id.name,
                )
            )
