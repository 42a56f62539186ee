from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import day_end_utc

RUNNING = ("running", "paused")


class CustomerCommitment(models.Model):
    """When promises are due, and again when working hours or holidays change."""

    _inherit = "customer.commitment"

    # === THE DUE TIME === #

    def _recompute_due(self):
        """Work out the due times again: working hours, holidays or deadlines changed.

        Only of clocks that run: what was kept or overdue stays as it was reached.
        """
        # sudo: times are worked out, whoever changed the hours
        self.sudo().filtered(lambda row: row.state in RUNNING)._set_times()

    def _set_times(self):
        """Write the due and warning times, and which calendar they come from."""
        self.env["customer.commitment.pause"].flush_model()
        works, rows = {}, []
        for promise in self:
            calendar = promise.calendar_id
            if promise.is_company_calendar:
                calendar = promise.company_id.resource_calendar_id
            key = (calendar, promise.company_id)
            if key not in works:
                works[key] = calendar._get_customer_work(promise.company_id)
            due, warn = promise._get_times(works[key])
            rows.append((promise, calendar, due, warn))
        self._write_times(rows)
        now = fields.Datetime.now()
        self.browse(
            promise.id
            for promise, _calendar, _due, warn in rows
            if warn and warn > now and promise.date_escalated
        )._forget_warnings()

    def _forget_warnings(self):
        """Take back warnings of promises that are due later now: they come again."""
        if self:
            self._drop_warnings()
            self.with_context(tracking_disable=True).write(
                {"date_escalated": False, "escalated_user_id": False}
            )

    def _get_times(self, work):
        """Return when a promise is due and when somebody is warned.

        Both empty while it is paused, or when nobody works any more.
        """
        self.ensure_one()
        pauses = [(p.start_datetime, p.end_datetime) for p in self.pause_ids]
        start = self.start_datetime
        if self.date_deadline:
            zone = self.company_id._get_customer_tz()
            start = day_end_utc(self.date_deadline, zone)
        if self.state == "paused":
            return False, False
        due = work.due(start, self.hours, pauses)
        if not due or not self.escalate_hours:
            return due or False, False
        warn = work.before(due, self.escalate_hours, pauses) or self.start_datetime
        return due, max(warn, self.start_datetime)

    def _write_times(self, rows):
        """Write the times of many promises in one statement, where they differ.

        The ORM would write row by row, and a holiday moves thousands.
        """
        if not rows:
            return
        self.flush_model()
        values = [
            SQL(
                "(%s, %s::integer, %s, %s::timestamp, %s::timestamp, %s)",
                promise.id,
                calendar.id or None,
                calendar.tz or promise.company_id._get_customer_tz(),
                due or None,
                warn or None,
                not due and promise.state == "running",
            )
            for promise, calendar, due, warn in rows
        ]
        changed = self.env.execute_query(
            SQL(
                """UPDATE customer_commitment com
                      SET calendar_id = val.calendar_id, tz = val.tz,
                          due_datetime = val.due, escalate_datetime = val.warn,
                          has_no_due = val.has_no_due, is_stale = FALSE
                     FROM (VALUES %s)
                       AS val (id, calendar_id, tz, due, warn, has_no_due)
                    WHERE com.id = val.id
                      AND (com.calendar_id, com.tz, com.due_datetime,
                           com.escalate_datetime, com.has_no_due, com.is_stale)
                          IS DISTINCT FROM
                          (val.calendar_id::int, val.tz, val.due, val.warn,
                           val.has_no_due, FALSE)
                RETURNING com.id""",
                SQL(", ").join(values),
            )
        )
        self.invalidate_model(
            [
                "calendar_id", "tz", "due_datetime", "escalate_datetime", "has_no_due",
                "is_stale", "light",
            ]
        )  # fmt: skip
        self.browse(row[0] for row in changed)._after_clocks()

    # === CHANGES OF WORKING HOURS === #

    @api.model
    def _notice_calendars(self, calendars):
        """Mark the clocks that run by some working hours; the job works them out.

        :param calendars: None for all
        """
        condition = SQL("com.is_working_time")
        if calendars is not None:
            if not calendars:
                return
            condition = SQL("com.calendar_id = ANY(%s)", calendars.ids)
        self._mark_stale(condition)

    @api.model
    def _notice_companies(self, companies):
        """Mark the clocks of companies with other working hours or another time zone."""
        self._mark_stale(
            SQL(
                """com.company_id = ANY(%s)
                   AND (com.is_company_calendar OR com.date_deadline IS NOT NULL)""",
                companies.ids,
            )
        )

    @api.model
    def _mark_stale(self, condition):
        """Mark running clocks whose due time may be another one.

        In SQL: whoever changes working hours may not write promises, and saving shall
        not wait for thousands of them.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """UPDATE customer_commitment com
                      SET is_stale = TRUE
                    WHERE com.state = 'running' AND com.is_stale IS NOT TRUE
                      AND %s
                RETURNING com.id""",
                condition,
            )
        )
        if rows:
            self.invalidate_model(["is_stale"])
            cron = self.env.ref(
                "customer_success.ir_cron_check_commitments", raise_if_not_found=False
            )
            if cron:
                cron.sudo()._trigger()  # sudo: whoever changes working hours
