import base64
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

TOKEN_BYTES = 24
QR_PIXELS = 600
# Languages that the form and its poster are written in.
FORM_LANGUAGES = ("zh_CN", "en_US")


class CustomerServiceDesk(models.Model):
    """Where customers of one company are heard: its public form and who answers."""

    _name = "customer.service.desk"
    _description = "Service Desk"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    department_id = fields.Many2one(
        "customer.department",
        "Responsible Department",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Default Handler",
        ondelete="restrict",
        index="btree_not_null",
        domain=[("share", "=", False)],
        check_company=True,
        help="Gets what comes in from people who are no customers of ours yet.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    is_enquiry = fields.Boolean("Enquiry", default=True)
    is_complaint = fields.Boolean("Complaint", default=True)
    is_suggestion = fields.Boolean("Suggestion", default=True)

    is_form_published = fields.Boolean(
        "Public Form",
        copy=False,
        help="Everybody who has the address can write to us, without a login.",
    )
    form_token = fields.Char(
        "Form Key",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self._make_token(),
        help="Secret part of the address of the form.",
    )
    form_url = fields.Char("Form Address", compute="_compute_form_url")
    form_qr = fields.Binary("QR Code", compute="_compute_form_qr")
    intro = fields.Text(
        "Words of Welcome",
        translate=True,
        help="Shown above the form. Empty: the words shipped with the addon.",
    )

    _form_token_uniq = models.Constraint(
        "UNIQUE (form_token)", "Another service desk has this form key."
    )

    # === DEFAULT METHODS === #

    @api.model
    def _make_token(self):
        return secrets.token_urlsafe(TOKEN_BYTES)

    # === COMPUTE METHODS === #

    @api.depends("form_token")
    def _compute_form_url(self):
        for desk in self:
            path = f"/customer/feedback/{desk.form_token}"
            desk.form_url = f"{desk.get_base_url()}{path}"

    @api.depends("form_url", "is_form_published")
    def _compute_form_qr(self):
        for desk in self:
            desk.form_qr = desk.is_form_published and base64.b64encode(
                self.env["ir.actions.report"].barcode(
                    "QR", desk.form_url, width=QR_PIXELS, height=QR_PIXELS
                )
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("is_enquiry", "is_complaint", "is_suggestion")
    def _check_kinds(self):
        for desk in self:
            if not desk._get_kinds():
                raise ValidationError(
                    self.env._(
                        "%s: offer at least one of enquiries, complaints and"
                        " suggestions.",
                        desk.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("form_token", None)  # made here, never chosen
        return super(CustomerServiceDesk, self._without_token()).create(vals_list)

    def write(self, vals):
        if "form_token" in vals:
            raise UserError(
                self.env._("Use the button New Address on the service desk.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: cases count whoever may see them
        cases_sudo = self.env["customer.case"].sudo().with_context(active_test=False)
        used = cases_sudo.search([("desk_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "%s has cases: archive it instead of deleting it.",
                    used.desk_id.name,
                )
            )

    # === ACTION METHODS === #

    def action_publish_form(self):
        """Open the form to everybody who has its address."""
        self.check_access("write")
        self.is_form_published = True

    def action_unpublish_form(self):
        """Close the form; its address answers as if it had never existed."""
        self.check_access("write")
        self.is_form_published = False

    def action_rotate_token(self):
        """Give the form a new address; the old one and its QR codes stop working."""
        self.check_access("write")
        for desk in self:
            desk._write_token(self._make_token())

    # === BUSINESS METHODS === #

    def _write_token(self, token):
        """Write a new token, which ``write`` refuses to everybody."""
        # pylint: disable-next=super-method-mismatch
        return super().write({"form_token": token})

    @api.model
    def _create_missing(self):
        """Give every company without a service desk its first one."""
        # sudo: whoever makes a company need not manage customers
        desks_sudo = self.sudo().with_context(active_test=False)
        served = {
            company.id for [company] in desks_sudo._read_group([], ["company_id"])
        }
        companies = self.env["res.company"].sudo().search([("id", "not in", [*served])])
        return desks_sudo.create(
            [
                {"name": "Customer Service", "company_id": company.id}
                for company in companies
            ]
        )._translate_name()

    def _translate_name(self):
        """Name desks made by the system in every language that is installed."""
        for code, _name in self.env["res.lang"].get_installed():
            desks = self.with_context(lang=code)
            desks.name = desks.env._("Customer Service")
        return self

    @api.model
    def _find_published(self, token):
        """Return the desk whose form has this key, as superuser; none if closed."""
        # sudo: strangers have no rights; the key is what they have
        return self.sudo().search(
            [("form_token", "=", token), ("is_form_published", "=", True)], limit=1
        )

    def _get_kinds(self):
        """Return the kinds of cases offered, the most frequent one first."""
        self.ensure_one()
        return [
            kind
            for kind in ("enquiry", "complaint", "suggestion")
            if self[f"is_{kind}"]
        ]

    @api.model
    def _get_form_languages(self):
        """Return the languages the form speaks, of those that are installed."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        return [code for code in FORM_LANGUAGES if code in installed] or installed[:1]

    def _get_poster_languages(self):
        """Return the languages of the poster, that of the company first."""
        own = self.company_id.partner_id.lang
        return sorted(self._get_form_languages(), key=lambda code: code != own)

    def _without_token(self):
        context = dict(self.env.context)
        context.pop("default_form_token", None)
        return self.with_env(self.env(context=context))
