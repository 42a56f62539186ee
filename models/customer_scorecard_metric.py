from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..scoring import THRESHOLDS, bands, first_disorder
from ..thresholds import fill_between

THRESHOLD_FIELDS = [f"threshold_{number}" for number in range(1, THRESHOLDS + 1)]
FINITE_THRESHOLDS = " AND ".join(
    f"{name} > '-Infinity' AND {name} < 'Infinity'" for name in THRESHOLD_FIELDS
)

# Rated by people from 1 to 10: the rating is the points, thresholds do not apply.
RATING_METRICS = ("outlook_rating", "expansion_rating")
# What people wrote down about a customer.
RELATION_METRICS = (
    "interaction_rate",
    "coverage_rate",
    "executive_visits",
    "renewal_rate",
)
# Complaints, promises of cases and what customers answered.
SERVICE_METRICS = ("complaints_12m", "complaints_3m", "sla_rate", "csat", "nps")
# Amounts: their thresholds hold in the currency of the scorecard only.
MONEY_METRICS = ("amount_12m",)
# They count: thresholds without decimals.
WHOLE_METRICS = ("orders_12m", "days_since_order")


def _threshold_field(number):
    return fields.Float(
        f"Threshold {number}",
        digits=(16, 4),
        default=float(number),
        help=f"Boundary between band {number} and band {number + 1}, in the unit of"
        " the metric.",
    )


