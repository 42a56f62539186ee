from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import INSIGHT_MONTHS, STRATEGY_MONTHS

# Kinds of insight, in the order in which they are read.
NEEDS = [
    ("pain", "Pain Point"),
    ("itch", "Itch Point"),
    ("delight", "Delight Point"),
    ("short_goal", "Short-Term Goal"),
    ("long_strategy", "Long-Term Strategy"),
    ("latent_need", "Latent Need"),
]
SURROUNDINGS = [
    ("organisation", "Organisation Change"),
    ("industry_note", "Industry Note"),
    ("policy_note", "Policy Note"),
    ("competitor", "Competitor"),
]


class CustomerInsight(models.Model):
    """One thing we know about what a customer needs or what happens around him."""

    _name = "customer.insight"
    _description = "Insight"
    _inherit = ["customer.fact.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    kind = fields.Selection(
        NEEDS + SURROUNDINGS, required=True, default="pain", group_expand=True
    )
    name = fields.Char(
        "In One Line", required=True, help="As you would tell a colleague."
    )
    description = fields.Text("Details")
    competitor_name = fields.Char("Competitor's Name")
    date = fields.Date("Learned On", required=True, default=fields.Date.context_today)
    date_expiry = fields.Date(
        "Valid Until",
        compute="_compute_date_expiry",
        store=True,
        readonly=False,
        precompute=True,
        help="Proposed from the kind: 12 months, 36 for a long-term strategy. Empty:"
        " holds until somebody archives it.",
    )
    is_expired = fields.Boolean(
        "Expired", compute="_compute_is_expired", search="_search_is_expired"
    )
    source = fields.Selection(
        [
            ("interview", "Interview"),
            ("questionnaire", "Questionnaire"),
            ("meeting", "Meeting or Visit"),
            ("industry_report", "Industry Report"),
            ("public_information", "Public Information"),
            ("service", "Service or Complaint"),
            ("other", "Other"),
        ],
        default="interview",
        required=True,
    )
    stakeholder_id = fields.Many2one(
        "customer.stakeholder",
        "Who Said It",
        domain="[('profile_id', '=', profile_id)]",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
    )
    interaction_id = fields.Many2one(
        "customer.interaction",
        "Said In",
        domain="[('profile_id', '=', profile_id)]",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        "res.users",
        "Noted By",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    active = fields.Boolean(default=True)

    _dates_in_order = models.Constraint(
        "CHECK (date_expiry IS NULL OR date_expiry >= date)",
        "An insight cannot expire before the day it was learned.",
    )
    _profile_date_idx = models.Index("(profile_id, date)")

    # === COMPUTE METHODS === #

    @api.depends("kind", "date")
    def _compute_date_expiry(self):
        for insight in self:
            months = (
                STRATEGY_MONTHS if insight.kind == "long_strategy" else INSIGHT_MONTHS
            )
            insight.date_expiry = insight.date and (
                insight.date + relativedelta(months=months)
            )

    @api.depends("date_expiry")
    def _compute_is_expired(self):
        for insight in self:
            today = (insight.company_id or self.env.company)._get_customer_today()
            insight.is_expired = bool(
                insight.date_expiry and insight.date_expiry < today
            )

    def _search_is_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._get_customer_today()
        current = Domain("date_expiry", "=", False) | Domain("date_expiry", ">=", today)
        if True in value and False in value:
            return Domain.TRUE
        return ~current if True in value else current

    # === CONSTRAINT METHODS === #

    @api.constrains("stakeholder_id", "interaction_id")
    def _check_same_customer(self):
        for insight in self:
            for name in ("stakeholder_id", "interaction_id"):
                if insight[name] and insight[name].profile_id != insight.profile_id:
                    raise ValidationError(
                        self.env._(
                            "%(insight)s, %(field)s: this is about %(other)s, not about"
                            " %(customer)s.",
                            insight=insight.name,
                            field=self._fields[name]._description_string(self.env),
                            other=insight[name].profile_id.display_name,
                            customer=insight.profile_id.display_name,
                        )
                    )

    @api.constrains("date")
    def _check_date_not_in_the_future(self):
        for insight in self:
            # somebody east of the company may be a day ahead
            latest = insight.company_id._get_customer_today() + relativedelta(days=1)
            if insight.date > latest:
                raise ValidationError(
                    self.env._(
                        "%(insight)s: nobody can have learned it on %(date)s, a day in"
                        " the future.",
                        insight=insight.name,
                        date=insight.date,
                    )
                )
