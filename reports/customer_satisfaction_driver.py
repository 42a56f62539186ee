from odoo import api, fields, models
from odoo.tools import SQL

from ..models.customer_satisfaction import QUESTIONS
from ..periods import months_before

# Fewer answers than this say nothing about what goes together.
MIN_ANSWERS = 10
TARGETS = [("overall", "Overall Satisfaction"), ("nps", "Would Recommend (NPS)")]


class CustomerSatisfactionDriver(models.Model):
    """Which question moves satisfaction: how far it goes together with the whole.

    Correlation of a question with the overall satisfaction, or the wish to recommend
    us, of the same person; the slope says how many points more the whole gets with one
    point more. Both answered, known customers, the last 12 months; whatever the scale of
    a questionnaire, its answers are read on 1-5. For managers: it is about all customers.
    """

    _name = "customer.satisfaction.driver"
    _description = "Driver of Satisfaction"
    _auto = False
    _order = "target, correlation desc nulls last, id"
    _rec_name = "question"

    company_id = fields.Many2one("res.company", readonly=True)
    question = fields.Selection(QUESTIONS, "Asks About", readonly=True)
    target = fields.Selection(TARGETS, "What It Moves", readonly=True)
    answer_count = fields.Integer("Answers", readonly=True, aggregator=None)
    mean_value = fields.Float(
        "Mean Answer", digits=(5, 2), readonly=True, aggregator=None
    )
    correlation = fields.Float(
        digits=(4, 2),
        readonly=True,
        aggregator=None,
        help="From -1 to 1: near 1 both rise and fall together, near 0 they do not.",
    )
    slope = fields.Float(
        "Points More",
        digits=(6, 2),
        readonly=True,
        aggregator=None,
        help="So many points more the whole gets with one point more of the question.",
    )
    state = fields.Selection(
        [
            ("known", "Known"),
            ("too_few", "Too few answers"),
            ("constant", "Always the same answer"),
        ],
        "Figure Is",
        readonly=True,
    )

    _depends = {
        "customer.satisfaction": [
            "active",
            "company_id",
            "date",
            "is_anonymous",
            "answered_datetime",
            "measure",
            "partner_id",
            "profile_id",
            "source",
            "user_input_id",
            "value",
        ],
        "customer.satisfaction.line": [
            "is_skipped",
            "question",
            "satisfaction_id",
            "scale_max",
            "scale_min",
            "value",
        ],
    }

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(
            self._select_drivers(company, months_before(today, 12), today)
            for company in self.env.companies or self.env.company
            for today in [company._get_customer_today()]
        )

    # === SQL HELPERS === #

    @api.model
    def _select_drivers(self, company, start, end):
        """Return a row per question and what it moves, of the answers of some days."""
        return SQL(
            """SELECT %(company)s * 100 + ROW_NUMBER() OVER (
                          ORDER BY fig.target, fig.question) AS id,
                      %(company)s AS company_id, fig.*,
                      CASE WHEN fig.answer_count < %(few)s THEN 'too_few'
                           WHEN fig.exact IS NULL THEN 'constant'
                           ELSE 'known' END AS state,
                      CASE WHEN fig.answer_count >= %(few)s
                           THEN ROUND(fig.exact::numeric, 2) END AS correlation,
                      CASE WHEN fig.answer_count >= %(few)s
                           THEN ROUND(fig.steep::numeric, 2) END AS slope
                 FROM (SELECT par.question, par.target, COUNT(*) AS answer_count,
                              ROUND(AVG(par.value)::numeric, 2) AS mean_value,
                              CORR(par.whole, par.value) AS exact,
                              REGR_SLOPE(par.whole, par.value) AS steep
                         FROM (%(pairs)s) par
                     GROUP BY par.question, par.target) fig""",
            company=company.id,
            few=MIN_ANSWERS,
            pairs=self._select_pairs(company, start, end),
        )

    @api.model
    def _select_pairs(self, company, start, end):
        """Return each answered question with what the same person said of the whole."""
        return SQL(
            """WITH lines AS (
                    SELECT sat.id AS satisfaction_id, %(person)s AS person,
                           lin.question, %(value)s AS value
                      FROM customer_satisfaction_line lin
                      JOIN customer_satisfaction sat ON sat.id = lin.satisfaction_id
                     WHERE sat.company_id = %(company)s AND sat.active
                       AND sat.is_anonymous IS NOT TRUE
                       AND sat.date BETWEEN %(start)s AND %(end)s
                       AND lin.is_skipped IS NOT TRUE AND lin.value IS NOT NULL
                       AND lin.question NOT IN ('overall', 'nps'))
               SELECT lin.question, 'overall' AS target, lin.value,
                      %(whole)s AS whole
                 FROM lines lin
                 JOIN customer_satisfaction_line ove
                   ON ove.satisfaction_id = lin.satisfaction_id
                  AND ove.question = 'overall' AND ove.is_skipped IS NOT TRUE
            UNION ALL
               SELECT lin.question, 'nps', lin.value, nps.value
                 FROM lines lin
                 JOIN (SELECT sat.value, %(person)s AS person
                         FROM customer_satisfaction sat
                        WHERE sat.company_id = %(company)s AND sat.active
                          AND sat.measure = 'nps'
                          AND sat.is_anonymous IS NOT TRUE) nps
                   ON nps.person = lin.person""",
            company=company.id,
            value=self._get_on_five(SQL.identifier("lin")),
            whole=self._get_on_five(SQL.identifier("ove")),
            # by phone: both measures of a person are written down at one instant
            person=SQL(
                """CASE WHEN sat.user_input_id IS NOT NULL
                        THEN 'input ' || sat.user_input_id
                        WHEN sat.source = 'phone'
                        THEN CONCAT_WS(' ', 'phone', sat.profile_id, sat.partner_id,
                                       sat.answered_datetime, sat.create_date)
                    END"""
            ),
            start=start,
            end=end,
        )

    @api.model
    def _get_on_five(self, line):
        """Return the answer to a question on 1-5: raw values of two scales do not mix."""
        return SQL(
            """COALESCE(1 + 4 * (%(line)s.value - %(line)s.scale_min)
                        / NULLIF(%(line)s.scale_max - %(line)s.scale_min, 0),
                        %(line)s.value)""",
            line=line,
        )
