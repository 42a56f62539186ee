from odoo import api, fields, models
from odoo.fields import Domain

from .customer_alert_rule import SEVERITIES


class CustomerAlert(models.Model):
    """One customer, one rule, one gap: what was seen, when, and that it is over.

    Raised by the detection (``_raise_alerts``) or by an event (``_raise_event``),
    created and deleted by nobody else. What it says stays true when rules and figures
    change: value and evidence are those of its day.
    """

    _name = "customer.alert"
    _description = "Alert"
    _inherit = ["customer.fact.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    rule_id = fields.Many2one(
        "customer.alert.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    signal = fields.Selection(
        lambda self: (
            self.env["customer.alert.rule"]
            ._fields["signal"]
            ._description_selection(self.env)
        ),
        required=True,
        readonly=True,
    )
    key = fields.Char(
        "Gap or Event",
        required=True,
        readonly=True,
        help="What there is one alert for: the day of the last order, or the event.",
    )
    is_event = fields.Boolean("Event", readonly=True)
    date = fields.Date("Raised On", required=True, readonly=True, index=True)
    date_over = fields.Date(
        "Over Since",
        readonly=True,
        copy=False,
        help="The day on which the figure had recovered; empty: it is still so.",
    )
    value = fields.Float(
        "Figure",
        digits=(16, 2),
        readonly=True,
        aggregator=None,
        help="What was compared with the threshold, in the unit of the signal.",
    )
    evidence = fields.Json(
        readonly=True, exportable=False, help="What the sentence is made from."
    )
    severity = fields.Selection(SEVERITIES, required=True, readonly=True)
    tier_id = fields.Many2one(
        "customer.tier",
        "Tier Then",
        readonly=True,
        ondelete="restrict",
        help="Tier of the customer when the alert was raised.",
    )
    state = fields.Selection(
        [
            ("open", "Not Taken"),
            ("acknowledged", "Taken"),
            ("acting", "In Progress"),
            ("closed", "Closed"),
        ],
        "Status",
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        group_expand=True,
    )

    _profile_rule_key_uniq = models.Constraint(
        "UNIQUE (profile_id, rule_id, key)",
        "There is an alert of this rule for this gap or event already.",
    )
    _not_over_uniq = models.UniqueIndex(
        "(profile_id, rule_id) WHERE date_over IS NULL AND is_event IS NOT TRUE",
        "There is an alert of this rule that is not over yet.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_over IS NULL OR date_over >= date)",
        "An alert cannot be over before it was raised.",
    )

    # === COMPUTE METHODS === #

    @api.depends("profile_id", "rule_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for alert in self:
            alert.display_name = self.env._(
                "%(customer)s: %(rule)s",
                customer=alert.profile_id.display_name,
                rule=alert.rule_id.name,
            )

    # === CRUD METHODS === #

    def write(self, vals):
        self._check_no_system_field(self._get_system_fields() & set(vals))
        return super().write(vals)

    @api.model
    def _get_system_fields(self):
        """Return what no client writes; override to add what buttons write."""
        return {
            "rule_id",
            "signal",
            "key",
            "is_event",
            "date",
            "date_over",
            "value",
            "evidence",
            "severity",
            "tier_id",
            "state",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_not_over_domain(self, company):
        """Return the domain of a company's alerts whose figure has not recovered."""
        return Domain("company_id", "=", company.id) & Domain("date_over", "=", False)

    def _set_over(self, date):
        """Note the day on which the figures of these alerts had recovered.

        Override to end what is left for people to do.
        """
        self.write({"date_over": date})

    def _set_resumed(self):
        """Go on: the order that ended these gaps was cancelled.

        What had been closed by itself is open again; what people closed stays closed.
        """
        self.write({"date_over": False})
        self.filtered(lambda alert: alert.outcome == "recovered").write(
            {
                "state": "open",
                "outcome": False,
                "date_closed": False,
                "close_user_id": False,
            }
        )

    def _announce(self):
        """Let people know of event alerts at once; override to give them to somebody."""

    def _is_going_on(self):
        """Return whether its figure has not recovered; events have none."""
        self.ensure_one()
        return not self.date_over and not self.is_event

    def _end_double(self):
        """End alerts of a merged customer whose survivor has one that says the same."""
        for company, alerts in self.grouped("company_id").items():
            today = company._get_customer_today()
            alerts.filtered(lambda alert: alert.state != "closed")._set_closed(
                "known", today
            )
            running = alerts.filtered(lambda alert: not alert.date_over)
            for alert in running:
                alert.date_over = max(today, alert.date)  # the clock was set back
