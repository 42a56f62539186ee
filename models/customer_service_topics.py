from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..periods import day_start_utc
from .customer_service_figures import TOPIC_LINES


class CustomerServiceFigures(models.AbstractModel):
    """What customers wrote about, what moves their satisfaction, and the records."""

    _inherit = "customer.service.figures"

    # === TOPICS AND DRIVERS === #

    @api.model
    def _read_topics(self, company, start, end):
        """Return the most frequent categories and causes, and the tiers, of a period.

        ``{table: [[names by language or text or None, cases, complaints]]}``
        """
        cases = self._select_cases(company, start, end)
        statements = {
            "categories": self._select_topic(
                cases, "customer_case_category", "category_id"
            ),
            "causes": self._select_topic(cases, "customer_case_cause", "cause_id"),
            "tiers": SQL(
                """SELECT TO_JSONB(tir.code) AS name, COUNT(*) AS cases,
                          COUNT(*) FILTER (WHERE cas.is_complaint) AS complaints
                     FROM (%s) cas
                LEFT JOIN customer_profile pro ON pro.id = cas.profile_id
                LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
                 GROUP BY tir.code
                 ORDER BY MAX(tir.lower_bound) DESC NULLS LAST""",
                cases,
            ),
        }
        return {
            name: [list(row) for row in self.env.execute_query(statement)]
            for name, statement in statements.items()
        }

    @api.model
    def _select_topic(self, cases, table, column):
        """Return how often each value of a field occurs, the most frequent first."""
        return SQL(
            """SELECT top.name, COUNT(*) AS cases,
                      COUNT(*) FILTER (WHERE cas.is_complaint) AS complaints
                 FROM (%(cases)s) cas
            LEFT JOIN %(table)s top ON top.id = cas.%(column)s
             GROUP BY top.id, top.name
             ORDER BY top.id IS NULL, complaints DESC, cases DESC, top.id
                LIMIT %(lines)s""",
            cases=cases,
            table=SQL.identifier(table),
            column=SQL.identifier(column),
            lines=TOPIC_LINES,
        )

    @api.model
    def _read_drivers(self, company, start, end):
        """Return which questions move satisfaction, the strongest first."""
        return self.env.execute_query_dict(
            SQL(
                """SELECT drv.question, drv.target, drv.answer_count, drv.mean_value,
                          drv.correlation, drv.slope, drv.state
                     FROM (%s) drv
                 ORDER BY drv.target, drv.correlation DESC NULLS LAST, drv.question""",
                self.env["customer.satisfaction.driver"]._select_drivers(
                    company, start, end
                ),
            )
        )

    # === RECORDS === #

    @api.model
    def _get_records_action(self, key, company, start, end):
        """Return the action with the records a figure was counted from."""
        labels = self.env["customer.feedback.meeting.figure"]._fields["key"]
        model, domain = self._get_records(key, company, start, end)
        is_report = model == "customer.satisfaction.report"
        return {
            "type": "ir.actions.act_window",
            "name": dict(labels._description_selection(self.env))[key],
            "res_model": model,
            "views": [(False, "list")] + [(False, "form")] * (not is_report),
            "domain": [("company_id", "=", company.id), *domain],
            "context": {"create": False},
        }

    @api.model
    def _get_records(self, key, company, start, end):
        """Return model and domain of the records of a figure and period."""
        zone = company._get_customer_tz()
        first = str(day_start_utc(start, zone))
        after = str(day_start_utc(end + timedelta(days=1), zone))
        if key == "in_time":
            return "customer.commitment", self._get_promise_domain(first, after)
        if key in ("csat", "nps", "answers"):
            measure = [("measure", "=", key)] if key != "answers" else []
            days = [("date_from", ">=", str(start)), ("date", "<=", str(end))]
            # not the answers themselves: anonymous ones count, and show in groups only
            return "customer.satisfaction.report", [*measure, *days]
        if key in ("improvements", "improvements_late"):
            late = [("is_late", "=", True)] if key == "improvements_late" else []
            return "customer.improvement", [
                ("state", "in", ("draft", "running")),
                *late,
            ]
        received = [
            ("received_datetime", ">=", first),
            ("received_datetime", "<", after),
            ("state", "!=", "cancelled"),
        ]
        domain = [*received, *self._get_case_domain(key)]
        if key == "complaint_rate":
            own = ("company_id", "=", company.id)
            cases = self.env["customer.case"]._search([own, *domain])
            return "customer.profile", [
                ("id", "in", cases.subselect("profile_id")),
                ("active", "in", (True, False)),
            ]
        return "customer.case", domain

    @api.model
    def _get_promise_domain(self, first, after):
        """Return the promises of cases that were decided in a period."""
        return [
            ("case_id", "!=", False),
            "|",
            ("is_breached", "=", True),
            ("state", "=", "met"),
            "|",
            "&",
            ("breached_datetime", ">=", first),
            ("breached_datetime", "<", after),
            "&",
            "&",
            ("breached_datetime", "=", False),
            ("met_datetime", ">=", first),
            ("met_datetime", "<", after),
        ]

    @api.model
    def _get_case_domain(self, key):
        """Return which cases of a period stand behind a figure."""
        complaint = ("kind", "=", "complaint")
        answered = ("acknowledged_datetime", "!=", False)
        solved = ("state", "in", ("solved", "confirmed"))
        return {
            "cases": [],
            "complaints": [complaint],
            "complaint_rate": [complaint],
            "contact_rate": [complaint],
            "response_hours": [answered],
            "urgent_minutes": [answered, ("urgency", "=", "urgent")],
            "closed_in_time": [
                complaint,
                "|",
                ("state", "=", "confirmed"),
                ("was_late", "=", True),
            ],
            "first_contact": [complaint, solved],
            "reopened": ["|", solved, ("reopen_count", ">", 0)],
            "calmed": [complaint, answered],
        }[key]
