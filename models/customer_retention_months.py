from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..batches import keep_progress
from ..const import RETENTION_MONTHS
from ..periods import month_end, months_before

# What a month writes: its key, and the rest.
KEYS = ("company_id", "date_end", "tier_id", "stage_id", "user_id")
COLUMNS = (
    *KEYS,
    "date_start",
    "window_months",
    "period_months",
    "is_top_tier",
    "start_count",
    "churned_count",
    "state",
    "retention_rate",
    "churn_rate",
    "start_ids",
    "churned_ids",
)


class CustomerRetention(models.Model):
    """How the months are counted: every night the last one, missing ones from history."""

    _inherit = "customer.retention"

    # === BUSINESS METHODS === #

    @api.model
    def _write_months(self, company, date):
        """Write the retention of the months up to a day, those missing too.

        The last complete month is counted again each time, older ones once; what has
        not changed is not written. A job commits after each month and resumes by query.

        :return: how many rows were written or removed; False when the slice is over
        """
        months = self._get_months(company, date)
        written = 0
        for index, end in enumerate(months, 1):
            written += self._write_month(company, end)
            left = len(months) - index
            if keep_progress(self.env, 1, left) <= 0 and left:
                return False
        return written + self._remove_other_settings(company)

    @api.model
    def _get_months(self, company, date):
        """Return the month ends to count as of a day, latest first.

        The last month comes at the end once it was counted: a slice that has time for
        one month only would never come to another one.

        Back to the first period at whose start somebody can have been a customer, at
        most RETENTION_MONTHS.
        """
        first = self._get_first_day(company, date)
        if not first:
            return []
        first_known = self._get_first_known_start(company) or first
        done = set(
            self.search(
                [("company_id", "=", company.id), *self._get_settings_domain(company)]
            ).mapped("date_end")
        )
        next_month = fields.Date.add(date, days=1).replace(day=1)
        months = []
        for index in range(1, RETENTION_MONTHS + 1):
            end = month_end(months_before(next_month, index))
            start = self._get_start(company, end)
            if start >= first_known and (
                index == 1 or (end not in done and start >= first)
            ):
                months.append(end)
        return sorted(months, key=lambda end: end in done)

    @api.model
    def _get_start(self, company, end):
        """Return the last day before the period that ends with a month."""
        months = company.customer_retention_period_months
        return month_end(months_before(end.replace(day=1), months))

    @api.model
    def _get_first_day(self, company, date):
        """Return the day of the first sale of a company, None without any."""
        self.env.flush_all()
        facts = self.env["customer.facts"]
        purchases = facts._select_purchases(
            facts._prepare_scope(company, date), fields.Date.to_date("1900-01-01")
        )
        [[first]] = self.env.execute_query(
            SQL("SELECT MIN(fac.day) FROM (%s) fac", SQL(" UNION ALL ").join(purchases))
        )
        return first

    @api.model
    def _get_settings_domain(self, company):
        return [
            ("window_months", "=", company.customer_retention_window_months),
            ("period_months", "=", company.customer_retention_period_months),
        ]

    def _remove_other_settings(self, company):
        """Remove months counted with other months before or another period."""
        same = Domain(self._get_settings_domain(company))
        rows = self.search(Domain("company_id", "=", company.id) & ~same)
        rows.unlink()
        return len(rows)

    # === SQL HELPERS === #

    @api.model
    def _write_month(self, company, end):
        """Write the rows of a month where they differ from what is counted now.

        :return: how many rows were written or removed
        """
        self.env.flush_all()
        start = self._get_start(company, end)
        rows = self.env.execute_query(
            SQL(
                """WITH counted AS MATERIALIZED (%(counted)s), gone AS (
                      DELETE FROM customer_retention ret
                       WHERE ret.company_id = %(company)s AND ret.date_end = %(end)s
                         AND NOT EXISTS (SELECT FROM counted cnt WHERE %(same_key)s)
                   RETURNING ret.id), fresh AS (
                      INSERT INTO customer_retention AS old
                             (%(columns)s, create_date, write_date)
                      SELECT %(columns)s, NOW() AT TIME ZONE 'UTC',
                             NOW() AT TIME ZONE 'UTC'
                        FROM counted cnt
                       WHERE NOT EXISTS (
                             SELECT FROM customer_retention ret
                              WHERE ret.company_id = %(company)s
                                AND ret.date_end = %(end)s AND %(same)s)
                    ORDER BY cnt.start_count DESC
                 ON CONFLICT (company_id, date_end, COALESCE(tier_id, 0),
                              COALESCE(stage_id, 0), COALESCE(user_id, 0))
                   DO UPDATE SET %(updates)s, write_date = excluded.write_date
                   RETURNING old.id)
                   SELECT id FROM gone UNION ALL SELECT id FROM fresh""",
                counted=self._select_groups(company, start, end),
                columns=SQL(", ").join(map(SQL.identifier, COLUMNS)),
                company=company.id,
                end=end,
                same_key=self._compare(KEYS),
                same=self._compare(COLUMNS),
                updates=SQL(", ").join(
                    SQL(
                        "%s = %s",
                        SQL.identifier(name),
                        SQL.identifier("excluded", name),
                    )
                    for name in COLUMNS
                    if name not in KEYS
                ),
            )
        )
        self.invalidate_model(flush=False)
        return len(rows)

    @api.model
    def _compare(self, names):
        """Return the condition that a counted row (``cnt``) equals a stored one."""
        return SQL(" AND ").join(
            SQL(
                "%s IS NOT DISTINCT FROM %s",
                SQL.identifier("cnt", name),
                SQL.identifier("ret", name),
            )
            for name in names
        )

    @api.model
    def _select_groups(self, company, start, end):
        """Return the columns that a month writes, one row per group."""
        return SQL(
            """WITH customers AS MATERIALIZED (%(customers)s),
                    groups AS (
                 SELECT cus.tier_id, cus.stage_id, cus.user_id, COUNT(*) AS total,
                        COUNT(*) FILTER (WHERE cus.is_churned) AS churned,
                        JSONB_AGG(cus.partner_id ORDER BY cus.partner_id) AS start_ids,
                        JSONB_AGG(cus.partner_id ORDER BY cus.partner_id)
                            FILTER (WHERE cus.is_churned) AS churned_ids
                   FROM customers cus
               GROUP BY cus.tier_id, cus.stage_id, cus.user_id
              UNION ALL
                 SELECT NULL, NULL, NULL, 0, 0, '[]', '[]'
                  WHERE NOT EXISTS (SELECT FROM customers))
               SELECT %(company)s AS company_id, %(end)s::date AS date_end,
                      grp.tier_id, grp.stage_id, grp.user_id,
                      %(start)s::date AS date_start, %(window)s AS window_months,
                      %(period)s AS period_months,
                      COALESCE((SELECT COUNT(*) < 2 FROM customer_tier hig
                                 WHERE hig.scorecard_id = tir.scorecard_id
                                   AND hig.lower_bound > tir.lower_bound)
                               AND tir.id IS NOT NULL, FALSE) AS is_top_tier,
                      grp.total::integer AS start_count,
                      grp.churned::integer AS churned_count,
                      CASE WHEN grp.total > 0 THEN 'known' ELSE 'nobody' END AS state,
                      (grp.total - grp.churned)::float8 / NULLIF(grp.total, 0)
                          AS retention_rate,
                      grp.churned::float8 / NULLIF(grp.total, 0) AS churn_rate,
                      grp.start_ids, COALESCE(grp.churned_ids, '[]') AS churned_ids
                 FROM groups grp
            LEFT JOIN customer_tier tir ON tir.id = grp.tier_id""",
            customers=self.env["customer.facts"]._select_retention(company, start, end),
            company=company.id,
            start=start,
            end=end,
            window=company.customer_retention_window_months,
            period=company.customer_retention_period_months,
        )
