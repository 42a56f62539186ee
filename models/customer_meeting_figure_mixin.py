from odoo import fields, models
from odoo.exceptions import UserError


class CustomerMeetingFigureMixin(models.AbstractModel):
    """One frozen figure of a meeting, and what managers think of it.

    Models have ``key``, ``unit``, ``state``, ``state_before`` and a meeting of
    ``customer.meeting.mixin``, which they return in ``_get_meeting``.
    """

    _name = "customer.meeting.figure.mixin"
    _description = "Figure of a Meeting"
    _inherit = ["customer.figure.mixin"]

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    sequence = fields.Integer(readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    figure = fields.Float(
        "Measured Value", digits=(16, 4), readonly=True, aggregator=None
    )
    figure_before = fields.Float(
        "Value of the Period Before", digits=(16, 4), readonly=True, aggregator=None
    )
    source_count = fields.Integer(
        "Counted", readonly=True, help="How many customers or records stand behind it."
    )
    verdict = fields.Selection(
        [("strength", "Strength"), ("gap", "Gap")], "We See It As"
    )
    note = fields.Char("Remark")

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su:
            if set(vals) - {"verdict", "note"}:
                raise UserError(self.env._("Figures are frozen."))
            self._get_meeting()._check_not_held({"gaps"})
        return super().write(vals)

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
