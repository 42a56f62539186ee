from odoo import fields, models
from odoo.tools import SQL

from ..models.customer_entitlement import KINDS


class CustomerEntitlementBalance(models.Model):
    """What each customer is entitled to this year, what he got and what is left."""

    _name = "customer.entitlement.balance"
    _description = "Entitlements of a Customer"
    _auto = False
    _order = "profile_id, sequence, entitlement_id"
    _rec_name = "entitlement_id"

    profile_id = fields.Many2one("customer.profile", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "First Responsible Person", readonly=True)
    tier_id = fields.Many2one("customer.tier", readonly=True)
    entitlement_id = fields.Many2one("customer.entitlement", readonly=True)
    sequence = fields.Integer(readonly=True, aggregator=None)
    kind = fields.Selection(KINDS, readonly=True)
    unit = fields.Char(related="entitlement_id.unit")
    quota = fields.Float(
        "A Year", digits=(12, 2), readonly=True, help="Of the calendar year."
    )
    used = fields.Float("Used This Year", digits=(12, 2), readonly=True)
    left = fields.Float("Left This Year", digits=(12, 2), readonly=True)
    date_last = fields.Date("Last Used", readonly=True, help="In any year.")
    state = fields.Selection(
        [
            ("free", "As needed"),
            ("unused", "Not used yet"),
            ("left", "Some left"),
            ("used", "Used up"),
            ("over", "Above the package"),
        ],
        "Status",
        readonly=True,
    )

    _depends = {
        "customer.entitlement": [
            "active",
            "company_id",
            "has_quota",
            "kind",
            "quota",
            "sequence",
            "tier_codes",
        ],
        "customer.entitlement.use": [
            "date",
            "entitlement_id",
            "profile_id",
            "quantity",
        ],
        "customer.profile": ["active", "company_id", "tier_id", "user_id"],
    }

    # === SQL HELPERS === #

    @property
    def _table_query(self):
        """Return a row per customer and service of his package.

        A company's own services of a kind replace the shared ones of that kind, as in
        ``customer.entitlement``. The year is the calendar year of each company.
        """
        return SQL(
            """WITH used AS (
                    SELECT use.profile_id, use.entitlement_id,
                           SUM(use.quantity) FILTER (WHERE use.date BETWEEN
                               yea.first AND yea.last) AS quantity,
                           MAX(use.date) AS date_last
                      FROM customer_entitlement_use use
                      JOIN (%(years)s) yea ON yea.company_id = use.company_id
                  GROUP BY use.profile_id, use.entitlement_id)
               SELECT pro.id::bigint * 100000 + ent.id AS id, pro.id AS profile_id,
                      pro.company_id, pro.user_id, pro.tier_id,
                      ent.id AS entitlement_id, ent.sequence, ent.kind,
                      CASE WHEN ent.has_quota THEN ent.quota END AS quota,
                      COALESCE(use.quantity, 0) AS used,
                      CASE WHEN ent.has_quota
                           THEN ent.quota - COALESCE(use.quantity, 0) END AS left,
                      use.date_last,
                      CASE WHEN ent.has_quota IS NOT TRUE THEN 'free'
                           WHEN COALESCE(use.quantity, 0) > ent.quota THEN 'over'
                           WHEN use.quantity = ent.quota THEN 'used'
                           WHEN use.quantity > 0 THEN 'left'
                           ELSE 'unused' END AS state
                 FROM customer_profile pro
            LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
                 JOIN customer_entitlement ent
                      ON ent.active
                     AND (ent.company_id = pro.company_id
                          OR ent.company_id IS NULL AND NOT EXISTS (
                             SELECT 1 FROM customer_entitlement own
                              WHERE own.company_id = pro.company_id AND own.active
                                AND own.kind = ent.kind))
                     AND (COALESCE(ent.tier_codes, '') = ''
                          OR tir.code = ANY(STRING_TO_ARRAY(
                             REPLACE(ent.tier_codes, ' ', ''), ',')))
            LEFT JOIN used use
                   ON use.profile_id = pro.id AND use.entitlement_id = ent.id
                WHERE pro.active AND pro.merged_into_id IS NULL""",
            years=self._select_years(),
        )

    def _select_years(self):
        """Return the first and last day of the current year by company."""
        # sudo: the day of every company; the rules say whose rows are shown
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS company_id, %s::date AS first, %s::date AS last",
                company.id,
                today.replace(month=1, day=1),
                today.replace(month=12, day=31),
            )
            for company in self.env["res.company"].sudo().search([])
            for today in [company._get_customer_today()]
        )

    # === ACTION METHODS === #

    def action_grant(self):
        """Write down that the customer got some of this."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_entitlement_use_action_grant"
        )
        action["context"] = {
            "default_profile_id": self.profile_id.id,
            "default_entitlement_id": self.entitlement_id.id,
        }
        return action

    def action_open_uses(self):
        """Open what the customer got of this so far."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_entitlement_use_action"
        )
        action["domain"] = [
            ("profile_id", "=", self.profile_id.id),
            ("entitlement_id", "=", self.entitlement_id.id),
        ]
        action["context"] = {
            "default_profile_id": self.profile_id.id,
            "default_entitlement_id": self.entitlement_id.id,
        }
        return action
