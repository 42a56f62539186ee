import logging
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, split_every

from ..const import MILESTONE_BATCH
from ..milestones import remembered_days, yearly_day
from .customer_run_job import CONCURRENCY

_logger = logging.getLogger(__name__)


class CustomerMilestone(models.Model):
    """Makes the yearly milestones that are due and reminds of all, once each."""

    _inherit = "customer.milestone"

    # === CRON METHODS === #

    @api.model
    def _cron_raise_milestones(self):
        """Make what is due and remind the first responsible persons.

        Company by company, as of its local day. Resumes by query: what exists is not
        made again, whoever has been reminded is not reminded again.
        """
        for company in self.env["res.company"].search([]):
            try:
                if not self._raise_milestones(company):
                    return  # the slice is over; the next one goes on
            except Exception:
                # No exception may leave a job that has committed progress: the
                # scheduler would call it again at once, for ever.
                _logger.exception("no milestones for company %s", company.id)
                self.env.cr.rollback()
        self.env["ir.cron"]._commit_progress(0, remaining=0)

    @api.model
    def _raise_milestones(self, company):
        """Carry out the job for one company; return whether it was finished."""
        today = company._get_customer_today()
        due = [
            *self._get_due_anniversaries(company, today),
            *self._get_due_holidays(company, today),
            *self._get_due_birthdays(company, today),
        ]
        if not self._work_off(due, self._create_automatic):
            return False
        ids = self._get_ids_to_remind(company, today)
        return self._work_off(ids, self._remind_ids)

    def _work_off(self, items, work):
        """Work on items batch by batch, each in a transaction of its own.

        :param work: callable that takes a list of items
        :return: False when the time of the slice is over
        """
        cron = self.env["ir.cron"]
        # one more than the items: a slice that ends early is called again at once
        cron._commit_progress(0, remaining=len(items) + 1)
        for batch in split_every(MILESTONE_BATCH, items, list):
            if not self._try(batch, work):
                return False
            if cron._commit_progress(len(batch)) <= 0:
                return False
        return True

    def _try(self, batch, work):
        """Work on a batch; when that fails, on each item, so that one stops only itself.

        :return: False when somebody else wrote the same rows: later again
        """
        try:
            with self.env.cr.savepoint():
                work(batch)
        except CONCURRENCY:
            _logger.info("milestones met a concurrent change and go on later")
            self.env.cr.rollback()
            return False
        except Exception:
            if len(batch) > 1:
                results = [self._try([item], work) for item in batch]
                return all(results)
            # ids only: no personal data in logs
            _logger.exception("a milestone was left out: %s", batch)
        return True

    # === WHAT IS DUE === #

    def _create_automatic(self, values):
        self.with_context(tracking_disable=True).create(
            [{**vals, "is_automatic": True} for vals in values]
        )

    def _get_due_anniversaries(self, company, today):
        """Return the days on which customers have been with us for whole years.

        From the day entered by hand or the first document, unless that may not be the
        first one; not for customers who are dormant or left out.
        """
        self.env.flush_all()
        days = remembered_days(today, company.customer_anniversary_lead_days)
        rows = self.env.execute_query(
            SQL(
                """SELECT fac.id, fac.first
                     FROM (SELECT pro.id, COALESCE(pro.date_customer_since,
                                      CASE WHEN snp.is_before_history IS NOT TRUE
                                           THEN snp.date_first_fact END) AS first
                             FROM customer_profile pro
                             JOIN customer_snapshot snp ON snp.profile_id = pro.id
                            WHERE pro.company_id = %(company)s AND pro.active
                              AND pro.merged_into_id IS NULL
                              AND pro.rating_state = 'rated'
                              AND pro.is_dormant IS NOT TRUE) fac
                    WHERE EXTRACT(MONTH FROM fac.first) * 100
                          + EXTRACT(DAY FROM fac.first) = ANY(%(days)s)
                 ORDER BY fac.id""",
                company=company.id,
                days=list(days),
            )
        )
        found = []
        for profile_id, first in rows:
            day = days[first.month * 100 + first.day]
            if day.year > first.year and day == yearly_day(first, day.year):
                found.append(self._prepare_due(profile_id, "anniversary", day))
        return self._leave_out_made(company, found)

    def _get_due_holidays(self, company, today):
        """Return the holidays ahead of the customers whose tier is greeted on them."""
        rows = self.env.execute_query(
            SQL(
                """SELECT pro.id, cal.id, cal.date
                     FROM customer_profile pro
                     JOIN customer_tier tir ON tir.id = pro.tier_id
                                           AND tir.has_holiday_care
                     JOIN customer_care_day cal ON cal.active
                          AND cal.date BETWEEN %(today)s AND %(last)s
                          AND (cal.company_id IS NULL OR cal.company_id = %(company)s)
                    WHERE pro.company_id = %(company)s AND pro.active
                      AND pro.merged_into_id IS NULL
                 ORDER BY pro.id, cal.id""",
                company=company.id,
                today=today,
                last=today + timedelta(days=company.customer_holiday_lead_days),
            )
        )
        found = [
            self._prepare_due(profile_id, "holiday", day, care_day_id=day_id)
            for profile_id, day_id, day in rows
        ]
        return self._leave_out_made(company, found)

    def _get_due_birthdays(self, company, today):
        """Return the birthdays ahead; who may see them the rules of milestones say."""
        last = today + timedelta(days=company.customer_birthday_lead_days)
        # sudo: the job makes them for whoever is entitled
        data_sudo = self.env["customer.personal.data"].sudo()
        found = [
            self._prepare_due(profile_id, "birthday", day, personal_data_id=data_id)
            for data_id, profile_id, _partner_id, day in data_sudo._get_birthdays(
                company, today, last
            )
        ]
        return self._leave_out_made(company, found)

    def _prepare_due(self, profile_id, kind, day, **links):
        return {
            "profile_id": profile_id,
            "kind": kind,
            "date": day,
            "personal_data_id": False,
            "care_day_id": False,
            **links,
        }

    def _leave_out_made(self, company, found):
        """Leave out what exists, archived or not: nobody wants it twice."""
        if not found:
            return []
        days = [vals["date"] for vals in found]
        rows = self.with_context(active_test=False).search_fetch(
            [
                ("company_id", "=", company.id),
                ("kind", "=", found[0]["kind"]),
                ("date", ">=", min(days)),
                ("date", "<=", max(days)),
            ],
            ["profile_id", "kind", "date", "personal_data_id", "care_day_id"],
        )
        made = {(row.profile_id.id, *row._get_key()) for row in rows}
        return [
            vals
            for vals in found
            if (
                vals["profile_id"], vals["kind"], vals["date"],
                vals["personal_data_id"], vals["care_day_id"],
            ) not in made
        ]  # fmt: skip

    def _get_key(self):
        """Return what makes two milestones of a customer the same."""
        self.ensure_one()
        return (self.kind, self.date, self.personal_data_id.id, self.care_day_id.id)
