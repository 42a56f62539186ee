from datetime import timedelta

from odoo import api, models
from odoo.tools import format_date, format_datetime

from ..models.customer_case import OPEN_STATES
from ..periods import day_start_utc
from .customer_tier_review_pages import LINE, ROW, count_lines, paginate

# Figures of each paper, in the order in which they are printed.
COMPLAINT_KEYS = (
    "cases",
    "complaints",
    "complaint_rate",
    "contact_rate",
    "response_hours",
    "urgent_minutes",
    "in_time",
    "closed_in_time",
    "first_contact",
    "reopened",
    "calmed",
)
SATISFACTION_KEYS = ("csat", "nps", "answers", "improvements", "improvements_late")
# Complaints and improvement plans that are printed by name; the others are counted.
PAPER_ROWS = 200
# Letters that fit into the wide columns of both tables of names.
COMPLAINT_WIDTHS = {"customer": 26, "subject": 34, "cause": 18, "handler": 13}
PLAN_WIDTHS = {"customer": 32, "plan": 30, "cause": 40, "owner": 17}
# Title and line below it on a page of names.
FRONT = 70


class CustomerServicePaper(models.AbstractModel):
    """What the complaint report and the satisfaction report have in common."""

    _name = "customer.service.paper"
    _description = "Service on Paper"

    @api.model
    def _read_figures(self, period):
        # sudo: of all customers of a company; who may read the period is a manager
        figures = self.env["customer.service.figures"].sudo()
        return figures._get_service_figures(
            period.company_id, period.date_from, period.date_to
        )

    @api.model
    def _prepare_lines(self, keys, found):
        """Return the figures of a paper in words."""
        words = self.env["customer.service.figures"]
        labels = dict(
            self.env["customer.feedback.meeting.figure"]
            ._fields["key"]
            ._description_selection(self.env)
        )
        lines = []
        for key in keys:
            now, before, count = found["figures"][key]
            target, side = found["targets"].get(key, (0, False))
            lines.append(
                {
                    "name": labels[key],
                    "value": words._word_figure(key, *now),
                    "before": words._word_figure(key, *before),
                    "target": words._word_target(key, target, side),
                    "is_missed": words._is_missed(now[0] or 0, now[1], target, side),
                    "count": count,
                }
            )
        return lines

    @api.model
    def _cut(self, rows, widths):
        """Return rows in pages: tables that no page break cuts."""
        heights = [
            (row, ROW + LINE * (self._count_lines(row, widths) - 1)) for row in rows
        ]
        return [
            [row for _name, page_rows in page for row in page_rows]
            for page in paginate([("", heights)], FRONT)
            if page
        ]

    @api.model
    def _count_lines(self, row, widths):
        return max(count_lines(row[name], width) for name, width in widths.items())

    @api.model
    def _prepare_values(self, docids, model):
        periods = self.env[model].browse(docids)
        periods.check_access("read")
        return {
            "doc_ids": docids,
            "docs": periods,
            "pages": [self._prepare_page(period) for period in periods],
        }

    @api.model
    def _prepare_page(self, period):
        """Override to return what one paper holds."""
        raise NotImplementedError

    @api.model
    def _prepare_head(self, period, found, keys):
        return {
            "period": period,
            "company": period.company_id.name,
            "date_from": format_date(self.env, period.date_from),
            "date_to": format_date(self.env, period.date_to),
            "date": format_date(self.env, period.company_id._get_customer_today()),
            "lines": self._prepare_lines(keys, found),
        }


class CustomerComplaintReport(models.AbstractModel):
    """The complaint report: figures, what they were about, every complaint by name."""

    _name = "report.customer_success.report_customer_complaints"
    _inherit = "customer.service.paper"
    _description = "Complaints on Paper"

    def _get_report_values(self, docids, data=None):
        return self._prepare_values(docids, "customer.service.period")

    @api.model
    def _prepare_page(self, period):
        found = self._read_figures(period)
        cases = self._get_complaints(period)
        rows = [self._prepare_row(case) for case in cases[:PAPER_ROWS]]
        more = len(cases) - len(rows)
        return {
            **self._prepare_head(period, found, COMPLAINT_KEYS),
            "tables": self.env["customer.service.figures"]._get_topic_tables(
                found["topics"]
            ),
            "names": self._cut(rows, COMPLAINT_WIDTHS),
            "count": len(cases),
            "more": more and self.env._("And %s more.", more),
        }

    @api.model
    def _get_complaints(self, period):
        """Return the complaints of the days, those not closed first."""
        zone = period.company_id._get_customer_tz()
        cases = self.env["customer.case"].search(
            [
                ("company_id", "=", period.company_id.id),
                ("kind", "=", "complaint"),
                ("state", "!=", "cancelled"),
                ("received_datetime", ">=", day_start_utc(period.date_from, zone)),
                (
                    "received_datetime",
                    "<",
                    day_start_utc(period.date_to + timedelta(days=1), zone),
                ),
            ],
            order="received_datetime, id",
        )
        return cases.sorted(lambda case: case.state not in OPEN_STATES)

    @api.model
    def _prepare_row(self, case):
        states = dict(case._fields["state"]._description_selection(self.env))
        return {
            "reference": case.name,
            "received": format_datetime(
                self.env,
                case.received_datetime,
                tz=case.company_id._get_customer_tz(),
                dt_format="short",
            ),
            "customer": case.profile_id.display_name
            or case.contact_name
            or self.env._("Unknown sender"),
            "tier": case.profile_id.tier_id.code or "",
            "subject": case.subject or "",
            "cause": case.cause_id.name or "",
            # sudo: the name of a colleague
            "handler": case.user_id.sudo().name or "",
            "hours": f"{case.response_hours:.1f}" if case.acknowledged_datetime else "",
            "state": states[case.state],
            "is_late": case.was_late,
        }


