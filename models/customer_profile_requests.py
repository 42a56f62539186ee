from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .customer_tier_request import MANAGER


class CustomerProfile(models.Model):
    """A customer and the requests about his tier."""

    _inherit = "customer.profile"

    tier_request_id = fields.Many2one(
        "customer.tier.request",
        "Held by Request",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The approved request that holds the tier until its end date.",
    )
    date_tier_held = fields.Date("Held Until", related="tier_request_id.date_end")
    tier_request_ids = fields.One2many("customer.tier.request", "profile_id")
    tier_request_count = fields.Integer(compute="_compute_tier_requests")
    tier_request_text = fields.Char(
        "Open Tier Request", compute="_compute_tier_requests"
    )
    can_ask_tier = fields.Boolean(compute="_compute_tier_requests")

    # === COMPUTE METHODS === #

    @api.depends("tier_request_ids.state", "user_id", "active", "rating_state")
    @api.depends_context("uid", "lang")
    def _compute_tier_requests(self):
        requests = self.env["customer.tier.request"].search_fetch(
            [("profile_id", "in", self._origin._with_merged().ids)],
            ["profile_id", "state", "kind", "wished_tier_id", "requester_id"],
        )
        by_profile = requests.grouped("profile_id")
        is_manager = self.env.user.has_group(MANAGER)
        for profile in self:
            saved = profile._origin  # on a form that is being edited
            own = by_profile.get(saved, requests.browse())
            waiting = own.filtered(lambda request: request.state == "waiting")
            profile.tier_request_count = sum(
                len(by_profile.get(member, ())) for member in saved._with_merged()
            )
            profile.tier_request_text = " · ".join(
                profile._describe_waiting(request) for request in waiting
            )
            profile.can_ask_tier = (
                bool(saved)
                and profile.active
                and profile.rating_state != "excluded"
                and (is_manager or profile.user_id == self.env.user)
                and "wish" not in waiting.mapped("kind")
            )

    def _describe_waiting(self, request):
        if request.kind == "wish":
            return self.env._(
                "%(person)s asks for %(tier)s",
                person=request.requester_id.name,
                tier=request.wished_tier_id.name,
            )
        return self.env._(
            "%s proposed, waits for a manager", request.wished_tier_id.name
        )

    # === ACTION METHODS === #

    def action_ask_tier(self):
        """Open the dialog in which the first responsible person asks for a tier."""
        self.ensure_one()
        self._check_may_ask_tier()
        view = self.env.ref("customer_success.customer_tier_request_view_form_ask")
        return {
            "name": self.env._("Ask for Another Tier"),
            "type": "ir.actions.act_window",
            "res_model": "customer.tier.request",
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {"default_profile_id": self.id},
        }

    def action_open_tier_requests(self):
        """Open the tier requests, those of merged customers included."""
        self.ensure_one()
        self.check_access("read")
        return self._open_family("customer_success.customer_tier_request_action")

    # === BUSINESS METHODS === #

    def _check_may_ask_tier(self):
        """Raise unless this user may ask for another tier of this customer now."""
        if not self:
            raise UserError(self.env._("Choose the customer whose tier you ask for."))
        self.check_access("read")
        if self.user_id != self.env.user and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Only the first responsible person of %s, or a manager, can ask for"
                    " another tier.",
                    self.display_name,
                )
            )
        if not self.active or self.is_not_rated or self.rating_state == "excluded":
            raise UserError(
                self.env._("%s is archived or left out of rating.", self.display_name)
            )
        if self.tier_request_ids.filtered(
            lambda request: request.state == "waiting" and request.kind == "wish"
        ):
            raise UserError(
                self.env._(
                    "A request for %s already waits for a decision: withdraw it first.",
                    self.display_name,
                )
            )

    def _describe_held(self):
        """Say for how long the tier of this customer is held, and what it would be."""
        return self.env._(
            "The tier of %(customer)s is held as %(tier)s until %(date)s by an approved"
            " request; by today's figures it would be %(today)s.",
            customer=self.display_name,
            tier=self.tier_id.name,
            date=format_date(self.env, self.date_tier_held),
            today=self.tier_today_id.name or self.env._("not rated"),
        )

    def _close_tier_requests(self):
        """Close what is open about customers that become part of others."""
        open_requests = self.tier_request_ids.filtered(
            lambda request: (
                request.state == "waiting"
                or request == request.profile_id.tier_request_id
            )
        )
        open_requests.outcome = False
        open_requests._close("merged")
        self.tier_request_id = False
