from odoo import api, fields, models

GROUPS = [
    ("health", "Health"),
    ("business", "Business"),
    ("relationship", "Relationship"),
    ("plan", "Plan"),
]
INDICATORS = [
    ("nps", "NPS"),
    ("satisfaction", "Satisfaction (0-100)"),
    ("renewal", "Renewal rate"),
    ("health_score", "Health score (0-100)"),
    ("repurchase", "Bought again"),
    ("invoiced", "Net invoiced"),
    ("order_value", "Average order value"),
    ("order_value_growth", "Growth of average order value"),
    ("add_on", "Add-on amount"),
    ("cross_sell", "Cross-sell amount"),
    ("additional_purchase", "Yearly additional-purchase rate"),
    ("executive_visits", "Executive visits"),
    ("interactions", "Effective interactions a month"),
    ("coverage", "Coverage of the decision chain"),
    ("trust", "Trust of the key decision maker"),
    ("compliance", "Actions done in time"),
]
STATES = [
    ("known", "Known"),
    ("to_evaluate", "To be evaluated"),
    ("restricted", "Opens for who may see it"),
    ("none", "Not compared"),
    ("no_rate", "Exchange rate missing"),
    ("before_history", "Before the history of the database"),
    ("no_sale", "No order in the period"),
    ("no_base", "Nothing before to compare with"),
    ("no_contract", "No contract ended"),
    ("not_recorded", "Not recorded yet"),
    ("not_required", "Not required for this tier"),
    ("no_chain", "Decision chain not recorded"),
    ("no_action", "No action was due"),
]
UNITS = [("rate", "%"), ("money", "Money"), ("number", "Number")]
KEY_GROUPS = {
    **dict.fromkeys(("nps", "satisfaction", "renewal", "health_score"), "health"),
    **dict.fromkeys(("executive_visits", "interactions", "coverage"), "relationship"),
    "trust": "relationship",
    "compliance": "plan",
}
KEY_UNITS = {
    **dict.fromkeys(("invoiced", "order_value", "add_on", "cross_sell"), "money"),
    **dict.fromkeys(
        ("renewal", "repurchase", "order_value_growth", "additional_purchase"), "rate"
    ),
    **dict.fromkeys(("coverage", "compliance"), "rate"),
}


class CustomerReviewIndicator(models.Model):
    """One frozen figure of an evaluation: value, the one before, how many records.

    Inserted by the evaluation (``_freeze``), changed by nobody. Trust is relationship
    data: no value of it is ever kept here, its line opens it for who may see it.
    """

    _name = "customer.review.indicator"
    _description = "Indicator of an Evaluation"
    _inherit = ["customer.figure.mixin"]
    _order = "review_id, sequence, id"
    _log_access = False
    _rec_name = "key"

    review_id = fields.Many2one(
        "customer.review",
        "Evaluation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    profile_id = fields.Many2one(
        "customer.profile",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    date_to = fields.Date("Period Until", readonly=True)
    tier_id = fields.Many2one(
        "customer.tier", "Tier Then", readonly=True, ondelete="restrict"
    )
    sequence = fields.Integer(readonly=True)
    group = fields.Selection(GROUPS, required=True, readonly=True)
    key = fields.Selection(INDICATORS, "Indicator", required=True, readonly=True)
    unit = fields.Selection(UNITS, required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    figure = fields.Float(
        "Measured Value",
        digits=(16, 4),
        readonly=True,
        aggregator="avg",
        help="Empty unless known. Rates as a share: 0.15 is 15%.",
    )
    state = fields.Selection(STATES, "Value Is", required=True, readonly=True)
    figure_before = fields.Float(
        "Value of the Period Before", digits=(16, 4), readonly=True, aggregator="avg"
    )
    state_before = fields.Selection(
        STATES, "Value of the Period Before Is", required=True, readonly=True
    )
    source_count = fields.Integer(
        "Records", readonly=True, help="How many records were counted in the period."
    )
    help_text = fields.Char("How It Is Worked Out", compute="_compute_help_text")

    _review_key_uniq = models.Constraint(
        "UNIQUE (review_id, key)", "An evaluation has each indicator once."
    )

    # === COMPUTE METHODS === #

    @api.depends("key")
    @api.depends_context("lang")
    def _compute_help_text(self):
        words = self._get_help()
        for line in self:
            line.help_text = words[line.key]

    @api.model
    def _get_help(self):
        """Return how each indicator is worked out, in one sentence."""
        return {
            "nps": self.env._(
                "Share of promoters (9-10) less that of detractors (0-6) among the"
                " answers of the period."
            ),
            "satisfaction": self.env._(
                "Mean of the CSAT answers of the period, from 0 to 100; 90 is 4.6 of 5."
            ),
            "renewal": self.env._(
                "Contracts renewed on or before their end / contracts that ended in the"
                " period."
            ),
            "health_score": self.env._("On the last day of the period."),
            "repurchase": self.env._(
                "100% with two orders or more in the period, 0% with one; invoices"
                " where there are no orders."
            ),
            "invoiced": self.env._("Untaxed, refunds taken off."),
            "order_value": self.env._("Untaxed orders of the period / their number."),
            "order_value_growth": self.env._(
                "Average order value / that of the period before - 1."
            ),
            "add_on": self.env._(
                "Net invoiced in product categories bought before, minus all that was"
                " invoiced in the period before."
            ),
            "cross_sell": self.env._(
                "Net invoiced in product categories never bought before the period."
            ),
            "additional_purchase": self.env._(
                "Amount of the 12 months up to the last day / that of the 12 months"
                " before - 1."
            ),
            "executive_visits": self.env._(
                "Visits in the period in which executives of both sides took part."
            ),
            "interactions": self.env._(
                "Effective interactions / months of the period."
            ),
            "coverage": self.env._(
                "Roles in which somebody is known / roles the tier asks for."
            ),
            "trust": self.env._(
                "Relationship data: never kept in an evaluation; it opens for whoever"
                " may see it."
            ),
            "compliance": self.env._(
                "Actions done in time / actions due in the period, cancelled ones left"
                " out."
            ),
        }

    # === ACTION METHODS === #

    def action_open_records(self):
        """Open the records this figure was counted from, those the reader may see."""
        self.ensure_one()
        self.check_access("read")
        return self.review_id._open_records(self.key)
