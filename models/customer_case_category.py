from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("enquiry", "Enquiry"),
    ("complaint", "Complaint"),
    ("suggestion", "Suggestion"),
]


class CustomerCaseCategory(models.Model):
    """What a case is about: a word of the configuration."""

    _name = "customer.case.category"
    _description = "Case Category"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name for imports, such as delivery.")
    kind = fields.Selection(KINDS, help="Empty: for every kind of case.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    department_id = fields.Many2one(
        "customer.department",
        "Responsible Department",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="Gets the cases of this category; its head those without a handler.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)", "Another case category has this code."
    )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: cases of customers that the manager may not see count as well
        cases_sudo = self.env["customer.case"].sudo()
        if used := cases_sudo.search([("category_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Cases belong to the category %s: archive it instead of deleting it.",
                    used.category_id.name,
                )
            )
