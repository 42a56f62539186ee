import logging
import random
import time
from datetime import timedelta

import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL, mute_logger, split_every

from ..const import PROPOSAL_RANGE, WRITE_TRIES
from .customer_run_job import CONCURRENCY

_logger = logging.getLogger(__name__)


class CustomerInteraction(models.Model):
    """The job that proposes interactions from meetings and mails.

    Keyed by (customer, meeting) and (customer, message): what is there, confirmed or
    dismissed, is never proposed again, and a run that was cut short goes on by query.
    """

    _inherit = "customer.interaction"

    # === CRON METHODS === #

    @api.model
    def _cron_propose_interactions(self):
        """Propose interactions from ended meetings, then from mail, of all companies.

        A proposal whose meeting moved follows it; it is withdrawn when the meeting is
        cancelled, private or no longer with the customer.
        """
        now = fields.Datetime.now()
        for company in self.env["res.company"].search([]):
            since = now - timedelta(days=company.customer_proposal_days)
            try:
                if not self._propose(company, since, now):
                    return  # the slice is over; the next one goes on
            except Exception:
                # No exception may leave a job that has committed progress: the
                # scheduler would call it again at once, for ever.
                _logger.exception("no proposals for company %s", company.id)
                self.env.cr.rollback()
        self.env["ir.cron"]._commit_progress(0, remaining=0)

    # === BUSINESS METHODS === #

    @api.model
    def _propose(self, company, since, now):
        """Carry out the job for one company; return whether it was finished."""
        self.env.flush_all()
        self._withdraw_proposals(company, now)
        self._move_proposals(company)
        if self.env["ir.cron"]._commit_progress(1, remaining=1) <= 0:
            return False
        for select in (self._select_events, self._select_messages):
            after = self._get_first_message_id(since)
            after = 0 if select == self._select_events else after
            while after is not None:
                after = self._propose_range(select, company, since, now, after)
                if self.env["ir.cron"]._commit_progress(1, remaining=1) <= 0:
                    return False
        return True

    def _propose_range(self, select, company, since, now, after, size=PROPOSAL_RANGE):
        """Propose what one range of sources holds.

        Retried when others write at the same time; a range that fails is halved down
        to the one source that cannot be proposed.

        :return: the last source of the range, None when there is no more
        """
        for attempt in range(WRITE_TRIES):
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                    source = select(company, since, now, after, size)
                    return self._insert_proposals(company, source)
            except CONCURRENCY:
                self.env.cr.rollback()
                time.sleep(random.uniform(0, 0.1 * 2**attempt))
            except psycopg2.Error as error:
                if size > 1:
                    return self._propose_range(
                        select, company, since, now, after, size // 2
                    )
                _logger.warning(
                    "the first source after %s cannot be proposed: %s", after, error
                )
                return self._skip_source(select, company, since, now, after)
        return None

    def _skip_source(self, select, company, since, now, after):
        """Return the source after which the job goes on, None when there is no more."""
        source = select(company, since, now, after, 1)
        [[last]] = self.env.execute_query(
            SQL("WITH source AS (%s) SELECT MAX(id) FROM source", source["source"])
        )
        return last

    def _withdraw_proposals(self, company, now):
        """Delete proposals whose source is gone, private or not with the customer."""
        rows = self.env.execute_query(
            SQL(
                """SELECT itr.id
                     FROM customer_interaction itr
                LEFT JOIN calendar_event evt ON evt.id = itr.calendar_event_id
                    WHERE itr.state = 'proposed' AND itr.company_id = %(company)s
                      AND itr.mail_message_id IS NULL AND itr.activity_id IS NULL
                      AND (evt.id IS NULL OR evt.active IS NOT TRUE
                           OR evt.stop > %(now)s OR NOT (%(public)s)
                           OR NOT EXISTS (
                              SELECT FROM calendar_attendee att
                                JOIN res_partner par ON par.id = att.partner_id
                                JOIN customer_profile pro
                                  ON pro.partner_id = par.commercial_partner_id
                               WHERE att.event_id = evt.id
                                 AND att.state IS DISTINCT FROM 'declined'
                                 AND pro.id = itr.profile_id))""",
                company=company.id,
                now=now,
                public=self._is_public_event(),
            )
        )
        for ids in split_every(PROPOSAL_RANGE, [row[0] for row in rows]):
            self.browse(ids).unlink()
        self.env.flush_all()

    def _move_proposals(self, company):
        """Let the proposals of meetings that moved follow them."""
        self.env.execute_query(
            SQL(
                """UPDATE customer_interaction itr
                      SET interaction_datetime = evt.start, date = %(day)s
                     FROM calendar_event evt
                    WHERE evt.id = itr.calendar_event_id AND itr.company_id = %(company)s
                      AND itr.state = 'proposed' AND itr.activity_id IS NULL
                      AND itr.interaction_datetime <> evt.start
                RETURNING itr.id""",
                company=company.id,
                day=self._to_local_day(company, SQL("evt.start")),
            )
        )
        self.invalidate_model(["interaction_datetime", "date"])

    # === SQL HELPERS === #

    @api.model
    def _to_local_day(self, company, moment):
        """Return SQL for the day of a UTC moment in the time zone of a company."""
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            moment,
            company._get_customer_tz(),
        )

    def _insert_proposals(self, company, source):
        """Insert the proposals of a range of sources, unless they are there already.

        :param source: dict of SQL: ``source`` (id, moment, direction, channel and
            conversation of each), ``theirs`` and ``ours`` (source and contact or user),
            ``column`` that holds the source, ``limit`` of customers per source
        :return: the last source of the range, None when there is no more
        """
        [[last, count]] = self.env.execute_query(
            SQL(
                """WITH source AS MATERIALIZED (%(source)s),
                        theirs AS MATERIALIZED (%(theirs)s),
                        ours AS MATERIALIZED (%(ours)s),
                        crowds AS (
                        SELECT source_id FROM theirs
                      GROUP BY source_id
                        HAVING COUNT(DISTINCT profile_id) > %(limit)s),
                        pairs AS (
                        SELECT DISTINCT ON (ths.profile_id, src.conversation, src.day)
                               src.*, ths.profile_id
                          FROM source src
                          JOIN theirs ths ON ths.source_id = src.id
                         WHERE src.id NOT IN (SELECT source_id FROM crowds)
                           AND (src.is_ours_optional
                                OR src.id IN (SELECT source_id FROM ours))
                           AND NOT EXISTS (%(known)s)
                      ORDER BY ths.profile_id, src.conversation, src.day, src.id),
                        inserted AS (
                        INSERT INTO customer_interaction (profile_id, company_id,
                               interaction_datetime, date, channel_id, direction,
                               next_step_state, state, active, is_bulk, is_effective,
                               is_executive_visit, %(column)s, create_date, write_date)
                        SELECT profile_id, %(company)s, moment, day, channel_id,
                               direction, 'none', 'proposed', TRUE, FALSE, FALSE,
                               FALSE, id, NOW() AT TIME ZONE 'UTC',
                               NOW() AT TIME ZONE 'UTC'
                          FROM pairs
                            ON CONFLICT DO NOTHING
                     RETURNING id, profile_id, %(column)s AS source_id),
                        our_links AS (
                        INSERT INTO customer_interaction_user_rel
                               (interaction_id, user_id)
                        SELECT DISTINCT ins.id, our.user_id
                          FROM inserted ins
                          JOIN ours our ON our.source_id = ins.source_id),
                        their_links AS (
                        INSERT INTO customer_interaction_partner_rel
                               (interaction_id, partner_id)
                        SELECT DISTINCT ins.id, ths.partner_id
                          FROM inserted ins
                          JOIN theirs ths ON ths.source_id = ins.source_id
                                         AND ths.profile_id = ins.profile_id
                         WHERE ths.is_person)
                   SELECT (SELECT MAX(id) FROM source), (SELECT COUNT(*) FROM inserted)""",
                company=company.id,
                **source,
            )
        )
        if count:
            _logger.info("%s interactions proposed in company %s", count, company.id)
            self.invalidate_model()
        return last
