import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import html2plaintext

from ..models.customer_case import URGENCIES
from ..models.customer_case_category import KINDS

# Numbers are written in many ways; their last digits are the same in all of them.
PHONE_DIGITS = 7
MIN_DIGITS = 5
MAX_FOUND = 20


class CustomerCaseQuick(models.TransientModel):
    """Writes down a case while the customer is on the phone, or from an interaction.

    Whoever takes the call may do so for every contact he can see: the case goes to the
    one who is responsible for the customer.
    """

    _name = "customer.case.quick"
    _description = "Phone Intake"
    _inherit = ["customer.seen.dialog"]

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    interaction_id = fields.Many2one("customer.interaction")
    commercial_partner_id = fields.Many2one(
        related="interaction_id.partner_id", string="Contact of the Interaction"
    )
    contact_phone = fields.Char("Phone Number")
    found_partner_ids = fields.Many2many("res.partner", compute="_compute_found")
    found_count = fields.Integer(compute="_compute_found")
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        help="The person who called. Leave it empty when nobody knows him yet.",
    )
    contact_name = fields.Char("Name of the Caller")
    contact_company = fields.Char("Company of the Caller")
    contact_email = fields.Char("Email of the Caller")
    kind = fields.Selection(KINDS, required=True, default="enquiry")
    urgency = fields.Selection(URGENCIES, required=True, default="normal")
    subject = fields.Char(required=True)
    description = fields.Text("What Was Said")
    is_answered = fields.Boolean(
        "Answered on the Phone",
        help="The customer has his first answer already: the promise of one is kept.",
    )

    # === COMPUTE METHODS === #

    @api.depends("contact_phone")
    def _compute_found(self):
        for wizard in self:
            found = wizard._find_by_phone()
            wizard.found_partner_ids = found
            wizard.found_count = len(found)

    @api.depends("contact_phone")
    def _compute_partner_id(self):
        """Choose the caller when nobody else has this number."""
        for wizard in self:
            found = wizard.found_partner_ids
            wizard.partner_id = found if len(found) == 1 else wizard.partner_id

    def _find_by_phone(self):
        """Return the contacts with a number, however it is written."""
        digits = re.sub(r"\D", "", self.contact_phone or "")[-PHONE_DIGITS:]
        partners = self.env["res.partner"]
        if len(digits) < MIN_DIGITS:
            return partners
        found = partners.search(
            [
                ("phone", "like", "%".join(digits)),
                ("company_id", "in", [False, self.company_id.id]),
            ],
            limit=MAX_FOUND,
        )
        return found.filtered(
            lambda partner: re.sub(r"\D", "", partner.phone).endswith(digits)
        )

    # === CONSTRAINT METHODS === #

    def _check_seen(self):
        """Override: the interaction it comes from."""
        self.interaction_id.check_access("read")

    # === ACTION METHODS === #

    def action_open_case(self):
        """Open the case and show it, if he who took it may see it."""
        self.check_access("read")
        self.ensure_one()
        vals = self._prepare_case()
        case_sudo = self.env["customer.case"]._open_case(vals, key=f"quick:{self.id}")
        if self.is_answered:
            case_sudo._note_answer(fields.Datetime.now())
        case = case_sudo.with_env(self.env)
        if case.has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "res_model": case._name,
                "res_id": case.id,
                "view_mode": "form",
                "views": [(False, "form")],
            }
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(case)s was written down. It belongs to a customer of somebody"
                    " else, who was told.",
                    case=case_sudo.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _prepare_case(self):
        if self.company_id not in self.env.companies:
            raise AccessError(
                # sudo: its name
                self.env._("You do not work for %s.", self.company_id.sudo().name)
            )
        if not (self.subject or "").strip():
            raise UserError(self.env._("Write a subject."))
        self.partner_id.check_access("read")
        self.interaction_id.check_access("read")
        vals = {
            "source": "interaction" if self.interaction_id else "phone",
            "interaction_id": self.interaction_id.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "contact_phone": self.contact_phone,
            "kind": self.kind,
            "urgency": self.urgency,
            "subject": self.subject,
            "description": self.description,
        }
        if not self.partner_id and not self.interaction_id:
            vals |= {
                "contact_name": self.contact_name,
                "contact_company": self.contact_company,
                "contact_email": self.contact_email,
            }
        if self.interaction_id:
            vals |= self._prepare_from_interaction()
        return vals

    def _prepare_from_interaction(self):
        interaction = self.interaction_id
        profile = interaction.profile_id
        vals = {"profile_id": profile.id, "company_id": profile.company_id.id}
        commercial = self.partner_id.commercial_partner_id
        if self.partner_id and commercial != profile.partner_id:
            raise UserError(
                self.env._(
                    "%(contact)s does not belong to %(customer)s.",
                    contact=self.partner_id.display_name,
                    customer=profile.display_name,
                )
            )
        return vals

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, interaction):
        """Open the dialog with what is known from an interaction."""
        interaction.ensure_one()
        interaction.check_access("read")
        said = interaction.feedback or html2plaintext(interaction.content or "")
        commercial = interaction.profile_id.partner_id
        people = interaction.partner_ids.filtered(
            lambda partner: partner.commercial_partner_id == commercial
        )
        wizard = self.create(
            {
                "interaction_id": interaction.id,
                "company_id": interaction.company_id.id,
                "partner_id": people[:1].id,
                "subject": interaction.name or interaction.subject or "-",
                "description": said,
            }
        )
        return {
            "name": self.env._("Make a Case"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }
