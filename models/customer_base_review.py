from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .customer_base_figures import FIGURES


class CustomerBaseReview(models.Model):
    """The managers' review of all customers: five questions, answered by figures.

    The figures are frozen; managers say which are strengths and which are gaps.
    """

    _name = "customer.base.review"
    _description = "Review of the Customer Base"
    _inherit = ["customer.meeting.mixin"]
    _order = "date_to desc, id desc"
    _period_months = 6

    user_ids = fields.Many2many(
        "res.users",
        "customer_base_review_users_rel",
        "review_id",
        "user_id",
        "Participants",
        domain=[("share", "=", False)],
    )
    figure_ids = fields.One2many(
        "customer.base.review.figure", "review_id", "Figures", copy=False
    )
    conclusion = fields.Text(help="What follows for goals, plans and resources.")

    _company_period_uniq = models.Constraint(
        "UNIQUE (company_id, date_from, date_to)",
        "There is a review of the customer base for this period already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._(
                "Customer base, %(start)s - %(end)s",
                start=format_date(self.env, review.date_from),
                end=format_date(self.env, review.date_to),
            )

    # === BUSINESS METHODS === #

    def _check_texts(self):
        """Override: what is strong and what is missing has to be there too."""
        texts = (self.strengths, self.gaps, self.conclusion)
        if not all((text or "").strip() for text in texts):
            raise UserError(
                self.env._(
                    "%s: write strengths, gaps and conclusion first.",
                    self.display_name,
                )
            )

    def _read_figures(self):
        """Override: the figures of the whole base."""
        found = self.env["customer.base.figures"]._read_base(
            self.company_id, self.date_from, self.date_to
        )
        lines = [
            {
                "sequence": number,
                "question": question,
                "key": key,
                "unit": unit,
                **self.figure_ids._prepare_values(*found[key]),
            }
            for number, (key, _label, question, unit) in enumerate(FIGURES, 1)
        ]
        return lines, {}
