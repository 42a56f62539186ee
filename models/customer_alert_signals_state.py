from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..periods import quarter_end
from .customer_alert_signals import Figures

# How a role ends because its holder is gone; "changed" is only another task.
LEFT_REASONS = ("archived", "left", "employer", "bounced")


class CustomerAlertRule(models.Model):
    """Signals about health, tier, contracts and the people of the decision chain."""

    _inherit = "customer.alert.rule"

    # === HEALTH === #

    def _read_health_drop(self, reading):
        """Health lost so many points against its best within the days looked back.

        By the same scorecard only. Over when it is back at what it was, or, once people
        have closed the alert, when it no longer falls: then a new fall is news.
        """
        threshold = self._get_number("threshold")
        fall = SQL("(fig.best - fig.total)")
        least = SQL("%s - %s", threshold, self._get_number("hysteresis"))
        return Figures(
            source=self._select_health(reading),
            key=SQL("TO_CHAR(fig.date, 'YYYY-MM-DD')"),
            value=fall,
            evidence=SQL(
                """JSONB_BUILD_OBJECT('health', fig.total, 'before', fig.best,
                    'days', %s::date - fig.best_date, 'score_id', fig.id)""",
                reading.date,
            ),
            hit=SQL("%s >= %s", fall, threshold),
            over=SQL(
                """fig.total >= (alt.evidence->>'before')::numeric - (%(least)s)
                   AND %(fall)s < %(threshold)s
                   OR alt.state = 'closed' AND %(fall)s <= %(least)s""",
                least=least,
                fall=fall,
                threshold=threshold,
            ),
        )

    def _select_health(self, reading):
        """Return health now and its best in the days looked back, by customer.

        Of all customers only those with a score in these days: without one nothing
        fell.
        """
        start = reading.date - timedelta(days=self.window_days)
        changed = SQL("scr.date > %s", start)
        if reading.profile_ids is not None:
            changed = self._filter_reading(SQL("scr.profile_id"), reading)
        return SQL(
            """SELECT now.profile_id, now.id, now.date, now.total,
                      old.total AS best, GREATEST(old.date, %(start)s) AS best_date
                 FROM (SELECT DISTINCT ON (scr.profile_id) scr.*
                         FROM customer_score scr
                        WHERE scr.company_id = %(company)s AND scr.kind = 'health'
                          AND scr.date <= %(date)s AND %(changed)s
                     ORDER BY scr.profile_id, scr.date DESC) now
           CROSS JOIN LATERAL (
                       SELECT best.total, best.date
                         FROM customer_score best
                        WHERE best.profile_id = now.profile_id AND best.kind = 'health'
                          AND best.scorecard_id = now.scorecard_id
                          AND best.total IS NOT NULL AND best.date <= now.date
                          AND best.date >= COALESCE((
                              SELECT MAX(frm.date) FROM customer_score frm
                               WHERE frm.profile_id = now.profile_id
                                 AND frm.kind = 'health' AND frm.date <= %(start)s),
                              %(start)s)
                     ORDER BY best.total DESC, best.date DESC
                        LIMIT 1) old
                WHERE now.total IS NOT NULL""",
            company=reading.company.id,
            date=reading.date,
            start=start,
            changed=changed,
        )

    # === TIER === #

    def _read_tier_at_risk(self, reading):
        """By today's figures the customer would fall at a review that is near.

        A tier that an approved request holds beyond the review does not fall.
        """
        days = SQL("(fig.date_review - %s::date)", reading.date)
        return Figures(
            source=self._select_tiers(reading),
            key=SQL("TO_CHAR(fig.date_review, 'YYYY-MM-DD')"),
            value=days,
            evidence=SQL(
                """JSONB_BUILD_OBJECT('tier_id', fig.held_id, 'today_id', fig.today_id,
                    'date_review', TO_CHAR(fig.date_review, 'YYYY-MM-DD'))"""
            ),
            hit=SQL(
                "fig.is_falling AND %(days)s BETWEEN 0 AND %(threshold)s",
                days=days,
                threshold=self._get_number("threshold"),
            ),
            over=SQL("fig.is_falling IS NOT TRUE"),
        )

    def _select_tiers(self, reading):
        """Return the tier held, that of today's figures and the day of the review."""
        source = SQL(
            """SELECT pro.id AS profile_id, pro.tier_id AS held_id,
                      pro.tier_today_id AS today_id, pro.date_next_review AS date_review
                 FROM customer_profile pro
                WHERE pro.company_id = %s AND %s""",
            reading.company.id,
            self._filter_reading(SQL("pro.id"), reading),
        )
        if not reading.is_live:
            source = self._select_tiers_of_day(reading)
        return SQL(
            """SELECT cmp.*, new.lower_bound < old.lower_bound AND NOT EXISTS (
                      SELECT FROM customer_tier_request req
                       WHERE req.profile_id = cmp.profile_id AND req.kind = 'wish'
                         AND req.state = 'approved' AND req.date_end >= cmp.date_review)
                      AS is_falling
                 FROM (%s) cmp
                 JOIN customer_tier old ON old.id = cmp.held_id
                 JOIN customer_tier new ON new.id = cmp.today_id""",
            source,
        )

    def _select_tiers_of_day(self, reading):
        """Return the same as of a past day, from score rows and tier changes."""
        return SQL(
            """SELECT pro.id AS profile_id, scr.tier_id AS today_id,
                      CASE WHEN chg.id IS NULL THEN pro.tier_id
                           ELSE chg.from_tier_id END AS held_id,
                      %(review)s::date AS date_review
                 FROM customer_profile pro
         CROSS JOIN LATERAL (
                      SELECT rat.tier_id FROM customer_score rat
                       WHERE rat.profile_id = pro.id AND rat.kind = 'tier'
                         AND rat.date <= %(date)s
                    ORDER BY rat.date DESC LIMIT 1) scr
            LEFT JOIN LATERAL (
                      SELECT mvd.id, mvd.from_tier_id FROM customer_tier_change mvd
                       WHERE mvd.profile_id = pro.id AND mvd.date > %(date)s
                    ORDER BY mvd.date, mvd.id LIMIT 1) chg ON TRUE
                WHERE pro.company_id = %(company)s AND %(profiles)s""",
            review=quarter_end(reading.date),
            date=reading.date,
            company=reading.company.id,
            profiles=self._filter_reading(SQL("pro.id"), reading),
        )

    # === CONTRACTS === #

    def _read_renewal_near(self, reading):
        """A contract ends soon, is undecided, and nobody talks or plans to.

        Over when it is decided, somebody talked or a next step is open.
        """
        days = SQL("(fig.date_end - %s::date)", reading.date)
        return Figures(
            source=self._select_contracts(reading),
            key=SQL("fig.id::text"),
            value=days,
            evidence=SQL(
                """JSONB_BUILD_OBJECT('milestone_id', fig.id, 'days', %s,
                    'date_end', TO_CHAR(fig.date_end, 'YYYY-MM-DD'))""",
                days,
            ),
            hit=SQL(
                "fig.is_open AND NOT fig.is_planned AND %s BETWEEN 0 AND %s",
                days,
                self._get_number("threshold"),
            ),
            over=SQL("NOT fig.is_open OR fig.is_planned"),
            order=SQL("fig.date_end, fig.id"),
            same=SQL("fig.id::text = alt.key"),
        )

    def _select_contracts(self, reading):
        """Return contracts with whether they are undecided, and talked about."""
        return SQL(
            """SELECT mil.profile_id, mil.id, mil.date_end,
                      mil.active AND (mil.state = 'upcoming'
                                      AND mil.renewal_state = 'open'
                                      OR mil.date_decided > %(date)s) AS is_open,
                      EXISTS (SELECT FROM customer_interaction itr
                               WHERE itr.profile_id = mil.profile_id AND itr.active
                                 AND itr.state = 'confirmed'
                                 AND itr.is_bulk IS NOT TRUE
                                 AND (itr.next_step_state = 'open'
                                      AND itr.date <= %(date)s
                                      OR itr.date > %(since)s AND itr.date <= %(date)s))
                      OR EXISTS (SELECT FROM mail_activity act
                               WHERE act.active AND act.automated IS NOT TRUE
                                 AND (act.res_model = 'customer.milestone'
                                      AND act.res_id = mil.id
                                      OR act.res_model = 'customer.profile'
                                      AND act.res_id = mil.profile_id)) AS is_planned
                 FROM customer_milestone mil
                WHERE mil.company_id = %(company)s AND mil.kind = 'renewal'
                  AND mil.date_end >= %(oldest)s AND %(profiles)s""",
            date=reading.date,
            since=reading.date - timedelta(days=self.window_days),
            oldest=reading.date - timedelta(days=3650),
            company=reading.company.id,
            profiles=self._filter_reading(SQL("mil.profile_id"), reading),
        )

    # === PEOPLE === #

    def _read_contact_left(self, reading):
        """Somebody of the decision chain left within the days looked back.

        Over when each of his roles is held by somebody again.
        """
        left = SQL(", ").join(SQL("%s", reason) for reason in LEFT_REASONS)
        return Figures(
            source=SQL(
                """SELECT stk.profile_id, stk.partner_id, MAX(stk.date_to) AS date,
                          MIN(stk.end_reason) AS reason,
                          JSONB_AGG(stk.id ORDER BY stk.id) AS stakeholder_ids
                     FROM customer_stakeholder stk
                    WHERE stk.company_id = %(company)s AND stk.date_to > %(since)s
                      AND stk.date_to <= %(date)s AND stk.end_reason IN (%(left)s)
                      AND %(profiles)s
                 GROUP BY stk.profile_id, stk.partner_id, stk.date_to""",
                company=reading.company.id,
                since=reading.date - timedelta(days=self.window_days),
                date=reading.date,
                left=left,
                profiles=self._filter_reading(SQL("stk.profile_id"), reading),
            ),
            key=SQL("fig.partner_id || ':' || TO_CHAR(fig.date, 'YYYY-MM-DD')"),
            value=SQL("JSONB_ARRAY_LENGTH(fig.stakeholder_ids)"),
            evidence=SQL(
                """JSONB_BUILD_OBJECT('stakeholder_ids', fig.stakeholder_ids,
                    'reason', fig.reason,
                    'date', TO_CHAR(fig.date, 'YYYY-MM-DD'))"""
            ),
            hit=SQL("TRUE"),
            over=SQL(
                """NOT EXISTS (
                   SELECT FROM customer_stakeholder gone
                    WHERE alt.evidence->'stakeholder_ids' @> TO_JSONB(gone.id)
                      AND gone.profile_id = alt.profile_id
                      AND NOT EXISTS (
                          SELECT FROM customer_stakeholder now
                           WHERE now.profile_id = gone.profile_id
                             AND now.role_id = gone.role_id
                             AND now.date_from <= %(date)s
                             AND (now.date_to IS NULL OR now.date_to > %(date)s)))""",
                date=reading.date,
            ),
            same=SQL("FALSE"),  # nothing else is read about it
        )
