import logging
import random
import time

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ..const import WRITE_RANGE, WRITE_TRIES
from .customer_lifecycle_stage import RULES
from .customer_run_job import CONCURRENCY

_logger = logging.getLogger(__name__)


class CustomerLifecycleChange(models.Model):
    """A stage that a customer has reached: his journey. Append-only.

    The only writer of automatic stages. It says why: the rule and the figures seen.
    """

    _name = "customer.lifecycle.change"
    _description = "Lifecycle Change"
    _order = "date desc, id desc"
    _rec_name = "date"

    profile_id = fields.Many2one(
        "customer.profile",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(related="profile_id.user_id")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    date = fields.Date(required=True, readonly=True, help="Day it was reached.")
    from_stage_id = fields.Many2one(
        "customer.lifecycle.stage",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    to_stage_id = fields.Many2one(
        "customer.lifecycle.stage", readonly=True, ondelete="restrict"
    )
    duration_days = fields.Integer(
        "Days in the Old Stage", readonly=True, aggregator="avg"
    )
    mode = fields.Selection(
        [("automatic", "Automatic"), ("manual", "Manual")],
        readonly=True,
        required=True,
        default="automatic",
    )
    rule = fields.Selection(RULES, readonly=True, help="The rule that decided.")
    reason = fields.Char(readonly=True, help="Given by who chose the stage by hand.")
    date_first = fields.Date("Customer From", readonly=True)
    date_last_sale = fields.Date("Last Sale", readonly=True)
    growth_rate = fields.Float(
        "Growth",
        digits=(10, 4),
        readonly=True,
        aggregator="avg",
        help="12 months against the 12 before, for stages that growth decides.",
    )

    # === COMPUTE METHODS === #

    def _compute_display_name(self):
        for change in self:
            change.display_name = self.env._(
                "%(customer)s: %(old)s → %(new)s",
                customer=change.profile_id.display_name,
                old=change.from_stage_id.display_name or self.env._("no stage"),
                new=change.to_stage_id.display_name or self.env._("no stage"),
            )

    # === CRUD METHODS === #

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(
            self.env._("Lifecycle changes are history and cannot be edited.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(
            self.env._("Lifecycle changes are history and cannot be deleted.")
        )

    # === BUSINESS METHODS === #

    @api.model
    def _assign_stages(self, company, date, profiles=None):
        """Let customers reach the stages that the rules say, as of a day.

        One statement finds who moves; only these are written, in ranges. Stages set by
        hand stay, and so does a stage about which the figures say nothing. Commits
        between ranges only for all customers of a company (in a job).

        :param profiles: these customers only, in the caller's transaction
        :return: how many moved; None when the time of the slice is over
        """
        self.env.flush_all()
        ids = None if profiles is None else profiles.ids
        if profiles is None:
            # compiling costs more than it saves (performance.md)
            self.env.cr.execute(SQL("SET LOCAL jit = off"))
        wanted = self._select_wanted(company, date, ids)
        if wanted is None:
            return 0
        rows = self.env.execute_query(
            SQL("SELECT wan.id FROM (%s) wan ORDER BY wan.id", wanted)
        )
        moving, moved = [row[0] for row in rows], 0
        if profiles is not None:
            return self._write_wanted(company, date, moving) if moving else 0
        cron = self.env["ir.cron"]
        cron._commit_progress(0, remaining=len(moving) + 1)
        for part in split_every(WRITE_RANGE, moving, list):
            written = self._write_with_retries(company, date, part)
            if written is None:
                return None
            moved += written
            if cron._commit_progress(len(part)) <= 0:
                return None
        return moved

    def _write_with_retries(self, company, date, ids):
        """Write a range; None when concurrent changes won every time."""
        for attempt in range(WRITE_TRIES):
            try:
                return self._write_wanted(company, date, ids)
            except CONCURRENCY:
                self.env.cr.rollback()
                # jitter, so that two writers do not meet again
                time.sleep(random.uniform(0, 0.1 * 2**attempt))
            except psycopg2.Error as error:
                self.env.cr.rollback()
                if len(ids) == 1:
                    _logger.warning("customer %s reached no stage: %s", ids, error)
                    return 0
                return self._write_halves(company, date, ids)
        _logger.info("lifecycle stages meet concurrent changes and go on later")
        return None

    def _write_halves(self, company, date, ids):
        """Write a range in halves, down to the customer that fails."""
        middle, moved = len(ids) // 2, 0
        for part in (ids[:middle], ids[middle:]):
            written = self._write_with_retries(company, date, part)
            if written is None:
                return None
            # a failure in the other half keeps this one
            self.env["ir.cron"]._commit_progress(0)
            moved += written
        return moved

    def _write_wanted(self, company, date, ids):
        """Write stage and journey of some customers where they still differ."""
        self.env.execute_query(
            SQL(
                """SELECT 1 FROM customer_profile WHERE id = ANY(%s)
                 ORDER BY id FOR NO KEY UPDATE""",
                ids,
            )
        )
        rows = self.env.execute_query(
            SQL(
                """WITH changed AS MATERIALIZED (%(wanted)s), logged AS (
                      INSERT INTO customer_lifecycle_change (profile_id, company_id,
                             date, from_stage_id, to_stage_id, duration_days, mode,
                             rule, date_first, date_last_sale, growth_rate,
                             create_date, write_date)
                      SELECT chg.id, %(company)s, %(date)s, chg.old_id, chg.stage_id,
                             %(date)s::date - chg.date_lifecycle_stage, 'automatic',
                             stg.rule, chg.first, chg.last,
                             CASE WHEN stg.rule IN ('growing', 'declining')
                                  THEN ROUND(LEAST(chg.growth, 999999), 4) END,
                             NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                        FROM changed chg
                        JOIN customer_lifecycle_stage stg ON stg.id = chg.stage_id
                    ORDER BY chg.id)
                   UPDATE customer_profile pro
                      SET lifecycle_stage_id = chg.stage_id,
                          date_lifecycle_stage = %(date)s
                     FROM changed chg
                    WHERE pro.id = chg.id
                RETURNING pro.id""",
                wanted=self._select_wanted(company, date, ids),
                company=company.id,
                date=date,
            )
        )
        self.invalidate_model(flush=False)
        self.env["customer.profile"].invalidate_model(
            ["lifecycle_stage_id", "date_lifecycle_stage"], flush=False
        )
        return len(rows)

    # === CRON METHODS === #

    @api.model
    def _cron_assign_stages(self):
        """Let the customers of every company reach their stages; resumes by query."""
        for company in self.env["res.company"].search([]):
            today = company._get_customer_today()
            try:
                moved = self._assign_stages(company, today)
            except Exception:
                # No exception may leave a job that has committed progress: the
                # scheduler would call it again at once, for ever.
                _logger.exception("no lifecycle stages for company %s", company.id)
                self.env.cr.rollback()
                continue
            if moved is None:
                return
            _logger.info("%s customers of company %s moved", moved, company.id)
        self.env["ir.cron"]._commit_progress(0, remaining=0)
