from odoo import models
from odoo.tools import SQL

from .customer_alert_signals import Reading


class CustomerAlertRule(models.Model):
    """What a rule finds on a day: one statement for a rule and a company."""

    _inherit = "customer.alert.rule"

    def _detect(self, company, date, live=False, fit=None):
        """Return the customers for whom this rule is due on a day, writing nothing.

        :param live: read the stored figures of the night, not those of the day
        :param fit: parameters of the model (``_prepare_fit``), shared by several rules
        :return: dicts with profile_id, key, value and evidence; of an event signal one
            for each event of the days looked back
        """
        self.ensure_one()
        reading = self._prepare_reading(company, date, live, fit=fit)
        return self._find(reading)

    def _prepare_reading(self, company, date, live, profile_ids=None, fit=None):
        """Return the :class:`Reading` of a company and day, of all customers or some."""
        commercial_ids = None
        if profile_ids is not None:
            profiles = self.env["customer.profile"].browse(profile_ids)
            # sudo: only ids
            commercial_ids = profiles.sudo().partner_id.ids
        facts = self.env["customer.facts"]
        # Compiling these statements costs more than it saves (performance.md).
        self.env.cr.execute(SQL("SET LOCAL jit = off"))
        return Reading(
            company=company,
            date=date,
            is_live=live,
            scope=facts._prepare_scope(company, date, commercial_ids),
            profile_ids=profile_ids,
            fit={} if fit is None else fit,
        )

    def _find(self, reading, is_news=False):
        """Carry out the statement of a rule.

        :param is_news: leave out what people were told already (``_filter_news``) and
            add ``same_id``, the alert of the same gap that goes on
        """
        signal = self._get_signals()[self.signal]
        figures = signal.figures(reading)
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """SELECT %(once)s fig.profile_id, %(key)s AS key,
                          ROUND((%(value)s)::numeric, 2) AS value,
                          %(evidence)s AS evidence, hld.tier_id%(same)s
                     FROM (%(source)s) fig
                     JOIN customer_profile pro ON pro.id = fig.profile_id
               CROSS JOIN LATERAL (SELECT %(tier)s AS tier_id) hld
                    WHERE %(customers)s AND %(chosen)s AND (%(hit)s) AND %(wanted)s
                 ORDER BY fig.profile_id, %(order)s""",
                once=SQL("")
                if signal.is_event
                else SQL("DISTINCT ON (fig.profile_id)"),
                key=figures.key,
                value=figures.value,
                evidence=figures.evidence,
                source=figures.source,
                tier=self._select_tier(reading),
                customers=self.env["customer.facts"]._filter_watched(reading.company),
                chosen=self._filter_chosen(reading),
                hit=figures.hit,
                wanted=self._filter_news(reading, figures.key, signal)
                if is_news
                else SQL("TRUE"),
                same=self._select_same(figures.key) if is_news else SQL(""),
                order=figures.order,
            )
        )

    def _filter_news(self, reading, key, signal):
        """Return whether nobody was told yet.

        Not again: a customer whose alert of this rule is not over, or is over for less
        than the quiet days; the same gap or event; a day before an alert that exists
        already, because the clock was set back. A gap whose alert is over goes on when
        the order that ended it was cancelled.
        """
        quiet = SQL("%s::date - old.date_over < %s", reading.date, self.cooldown_days)
        same = SQL("TRUE")
        if signal.is_silence:
            same = SQL("FALSE") if signal.ends_with_order else quiet
        return SQL(
            """NOT EXISTS (
               SELECT FROM customer_alert old
                WHERE old.profile_id = fig.profile_id AND old.rule_id = %(rule)s
                  AND (old.date_over IS NULL OR old.date > %(date)s
                       OR old.date_over > %(date)s
                       OR CASE WHEN old.key = %(key)s THEN %(same)s
                               ELSE %(quiet)s END))""",
            rule=self.id,
            date=reading.date,
            key=key,
            same=same,
            quiet=quiet,
        )

    def _select_same(self, key):
        """Return the column of the alert of the same gap, which goes on."""
        return SQL(
            """, (SELECT old.id FROM customer_alert old
                   WHERE old.profile_id = fig.profile_id AND old.rule_id = %s
                     AND old.key = %s) AS same_id""",
            self.id,
            key,
        )

    def _find_over(self, reading):
        """Return the ids of this rule's alerts whose figures have recovered.

        Alerts of customers who are archived or became part of another are over too.
        An alert that was raised later than the day is left alone.
        """
        figures = self._get_signals()[self.signal].figures(reading)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT alt.id
                     FROM customer_alert alt
                     JOIN customer_profile pro ON pro.id = alt.profile_id
                LEFT JOIN (%(source)s) fig ON fig.profile_id = alt.profile_id
                          AND %(same)s
                    WHERE alt.rule_id = %(rule)s AND alt.company_id = %(company)s
                      AND alt.date_over IS NULL AND alt.date <= %(date)s
                      AND (pro.active IS NOT TRUE OR pro.merged_into_id IS NOT NULL
                           OR (%(over)s) IS TRUE)
                 ORDER BY alt.id""",
                source=figures.source,
                same=figures.same,
                rule=self.id,
                company=reading.company.id,
                date=reading.date,
                over=figures.over,
            )
        )
        return [row[0] for row in rows]

    # === FOR WHOM === #

    def _filter_chosen(self, reading):
        """Return the condition of the rule's tiers and lifecycle stages, as of the day."""
        conditions = [SQL("TRUE")]
        if codes := self._get_tier_codes():
            conditions.append(
                SQL(
                    """hld.tier_id IN (SELECT tir.id FROM customer_tier tir
                                        WHERE tir.code = ANY(%s))""",
                    codes,
                )
            )
        if self.stage_ids:
            conditions.append(
                SQL(
                    "%s = ANY(%s)",
                    self._select_then(
                        reading,
                        "customer_lifecycle_change",
                        "from_stage_id",
                        "lifecycle_stage_id",
                    ),
                    self.stage_ids.ids,
                )
            )
        return SQL(" AND ").join(conditions)

    def _select_tier(self, reading):
        """Return the tier of a customer on the day."""
        return self._select_then(
            reading, "customer_tier_change", "from_tier_id", "tier_id"
        )

    def _select_then(self, reading, table, old, now):
        """Return what the first change after the day changed from, else what is now."""
        if reading.is_live:
            return SQL.identifier("pro", now)
        return SQL(
            """(SELECT CASE WHEN lat.profile_id IS NULL THEN %(now)s ELSE lat.old END
                  FROM (SELECT 1) one
             LEFT JOIN LATERAL (
                       SELECT chg.profile_id, %(old)s AS old FROM %(table)s chg
                        WHERE chg.profile_id = pro.id AND chg.date > %(date)s
                     ORDER BY chg.date, chg.id LIMIT 1) lat ON TRUE)""",
            now=SQL.identifier("pro", now),
            old=SQL.identifier("chg", old),
            table=SQL.identifier(table),
            date=reading.date,
        )
