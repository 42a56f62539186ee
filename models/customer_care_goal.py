from odoo import api, fields, models
from odoo.tools import SQL, format_amount

from ..scoring import word_number, word_rate
from .customer_playbook_goal import METRICS, RATES

RESULTS = [
    ("reached", "Reached"),
    ("missed", "Missed"),
    ("to_evaluate", "To Be Evaluated"),
]
LOWER_IS_BETTER = {"overdue_rate"}
KNOWLEDGE = [("known", "Known"), ("unknown", "Unknown")]
# What the system works out: never written by a client (but an achieved value that is
# entered by hand).
SYSTEM_FIELDS = {"baseline", "baseline_state", "frozen", "frozen_state", "metric"}


class CustomerCareGoal(models.Model):
    """What a plan wants to reach, by a figure: where it stood, where it shall be.

    What is achieved is read from the customer's figures while the plan runs and kept
    when it ends.
    """

    _name = "customer.care.goal"
    _description = "Goal of a Care Plan"
    _inherit = ["customer.fact.mixin", "customer.finite.mixin"]
    _order = "plan_id, id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "customer.care.plan",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    name = fields.Char("Goal", required=True, translate=True)
    metric = fields.Selection(METRICS, "Figure", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    baseline = fields.Float(digits=(16, 4), aggregator=None)
    baseline_state = fields.Selection(
        KNOWLEDGE, "Baseline Is", required=True, default="unknown"
    )
    target = fields.Float(
        digits=(16, 4), aggregator=None, help="Rates as a share: 0.15 is 15%."
    )
    target_state = fields.Selection(
        KNOWLEDGE,
        "Target Is",
        required=True,
        default="known",
        help="A target of growth is unknown while the baseline is.",
    )
    frozen = fields.Float(digits=(16, 4), aggregator=None, copy=False)
    frozen_state = fields.Selection(KNOWLEDGE, copy=False)
    achieved = fields.Float(
        digits=(16, 4),
        aggregator=None,
        compute="_compute_achieved",
        inverse="_inverse_achieved",
        help="Of a running plan: as of the last figures. Of one that is over: then.",
    )
    achieved_state = fields.Selection(
        KNOWLEDGE, "Achieved Is", compute="_compute_achieved"
    )
    result = fields.Selection(RESULTS, compute="_compute_result")
    baseline_text = fields.Char("Baseline Then", compute="_compute_texts")
    target_text = fields.Char("Target To Reach", compute="_compute_texts")
    achieved_text = fields.Char("Achieved So Far", compute="_compute_texts")

    # === COMPUTE METHODS === #

    @api.depends("metric", "frozen", "frozen_state", "plan_id.state")
    def _compute_achieved(self):
        running = self.filtered(
            lambda goal: goal.plan_id.state == "running" and goal.metric != "manual"
        )
        values = running._read_figures()
        for goal in self:
            value = values.get((goal.profile_id.id, goal.metric))
            if goal not in running and goal.frozen_state == "known":
                value = goal.frozen
            goal.achieved = value or 0.0
            goal.achieved_state = "unknown" if value is None else "known"

    def _inverse_achieved(self):
        """Keep what people enter for goals that no figure measures."""
        for goal in self.filtered(lambda row: row.metric == "manual"):
            # sudo: a system field, entered through its window
            goal.sudo().write({"frozen": goal.achieved, "frozen_state": "known"})

    @api.depends("achieved", "achieved_state", "target", "target_state")
    def _compute_result(self):
        for goal in self:
            if goal.achieved_state != "known" or goal.target_state != "known":
                goal.result = "to_evaluate"
                continue
            sign = -1 if goal.metric in LOWER_IS_BETTER else 1
            # figures have four decimals
            gap = round(sign * (goal.achieved - goal.target), 4)
            goal.result = "reached" if gap >= 0 else "missed"

    @api.depends("baseline", "baseline_state", "target", "target_state", "achieved")
    @api.depends_context("lang")
    def _compute_texts(self):
        unknown = self.env._("to be evaluated")
        for goal in self:
            for name in ("baseline", "target", "achieved"):
                is_known = goal[f"{name}_state"] == "known"
                text = goal._format(goal[name]) if is_known else unknown
                goal[f"{name}_text"] = text

    def _format(self, value):
        """Return a figure of this goal as people read it."""
        if self.metric in RATES:
            return word_rate(value)
        if self.metric == "amount_12m":
            return format_amount(self.env, value, self.currency_id)
        return word_number(value)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        cleaned = self._without_defaults(SYSTEM_FIELDS - {"metric"})
        goals = super(CustomerCareGoal, cleaned).create(
            [
                vals
                if self.env.su
                else {
                    name: value
                    for name, value in vals.items()
                    if name == "metric" or name not in SYSTEM_FIELDS
                }
                for vals in vals_list
            ]
        )
        if not self.env.su:
            goals.sudo()._set_baselines()  # sudo: system fields
        return goals

    def write(self, vals):
        self._check_no_system_field(SYSTEM_FIELDS & set(vals))
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _set_baselines(self):
        """Write where the figures stand today as the baseline."""
        values = self._read_figures()
        for goal in self:
            value = values.get((goal.profile_id.id, goal.metric))
            goal.write(
                {
                    "baseline": value or 0.0,
                    "baseline_state": "unknown" if value is None else "known",
                }
            )

    def _freeze(self):
        """Keep what has been achieved, at the end of the plans."""
        if not self.ids:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE customer_care_goal gol
                      SET frozen = fig.value,
                          frozen_state = CASE WHEN fig.value IS NULL
                                              THEN 'unknown' ELSE 'known' END
                     FROM customer_care_goal own
                LEFT JOIN (%(figures)s) fig ON fig.profile_id = own.profile_id
                                           AND fig.metric = own.metric
                    WHERE gol.id = own.id AND own.id = ANY(%(ids)s)
                      AND own.metric <> 'manual' AND own.frozen_state IS NULL
                RETURNING gol.id""",
                figures=self._select_figures(self.profile_id.ids),
                ids=self.ids,
            )
        )
        self.invalidate_recordset()

    def _read_figures(self):
        """Return today's figures by customer id and metric, known ones only."""
        if not self:
            return {}
        self.env.flush_all()
        return {
            (profile_id, metric): value
            for profile_id, metric, value in self.env.execute_query(
                self._select_figures(self.profile_id.ids)
            )
        }

    # === SQL HELPERS === #

    @api.model
    def _select_figures(self, profile_ids):
        """Return SQL of the known figures: profile_id, metric, value.

        From the latest snapshot; declared figures only (design, section 4). Satisfaction
        is the mean of the answers of 12 months, unknown until somebody answered.
        """
        return SQL(
            """SELECT pro.id AS profile_id, fig.metric, fig.value
                 FROM customer_profile pro
                 JOIN customer_snapshot snp ON snp.profile_id = pro.id
                CROSS JOIN LATERAL (VALUES
                      ('amount_12m', CASE WHEN snp.amount_12m_state = 'known'
                                          THEN snp.amount_12m END),
                      ('additional_purchase',
                       CASE WHEN snp.amount_12m_state = 'known'
                             AND snp.amount_prev_12m_state = 'known'
                             AND snp.amount_prev_12m > 0
                            THEN snp.amount_12m / snp.amount_prev_12m - 1 END),
                      ('order_count_12m',
                       CASE WHEN snp.order_count_12m_state = 'known'
                            THEN snp.order_count_12m END),
                      ('health_score',
                       CASE WHEN pro.health IS NOT NULL THEN pro.health_score END),
                      ('overdue_rate',
                       CASE WHEN snp.has_due_12m IS NOT TRUE THEN NULL
                            WHEN snp.receivable_residual > 0
                            THEN snp.overdue_residual / snp.receivable_residual
                            ELSE 0 END),
                      ('interactions',
                       CASE WHEN snp.interaction_state = 'known'
                            THEN snp.interaction_count_3m / 3.0 END),
                      ('executive_visits',
                       CASE WHEN snp.executive_visit_state = 'known'
                            THEN snp.executive_visit_count_12m END),
                      ('chain_coverage',
                       CASE WHEN snp.coverage_state = 'known'
                            THEN snp.coverage_rate END),
                      ('satisfaction',
                       ROUND(snp.csat_score_sum_12m
                             / NULLIF(snp.csat_count_12m, 0), 2))
                      ) AS fig (metric, value)
                WHERE pro.id = ANY(%s) AND fig.value IS NOT NULL""",
            list(profile_ids),
        )
