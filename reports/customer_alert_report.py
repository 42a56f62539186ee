from odoo import models
from odoo.tools import format_amount, format_date

from ..const import ALERT_PAPER_ROWS
from .customer_tier_review_pages import LINE, ROW, count_lines, paginate

# Letters that fit into a line of each column: customer, why, what was done.
WIDTHS = (28, 64, 34)
# Title of the paper and the line below it.
FRONT = 70


class CustomerAlertReport(models.AbstractModel):
    """Alerts on paper: why, how urgent, who has them and what was done, by person.

    Amounts are those of the declared list only (README "Who sees what").
    """

    _name = "report.customer_success.report_customer_alert"
    _description = "Alerts on Paper"

    def _get_report_values(self, docids, data=None):
        alerts = self.env["customer.alert"].browse(docids)
        alerts.check_access("read")
        # the most urgent ones first, whatever the list was sorted by
        alerts = self.env["customer.alert"].search([("id", "in", alerts.ids)])
        printed = alerts[:ALERT_PAPER_ROWS]
        more = len(alerts) - len(printed)
        steps = self._get_steps(printed)
        people = [
            self._prepare_person(user, rows, steps)
            for user, rows in sorted(
                printed.grouped("user_id").items(),
                key=lambda pair: (not pair[0], pair[0].name or ""),
            )
        ]
        return {
            "doc_ids": docids,
            "docs": alerts,
            "people": people,
            "company": self.env.company,
            "date": self.env.company._get_customer_today(),
            "more": more and self.env._("And %s more, less urgent.", more),
        }

    def _prepare_person(self, user, alerts, steps):
        """Return the pages of one person: tables that no page break cuts."""
        rows = [self._prepare_row(alert, steps.get(alert.id, [])) for alert in alerts]
        return {
            # sudo: the name of a colleague
            "name": user.sudo().name,
            "count": len(rows),
            "pages": [
                [row for _name, page_rows in page for row in page_rows]
                for page in paginate(
                    [("", [(row, self._get_height(row)) for row in rows])], FRONT
                )
            ],
        }

    def _prepare_row(self, alert, steps):
        profile = alert.profile_id
        return {
            "alert": alert,
            "customer": profile.display_name,
            "tier": profile.tier_id.name,
            "health": profile.health,
            "profile": profile,
            "rule": alert.rule_id.name,
            "sentence": alert.sentence,
            "value": alert.value_at_risk
            and format_amount(
                self.env, alert.value_at_risk, alert.company_id.currency_id
            ),
            "steps": steps,
        }

    def _get_height(self, row):
        customer, why, done = WIDTHS
        lines = max(
            2,
            count_lines(row["customer"], customer) + 1,
            1 + count_lines(row["sentence"], why),
            sum(count_lines(step, done) for step in row["steps"]),
        )
        return ROW + LINE * (lines - 1)

    # === WHAT WAS DONE === #

    def _get_steps(self, alerts):
        """Return by alert, as sentences, what was planned, done, put off and answered."""
        steps = {}
        for alert_id, text in [
            *self._get_done(alerts),
            *self._get_planned(alerts),
        ]:
            steps.setdefault(alert_id, []).append(text)
        for alert in alerts:
            if text := self._word_end(alert):
                steps.setdefault(alert.id, []).append(text)
        return steps

    def _get_own_type(self):
        """Return the type that says "there is an alert": to look at it is no answer."""
        kinds = self.env["mail.activity.type"]
        return (
            self.env.ref(
                "customer_success.mail_activity_type_alert", raise_if_not_found=False
            )
            or kinds
        )

    def _get_done(self, alerts):
        messages = self.env["mail.message"].search(
            [
                ("model", "=", alerts._name),
                ("res_id", "in", alerts.ids),
                ("mail_activity_type_id", "not in", [False, self._get_own_type().id]),
            ],
            order="date, id",
        )
        return [
            (
                message.res_id,
                self.env._(
                    "%(date)s %(step)s: done",
                    date=format_date(self.env, message.date),
                    step=message.mail_activity_type_id.name,
                ),
            )
            for message in messages
        ]

    def _get_planned(self, alerts):
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", alerts._name),
                ("res_id", "in", alerts.ids),
                ("activity_type_id", "!=", self._get_own_type().id),
            ],
            order="date_deadline, id",
        )
        return [
            (
                activity.res_id,
                self.env._(
                    "%(date)s %(step)s: planned",
                    date=format_date(self.env, activity.date_deadline),
                    step=activity.activity_type_id.name or activity.summary or "",
                ),
            )
            for activity in activities
        ]

    def _word_end(self, alert):
        """Return how an alert ended or until when it rests, "" while it is open."""
        if alert.state == "closed":
            outcomes = dict(alert._fields["outcome"]._description_selection(self.env))
            return self.env._(
                "%(date)s closed: %(outcome)s",
                date=format_date(self.env, alert.date_closed),
                outcome=outcomes[alert.outcome],
            )
        if alert.is_snoozed:
            return self.env._(
                "Snoozed until %(date)s: %(reason)s",
                date=format_date(self.env, alert.snooze_until),
                reason=alert.snooze_reason or "",
            )
        return ""
