import logging
from contextlib import contextmanager
from datetime import timedelta

import psycopg2
from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from ..const import RETRY_MINUTES, RUN_LOCK
from .customer_run import OPEN_STATES

_logger = logging.getLogger(__name__)


class CustomerRun(models.Model):
    """The scheduled actions, and which run comes next."""

    _inherit = "customer.run"

    # === CRON METHODS === #

    @api.model
    def _cron_refresh_scores(self):
        """Score all customers of all companies as of their local day.

        Resumes what an earlier slice, a kill or a crash left. Queued history runs are
        carried out after it. Wakes the tier review when it has finished.
        """
        with self._lock_runs() as is_locked:
            if not is_locked:
                _logger.info("another scoring run is at work; nothing to do")
                self._request_later()
                return
            self._queue_refresh()
            if self._process_queue():
                self.env.ref("customer_success.ir_cron_review_tiers")._trigger()
                self._wake_followers()
                self._schedule_followup()

    def _wake_followers(self):
        """Let what reads the new figures follow: lifecycle stages, milestones."""
        for name in ("assign_stages", "raise_milestones"):
            self.env.ref(f"customer_success.ir_cron_{name}")._trigger()

    def _request_later(self):
        """Ask to be called again when the lock may be free: no wake-up is lost."""
        later = fields.Datetime.now() + timedelta(minutes=RETRY_MINUTES)
        self.env.ref("customer_success.ir_cron_refresh_scores")._trigger(at=later)

    @api.model
    def _cron_review_tiers(self):
        """Review the tiers that are due, as of their due days.

        A company whose scores of its local day are not finished is left for the next
        call; the refresh wakes this job again.
        """
        with self._lock_runs() as is_locked:
            if not is_locked:
                return
            for company in self.env["res.company"].search([]):
                self.env["customer.tier.request"]._expire_unanswered(company)
                if self._is_refreshed(company):
                    self._queue_reviews(company)
            self._process_queue(["review"])
        self.env.ref("customer_success.ir_cron_detect_churn")._trigger()

    @api.model
    def _cron_purge_scores(self):
        """Thin out score history older than each company keeps."""
        for company in self.env["res.company"].search([]):
            before = company._get_customer_today() - relativedelta(
                months=company.customer_retention_months
            )
            count = self.env["customer.score"]._purge(
                company, before, company.customer_retention_keep
            )
            _logger.info("%s score rows of company %s purged", count, company.id)
            self.env["ir.cron"]._commit_progress(1)

    # === QUEUE === #

    @contextmanager
    def _lock_runs(self):
        """Hold the session advisory lock of runs; yields whether it was free."""
        [[is_locked]] = self.env.execute_query(
            SQL("SELECT PG_TRY_ADVISORY_LOCK(HASHTEXT(%s))", RUN_LOCK)
        )
        try:
            yield is_locked
        finally:
            if is_locked and not self.env.cr.closed:
                self._unlock_runs()

    def _unlock_runs(self):
        """Release the lock, also from a transaction that an error has ended."""
        try:
            self.env.cr.execute(
                SQL("SELECT PG_ADVISORY_UNLOCK(HASHTEXT(%s))", RUN_LOCK)
            )
        except psycopg2.errors.InFailedSqlTransaction:
            self.env.cr.rollback()
            self.env.cr.execute(
                SQL("SELECT PG_ADVISORY_UNLOCK(HASHTEXT(%s))", RUN_LOCK)
            )

    def _queue_refresh(self):
        """Queue a refresh of each company unless an unfinished one of today waits."""
        waiting = self.search([("job", "=", "refresh"), ("state", "in", OPEN_STATES)])
        outdated = waiting.filtered(
            lambda run: run.date != run.company_id._get_customer_today()
        )
        for run in outdated:
            run._fail(self.env._("A later day took over before it was finished."))
        companies = outdated.company_id
        if waiting <= outdated:
            companies = self.env["res.company"].search([])
        for company in companies:
            self._queue("refresh", company, company._get_customer_today())
        self.env["ir.cron"]._commit_progress(0)

    def _queue_reviews(self, company, after=None):
        """Queue the review of the oldest due day of a company (after a day).

        Due are quarter ends, and the day after a request that held a tier has ended.
        """
        domain = [
            ("company_id", "=", company.id),
            ("date_next_review", "<=", company._get_customer_today()),
        ]
        if after:
            domain.append(("date_next_review", ">", after))
        groups = self.env["customer.profile"]._read_group(
            domain,
            ["date_next_review:day"],
            order="date_next_review:day",
            limit=1,
        )
        days = [fields.Date.to_date(due) for [due] in groups]
        ended = self.env["customer.tier.request"]._get_end_review_day(company, after)
        if ended:
            days.append(ended)
        if days:
            self._queue("review", company, min(days))

    def _is_refreshed(self, company):
        """Return whether the scores of the company's day are finished."""
        domain = [("job", "=", "refresh"), ("company_id", "=", company.id)]
        if self.search_count([*domain, ("state", "in", OPEN_STATES)], limit=1):
            return False
        today = company._get_customer_today()
        done = [*domain, ("state", "=", "done"), ("date", ">=", today)]
        return bool(self.search_count(done, limit=1))

    def _process_queue(self, jobs=("refresh", "move", "backfill")):
        """Carry out the open runs; return False when the slice ended before the end."""
        domain = [("job", "in", list(jobs)), ("state", "in", OPEN_STATES)]
        while run := self.search(domain, order="job desc, date, id", limit=1):
            if not run._process():
                return False
            if run.job == "review" and run.state == "done":
                self._queue_reviews(run.company_id, after=run.date)
        return True

    def _schedule_followup(self):
        """Ask for the next runs of companies in other time zones."""
        self.with_context(customer_in_cron=True)._schedule_refresh()
