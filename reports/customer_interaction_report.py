from odoo import api, fields, models
from odoo.tools import SQL


class CustomerInteractionReport(models.Model):
    """Effective interactions of each customer and month, against his tier's target."""

    _name = "customer.interaction.report"
    _description = "Interactions by Customer and Month"
    _auto = False
    _order = "month desc, profile_id"
    _rec_name = "profile_id"

    profile_id = fields.Many2one("customer.profile", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "First Responsible Person", readonly=True)
    tier_id = fields.Many2one("customer.tier", readonly=True)
    month = fields.Date(
        readonly=True, help="This month and the three complete months before."
    )
    interaction_count = fields.Integer("Interactions", readonly=True, aggregator="sum")
    effective_count = fields.Float(
        "Effective per Customer", digits=(16, 1), readonly=True, aggregator="avg"
    )
    target = fields.Float(
        "Target per Customer", digits=(16, 1), readonly=True, aggregator="avg"
    )
    reached_rate = fields.Float(
        "Share That Reached the Target",
        readonly=True,
        aggregator="avg",
        help="Of the customers in a month, 0 to 1.",
    )

    _depends = {
        "customer.interaction": [
            "profile_id",
            "date",
            "state",
            "is_effective",
            "active",
        ],
        "customer.profile": ["active", "company_id", "tier_id", "user_id"],
        "customer.tier": ["interaction_target"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT pro.id::bigint * 4 + mon.nr AS id, pro.id AS profile_id,
                      pro.company_id, pro.user_id, pro.tier_id, mon.month,
                      COALESCE(cnt.confirmed, 0) AS interaction_count,
                      COALESCE(cnt.effective, 0) AS effective_count,
                      tir.interaction_target AS target,
                      (COALESCE(cnt.effective, 0) >= tir.interaction_target)::int
                      AS reached_rate
                 FROM customer_profile pro
                 JOIN customer_tier tir ON tir.id = pro.tier_id
           CROSS JOIN (SELECT nr, (%(month)s::date - nr * INTERVAL '1 month')::date
                              AS month
                         FROM GENERATE_SERIES(0, 3) nr) mon
            LEFT JOIN (SELECT itr.profile_id, DATE_TRUNC('month', itr.date)::date
                              AS month,
                              COUNT(*) AS confirmed,
                              COUNT(*) FILTER (WHERE itr.is_effective) AS effective
                         FROM customer_interaction itr
                        WHERE itr.active AND itr.state = 'confirmed'
                          AND itr.date >= %(month)s::date - INTERVAL '3 months'
                     GROUP BY itr.profile_id, DATE_TRUNC('month', itr.date)) cnt
                      ON cnt.profile_id = pro.id AND cnt.month = mon.month
                WHERE pro.active""",
            month=self._get_month(),
        )

    @api.model
    def _get_month(self):
        """Return the first day of this month, in the zone of the current company."""
        return self.env.company._get_customer_today().replace(day=1)
