from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerTier(models.Model):
    _name = "customer.tier"
    _description = "Customer Tier"
    _inherit = ["customer.finite.mixin"]
    _order = "lower_bound desc, id"
    _rec_names_search = ["name", "code"]

    scorecard_id = fields.Many2one(
        "customer.scorecard", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True)
    name = fields.Char(required=True, translate=True, help="For instance: S (core).")
    code = fields.Char(required=True, help="Short name shown on badges, such as S.")
    lower_bound = fields.Float(
        digits=(6, 2),
        help="Lowest total (4 to 40) of this tier. A total equal to it belongs to"
        " this tier.",
    )
    color = fields.Integer(help="Colour of the badge in kanban and lists.")
    retier_months = fields.Integer(
        "Tier review every (months)",
        default=3,
        help="Months from one tier review to the next; reviews fall on month ends.",
    )
    evaluation_months = fields.Integer(
        "Evaluation every (months)",
        default=6,
        help="Months from one evaluation of the care plan to the next.",
    )
    entitlements = fields.Text(
        translate=True, help="What a customer of this tier is entitled to."
    )

    _code_uniq = models.Constraint(
        "UNIQUE (scorecard_id, code)", "A scorecard has each tier code only once."
    )
    _bound_uniq = models.Constraint(
        "UNIQUE (scorecard_id, lower_bound)",
        "Two tiers of one scorecard cannot start at the same total.",
    )
    _bound_finite = models.Constraint(
        "CHECK (lower_bound >= 0 AND lower_bound < 'Infinity')",
        "The lower bound of a tier must be 0 or more.",
    )
    _months_positive = models.Constraint(
        "CHECK (retier_months > 0 AND evaluation_months > 0)",
        "Tier reviews and evaluations need at least one month between them.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "scorecard_id.state")
    def _compute_display_name(self):
        for tier in self:
            tier.display_name = tier.name

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers.scorecard_id._check_editable()
        tiers.scorecard_id._check_set_when_active()
        return tiers

    def write(self, vals):
        if set(vals) - self._get_always_editable_fields():
            self.scorecard_id._check_editable()
        result = super().write(vals)
        self.scorecard_id._check_set_when_active()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.scorecard_id._check_editable()
        scorecards = self.scorecard_id.filtered(lambda card: card.state == "active")
        if scorecards:
            raise UserError(
                self.env._(
                    "Tier %(tier)s belongs to the active scorecard %(scorecard)s and"
                    " cannot be deleted. Make a new version instead.",
                    tier=self[0].name,
                    scorecard=scorecards[0].name,
                )
            )

    @api.model
    def _get_always_editable_fields(self):
        """Return the fields that do not change a result already given."""
        return {"name", "color", "evaluation_months", "entitlements"}
