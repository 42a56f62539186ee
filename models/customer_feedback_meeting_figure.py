from odoo import api, fields, models
from odoo.exceptions import UserError

from .customer_service_words import (
    FIGURE_STATES,
    FIGURE_UNIT_LABELS,
    SERVICE_FIGURES,
)


class CustomerFeedbackMeetingFigure(models.Model):
    """One frozen figure of a feedback meeting, and what managers think of it."""

    _name = "customer.feedback.meeting.figure"
    _description = "Figure of a Feedback Meeting"
    _inherit = ["customer.figure.mixin"]
    _order = "meeting_id, sequence, id"
    _rec_name = "key"

    meeting_id = fields.Many2one(
        "customer.feedback.meeting",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    sequence = fields.Integer(readonly=True)
    key = fields.Selection(
        [(key, label) for key, label, _unit in SERVICE_FIGURES],
        "Figure",
        required=True,
        readonly=True,
    )
    unit = fields.Selection(FIGURE_UNIT_LABELS, required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    figure = fields.Float(
        "Measured Value", digits=(16, 4), readonly=True, aggregator=None
    )
    state = fields.Selection(FIGURE_STATES, "Value Is", required=True, readonly=True)
    figure_before = fields.Float(
        "Value of the Period Before", digits=(16, 4), readonly=True, aggregator=None
    )
    state_before = fields.Selection(
        FIGURE_STATES, "Value of the Period Before Is", required=True, readonly=True
    )
    target = fields.Float("Goal", digits=(16, 4), readonly=True, aggregator=None)
    target_side = fields.Selection(
        [("min", "At least"), ("max", "At most")], "Goal Is", readonly=True
    )
    source_count = fields.Integer(
        "Counted", readonly=True, help="How many customers or records stand behind it."
    )
    is_missed = fields.Boolean("Goal Missed", compute="_compute_target_text")
    verdict = fields.Selection(
        [("strength", "Strength"), ("gap", "Gap")], "We See It As"
    )
    note = fields.Char("Remark")
    value_text = fields.Char("In the Period")
    target_text = fields.Char("Goal To Reach", compute="_compute_target_text")

    _meeting_key_uniq = models.Constraint(
        "UNIQUE (meeting_id, key)", "A meeting has each figure once."
    )

    # === COMPUTE METHODS === #

    @api.depends("figure", "state", "target", "target_side", "key")
    @api.depends_context("lang")
    def _compute_target_text(self):
        words = self.env["customer.service.figures"]
        for row in self:
            row.target_text = words._word_target(row.key, row.target, row.target_side)
            row.is_missed = words._is_missed(
                row.figure, row.state, row.target, row.target_side
            )

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su:
            if set(vals) - {"verdict", "note"}:
                raise UserError(self.env._("Figures are frozen."))
            self.meeting_id._check_not_held({"gaps": True})
        return super().write(vals)

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

    def _word_new(self, text):
        """Return lines about these figures that a text does not hold yet."""
        labels = dict(self._fields["key"]._description_selection(self.env))
        lines = []
        for row in self:
            line = self.env._(
                "%(figure)s: %(value)s", figure=labels[row.key], value=row.value_text
            )
            if row.note:
                line = f"{line} ({row.note})"
            if line not in (text or ""):
                lines.append(line)
        return lines
