from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..batches import keep_progress, try_each
from ..scoring import word_number, word_rate
from .customer_base_figures import FIGURES
from .customer_review_indicator import UNITS

LABELS = {key: (label, unit) for key, label, _question, unit in FIGURES}
SYSTEM_FIELDS = {
    "achieved",
    "achieved_state",
    "baseline",
    "baseline_state",
    "date_achieved",
}
KNOWLEDGE = [("known", "Known"), ("unknown", "Unknown")]
# Figures of the review of the base a goal of a year can be about, and one by hand.
METRICS = [
    *((key, label) for key, label, _question, _unit in FIGURES),
    ("manual", "Entered by hand"),
]


class CustomerAnnualGoal(models.Model):
    """What the company wants to reach with a group of customers in a year.

    Baseline and achieved are worked out from the figures of the whole base; whether it
    is reached follows from them. Unknown stays "to be evaluated".
    """

    _name = "customer.annual.goal"
    _description = "Annual Goal"
    _inherit = [
        "customer.system.mixin",
        "customer.tier.codes.mixin",
        "customer.finite.mixin",
        "mail.thread",
    ]
    _order = "year desc, sequence, id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Annual Goal", required=True, tracking=True)
    year = fields.Integer(
        required=True,
        aggregator=None,
        default=lambda self: self.env.company._get_customer_today().year,
    )
    strategy = fields.Text(
        "How We Reach It",
        help="Which part of the company's strategy it serves, and how.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    stage_ids = fields.Many2many(
        "customer.lifecycle.stage",
        "customer_annual_goal_stage_rel",
        "goal_id",
        "stage_id",
        "Lifecycle Stages",
        help="Customers in these stages now. Empty: all.",
    )
    metric = fields.Selection(METRICS, "Indicator", required=True)
    unit = fields.Selection(UNITS, compute="_compute_unit")
    direction = fields.Selection(
        [("up", "At least"), ("down", "At most")], required=True, default="up"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    baseline = fields.Float(
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="Of the year before; of figures that are known for today only: when the"
        " goal was set.",
    )
    baseline_state = fields.Selection(KNOWLEDGE, "Baseline Is", readonly=True)
    target = fields.Float(
        required=True,
        digits=(16, 4),
        aggregator=None,
        tracking=True,
        help="Rates as a share: 0.9 is 90%.",
    )
    achieved = fields.Float(digits=(16, 4), readonly=True, aggregator=None)
    achieved_state = fields.Selection(KNOWLEDGE, "Achieved Is", readonly=True)
    achieved_manual = fields.Float(
        "Achieved by Hand", digits=(16, 4), aggregator=None, tracking=True
    )
    has_achieved_manual = fields.Boolean("Entered")
    date_achieved = fields.Date("As Of", readonly=True)
    result = fields.Selection(
        [
            ("reached", "Reached"),
            ("missed", "Missed"),
            ("under_way", "Under Way"),
            ("to_evaluate", "To Be Evaluated"),
        ],
        compute="_compute_result",
        store=True,
    )
    baseline_text = fields.Char("Baseline Then", compute="_compute_texts")
    target_text = fields.Char("Target To Reach", compute="_compute_texts")
    achieved_text = fields.Char("Achieved So Far", compute="_compute_texts")

    _year_range = models.Constraint(
        "CHECK (year BETWEEN 2000 AND 2100)", "A year lies between 2000 and 2100."
    )

    # === COMPUTE METHODS === #

    @api.depends("achieved", "achieved_state", "target", "direction", "date_achieved")
    def _compute_result(self):
        for goal in self:
            if goal.achieved_state != "known" or not goal.date_achieved:
                goal.result = "to_evaluate"
                continue
            sign = 1 if goal.direction == "up" else -1
            # figures have four decimals
            is_reached = round(sign * (goal.achieved - goal.target), 4) >= 0
            is_over = goal.date_achieved >= date(goal.year, 12, 31)
            goal.result = (
                "reached" if is_reached else "missed" if is_over else "under_way"
            )

    @api.depends("metric", "baseline", "baseline_state", "target", "achieved",
                 "achieved_state")  # fmt: skip
    @api.depends_context("lang")
    def _compute_texts(self):
        unknown = self.env._("to be evaluated")
        for goal in self:
            goal.target_text = goal._word(goal.target)
            for name in ("baseline", "achieved"):
                is_known = goal[f"{name}_state"] == "known"
                text = goal._word(goal[name]) if is_known else unknown
                goal[f"{name}_text"] = text

    @api.depends("metric")
    def _compute_unit(self):
        for goal in self:
            goal.unit = LABELS.get(goal.metric, ("", "number"))[1]

    def _word(self, value):
        """Return a figure of this goal as people read it."""
        if self.unit == "money":
            return format_amount(self.env, value, self.currency_id)
        if self.unit == "rate":
            return word_rate(value)
        return word_number(value)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._drop_system_values(vals_list, SYSTEM_FIELDS)
        goals = super().create(vals_list)
        goals._measure(has_baseline=True)
        return goals

    def write(self, vals):
        if not self.env.su and SYSTEM_FIELDS & set(vals):
            raise UserError(self.env._("What was achieved is worked out, not entered."))
        if "achieved_manual" in vals:
            vals = {"has_achieved_manual": True, **vals}
        result = super().write(vals)
        if {"metric", "year", "tier_codes", "stage_ids", "company_id"} & set(vals):
            self._measure(has_baseline=True)
        elif {"achieved_manual", "has_achieved_manual"} & set(vals):
            self._measure()
        return result

    # === ACTION METHODS === #

    def action_measure(self):
        """Work out what has been achieved so far."""
        self.check_access("write")
        self._measure()

    # === BUSINESS METHODS === #

    @api.model
    def _measure_due(self, company, date):
        """Measure the goals of a company once a day until their year is over.

        :return: False when the slice of the scheduler ended before
        """
        goals = self.search(
            [
                ("company_id", "=", company.id),
                ("year", "in", (date.year, date.year - 1)),
                "|",
                ("date_achieved", "=", False),
                ("date_achieved", "<", date),
            ]
        ).filtered(
            lambda goal: (
                not goal.date_achieved
                or goal.date_achieved < fields.Date.to_date(f"{goal.year}-12-31")
            )
        )
        groups = goals.grouped(
            lambda goal: (goal.year, goal.tier_codes, goal.stage_ids)
        )
        for same in groups.values():
            try_each(self.env, same.ids, lambda ids: self.browse(ids)._measure(date))
            if keep_progress(self.env) <= 0:
                return False
        return True

    def _measure(self, day=None, has_baseline=False):
        """Write what has been achieved by a day, the baseline too when it is new.

        Goals about the same customers and year share their statements.
        """
        figures = self.env["customer.base.figures"].sudo()  # sudo: of all customers
        read = {}
        for goal in self.sudo():  # sudo: results
            today = day or goal.company_id._get_customer_today()
            start, end = date(goal.year, 1, 1), date(goal.year, 12, 31)
            until = min(end, today)
            vals = {"achieved_state": "unknown", "date_achieved": False}
            if goal.metric == "manual":
                vals = goal._prepare_manual_vals(until)
            elif until >= start:
                key = (goal.company_id, until, goal.tier_codes, goal.stage_ids)
                if key not in read:
                    read[key] = figures._read_base(
                        goal.company_id,
                        start,
                        until,
                        goal._get_tier_codes(),
                        goal.stage_ids.ids,
                    )
                vals = goal._prepare_measured_vals(read[key], until)
            if today == end and vals["date_achieved"]:
                # its last day is not over: measured once more tomorrow
                vals["date_achieved"] = end - timedelta(days=1)
            if has_baseline:
                vals.update(goal._prepare_baseline_vals(vals))
            changed = {name: vals[name] for name in vals if goal[name] != vals[name]}
            if changed:
                goal.write(changed)

    def _prepare_manual_vals(self, until):
        if not self.has_achieved_manual:
            return {"achieved_state": "unknown", "date_achieved": False}
        return {
            "achieved": self.achieved_manual,
            "achieved_state": "known",
            "date_achieved": until,
        }

    def _prepare_measured_vals(self, figures, until):
        (value, state), _before, _count = figures[self.metric]
        return {
            "achieved": value or 0.0,
            "achieved_state": "known" if state == "known" else "unknown",
            "date_achieved": until,
        }

    def _prepare_baseline_vals(self, measured):
        """Return where the figure stood in the year before."""
        if self.metric == "manual":
            return {"baseline_state": "unknown"}
        # sudo: a goal is about all customers of its company
        figures = self.env["customer.base.figures"].sudo()
        (value, state), _before, _count = figures._read_base(
            self.company_id,
            date(self.year - 1, 1, 1),
            date(self.year - 1, 12, 31),
            self._get_tier_codes(),
            self.stage_ids.ids,
        )[self.metric]
        return {
            "baseline": value or 0.0,
            "baseline_state": "known" if state == "known" else "unknown",
        }
