from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from ..clock import Shift, WorkTime

# What changes the hours of a calendar, beside its attendances and leaves.
HOUR_FIELDS = {"tz", "two_weeks_calendar", "schedule_type", "flexible_hours"}


class ResourceCalendar(models.Model):
    """The working hours as the clocks of promises read them."""

    _inherit = "resource.calendar"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if HOUR_FIELDS & set(vals):
            self.env["customer.commitment"]._notice_calendars(self)
        return result

    # === BUSINESS METHODS === #

    def _get_customer_shifts(self):
        """Return the shifts of the week; none of flexible hours."""
        self.ensure_one()
        # sudo: working hours are no secret
        calendar_sudo = self.sudo()
        if calendar_sudo.schedule_type == "flexible":
            return []
        return [
            Shift(
                int(row.dayofweek),
                row.hour_from,
                row.hour_to,
                int(row.week_type) if calendar_sudo.two_weeks_calendar else None,
            )
            for row in calendar_sudo._get_global_attendances()
            if row.hour_from < row.hour_to
        ]

    def _has_customer_hours(self):
        return bool(self._get_customer_shifts())

    def _get_customer_day_hours(self, weekday, day):
        """Return the hours ``(from, to)`` that a day has like a weekday of its week."""
        week = self.env["resource.calendar.attendance"].get_week_type(day)
        return [
            (shift.start, shift.end)
            for shift in self._get_customer_shifts()
            if shift.weekday == weekday and shift.week in (None, week)
        ]

    def _get_customer_work(self, company):
        """Return the clock of these working hours; around the clock without any.

        Odoo's own intervals take the two ends of a shift apart from another and go
        wrong in the night in which the clocks change; the weekly hours and the leaves
        are Odoo's, the extra working days are ours.
        """
        if not self:
            return WorkTime("UTC", None)
        self.ensure_one()
        return WorkTime(
            self.tz,
            self._get_customer_shifts(),
            self._get_customer_leaves(company),
            self._get_customer_extra_days(company),
        )

    def _get_customer_leaves(self, company):
        """Return the spans in which the whole company is on leave, in UTC."""
        # sudo: holidays are no secret
        leaves_sudo = self.env["resource.calendar.leaves"].sudo()
        leaves = leaves_sudo.search_fetch(
            Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("calendar_id", "in", [self.id, False])
            & Domain("company_id", "in", [company.id, False]),
            ["date_from", "date_to"],
        )
        # a leave until 23:59:59 lasts until midnight
        return [
            (
                leave.date_from,
                leave.date_to + timedelta(seconds=leave.date_to.second == 59),
            )
            for leave in leaves
        ]

    def _get_customer_extra_days(self, company):
        days_sudo = self.env["customer.working.day"].sudo()  # sudo: as above
        days = days_sudo.search(
            Domain("calendar_id", "in", [self.id, False])
            & Domain("company_id", "in", [company.id, False])
        )
        return {
            day.date: self._get_customer_day_hours(int(day.like_weekday), day.date)
            for day in days.sorted(lambda row: bool(row.calendar_id))
        }