class CustomerSatisfactionPaper(models.AbstractModel):
    """The satisfaction report: CSAT and NPS by tier and questionnaire, drivers, plans."""

    _name = "report.customer_success.report_customer_satisfaction"
    _inherit = "customer.service.paper"
    _description = "Satisfaction on Paper"

    def _get_report_values(self, docids, data=None):
        return self._prepare_values(docids, "customer.service.period")

    @api.model
    def _prepare_page(self, period):
        found = self._read_figures(period)
        plans = self._get_plans(period)
        rows = [self._prepare_row(plan) for plan in plans[:PAPER_ROWS]]
        more = len(plans) - len(rows)
        return {
            **self._prepare_head(period, found, SATISFACTION_KEYS),
            "tables": [
                self._prepare_table(period, self.env._("Tier"), "tier_id"),
                self._prepare_table(period, self.env._("Questionnaire"), "survey_id"),
                self._prepare_table(period, self.env._("Month"), "date:month"),
            ],
            "drivers": self._prepare_drivers(found["drivers"]),
            "names": self._cut(rows, PLAN_WIDTHS),
            "count": len(plans),
            "more": more and self.env._("And %s more.", more),
        }

    @api.model
    def _prepare_table(self, period, title, groupby):
        """Return CSAT, NPS and answers by something, in words."""
        words = self.env["customer.service.figures"]
        rows = self.env["customer.satisfaction.report"]._read_group(
            [
                ("company_id", "=", period.company_id.id),
                ("date_from", ">=", period.date_from),
                ("date", "<=", period.date_to),
            ],
            [groupby],
            ["csat:avg", "nps:avg", "csat:count", "nps:count", "answer_count:sum"],
        )
        return {
            "title": title,
            "rows": [
                {
                    "name": self._name_group(value, groupby),
                    "csat": words._word_figure("csat", csat, "known") if csats else "–",
                    "nps": words._word_figure("nps", nps, "known") if scores else "–",
                    "count": count,
                }
                for value, csat, nps, csats, scores, count in rows
            ],
        }

    @api.model
    def _name_group(self, value, groupby):
        if groupby.endswith(":month"):
            return format_date(self.env, value, date_format="yyyy-MM")
        if not value and groupby == "tier_id":
            return self.env._("Not rated or unknown")
        # sudo: the title of a questionnaire
        return value.sudo().display_name or self.env._("No questionnaire")

    @api.model
    def _prepare_drivers(self, drivers):
        """Return which questions move what, as far as there are enough answers."""
        model = self.env["customer.satisfaction.driver"]
        labels = {
            name: dict(model._fields[name]._description_selection(self.env))
            for name in ("question", "target", "state")
        }
        return [
            {
                "question": labels["question"][row["question"]],
                "target": labels["target"][row["target"]],
                "count": row["answer_count"],
                "mean": f"{row['mean_value']:.2f}",
                "correlation": f"{row['correlation']:.2f}"
                if row["state"] == "known"
                else labels["state"][row["state"]],
                "slope": f"{row['slope']:+.2f}" if row["state"] == "known" else "",
            }
            for row in drivers
        ]

    @api.model
    def _get_plans(self, period):
        """Return the improvement plans that are not finished, the oldest first."""
        return self.env["customer.improvement"].search(
            [
                ("company_id", "=", period.company_id.id),
                ("state", "in", ("draft", "running")),
            ],
            order="date_deadline, id",
        )

    @api.model
    def _prepare_row(self, plan):
        states = dict(plan._fields["state"]._description_selection(self.env))
        return {
            "plan": plan.name,
            "customer": plan.profile_id.display_name or self.env._("Unknown sender"),
            "cause": plan.cause or "",
            # sudo: the name of a colleague
            "owner": plan.user_id.sudo().name or "",
            "deadline": format_date(self.env, plan.date_deadline),
            "state": states[plan.state],
            "is_late": plan.is_late,
        }
