from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerCaseSender(models.TransientModel):
    """Asks who wrote: a contact there is, or a new one with what he told us."""

    _name = "customer.case.sender"
    _description = "Sender of a Case"
    _inherit = "customer.case.dialog"

    is_new = fields.Boolean("New Contact")
    partner_id = fields.Many2one(
        "res.partner", "Contact", help="The person or company that wrote."
    )
    name = fields.Char(
        compute="_compute_from_case", compute_sudo=False, store=True, readonly=False
    )
    email = fields.Char(
        compute="_compute_from_case", compute_sudo=False, store=True, readonly=False
    )
    phone = fields.Char(
        compute="_compute_from_case", compute_sudo=False, store=True, readonly=False
    )
    parent_id = fields.Many2one(
        "res.partner", "Works At", domain=[("is_company", "=", True)]
    )
    contact_company = fields.Char(related="case_id.contact_company", related_sudo=False)

    # === COMPUTE METHODS === #

    @api.depends("case_id")
    def _compute_from_case(self):
        for dialog in self:
            case = dialog.case_id
            dialog.name = case.contact_name or case.contact_company
            dialog.email = case.contact_email
            dialog.phone = case.contact_phone

    # === ACTION METHODS === #

    def action_assign(self):
        """Say who it was: his clocks run by his tier from now on."""
        case = self._get_case()
        partner = self._create_partner() if self.is_new else self.partner_id
        if not partner:
            raise UserError(self.env._("Choose the contact, or make a new one."))
        case._assign_sender(partner)
        return self._finish()

    def _create_partner(self):
        if not (self.name or "").strip():
            raise UserError(self.env._("Write the name of the new contact."))
        return self.env["res.partner"].create(
            {
                "name": self.name,
                "email": self.email,
                "phone": self.phone,
                "parent_id": self.parent_id.id,
                "is_company": False,
                "lang": self.case_id.lang or self.env.lang,
            }
        )
