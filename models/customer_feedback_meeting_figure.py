from odoo import fields, models


class CustomerFeedbackMeetingFigure(models.Model):
    """One frozen figure of a feedback meeting, and what managers think of it."""

    _name = "customer.feedback.meeting.figure"
    _description = "Figure of a Feedback Meeting"
    _inherit = ["customer.meeting.figure.mixin", "customer.service.figure.mixin"]
    _order = "meeting_id, sequence, id"
    _rec_name = "key"

    meeting_id = fields.Many2one(
        "customer.feedback.meeting",
        "Feedback Meeting",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )

    _meeting_key_uniq = models.Constraint(
        "UNIQUE (meeting_id, key)", "A meeting has each figure once."
    )

    # === ACTION METHODS === #

    def action_open_records(self):
        """Open what this figure was counted from, under the reader's rights."""
        self.ensure_one()
        self.check_access("read")
        meeting = self.meeting_id
        return self.env["customer.service.figures"]._get_records_action(
            self.key, self.company_id, meeting.date_from, meeting.date_to
        )

    # === BUSINESS METHODS === #

    def _get_meeting(self):
        return self.meeting_id
