from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..periods import day_start_utc, months_before, period_before
from ..satisfaction import GOOD
from .customer_case_figures import RESPONSE_HOURS
from .customer_review_facts import Periods
from .customer_review_figures import known, unknown

NOT_COMPARED = unknown("none")
# Lines of each table of what customers wrote about.
TOPIC_LINES = 8


class CustomerServiceFigures(models.AbstractModel):
    """Works out the figures of service between two days, those of the period before too.

    One place for the feedback meeting, the papers, the review of the base and the
    annual goals. Cases count by the day they were received, withdrawn ones and
    duplicates do not; answers by their day. Promises count by the day they were
    decided, also when their case was withdrawn later.
    """

    _inherit = "customer.service.figures"

    @api.model
    def _get_service_figures(self, company, date_from, date_to, group=None):
        """Return figures, targets, topics and drivers of a company.

        Of all its customers: who calls it has checked that the reader may know them.

        :param group: SQL of the customers (``profile_id``) to count, None for all and
            for unknown senders
        :return: ``{"figures": {key: ((value, state), (value before, state), count)},
            "targets": {key: (value, side)}, "topics": …, "drivers": […]}``
        """
        self.env.flush_all()
        periods = Periods(date_from, date_to, period_before(date_from, date_to))
        halves = {
            "now": (periods.start, periods.end),
            "before": (periods.start_before, periods.end_before),
        }
        figures = {
            name: self._read_period(company, start, end, group)
            for name, (start, end) in halves.items()
        }
        now, before = figures["now"], figures["before"]
        return {
            "figures": {
                **{key: (now[key][0], before[key][0], now[key][1]) for key in now},
                **self._read_improvements(company, group),
            },
            "targets": self._get_targets(company),
            "topics": self._read_topics(company, date_from, date_to),
            "drivers": self._read_drivers(company, date_from, date_to),
        }

    @api.model
    def _get_targets(self, company):
        """Return what the figures are to reach, and on which side it lies."""
        rate = (company.customer_complaint_target, "below")
        return {
            "complaint_rate": rate,
            "contact_rate": rate,
            "response_hours": (company.customer_response_target_hours, "max"),
            "urgent_minutes": (company.customer_urgent_target_minutes, "max"),
            "csat": (float(GOOD), "min"),
        }

    # === ONE PERIOD === #

    @api.model
    def _read_period(self, company, start, end, group=None):
        """Return ``{key: ((value, state), count)}`` of the days of a period."""
        cases = self._read_row(self._select_case_figures(company, start, end, group))
        promises = self._read_row(self._select_promises(company, start, end, group))
        answers = self._read_row(self._select_answers(company, start, end, group))
        base = self._read_row(self._select_base(company, start, end, group))
        return {
            **self._work_out_cases(company, start, cases),
            **self._work_out_rates(company, start, cases, base),
            "in_time": (
                self._share(promises["kept"], promises["decided"], "no_promise"),
                promises["decided"],
            ),
            **self._work_out_answers(answers),
        }

    @api.model
    def _read_row(self, statement):
        return self.env.execute_query_dict(statement)[0]

    @api.model
    def _share(self, part, whole, state):
        """Return one number as a share of another, unknown when that is 0."""
        return known((part or 0) / whole) if whole else unknown(state)

    @api.model
    def _is_recorded(self, company, start, cases):
        """Return whether the cases of a period are all written down here."""
        since = company.customer_case_start
        return bool(since and since <= start) or bool(cases["cases"])

    @api.model
    def _work_out_cases(self, company, start, row):
        number = "no_case"
        if not self._is_recorded(company, start, row):
            number = "not_recorded"
        counts = {
            key: (known(row[key]) if number == "no_case" else unknown(number), row[key])
            for key in ("cases", "complaints")
        }
        response, urgent = unknown("no_case"), unknown("no_case")
        if row["answered"]:
            response = known(row["response_hours"])
        if row["urgent_answered"]:
            urgent = known(row["urgent_hours"] * 60)
        return {
            **counts,
            "response_hours": (response, row["answered"]),
            "urgent_minutes": (urgent, row["urgent_answered"]),
            **{
                key: (self._share(row[part], row[whole], "no_case"), row[whole])
                for key, part, whole in (
                    ("closed_in_time", "closed_in_time", "complaints_decided"),
                    ("first_contact", "first_contact", "complaints_solved"),
                    ("reopened", "reopened", "ever_solved"),
                    ("calmed", "calmed", "complaints_answered"),
                )
            },
        }

    @api.model
    def _work_out_rates(self, company, start, cases, base):
        """Return the complaint rates: per active customer, per contact made."""
        if not self._is_recorded(company, start, cases):
            return dict.fromkeys(
                ("complaint_rate", "contact_rate"), (unknown("not_recorded"), 0)
            )
        since = company.customer_interaction_start
        contact = self._share(cases["complaints"], base["contacts"], "no_talk")
        if not since or since > start:
            contact = unknown("not_recorded")
        return {
            "complaint_rate": (
                self._share(cases["complainers"], base["active"], "nobody"),
                base["active"],
            ),
            "contact_rate": (contact, base["contacts"]),
        }

    @api.model
    def _work_out_answers(self, row):
        csat, nps = unknown("to_evaluate"), unknown("to_evaluate")
        if row["csat_count"]:
            csat = known(row["csat"])
        if row["nps_count"]:
            nps = known(row["nps"])
        return {
            "csat": (csat, row["csat_count"]),
            "nps": (nps, row["nps_count"]),
            "answers": (known(row["answers"]), row["answers"]),
        }

    @api.model
    def _read_improvements(self, company, group):
        """Return the improvement plans that are not finished today, and the late ones."""
        row = self._read_row(
            SQL(
                """SELECT COUNT(*) AS open,
                          COUNT(*) FILTER (WHERE imp.date_deadline < %s) AS late
                     FROM customer_improvement imp
                    WHERE imp.company_id = %s AND imp.state IN ('draft', 'running')
                      AND %s""",
                company._get_customer_today(),
                company.id,
                self._filter_group(SQL("imp.profile_id"), group),
            )
        )
        return {
            "improvements": (known(row["open"]), NOT_COMPARED, row["open"]),
            "improvements_late": (known(row["late"]), NOT_COMPARED, row["late"]),
        }

    # === SQL HELPERS === #

    @api.model
    def _filter_group(self, column, group):
        """Return that a row is about a customer of a group; all rows without one."""
        if group is None:
            return SQL("TRUE")
        return SQL("%s IN (SELECT grp.profile_id FROM (%s) grp)", column, group)

    @api.model
    def _select_cases(self, company, start, end, group=None):
        """Return the cases received in a period, with whether a promise was late."""
        zone = company._get_customer_tz()
        return SQL(
            """SELECT cas.id, cas.profile_id, cas.kind, cas.urgency, cas.state,
                      cas.category_id, cas.cause_id, cas.reopen_count,
                      cas.kind = 'complaint' AS is_complaint,
                      cas.acknowledged_datetime IS NOT NULL AS is_answered,
                      cas.state IN ('solved', 'confirmed') AS is_solved,
                      cas.is_calmed, cas.is_first_contact,
                      %(response)s AS response_hours,
                      COALESCE(cas.was_late, FALSE) AS is_late
                 FROM customer_case cas
                WHERE cas.company_id = %(company)s AND cas.state <> 'cancelled'
                  AND cas.received_datetime >= %(start)s
                  AND cas.received_datetime < %(end)s AND %(group)s""",
            company=company.id,
            response=RESPONSE_HOURS,
            start=day_start_utc(start, zone),
            end=day_start_utc(end + timedelta(days=1), zone),
            group=self._filter_group(SQL("cas.profile_id"), group),
        )

    @api.model
    def _select_case_figures(self, company, start, end, group=None):
        """Return the counts of the cases of a period, in one row.

        Decided is a complaint that was closed or has a promise that is late: one still
        within its time says nothing yet.
        """
        return SQL(
            """SELECT COUNT(*) AS cases,
                      COUNT(*) FILTER (WHERE is_complaint) AS complaints,
                      COUNT(DISTINCT pro.partner_id) FILTER (WHERE is_complaint)
                          AS complainers,
                      COUNT(*) FILTER (WHERE is_answered) AS answered,
                      AVG(response_hours) FILTER (WHERE is_answered) AS response_hours,
                      COUNT(*) FILTER (WHERE is_answered AND urgency = 'urgent')
                          AS urgent_answered,
                      AVG(response_hours) FILTER (
                          WHERE is_answered AND urgency = 'urgent') AS urgent_hours,
                      COUNT(*) FILTER (WHERE is_complaint AND (is_late
                          OR cas.state = 'confirmed')) AS complaints_decided,
                      COUNT(*) FILTER (WHERE is_complaint AND NOT is_late
                          AND cas.state = 'confirmed') AS closed_in_time,
                      COUNT(*) FILTER (WHERE is_complaint AND is_solved)
                          AS complaints_solved,
                      COUNT(*) FILTER (WHERE is_complaint AND is_solved
                          AND is_first_contact) AS first_contact,
                      COUNT(*) FILTER (WHERE is_solved OR reopen_count > 0)
                          AS ever_solved,
                      COUNT(*) FILTER (WHERE reopen_count > 0) AS reopened,
                      COUNT(*) FILTER (WHERE is_complaint AND is_answered)
                          AS complaints_answered,
                      COUNT(*) FILTER (WHERE is_complaint AND is_answered
                          AND is_calmed) AS calmed
                 FROM (%s) cas
            LEFT JOIN customer_profile pro ON pro.id = cas.profile_id""",
            self._select_cases(company, start, end, group),
        )

    @api.model
    def _select_promises(self, company, start, end, group=None):
        """Return how many promises of cases were decided in a period, how many kept.

        One that was late was decided when it became late, as in the metrics.
        """
        zone = company._get_customer_tz()
        return SQL(
            """SELECT COUNT(*) AS decided,
                      COUNT(*) FILTER (WHERE com.is_breached IS NOT TRUE) AS kept
                 FROM customer_commitment com
                WHERE com.case_id IS NOT NULL AND com.company_id = %(company)s
                  AND (com.is_breached OR com.state = 'met')
                  AND COALESCE(com.breached_datetime, com.met_datetime) >= %(start)s
                  AND COALESCE(com.breached_datetime, com.met_datetime) < %(end)s
                  AND %(group)s""",
            company=company.id,
            start=day_start_utc(start, zone),
            end=day_start_utc(end + timedelta(days=1), zone),
            group=self._filter_group(SQL("com.profile_id"), group),
        )

    @api.model
    def _select_answers(self, company, start, end, group=None):
        """Return means and numbers of the answers of a period.

        Anonymous ones count in groups of a questionnaire and quarter: when the quarter
        lies in the period, is over and has three of them, else not at all.
        """
        return SQL(
            """SELECT COUNT(*) AS answers,
                      COUNT(ans.csat) AS csat_count, AVG(ans.csat) AS csat,
                      COUNT(ans.nps) AS nps_count, AVG(ans.nps) AS nps,
                      AVG(ans.score) FILTER (WHERE ans.measure = 'csat') AS score,
                      COUNT(ans.good_percent) AS judged,
                      COUNT(*) FILTER (WHERE ans.good_percent > 0) AS good
                 FROM (%(answers)s) ans
                WHERE ans.company_id = %(company)s AND ans.date_from >= %(start)s
                  AND ans.date <= %(end)s AND %(group)s""",
            answers=self.env["customer.satisfaction.report"]._select_answers(),
            company=company.id,
            start=start,
            end=end,
            group=self._filter_group(SQL("ans.profile_id"), group),
        )

    @api.model
    def _select_base(self, company, start, end, group=None):
        """Return how many customers were active in a period, how many talks there were.

        Active is who bought in the months of the retention window up to its last day,
        or wrote to us in it; customers left out of rating are not.
        """
        facts = self.env["customer.facts"]
        scope = facts._prepare_scope(company, end)
        months = company.customer_retention_window_months
        excluded = company._get_excluded_partners_query()
        kept = SQL("TRUE")
        if excluded is not None:
            kept = SQL("buy.partner_id NOT IN %s", excluded.subselect())
        return SQL(
            """SELECT (SELECT COUNT(*) FROM (
                           SELECT buy.partner_id
                             FROM (SELECT par.commercial_partner_id AS partner_id
                                     FROM (%(sources)s) fac
                                     JOIN res_partner par ON par.id = fac.partner_id
                                    WHERE fac.day <= %(end)s
                                 GROUP BY par.commercial_partner_id) buy
                        LEFT JOIN customer_profile pro
                               ON pro.partner_id = buy.partner_id
                              AND pro.company_id = %(company)s
                              AND pro.merged_into_id IS NULL
                            WHERE pro.is_not_rated IS NOT TRUE AND %(kept)s
                              AND %(group)s
                            UNION
                           SELECT pro.partner_id
                             FROM (%(cases)s) cas
                             JOIN customer_profile pro ON pro.id = cas.profile_id
                       ) act) AS active,
                      (SELECT COUNT(*) FROM customer_interaction itr
                        WHERE %(counted)s AND itr.date >= %(start)s AND %(talked)s)
                          AS contacts""",
            sources=SQL(" UNION ALL ").join(
                facts._select_purchases(scope, months_before(end, months))
            ),
            start=start,
            end=end,
            company=company.id,
            kept=kept,
            group=self._filter_group(SQL("pro.id"), group),
            talked=self._filter_group(SQL("itr.profile_id"), group),
            cases=self._select_cases(company, start, end, group),
            counted=facts._filter_interactions(scope),
        )
