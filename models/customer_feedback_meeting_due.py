from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..periods import last_period
from .customer_feedback_meeting import MEETING_MONTHS
from .customer_overview import MANAGER

ACTIVITY_TYPE = "customer_success.mail_activity_type_feedback_meeting"
# Days after the end of the quarter within which the meeting is to be held.
MEETING_DAYS = 15


class CustomerFeedbackMeeting(models.Model):
    """How a meeting comes into being when a quarter is over, and reminds of itself."""

    _inherit = "customer.feedback.meeting"

    @api.model
    def _create_due(self, company, date):
        """Create the meeting of the quarter that has ended, with one reminder.

        Once, as soon as cases were recorded in the quarter; doing it again changes
        nothing. Meetings of earlier quarters are made by hand.

        :return: True: nothing is left for another slice of the scheduler
        """
        start, end = last_period(date - timedelta(days=1), MEETING_MONTHS)
        since = company.customer_case_start
        if not since or since > end:
            return True
        domain = [("company_id", "=", company.id), ("date_to", "=", end)]
        if not self.search_count(domain, limit=1):
            meeting = self.with_company(company).create(
                {"company_id": company.id, "date_from": start, "date_to": end}
            )
            meeting._remind()
        return True

    def _remind(self):
        """Give each meeting one activity of who leads it, in his language."""
        for meeting in self:
            user = meeting._get_leader()
            if not user:
                continue
            told = meeting.with_context(
                lang=user.lang, mail_activity_quick_update=True, tracking_disable=True
            )
            # sudo: activities of somebody else
            told.sudo().activity_schedule(
                ACTIVITY_TYPE,
                date_deadline=meeting._get_reminder_day(),
                summary=told.env._(
                    "Feedback meeting for the period until %s",
                    format_date(told.env, meeting.date_to),
                ),
                user_id=user.id,
            )
            meeting.sudo().is_reminded = True  # sudo: what the job writes

    def _get_reminder_day(self):
        """Return the day until which the meeting is to be held."""
        today = self.company_id._get_customer_today()
        return max(today, fields.Date.add(self.date_to, days=MEETING_DAYS))

    def _get_leader(self):
        """Return who held the last meeting, else a manager of the company."""
        # sudo: who works for the company, whoever runs the job
        last = self.sudo().search(
            [("company_id", "=", self.company_id.id), ("state", "=", "held")], limit=1
        )
        if last.held_user_id.active and last.held_user_id.has_group(MANAGER):
            return last.held_user_id
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", self.env.ref(MANAGER).ids),
                    ("company_ids", "in", self.company_id.ids),
                    ("share", "=", False),
                ],
                order="id",
                limit=1,
            )
        )
