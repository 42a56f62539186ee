from odoo import fields, models
from odoo.fields import Domain

# Days for which an answer is news.
NEWS_DAYS = 30


class CustomerAlertWords(models.AbstractModel):
    """The sentences of service alerts, from their evidence.

    ``complaint_escalated``: case_id · ``complaints_rising``: recent, before (complaints)
    · ``satisfaction_low``: satisfaction_id, measure, value, most (of the scale), date.
    """

    _inherit = "customer.alert.words"

    def _get_sayings(self):
        return {
            **super()._get_sayings(),
            "complaint_escalated": self._say_complaint,
            "complaints_rising": self._say_complaints,
            "satisfaction_low": self._say_satisfaction,
        }

    def _say_complaint(self, evidence, company):
        # sudo: what the complaint is about, whoever handles it
        case_sudo = self.env["customer.case"].sudo()
        case_sudo = case_sudo.browse(evidence.get("case_id") or []).exists()
        if not case_sudo:
            return [self.env._("a complaint was escalated")]
        return [
            self.env._(
                "complaint %(reference)s was escalated: %(subject)s",
                reference=case_sudo.name,
                subject=case_sudo.subject,
            )
        ]

    def _say_complaints(self, evidence, company):
        if evidence.get("recent") is None or evidence.get("before") is None:
            return []
        return [
            self.env._(
                "complaints in the last 3 months: %(recent)s, in the 9 months before:"
                " %(before)s",
                recent=self._number(evidence["recent"]),
                before=self._number(evidence["before"]),
            )
        ]

    def _say_satisfaction(self, evidence, company):
        if evidence.get("value") is None:
            return []
        value = self._number(evidence["value"], 2)
        if evidence.get("measure") == "nps":
            return [
                self.env._("would hardly recommend us: %s of 10 in the survey", value)
            ]
        return [
            self.env._(
                "satisfaction %(value)s of %(most)s",
                value=value,
                most=self._number(evidence.get("most") or 5),
            )
        ]


class CustomerAlertRule(models.Model):
    """What the rules of service do, in words."""

    _inherit = "customer.alert.rule"

    def _get_descriptions(self):
        return {
            **super()._get_descriptions(),
            "complaint_escalated": self._describe_complaint,
            "complaints_rising": self._describe_complaints,
            "satisfaction_low": self._describe_satisfaction,
        }

    def _describe_complaint(self):
        return self.env._(
            "Warns at once when a complaint is escalated, by a person or because its"
            " promise is overdue. Over when the complaint is solved."
        )

    def _describe_complaints(self):
        return self.env._(
            "Warns when a customer complained %s times or more in 3 months, and more"
            " often than in the 9 months before.",
            f"{self.threshold:g}",
        )

    def _describe_satisfaction(self):
        return self.env._(
            "Warns when an answer is below 3.5 of 5 (CSAT) or 6 and less of 10 (NPS)."
            " Over with a later answer that is better, or when the answer was corrected."
        )


class CustomerAlert(models.Model):
    """The cases and answers behind an alert."""

    _inherit = "customer.alert"

    def action_open_evidence(self):
        openers = {
            "complaint_escalated": self._open_case,
            "complaints_rising": self._open_complaints,
            "satisfaction_low": self._open_answer,
        }
        if self.ensure_one().signal not in openers:
            return super().action_open_evidence()
        self.check_access("read")
        self.profile_id.check_access("read")
        return openers[self.signal]()

    def _open_case(self):
        case = self.env["customer.case"].browse((self.evidence or {}).get("case_id"))
        if case.exists()._filtered_access("read"):
            return self._open_record(case)
        return self._open_complaints()

    def _open_complaints(self):
        """Open the complaints of the customer up to the day of the alert."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_case_action"
        )
        action["domain"] = list(
            Domain("profile_id", "=", self.profile_id.id)
            & Domain("kind", "=", "complaint")
        )
        action["context"] = {"create": False}
        return action

    def _open_answer(self):
        answer_id = (self.evidence or {}).get("satisfaction_id")
        answer = self.env["customer.satisfaction"].browse(answer_id).exists()
        if answer._filtered_access("read"):
            return self._open_record(answer)
        return self.action_open_customer()


class CustomerSatisfaction(models.Model):
    """A dissatisfied customer raises an alert at once."""

    _inherit = "customer.satisfaction"

    def _follow_answer(self):
        result = super()._follow_answer()
        self._tell_low()
        return result

    def _tell_low(self):
        """Raise the alerts of dissatisfied answers, each one once.

        An old one that is written down late is no news.
        """
        since = fields.Date.subtract(fields.Date.today(), days=NEWS_DAYS)
        for answer in self.filtered(
            lambda row: (
                row.profile_id
                and row.active
                and row.band in ("low", "detractor")
                and row.date > since
            )
        ):
            self.env["customer.alert"]._raise_event(
                answer.profile_id,
                "satisfaction_low",
                f"answer-{answer.id}",
                {
                    "satisfaction_id": answer.id,
                    "measure": answer.measure,
                    "value": answer.value,
                    "most": answer.scale_max,
                    "date": str(answer.date),
                },
            )
