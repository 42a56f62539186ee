from odoo import fields, models
from odoo.tools import SQL, format_amount

from ..periods import months_before


class CustomerProfile(models.Model):
    """Finance facts that are shown but not scored."""

    _inherit = "customer.profile"

    collection_text = fields.Char(
        "Collection Days",
        compute="_compute_finance_facts",
        help="Days from invoice to payment, weighted by amount, 12 months.",
    )
    order_average_text = fields.Char(
        "Amount per Order",
        compute="_compute_finance_facts",
        help="Amount of 12 months divided by the orders of 12 months.",
    )
    category_text = fields.Char(
        "Largest Categories",
        compute="_compute_category_text",
        help="Product categories of the confirmed orders of 12 months, largest first.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        "Payment Terms",
        compute="_compute_payment_terms",
        compute_sudo=True,
    )
    credit_limit = fields.Float(
        related="partner_id.credit_limit",
        related_sudo=False,  # as superuser, Odoo 19 sorts by it for everybody
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    def _compute_finance_facts(self):
        collection_days = self._get_collection_days()
        unknown = self.env._("Unknown")
        for profile in self:
            days = collection_days.get(profile.id)
            profile.collection_text = (
                unknown if days is None else self.env._("%.0f days", days)
            )
            is_known = (
                profile.amount_12m_state == "known"
                and profile.order_count_12m_state == "known"
                and profile.order_count_12m
            )
            profile.order_average_text = (
                format_amount(
                    self.env,
                    profile.amount_12m / profile.order_count_12m,
                    profile.currency_id,
                )
                if is_known
                else False
            )

    def _get_collection_days(self):
        """Return days from invoice to payment by customer id; unknown ones are left out.

        A declared figure (README, "Who sees what"): shown without accounting rights to
        whoever may read the customer.
        """
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT profile_id, paid_collection_weight_12m / paid_amount_12m
                     FROM customer_snapshot
                    WHERE profile_id = ANY(%s) AND paid_amount_12m > 0""",
                self.ids,
            )
        )
        return dict(rows)

    def _compute_category_text(self):
        for profile in self:
            profile.category_text = ", ".join(profile._get_top_categories())

    def _get_top_categories(self, limit=3):
        """Return the names of the largest product categories of 12 months."""
        self.ensure_one()
        today = self.company_id._get_customer_today()
        # sudo: names of categories only, of a customer the user may see
        groups = (
            self.env["sale.order.line"]
            .sudo()
            ._read_group(
                [
                    ("order_id.partner_id", "child_of", self.partner_id.ids),
                    ("order_id.company_id", "=", self.company_id.id),
                    ("order_id.state", "=", "sale"),
                    ("order_id.date_order", ">", months_before(today, 12)),
                    ("product_id", "!=", False),
                ],
                ["product_id"],
                ["price_subtotal:sum"],
            )
        )
        totals = {}
        for product, amount in groups:
            if product.categ_id:
                totals[product.categ_id] = totals.get(product.categ_id, 0) + amount
        largest = sorted(totals, key=lambda category: -totals[category])[:limit]
        return [category.display_name for category in largest]

    def _compute_payment_terms(self):
        for profile in self:
            partner = profile.partner_id.with_company(profile.company_id)
            profile.payment_term_id = partner.property_payment_term_id
