from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from .customer_service_policy import KINDS, RECEIVERS, TARGETS

STATES = [
    ("running", "Clock Running"),
    ("paused", "Paused"),
    ("met", "Kept"),
    ("breached", "Past Due"),
    ("cancelled", "Cancelled"),
]
# What somebody still has to do.
WAITING = ("running", "paused", "breached")
REASONS = [
    ("workload", "Too much work"),
    ("unavailable", "Customer unavailable"),
    ("waiting", "Waited for somebody else"),
    ("unclear", "Unclear who was responsible"),
    ("forgotten", "Forgotten"),
    ("recorded", "Done in time, recorded late"),
    ("other", "Other"),
]
# What people write; everything else is kept by the clock.
OWN_FIELDS = {"breach_reason", "breach_note"}


class CustomerCommitment(models.Model):
    """One promise to a customer and its clock.

    ``met`` and ``breached`` are frozen when they are reached: a promise that was
    overdue stays so, also when it is kept later. Rows change through ``_start``,
    ``_pause``, ``_resume``, ``_meet``, ``_reopen``, ``_cancel``, ``_merge_into`` and the
    job alone.
    """

    _name = "customer.commitment"
    _description = "Promise"
    _inherit = ["customer.fact.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "is_breached desc, due_datetime, id"
    _check_company_auto = True
    _is_profile_optional = True

    # what was promised, by whom and to whom: some who write to us are not known yet
    profile_id = fields.Many2one(required=False)
    # a readonly one would forget the company that came with an unknown customer
    company_id = fields.Many2one(readonly=False)
    name = fields.Char("Subject of the Promise", readonly=True)
    title = fields.Char("Promise", compute="_compute_title")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    target = fields.Selection(TARGETS, "What Is Promised", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Responsible", readonly=True, index=True)
    owner_then_id = fields.Many2one(
        "res.users",
        "First Responsible When Given",
        readonly=True,
        help="When the customer has somebody else, his promises go to him.",
    )
    tier_id = fields.Many2one(
        "customer.tier",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Of the customer when the promise was given.",
    )

    # for which record
    res_model = fields.Char("Record Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, readonly=True
    )
    interaction_id = fields.Many2one(
        "customer.interaction",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    calendar_event_id = fields.Many2one(
        "calendar.event",
        "Meeting",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    round = fields.Integer(
        readonly=True,
        default=1,
        aggregator=None,
        help="2 when the matter was reopened once, and so on.",
    )

    # by which rule
    policy_id = fields.Many2one(
        "customer.service.policy",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    hours = fields.Float(
        "Within (hours)", digits=(8, 2), readonly=True, aggregator=None
    )
    is_working_time = fields.Boolean("Working Time Only", readonly=True)
    is_company_calendar = fields.Boolean("Hours of the Company", readonly=True)
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    tz = fields.Char(
        "Time Zone", readonly=True, help="In which the due time was worked out."
    )
    date_deadline = fields.Date(
        "Deadline", readonly=True, help="Due at the end of this day, if there is one."
    )

    # the clock
    start_datetime = fields.Datetime("Given At", required=True, readonly=True)
    due_datetime = fields.Datetime(
        "Due At", readonly=True, help="Empty while the clock is paused."
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="running")
    has_no_due = fields.Boolean(
        "Without Due Time",
        readonly=True,
        help="Nobody works in these working hours any more: correct them.",
    )
    is_stale = fields.Boolean(
        "To Work Out Again",
        readonly=True,
        help="The working hours changed: the job works out the due time.",
    )
    pause_ids = fields.One2many("customer.commitment.pause", "commitment_id", "Pauses")

    # how it went
    met_datetime = fields.Datetime("Kept At", readonly=True)
    breached_datetime = fields.Datetime("Late Since", readonly=True)
    is_breached = fields.Boolean("Was Late", readonly=True)
    kept_rate = fields.Float(
        "Kept-in-Time Rate",
        digits=(5, 2),
        compute="_compute_kept_rate",
        store=True,
        aggregator="avg",
        help="1 when kept in time, else 0; the average over promises that have ended"
        " or are overdue is the share that was kept.",
    )
    breach_reason = fields.Selection(REASONS, "Why Late")
    breach_note = fields.Text("How It Came About")

    # the warning before
    escalate_hours = fields.Float(
        "Warn Before (hours)", digits=(8, 2), readonly=True, aggregator=None
    )
    escalate_to = fields.Selection(RECEIVERS, "Who Is Warned", readonly=True)
    escalate_datetime = fields.Datetime("Warn At", readonly=True)
    date_escalated = fields.Datetime("Warned At", readonly=True)
    escalated_user_id = fields.Many2one("res.users", "Warned", readonly=True)

    _record_uniq = models.Constraint(
        "UNIQUE (res_model, res_id, target, round)",
        "This was promised already.",
    )
    _round_positive = models.Constraint("CHECK (round > 0)", "Rounds count from 1.")
    _due_idx = models.Index("(due_datetime) WHERE state = 'running'")
    _escalate_idx = models.Index(
        "(escalate_datetime) WHERE state = 'running' AND date_escalated IS NULL"
    )
    _stale_idx = models.Index("(id) WHERE is_stale")
    _waiting_idx = models.Index(
        "(company_id, user_id) WHERE state IN ('running', 'paused', 'breached')"
    )
    _met_dated = models.Constraint(
        "CHECK ((state = 'met') = (met_datetime IS NOT NULL))",
        "A promise that was kept has its time, another one has none.",
    )
    _breach_dated = models.Constraint(
        "CHECK (is_breached IS NOT TRUE OR breached_datetime IS NOT NULL)",
        "A promise that was overdue says since when.",
    )

    # === COMPUTE METHODS === #

    @api.depends("target", "name", "start_datetime", "company_id")
    @api.depends_context("lang", "uid")
    def _compute_title(self):
        labels = dict(self._fields["target"]._description_selection(self.env))
        for promise in self:
            about = promise._get_about()
            promise.title = " · ".join(
                filter(None, (labels.get(promise.target), about))
            )

    def _get_about(self):
        """Return what the promise is about, as far as its reader may know."""
        if self.name or not self.start_datetime:
            return self.name
        company = self.company_id or self.env.company
        return format_date(self.env, company._get_customer_day(self.start_datetime))

    @api.depends("profile_id", "target")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Name the customer and what was promised: stored with activities."""
        labels = dict(self._fields["target"]._description_selection(self.env))
        for promise in self:
            # sudo: of a case, its handler reads it whosever customer it is
            customer = promise.sudo().profile_id.display_name or promise.name
            promise.display_name = self.env._(
                "%(customer)s, %(promise)s",
                customer=customer or self.env._("Unknown sender"),
                promise=labels.get(promise.target, ""),
            )

    @api.depends("state", "is_breached")
    def _compute_kept_rate(self):
        for promise in self:
            kept = promise.state == "met" and not promise.is_breached
            promise.kept_rate = float(kept)

    # === CRUD METHODS === #

    def write(self, vals):
        self._check_no_system_field(set(vals) - OWN_FIELDS - self._get_mail_fields())
        return super().write(vals)

    @api.model
    def _get_mail_fields(self):
        """Return the fields of the chatter: what they let people do, mail decides."""
        return {
            name for name in self._fields if name.startswith(("message_", "activity_"))
        }

    def _get_activity_text(self):
        """Return what the activity of a promise says, in the language of its reader."""
        self.ensure_one()
        return self.title

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open the record that the promise is about."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_pause(self):
        """Ask why the clock rests."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause the Clock"),
            "res_model": "customer.commitment.pause",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_commitment_id": self.id},
        }

    def action_resume(self):
        """Let the clock run again."""
        self.check_access("write")
        self._resume(fields.Datetime.now())

    # === BUSINESS METHODS === #

    @api.model
    def _get_waiting_domain(self):
        """Return the domain of the promises that somebody still has to keep."""
        return Domain("state", "in", WAITING)
