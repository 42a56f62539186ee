from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerDepartment(models.Model):
    """A department of ours that answers for an action: a word of the configuration."""

    _name = "customer.department"
    _description = "Responsible Department"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name for imports, such as technical.")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Empty: for every company.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Head",
        ondelete="restrict",
        index="btree_not_null",
        domain=[("share", "=", False)],
        check_company=True,
        help="Gets the actions whose responsible is the head of the department.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)",
        "Another responsible department has this code.",
    )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: playbooks and actions of other companies count as well
        for model in ("customer.playbook.step", "customer.care.action"):
            rows_sudo = self.env[model].sudo().with_context(active_test=False)
            used = rows_sudo.search([("department_id", "in", self.ids)], limit=1)
            if used:
                raise UserError(
                    self.env._(
                        "%(department)s is used in %(records)s: archive it instead of"
                        " deleting it.",
                        department=used.department_id.name,
                        records=self.env["ir.model"]._get(model).name,
                    )
                )
