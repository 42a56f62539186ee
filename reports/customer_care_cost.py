from odoo import fields, models
from odoo.tools import SQL

# More than any amount of a customer: tells the amounts of two customers apart.
APART = 10**20


class CustomerCareCost(models.Model):
    """What care costs and what the customers bring: budget, cost, 12-month amount.

    A row for each action that was not taken back, and one for each customer without
    any. The amount belongs to the customer: a group counts it once for each of its
    customers, so the lines of departments do not add up to the total.
    """

    _name = "customer.care.cost"
    _description = "Cost and Benefit of Care"
    _auto = False
    _order = "profile_id, id"
    _rec_name = "profile_id"

    profile_id = fields.Many2one("customer.profile", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    tier_id = fields.Many2one("customer.tier", "Customer Tier", readonly=True)
    user_id = fields.Many2one("res.users", "First Responsible Person", readonly=True)
    department_id = fields.Many2one(
        "customer.department", "Responsible Department", readonly=True
    )
    kind_id = fields.Many2one("customer.action.kind", "Kind of Action", readonly=True)
    date_deadline = fields.Date(
        "Deadline", readonly=True, help="Empty for the care of birthdays."
    )
    action_count = fields.Integer("Actions", readonly=True)
    unknown_count = fields.Integer(
        "Without a Known Cost",
        readonly=True,
        help="Actions done with a budget whose cost nobody entered.",
    )
    budget_planned = fields.Monetary("Budget", readonly=True)
    budget_actual = fields.Monetary("Actual Cost", readonly=True)
    amount_12m = fields.Monetary(
        "Amount of 12 Months",
        readonly=True,
        help="Of the customers of a group, each once; untaxed, company currency.",
    )
    cost_rate = fields.Float(
        "Cost / Amount",
        readonly=True,
        digits=(16, 1),  # shown as 1.7%
        aggregator="avg",
        help="Actual cost / amount of 12 months, of customers whose amount is known.",
    )

    _depends = {
        "customer.care.action": [
            "actual_amount",
            "actual_state",
            "budget_amount",
            "budget_state",
            "date_deadline",
            "department_id",
            "is_personal",
            "kind_id",
            "profile_id",
            "state",
        ],
        "customer.profile": ["active", "company_id", "tier_id", "user_id"],
        "customer.snapshot": ["amount_12m", "amount_12m_state", "profile_id"],
    }

    # === READING === #

    def _read_group_select(self, aggregate_spec, query):
        """Override to count the amount of a customer once, however many actions."""
        name, _colon, _aggregate = aggregate_spec.partition(":")
        if name not in ("amount_12m", "cost_rate"):
            return super()._read_group_select(aggregate_spec, query)
        amount = self._field_to_sql(self._table, "amount_12m", query)
        profile = self._field_to_sql(self._table, "profile_id", query)
        once = SQL(
            """SUM(DISTINCT %(profile)s * %(apart)s::numeric + %(amount)s::numeric)
               - SUM(DISTINCT CASE WHEN %(amount)s IS NOT NULL
                                   THEN %(profile)s * %(apart)s::numeric END)""",
            profile=profile,
            amount=amount,
            apart=APART,
        )
        if name == "amount_12m":
            return once
        return SQL(
            "SUM(%s) FILTER (WHERE %s IS NOT NULL) / NULLIF(%s, 0)",
            self._field_to_sql(self._table, "budget_actual", query),
            amount,
            once,
        )

    # === SQL HELPERS === #

    @property
    def _table_query(self):
        """Return a row per action, and per customer without one."""
        return SQL(
            """SELECT COALESCE(2 * act.id::bigint, 2 * pro.id::bigint + 1) AS id,
                      pro.id AS profile_id, pro.company_id, com.currency_id, pro.tier_id,
                      pro.user_id, act.department_id, act.kind_id,
                      CASE WHEN act.is_personal IS NOT TRUE THEN act.date_deadline END
                          AS date_deadline,
                      CASE WHEN act.id IS NOT NULL THEN 1 ELSE 0 END AS action_count,
                      CASE WHEN act.state = 'done' AND act.budget_state <> 'none'
                            AND act.actual_state = 'missing' THEN 1 ELSE 0 END
                          AS unknown_count,
                      CASE WHEN act.budget_state = 'known'
                            AND act.replaced_by_id IS NULL THEN act.budget_amount END
                          AS budget_planned,
                      CASE WHEN act.actual_state = 'known' THEN act.actual_amount END
                          AS budget_actual,
                      CASE WHEN snp.amount_12m_state = 'known' THEN snp.amount_12m END
                          AS amount_12m,
                      CASE WHEN snp.amount_12m_state = 'known'
                            AND act.actual_state = 'known'
                           THEN act.actual_amount / NULLIF(snp.amount_12m, 0) END
                          AS cost_rate
                 FROM customer_profile pro
                 JOIN res_company com ON com.id = pro.company_id
            LEFT JOIN customer_care_action act
                   ON act.profile_id = pro.id AND act.state <> 'cancelled'
            LEFT JOIN customer_snapshot snp ON snp.profile_id = pro.id
                WHERE pro.active AND pro.merged_into_id IS NULL"""
        )
