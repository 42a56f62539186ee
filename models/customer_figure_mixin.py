from odoo import api, fields, models
from odoo.tools import format_amount

from ..scoring import word_number, word_rate


class CustomerFigureMixin(models.AbstractModel):
    """A frozen figure and the one before it, as people read them.

    Models have ``figure``, ``state``, ``figure_before``, ``state_before``, ``unit``
    (``money``, ``rate`` or ``number``) and ``currency_id``.
    """

    _name = "customer.figure.mixin"
    _description = "Figure in Words"

    value_text = fields.Char("Figure", compute="_compute_texts")
    before_text = fields.Char("Period Before", compute="_compute_texts")

    @api.depends("figure", "state", "figure_before", "state_before", "unit")
    @api.depends_context("lang")
    def _compute_texts(self):
        for row in self:
            row.value_text = row._word(row.figure, row.state)
            row.before_text = row._word(row.figure_before, row.state_before)

    @api.model
    def _prepare_values(self, now, before, count):
        """Return what a figure holds; an unknown one is stored as 0 beside its state."""
        return {
            "figure": now[0] or 0,
            "state": now[1],
            "figure_before": before[0] or 0,
            "state_before": before[1],
            "source_count": count or 0,
        }

    def _word(self, value, state):
        """Return a figure as people read it, or why there is none."""
        if state == "none":
            return ""
        if state != "known":
            return dict(self._fields["state"]._description_selection(self.env))[state]
        if self.unit == "money":
            return format_amount(self.env, value, self.currency_id)
        if self.unit == "rate":
            return word_rate(value)
        return word_number(value)
