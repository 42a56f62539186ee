from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..periods import months_before


class CustomerRetentionCustomer(models.Model):
    """The customers of a period: who was there at its start, who has churned since.

    Which period the context says (``customer_retention``): ``{"ids"}`` of months that
    were counted, or ``{"start", "end"}``, two days; without it the retention period up
    to today, for each company shown. Customers show to whoever may see them.
    """

    _name = "customer.retention.customer"
    _description = "Customer of a Retention Period"
    _auto = False
    _order = "is_churned desc, amount_before desc nulls last, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    profile_id = fields.Many2one("customer.profile", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "First Responsible Person", readonly=True)
    tier_id = fields.Many2one(
        "customer.tier",
        "Tier at the Start",
        readonly=True,
        help="Held when the period began, whatever it is now.",
    )
    is_top_tier = fields.Boolean("Two Highest Tiers", readonly=True)
    stage_id = fields.Many2one(
        "customer.lifecycle.stage", "Stage at the Start", readonly=True
    )
    date_start = fields.Date("Start", readonly=True, help="Last day before the period.")
    date_end = fields.Date("End", readonly=True)
    is_churned = fields.Boolean("Churned", readonly=True)
    churned_count = fields.Integer("Number Churned", readonly=True)
    reason = fields.Selection(
        [
            ("stayed", "Bought again"),
            ("silent", "No purchase in the period"),
            ("lost", "Called lost by people"),
            ("unknown", "Documents changed since"),
        ],
        "Why",
        readonly=True,
    )
    date_last = fields.Date(
        "Last Purchase",
        readonly=True,
        help="Last order, invoice or opening amount up to the end of the period.",
    )
    date_lost = fields.Date("Called Lost On", readonly=True)
    amount_before = fields.Monetary(
        readonly=True,
        help="Of the 12 months before the period, untaxed, company currency.",
    )
    amount_before_state = fields.Selection(
        [
            ("known", "Known"),
            ("no_rate", "No exchange rate"),
            ("before_history", "Before the history start"),
        ],
        "Amount Before Is",
        readonly=True,
    )

    _depends = {
        "account.move": ["state", "invoice_date", "partner_id"],
        "customer.lifecycle.change": ["profile_id", "date", "to_stage_id"],
        "customer.opening": ["profile_id", "month", "amount", "orders"],
        "customer.profile": ["partner_id", "company_id", "user_id"],
        "customer.retention": ["start_ids", "churned_ids"],
        "customer.tier.change": ["profile_id", "date", "to_tier_id"],
        "sale.order": ["state", "date_order", "partner_id", "amount_untaxed"],
    }

    # === SQL HELPERS === #

    @property
    def _table_query(self):
        given = self.env.context.get("customer_retention")
        if isinstance(given, dict) and "ids" in given:
            return self._select_counted(given["ids"])
        companies = self.env.companies
        if isinstance(given, dict) and given.get("company_id"):
            companies = companies.filtered(lambda one: one.id == given["company_id"])
        return SQL(" UNION ALL ").join(
            self._select_customers(company, *self._get_period(given, company))
            for company in companies or self.env.company
        )

    @api.model
    def _get_period(self, given, company):
        """Return the two days of the context, else the last period of a company."""
        if isinstance(given, dict) and given.get("start") and given.get("end"):
            return fields.Date.to_date(given["start"]), fields.Date.to_date(
                given["end"]
            )
        today = company._get_customer_today()
        return months_before(today, company.customer_retention_period_months), today

    @api.model
    def _select_customers(self, company, start, end, customers=None):
        """Return the columns of the customers of a company and period.

        Both parts are worked out once and fenced: for some rows the planner would
        repeat them for each row (20,000 customers: minutes against 1 s).

        :param customers: who they are and whether they churned, when that is stored
        """
        facts = self.env["customer.facts"]
        before = SQL("FALSE")
        known = self.env["customer.retention"]._get_first_known_start(company)
        if known and start < known:
            before = SQL("val.has_opening IS NOT TRUE")
        return SQL(
            """(WITH ret AS MATERIALIZED (%(customers)s),
                     val AS MATERIALIZED (%(value)s)
               SELECT ret.partner_id::bigint * 100000 + %(company)s AS id,
                      ret.partner_id, ret.profile_id, %(company)s AS company_id,
                      %(currency)s AS currency_id, ret.user_id, ret.tier_id,
                      COALESCE((SELECT COUNT(*) < 2 FROM customer_tier hig
                                 WHERE hig.scorecard_id = tir.scorecard_id
                                   AND hig.lower_bound > tir.lower_bound)
                               AND tir.id IS NOT NULL, FALSE) AS is_top_tier,
                      ret.stage_id, %(start)s::date AS date_start,
                      %(end)s::date AS date_end, ret.is_churned,
                      ret.is_churned::integer AS churned_count, ret.reason,
                      ret.date_last, ret.date_lost,
                      CASE WHEN NOT %(before)s THEN val.amount END AS amount_before,
                      CASE WHEN %(before)s THEN 'before_history'
                           WHEN val.amount IS NULL AND val.partner_id IS NOT NULL
                           THEN 'no_rate' ELSE 'known' END AS amount_before_state
                 FROM ret
            LEFT JOIN customer_tier tir ON tir.id = ret.tier_id
            LEFT JOIN val ON val.partner_id = ret.partner_id)""",
            company=company.id,
            currency=company.currency_id.id,
            start=start,
            end=end,
            before=before,
            customers=customers or facts._select_retention(company, start, end),
            value=facts._select_value_before(company, start),
        )

    @api.model
    def _select_counted(self, ids):
        """Return the columns of the customers behind months that were counted.

        Who they are and who churned is what was counted then; details are read again.
        """
        # sudo: access to the rows was checked by the action, and the rules of this
        # model decide which customers show
        rows_sudo = self.env["customer.retention"].sudo().browse(map(int, ids)).exists()
        rows_sudo &= rows_sudo.filtered_domain(
            [("company_id", "in", self.env.companies.ids)]
        )
        parts = [
            self._select_customers(
                company,
                start,
                end,
                self._select_stored(company, start, end, rows),
            )
            for (company, start, end), rows in rows_sudo.grouped(
                lambda row: (row.company_id, row.date_start, row.date_end)
            ).items()
        ]
        if parts:
            return SQL(" UNION ALL ").join(parts)
        company = self.env.company
        today = company._get_customer_today()
        return SQL(
            "SELECT non.* FROM (%s) non WHERE FALSE",
            self._select_customers(company, today, today),
        )

    @api.model
    def _select_stored(self, company, start, end, rows):
        """Return the customers stored with some rows of one period."""
        return SQL(
            """WITH now AS MATERIALIZED (%(now)s), churned AS MATERIALIZED (
                    SELECT ret.id, mem.partner
                      FROM customer_retention ret
                CROSS JOIN JSONB_ARRAY_ELEMENTS_TEXT(ret.churned_ids) mem(partner)
                     WHERE ret.id = ANY(%(rows)s))
               SELECT sto.partner_id, pro.id AS profile_id, pro.user_id,
                      sto.tier_id, sto.stage_id, now.date_last, now.date_lost,
                      sto.is_churned,
                      CASE WHEN now.is_churned = sto.is_churned THEN now.reason
                           ELSE 'unknown' END AS reason
                 FROM (SELECT ret.tier_id, ret.stage_id, mem.id::integer AS partner_id,
                              chu.partner IS NOT NULL AS is_churned
                         FROM customer_retention ret
                   CROSS JOIN JSONB_ARRAY_ELEMENTS_TEXT(ret.start_ids) mem(id)
                    LEFT JOIN churned chu ON chu.id = ret.id AND chu.partner = mem.id
                        WHERE ret.id = ANY(%(rows)s)) sto
                 JOIN res_partner par ON par.id = sto.partner_id
            LEFT JOIN customer_profile pro
                   ON pro.partner_id = sto.partner_id
                  AND pro.company_id = %(company)s
                  AND pro.merged_into_id IS NULL
            LEFT JOIN now ON now.partner_id = sto.partner_id""",
            rows=rows.ids,
            company=company.id,
            now=self.env["customer.facts"]._select_retention(company, start, end),
        )

    # === ACTION METHODS === #

    def action_open_customer(self):
        """Open the customer, or his contact when he is no customer any more."""
        self.ensure_one()
        seen = self.search([("id", "=", self.id)])
        if not seen:
            raise AccessError(
                self.env._("You may not see this customer, or he is not in the list.")
            )
        record = seen.profile_id or seen.partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, name, period, is_churned=False):
        """Return the action that lists the customers of a period.

        :param period: ``{"ids"}`` or ``{"start", "end"}``
        """
        if "ids" in period:
            self._check_one_period(period["ids"])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_retention_customer_action"
        )
        action["name"] = action["display_name"] = name
        action["context"] = {
            "customer_retention": period,
            "search_default_filter_churned": is_churned,
        }
        return action

    @api.model
    def _check_one_period(self, ids):
        """Raise for rows of several months: their customers would come twice."""
        rows = self.env["customer.retention"].browse(ids)
        if len(set(rows.mapped("date_end"))) > 1:
            raise UserError(
                self.env._(
                    "Choose rows of one month: a customer belongs to several of them."
                )
            )
