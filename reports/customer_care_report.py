from odoo import fields, models
from odoo.tools import SQL

OUTCOMES = [
    ("in_time", "Done in Time"),
    ("done_late", "Done Late"),
    ("late", "Late"),
    ("unmet", "Unmet"),
    ("pending", "Not Due Yet"),
    ("cancelled", "Cancelled"),
]


class CustomerCareReport(models.Model):
    """Do we keep what our plans say (KPI-14): due, done in time, late, unmet and why.

    A row for each action. Due is what should have been done by today: done, unmet, or
    open after its deadline; cancelled actions and those to come are not.
    """

    _name = "customer.care.report"
    _description = "Plan Compliance"
    _auto = False
    _order = "date_deadline desc, id desc"
    _rec_name = "action_id"

    action_id = fields.Many2one("customer.care.action", readonly=True)
    profile_id = fields.Many2one("customer.profile", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    plan_id = fields.Many2one("customer.care.plan", readonly=True)
    playbook_id = fields.Many2one("customer.playbook", readonly=True)
    kind_id = fields.Many2one("customer.action.kind", readonly=True)
    department_id = fields.Many2one(
        "customer.department", "Responsible Department", readonly=True
    )
    user_id = fields.Many2one("res.users", "Responsible", readonly=True)
    tier_code = fields.Char(
        "Tier", readonly=True, help="When the plan was launched; without one, today's."
    )
    date_deadline = fields.Date("Deadline", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    cause_id = fields.Many2one("customer.unmet.cause", "Unmet Because", readonly=True)
    is_core = fields.Boolean("Core Action", readonly=True)
    is_personal = fields.Boolean("Birthday", readonly=True)

    due_count = fields.Integer("Fell Due", readonly=True)
    in_time_count = fields.Integer("Done in Time", readonly=True)
    done_late_count = fields.Integer("Done Late", readonly=True)
    late_count = fields.Integer("Late", readonly=True)
    unmet_count = fields.Integer("Unmet", readonly=True)
    in_time_rate = fields.Float(
        "Compliance",
        readonly=True,
        aggregator="avg",
        help="Done in time, of those due, 0 to 1.",
    )
    budget_planned = fields.Monetary("Budget", readonly=True)
    budget_actual = fields.Monetary("Actual Cost", readonly=True)

    _depends = {
        "customer.care.action": [
            "actual_amount",
            "budget_amount",
            "cause_id",
            "company_id",
            "date_deadline",
            "date_done",
            "department_id",
            "is_core",
            "is_personal",
            "kind_id",
            "plan_id",
            "profile_id",
            "state",
            "user_id",
        ],
        "customer.care.plan": ["playbook_id", "tier_code"],
        "customer.profile": ["tier_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT rep.*,
                      (rep.outcome IN ('in_time', 'done_late', 'late', 'unmet'))::int
                      AS due_count,
                      (rep.outcome = 'in_time')::int AS in_time_count,
                      (rep.outcome = 'done_late')::int AS done_late_count,
                      (rep.outcome = 'late')::int AS late_count,
                      (rep.outcome = 'unmet')::int AS unmet_count,
                      CASE WHEN rep.outcome NOT IN ('pending', 'cancelled')
                           THEN (rep.outcome = 'in_time')::int END AS in_time_rate
                 FROM (%s) rep""",
            self._select_actions(),
        )

    def _select_actions(self):
        """Return the actions with what became of each, as of today."""
        return SQL(
            """SELECT act.id, act.id AS action_id, act.profile_id, act.company_id,
                      cmp.currency_id, act.plan_id, pln.playbook_id, act.kind_id,
                      act.department_id, act.user_id,
                      COALESCE(pln.tier_code, tir.code) AS tier_code,
                      act.date_deadline, act.cause_id, act.is_core, act.is_personal,
                      CASE WHEN act.state = 'done' AND act.date_done <= act.date_deadline
                           THEN 'in_time'
                           WHEN act.state = 'done' THEN 'done_late'
                           WHEN act.state IN ('unmet', 'cancelled') THEN act.state
                           WHEN act.date_deadline < %(today)s THEN 'late'
                           ELSE 'pending' END AS outcome,
                      CASE WHEN act.state <> 'cancelled'
                            AND act.replaced_by_id IS NULL THEN act.budget_amount END
                      AS budget_planned,
                      act.actual_amount AS budget_actual
                 FROM customer_care_action act
                 JOIN res_company cmp ON cmp.id = act.company_id
                 JOIN customer_profile pro ON pro.id = act.profile_id
            LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
            LEFT JOIN customer_care_plan pln ON pln.id = act.plan_id""",
            today=self.env.company._get_customer_today(),
        )
