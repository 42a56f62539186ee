from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from ..grading import FIRST_DAYS, suggest_threshold


class CustomerAlertGrade(models.Model):
    """How a rule does in a company: what its alerts alone do not tell.

    Written by the nightly grading: customers who stopped ordering, with and without an
    alert of the rule, years of customers watched, a better threshold.
    """

    _name = "customer.alert.grade"
    _description = "Grade of an Alert Rule"
    _rec_name = "rule_id"

    rule_id = fields.Many2one(
        "customer.alert.rule", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    lapse_count = fields.Integer(
        "Customers Who Stopped Ordering",
        readonly=True,
        help="Of those who had ordered twice, bought in the months before and then"
        " ordered nothing in the days looked ahead.",
    )
    caught_count = fields.Integer("Of Them with an Alert", readonly=True)
    customer_years = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="Customers watched times years since the first alert of the rule.",
    )
    suggestion = fields.Json(readonly=True, exportable=False)

    _rule_company_uniq = models.Constraint(
        "UNIQUE (rule_id, company_id)", "A rule has one grade in a company."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _write_grades(self, company, date):
        """Write the grades of a company's rules where they differ; returns how many.

        As of a day: one horizon ago is the last day about which everything is known.
        """
        self.env.flush_all()
        known = date - timedelta(days=company.customer_churn_horizon)
        rows = self.env.execute_query(
            SQL(
                """WITH rules AS (
                      SELECT alt.rule_id, MIN(alt.date) AS since
                        FROM customer_alert alt
                       WHERE alt.company_id = %(company)s AND alt.date <= %(date)s
                    GROUP BY alt.rule_id),
                    customers AS MATERIALIZED (%(customers)s), watched AS (
                      SELECT COUNT(*) AS total,
                             COUNT(*) FILTER (WHERE is_lapsed) AS lapsed
                        FROM customers), caught AS (
                      SELECT alt.rule_id, COUNT(DISTINCT cus.profile_id) AS total
                        FROM customers cus
                        JOIN customer_alert alt ON alt.profile_id = cus.profile_id
                             AND alt.date > cus.last_day AND alt.date <= %(date)s
                       WHERE cus.is_lapsed
                    GROUP BY alt.rule_id), fresh AS (
                      SELECT rul.rule_id, rul.since <= %(known)s AS is_known,
                             wat.lapsed::integer AS lapse_count,
                             COALESCE(cau.total, 0)::integer AS caught_count,
                             ROUND(wat.total * (%(known)s::date - rul.since + %(first)s)
                                   / 365.25, 2) AS customer_years
                        FROM rules rul
                  CROSS JOIN watched wat
                   LEFT JOIN caught cau ON cau.rule_id = rul.rule_id)
                   INSERT INTO customer_alert_grade AS old (rule_id, company_id,
                          lapse_count, caught_count, customer_years,
                          create_date, write_date)
                   SELECT frs.rule_id, %(company)s, frs.lapse_count, frs.caught_count,
                          frs.customer_years,
                          NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                     FROM fresh frs
                    WHERE frs.is_known AND NOT EXISTS (
                          SELECT FROM customer_alert_grade grd
                           WHERE grd.rule_id = frs.rule_id
                             AND grd.company_id = %(company)s
                             AND (grd.lapse_count, grd.caught_count, grd.customer_years)
                               = (frs.lapse_count, frs.caught_count, frs.customer_years))
                 ORDER BY frs.rule_id
              ON CONFLICT (rule_id, company_id)
                DO UPDATE SET lapse_count = excluded.lapse_count,
                          caught_count = excluded.caught_count,
                          customer_years = excluded.customer_years,
                          write_date = excluded.write_date
                RETURNING old.id""",
                company=company.id,
                date=date,
                known=known,
                first=FIRST_DAYS,
                customers=self._select_watched(company, known),
            )
        )
        self.invalidate_model(flush=False)
        self._write_suggestions(company, date)
        return len(rows)

    @api.model
    def _select_watched(self, company, known):
        """Return the customers with a rhythm on a day, and whether they lapsed then."""
        return SQL(
            """SELECT chn.profile_id, chn.date_last_order AS last_day,
                      chn.date_last_order <= %(known)s AS is_lapsed
                 FROM customer_churn chn
                WHERE chn.company_id = %(company)s AND chn.repeat_count >= 1
                  AND chn.date_first_order < %(known)s
                  AND chn.date_last_order > %(since)s""",
            company=company.id,
            known=known,
            since=known
            - relativedelta(months=company.customer_retention_window_months),
        )

    @api.model
    def _write_suggestions(self, company, date):
        """Write which threshold would have been better, as far as the alerts tell."""
        figures = {}
        for rule_id, *row in self.env.execute_query(
            SQL(
                """SELECT alt.rule_id, alt.value,
                          COUNT(*) FILTER (WHERE alt.verdict = 'right'),
                          COUNT(*) FILTER (WHERE alt.verdict = 'wrong')
                     FROM customer_alert alt
                    WHERE alt.company_id = %s AND alt.date <= %s
                      AND alt.verdict <> 'pending'
                 GROUP BY alt.rule_id, alt.value""",
                company.id,
                date,
            )
        ):
            figures.setdefault(rule_id, []).append(row)
        for grade in self.search([("company_id", "=", company.id)]):
            found = suggest_threshold(
                figures.get(grade.rule_id.id, []), grade.rule_id.signal
            )
            wanted = found and {**found._asdict(), "threshold": float(found.threshold)}
            if (grade.suggestion or None) != wanted:
                grade.suggestion = wanted
