from odoo import fields, models

from .customer_base_figures import FIGURES, QUESTIONS
from .customer_review_indicator import STATES, UNITS

BASE_STATES = [
    *STATES,
    ("nobody", "No customer"),
    ("not_known", "Not known of every customer"),
    ("no_talk", "No interaction"),
    ("no_promise", "No promise was due"),
    ("no_case", "No case"),
    ("no_complaint", "No complaint was closed or late"),
    ("no_alert", "No alert was raised"),
    ("no_cost", "No cost was entered"),
]


class CustomerBaseReviewFigure(models.Model):
    """One figure of a review of the base, and what managers think of it."""

    _name = "customer.base.review.figure"
    _description = "Figure of a Base Review"
    _inherit = ["customer.meeting.figure.mixin"]
    _order = "review_id, sequence, id"
    _rec_name = "key"

    review_id = fields.Many2one(
        "customer.base.review",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    question = fields.Selection(QUESTIONS, required=True, readonly=True)
    key = fields.Selection(
        [(key, label) for key, label, _question, _unit in FIGURES],
        "Indicator",
        required=True,
        readonly=True,
    )
    unit = fields.Selection(UNITS, required=True, readonly=True)
    state = fields.Selection(BASE_STATES, "Value Is", required=True, readonly=True)
    state_before = fields.Selection(
        BASE_STATES, "Value of the Period Before Is", required=True, readonly=True
    )
    value_text = fields.Char("Answer")

    _review_key_uniq = models.Constraint(
        "UNIQUE (review_id, key)", "A review has each figure once."
    )

    # === ACTION METHODS === #

    def action_open_records(self):
        """Open what this figure was counted from."""
        self.ensure_one()
        self.check_access("read")
        return self._get_action()

    # === BUSINESS METHODS === #

    def _get_question(self):
        """Return the question this figure answers, in full."""
        return {
            "information": self.env._(
                "Is customer information complete and kept up to date?"
            ),
            "tiering": self.env._(
                "Is tiering right, do resources go where they should?"
            ),
            "communication": self.env._(
                "How often, how, and with what effect do we talk?"
            ),
            "satisfaction": self.env._("How satisfied and loyal are they really?"),
            "feedback": self.env._("How well are complaints and feedback handled?"),
        }[self.question]

    def _get_meeting(self):
        return self.review_id
