from odoo import api, fields, models
from odoo.tools import SQL

from ..models.customer_satisfaction import BANDS, MEASURES, SOURCES

# Fewer anonymous answers than this are not shown: the group would tell who said what.
MIN_GROUP = 3


class CustomerSatisfactionReport(models.Model):
    """What customers think of us, an answer a row: CSAT on 1-5, NPS on -100 to 100.

    Anonymous answers come in groups fixed by company, questionnaire and quarter, never
    by anything a reader chooses: every row of a group shows the mean of the group, once
    the quarter is over and from three answers on. So no filter and no comparison of
    yesterday with today leaves the answer of one person over.
    """

    _name = "customer.satisfaction.report"
    _description = "Satisfaction Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "profile_id"

    satisfaction_id = fields.Many2one(
        "customer.satisfaction", "Answer Given", readonly=True, help="Empty: anonymous."
    )
    profile_id = fields.Many2one("customer.profile", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    tier_id = fields.Many2one("customer.tier", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    owner_id = fields.Many2one("res.users", "First Responsible Person", readonly=True)
    user_id = fields.Many2one("res.users", "Person It Is About", readonly=True)
    survey_id = fields.Many2one("survey.survey", "Questionnaire", readonly=True)
    case_id = fields.Many2one("customer.case", readonly=True)
    measure = fields.Selection(MEASURES, readonly=True)
    source = fields.Selection(SOURCES, readonly=True)
    band = fields.Selection(
        BANDS, readonly=True, help="Empty for anonymous answers: they have a mean only."
    )
    is_anonymous = fields.Boolean("Anonymous", readonly=True)
    date = fields.Date(
        readonly=True, help="Of anonymous answers the last day of their quarter."
    )
    date_from = fields.Date("Counted From", readonly=True)
    answer_count = fields.Integer("Answers", readonly=True)
    csat = fields.Float("CSAT (1-5)", digits=(5, 2), readonly=True, aggregator="avg")
    good_percent = fields.Float(
        "Satisfied (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="CSAT of 4.0 and more, of the CSAT answers of known customers.",
    )
    nps = fields.Float(
        "NPS",
        digits=(6, 2),
        readonly=True,
        aggregator="avg",
        help="Share of promoters (9, 10) less that of detractors (0-6), -100 to 100.",
    )
    score = fields.Float(
        "Score (0-100)", digits=(5, 2), readonly=True, aggregator="avg"
    )

    _depends = {
        "customer.case": ["user_id"],
        "customer.profile": ["tier_id", "user_id"],
        "customer.satisfaction": [
            "active",
            "band",
            "case_id",
            "company_id",
            "date",
            "is_anonymous",
            "measure",
            "profile_id",
            "scale_max",
            "scale_min",
            "score",
            "source",
            "survey_id",
            "user_id",
            "value",
        ],
        "res.users": ["sale_team_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT ans.*, own.sale_team_id AS team_id, pro.user_id AS owner_id,
                      pro.tier_id, 1 AS answer_count
                 FROM (%s) ans
            LEFT JOIN customer_profile pro ON pro.id = ans.profile_id
            LEFT JOIN res_users own ON own.id = pro.user_id""",
            self._select_answers(),
        )

    # === ACTION METHODS === #

    def action_open_answer(self):
        """Open the answer behind this row; anonymous ones stay in their group."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.satisfaction",
            "res_id": self.satisfaction_id.id,
            "views": [(False, "form")],
        }

    # === SQL HELPERS === #

    @api.model
    def _select_answers(self):
        """Return the answers that may be shown: named ones, and groups of others."""
        return SQL(
            """SELECT sat.id::bigint * 2 AS id, sat.id AS satisfaction_id,
                      sat.profile_id, sat.company_id, sat.user_id, sat.survey_id,
                      sat.case_id, sat.measure, sat.source, sat.band, FALSE
                      AS is_anonymous, sat.date, sat.date AS date_from,
                      CASE WHEN sat.measure = 'csat' THEN %(csat)s END AS csat,
                      CASE WHEN sat.measure = 'csat'
                           THEN 100 * (sat.band = 'good')::int END AS good_percent,
                      CASE WHEN sat.measure = 'nps' THEN %(nps)s END AS nps,
                      %(score)s AS score
                 FROM customer_satisfaction sat
                WHERE sat.active AND sat.is_anonymous IS NOT TRUE
            UNION ALL
               SELECT ROW_NUMBER() OVER (
                          ORDER BY grp.quarter, grp.company_id, grp.survey_id,
                                   grp.measure) * 2 + 1 AS id,
                      NULL, NULL, grp.company_id, NULL, grp.survey_id, NULL,
                      grp.measure, 'survey', NULL, TRUE,
                      (grp.quarter + INTERVAL '3 months' - INTERVAL '1 day')::date,
                      grp.quarter::date, grp.csat, NULL, grp.nps, grp.score
                 FROM (%(groups)s) grp
           CROSS JOIN GENERATE_SERIES(1, grp.counted)""",
            csat=self._get_csat(),
            nps=self._get_nps(),
            score=self._get_score(),
            groups=self._select_groups(),
        )

    @api.model
    def _select_groups(self):
        """Return the groups of anonymous answers that are large and old enough."""
        return SQL(
            """SELECT sat.company_id, sat.survey_id, sat.measure,
                      DATE_TRUNC('quarter', sat.date) AS quarter,
                      COUNT(*)::integer AS counted,
                      CASE WHEN sat.measure = 'csat' THEN AVG(%(csat)s) END AS csat,
                      CASE WHEN sat.measure = 'nps' THEN AVG(%(nps)s) END AS nps,
                      AVG(%(score)s) AS score
                 FROM customer_satisfaction sat
                 JOIN (%(days)s) day ON day.company_id = sat.company_id
                WHERE sat.active AND sat.is_anonymous
                  AND sat.date < DATE_TRUNC('quarter', day.today)
             GROUP BY sat.company_id, sat.survey_id, sat.measure,
                      DATE_TRUNC('quarter', sat.date)
               HAVING COUNT(*) >= %(smallest)s""",
            csat=self._get_csat(),
            nps=self._get_nps(),
            score=self._get_score(),
            days=self._select_days(),
            smallest=MIN_GROUP,
        )

    @api.model
    def _select_days(self):
        """Return today by company."""
        # sudo: the day of every company; the rules say whose rows are shown
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS company_id, %s::date AS today",
                company.id,
                company._get_customer_today(),
            )
            for company in self.env["res.company"].sudo().search([])
        )

    @api.model
    def _get_csat(self):
        """Return the value of an answer on the scale 1-5.

        Two decimals are kept of a mean of up to three whole numbers. Its halves and
        thirds are made exact again: with 4.33, 4.33 and 3.33 the mean is 4.0, not less.
        """
        exact = SQL("ROUND(sat.value * 6) / 6")
        return SQL(
            """(1 + 4 * (CASE WHEN ROUND(%(exact)s, 2) = sat.value THEN %(exact)s
                              ELSE sat.value END - sat.scale_min)
                / NULLIF(sat.scale_max - sat.scale_min, 0))""",
            exact=exact,
        )

    @api.model
    def _get_score(self):
        """Return the value of an answer on 0-100, as exact as that on 1-5."""
        return SQL(
            "CASE WHEN sat.measure = 'csat' THEN 25 * (%s - 1) ELSE sat.score END",
            self._get_csat(),
        )

    @api.model
    def _get_nps(self):
        """Return what an answer adds to NPS: 100 a promoter, -100 a detractor."""
        return SQL(
            """(CASE sat.band WHEN 'promoter' THEN 100.0
                              WHEN 'detractor' THEN -100.0 ELSE 0.0 END)"""
        )
