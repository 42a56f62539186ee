from odoo import fields, models
from odoo.tools import SQL

from ..models.customer_case import SOURCES, STATES, URGENCIES
from ..models.customer_case_category import KINDS
from ..models.customer_case_figures import RESPONSE_HOURS


class CustomerCaseReport(models.Model):
    """How well cases are handled, a case a row: response, promises, closing.

    Withdrawn cases and duplicates are left out. Shares are the mean over the cases a
    question makes sense for: a case nobody answered yet has no response time. In
    percent: pivots show an unknown rate as 0, an unknown number as nothing. What was
    promised is read from the case, which follows its clocks: a pivot of 100,000 cases
    that grouped 300,000 promises first took six times as long.
    """

    _name = "customer.case.report"
    _description = "Case Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "case_id"

    case_id = fields.Many2one("customer.case", readonly=True)
    profile_id = fields.Many2one(
        "customer.profile", "Customer", readonly=True, help="Empty: unknown sender."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    tier_id = fields.Many2one("customer.tier", readonly=True, help="Of today.")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    owner_id = fields.Many2one("res.users", "First Responsible Person", readonly=True)
    user_id = fields.Many2one("res.users", "Handler", readonly=True)
    department_id = fields.Many2one(
        "customer.department", "Responsible Department", readonly=True
    )
    kind = fields.Selection(KINDS, readonly=True)
    urgency = fields.Selection(URGENCIES, readonly=True)
    source = fields.Selection(SOURCES, readonly=True)
    category_id = fields.Many2one("customer.case.category", readonly=True)
    cause_id = fields.Many2one("customer.case.cause", "Root Cause", readonly=True)
    state = fields.Selection(STATES, "Status", readonly=True)
    date = fields.Date("Received On", readonly=True, help="In the company's time zone.")

    complaint_count = fields.Integer("Complaints", readonly=True)
    late_count = fields.Integer(
        "With a Late Promise", readonly=True, help="Whether or not it was kept later."
    )
    response_hours = fields.Float(
        "First Response (hours)",
        digits=(10, 2),
        readonly=True,
        aggregator="avg",
        help="Elapsed hours until a person of ours answered.",
    )
    in_time_percent = fields.Float(
        "Promises in Time (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Share of the promises of the case that are decided.",
    )
    solution_hours = fields.Float(
        "Until Solved (hours)", digits=(10, 2), readonly=True, aggregator="avg"
    )
    first_contact_percent = fields.Float(
        "First-Contact Resolution (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Solved with one answer of ours and never reopened, of the solved ones.",
    )
    reopened_percent = fields.Float(
        "Re-Open Rate (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Reopened once or more, of those that were solved.",
    )
    calmed_percent = fields.Float(
        "Apologised and Calmed (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Of the complaints that were answered.",
    )
    closed_percent = fields.Float(
        "Closed (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="After the return visit, of all cases.",
    )
    csat = fields.Float(
        "CSAT (1-5)",
        digits=(3, 2),
        readonly=True,
        aggregator="avg",
        help="Latest valid answer about the case.",
    )

    # whether there is a figure: a list reads an empty number as 0
    is_answered = fields.Boolean("Answered", readonly=True)
    is_decided = fields.Boolean("A Promise Decided", readonly=True)
    is_solved = fields.Boolean("Solved", readonly=True)
    csat_state = fields.Selection(
        [("known", "Answered"), ("to_evaluate", "To be evaluated")],
        "Satisfaction Known",
        readonly=True,
    )

    _depends = {
        "customer.case": [
            "acknowledged_datetime",
            "category_id",
            "cause_id",
            "company_id",
            "csat",
            "csat_state",
            "department_id",
            "is_calmed",
            "is_first_contact",
            "kind",
            "profile_id",
            "promise_decided_count",
            "promise_kept_count",
            "received_datetime",
            "reopen_count",
            "solution_hours",
            "solved_datetime",
            "source",
            "state",
            "urgency",
            "user_id",
            "was_late",
        ],
        "customer.profile": ["tier_id", "user_id"],
        "res.users": ["sale_team_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT cas.id, cas.id AS case_id, cas.profile_id, cas.company_id,
                      pro.tier_id, own.sale_team_id AS team_id,
                      pro.user_id AS owner_id, cas.user_id, cas.department_id,
                      cas.kind, cas.urgency, cas.source, cas.category_id, cas.cause_id,
                      cas.state,
                      (cas.received_datetime AT TIME ZONE 'UTC'
                       AT TIME ZONE zon.tz)::date AS date,
                      (cas.kind = 'complaint')::int AS complaint_count,
                      COALESCE(cas.was_late, FALSE)::int AS late_count,
                      CASE WHEN cas.acknowledged_datetime IS NOT NULL
                           THEN %(response)s END AS response_hours,
                      100.0 * cas.promise_kept_count
                      / NULLIF(cas.promise_decided_count, 0) AS in_time_percent,
                      CASE WHEN cas.solved_datetime IS NOT NULL
                           THEN cas.solution_hours END AS solution_hours,
                      CASE WHEN cas.state IN ('solved', 'confirmed')
                           THEN 100 * COALESCE(cas.is_first_contact, FALSE)::int END
                      AS first_contact_percent,
                      CASE WHEN cas.state IN ('solved', 'confirmed')
                                OR cas.reopen_count > 0
                           THEN 100 * (COALESCE(cas.reopen_count, 0) > 0)::int END
                      AS reopened_percent,
                      CASE WHEN cas.kind = 'complaint'
                                AND cas.acknowledged_datetime IS NOT NULL
                           THEN 100 * COALESCE(cas.is_calmed, FALSE)::int END AS calmed_percent,
                      100 * (cas.state = 'confirmed')::int AS closed_percent,
                      CASE WHEN cas.csat_state = 'known' THEN cas.csat END AS csat,
                      cas.acknowledged_datetime IS NOT NULL AS is_answered,
                      COALESCE(cas.promise_decided_count, 0) > 0 AS is_decided,
                      cas.solved_datetime IS NOT NULL AS is_solved,
                      cas.csat_state
                 FROM customer_case cas
                 JOIN (%(zones)s) zon ON zon.company_id = cas.company_id
            LEFT JOIN customer_profile pro ON pro.id = cas.profile_id
            LEFT JOIN res_users own ON own.id = pro.user_id
                WHERE cas.state <> 'cancelled'""",
            response=RESPONSE_HOURS,
            zones=self._select_zones(),
        )

    # === ACTION METHODS === #

    def action_open_case(self):
        """Open the case behind this row."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.case",
            "res_id": self.case_id.id,
            "views": [(False, "form")],
        }

    # === SQL HELPERS === #

    def _select_zones(self):
        """Return the time zone by company."""
        # sudo: the zone of every company; the rules say whose rows are shown
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS company_id, %s AS tz",
                company.id,
                company._get_customer_tz(),
            )
            for company in self.env["res.company"].sudo().search([])
        )
