from odoo import api, fields, models
from odoo.fields import Domain

INFLUENCES = [("high", "High"), ("medium", "Medium"), ("low", "Low")]
STANCES = [
    ("supportive", "Supportive"),
    ("neutral", "Neutral"),
    ("opposed", "Opposed"),
    ("unknown", "Unclear"),
]
END_REASONS = [
    ("archived", "Contact archived"),
    ("left", "Left the company"),
    ("employer", "Works for another company"),
    ("bounced", "Mails came back"),
    ("changed", "Role changed"),
    ("duplicate", "Same person twice"),
]
# Whoever left by one of these is gone: somebody has to look for another contact.
GONE_REASONS = ("archived", "left", "employer", "bounced")


class CustomerStakeholder(models.Model):
    """A role that a contact holds in the decision chain of his company.

    One row for each role, valid while ``date_from <= day < date_to``. Rows are ended,
    never deleted, so that the chain of any past day can be shown.
    """

    _name = "customer.stakeholder"
    _description = "Stakeholder"
    _inherit = ["customer.fact.mixin"]
    _order = "profile_id, role_id, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id"]
    _check_company_auto = True

    customer_partner_id = fields.Many2one(
        related="profile_id.partner_id", string="Company of the Customer"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('commercial_partner_id', '=', customer_partner_id),"
        " ('is_company', '=', False)]",
    )
    function = fields.Char(related="partner_id.function", string="Job Position")
    role_id = fields.Many2one(
        "customer.stakeholder.role",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_role_id(),
    )
    influence = fields.Selection(INFLUENCES)
    stance = fields.Selection(
        STANCES, required=True, default="unknown", help="How he feels about us."
    )
    is_executive = fields.Boolean(
        "Executive", help="Visits with this person count as executive visits."
    )
    preferred_channel_id = fields.Many2one("customer.channel", ondelete="restrict")
    reports_to_id = fields.Many2one(
        "customer.stakeholder",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('profile_id', '=', profile_id), ('id', '!=', id),"
        " ('partner_id', '!=', partner_id), ('is_current', '=', True)]",
    )
    child_ids = fields.One2many("customer.stakeholder", "reports_to_id", "Reports")
    date_from = fields.Date(
        "Valid From", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(
        "Valid Until", help="From this day on he no longer holds the role."
    )
    end_reason = fields.Selection(END_REASONS, "Why Ended", copy=False)
    bounces_at_start = fields.Integer(
        readonly=True,
        copy=False,
        help="Mails that had come back when the role started: only later ones count.",
    )

    _current_uniq = models.UniqueIndex(
        "(profile_id, partner_id, role_id) WHERE date_to IS NULL",
        "This contact already holds this role at the customer.",
    )
    _profile_dates = models.Index("(profile_id, date_from, date_to)")
    _dates_ordered = models.Constraint(
        "CHECK (date_to >= date_from)",
        "Stakeholder: the day a role ends (Valid Until) cannot lie before the day it"
        " starts (Valid From).",
    )

    # === DEFAULT METHODS === #

    def _default_role_id(self):
        return self.env.ref(
            "customer_success.customer_stakeholder_role_user", raise_if_not_found=False
        )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "role_id")
    def _compute_display_name(self):
        for stakeholder in self:
            stakeholder.display_name = (
                f"{stakeholder.partner_id.name or ''} ({stakeholder.role_id.name})"
            )

    # === BUSINESS METHODS === #

    @api.model
    def _get_chain_day(self):
        """Return the day whose chain is shown: that of the context, else today."""
        day = fields.Date.to_date(self.env.context.get("customer_day") or False)
        return day or self.env.company._get_customer_today()

    @api.model
    def _domain_of_day(self, day):
        """Return the domain of the rows that are valid on a day."""
        return Domain("date_from", "<=", day) & (
            Domain("date_to", "=", False) | Domain("date_to", ">", day)
        )

    def _filter_valid(self, day=None):
        """Return those of these rows that are not over on a day (today)."""
        return self.filtered(
            lambda row: (
                not row.date_to
                or row.date_to > (day or row.company_id._get_customer_today())
            )
        )
