from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

OUTCOMES = [
    ("saved", "Saved"),
    ("lost", "Lost"),
    ("false_alarm", "False Alarm"),
    ("known", "Already Known"),
    ("recovered", "Recovered by Itself"),
]
# What people answer; the other one the system sets.
ANSWERS = OUTCOMES[:-1]
SNOOZE_EVENTS = [
    ("date", "Until a day"),
    ("order", "Until he orders"),
    ("interaction", "Until somebody talked with him"),
]
# Written by buttons and the nightly job, never by a client.
SYSTEM_FIELDS = {
    "outcome",
    "date_closed",
    "close_user_id",
    "is_snoozed",
    "snooze_until",
    "snooze_event",
    "snooze_reason",
    "snooze_datetime",
    "is_overflow",
    "priority",
    "value_at_risk",
    "owner_then_id",
    "raised_user_id",
}


class CustomerAlert(models.Model):
    """What people see of an alert and do with it: take it, plan, snooze, close."""

    _inherit = "customer.alert"
    _order = "priority desc, date desc, id desc"

    sentence = fields.Text("What Happened", compute="_compute_sentence")
    currency_id = fields.Many2one(related="company_id.currency_id")
    responsible_id = fields.Many2one(
        related="profile_id.user_id", string="First Responsible Person"
    )

    # who has it, how urgent it is
    user_id = fields.Many2one(
        "res.users",
        "Who Has It",
        index=True,
        copy=False,
        tracking=True,
        domain=[("share", "=", False)],
        help="By the rule, until somebody takes it or hands it over.",
    )
    is_overflow = fields.Boolean(
        "On the Managers' List",
        readonly=True,
        copy=False,
        help="The person has as many open alerts as the settings allow: no activity.",
    )
    priority = fields.Float(
        digits=(5, 0),
        readonly=True,
        copy=False,
        aggregator="max",
        help="0 to 100: severity, tier, value at risk and a contract that ends soon.",
    )
    value_at_risk = fields.Monetary(
        readonly=True,
        copy=False,
        help="What is at stake within the days looked ahead, when the alert was raised:"
        " the usual value; where he has stopped ordering, times the chance that he"
        " does not order again.",
    )
    owner_then_id = fields.Many2one(
        "res.users",
        "First Responsible When Given",
        readonly=True,
        copy=False,
        help="When the customer has somebody else, the alert goes to him.",
    )
    raised_user_id = fields.Many2one(
        "res.users", "Reminded", readonly=True, copy=False, help="Who got the activity."
    )

    # how it ended
    outcome = fields.Selection(OUTCOMES, readonly=True, copy=False, tracking=True)
    date_closed = fields.Date("Closed On", readonly=True, copy=False)
    close_user_id = fields.Many2one(
        "res.users", "Closed By", readonly=True, copy=False, ondelete="restrict"
    )

    # put off
    is_snoozed = fields.Boolean("Snoozed", readonly=True, copy=False, tracking=True)
    snooze_event = fields.Selection(SNOOZE_EVENTS, readonly=True, copy=False)
    snooze_until = fields.Date(
        readonly=True, copy=False, help="Comes back on this day at the latest."
    )
    snooze_reason = fields.Char(readonly=True, copy=False)
    snooze_datetime = fields.Datetime("Snoozed At", readonly=True, copy=False)

    _open_idx = models.Index("(company_id, user_id) WHERE state <> 'closed'")
    _closed_has_outcome = models.Constraint(
        "CHECK ((state = 'closed') = (outcome IS NOT NULL))",
        "A closed alert says how it ended, an open one does not.",
    )

    # === COMPUTE METHODS === #

    @api.depends("signal", "evidence", "rule_id")
    @api.depends_context("lang")
    def _compute_sentence(self):
        words = self.env["customer.alert.words"]
        for alert in self:
            alert.sentence = (
                words._get_sentence(alert.signal, alert.evidence, alert.company_id)
                or alert.rule_id.name
            )

    # === CRUD METHODS === #

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | SYSTEM_FIELDS

    def write(self, vals):
        """Hand an alert over when a client writes who has it."""
        if self.env.su or "user_id" not in vals:
            return super().write(vals)
        self._check_receiver(self.env["res.users"].browse(vals["user_id"] or []))
        result = super().write(vals)
        self._set_taken(keep_user=True)
        return result

    def _check_receiver(self, user):
        """Raise, naming him, when a person cannot have these alerts."""
        self._check_not_closed()
        if not user:
            return
        self.profile_id._check_new_owner(user)
        visible = self.with_user(user)
        if not visible.has_access("read"):
            raise UserError(
                self.env._(
                    "%s does not see this customer: make him responsible for the"
                    " customer or choose a colleague of the team.",
                    user.sudo().name,  # sudo: a colleague's name
                )
            )

    # === ACTION METHODS === #

    def action_take(self):
        """Take these alerts: from now on they are mine."""
        self.check_access("write")
        self._check_not_closed()
        self._set_taken()

    def action_plan(self):
        """Open the response plan: steps that become activities."""
        self.ensure_one()
        self.check_access("write")
        self._check_not_closed()
        return self._open_dialog("customer.alert.plan", self.env._("Response Plan"))

    def action_snooze(self):
        """Ask until when and why these alerts may rest."""
        self.check_access("write")
        self._check_not_closed()
        return self._open_dialog("customer.alert.snooze", self.env._("Snooze"))

    def action_wake(self):
        """End the snooze of these alerts."""
        self.check_access("write")
        self._wake()

    def action_close(self):
        """Ask how these alerts ended."""
        self.check_access("write")
        self._check_not_closed()
        return self._open_dialog(
            "customer.alert.close", self.env._("How did it turn out?")
        )

    def action_reopen(self):
        """Take back how these alerts ended; they are mine again."""
        self.check_access("write")
        closed = self.filtered(lambda alert: alert.state == "closed")
        # sudo: what buttons write
        closed.sudo().write(
            {
                "state": "acknowledged",
                "outcome": False,
                "date_closed": False,
                "close_user_id": False,
                **self._get_no_winback(),
            }
        )
        closed._set_taken()

    @api.readonly
    def get_rhythm(self):
        """Return the timeline of the customer with the day of this alert marked."""
        self.ensure_one()
        self.check_access("read")
        rhythm = self.profile_id._get_rhythm()
        is_drawn = bool(rhythm["days"]) and str(self.date) >= rhythm["days"][0]
        return {**rhythm, "marked": is_drawn and fields.Date.to_string(self.date)}

    def _open_dialog(self, model, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_alert_ids": self.ids},
        }

    # === BUSINESS METHODS === #

    def _check_not_closed(self):
        closed = self.filtered(lambda alert: alert.state == "closed")
        if closed:
            raise UserError(
                self.env._("%s is closed: reopen it first.", closed[0].display_name)
            )

    def _set_taken(self, keep_user=False):
        """Note that these alerts have somebody who looks after them."""
        vals = {"is_overflow": False, **self._get_no_snooze()}
        if not keep_user:
            vals["user_id"] = self.env.uid
        alerts_sudo = self.sudo()  # sudo: what buttons write
        alerts_sudo.write(vals)
        alerts_sudo.filtered(lambda alert: alert.state == "open").write(
            {"state": "acknowledged"}
        )
        for alert in alerts_sudo:
            alert.owner_then_id = alert.responsible_id
        alerts_sudo._sync_activities()

    def _get_no_snooze(self):
        return {
            "is_snoozed": False,
            "snooze_event": False,
            "snooze_until": False,
            "snooze_reason": False,
            "snooze_datetime": False,
        }

    def _set_snoozed(self, event, until, reason):
        """Let these alerts rest until a day or an event; their activities go."""
        alerts_sudo = self.sudo()  # sudo: what buttons write
        alerts_sudo.write(
            {
                "is_snoozed": True,
                "snooze_event": event,
                "snooze_until": until,
                "snooze_reason": reason,
                "snooze_datetime": fields.Datetime.now(),
            }
        )
        alerts_sudo._sync_activities()

    def _wake(self):
        """End the snooze of these alerts; whoever has them gets his activity again."""
        alerts_sudo = self.sudo().filtered("is_snoozed")  # sudo: what buttons write
        alerts_sudo.write(self._get_no_snooze())
        alerts_sudo._sync_activities()

    def _set_closed(self, outcome, date, user=None):
        """Close these alerts with what came of them; their activities are done."""
        alerts_sudo = self.sudo()  # sudo: what buttons write
        alerts_sudo.write(
            {
                "state": "closed",
                "outcome": outcome,
                "date_closed": date,
                "close_user_id": user and user.id,
                "is_overflow": False,
                **self._get_no_snooze(),
            }
        )
        alerts_sudo._sync_activities()

    def _set_acting(self):
        """Note that a response plan runs; its steps replace the activity."""
        alerts_sudo = self.sudo()  # sudo: what buttons write
        alerts_sudo._set_taken(keep_user=bool(self.user_id))
        alerts_sudo.write({"state": "acting"})
        alerts_sudo._sync_activities()

    def _set_over(self, date):
        """Override: what recovered before anybody took it is closed."""
        result = super()._set_over(date)
        untouched = self.filtered(lambda alert: alert.state == "open")
        untouched.with_context(tracking_disable=True)._set_closed("recovered", date)
        return result

    @api.model
    def _get_waiting_domain(self):
        """Return the domain of the alerts that want somebody: not closed, not resting."""
        return Domain("state", "!=", "closed") & Domain("is_snoozed", "=", False)
