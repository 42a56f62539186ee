import json

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..batches import keep_progress, try_each
from ..const import EVALUATION_BATCH
from ..periods import last_period


class CustomerReview(models.Model):
    """How evaluations come into being when a period of their tier ends.

    A customer is evaluated when a care plan ran on the last day of the period: without
    a plan there is nothing to evaluate, also for dormant customers. Who is left out of
    rating has no tier and so no cycle; people may evaluate him by hand. In a cycle
    longer than a month a plan is evaluated once it has run for a calendar month.
    """

    _inherit = "customer.review"

    @api.model
    def _create_due(self, company, date):
        """Create the evaluations that are due by a day, as of their due date.

        Only those of the last period that has ended; doing it again changes nothing.
        Figures taken on the last day itself are taken once more when it is over. Then
        the annual goals are measured.

        :return: False when the slice of the scheduler ended before
        """
        for (start, end), rows in self._get_due(company, date).items():
            for batch in split_every(EVALUATION_BATCH, rows, list):
                by_id = {row["profile_id"]: row for row in batch}

                def work(ids, start=start, end=end, by_id=by_id):
                    due = [by_id[profile_id] for profile_id in ids]
                    self._create_period(company, date, start, end, due)

                try_each(self.env, list(by_id), work)
                if keep_progress(self.env, len(batch)) <= 0:
                    return False
        for ids, work in (
            (
                self._get_ids_to_freeze(company, date),
                lambda i: self._freeze_ids(i, date),
            ),
            (self._get_ids_to_remind(company), lambda i: self.browse(i)._remind()),
        ):
            for batch in split_every(EVALUATION_BATCH, ids, list):
                try_each(self.env, batch, work)
                if keep_progress(self.env, len(batch)) <= 0:
                    return False
        return self.env["customer.annual.goal"]._measure_due(company, date)

    @api.model
    def _get_due(self, company, date):
        """Return what is due, not there yet, by period: profile, plan and tier.

        The cycle is that of the tier the plan was launched for.
        """
        self.env.flush_all()
        tiers = self.env["customer.tier"].sudo()  # sudo: cycles, whoever runs it
        periods = [
            {"months": months, "start": str(start), "stop": str(stop)}
            for [months] in tiers._read_group([], ["evaluation_months"])
            for start, stop in [last_period(date, months)]
        ]
        result = {}
        for row in self.env.execute_query_dict(
            self._select_due(company, json.dumps(periods))
        ):
            result.setdefault((row["start"], row["stop"]), []).append(row)
        return result

    @api.model
    def _create_period(self, company, date, start, end, rows):
        """Insert the evaluations of one period and freeze their figures."""
        due = fields.Date.add(end, days=company.customer_evaluation_days)
        created = self.env.execute_query(
            SQL(
                """INSERT INTO customer_review (profile_id, company_id, plan_id, tier_id,
                          date_from, date_to, date_due, state, create_uid, create_date,
                          write_uid, write_date)
                   SELECT due.profile_id, %(company)s, due.plan_id, due.tier_id,
                          %(start)s, %(end)s, %(due)s, 'draft', %(uid)s, %(now)s,
                          %(uid)s, %(now)s
                     FROM jsonb_to_recordset(%(rows)s::jsonb) AS due (
                          profile_id integer, plan_id integer, tier_id integer)
                 ORDER BY due.profile_id
              ON CONFLICT (profile_id, date_to) DO NOTHING
                RETURNING id""",
                company=company.id,
                start=start,
                end=end,
                due=due,
                uid=self.env.uid,
                now=self.env.cr.now().replace(microsecond=0),
                rows=json.dumps(rows, default=str),
            )
        )
        self.browse(row[0] for row in created)._freeze(date)

    @api.model
    def _freeze_ids(self, ids, date):
        self.browse(ids)._freeze(date)

    @api.model
    def _get_ids_to_freeze(self, company, date):
        """Return those to hold whose figures were taken before their period was over."""
        rows = self.env.execute_query(
            SQL(
                """SELECT rev.id FROM customer_review rev
                    WHERE rev.company_id = %s AND rev.state = 'draft'
                      AND rev.date_to < %s AND rev.date_figures <= rev.date_to
                 ORDER BY rev.id""",
                company.id,
                date,
            )
        )
        return [row[0] for row in rows]

    # === SQL HELPERS === #

    @api.model
    def _select_due(self, company, periods):
        """Return SQL of the customers to evaluate and the plan that says so.

        Closed plans count while they ran on the last day; the plan of the tier comes
        first.
        """
        return SQL(
            """SELECT DISTINCT ON (pln.profile_id, per.stop)
                      pln.profile_id, pln.id AS plan_id, tir.id AS tier_id,
                      per.start, per.stop
                 FROM customer_care_plan pln
                 JOIN customer_profile pro ON pro.id = pln.profile_id
            LEFT JOIN customer_tier now ON now.id = pro.tier_id
                 JOIN customer_tier tir ON tir.id = CASE
                      WHEN pln.trigger = 'tier' AND pln.tier_id IS NOT NULL
                           AND pln.tier_code IS DISTINCT FROM now.code
                      THEN pln.tier_id ELSE now.id END
                 JOIN jsonb_to_recordset(%(periods)s::jsonb) AS per (
                      months integer, start date, stop date)
                   ON per.months = tir.evaluation_months
                WHERE pln.company_id = %(company)s
                  AND pro.active AND pro.merged_into_id IS NULL
                  AND pln.date_start <= CASE WHEN per.months > 1
                      THEN DATE_TRUNC('month', per.stop)::date ELSE per.stop END
                  AND (pln.state = 'running'
                       OR (pln.state = 'closed' AND pln.date_closed >= per.stop))
                  AND NOT EXISTS (SELECT FROM customer_review rev
                                   WHERE rev.profile_id = pln.profile_id
                                     AND rev.date_to = per.stop)
             ORDER BY pln.profile_id, per.stop, (pln.trigger = 'tier') DESC,
                      pln.date_start DESC, pln.id DESC""",
            company=company.id,
            periods=periods,
        )
