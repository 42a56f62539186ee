from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

TREATMENTS = [
    ("erase", "Erase the text"),
    ("mask", "Replace the name"),
    ("keep", "Keep"),
]


class CustomerPersonalErasure(models.TransientModel):
    """Erases what this addon knows about one person, in place: figures stay.

    First it lists the free texts for a decision. For managers who are relationship
    data readers.
    """

    _name = "customer.personal.erasure"
    _description = "Erase Relationship Data of a Person"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [("draft", "Whom"), ("found", "Decide"), ("done", "Erased")],
        default="draft",
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Person",
        required=True,
        ondelete="cascade",
        domain=[("is_company", "=", False)],
    )
    terms = fields.Text(
        "Called",
        compute="_compute_terms",
        compute_sudo=False,  # of contacts that the officer may read
        store=True,
        readonly=False,
        help="Name, e-mail, phone: one per line. Add other spellings and nicknames.",
    )
    with_contact = fields.Boolean(
        "Make the contact anonymous too",
        help="Name, e-mail, phone, position, picture and notes of the contact are"
        " removed and it is archived.",
    )
    kept_text = fields.Text("What Stays", compute="_compute_kept_text")
    line_ids = fields.One2many(
        "customer.personal.erasure.line", "wizard_id", "Free Texts"
    )

    # === COMPUTE METHODS === #

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Erase relationship data")

    @api.depends("partner_id")
    def _compute_terms(self):
        source = self.env["customer.personal.source"]
        for wizard in self:
            partner = wizard.partner_id._origin._filtered_access("read")
            wizard.terms = "\n".join(source._get_terms(partner))

    @api.depends("partner_id")
    def _compute_kept_text(self):
        for wizard in self:
            # sudo: how many documents there are may be known, not what is in them
            partner_sudo = wizard.partner_id.sudo()
            counts = {
                model: self.env[model]
                .sudo()
                .search_count([("partner_id", "=", partner_sudo.id)])
                for model in ("account.move", "sale.order")
            }
            wizard.kept_text = self.env._(
                "%(invoices)s invoices and %(orders)s orders of this contact stay as the"
                " law requires, with the names they were made out to; so do meetings"
                " and mails outside Customer Success.",
                invoices=counts["account.move"],
                orders=counts["sale.order"],
            )

    # === ACTION METHODS === #

    def action_look_up(self):
        """List the free texts about this person, with a proposal for each."""
        self._check()
        decisions = self.env["customer.personal.source"]._get_decisions(
            self.partner_id, self._get_terms(), self.env.companies, self.with_contact
        )
        # sudo: lines name texts of any record; only the look-up makes them
        self.sudo().line_ids = [Command.clear()] + [
            Command.create({**decision, "company_id": self.company_id.id})
            for decision in decisions
        ]
        self.state = "found"
        return self._open()

    def action_erase(self):
        """Erase as decided. This cannot be taken back."""
        self._check()
        if self.state != "found":
            raise UserError(self.env._("Look up the free texts first."))
        self.env["customer.personal.source"]._erase_person(
            self.partner_id,
            self._get_terms(),
            self.env.companies,
            [line._get_decision() for line in self.line_ids],
            with_contact=self.with_contact,
        )
        self.env["customer.personal.access"]._log_person(
            "erasure", self.partner_id, self.env.companies
        )
        self.line_ids.sudo().unlink()  # sudo: see action_look_up
        self.write({"state": "done", "terms": False})
        return self._open()

    # === BUSINESS METHODS === #

    def _check(self):
        self.ensure_one()
        self.check_access("write")
        self.env["customer.personal.report"]._check_officer()
        self.partner_id.check_access("read")

    def _get_terms(self):
        return [
            line.strip() for line in (self.terms or "").splitlines() if line.strip()
        ]

    def _open(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_personal_erasure_action"
        )
        return {**action, "res_id": self.id}


class CustomerPersonalErasureLine(models.TransientModel):
    """A free text about the person and what to do with it; the text stays where it is."""

    _name = "customer.personal.erasure.line"
    _description = "Free Text About a Person"

    wizard_id = fields.Many2one(
        "customer.personal.erasure", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True)
    model_name = fields.Char(required=True, readonly=True)
    res_id = fields.Integer("Record", required=True, readonly=True, aggregator=None)
    field_name = fields.Char(required=True, readonly=True)
    treatment = fields.Selection(TREATMENTS, "What to Do", required=True)
    where_text = fields.Char("Where", compute="_compute_texts")
    text = fields.Text(compute="_compute_texts")

    @api.depends("model_name", "res_id", "field_name")
    def _compute_texts(self):
        self.env["customer.personal.report"]._check_officer()
        for line in self:
            found = line._origin  # as it was looked up, not as a client says
            if not found:
                line.where_text = line.text = False
                continue
            model = self.env[found.model_name]
            # sudo: the officer decides about texts of customers he may not open
            record_sudo = model.sudo().browse(found.res_id).exists()
            line.where_text = self.env._(
                "%(model)s, %(field)s",
                model=self.env["ir.model"]._get(found.model_name).sudo().name,
                field=model._fields[found.field_name]._description_string(self.env),
            )
            source = self.env["customer.personal.source"]
            line.text = record_sudo and source._describe_value(
                record_sudo, model._fields[found.field_name]
            )

    # === CRUD METHODS === #

    def write(self, vals):
        if set(vals) - {"treatment"} and not self.env.su:
            raise AccessError(
                self.env._("Only what to do with a text can be changed here.")
            )
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _get_decision(self):
        return {
            "model_name": self.model_name,
            "res_id": self.res_id,
            "field_name": self.field_name,
            "treatment": self.treatment,
        }
