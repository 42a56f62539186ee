from odoo import api, fields, models

from ..intake import make_reference

FORM_KEY = "form:"


class CustomerCase(models.Model):
    """What somebody who wrote by the public form may name on the telephone.

    It says nothing else: not which case it is, nor how many there are.
    """

    _inherit = "customer.case"
    _rec_names_search = [
        "name",
        "subject",
        "contact_name",
        "contact_email",
        "form_reference",
    ]

    form_reference = fields.Char(
        "Number Told to the Sender",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Shown to the sender after the public form; he may name it on the telephone.",
    )

    @api.model
    def _open_case(self, vals, key=None):
        """Override to keep the reference shown to the sender."""
        case_sudo = super()._open_case(vals, key)
        if key and key.startswith(FORM_KEY) and not case_sudo.form_reference:
            case_sudo.form_reference = make_reference(key.removeprefix(FORM_KEY))
        return case_sudo
