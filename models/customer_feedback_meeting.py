from odoo import api, fields, models
from odoo.tools import format_date

from .customer_meeting_mixin import HELD_FIELDS, SYSTEM_FIELDS

# Months of a meeting: every quarter what customers said is gone through.
MEETING_MONTHS = 3


class CustomerFeedbackMeeting(models.Model):
    """The quarterly meeting about what customers said: figures, reasons, resolutions.

    The figures are frozen. Who takes part reads them; managers prepare and hold it.
    """

    _name = "customer.feedback.meeting"
    _description = "Feedback Meeting"
    _inherit = ["customer.meeting.mixin", "mail.activity.mixin"]
    _order = "date_to desc, id desc"
    _period_months = MEETING_MONTHS
    _system_fields = SYSTEM_FIELDS | {"is_reminded", "topics"}
    _held_fields = HELD_FIELDS | {"date", "resolution_ids"}

    date = fields.Date("Meeting On", tracking=True)
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
    resolution_ids = fields.One2many(
        "customer.feedback.resolution", "meeting_id", "Resolutions"
    )
    resolution_count = fields.Integer(
        "Number of Resolutions", compute="_compute_resolution_counts"
    )
    resolution_late_count = fields.Integer(
        "Resolutions Late", compute="_compute_resolution_counts"
    )
    is_reminded = fields.Boolean("Reminder Sent", readonly=True, copy=False)

    _company_period_uniq = models.Constraint(
        "UNIQUE (company_id, date_from, date_to)",
        "There is a feedback meeting for this period already.",
    )

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

    # === ACTION METHODS === #

    def action_hold(self):
        """Override: nobody needs to be reminded any more."""
        result = super().action_hold()
        self._get_automated_activities().action_feedback()
        return result

    # === BUSINESS METHODS === #

    def _read_figures(self):
        """Override: the figures of service, and what customers wrote about."""
        service = self.env["customer.service.figures"]
        found = service._get_service_figures(
            self.company_id, self.date_from, self.date_to
        )
        return service._prepare_lines(found), {"topics": found["topics"]}
