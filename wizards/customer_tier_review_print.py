from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..periods import past_quarter_ends


class CustomerTierReviewPrint(models.TransientModel):
    """Asks which tier review to print, for the customers one may see."""

    _name = "customer.tier.review.print"
    _description = "Print the Tier Review"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    date = fields.Date(
        "Review Day",
        required=True,
        default=lambda self: self._get_last_quarter_end(self.env.company),
        help="Compared with the quarter end before it.",
    )
    date_before = fields.Date("Compared With", compute="_compute_date_before")
    customer_count = fields.Integer(
        "Customers", compute="_compute_customer_count", help="Those you may see."
    )

    # === COMPUTE METHODS === #

    @api.depends("date")
    def _compute_date_before(self):
        for wizard in self:
            wizard.date_before = wizard.date and past_quarter_ends(wizard.date, 1)[0]

    @api.depends("company_id")
    def _compute_customer_count(self):
        for wizard in self:
            wizard.customer_count = self.env["customer.profile"].search_count(
                [("company_id", "=", wizard.company_id.id)]
            )

    # === ACTION METHODS === #

    def action_print(self):
        """Print the review; refuses a day that is still to come."""
        self.ensure_one()
        today = self.company_id._get_customer_today()
        if self.date > today:
            raise UserError(
                self.env._(
                    "The review day %(day)s is still to come: choose today,"
                    " %(today)s, or an earlier day.",
                    day=format_date(self.env, self.date),
                    today=format_date(self.env, today),
                )
            )
        return self.env.ref(
            "customer_success.action_report_customer_tier_review"
        ).report_action(self, config=False)

    # === BUSINESS METHODS === #

    @api.model
    def _get_last_quarter_end(self, company):
        return past_quarter_ends(company._get_customer_today(), 1)[0]
