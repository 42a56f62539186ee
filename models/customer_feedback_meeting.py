from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..periods import last_period
from .customer_service_words import SERVICE_FIGURES

SYSTEM_FIELDS = {
    "company_id", "date_figures", "date_held", "figure_ids", "held_user_id", "state",
    "topics", "is_reminded",
}  # fmt: skip
HELD_FIELDS = {
    "conclusion", "date", "date_from", "date_to", "gaps", "resolution_ids",
    "strengths", "user_ids",
}  # fmt: skip
# Months of a meeting: every quarter what customers said is gone through.
MEETING_MONTHS = 3


class CustomerFeedbackMeeting(models.Model):
    """The quarterly meeting about what customers said: figures, reasons, resolutions.

    The figures are frozen. Who takes part reads them; managers prepare and hold it.
    """

    _name = "customer.feedback.meeting"
    _description = "Feedback Meeting"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_to desc, id desc"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._get_default_period()[0]
    )
    date_to = fields.Date(
        "To", required=True, default=lambda self: self._get_default_period()[1]
    )
    date = fields.Date("Meeting On", tracking=True)
    date_figures = fields.Date("Figures As Of", readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "To Hold"), ("held", "Held")],
        "Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    user_ids = fields.Many2many(
        "res.users",
        "customer_feedback_meeting_users_rel",
        "meeting_id",
        "user_id",
        "Participants",
        domain="[('share', '=', False)]",
        help="They read the meeting and its figures.",
    )
    figure_ids = fields.One2many(
        "customer.feedback.meeting.figure", "meeting_id", "Figures", copy=False
    )
    topics = fields.Json("What It Was About", readonly=True, copy=False)
    topics_html = fields.Html(
        "What Customers Wrote About", compute="_compute_topics_html", sanitize=False
    )
    strengths = fields.Text()
    gaps = fields.Text()
    conclusion = fields.Text()
    resolution_ids = fields.One2many(
        "customer.feedback.resolution", "meeting_id", "Resolutions"
    )
    resolution_count = fields.Integer(
        "Number of Resolutions", compute="_compute_resolution_counts"
    )
    resolution_late_count = fields.Integer(
        "Resolutions Late", compute="_compute_resolution_counts"
    )
    date_held = fields.Date("Held On", readonly=True, copy=False)
    held_user_id = fields.Many2one(
        "res.users", "Held By", readonly=True, copy=False, ondelete="restrict"
    )
    is_reminded = fields.Boolean("Reminder Sent", readonly=True, copy=False)

    _company_period_uniq = models.Constraint(
        "UNIQUE (company_id, date_from, date_to)",
        "There is a feedback meeting for this period already.",
    )
    _period_order = models.Constraint(
        "CHECK (date_from <= date_to)", "A period cannot end before it starts."
    )

    # === DEFAULTS === #

    @api.model
    def _get_default_period(self):
        return last_period(self.env.company._get_customer_today(), MEETING_MONTHS)

    # === COMPUTE METHODS === #

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for meeting in self:
            meeting.display_name = self.env._(
                "Customer feedback, %(start)s - %(end)s",
                start=format_date(self.env, meeting.date_from),
                end=format_date(self.env, meeting.date_to),
            )

    @api.depends("topics")
    @api.depends_context("lang")
    def _compute_topics_html(self):
        figures = self.env["customer.service.figures"]
        for meeting in self:
            meeting.topics_html = self.env["ir.qweb"]._render(
                "customer_success.customer_service_topics",
                {"tables": figures._get_topic_tables(meeting.topics or {})},
                minimal_qcontext=True,
            )

    @api.depends("resolution_ids.is_late")
    def _compute_resolution_counts(self):
        for meeting in self:
            meeting.resolution_count = len(meeting.resolution_ids)
            late = meeting.resolution_ids.filtered("is_late")
            meeting.resolution_late_count = len(late)

    # === CONSTRAINT METHODS === #

    @api.constrains("date_from", "date_to")
    def _check_length(self):
        for meeting in self:
            if fields.Date.add(meeting.date_from, years=1) <= meeting.date_to:
                raise ValidationError(
                    self.env._(
                        "%s, From: the period of a meeting is one year at most.",
                        meeting.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                for name in SYSTEM_FIELDS & set(vals):
                    del vals[name]
        meetings = super(
            CustomerFeedbackMeeting, self._without_system_defaults()
        ).create(vals_list)
        meetings._freeze()
        return meetings

    def write(self, vals):
        if not self.env.su:
            self._check_not_held(vals)
        result = super().write(vals)
        if {"date_from", "date_to"} & set(vals):
            self._freeze()
        return result

    @api.model
    def _without_system_defaults(self):
        """Return this model without defaults a client sends for system fields."""
        names = {f"default_{name}" for name in SYSTEM_FIELDS}
        if self.env.su or not names & set(self.env.context):
            return self
        context = {
            name: value for name, value in self.env.context.items() if name not in names
        }
        return self.with_env(self.env(context=context))

    def _check_not_held(self, vals):
        names = SYSTEM_FIELDS & set(vals)
        held = self.filtered(lambda meeting: meeting.state == "held")
        if names or (held and HELD_FIELDS & set(vals)):
            raise UserError(
                self.env._(
                    "%s cannot be changed like this: reopen it first.",
                    (held or self)[:1].display_name,
                )
            )

    # === ACTION METHODS === #

    def action_hold(self):
        """Hold these meetings; what follows has to be there."""
        self.check_access("write")
        for meeting in self:
            if not (meeting.conclusion or "").strip():
                raise UserError(
                    self.env._("%s: write the conclusion first.", meeting.display_name)
                )
            # sudo: what buttons write
            meeting.sudo().write(
                {
                    "state": "held",
                    "date_held": meeting.company_id._get_customer_today(),
                    "held_user_id": self.env.uid,
                }
            )
        self._get_reminders().action_feedback()

    def action_reopen(self):
        """Take back that these meetings were held."""
        self.check_access("write")
        # sudo: what buttons write
        self.sudo().write({"state": "draft", "date_held": False, "held_user_id": False})

    def action_take_figures(self):
        """Take the figures again; what managers said about them stays."""
        self.check_access("write")
        self._check_not_held(dict.fromkeys(HELD_FIELDS))
        self._freeze()

    def action_propose_texts(self):
        """Write the figures marked as strength or gap into the texts."""
        self.check_access("write")
        self._check_not_held(dict.fromkeys(HELD_FIELDS))
        for meeting in self:
            for verdict, name in (("strength", "strengths"), ("gap", "gaps")):
                lines = meeting.figure_ids.filtered(
                    lambda row, verdict=verdict: row.verdict == verdict
                )
                old = (meeting[name] or "").strip()
                meeting[name] = "\n".join(filter(None, [old, *lines._word_new(old)]))

    # === BUSINESS METHODS === #

    def _get_reminders(self):
        """Return the open activities that the system made for these meetings."""
        # sudo: activities of somebody else
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("automated", "=", True),
                ]
            )
        )

    def _freeze(self):
        """Work the figures out and keep them; verdicts of managers stay."""
        for meeting in self:
            # sudo: a meeting is about all customers of its company
            meeting_sudo = meeting.sudo()
            figures = meeting_sudo.env["customer.service.figures"]._get_service_figures(
                meeting.company_id, meeting.date_from, meeting.date_to
            )
            verdicts = {
                row.key: (row.verdict, row.note) for row in meeting_sudo.figure_ids
            }
            meeting_sudo.figure_ids.unlink()
            meeting_sudo.env["customer.feedback.meeting.figure"].create(
                [
                    meeting._prepare_figure_vals(number, row, figures, verdicts)
                    for number, row in enumerate(SERVICE_FIGURES, 1)
                ]
            )
            meeting_sudo.write(
                {
                    "date_figures": meeting.company_id._get_customer_today(),
                    "topics": figures["topics"],
                }
            )

    def _prepare_figure_vals(self, number, row, figures, verdicts):
        key, _label, unit = row
        now, before, count = figures["figures"][key]
        target, side = figures["targets"].get(key, (0, False))
        verdict, note = verdicts.get(key, (False, False))
        return {
            "meeting_id": self.id,
            "company_id": self.company_id.id,
            "sequence": number,
            "key": key,
            "unit": unit,
            "figure": now[0] or 0,
            "state": now[1],
            "figure_before": before[0] or 0,
            "state_before": before[1],
            "source_count": count or 0,
            "target": target,
            "target_side": side,
            "verdict": verdict,
            "note": note,
        }