class CustomerScorecardMetric(models.Model):
    _name = "customer.scorecard.metric"
    _description = "Scorecard Metric"
    _inherit = ["customer.finite.mixin"]
    _order = "dimension_id, sequence, id"
    _rec_name = "code"

    dimension_id = fields.Many2one(
        "customer.scorecard.dimension", required=True, ondelete="cascade", index=True
    )
    scorecard_id = fields.Many2one(
        related="dimension_id.scorecard_id", store=True, index=True
    )
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    code = fields.Selection(
        [
            ("amount_12m", "Amount of 12 months"),
            ("tenure_years", "Years of cooperation"),
            ("orders_12m", "Orders per year"),
            ("outlook_rating", "Industry outlook"),
            ("expansion_rating", "Expansion plans"),
            ("growth_rate", "Growth of the 12-month amount"),
            ("overdue_rate", "Overdue share of receivables"),
            ("late_days", "Days late, on average"),
            ("days_since_order", "Days since the last order"),
            ("interaction_rate", "Effective interactions, share of the target"),
            ("coverage_rate", "Coverage of the decision chain"),
            ("executive_visits", "Executive visits in 12 months"),
            ("renewal_rate", "Renewal rate of contracts"),
            ("complaints_12m", "Complaints in 12 months"),
            ("complaints_3m", "Complaints in 3 months"),
            ("sla_rate", "Promises of cases kept in time"),
            ("csat", "CSAT, average of 12 months"),
            ("nps", "NPS of 12 months"),
        ],
        "Metric",
        required=True,
        help="What is measured. README, section Formulas, says how.",
    )
    is_rating = fields.Boolean(
        compute="_compute_is_rating",
        help="Rated 1 to 10 by people: needs no threshold.",
    )
    direction = fields.Selection(
        [("high", "High is good"), ("low", "Low is good")],
        required=True,
        default="high",
    )
    weight = fields.Float(
        digits=(6, 2),
        default=1.0,
        help="Share of this metric in its dimension, relative to the others.",
    )
    earns_one = fields.Float(
        "Earns 1",
        digits=(16, 4),
        compute="_compute_earns_one",
        inverse="_inverse_ends",
        store=False,
        readonly=False,
        help="Values below it earn 1 point; where low is good, values above it.",
    )
    earns_ten = fields.Float(
        "Earns 10",
        digits=(16, 4),
        compute="_compute_earns_ten",
        inverse="_inverse_ends",
        store=False,
        readonly=False,
        help="Values from it on earn 10 points; where low is good, values up to it.",
    )
    steps = fields.Char(
        "Thresholds", compute="_compute_steps", help="The nine thresholds, ascending."
    )
    threshold_1 = _threshold_field(1)
    threshold_2 = _threshold_field(2)
    threshold_3 = _threshold_field(3)
    threshold_4 = _threshold_field(4)
    threshold_5 = _threshold_field(5)
    threshold_6 = _threshold_field(6)
    threshold_7 = _threshold_field(7)
    threshold_8 = _threshold_field(8)
    threshold_9 = _threshold_field(9)

    _code_uniq = models.Constraint(
        "UNIQUE (dimension_id, code)", "A dimension has each metric only once."
    )
    _weight_finite = models.Constraint(
        "CHECK (weight > 0 AND weight < 'Infinity')",
        "The weight of a metric must be more than 0.",
    )
    _thresholds_finite = models.Constraint(
        f"CHECK ({FINITE_THRESHOLDS})", "Thresholds must be finite numbers."
    )

    # === COMPUTE METHODS === #

    @api.depends("code")
    def _compute_is_rating(self):
        for metric in self:
            metric.is_rating = metric.code in RATING_METRICS

    # Two methods: writing one end leaves the other to be read.
    @api.depends("direction", THRESHOLD_FIELDS[0], THRESHOLD_FIELDS[-1])
    def _compute_earns_one(self):
        for metric in self:
            is_low = metric.direction == "low"
            metric.earns_one = metric[THRESHOLD_FIELDS[-1 if is_low else 0]]

    @api.depends("direction", THRESHOLD_FIELDS[0], THRESHOLD_FIELDS[-1])
    def _compute_earns_ten(self):
        for metric in self:
            is_low = metric.direction == "low"
            metric.earns_ten = metric[THRESHOLD_FIELDS[0 if is_low else -1]]

    @api.depends("code", *THRESHOLD_FIELDS)
    @api.depends_context("lang")
    def _compute_steps(self):
        explanation = self.env["customer.explanation"]
        for metric in self:
            metric.steps = not metric.is_rating and " · ".join(
                explanation._format_edge(metric, bound, False)
                for bound in metric._get_thresholds()
            )

    def _inverse_ends(self):
        """Fill the thresholds in between, unless they were written along."""
        for metric in self.filtered(lambda metric: not metric.is_rating):
            ends = metric._get_ends()
            if ends != (metric[THRESHOLD_FIELDS[0]], metric[THRESHOLD_FIELDS[-1]]):
                metric.write(metric._prepare_filled_vals(*ends))

    @api.depends("code")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for metric in self:
            metric.display_name = labels.get(metric.code, "")

    # === CONSTRAINT METHODS === #

    @api.constrains("code", *THRESHOLD_FIELDS)
    def _check_thresholds_ascend(self):
        for metric in self.filtered(lambda metric: not metric.is_rating):
            thresholds = metric._get_thresholds()
            disorder = first_disorder(thresholds)
            if disorder:
                first, second = disorder
                raise ValidationError(
                    self.env._(
                        "Scorecard %(scorecard)s, metric %(metric)s: threshold"
                        " %(second)s (%(high)s) must be greater than threshold"
                        " %(first)s (%(low)s).",
                        scorecard=metric.scorecard_id.name,
                        metric=metric.display_name,
                        first=first,
                        second=second,
                        low=thresholds[first - 1],
                        high=thresholds[second - 1],
                    )
                )

    @api.onchange("earns_one", "earns_ten")
    def _onchange_ends(self):
        """Fill in between while the form is open; a mistake is told on saving."""
        ends = self._get_ends()
        if ends == (self[THRESHOLD_FIELDS[0]], self[THRESHOLD_FIELDS[-1]]):
            return
        values = fill_between(*ends, whole=self.code in WHOLE_METRICS)
        if values:
            self.update(dict(zip(THRESHOLD_FIELDS, values, strict=True)))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        metrics = super().create(vals_list)
        metrics.scorecard_id._check_editable()
        return metrics

    def write(self, vals):
        self.scorecard_id._check_editable()
        return super().write(vals)

    def unlink(self):
        scorecards = self.scorecard_id
        result = super().unlink()
        scorecards._check_set_when_active()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.scorecard_id._check_editable()

    # === BUSINESS METHODS === #

    def _get_ends(self):
        """Return the ends that were entered, in the order of the thresholds."""
        if self.direction == "high":
            return self.earns_one, self.earns_ten
        return self.earns_ten, self.earns_one

    def _prepare_filled_vals(self, low, high):
        """Return nine thresholds from one end to the other, both included."""
        values = fill_between(low, high, whole=self.code in WHOLE_METRICS)
        if not values:
            raise ValidationError(self._describe_wrong_ends())
        return dict(zip(THRESHOLD_FIELDS, values, strict=True))

    def _describe_wrong_ends(self):
        params = {
            "scorecard": self.scorecard_id.name,
            "metric": self.display_name,
            "one": self.earns_one,
            "ten": self.earns_ten,
        }
        if self.direction == "high":
            return self.env._(
                "Scorecard %(scorecard)s, metric %(metric)s: what earns 10 (%(ten)s) must"
                " be so much greater than what earns 1 (%(one)s) that eight steps fit"
                " between.",
                **params,
            )
        return self.env._(
            "Scorecard %(scorecard)s, metric %(metric)s: low is good, so what earns 10"
            " (%(ten)s) must be so much less than what earns 1 (%(one)s) that eight"
            " steps fit between.",
            **params,
        )

    def _get_thresholds(self):
        """Return the nine thresholds, ascending, in the unit of the metric."""
        self.ensure_one()
        return [self[name] for name in THRESHOLD_FIELDS]

    def _get_bands(self):
        """Return the ten :class:`Band` of a metric with thresholds."""
        self.ensure_one()
        return bands(self._get_thresholds(), self.direction == "low")
