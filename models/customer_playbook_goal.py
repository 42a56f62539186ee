from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What a plan can be measured by.
METRICS = [
    ("additional_purchase", "Yearly additional-purchase rate"),
    ("satisfaction", "Satisfaction (0-100)"),
    ("amount_12m", "Amount of 12 months"),
    ("order_count_12m", "Orders of 12 months"),
    ("health_score", "Health (0-100)"),
    ("overdue_rate", "Overdue share"),
    ("interactions", "Effective interactions a month"),
    ("executive_visits", "Executive visits of 12 months"),
    ("chain_coverage", "Coverage of the decision chain"),
    ("manual", "Entered by hand"),
]
# Figures that are a share: 0.15 is 15%.
RATES = {"additional_purchase", "overdue_rate", "chain_coverage"}
# Highest value that can be reached, where there is one.
LIMITS = {
    "satisfaction": 100,
    "health_score": 100,
    "overdue_rate": 1,
    "chain_coverage": 1,
}


class CustomerPlaybookGoal(models.Model):
    """What plans of a playbook shall reach."""

    _name = "customer.playbook.goal"
    _description = "Playbook Goal"
    _inherit = ["customer.finite.mixin"]
    _order = "playbook_id, sequence, id"

    playbook_id = fields.Many2one(
        "customer.playbook", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="playbook_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Goal", required=True, translate=True)
    metric = fields.Selection(METRICS, "Figure", required=True, default="manual")
    target_kind = fields.Selection(
        [("value", "Reaches this value"), ("growth", "Grows by this share")],
        "Measured As",
        required=True,
        default="value",
        help="Value: the figure itself. Growth: compared with the start of the plan.",
    )
    target = fields.Float(
        required=True, digits=(16, 4), help="Rates as a share: 0.15 is 15%."
    )
    is_percent = fields.Boolean(compute="_compute_is_percent")

    # === COMPUTE METHODS === #

    @api.depends("metric", "target_kind")
    def _compute_is_percent(self):
        for goal in self:
            goal.is_percent = goal.target_kind == "growth" or goal.metric in RATES

    # === CONSTRAINT METHODS === #

    @api.constrains("metric", "target_kind", "target")
    def _check_target(self):
        """Refuse targets that nobody can miss or reach."""
        for goal in self:
            limit = LIMITS.get(goal.metric)
            is_above = goal.target_kind == "value" and limit and goal.target > limit
            if goal.target < 0 and goal.metric != "manual":
                problem = self.env._("a target is not negative")
            elif is_above:
                limit = f"{limit:.0%}" if goal.is_percent else limit
                problem = self.env._("at most %s can be reached", limit)
            elif goal.metric == "manual" and goal.target_kind == "growth":
                problem = self.env._(
                    "what is entered by hand reaches a value, it has no growth"
                )
            else:
                continue
            raise ValidationError(
                self.env._(
                    "%(playbook)s, goal %(goal)s, field Target: %(problem)s.",
                    playbook=goal.playbook_id.name,
                    goal=goal.name,
                    problem=problem,
                )
            )
