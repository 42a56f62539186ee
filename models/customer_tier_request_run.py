import logging
from datetime import timedelta

import psycopg2
from odoo import models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# A lower tier by the figures than the customer has (staged row stg, customer pro).
LOWER = SQL(
    """EXISTS (SELECT FROM customer_tier old, customer_tier new
                WHERE old.id = pro.tier_id AND new.id = stg.tier_today_id
                  AND old.code <> new.code AND new.lower_bound < old.lower_bound)"""
)
# What became of the wished tier wis, by the tier res.
OUTCOME = SQL(
    """CASE WHEN res.id IS NULL THEN 'fell'
            WHEN res.code = wis.code THEN 'kept'
            WHEN res.lower_bound > wis.lower_bound THEN 'rose'
            ELSE 'fell' END"""
)


class CustomerTierRequest(models.Model):
    """What requests mean to a run; set-based, nothing when a company has none."""

    _inherit = "customer.tier.request"

    # === WHAT A RUN MAY MOVE === #

    def _filter_free(self, date, review):
        """Return which staged customers a run may move: no request stands against it.

        Exclusion clears a held tier too. A held tier is let go by the review after its
        end, and by nothing else. The scheduled review leaves a downgrade to a manager
        where the company wants it; a manager's own "review now" decides at once.
        """
        free = SQL("pro.tier_request_id IS NULL")
        if review == "review":
            free = SQL(
                """CASE WHEN pro.tier_request_id IS NOT NULL
                        THEN (SELECT req.date_end < %(date)s
                                FROM customer_tier_request req
                               WHERE req.id = pro.tier_request_id)
                        ELSE NOT ((SELECT com.customer_downgrade_approval
                                     FROM res_company com
                                    WHERE com.id = pro.company_id) IS TRUE
                                  AND %(lower)s) END""",
                date=date,
                lower=LOWER,
            )
        return SQL("(stg.rating_state = 'excluded' OR %s)", free)

    # === AFTER THE TIERS HAVE MOVED === #

    def _write_staged(self, staged, run, review):
        """Keep what a range of a run means to the requests of its customers.

        A scheduled review records what it would have done, ends what is over, works
        out how ended requests turned out and proposes downgrades; "review now" and
        exclusion only close. One statement that finds nothing where nobody asked.

        :param review: False, ``review`` or ``review_now``
        """
        is_scheduled = review == "review"
        if self._has_open(staged, run.company_id):
            if is_scheduled:
                self._record_reviews(staged, run.date)
                self._end_held(staged, SQL("req.date_end < %s", run.date))
                self._settle_outcomes(staged)
            self._end_held(staged, SQL("stg.rating_state = 'excluded'"))
            older = SQL("TRUE" if review else "pro.tier_id IS NULL")
            if is_scheduled:
                older = SQL("req.date_proposed < %s", run.date)
            self._close_downgrades(staged, older)
        if is_scheduled and run.company_id.customer_downgrade_approval:
            self._propose_downgrades(staged, run)

    def _has_open(self, staged, company):
        """Return whether a request of the staged customers is still of interest.

        By the company first: where nobody asked, a partial index answers at once.
        """
        [[found]] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (
                      SELECT FROM customer_tier_request req
                        JOIN customer_run_stage stg ON stg.profile_id = req.profile_id
                       WHERE req.company_id = %s AND %s
                         AND (req.state = 'waiting' OR req.outcome = 'pending'
                              OR (req.state = 'approved' AND req.kind = 'wish')))""",
                company.id,
                staged,
            )
        )
        return found

    def _record_reviews(self, staged, date):
        """Record what the figures of a review give, while held and twice afterwards."""
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_tier_request_review (request_id, profile_id,
                          company_id, date, moment, total, tier_id)
                   SELECT req.id, pro.id, pro.company_id, %(date)s,
                          CASE WHEN req.date_end >= %(date)s THEN 'held'
                               WHEN req.state = 'approved' THEN 'end'
                               ELSE 'after' END,
                          stg.tier_total, stg.tier_today_id
                     FROM customer_run_stage stg
                     JOIN customer_profile pro ON pro.id = stg.profile_id
                     JOIN customer_tier_request req ON req.profile_id = pro.id
                    WHERE %(staged)s AND stg.bad IS NULL AND pro.active
                      AND req.kind = 'wish' AND req.outcome = 'pending'
                 ORDER BY req.id
              ON CONFLICT (request_id, date) DO NOTHING
                RETURNING id""",
                date=date,
                staged=staged,
            )
        )

    def _end_held(self, staged, condition):
        """End the requests that held staged customers; their tiers have moved already.

        Whom exclusion takes out of rating has no outcome.
        """
        self.env.execute_query(
            SQL(
                """WITH ended AS (
                      UPDATE customer_tier_request req
                         SET (state, end_tier_id, end_outcome, outcome) =
                             (SELECT 'ended', stg.tier_today_id,
                                     CASE WHEN %(rated)s THEN %(outcome)s END,
                                     CASE WHEN %(rated)s THEN req.outcome END)
                        FROM customer_run_stage stg
                        JOIN customer_profile pro ON pro.id = stg.profile_id
                   LEFT JOIN customer_tier res ON res.id = stg.tier_today_id,
                             customer_tier wis
                       WHERE req.id = pro.tier_request_id AND %(staged)s
                         AND stg.bad IS NULL AND pro.active
                         AND wis.id = req.wished_tier_id AND %(condition)s
                   RETURNING req.profile_id)
                   UPDATE customer_profile pro
                      SET tier_request_id = NULL
                     FROM ended
                    WHERE pro.id = ended.profile_id
                RETURNING pro.id""",
                outcome=OUTCOME,
                rated=SQL("stg.rating_state <> 'excluded'"),
                staged=staged,
                condition=condition,
            )
        )

    def _settle_outcomes(self, staged):
        """Say how ended requests turned out once two reviews have followed."""
        self.env.execute_query(
            SQL(
                """UPDATE customer_tier_request req
                      SET later_tier_id = aft.tier_id, outcome = %(outcome)s
                     FROM customer_tier wis,
                          (SELECT rev.request_id,
                                  (ARRAY_AGG(rev.tier_id ORDER BY rev.date))[2]
                                      AS tier_id
                             FROM customer_tier_request_review rev
                             JOIN customer_run_stage stg
                               ON stg.profile_id = rev.profile_id
                            WHERE %(staged)s AND rev.moment = 'after'
                         GROUP BY rev.request_id
                           HAVING COUNT(*) >= 2) aft
                LEFT JOIN customer_tier res ON res.id = aft.tier_id
                    WHERE req.id = aft.request_id AND req.outcome = 'pending'
                      AND req.state = 'ended' AND wis.id = req.wished_tier_id
                RETURNING req.id""",
                outcome=OUTCOME,
                staged=staged,
            )
        )

    def _close_downgrades(self, staged, condition):
        """Close the downgrades that earlier reviews proposed.

        Replaced when the figures still give a lower tier than the customer has, which
        a newer proposal then says; else expired.
        """
        self.env.execute_query(
            SQL(
                """UPDATE customer_tier_request req
                      SET state = CASE WHEN %(lower)s THEN 'replaced'
                                       ELSE 'expired' END
                     FROM customer_run_stage stg
                     JOIN customer_profile pro ON pro.id = stg.profile_id
                    WHERE req.profile_id = pro.id AND %(staged)s AND stg.bad IS NULL
                      AND req.kind = 'downgrade' AND req.state = 'waiting'
                      AND %(condition)s
                RETURNING req.id""",
                lower=LOWER,
                staged=staged,
                condition=condition,
            )
        )

    def _propose_downgrades(self, staged, run):
        """Let a manager decide on the downgrades that a review has not carried out."""
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_tier_request (profile_id, company_id, kind, state,
                          from_tier_id, wished_tier_id, total, date_proposed, run_id,
                          requested_datetime, create_date, write_date)
                   SELECT pro.id, pro.company_id, 'downgrade', 'waiting',
                          pro.tier_id, stg.tier_today_id, stg.tier_total, %(date)s,
                          %(run)s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC',
                          NOW() AT TIME ZONE 'UTC'
                     FROM customer_run_stage stg
                     JOIN customer_profile pro ON pro.id = stg.profile_id
                    WHERE %(staged)s AND stg.bad IS NULL AND pro.active
                      AND pro.tier_request_id IS NULL AND %(lower)s
                 ORDER BY pro.id
              ON CONFLICT (profile_id, kind) WHERE state = 'waiting' DO NOTHING
                RETURNING id""",
                date=run.date,
                run=run.id,
                staged=staged,
                lower=LOWER,
            )
        )

    # === THE DAY AFTER THE END === #

    def _get_end_review_day(self, company, after=None):
        """Return the oldest day as of which a review has to end a request, or None."""
        domain = self._get_held_domain(company)
        domain.append(("date_end", "<", company._get_customer_today()))
        if after:
            domain.append(("date_end", ">=", after))
        request = self.search(domain, order="date_end", limit=1)
        return request and request.date_end + timedelta(days=1)

    def _get_ending_profile_ids(self, company, date):
        """Return the customers whose requests a review as of a day has to end."""
        domain = self._get_held_domain(company)
        domain.append(("date_end", "=", date - timedelta(days=1)))
        return self.search(domain).profile_id.ids

    def _get_held_domain(self, company):
        return [
            ("company_id", "=", company.id),
            ("state", "=", "approved"),
            ("kind", "=", "wish"),
            ("profile_id.active", "=", True),
        ]

    def _expire_unanswered(self, company):
        """Let wishes expire whose end date passed before anybody decided."""
        overdue = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "waiting"),
                ("kind", "=", "wish"),
                ("date_end", "<", company._get_customer_today()),
            ]
        )
        try:
            with self.env.cr.savepoint():
                overdue.try_lock_for_update()._close("expired")
        except psycopg2.errors.SerializationFailure:
            # somebody decided this very moment
            _logger.info("requests of company %s expire the next time", company.id)

    # === NEW SCORECARD === #

    def _carry_over(self, old_card, new_card, companies):
        """Point open requests from the tiers of a card to those that replace them.

        :param companies: condition on ``pro``, the customer
        """
        self.flush_model(["state", "kind", "wished_tier_id", "from_tier_id"])
        for name in ("wished_tier_id", "from_tier_id"):
            self.env.execute_query(
                SQL(
                    """UPDATE customer_tier_request req
                          SET %(column)s = new.id
                         FROM customer_profile pro, customer_tier old
                         JOIN customer_tier new ON new.code = old.code
                                               AND new.scorecard_id = %(new)s
                        WHERE req.profile_id = pro.id AND %(companies)s
                          AND old.id = %(value)s AND old.scorecard_id = %(old)s
                          AND (req.state = 'waiting' OR req.id = pro.tier_request_id)
                    RETURNING req.id""",
                    column=SQL.identifier(name),
                    value=SQL.identifier("req", name),
                    new=new_card.id,
                    old=old_card.id,
                    companies=companies,
                )
            )
        self.invalidate_model(["wished_tier_id", "from_tier_id"])
        # Nobody could approve a tier that the new card does not have.
        self.search(
            [
                ("state", "=", "waiting"),
                ("wished_tier_id.scorecard_id", "=", old_card.id),
                ("company_id", "in", new_card._get_companies().ids),
            ]
        )._close("expired")
