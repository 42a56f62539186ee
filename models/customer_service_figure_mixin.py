from odoo import api, fields, models

from .customer_service_words import (
    FIGURE_STATES,
    FIGURE_UNIT_LABELS,
    SERVICE_FIGURES,
    TARGET_SIDES,
)


class CustomerServiceFigureMixin(models.AbstractModel):
    """One figure of service, with the goal it is to reach.

    Models have ``figure`` and ``figure_before``.
    """

    _name = "customer.service.figure.mixin"
    _description = "Figure of Service"
    _inherit = ["customer.figure.mixin"]

    key = fields.Selection(
        [(key, label) for key, label, _unit in SERVICE_FIGURES],
        "Metric",
        required=True,
        readonly=True,
    )
    unit = fields.Selection(FIGURE_UNIT_LABELS, required=True, readonly=True)
    state = fields.Selection(FIGURE_STATES, "Value Is", required=True, readonly=True)
    state_before = fields.Selection(
        FIGURE_STATES, "Value of the Period Before Is", required=True, readonly=True
    )
    target = fields.Float(digits=(16, 4), readonly=True, aggregator=None)
    target_side = fields.Selection(TARGET_SIDES, "Goal Is", readonly=True)
    is_missed = fields.Boolean("Goal Missed", compute="_compute_target_text")
    value_text = fields.Char("In the Period")
    target_text = fields.Char("Goal To Reach", compute="_compute_target_text")

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
