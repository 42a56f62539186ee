import logging
import random
import time
from dataclasses import replace

import psycopg2
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from ..batches import CONCURRENCY
from ..const import MAX_ATTEMPTS, WRITE_RANGE, WRITE_TRIES

_logger = logging.getLogger(__name__)

# Jobs that let tiers move, with the reason that the change names.
REVIEW_REASONS = {"review": "review", "move": "scorecard"}


class CustomerRun(models.Model):
    """How one run is carried out: read once, write in ranges, resume by query."""

    _inherit = "customer.run"

    # === ONE RUN === #

    def _process(self):
        """Carry out one run until it is finished or the slice of time is over.

        :return: whether it reached its end (done or failed)
        """
        self.ensure_one()
        run = self.with_company(self.company_id)
        try:
            return run._read_facts() and run._write_ranges()
        except CONCURRENCY:
            _logger.info("run %s met a concurrent change and goes on later", self.id)
            self.env.cr.rollback()
            return False
        except Exception as error:
            # No exception may leave a job that has committed progress: the scheduler
            # would call it again at once, for ever (314 times in 10 s, measured).
            _logger.exception("scoring run %s failed", self.id)
            self.env.cr.rollback()
            run._fail(str(error))
            self.env["ir.cron"]._commit_progress(0, remaining=0)
            return True

    def _fail(self, message):
        self.write(
            {
                "state": "failed",
                "message": message,
                "end_datetime": fields.Datetime.now(),
            }
        )
        self.env["customer.run.stage"]._discard(SQL("stg.run_id = %s", self.id))

    def _read_facts(self):
        """Read and stage once; read again when a crash has emptied the stage."""
        self.attempt_count += 1
        if self.attempt_count > MAX_ATTEMPTS:
            raise UserError(
                self.env._("Given up after %s attempts.", self.attempt_count - 1)
            )
        if self.state == "queued":
            self.write({"state": "running", "start_datetime": fields.Datetime.now()})
        stage = self.env["customer.run.stage"]
        if self.is_staged:
            left = stage._get_range(self.id, self.staged_count + 1).count
            if left == self.staged_count - self.done_count:
                # one more than the rows: a slice that ends before _finish() is called
                # again at once
                return self.env["ir.cron"]._commit_progress(0, remaining=left + 1) > 0
            stage._discard(SQL("stg.run_id = %s", self.id))
        self.env["ir.cron"]._commit_progress(0, remaining=1)
        self._follow_contacts()
        self._prepare_transaction()
        cards = self._get_cards()
        total, staged = self._stage_safely(self.id, self._get_scope(), cards)
        has_new_left = not self._insert_profiles()
        if staged > WRITE_RANGE:
            # Without statistics a range can get a plan that takes half a minute.
            self.env.cr.execute(
                SQL(
                    """ANALYZE customer_run_stage (run_id, partner_id, profile_id),
                               customer_profile"""
                )
            )
        self.write(
            {
                "is_staged": True,
                "has_new_left": has_new_left,
                "total_count": total,
                "staged_count": staged,
                "done_count": 0,
            }
        )
        return self.env["ir.cron"]._commit_progress(1, remaining=staged + 1) > 0

    def _follow_contacts(self):
        """Let customers follow what happened to their contacts by any path.

        Committed at once: reading takes long, and nobody shall wait for these rows.
        """
        if self.job == "refresh":
            # no chatter from a job
            profiles = self.env["customer.profile"].with_context(
                tracking_disable=True, customer_follow_user=True
            )
            profiles._leave_to_commercial_partners(self.company_id)
            profiles._follow_salespeople(self.company_id)
            self.env["ir.cron"]._commit_progress(0, remaining=1)

    def _insert_profiles(self):
        """Create the new customers in the transaction that has read them.

        Not with their results: PostgreSQL checks every foreign key again when a
        transaction updates a row of its own. What fails here is found again, and
        bisected, in its range.

        :return: whether it succeeded
        """
        if self.job == "backfill":
            return True
        staged = SQL("stg.run_id = %s", self.id)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self.env["customer.profile"]._insert_staged(staged, self.company_id)
        except CONCURRENCY:
            raise
        except psycopg2.Error:
            _logger.info("run %s creates its customers range by range", self.id)
            return False
        return True

    def _prepare_transaction(self):
        """Compiling these statements costs more than it saves (performance.md).

        With the 4 MB that PostgreSQL comes with, the sums of 20,000 customers go through
        files: 3.35 times the floor, 3.0 with 32 MB in the same round.
        """
        self.env.cr.execute(SQL("SET LOCAL jit = off"))
        self.env.cr.execute(SQL("SET LOCAL work_mem = '64MB'"))

    def _get_scope(self, commercial_ids=None):
        scope = self.env["customer.facts"]._prepare_scope(
            self.company_id,
            self.date,
            commercial_ids,
            due=self.date if self.job == "review" else None,
        )
        if self.job == "review":
            requests = self.env["customer.tier.request"]
            ending = requests._get_ending_profile_ids(self.company_id, self.date)
            scope = replace(scope, due_ids=ending)
        return scope

    def _get_cards(self):
        """Return the active scorecards; raise a clear error when there is none."""
        cards = self.env["customer.formula"]._get_cards(self.company_id)
        if not cards["tier"]:
            raise UserError(
                self.env._(
                    "Company %s has no active tier scorecard: activate one under"
                    " Configuration.",
                    self.company_id.name,
                )
            )
        return cards

    def _stage_safely(self, key, scope, cards, only_changed=None):
        """Stage a scope; when the statement itself fails, halve it down to the culprit.

        :param key: number under which the rows are kept
        :return: (customers read, rows staged)
        """
        stage = self.env["customer.run.stage"]
        if only_changed is None:
            only_changed = self.job == "refresh"
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                return stage._stage(key, scope, cards, only_changed)
        except CONCURRENCY:
            raise
        except psycopg2.Error as error:
            ids = scope.commercial_ids
            if ids is None:
                # A statement that fails without any customer has no culprit.
                stage._stage(key, self._get_scope([]), cards, only_changed)
                ids = self._get_candidate_ids()
            if len(ids) == 1:
                self._stage_culprit(key, ids[0], error)
                return 1, 1
            if not ids:
                raise
        middle = len(ids) // 2
        halves = [
            self._stage_safely(key, self._get_scope(part), cards, only_changed)
            for part in (ids[:middle], ids[middle:])
        ]
        return tuple(map(sum, zip(*halves, strict=True)))

    def _get_candidate_ids(self):
        """Return the commercial partners that may be customers, in order."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT par.commercial_partner_id
                     FROM (SELECT partner_id FROM sale_order
                            WHERE company_id = %(company)s
                     UNION SELECT partner_id FROM account_move
                            WHERE company_id = %(company)s
                     UNION SELECT partner_id FROM customer_profile
                            WHERE company_id = %(company)s) fac
                     JOIN res_partner par ON par.id = fac.partner_id
                 ORDER BY 1""",
                company=self.company_id.id,
            )
        )
        return [row[0] for row in rows]

    def _stage_culprit(self, key, partner_id, error):
        """Stage a customer as one whose figures cannot be computed."""
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_run_stage (run_id, partner_id, profile_id,
                          is_new, bad)
                   SELECT %(run)s, %(partner)s,
                          COALESCE(pro.id, NEXTVAL('customer_profile_id_seq')),
                          pro.id IS NULL, %(reason)s
                     FROM res_partner par
                LEFT JOIN customer_profile pro ON pro.partner_id = par.id
                          AND pro.company_id = %(company)s
                          AND pro.merged_into_id IS NULL
                    WHERE par.id = %(partner)s
                RETURNING 1""",
                run=key,
                partner=partner_id,
                company=self.company_id.id,
                reason=str(error).strip().splitlines()[0],
            )
        )

    # === WRITING === #

    def _write_ranges(self):
        """Write the staged rows in ranges, each in a transaction of its own.

        :return: whether all are written; False when the slice of time is over
        """
        after = 0
        while True:
            written = self._write_range_with_retries(after)
            if written is None:
                self._request_later()
                return False
            if not written.count:
                break
            after = written.upper
            if self.env["ir.cron"]._commit_progress(written.count) <= 0:
                return False
        self.invalidate_recordset(["state", "is_staged"])
        if self.state == "running" and not self.is_staged:
            return False  # a scorecard activated meanwhile lets it read again
        self._finish()
        self.env["ir.cron"]._commit_progress(0, remaining=0)
        return True

    def _write_range_with_retries(self, after):
        """Write the next range; None when concurrent changes won every time."""
        for attempt in range(WRITE_TRIES):
            try:
                return self._write_range(WRITE_RANGE, after)
            except CONCURRENCY:
                self.env.cr.rollback()
                # Jitter, so that two writers do not meet again.
                time.sleep(random.uniform(0, 0.1 * 2**attempt))
        return None

    def _write_range(self, size, after):
        """Write up to ``size`` rows after a contact; return their range."""
        self._prepare_transaction()
        staged = self.env["customer.run.stage"]._get_range(self.id, size, after)
        if not staged.count:
            return staged
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self._write_staged(staged)
        except CONCURRENCY:
            raise
        except psycopg2.Error as error:
            if staged.count > 1:
                return self._write_range(staged.count // 2, after)
            self._exclude_culprit(staged, error)
        self.done_count += staged.count
        self.flush_recordset()
        return staged

    def _exclude_culprit(self, staged, error):
        """Quarantine a customer whose results could not be written."""
        self.env.execute_query(
            SQL(
                "UPDATE customer_run_stage stg SET bad = %s WHERE %s RETURNING 1",
                str(error).strip().splitlines()[0],
                staged.rows,
            )
        )
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self._write_staged(replace(staged, bad_count=1))
        except CONCURRENCY:
            raise
        except psycopg2.Error:
            self._leave_out(staged, error)

    def _leave_out(self, staged, error):
        """Forget a contact who cannot even become a customer, and say so."""
        self.message = self.env._(
            "%(contact)s could not become a customer: %(reason)s",
            contact=self.env["res.partner"].browse(staged.upper).display_name,
            reason=str(error).strip().splitlines()[0],
        )
        self.env["customer.run.stage"]._discard(staged.rows)

    def _write_staged(self, staged, review=None):
        """Write what is staged in a range, then forget the staged rows.

        :param review: reason of a tier review that takes effect at once
        """
        profiles = self.env["customer.profile"]
        if self.has_new_left and self.job != "backfill":
            profiles._insert_staged(staged.rows, self.company_id)
            profiles._adopt_staged(staged.rows, self.company_id)
        profiles._lock_staged(staged.rows)
        if self.job == "refresh":
            self.env["customer.snapshot"]._write_staged(staged.rows)
        self._write_results(staged, review or REVIEW_REASONS.get(self.job))
        if self.job != "backfill" and staged.bad_count:
            self.env["customer.quarantine"]._write_staged(staged.rows, self.date)
        self.env["customer.run.stage"]._discard(staged.rows)
        self._forget_cache()

    def _write_results(self, staged, review):
        """Write scores, today's totals and the tiers that take effect."""
        scores, changes = self.env["customer.score"], self.env["customer.tier.change"]
        is_refresh = self.job == "refresh"
        scores._write_staged(staged.rows, self.date)
        scores._note_staged(staged.rows, self.date)
        moved = 0
        # Without a review only a first rating or an exclusion moves a tier.
        may_move = review or staged.unrated_count or not staged.have_tiers
        if self.job != "backfill" and may_move:
            run_id = self._origin.id or None
            moved = changes._write_staged(
                staged.rows, self.date, run_id, review, is_refresh
            )
            self.env["customer.tier.request"]._write_staged(staged.rows, self, review)
        if is_refresh and moved < staged.count:
            # those whose tier stays; with a new tier everything is set at once
            scores._write_staged_profiles(staged.rows)
        if self.job == "review":
            changes._schedule_reviews(staged.rows, self.date)

    def _forget_cache(self):
        """Forget cached values of the tables that were just written in SQL."""
        for model in (
            "profile",
            "snapshot",
            "score",
            "tier.change",
            "tier.request",
            "tier.request.review",
            "quarantine",
        ):
            self.env[f"customer.{model}"].invalidate_model(flush=False)

    def _finish(self):
        count = self.env["customer.quarantine"].search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("profile_id.active", "=", True),
            ]
        )
        self.write(
            {
                "state": "done",
                "end_datetime": fields.Datetime.now(),
                "quarantine_count": count,
            }
        )
        self.env["customer.notice"]._notify_moves(self)
        if self.job == "review":
            self.env["customer.notice"]._notify_downgrades(self)
