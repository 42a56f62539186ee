from odoo import api, fields, models

CARD_FIELDS = {
    "tier": ("currency_id", "max_total", "unknown_points", "dormant_tier_code"),
    "health": ("healthy_bound", "watch_bound", "minimum_confidence"),
}


class CustomerScorecard(models.Model):
    """Says in words what a version changes."""

    _inherit = "customer.scorecard"

    compared_id = fields.Many2one(
        "customer.scorecard",
        "Compared With",
        compute="_compute_compared_id",
        help="A draft is compared with the active version, a version in force with the"
        " one it took over from.",
    )
    changes = fields.Html("What Changes", compute="_compute_changes", sanitize=False)
    customer_count = fields.Integer(
        "Customers Scored",
        compute="_compute_customer_count",
        help="Customers that the active scorecard rates today.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "kind", "company_id", "replaced_id")
    def _compute_compared_id(self):
        for scorecard in self:
            scorecard.compared_id = scorecard.replaced_id
            if scorecard.state != "active" and scorecard.kind:
                active = scorecard._get_active(scorecard.company_id, scorecard.kind)
                if active != scorecard._origin:
                    scorecard.compared_id = active

    @api.depends_context("lang")
    @api.depends("compared_id", "state")
    def _compute_changes(self):
        for scorecard in self:
            scorecard.changes = self.env["ir.qweb"]._render(
                "customer_success.customer_scorecard_changes",
                {"changes": scorecard._get_changes(), "other": scorecard.compared_id},
            )

    @api.depends("state")
    @api.depends_context("company")
    def _compute_customer_count(self):
        groups = self.env["customer.profile"]._read_group(
            [("rating_state", "=", "rated")], ["company_id"], ["__count"]
        )
        counts = {company.id: count for company, count in groups}
        for scorecard in self:
            companies = self.env["res.company"]
            if scorecard.state == "active":
                companies = scorecard._get_companies()
            scorecard.customer_count = sum(
                counts.get(company_id, 0) for company_id in companies.ids
            )

    # === BUSINESS METHODS === #

    def _get_changes(self):
        """Return (what, before, after) of everything that differs, in words."""
        self.ensure_one()
        other = self.compared_id
        if not other:
            return []
        changes = []
        for old, new in (
            (other._describe_card(), self._describe_card()),
            (other._describe_dimensions(), self._describe_dimensions()),
            (other._describe_tiers(), self._describe_tiers()),
        ):
            changes += [
                (key, old.get(key, "–"), new.get(key, "–"))
                for key in [*old, *(key for key in new if key not in old)]
                if old.get(key) != new.get(key)
            ]
        return changes

    def _describe_card(self):
        return {
            self._fields[name]._description_string(self.env): self._describe(name)
            for name in CARD_FIELDS[self.kind]
        }

    def _describe(self, name):
        value = self[name]
        if self._fields[name].type == "many2one":
            return value.name or "–"
        if self._fields[name].type == "float":
            return self._format_number(value)
        return value or "–"

    def _format_number(self, value):
        return self.env["customer.explanation"]._format_number(value, 2)

    def _describe_dimensions(self):
        """Return weights and thresholds by the name of what they belong to."""
        words = {}
        for dimension in self.dimension_ids:
            words[self.env._("%s, weight", dimension.name)] = self._format_number(
                dimension.weight
            )
            for metric in dimension.metric_ids:
                name = f"{dimension.name}: {metric.display_name}"
                words[self.env._("%s, weight", name)] = self._format_number(
                    metric.weight
                )
                if not metric.is_rating:
                    words[self.env._("%s, points", name)] = self._describe_points(
                        metric
                    )
        return words

    def _describe_points(self, metric):
        direction = dict(metric._fields["direction"]._description_selection(self.env))
        return f"{direction[metric.direction]}: {metric.steps}"

    def _describe_tiers(self):
        if self.kind != "tier":
            return {}
        words = {}
        for tier in self.tier_ids.sorted("lower_bound", reverse=True):
            words[self.env._("Tier %s from", tier.code)] = self._format_number(
                tier.lower_bound
            )
            words[self.env._("Tier %s, months to its review", tier.code)] = str(
                tier.retier_months
            )
        return words
