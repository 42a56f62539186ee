import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import MAX_ATTEMPTS, RETRY_MINUTES
from .customer_run import OPEN_STATES
from .customer_run_job import CONCURRENCY

_logger = logging.getLogger(__name__)


class CustomerRun(models.Model):
    """Runs made of steps: the detection of churn, the planning of care.

    Steps commit by themselves, change nothing when they are repeated, and go on where
    they stopped.
    """

    _inherit = "customer.run"

    def _get_steps(self):
        """Return the steps of this run's job: callables of company and day.

        One that returns False has not finished in its slice and is called again.
        """
        return []

    @api.model
    def _work_off_steps(self, job, companies, cron):
        """Carry out the runs of a job, for the local day of companies.

        :param cron: name of the scheduled action, to be called again by
        :return: False when the slice is over; the next one goes on
        """
        self._queue_steps(job, companies)
        while run := self.search(
            [("job", "=", job), ("state", "in", OPEN_STATES)], order="date, id", limit=1
        ):
            if not run._carry_out(cron):
                return False
        # nothing is left: the scheduler would call again at once, for ever
        self.env["ir.cron"]._commit_progress(0, remaining=0)
        return True

    @api.model
    def _call_later(self, cron):
        later = fields.Datetime.add(fields.Datetime.now(), minutes=RETRY_MINUTES)
        self.env.ref(f"customer_success.{cron}")._trigger(at=later)

    def _queue_steps(self, job, companies):
        """Queue the run of each company's day unless open ones are to go on."""
        waiting = self.search([("job", "=", job), ("state", "in", OPEN_STATES)])
        outdated = waiting.filtered(
            lambda run: run.date != run.company_id._get_customer_today()
        )
        for run in outdated:
            run._fail(self.env._("A later day took over before it was finished."))
        if waiting - outdated:
            companies &= outdated.company_id
        for company in companies:
            waiting |= self._queue(job, company, company._get_customer_today())
        # before the first step: a run that fails stays, with its message
        self.env["ir.cron"]._commit_progress(0, remaining=len(waiting - outdated))

    def _carry_out(self, cron):
        """Carry out one run; return False when the slice ended before."""
        run = self.with_company(self.company_id)
        try:
            return run._take_steps()
        except CONCURRENCY:
            _logger.info("run %s met a concurrent change and goes on later", self.id)
            self.env.cr.rollback()
            self._call_later(cron)
            self.env["ir.cron"]._commit_progress(0, remaining=0)  # not at once
            return False
        except Exception as error:
            # No exception may leave a job that has committed progress.
            _logger.exception("run %s of %s failed", self.id, self.job)
            self.env.cr.rollback()
            run._fail(str(error))
            self.env["ir.cron"]._commit_progress(1)
            return True

    def _take_steps(self):
        """Take the steps that are left; return False when the slice is over."""
        steps = self._get_steps()
        self.attempt_count += 1
        if self.attempt_count > MAX_ATTEMPTS:
            raise UserError(
                self.env._("Given up after %s attempts.", self.attempt_count - 1)
            )
        if self.state == "queued":
            self.write({"state": "running", "start_datetime": fields.Datetime.now()})
        self.write({"is_staged": True, "staged_count": len(steps)})
        while self.done_count < len(steps):
            if steps[self.done_count](self.company_id, self.date) is False:
                # its batches have counted down what remains
                left = len(steps) - self.done_count
                self.env["ir.cron"]._commit_progress(0, remaining=left)
                return False  # it goes on in the next slice
            self.done_count += 1
            left = len(steps) - self.done_count
            if self.env["ir.cron"]._commit_progress(1, remaining=left) <= 0 and left:
                return False
        self.write({"state": "done", "end_datetime": fields.Datetime.now()})
        self.env["ir.cron"]._commit_progress(0)
        return True
