from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..periods import day_start_utc, months_before
from .customer_facts_service import COMPLAINT_MONTHS
from .customer_scorecard_metric import SERVICE_METRICS


class CustomerEvidenceService(models.AbstractModel):
    """The complaints, promises and answers behind the metrics of service."""

    _inherit = "customer.facts"

    def _select_evidence(self, scope, profile, code):
        if code not in SERVICE_METRICS:
            return super()._select_evidence(scope, profile, code)
        if code == "sla_rate":
            return self._select_promise_evidence(scope)
        if code in ("csat", "nps"):
            return self._select_answer_evidence(scope, code)
        return self._select_complaint_evidence(scope, code)

    def _select_complaint_evidence(self, scope, code):
        """Return the complaints of 12 or of 3 months."""
        start = scope.window.start_utc
        zone = scope.company._get_customer_tz()
        if code == "complaints_3m":
            recent = months_before(scope.window.date, COMPLAINT_MONTHS)
            start = day_start_utc(recent + timedelta(days=1), zone)
        return SQL(
            """SELECT %s FROM customer_case cas
                WHERE %s AND cas.received_datetime >= %s""",
            self._select_row(
                id=SQL("cas.id::bigint * 10 + 1"),
                source=SQL("'complaint'"),
                res_model=SQL("'customer.case'"),
                res_id=SQL("cas.id"),
                name=SQL("CONCAT_WS(' · ', cas.name, cas.subject)"),
                date=self._get_local_day(SQL("cas.received_datetime"), zone),
                visible=self._exists_readable("customer.case", SQL("cas.id")),
            ),
            self._filter_complaints(scope),
            start,
        )

    def _select_promise_evidence(self, scope):
        """Return the promises of cases that were decided in 12 months."""
        zone = scope.company._get_customer_tz()
        return SQL(
            """SELECT %s
                 FROM customer_commitment com
                 JOIN customer_case cas ON cas.id = com.case_id
                WHERE %s""",
            self._select_row(
                id=SQL("com.id::bigint * 10 + 2"),
                source=SQL(
                    """CASE WHEN com.is_breached THEN 'promise_late'
                            ELSE 'promise_kept' END"""
                ),
                res_model=SQL("'customer.commitment'"),
                res_id=SQL("com.id"),
                name=SQL("CONCAT_WS(' · ', cas.name, cas.subject)"),
                date=self._get_local_day(
                    SQL("COALESCE(com.breached_datetime, com.met_datetime)"), zone
                ),
                visible=self._exists_readable("customer.commitment", SQL("com.id")),
            ),
            self._filter_case_promises(scope),
        )

    def _select_answer_evidence(self, scope, code):
        """Return the answers of one measure in 12 months."""
        return SQL(
            """SELECT %s
                 FROM customer_satisfaction sat
            LEFT JOIN res_partner par ON par.id = sat.partner_id
                WHERE %s AND sat.measure = %s""",
            self._select_row(
                id=SQL("sat.id::bigint * 10 + 3"),
                source=SQL("'answer'"),
                res_model=SQL("'customer.satisfaction'"),
                res_id=SQL("sat.id"),
                name=SQL("CONCAT_WS(' · ', TRIM_SCALE(sat.value::numeric), par.name)"),
                date=SQL("sat.date"),
                visible=self._exists_readable("customer.satisfaction", SQL("sat.id")),
            ),
            self._filter_answers(scope),
            code,
        )

    def _get_local_day(self, column, zone):
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", column, zone)
