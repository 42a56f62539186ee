from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import TRACKING_MONTHS_AHEAD, TRACKING_MONTHS_BACK

# Worked out together, as text: (field, what it says).
TEXTS = (
    "decision_maker_text",
    "goal_text",
    "action_text",
    "responsible_text",
    "deadline_text",
    "feedback_text",
    "effect_text",
)


class CustomerTracking(models.Model):
    """The strategy tracking table: a customer and a month per row, nine columns.

    The rows are keys only; what the columns say is read for the rows shown, in as many
    statements for one as for a thousand (``customer.tracking.reader``), under the
    rights of whoever looks. The actions of birthdays stay out: the table is printed.
    """

    _name = "customer.tracking"
    _description = "Strategy Tracking Table"
    _auto = False
    _order = "month desc, tier_rank desc nulls last, partner_id, id"
    _rec_name = "profile_id"

    partner_id = fields.Many2one("res.partner", "Customer Name", readonly=True)
    profile_id = fields.Many2one("customer.profile", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "First Responsible Person", readonly=True)
    tier_id = fields.Many2one("customer.tier", "Customer Tier", readonly=True)
    tier_rank = fields.Float(readonly=True, aggregator=None)
    month = fields.Date(readonly=True, help="First day of the month.")
    has_plan = fields.Boolean(
        "Has a Care Plan", readonly=True, help="That ran on some day of the month."
    )
    department_ids = fields.Many2many(
        "customer.department",
        string="Responsible Departments",
        compute="_compute_texts",
        search="_search_department_ids",
    )
    decision_maker_text = fields.Text("Key Decision Maker", compute="_compute_texts")
    goal_text = fields.Text("Current Maintenance Goal", compute="_compute_texts")
    action_text = fields.Text("Core Actions This Month", compute="_compute_texts")
    responsible_text = fields.Text("Responsible", compute="_compute_texts")
    deadline_text = fields.Text("Deadline", compute="_compute_texts")
    feedback_text = fields.Text("Customer Feedback", compute="_compute_texts")
    effect_text = fields.Text("Effect (NPS/Satisfaction)", compute="_compute_texts")
    is_late = fields.Boolean("Late", compute="_compute_texts")

    _depends = {
        "customer.care.plan": [
            "date_closed",
            "date_end",
            "date_start",
            "profile_id",
            "state",
        ],
        "customer.profile": [
            "active",
            "company_id",
            "partner_id",
            "tier_id",
            "user_id",
        ],
    }

    # === COMPUTE METHODS === #

    @api.depends("profile_id", "month")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_texts(self):
        rows = self.env["customer.tracking.reader"]._read_rows(self)
        departments = self.env["customer.department"]
        for tracking in self:
            row = rows[tracking.id]
            texts = row.get_texts()
            for name in TEXTS:
                tracking[name] = texts[name]
            tracking.department_ids = departments.browse(row.department_ids)
            tracking.is_late = any(action.is_late for action in row.actions)

    def _search_department_ids(self, operator, value):
        if operator == "any":
            # sudo: names of departments; whose rows are shown is decided elsewhere
            departments = self.env["customer.department"].sudo()
            value = departments.search(Domain(value)).ids
        elif operator != "in":
            return NotImplemented
        condition = self.env["customer.tracking.reader"]._select_core_actions()
        ids = [department_id for department_id in value if department_id]
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                """EXISTS (SELECT 1 FROM (%(actions)s) act
                            WHERE act.profile_id = %(alias)s.profile_id
                              AND act.month = %(alias)s.month
                              AND act.department_id = ANY(%(ids)s))""",
                actions=condition,
                alias=SQL.identifier(alias),
                ids=ids,
            )
        )

    # === SQL HELPERS === #

    @property
    def _table_query(self):
        """Return a row per customer and month: a year back and a quarter ahead."""
        return SQL(
            """SELECT pro.id::bigint * 100000
                      + 12 * EXTRACT(YEAR FROM mon.month)::integer
                      + EXTRACT(MONTH FROM mon.month)::integer AS id,
                      pro.id AS profile_id, pro.partner_id, pro.company_id,
                      pro.user_id, pro.tier_id, tir.lower_bound AS tier_rank,
                      mon.month,
                      EXISTS (SELECT 1 FROM customer_care_plan pla
                               WHERE pla.profile_id = pro.id
                                 AND pla.state <> 'cancelled'
                                 AND pla.date_start < mon.next
                                 AND COALESCE(pla.date_closed, pla.date_end)
                                     >= mon.month) AS has_plan
                 FROM customer_profile pro
                 JOIN (%(months)s) mon ON mon.company_id = pro.company_id
            LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
                WHERE pro.active AND pro.merged_into_id IS NULL""",
            months=self._select_months(),
        )

    def _select_months(self):
        """Return the months of each company: company_id, month, next (first days)."""
        # sudo: the day of every company; the rules say whose rows are shown
        companies = self.env["res.company"].sudo().search([])
        return SQL(
            """SELECT com.id AS company_id, ser.month::date AS month,
                      (ser.month + INTERVAL '1 month')::date AS next
                 FROM UNNEST(%(ids)s, %(days)s::date[]) com (id, day)
                CROSS JOIN GENERATE_SERIES(
                      com.day - %(back)s * INTERVAL '1 month',
                      com.day + %(ahead)s * INTERVAL '1 month',
                      INTERVAL '1 month') ser (month)""",
            ids=companies.ids,
            days=[
                company._get_customer_today().replace(day=1) for company in companies
            ],
            back=TRACKING_MONTHS_BACK,
            ahead=TRACKING_MONTHS_AHEAD,
        )

    # === ACTION METHODS === #

    def action_open_customer(self):
        """Open the customer of this row."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.profile",
            "res_id": self.profile_id.id,
            "views": [(False, "form")],
        }

    def action_open_plan(self):
        """Open the care plans of this row's customer in its month."""
        self.ensure_one()
        self.check_access("read")
        plans = self.env["customer.tracking.reader"]._search_plans(self)
        action = self._prepare_list(self.env._("Care Plans"), plans)
        if len(plans) == 1:
            action.update(res_id=plans.id, views=[(False, "form")])
        return action

    def action_open_actions(self):
        """Open the core actions of this row."""
        self.ensure_one()
        self.check_access("read")
        reader = self.env["customer.tracking.reader"]
        return self._prepare_list(
            self.env._("Core Actions This Month"), reader._search_actions(self)
        )

    def _prepare_list(self, name, records):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": records._name,
            "domain": [("id", "in", records.ids)],
            "views": [(False, "list"), (False, "form")],
            "context": {"default_profile_id": self.profile_id.id},
        }
