from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerCaseCause(models.Model):
    """Why a case came up, found out in the end: a word of the configuration."""

    _name = "customer.case.cause"
    _description = "Root Cause of a Case"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name for imports, such as quality.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)", "Another root cause has this code."
    )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: cases of customers that the manager may not see count as well
        cases_sudo = self.env["customer.case"].sudo()
        if used := cases_sudo.search([("cause_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Cases came up because of %s: archive it instead of deleting it.",
                    used.cause_id.name,
                )
            )
