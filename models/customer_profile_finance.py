from odoo import api, fields, models
from odoo.tools import SQL, Query

from ..periods import window


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
        compute="_compute_finance_facts",
        help="Product categories of the confirmed orders of 12 months, largest first.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term", "Payment Terms", compute="_compute_finance_facts"
    )
    payment_term_text = fields.Char(
        "Terms of Payment", compute="_compute_finance_facts"
    )
    credit_limit = fields.Float(
        related="partner_id.credit_limit",
        related_sudo=False,  # as superuser, Odoo 19 sorts by it for everybody
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    @api.depends_context("lang")
    def _compute_finance_facts(self):
        """Read the facts of a company's customers in one statement.

        Declared figures (README, "Who sees what"): shown without accounting rights to
        whoever may read the customer. Terms and categories are names only.
        """
        facts = {}
        for company, members in self.grouped("company_id").items():
            if members._origin.ids:
                # sudo: figures of the declared list
                facts.update(members._read_finance_facts(company.sudo()))
        unknown = self.env._("Unknown")
        for profile in self:
            days, term_id, term, categories = facts.get(
                profile._origin.id, (None, None, None, None)
            )
            profile.collection_text = (
                unknown if days is None else self.env._("%.0f days", days)
            )
            profile.payment_term_id = term_id
            profile.payment_term_text = term
            profile.category_text = categories or ""
            profile.order_average_text = profile._get_order_average()

    def _get_order_average(self):
        """Return the amount per order in words, False when it is unknown."""
        if not (
            self.amount_12m_state == "known"
            and self.order_count_12m_state == "known"
            and self.order_count_12m
        ):
            return False
        return self.env["customer.explanation"]._format_money(
            self.amount_12m / self.order_count_12m, self.currency_id
        )

    def _read_finance_facts(self, company):
        """Return collection days, payment terms and categories by customer id."""
        year = window(company._get_customer_today(), company._get_customer_tz())
        partners = self.env["res.partner"].with_company(company)
        for model in ("customer.snapshot", "customer.profile", "sale.order.line"):
            self.env[model].flush_model()
        partners.flush_model(["property_payment_term_id", "commercial_partner_id"])
        query = Query(self.env, "par", SQL.identifier("res_partner"))
        rows = self.env.execute_query(
            SQL(
                """SELECT pro.id,
                          snp.paid_collection_weight_12m
                              / NULLIF(snp.paid_amount_12m, 0),
                          ptm.id,
                          COALESCE(ptm.name->>%(lang)s, ptm.name->>'en_US'),
                          ctg.names
                     FROM customer_profile pro
                     JOIN res_partner par ON par.id = pro.partner_id
                LEFT JOIN customer_snapshot snp ON snp.profile_id = pro.id
                LEFT JOIN account_payment_term ptm ON ptm.id = %(term)s
                LEFT JOIN LATERAL (%(categories)s) ctg ON TRUE
                    WHERE pro.id = ANY(%(ids)s)""",
                lang=self.env.lang or "en_US",
                term=partners._field_to_sql("par", "property_payment_term_id", query),
                categories=self._select_top_categories(company, year),
                ids=self._origin.ids,
            )
        )
        return {row[0]: row[1:] for row in rows}

    def _select_top_categories(self, company, year, limit=3):
        """Return the largest product categories of 12 months of customer ``pro``."""
        return SQL(
            """SELECT STRING_AGG(top.name, ', ' ORDER BY top.amount DESC, top.id)
                      AS names
                 FROM (
                    SELECT cat.id, cat.complete_name AS name,
                           SUM(lin.price_subtotal) AS amount
                      FROM res_partner con
                      JOIN sale_order ord ON ord.partner_id = con.id
                      JOIN sale_order_line lin ON lin.order_id = ord.id
                      JOIN product_product prd ON prd.id = lin.product_id
                      JOIN product_template tpl ON tpl.id = prd.product_tmpl_id
                      JOIN product_category cat ON cat.id = tpl.categ_id
                     WHERE con.commercial_partner_id = pro.partner_id
                       AND ord.company_id = %(company)s
                       AND ord.state = 'sale'
                       AND ord.date_order >= %(start)s
                       AND ord.date_order < %(end)s
                  GROUP BY cat.id
                  ORDER BY amount DESC, cat.id
                     LIMIT %(limit)s) top""",
            company=company.id,
            start=year.start_utc,
            end=year.end_utc,
            limit=limit,
        )
