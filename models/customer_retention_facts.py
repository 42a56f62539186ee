from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..periods import day_start_utc, months_before
from .customer_facts import NO_REFUND, OPENING_DAY


class CustomerRetentionFacts(models.AbstractModel):
    """Reads who was a customer at the start of a period and who has churned.

    A period is ``(start, end]`` in days of the company. At its start are those with a
    posted invoice, a confirmed order or an opening amount in the months before
    (setting); refunds make nobody a customer. Churned are those without any in the
    period, and those whom people called lost and who have not bought since.
    """

    _inherit = "customer.facts"

    def _select_retention(self, company, start, end):
        """Return one row per commercial partner that was a customer at the start.

        Columns: partner_id, profile_id (NULL when there is none), user_id (now),
        tier_id and stage_id (held on the day ``start``), date_before, date_last,
        date_lost, is_churned, reason. Archived customers count; customers left out of
        rating do not.
        """
        scope = self._prepare_scope(company, end)
        excluded = company._get_excluded_partners_query()
        kept = SQL("TRUE")
        if excluded is not None:
            kept = SQL("cus.partner_id NOT IN %s", excluded.subselect())
        churned = SQL("(cus.during IS NULL OR los.date >= cus.during)")
        return SQL(
            """SELECT cus.partner_id, pro.id AS profile_id, pro.user_id,
                      %(tier)s AS tier_id, stg.stage_id,
                      cus.before AS date_before,
                      COALESCE(cus.during, cus.before) AS date_last,
                      CASE WHEN %(churned)s THEN los.date END AS date_lost,
                      COALESCE(%(churned)s, FALSE) AS is_churned,
                      CASE WHEN NOT COALESCE(%(churned)s, FALSE) THEN 'stayed'
                           WHEN los.date IS NULL THEN 'silent' ELSE 'lost' END AS reason
                 FROM (%(customers)s) cus
            LEFT JOIN customer_profile pro
                   ON pro.partner_id = cus.partner_id
                  AND pro.company_id = %(company)s
                  AND pro.merged_into_id IS NULL
            LEFT JOIN (%(lost)s) los ON los.profile_id = pro.id
                      %(tier_then)s
                      %(stage_then)s
                WHERE pro.is_not_rated IS NOT TRUE AND %(kept)s""",
            tier=SQL("COALESCE(now.id, tir.id)"),
            churned=churned,
            customers=self._select_buyers(scope, start),
            company=company.id,
            lost=self._select_lost(company, start, end),
            tier_then=self._join_tier_then(company, start),
            stage_then=self._join_stage_then(start),
            kept=kept,
        )

    def _select_buyers(self, scope, start):
        """Return who bought before a period, with his last days before and in it."""
        months = scope.company.customer_retention_window_months
        sources = SQL(" UNION ALL ").join(
            self._select_purchases(scope, months_before(start, months))
        )
        return SQL(
            """SELECT par.commercial_partner_id AS partner_id,
                      MAX(fac.day) FILTER (WHERE fac.day <= %(start)s) AS before,
                      MAX(fac.day) FILTER (WHERE fac.day > %(start)s) AS during
                 FROM (%(sources)s) fac
                 JOIN res_partner par ON par.id = fac.partner_id
             GROUP BY par.commercial_partner_id
               HAVING MIN(fac.day) <= %(start)s""",
            start=start,
            sources=sources,
        )

    def _select_purchases(self, scope, since):
        """Return the statements of purchase days by contact, after a day."""
        zone = scope.company._get_customer_tz()
        return [
            SQL(
                """SELECT ord.partner_id, %s AS day
                     FROM sale_order ord
                    WHERE %s AND ord.amount_untaxed >= 0 AND ord.date_order >= %s""",
                self._select_order_day(scope),
                self._filter_orders(scope),
                day_start_utc(since + timedelta(days=1), zone),
            ),
            SQL(
                """SELECT mov.partner_id, mov.invoice_date
                     FROM account_move mov
                    WHERE %s AND %s AND mov.amount_untaxed_signed >= 0
                      AND mov.invoice_date > %s""",
                self._filter_invoices(scope),
                NO_REFUND,
                since,
            ),
            SQL(
                """SELECT pro.partner_id, %(day)s
                     FROM customer_opening opn
                     JOIN customer_profile pro ON pro.id = opn.profile_id
                    WHERE %(counted)s AND (opn.amount > 0 OR opn.orders > 0)
                      AND %(day)s > %(since)s""",
                day=OPENING_DAY,
                counted=self._filter_openings(scope),
                since=since,
            ),
        ]

    def _select_lost(self, company, start, end):
        """Return the last day in a period on which people called a customer lost.

        By the stage for lapsed customers, chosen by hand and still held at the end, or
        by closing an alert as lost.
        """
        return SQL(
            """SELECT cal.profile_id, MAX(cal.date) AS date
                 FROM (
                   (SELECT DISTINCT ON (chg.profile_id) chg.profile_id,
                           CASE WHEN chg.mode = 'manual'
                                 AND 'lapsed' IN (stg.rule, stg.code)
                                THEN chg.date END AS date
                      FROM customer_lifecycle_change chg
                 LEFT JOIN customer_lifecycle_stage stg ON stg.id = chg.to_stage_id
                     WHERE chg.company_id = %(company)s
                       AND chg.date > %(start)s AND chg.date <= %(end)s
                  ORDER BY chg.profile_id, chg.date DESC, chg.id DESC)
                 UNION ALL
                    SELECT alt.profile_id, alt.date_closed
                      FROM customer_alert alt
                     WHERE alt.company_id = %(company)s AND alt.outcome = 'lost'
                       AND alt.date_closed > %(start)s AND alt.date_closed <= %(end)s
                      ) cal
                WHERE cal.date IS NOT NULL
             GROUP BY cal.profile_id""",
            company=company.id,
            start=start,
            end=end,
        )

    # === AS IT WAS THEN === #

    def _join_tier_then(self, company, day):
        """Join the tier held on a day: ``tir``, and ``now`` for today's scorecard.

        The last change up to the day; before the first one the last score row, since a
        history that was filled in holds scores but no changes. The same code of the
        scorecard in force stands for tiers of older versions.
        """
        card = self.env["customer.formula"]._get_cards(company)["tier"]
        return SQL(
            """LEFT JOIN LATERAL (
                    SELECT chg.id, chg.to_tier_id AS tier_id
                      FROM customer_tier_change chg
                     WHERE chg.profile_id = pro.id AND chg.date <= %(day)s
                  ORDER BY chg.date DESC, chg.id DESC LIMIT 1) chg ON TRUE
               LEFT JOIN LATERAL (
                    SELECT scr.tier_id
                      FROM customer_score scr
                     WHERE scr.profile_id = pro.id AND scr.kind = 'tier'
                       AND scr.date <= %(day)s AND chg.id IS NULL
                  ORDER BY scr.date DESC LIMIT 1) scr ON TRUE
               LEFT JOIN customer_tier tir ON tir.id = COALESCE(chg.tier_id, scr.tier_id)
               LEFT JOIN customer_tier now
                      ON now.code = tir.code AND now.scorecard_id = %(card)s""",
            day=day,
            card=card.id or 0,
        )

    def _join_stage_then(self, day):
        """Join the lifecycle stage held on a day (``stg``); unknown before the first."""
        return SQL(
            """LEFT JOIN LATERAL (
                    SELECT chg.to_stage_id AS stage_id
                      FROM customer_lifecycle_change chg
                     WHERE chg.profile_id = pro.id AND chg.date <= %s
                  ORDER BY chg.date DESC, chg.id DESC LIMIT 1) stg ON TRUE""",
            day,
        )

    # === VALUE BEFORE === #

    def _select_value_before(self, company, start):
        """Return the amount of the 12 months up to a day, per commercial partner.

        By the money source of the company, untaxed, in its currency; NULL when an
        exchange rate is missing.
        """
        scope = self._prepare_scope(company, start)
        money = self._select_invoices(scope)
        if company.customer_money_source == "ordered":
            money = self._select_orders(scope)
        return SQL(
            """SELECT par.commercial_partner_id AS partner_id,
                      CASE WHEN NOT COALESCE(BOOL_OR(mon.no_rate), FALSE)
                           THEN COALESCE(SUM(mon.amount), 0) END AS amount,
                      BOOL_OR(mon.has_opening) AS has_opening
                 FROM (SELECT doc.partner_id, doc.amount, doc.no_rate,
                              FALSE AS has_opening
                         FROM (%(money)s) doc
                    UNION ALL
                       SELECT opn.partner_id, opn.amount, FALSE, opn.has_opening
                         FROM (%(openings)s) opn) mon
                 JOIN res_partner par ON par.id = mon.partner_id
             GROUP BY par.commercial_partner_id""",
            money=money,
            openings=self._select_openings(scope),
        )
