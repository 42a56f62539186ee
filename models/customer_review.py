from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

# Kept by the system: never written by a client.
SYSTEM_FIELDS = {
    "action_due_count",
    "action_done_count",
    "action_unmet_count",
    "compliance_rate",
    "compliance_state",
    "date_due",
    "date_figures",
    "date_held",
    "held_user_id",
    "indicator_ids",
    "raised_user_id",
    "state",
    "tier_id",
    "unmet_action_ids",
}
# What an evaluation says once it was held.
HELD_FIELDS = {
    "conclusion",
    "date_from",
    "date_to",
    "decision_ids",
    "plan_id",
    "user_ids",
}


class CustomerReview(models.Model):
    """The evaluation of one customer and one period: figures, causes, decisions.

    Made by the job when a period of the tier ends (``_create_due``) or by hand. The
    figures are frozen in its lines; people add why actions were unmet, conclusion and
    decisions, which become actions when the evaluation is held.
    """

    _name = "customer.review"
    _description = "Evaluation"
    _inherit = ["customer.fact.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "customer.care.plan",
        "Care Plan",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('profile_id', '=', profile_id)]",
    )
    tier_id = fields.Many2one(
        "customer.tier",
        "Tier Then",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    date_from = fields.Date("Period From", required=True)
    date_to = fields.Date(
        "Period Until",
        required=True,
        index=True,
        help="Last day of the period, inclusive.",
    )
    date_due = fields.Date("Hold Until", readonly=True, index=True)
    date_figures = fields.Date(
        "Figures As Of", readonly=True, help="Day on which the figures were frozen."
    )
    state = fields.Selection(
        [("draft", "To Hold"), ("held", "Held"), ("skipped", "Skipped")],
        "Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_late = fields.Boolean(
        "Late", compute="_compute_is_late", search="_search_is_late"
    )
    user_id = fields.Many2one(related="profile_id.user_id")
    raised_user_id = fields.Many2one(
        "res.users", "Reminded", readonly=True, copy=False, help="Who got the activity."
    )

    # what it says
    indicator_ids = fields.One2many(
        "customer.review.indicator", "review_id", "Indicators", readonly=True
    )
    goal_ids = fields.One2many(related="plan_id.goal_ids", string="Goals")
    unmet_action_ids = fields.Many2many(
        "customer.care.action",
        "customer_review_unmet_action_rel",
        "review_id",
        "action_id",
        "Unmet Actions",
        readonly=True,
        copy=False,
        help="Due in the period and not done, when the figures were frozen.",
    )
    action_due_count = fields.Integer("Actions Due", readonly=True, copy=False)
    action_done_count = fields.Integer("Done in Time", readonly=True, copy=False)
    action_unmet_count = fields.Integer("Not Done", readonly=True, copy=False)
    compliance_rate = fields.Float(
        "Plan Compliance",
        digits=(5, 4),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Actions done in time / actions due in the period, 0 to 1.",
    )
    compliance_state = fields.Selection(
        [("known", "Known"), ("none", "No action was due")],
        "Compliance Is",
        readonly=True,
        copy=False,
    )

    # what people add
    user_ids = fields.Many2many(
        "res.users",
        "customer_review_users_rel",
        "review_id",
        "user_id",
        "Participants",
        domain=[("share", "=", False)],
    )
    decision_ids = fields.One2many("customer.review.decision", "review_id", "Decisions")
    conclusion = fields.Text(
        help="What the period was like, and what follows from it. For a skipped"
        " evaluation: why."
    )
    date_held = fields.Date("Held On", readonly=True, copy=False)
    held_user_id = fields.Many2one(
        "res.users", "Held By", readonly=True, copy=False, ondelete="restrict"
    )

    _profile_period_uniq = models.UniqueIndex(
        "(profile_id, date_to)",
        "There is an evaluation of this customer for this period already.",
    )
    _period_order = models.Constraint(
        "CHECK (date_from <= date_to)", "A period cannot end before it starts."
    )
    _held_dated = models.Constraint(
        "CHECK ((state = 'draft') = (date_held IS NULL))",
        "An evaluation that was held or skipped has a day, another one has none.",
    )

    # === COMPUTE METHODS === #

    @api.depends("profile_id", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._(
                "%(customer)s: evaluation until %(date)s",
                customer=review.profile_id.display_name,
                date=format_date(self.env, review.date_to),
            )

    @api.depends("state", "date_due")
    def _compute_is_late(self):
        for review in self:
            review.is_late = (
                review.state == "draft"
                and review.date_due
                and review.date_due < review.company_id._get_customer_today()
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "=", "draft") & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_due", "<", company._get_customer_today())
            for company in self.env["res.company"].sudo().search([])  # sudo: days only
        )
        return (late if True in value else Domain.FALSE) | (
            ~late if False in value else Domain.FALSE
        )

    # === CONSTRAINT METHODS === #

    @api.constrains("date_from", "date_to")
    def _check_length(self):
        for review in self:
            if fields.Date.add(review.date_from, years=1) <= review.date_to:
                raise ValidationError(
                    self.env._(
                        "%s, From: the period of an evaluation is one year at most.",
                        review.display_name,
                    )
                )

    # === ONCHANGE METHODS === #

    @api.onchange("profile_id")
    def _onchange_profile_id(self):
        """Propose the last period of the customer's tier and his running plan."""
        if self.profile_id:
            self.update(self._prepare_period_vals(self.profile_id._origin))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_no_system_field(SYSTEM_FIELDS & set(vals))
        self._check_customers_seen(vals_list)
        default = self.env.context.get("default_profile_id")
        for vals in vals_list:
            profile = self.env["customer.profile"].browse(
                vals.get("profile_id", default)
            )
            if profile and not (vals.get("date_from") and vals.get("date_to")):
                vals.update({**self._prepare_period_vals(profile), **vals})
        cleaned = self._without_defaults(SYSTEM_FIELDS)
        reviews = super(CustomerReview, cleaned).create(vals_list)
        # sudo: system fields; who may create may have them
        reviews_sudo = reviews.sudo()
        for review in reviews_sudo:
            review.write(review._prepare_system_vals())
        reviews_sudo._freeze()
        return reviews

    def write(self, vals):
        self._check_no_system_field(SYSTEM_FIELDS & set(vals))
        if HELD_FIELDS & set(vals):
            self._check_draft()
        result = super().write(vals)
        if {"date_from", "date_to"} & set(vals):
            self.sudo()._freeze()  # sudo: the figures of the new period
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        held = self.filtered(lambda review: review.state == "held")
        if held:
            raise UserError(self.env._("%s was held and stays.", held[0].display_name))

    def _check_draft(self):
        """Raise unless these evaluations are still to be held."""
        over = self.filtered(lambda review: review.state != "draft")
        if over and not self.env.su:
            raise UserError(
                self.env._(
                    "%s was held or skipped: reopen it first.", over[0].display_name
                )
            )
