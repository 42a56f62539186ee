from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

READER = "customer_success.group_customer_success_personal_reader"
# What is known about a person; the rest of a row says why and how long.
VALUES = (
    "birthday_day",
    "birthday_month",
    "interests",
    "trust",
    "date_trust",
    "no_gift",
    "notes",
)
# How long it is kept: worked out, never written by a client.
SYSTEM_FIELDS = {"date_recorded", "date_expiry", "date_erased"}


class CustomerPersonalData(models.Model):
    """What the first responsible person knows about a contact, and why he may.

    Read by him and by relationship data readers, by nobody else: no chatter, no name
    of its own, no copy elsewhere. Erased in place when consent is withdrawn, when its
    time is over or on request.
    """

    _name = "customer.personal.data"
    _description = "Relationship Data"
    _inherit = ["customer.fact.mixin", "customer.finite.mixin"]
    _order = "profile_id, id"

    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Person",
        required=True,
        ondelete="restrict",
        index=True,
        copy=False,
    )

    # why and how long
    purpose = fields.Char(
        required=True,
        copy=False,
        default=lambda self: self._get_default_purpose(),
        help="What this is recorded for. It may be used for nothing else.",
    )
    consent = fields.Selection(
        [
            ("given", "Given"),
            ("not_needed", "Not needed for this purpose"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        copy=False,
        help="What allows us to keep this. Withdrawn: everything below is erased.",
    )
    date_consent = fields.Date(
        "Consent Date", default=fields.Date.context_today, copy=False
    )
    source = fields.Selection(
        [
            ("person", "The person"),
            ("colleague", "A colleague of the person"),
            ("public", "A public source"),
        ],
        default="person",
        required=True,
        copy=False,
    )
    date_recorded = fields.Date(
        "Recorded or Confirmed On",
        default=fields.Date.context_today,
        required=True,
        readonly=True,
        copy=False,
    )
    date_expiry = fields.Date(
        "Kept Until",
        readonly=True,
        copy=False,
        index=True,
        help="Erased on this day unless somebody confirms it before. Sooner when the"
        " contact was archived or left the customer.",
    )
    date_erased = fields.Date("Erased On", readonly=True, copy=False)

    # what is known
    interests = fields.Text(copy=False)
    trust = fields.Integer(
        aggregator=None, copy=False, help="1 (very low) to 5 (very high), 0: unknown."
    )
    date_trust = fields.Date("Trust Rated On", copy=False)
    no_gift = fields.Boolean(
        "No Gifts", copy=False, help="This person must not or does not want gifts."
    )
    gift_limit = fields.Monetary(
        aggregator=None,
        copy=False,
        default=lambda self: self.env.company.customer_gift_limit,
        help="Highest value of one gift. 0: no limit.",
    )
    gift_ids = fields.One2many("customer.gift", "personal_data_id", "Gifts")
    notes = fields.Text(copy=False)
    can_edit = fields.Boolean(
        compute="_compute_can_edit",
        compute_sudo=True,  # a reader may not see the customer
    )

    _person_uniq = models.Constraint(
        "UNIQUE (profile_id, partner_id)",
        "Relationship data of this person is already recorded for this customer.",
    )
    _trust_range = models.Constraint(
        "CHECK (COALESCE(trust, 0) BETWEEN 0 AND 5)", "Trust lies between 1 and 5."
    )
    _gift_limit_finite = models.Constraint(
        "CHECK (COALESCE(gift_limit, 0) >= 0 AND COALESCE(gift_limit, 0) < 'Infinity')",
        "The limit of gifts must be 0 or more.",
    )

    # === DEFAULT METHODS === #

    @api.model
    def _get_default_purpose(self):
        return self.env._("Personal care: greetings, interests, gifts")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_display_name(self):
        for data in self:
            data.display_name = self.env._("Relationship data")

    @api.model
    def _search_display_name(self, operator, value):
        """Find nothing: these rows have no name to search for."""
        return Domain(operator in Domain.NEGATIVE_OPERATORS)

    @api.depends("profile_id.user_id")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        for data in self:
            data.can_edit = data.profile_id.user_id == self.env.user

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id")
    def _check_partner_id(self):
        for data in self:
            partner, customer = data.partner_id, data.profile_id.partner_id
            if partner.is_company or partner.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(person)s is not a person at %(customer)s.",
                        person=partner.display_name,
                        customer=customer.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        profiles = self.env["customer.profile"].browse(
            [vals.get("profile_id") for vals in vals_list]
        )
        self._check_first_responsible(profiles)
        # sudo: a limit of the company; who may write was checked
        for vals, profile_sudo in zip(vals_list, profiles.sudo(), strict=True):
            self._prepare_values(vals)
            if not self.env.su:
                today = fields.Date.context_today(self)
                vals.update(date_recorded=today, date_expiry=False, date_erased=False)
            limit = profile_sudo.company_id.customer_gift_limit
            vals.setdefault("gift_limit", limit)
        rows = super().create(vals_list)
        withdrawn = rows.filtered(lambda data: data.consent == "withdrawn")
        withdrawn._erase("withdrawal")
        for data in (rows - withdrawn).sudo():  # sudo: worked out, not written by him
            data.date_expiry = data._get_expiry()
        return rows

    def write(self, vals):
        if "partner_id" in vals and not self.env.su:
            self._check_same_person(vals["partner_id"])
        self._check_no_system_field(SYSTEM_FIELDS & set(vals))
        self._prepare_values(vals)
        if vals.get("consent") == "withdrawn":
            super().write(vals)
            return self._erase("withdrawal")
        result = super().write(vals)
        known = set(VALUES) & set(vals)
        is_said = "purpose" in vals and not self.env.su
        self._check_consent(known | {"purpose"} if is_said else known)
        if (known or "consent" in vals) and "date_expiry" not in vals:
            self._renew()
        return result

    @api.model
    def _prepare_values(self, vals):
        """Add the day to a rating, to a new consent."""
        if vals.get("trust") and "date_trust" not in vals:
            vals["date_trust"] = fields.Date.context_today(self)
        elif "trust" in vals and not vals["trust"]:
            vals["date_trust"] = False
        if vals.get("consent") and "date_consent" not in vals:
            vals["date_consent"] = fields.Date.context_today(self)

    @api.model
    def _check_first_responsible(self, profiles):
        """Raise unless these are customers of the user.

        The rules say the same, but after the row was written: the unique key would
        tell a colleague whom we keep data about.
        """
        if self.env.su:
            return
        # sudo: who is responsible may be asked about any customer
        if any(p.user_id != self.env.user for p in profiles.sudo()):
            raise AccessError(
                self.env._(
                    "Only the first responsible person of a customer writes down"
                    " relationship data."
                )
            )

    def _check_same_person(self, partner_id):
        """Raise when a client moves what is known to another person."""
        if any(data.partner_id.id != partner_id for data in self):
            raise UserError(
                self.env._("The person of relationship data cannot be changed.")
            )

    def _check_gift_allowed(self):
        """Raise when a gift is described after the consent was withdrawn."""
        self._check_consent(["consent"])

    def _check_consent(self, names):
        """Raise when something is written down after the consent was withdrawn."""
        for data in self:
            if data.consent == "withdrawn" and any(data[name] for name in names):
                raise UserError(
                    self.env._(
                        "%s has withdrawn the consent: nothing may be recorded.",
                        data.partner_id.display_name,
                    )
                )

    # === ACTION METHODS === #

    def action_confirm(self):
        """Say that what is recorded is still right and needed; its time starts anew."""
        self.check_access("write")
        self._renew()
        return True

    # === BUSINESS METHODS === #

    def _get_today(self):
        return (self.company_id or self.env.company)._get_customer_today()

    def _get_expiry(self):
        months = self.company_id.customer_personal_retention_months
        return self.date_recorded + relativedelta(months=months)

    def _renew(self):
        """Let the time for which these rows are kept start today."""
        for data in self.sudo():  # sudo: worked out; who may write the rows was checked
            data.date_recorded = data._get_today()
            data.date_expiry = data._get_expiry()
            data.date_erased = False
