from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

SIGNALS = [
    ("no_order_months", "No Order in Complete Months"),
    ("no_order_days", "No Order for Days"),
    ("churn_watch", "Overdue by His Own Rhythm"),
    ("churn_at_risk", "Probably Drifting Away"),
    ("churn_lost", "Probably Lost"),
    ("frequency_drop", "Orders Less Often"),
    ("amount_drop", "Amount Falls"),
    ("contact_left", "Contact of the Decision Chain Left"),
    ("overdue_payment", "Overdue Payments"),
    ("health_drop", "Health Falls"),
    ("tier_at_risk", "Tier at Risk at the Next Review"),
    ("renewal_near", "Renewal Near without a Plan"),
    ("few_interactions", "Too Few Effective Interactions"),
    ("complaint_escalated", "Complaint Escalated"),
    ("complaints_rising", "More Complaints"),
    ("satisfaction_low", "Dissatisfied Answer"),
]
SEVERITIES = [
    ("low", "Minor"),
    ("medium", "Moderate"),
    ("high", "Serious"),
    ("critical", "Critical"),
]
# What a client never changes of a rule: kept by the detection.
SYSTEM_FIELDS = {"last_error", "date_error"}


class CustomerAlertRule(models.Model):
    """When an alert is raised: a signal, its threshold, for whom, how serious.

    The unit of the threshold and which of the other numbers count depend on the signal
    (``_get_signals``). A company's own rules of a signal replace the shared ones of it.
    """

    _name = "customer.alert.rule"
    _description = "Alert Rule"
    _inherit = ["customer.finite.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    signal = fields.Selection(SIGNALS, required=True, default="no_order_days")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Empty: for every company. A company's own rules of a signal replace the"
        " shared ones of it.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)

    # when
    threshold = fields.Float(
        "Warn From",
        digits=(12, 2),
        help="The alert is raised from here on; unit by signal.",
    )
    hysteresis = fields.Float(
        "Safety Margin",
        digits=(12, 2),
        help="The alert is over only when the figure is better than the threshold by"
        " this much: a figure that wavers raises no second alert.",
    )
    window_days = fields.Integer(
        "Days",
        default=365,
        help="Without an order: somebody who was expected to order longer ago than this"
        " is no news and raises no alert. Health: the days within which it fell. Overdue payments:"
        " the average days overdue from which they count. Renewal: the days in which"
        " nobody talked.",
    )
    min_count = fields.Integer(
        "Orders at Least",
        help="Silence: repeat order days that a customer needs. Orders less often: days"
        " with an order in the 6 months before. Amount falls: orders in the last 12"
        " months.",
    )

    # for whom
    tier_codes = fields.Char(
        "Tiers", help="Codes of tiers with commas between them, like S, A. Empty: all."
    )
    stage_ids = fields.Many2many(
        "customer.lifecycle.stage",
        "customer_alert_rule_stage_rel",
        "rule_id",
        "stage_id",
        "Lifecycle Stages",
        help="Empty: all.",
    )

    # what follows
    severity = fields.Selection(SEVERITIES, required=True, default="medium")
    cooldown_days = fields.Integer(
        "Quiet After (days)",
        default=30,
        help="When an alert is over, the same customer gets no other one of this rule"
        " for so many days.",
    )
    owner_rule = fields.Selection(
        [
            ("responsible", "First responsible person"),
            ("leader", "Leader of his sales team"),
            ("manager", "Customer Success manager"),
        ],
        "Who Gets It",
        required=True,
        default="responsible",
    )
    response_ids = fields.Many2many(
        "mail.activity.type",
        "customer_alert_rule_response_rel",
        "rule_id",
        "activity_type_id",
        "Response Plan",
        domain=[("res_model", "in", [False, "customer.alert"])],
        help="Steps that are proposed to whoever takes the alert.",
    )

    # what it says and how it goes
    is_event = fields.Boolean(
        "Raised at Once",
        compute="_compute_signal_info",
        help="Raised by an event when it happens, not by a figure of the night.",
    )
    threshold_unit = fields.Char("Unit", compute="_compute_signal_info")
    number_names = fields.Char(compute="_compute_signal_info")
    window_meaning = fields.Char(compute="_compute_signal_info")
    count_meaning = fields.Char(compute="_compute_signal_info")
    summary = fields.Text("What It Does", compute="_compute_summary")
    last_error = fields.Text(
        "Could Not Be Checked",
        readonly=True,
        copy=False,
        help="What went wrong at the last detection; empty when it worked.",
    )
    date_error = fields.Date("Failed as of", readonly=True, copy=False)

    _threshold_range = models.Constraint(
        "CHECK (threshold >= 0 AND threshold < 1000000"
        " AND hysteresis >= 0 AND hysteresis < 1000000)",
        "Threshold and safety margin are not negative and below 1,000,000.",
    )
    _days_range = models.Constraint(
        "CHECK (window_days BETWEEN 0 AND 3650 AND cooldown_days BETWEEN 0 AND 3650)",
        "Days lie between 0 and 3650.",
    )
    _min_count_range = models.Constraint(
        "CHECK (min_count BETWEEN 0 AND 100000)",
        "The orders at least lie between 0 and 100,000.",
    )

    # === COMPUTE METHODS === #

    @api.depends("signal")
    @api.depends_context("lang")
    def _compute_signal_info(self):
        signals = self._get_signals()
        units, meanings = self._get_units(), self._get_meanings()
        for rule in self:
            signal = signals.get(rule.signal)
            rule.window_meaning, rule.count_meaning = meanings.get(
                rule.signal, (False, False)
            )
            rule.is_event = bool(signal and signal.is_event)
            rule.threshold_unit = units.get(signal.unit) if signal else False
            rule.number_names = " ".join(signal.numbers) if signal else ""

    @api.depends(
        "signal",
        "threshold",
        "hysteresis",
        "window_days",
        "min_count",
        "tier_codes",
        "company_id",
    )
    @api.depends_context("lang", "company")
    def _compute_summary(self):
        for rule in self:
            rule.summary = rule._get_summary() if rule.signal else False

    @api.onchange("signal")
    def _onchange_signal(self):
        """Propose the numbers of another signal: its unit is another one."""
        signal = self._get_signals().get(self.signal)
        if signal and self._origin.signal != self.signal:
            self.update(signal.defaults)

    # === CONSTRAINT METHODS === #

    @api.constrains("tier_codes", "company_id")
    def _check_tier_codes(self):
        """Refuse codes that no tier has: the rule would never raise anything."""
        # sudo: tiers of scorecards that the company does not use have codes as well
        tiers_sudo = self.env["customer.tier"].sudo()
        known = {code for [code] in tiers_sudo._read_group([], ["code"])}
        for rule in self:
            unknown = set(rule._get_tier_codes()) - known
            if unknown:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: no tier has the code %(codes)s. There are"
                        " %(known)s.",
                        rule=rule.name,
                        codes=", ".join(sorted(unknown)),
                        known=", ".join(sorted(known)),
                    )
                )

    @api.constrains("signal", "threshold", "hysteresis", "window_days")
    def _check_numbers(self):
        """Refuse numbers with which a rule would raise everything or nothing."""
        signals, units = self._get_signals(), self._get_units()
        for rule in self:
            signal = signals.get(rule.signal)
            if not signal:
                continue
            low, high = signal.limits
            if "threshold" in signal.numbers and not low <= rule.threshold <= high:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: the threshold must lie between %(low)s and"
                        " %(high)s %(unit)s.",
                        rule=rule.name,
                        low=f"{low:g}",
                        high=f"{high:g}",
                        unit=units[signal.unit],
                    )
                )
            is_wide = rule.hysteresis > rule.threshold > 0
            if "hysteresis" in signal.numbers and is_wide:
                raise ValidationError(
                    self.env._(
                        "%s: the safety margin is larger than the threshold, so its"
                        " alerts would never be over.",
                        rule.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._clean(vals)
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        self._clean(vals)
        if "signal" in vals:
            self._check_signal_kept(vals["signal"])
        return super().write(vals)

    def _check_signal_kept(self, signal):
        """Raise when a rule with alerts becomes another one: they would lie."""
        changed = self.filtered(lambda rule: rule.signal != signal)
        # sudo: alerts of other companies count as well
        alerts_sudo = self.env["customer.alert"].sudo()
        if alerts_sudo.search_count([("rule_id", "in", changed.ids)], limit=1):
            raise UserError(
                self.env._(
                    "%s has raised alerts: archive it and make a rule for the other"
                    " signal.",
                    changed[0].name,
                )
            )

    def _clean(self, vals):
        """Drop what the detection keeps, write tier codes in one way."""
        if not self.env.su:
            for name in SYSTEM_FIELDS & set(vals):
                del vals[name]
        if vals.get("tier_codes"):
            codes = vals["tier_codes"].replace("，", ",").replace("、", ",").split(",")
            codes = [code.strip() for code in codes if code.strip()]
            vals["tier_codes"] = ", ".join(dict.fromkeys(codes))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: alerts of other companies count as well
        alerts_sudo = self.env["customer.alert"].sudo()
        if alert := alerts_sudo.search([("rule_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "%s has raised alerts: archive it instead.", alert.rule_id.name
                )
            )
        self.env["customer.playbook"]._check_not_named("alert_rule_ids", self)

    # === BUSINESS METHODS === #

    def _get_tier_codes(self):
        """Return the codes of the tiers that this rule is about, [] for all."""
        return [code.strip() for code in (self.tier_codes or "").split(",") if code]

    @api.model
    def _get_in_force(self, company, signal=None):
        """Return the active rules of a company: its own ones before shared ones."""
        domain = [("company_id", "in", [company.id, False])]
        if signal:
            domain.append(("signal", "=", signal))
        rules = self.search(domain)
        own = set(rules.filtered("company_id").mapped("signal"))
        return rules.filtered(lambda rule: rule.company_id or rule.signal not in own)

    def _is_about(self, profile):
        """Return whether a customer is of the tiers and stages of this rule now."""
        codes = self._get_tier_codes()
        return (not codes or profile.tier_id.code in codes) and (
            not self.stage_ids or profile.lifecycle_stage_id in self.stage_ids
        )

    def _note_error(self, date, message):
        """Keep what went wrong at the last detection; write only when it changed."""
        if (self.last_error or False) != message or self.date_error != date:
            self.write({"last_error": message, "date_error": date})
