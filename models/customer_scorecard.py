from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .customer_scorecard_metric import MONEY_METRICS

# What the button Activate notes, beside the status.
ACTIVATION = {"date_active", "replaced_id"}


class CustomerScorecard(models.Model):
    """How customers are scored: a version of the rules for tier or for health."""

    _name = "customer.scorecard"
    _description = "Scorecard"
    _inherit = ["customer.finite.mixin"]
    _order = "kind desc, company_id, state, version desc, id desc"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("tier", "Tier"), ("health", "Health")], required=True, default="tier"
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("retired", "Retired")],
        "Status",
        default="draft",
        required=True,
        copy=False,
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Empty: for every company that has no active scorecard of its own.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        help="Currency of the money thresholds. In a company with another currency"
        " the amount is unknown until that company has its own scorecard.",
    )
    dimension_ids = fields.One2many(
        "customer.scorecard.dimension", "scorecard_id", copy=True
    )
    metric_ids = fields.One2many(
        "customer.scorecard.metric", "scorecard_id", "Metrics", copy=False
    )
    scales = fields.Html(
        compute="_compute_scales",
        sanitize=False,
        help="What earns how many points, in words.",
    )
    tier_ids = fields.One2many(
        "customer.tier", "scorecard_id", string="Tiers", copy=True
    )
    max_total = fields.Float(
        "Highest Total",
        digits=(6, 2),
        default=40.0,
        help="Total of ten points everywhere.",
    )
    unknown_points = fields.Float(
        "Points of an unknown dimension",
        digits=(4, 1),
        default=5.5,
        help="Points (1 to 10) that an unknown dimension counts in the tier total."
        " It is left out of health.",
    )
    dormant_tier_code = fields.Char(
        "Dormant customers at most",
        default="C",
        help="Code of the best tier a customer without a sale in 12 months can have."
        " Used when the company has the dormancy cap switched on.",
    )
    healthy_bound = fields.Float(
        "Healthy from", digits=(6, 2), default=70.0, help="Lowest health score (0-100)."
    )
    watch_bound = fields.Float(
        "Watch from", digits=(6, 2), default=40.0, help="Lowest health score (0-100)."
    )
    minimum_confidence = fields.Float(
        digits=(4, 2),
        default=0.5,
        help="Below this share of known data a healthy customer shows as watch (0-1).",
    )
    date_active = fields.Date(
        "Active Since", readonly=True, copy=False, help="Day of its activation."
    )
    replaced_id = fields.Many2one(
        "customer.scorecard",
        "Took Over From",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The version that was active before.",
    )
    is_used = fields.Boolean(
        compute="_compute_is_used", help="Scores refer to it: it cannot be changed."
    )
    note = fields.Text()

    _active_uniq = models.UniqueIndex(
        "(kind, COALESCE(company_id, 0)) WHERE state = 'active'",
        "Only one scorecard of a kind can be active for a company.",
    )
    _figures_finite = models.Constraint(
        "CHECK (max_total > 0 AND max_total < 'Infinity'"
        " AND unknown_points >= 1 AND unknown_points <= 10"
        " AND minimum_confidence >= 0 AND minimum_confidence <= 1)",
        "The highest total must be positive, points of an unknown dimension between 1"
        " and 10, the minimum confidence between 0 and 1.",
    )
    _bounds_ordered = models.Constraint(
        "CHECK (watch_bound >= 0 AND healthy_bound > watch_bound"
        " AND healthy_bound <= 100)",
        "Health bands: 0 ≤ watch < healthy ≤ 100.",
    )

    # === COMPUTE METHODS === #

    def _compute_is_used(self):
        used = {
            scorecard.id
            for [scorecard] in self.env["customer.score"]
            .sudo()  # sudo: whether any score exists, whoever may see it
            ._read_group([("scorecard_id", "in", self.ids)], ["scorecard_id"])
        }
        for scorecard in self:
            scorecard.is_used = scorecard.id in used

    @api.depends("dimension_ids.metric_ids", "currency_id")
    @api.depends_context("lang")
    def _compute_scales(self):
        for scorecard in self:
            scorecard.scales = self.env["customer.explanation"]._render_scales(
                scorecard
            )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for scorecard in self:
            scorecard.display_name = self.env._(
                "%(name)s, version %(version)s",
                name=scorecard.name,
                version=scorecard.version,
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("state", "max_total", "unknown_points", "currency_id")
    def _check_set_when_active(self):
        """Check active scorecards as a whole; drafts may be incomplete."""
        for scorecard in self:
            if scorecard.state == "active":
                scorecard._check_set()

    def _check_set(self):
        self.ensure_one()
        self._check_dimensions()
        if self.kind == "tier":
            self._check_tiers()

    def _check_dimensions(self):
        weighted = self.dimension_ids.filtered("weight")
        if not weighted:
            raise ValidationError(
                self.env._(
                    "Scorecard %s needs at least one dimension with a weight above 0.",
                    self.name,
                )
            )
        for dimension in weighted:
            if not dimension.metric_ids:
                raise ValidationError(
                    self.env._(
                        "Scorecard %(scorecard)s: dimension %(dimension)s has a weight"
                        " but no metric.",
                        scorecard=self.name,
                        dimension=dimension.name,
                    )
                )
        codes = self.dimension_ids.metric_ids.mapped("code")
        if not self.currency_id and any(code in MONEY_METRICS for code in codes):
            raise ValidationError(
                self.env._(
                    "Scorecard %s has money thresholds: enter their currency.",
                    self.name,
                )
            )

    def _check_tiers(self):
        if not self.tier_ids:
            raise ValidationError(self.env._("Scorecard %s has no tier.", self.name))
        lowest = min(self.tier_ids, key=lambda tier: tier.lower_bound)
        # Every dimension has at least one point of ten.
        if lowest.lower_bound > self.max_total / 10:
            raise ValidationError(
                self.env._(
                    "Scorecard %(scorecard)s: totals below %(bound)s would have no"
                    " tier; the lowest tier %(tier)s must start at %(lowest)s or less.",
                    scorecard=self.name,
                    bound=lowest.lower_bound,
                    tier=lowest.name,
                    lowest=self.max_total / 10,
                )
            )
        self._check_tiers_reachable()
        if self.dormant_tier_code not in self.tier_ids.mapped("code"):
            raise ValidationError(
                self.env._(
                    "Scorecard %(scorecard)s: there is no tier with the code %(code)s"
                    " for dormant customers.",
                    scorecard=self.name,
                    code=self.dormant_tier_code,
                )
            )

    def _check_tiers_reachable(self):
        """Raise when no combination of points reaches a tier."""
        tiers = self.tier_ids.sorted("lower_bound")
        lowest, highest = self.max_total / 10, self._get_highest_total()
        for tier, next_tier in pairwise(tiers):
            if next_tier.lower_bound <= lowest:
                raise ValidationError(
                    self.env._(
                        "Scorecard %(scorecard)s: nobody can be in tier %(tier)s, the"
                        " lowest total is %(total)s and tier %(next)s starts at"
                        " %(bound)s.",
                        scorecard=self.name,
                        tier=tier.name,
                        total=lowest,
                        next=next_tier.name,
                        bound=next_tier.lower_bound,
                    )
                )
        if tiers[-1].lower_bound > highest:
            raise ValidationError(
                self.env._(
                    "Scorecard %(scorecard)s: nobody can reach tier %(tier)s, it starts"
                    " at %(bound)s and the highest total is %(total)s.",
                    scorecard=self.name,
                    tier=tiers[-1].name,
                    bound=tiers[-1].lower_bound,
                    total=highest,
                )
            )

    def _get_highest_total(self, company=None):
        """Return the total of ten points in everything that can be known.

        Of a company with another currency than the money thresholds the amounts are
        never known: a dimension of nothing else counts the points of an unknown one.
        """
        company = company or self.company_id
        is_foreign = company and company.currency_id != self.currency_id
        weighted = self.dimension_ids.filtered("weight")
        reached = sum(
            dimension.weight
            * (
                self.unknown_points
                if is_foreign
                and set(dimension.metric_ids.mapped("code")) <= set(MONEY_METRICS)
                else 10
            )
            for dimension in weighted
        )
        share = reached / (10 * sum(weighted.mapped("weight")))
        return round(self.max_total * share, 2)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state", "draft") != "draft" or set(vals) & ACTIVATION:
                self._check_may_set_status()
        return super().create(vals_list)

    def write(self, vals):
        if set(vals) & {"state", *ACTIVATION}:
            self._check_may_set_status()
        if set(vals) - {"state", "name", "note", *ACTIVATION}:
            self._check_editable()
        result = super().write(vals)
        self.check_access("write")  # not moved to a company of others
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_editable()

    def _check_may_set_status(self):
        """Raise when somebody changes the status past the button."""
        if not self.env.su:
            raise AccessError(
                self.env._("Activate a scorecard with its button: scores follow it.")
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for scorecard, vals in zip(self, vals_list, strict=True):
            vals.setdefault("version", scorecard._get_next_version())
        return vals_list

    def _get_next_version(self):
        self.ensure_one()
        family = self.search([("kind", "=", self.kind)], order="version desc", limit=1)
        return family.version + 1

    def _check_editable(self):
        """Raise when scores refer to one of these scorecards."""
        used = self.filtered("is_used")
        if used:
            raise UserError(
                self.env._(
                    "%s has already scored customers and cannot be changed or deleted:"
                    " its results must stay explainable. Make a new version instead.",
                    used[0].display_name,
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _get_active(self, company, kind):
        """Return the active scorecard of a company: its own, else the shared one."""
        return self.search(
            [
                ("kind", "=", kind),
                ("state", "=", "active"),
                ("company_id", "in", [company.id, False]),
            ],
            order="company_id",  # NULLS LAST: the company's own comes first
            limit=1,
        )

    def _get_companies(self):
        """Return the companies whose customers this scorecard scores when active."""
        self.ensure_one()
        if self.company_id:
            return self.company_id
        # sudo: a shared scorecard is for companies that the manager may not see too
        companies_sudo = self.env["res.company"].sudo().search([])
        own = self.sudo().search(
            [
                ("kind", "=", self.kind),
                ("state", "=", "active"),
                ("company_id", "!=", False),
            ]
        )
        return companies_sudo - own.company_id
