from odoo import api, fields, models


class CustomerScorecardDimension(models.Model):
    _name = "customer.scorecard.dimension"
    _description = "Scorecard Dimension"
    _inherit = ["customer.finite.mixin"]
    _order = "scorecard_id, sequence, id"

    scorecard_id = fields.Many2one(
        "customer.scorecard", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True)
    kind = fields.Selection(related="scorecard_id.kind")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    weight = fields.Float(
        digits=(6, 2),
        default=1.0,
        help="Share of this dimension in the total, relative to the other weights."
        " 0 leaves it out.",
    )
    metric_ids = fields.One2many(
        "customer.scorecard.metric", "dimension_id", string="Metrics", copy=True
    )

    _weight_finite = models.Constraint(
        "CHECK (weight >= 0 AND weight < 'Infinity')",
        "The weight of a dimension must be 0 or more.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        dimensions = super().create(vals_list)
        dimensions.scorecard_id._check_editable()
        dimensions.scorecard_id._check_set_when_active()
        return dimensions

    def write(self, vals):
        if set(vals) - {"name"}:
            self.scorecard_id._check_editable()
        result = super().write(vals)
        self.scorecard_id._check_set_when_active()
        return result

    def unlink(self):
        scorecards = self.scorecard_id
        result = super().unlink()
        scorecards._check_set_when_active()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.scorecard_id._check_editable()
