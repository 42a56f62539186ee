from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..const import REQUEST_MONTHS

MANAGER = "customer_success.group_customer_success_manager"
# What the person who asks says; everything else is set by the buttons and the reviews.
ASKED_FIELDS = {"profile_id", "wished_tier_id", "reason", "date_end"}
OUTCOMES = [
    ("pending", "Not known yet"),
    ("kept", "As wished"),
    ("fell", "Below the wish"),
    ("rose", "Above the wish"),
]


class CustomerTierRequest(models.Model):
    """A wished tier, or a downgrade that waits for approval.

    An approved wish holds the tier against every run until its end date; the review
    as of the day after decides again. Nobody edits a request: who changes his mind
    withdraws it and asks again.
    """

    _name = "customer.tier.request"
    _description = "Tier Request"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    profile_id = fields.Many2one(
        "customer.profile", "Customer", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(related="profile_id.user_id")
    company_id = fields.Many2one(
        related="profile_id.company_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    kind = fields.Selection(
        [("wish", "Wish"), ("downgrade", "Downgrade to approve")],
        default="wish",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("ended", "Ended"),
            ("withdrawn", "Withdrawn"),
            ("replaced", "Replaced by a newer one"),
            ("expired", "Expired"),
            ("merged", "Customer merged"),
        ],
        "Status",
        default="waiting",
        required=True,
        readonly=True,
    )

    # what is asked
    scorecard_id = fields.Many2one(
        "customer.scorecard", compute="_compute_scorecard_id"
    )
    from_tier_id = fields.Many2one(
        "customer.tier", "Tier When Asked", readonly=True, ondelete="restrict"
    )
    wished_tier_id = fields.Many2one(
        "customer.tier",
        required=True,
        ondelete="restrict",
        domain="[('scorecard_id', '=', scorecard_id)]",
        help="The present one to keep it whatever the next reviews say.",
    )
    tier_today_id = fields.Many2one(related="profile_id.tier_today_id")
    reason = fields.Text()
    date_end = fields.Date(
        "Until",
        help="Last day on which the tier is held. The day after, a review decides.",
    )
    total = fields.Float(
        "Tier Total",
        digits=(6, 2),
        readonly=True,
        aggregator="avg",
        help="Of the review that proposes a downgrade.",
    )
    date_proposed = fields.Date("As of", readonly=True)
    run_id = fields.Many2one(
        "customer.run", readonly=True, index="btree_not_null", ondelete="set null"
    )
    requester_id = fields.Many2one(
        "res.users",
        "Asked By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: proposed by a tier review.",
    )
    requested_datetime = fields.Datetime("Asked On", readonly=True)

    # what was decided
    decider_id = fields.Many2one(
        "res.users", "Decided By", readonly=True, ondelete="restrict"
    )
    decided_datetime = fields.Datetime("Decided On", readonly=True)
    decision_note = fields.Text(readonly=True)
    can_decide = fields.Boolean(compute="_compute_rights")
    can_withdraw = fields.Boolean(compute="_compute_rights")

    # how it turned out
    review_ids = fields.One2many("customer.tier.request.review", "request_id")
    end_tier_id = fields.Many2one(
        "customer.tier",
        "Tier at the End",
        readonly=True,
        ondelete="restrict",
        help="By the figures of the review on the day after the end.",
    )
    end_outcome = fields.Selection(OUTCOMES[1:], "At the End", readonly=True)
    later_tier_id = fields.Many2one(
        "customer.tier",
        "Tier Two Reviews Later",
        readonly=True,
        ondelete="restrict",
        help="By the figures of the second tier review after the end.",
    )
    outcome = fields.Selection(OUTCOMES, "Two Reviews Later", readonly=True)

    _waiting_uniq = models.UniqueIndex(
        "(profile_id, kind) WHERE state = 'waiting'",
        "A request for this customer already waits for a decision.",
    )
    _approved_uniq = models.UniqueIndex(
        "(profile_id) WHERE state = 'approved' AND kind = 'wish'",
        "The tier of this customer is already held by a request.",
    )
    # what a range of a run asks first: whether there is anything at all
    _open_idx = models.Index(
        "(company_id, profile_id) WHERE state = 'waiting'"
        " OR (state = 'approved' AND kind = 'wish') OR outcome = 'pending'"
    )
    _wish_complete = models.Constraint(
        "CHECK (kind = 'downgrade' OR (date_end IS NOT NULL AND TRIM(reason) <> ''"
        " AND reason IS NOT NULL AND requester_id IS NOT NULL))",
        "A request needs a reason and an end date.",
    )

    # === COMPUTE METHODS === #

    @api.depends("profile_id", "wished_tier_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            request.display_name = self.env._(
                "%(customer)s: %(old)s → %(new)s",
                customer=request.profile_id.display_name,
                old=request.from_tier_id.name or self.env._("not rated"),
                new=request.wished_tier_id.name,
            )

    @api.depends("profile_id")
    def _compute_scorecard_id(self):
        for company, requests in self.grouped("company_id").items():
            requests.scorecard_id = self.env["customer.scorecard"]._get_active(
                company, "tier"
            )

    @api.depends("state", "kind", "requester_id", "user_id")
    @api.depends_context("uid")
    def _compute_rights(self):
        user = self.env.user
        is_manager = user.has_group(MANAGER)
        for request in self:
            waiting = bool(request.id) and request.state == "waiting"
            request.can_decide = waiting and is_manager and request.requester_id != user
            request.can_withdraw = (
                waiting
                and request.kind == "wish"
                and user in (request.requester_id | request.user_id)
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        defaults = {
            name.removeprefix("default_")
            for name in self.env.context
            if name.startswith("default_")
        }
        vals_list = [self._prepare_wish_vals(vals, defaults) for vals in vals_list]
        requests = super().create(vals_list)
        requests._schedule_decision()
        return requests

    def _prepare_wish_vals(self, vals, defaults):
        """Return the values of a new wish of this user; raise when he may not ask."""
        forced = (defaults | set(vals)) & set(self._fields) - ASKED_FIELDS
        forced -= {"company_id", "scorecard_id", "message_follower_ids"}
        if forced:
            raise AccessError(
                self.env._(
                    "%s of a request is set by its buttons.",
                    self._fields[min(forced)]._description_string(self.env),
                )
            )
        vals = {**self.default_get(sorted(ASKED_FIELDS)), **vals}
        profile = self.env["customer.profile"].browse(vals.get("profile_id"))
        profile._check_may_ask_tier()
        tier = self.env["customer.tier"].browse(vals.get("wished_tier_id"))
        self._check_tier(profile, tier)
        self._check_end(profile, fields.Date.to_date(vals.get("date_end")))
        if not (vals.get("reason") or "").strip():
            raise UserError(self.env._("Say why: a manager decides on your reason."))
        return {
            **{name: vals.get(name) for name in ASKED_FIELDS},
            "kind": "wish",
            "state": "waiting",
            "from_tier_id": profile.tier_id.id,
            "requester_id": self.env.uid,
            "requested_datetime": fields.Datetime.now(),
        }

    def _check_tier(self, profile, tier):
        """Raise unless a tier is one of the active scorecard of a customer."""
        cards = self.env["customer.scorecard"]
        if tier.scorecard_id != cards._get_active(profile.company_id, "tier"):
            raise UserError(
                self.env._(
                    "%(tier)s is not a tier of the active scorecard of %(company)s.",
                    tier=tier.name or "",
                    company=profile.company_id.name,
                )
            )

    def _check_end(self, profile, date_end):
        """Raise unless an end date comes after today and within the allowed time."""
        today = profile.company_id._get_customer_today()
        latest = today + relativedelta(months=REQUEST_MONTHS)
        if not date_end or not today < date_end <= latest:
            raise UserError(
                self.env._(
                    "The end date must come after today, %(today)s, and not after"
                    " %(latest)s.",
                    today=format_date(self.env, today),
                    latest=format_date(self.env, latest),
                )
            )
