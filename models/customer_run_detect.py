import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import MAX_ATTEMPTS, RETRY_MINUTES
from .customer_run import OPEN_STATES
from .customer_run_job import CONCURRENCY

_logger = logging.getLogger(__name__)


class CustomerRun(models.Model):
    """The nightly detection of churn: after the tier review, one run per company.

    Its steps commit by themselves, change nothing when they are repeated, and go on
    where they stopped.
    """

    _inherit = "customer.run"

    job = fields.Selection(
        selection_add=[("detect", "Churn detection")],
        ondelete={"detect": "cascade"},
    )

    # === CRON METHODS === #

    @api.model
    def _cron_detect_churn(self):
        """Detect churn in every company whose scores of its local day are finished.

        The others are left: their scoring run wakes this job again.
        """
        with self._lock_runs() as is_locked:
            if not is_locked:
                self._request_detection_later()
                return
            self._queue_detections()
            while run := self.search(
                [("job", "=", "detect"), ("state", "in", OPEN_STATES)],
                order="date, id",
                limit=1,
            ):
                if not run._detect():
                    return  # the slice is over; the next one goes on
            # nothing is left: the scheduler would call again at once, for ever
            self.env["ir.cron"]._commit_progress(0, remaining=0)
        self.env.ref("customer_success.ir_cron_send_alerts")._trigger()

    def _request_detection_later(self):
        later = fields.Datetime.add(fields.Datetime.now(), minutes=RETRY_MINUTES)
        self.env.ref("customer_success.ir_cron_detect_churn")._trigger(at=later)

    # === ONE RUN === #

    def _get_detection_steps(self):
        """Return the steps of the detection: callables of company and day.

        One that returns False has not finished in its slice and is called again.
        """
        alerts = self.env["customer.alert"]
        return [
            self.env["customer.churn.fit"]._fit_if_due,
            self.env["customer.churn"]._refresh,
            lambda company, date: alerts._raise_alerts(date, company, live=True),
            alerts._assign_alerts,
            alerts._grade_alerts,
            self.env["customer.retention"]._write_months,
        ]

    def _queue_detections(self):
        """Queue the detection of each company's day unless open ones are to go on."""
        waiting = self.search([("job", "=", "detect"), ("state", "in", OPEN_STATES)])
        outdated = waiting.filtered(
            lambda run: run.date != run.company_id._get_customer_today()
        )
        for run in outdated:
            run._fail(self.env._("A later day took over before it was finished."))
        companies = outdated.company_id
        if waiting <= outdated:
            companies = self.env["res.company"].search([])
        for company in companies.filtered(self._is_refreshed):
            waiting |= self._queue("detect", company, company._get_customer_today())
        # before the first step: a run that fails stays, with its message
        self.env["ir.cron"]._commit_progress(0, remaining=len(waiting - outdated))

    def _detect(self):
        """Carry out one detection; return False when the slice ended before."""
        run = self.with_company(self.company_id)
        try:
            return run._take_steps()
        except CONCURRENCY:
            _logger.info("run %s met a concurrent change and goes on later", self.id)
            self.env.cr.rollback()
            self._request_detection_later()
            self.env["ir.cron"]._commit_progress(0, remaining=0)  # not at once
            return False
        except Exception as error:
            # No exception may leave a job that has committed progress.
            _logger.exception("churn detection %s failed", self.id)
            self.env.cr.rollback()
            run._fail(str(error))
            self.env["ir.cron"]._commit_progress(1)
            return True

    def _take_steps(self):
        """Take the steps that are left; return False when the slice is over."""
        steps = self._get_detection_steps()
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
