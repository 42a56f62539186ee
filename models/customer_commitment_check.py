import logging

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..batches import CONCURRENCY, keep_progress, try_each
from ..const import COMMITMENT_BATCH, WRITE_RANGE

_logger = logging.getLogger(__name__)


class CustomerCommitment(models.Model):
    """The job that looks at all clocks: warns before it is too late, notes what is.

    Resumes by query: what was warned of or overdue is not found again, so that a run
    in which nothing happened writes nothing.
    """

    _inherit = "customer.commitment"

    # === CRON METHODS === #

    @api.model
    def _cron_check_commitments(self):
        """Start the clocks of visits, then look at every clock."""
        now = fields.Datetime.now()
        try:
            is_done = self._start_missing_minutes(now) and self._check_clocks(now)
        except CONCURRENCY:
            _logger.info("the promises met a concurrent change and go on later")
            self.env.cr.rollback()
            is_done = True
        except Exception:
            # No exception may leave a job that has committed progress: the
            # scheduler would call it again at once, for ever.
            _logger.exception("the promises could not be checked")
            self.env.cr.rollback()
            is_done = True
        if is_done:
            keep_progress(self.env, remaining=0)

    # === BUSINESS METHODS === #

    @api.model
    def _refresh(self, company, date):
        """Let the promises of a company follow people and actions; once a night.

        What a button or an import changed has told the clocks already; this finds what
        went another way. ``date`` is the day of the run.

        :return: False when the slice of the scheduler is over
        """
        if not self._follow_all_actions(company):
            return False
        self._follow_owners(company=company)
        return True

    @api.model
    def _check_clocks(self, now):
        """Work out stale due times, warn, and freeze what is overdue at an instant.

        Warnings come first: what got late while the job did not run is told of as well,
        once. Complaints with an overdue promise are escalated last.

        :return: False when the slice of the scheduler is over before the end
        """
        # Compiling these statements takes longer than they do (performance.md).
        self.env.cr.execute(SQL("SET LOCAL jit = off"))
        self.env.flush_all()
        cases = self.env["customer.case"]
        return (
            self._work_off(self._get_stale_ids(), self._recompute_ids)
            and self._work_off(self._get_ids_to_warn(now), self._get_warner(now))
            and self._breach(now)
            and self._work_off(cases._get_ids_to_escalate(), cases._escalate_by_clock)
        )

    def _work_off(self, ids, work):
        """Work on ids batch by batch, each in a transaction of its own.

        :return: False when the time of the slice is over
        """
        done = 0
        for batch in split_every(COMMITMENT_BATCH, ids, list):
            left_out = try_each(self.env, batch, work)
            done += len(batch)
            # one more than the rest: a slice that ends early is called again at once
            left = keep_progress(
                self.env, len(batch) - len(left_out), remaining=len(ids) - done + 1
            )
            if left <= 0:
                return False
        return True

    @api.model
    def _get_stale_ids(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT com.id FROM customer_commitment com
                    WHERE com.is_stale AND com.state = 'running'
                 ORDER BY com.id"""
            )
        )
        return [row[0] for row in rows]

    def _recompute_ids(self, ids):
        self.browse(ids).exists()._recompute_due()

    # === OVERDUE === #

    @api.model
    def _breach(self, now):
        """Freeze what is overdue, range by range; return False when time is over.

        Set-based: 100,000 clocks are looked at in one index scan, and only what got
        overdue since is written.
        """
        while True:
            rows = self.env.execute_query(
                SQL(
                    """UPDATE customer_commitment com
                          SET state = 'breached', is_breached = TRUE,
                              breached_datetime = com.due_datetime,
                              write_date = %(now)s
                        WHERE com.id IN (
                              SELECT late.id FROM customer_commitment late
                               WHERE late.state = 'running'
                                 AND late.due_datetime < %(now)s
                                 AND late.is_stale IS NOT TRUE
                            ORDER BY late.due_datetime, late.id
                               LIMIT %(limit)s
                                 FOR NO KEY UPDATE SKIP LOCKED)
                    RETURNING com.id""",
                    now=now,
                    limit=WRITE_RANGE,
                )
            )
            if not rows:
                return True
            self.invalidate_model(
                ["state", "is_breached", "breached_datetime", "light", "write_date"]
            )
            self.browse(row[0] for row in rows)._after_clocks()
            left = keep_progress(self.env, len(rows), remaining=1)
            if left <= 0:
                return False
            if len(rows) < WRITE_RANGE:
                return True

    # === WARNINGS === #

    @api.model
    def _get_ids_to_warn(self, now):
        """Return the promises of which nobody was warned yet, the most urgent first."""
        rows = self.env.execute_query(
            SQL(
                """SELECT com.id
                     FROM customer_commitment com
                LEFT JOIN customer_profile pro ON pro.id = com.profile_id
                    WHERE com.state = 'running' AND com.date_escalated IS NULL
                      AND com.escalate_datetime <= %s
                      AND com.is_stale IS NOT TRUE
                      AND (com.profile_id IS NULL
                           OR pro.active AND pro.merged_into_id IS NULL)
                 ORDER BY com.escalate_datetime, com.id""",
                now,
            )
        )
        return [row[0] for row in rows]

    def _get_warner(self, now):
        def warn(ids):
            self.browse(ids)._warn(now)

        return warn

    def _warn(self, now):
        """Warn of promises that are about to be late, each one once.

        The note that it was told is written with the activity, in one transaction.
        """
        promises = self.with_context(tracking_disable=True)
        for user, theirs in promises._get_people_to_warn().items():
            theirs.write({"date_escalated": now, "escalated_user_id": user.id})
            if user:
                theirs._create_warnings(user)

    def _create_warnings(self, user):
        """Create one activity each, in the language of the person."""
        promises = self.with_context(lang=user.lang, mail_activity_quick_update=True)
        model_id = self.env["ir.model"]._get_id(self._name)
        kind = self.env.ref(
            "customer_success.mail_activity_type_commitment", raise_if_not_found=False
        )
        # sudo: activities of somebody else
        promises.env["mail.activity"].sudo().create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": promise.id,
                    "activity_type_id": kind.id if kind else False,
                    "summary": promises.env._(
                        "Promise: %s", promise._get_activity_text()
                    ),
                    "date_deadline": promise.company_id._get_customer_day(
                        promise.due_datetime
                    ),
                    "user_id": user.id,
                    "automated": True,
                }
                for promise in promises.sudo()  # sudo: the job writes for everybody
            ]
        )
