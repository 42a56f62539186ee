from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..periods import day_start_utc, months_before

# Months of the younger window of complaints.
COMPLAINT_MONTHS = 3


class CustomerFactsService(models.AbstractModel):
    """The facts of service: complaints, promises of cases, answers to surveys.

    Complaints count on the day they were received, answers on their day, promises of
    cases when they were decided: kept, or overdue for the first time.
    """

    _inherit = "customer.facts"

    def _join_relation(self, scope):
        return SQL(
            """%(relation)s
               LEFT JOIN (%(complaints)s) cpl ON cpl.profile_id = pro.id
               LEFT JOIN (%(promises)s) prm ON prm.profile_id = pro.id
               LEFT JOIN (%(answers)s) ans ON ans.profile_id = pro.id""",
            relation=super()._join_relation(scope),
            complaints=self._select_complaints(scope),
            promises=self._select_case_promises(scope),
            answers=self._select_answers(scope),
        )

    def _select_relation_columns(self, scope):
        win = scope.window
        recent = months_before(win.date, COMPLAINT_MONTHS)
        return SQL(
            """%(relation)s,
               COALESCE(cpl.counted, 0)::integer AS complaint_count_12m,
               CASE WHEN %(recorded_year)s OR cpl.counted > 0
                    THEN 'known' ELSE 'not_recorded' END AS complaint_12m_state,
               COALESCE(cpl.recent, 0)::integer AS complaint_count_3m,
               CASE WHEN %(recorded)s OR cpl.recent > 0
                    THEN 'known' ELSE 'not_recorded' END AS complaint_3m_state,
               COALESCE(prm.decided, 0)::integer AS case_promise_count_12m,
               COALESCE(prm.kept, 0)::integer AS case_promise_kept_12m,
               COALESCE(ans.csat_count, 0)::integer AS csat_count_12m,
               ans.csat_sum AS csat_score_sum_12m,
               ans.csat_last AS date_last_csat,
               COALESCE(ans.nps_count, 0)::integer AS nps_count_12m,
               COALESCE(ans.nps_balance, 0)::integer AS nps_balance_12m,
               ans.nps_last AS date_last_nps""",
            relation=super()._select_relation_columns(scope),
            recorded_year=self._has_cases_since(scope, win.start),
            recorded=self._has_cases_since(scope, recent),
        )

    def _has_cases_since(self, scope, start):
        """Return whether the company recorded its cases since the day after."""
        since = scope.company.customer_case_start
        return SQL("%s", bool(since and since <= start + timedelta(days=1)))

    # === FACTS === #

    def _select_complaints(self, scope):
        """Return the complaints of 12 and of 3 months by customer."""
        recent = months_before(scope.window.date, COMPLAINT_MONTHS)
        return SQL(
            """SELECT cas.profile_id, COUNT(*) AS counted,
                      COUNT(*) FILTER (WHERE cas.received_datetime >= %(recent)s)
                          AS recent
                 FROM customer_case cas
                WHERE %(counted)s AND cas.received_datetime >= %(start)s
             GROUP BY cas.profile_id""",
            recent=day_start_utc(
                recent + timedelta(days=1), scope.company._get_customer_tz()
            ),
            start=scope.window.start_utc,
            counted=self._filter_complaints(scope),
        )

    def _select_case_promises(self, scope):
        """Return the decided promises of cases, and those that were kept in time."""
        return SQL(
            """SELECT com.profile_id, COUNT(*) AS decided,
                      COUNT(*) FILTER (WHERE com.is_breached IS NOT TRUE) AS kept
                 FROM customer_commitment com
                WHERE %s
             GROUP BY com.profile_id""",
            self._filter_case_promises(scope),
        )

    def _select_answers(self, scope):
        """Return count, sum and last day of the answers of 12 months by customer.

        CSAT as the sum of its 0-100 scores, NPS as promoters less detractors.
        """
        return SQL(
            """SELECT sat.profile_id,
                      COUNT(*) FILTER (WHERE sat.measure = 'csat') AS csat_count,
                      SUM(sat.score) FILTER (WHERE sat.measure = 'csat') AS csat_sum,
                      MAX(sat.date) FILTER (WHERE sat.measure = 'csat') AS csat_last,
                      COUNT(*) FILTER (WHERE sat.measure = 'nps') AS nps_count,
                      COUNT(*) FILTER (WHERE sat.band = 'promoter')
                      - COUNT(*) FILTER (WHERE sat.band = 'detractor') AS nps_balance,
                      MAX(sat.date) FILTER (WHERE sat.measure = 'nps') AS nps_last
                 FROM customer_satisfaction sat
                WHERE %s
             GROUP BY sat.profile_id""",
            self._filter_answers(scope),
        )

    # === WHAT COUNTS === #

    def _filter_complaints(self, scope):
        """Return which cases count as complaints up to the day."""
        return SQL(
            """cas.kind = 'complaint' AND cas.state <> 'cancelled'
               AND cas.company_id = %s AND cas.profile_id IS NOT NULL
               AND cas.received_datetime < %s AND %s""",
            scope.company.id,
            scope.window.end_utc,
            self._filter_profiles(SQL("cas.profile_id"), scope),
        )

    def _filter_case_promises(self, scope):
        """Return which promises of cases were decided in the 12 months.

        Overdue ones on the day they became so; whatever comes later does not matter.
        """
        return SQL(
            """com.case_id IS NOT NULL AND com.company_id = %(company)s
               AND com.profile_id IS NOT NULL
               AND (com.is_breached OR com.state = 'met')
               AND ((com.breached_datetime >= %(start)s
                     AND com.breached_datetime < %(end)s)
                 OR (com.breached_datetime IS NULL
                     AND com.met_datetime >= %(start)s
                     AND com.met_datetime < %(end)s))
               AND %(profiles)s""",
            company=scope.company.id,
            start=scope.window.start_utc,
            end=scope.window.end_utc,
            profiles=self._filter_profiles(SQL("com.profile_id"), scope),
        )

    def _filter_answers(self, scope):
        """Return which answers count in the 12 months up to the day."""
        return SQL(
            """sat.active AND sat.company_id = %s AND sat.profile_id IS NOT NULL
               AND sat.date > %s AND sat.date <= %s AND %s""",
            scope.company.id,
            scope.window.start,
            scope.window.date,
            self._filter_profiles(SQL("sat.profile_id"), scope),
        )
