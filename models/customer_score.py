from odoo import api, fields, models
from odoo.tools import SQL

from .customer_profile import HEALTH

# Columns of the customer that a run sets, and the staged columns they come from.
PROFILE_COLUMNS = {
    "rating_state": "rating_state",
    "is_dormant": "is_dormant",
    "tier_score": "tier_total",
    "tier_today_id": "tier_today_id",
    "tier_confidence": "tier_confidence",
    "health": "health_band",
    "health_score": "health_total",
    "health_confidence": "health_confidence",
}


class CustomerScore(models.Model):
    """One score of one customer; it stays explainable when the rules change.

    A row is written only when the scorecard version, a dimension's points, the total,
    the confidence or a reason differs from the latest row of its kind.
    """

    _name = "customer.score"
    _description = "Customer Score"
    _order = "date desc, id desc"
    _rec_name = "date"
    _log_access = False

    profile_id = fields.Many2one(
        "customer.profile", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    kind = fields.Selection(
        [("tier", "Tier"), ("health", "Health")], required=True, readonly=True
    )
    date = fields.Date("As of", required=True, readonly=True)
    scorecard_id = fields.Many2one(
        "customer.scorecard",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    total = fields.Float(
        digits=(6, 2),
        readonly=True,
        aggregator="avg",
        help="Tier: 4 to 40. Health: 0 to 100.",
    )
    confidence = fields.Float(
        "Data Completeness",
        digits=(5, 4),
        readonly=True,
        aggregator="avg",
        help="Share of the metric weights whose figures were known (0-1).",
    )
    tier_id = fields.Many2one(
        "customer.tier",
        readonly=True,
        ondelete="restrict",
        help="Tier that this total gives, dormancy considered.",
    )
    health = fields.Selection(HEALTH, readonly=True)
    signature = fields.Char(readonly=True)
    detail = fields.Json(
        readonly=True,
        help="Points of each dimension; value, points and reason of each metric.",
    )
    explanation = fields.Json(compute="_compute_explanation", exportable=False)

    # What changed within a week (overview); also the index of the company.
    _company_date_idx = models.Index("(company_id, date)")
    _profile_kind_date_uniq = models.Constraint(
        "UNIQUE (profile_id, kind, date)",
        "A customer has one score of a kind per day.",
    )

    # === COMPUTE METHODS === #

    def _compute_display_name(self):
        for score in self:
            score.display_name = self.env._(
                "%(total).2f on %(date)s", total=score.total, date=score.date
            )

    @api.depends_context("lang", "uid")
    def _compute_explanation(self):
        explanation = self.env["customer.explanation"]
        for score in self:
            score.explanation = {
                "profile_id": score.profile_id.id,
                "score_id": score.id,
                **explanation._explain_detail(
                    score.scorecard_id.sudo(),  # sudo: a rule of his result
                    score.detail,
                    score.company_id,
                    on_screen=True,
                ),
            }

    # === BUSINESS METHODS === #

    def _write_staged(self, staged, date):
        """Write the score rows of staged customers that differ from their latest.

        The card is the one that scored: another may be active since the reading.
        """
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_score (profile_id, company_id, kind, date,
                          scorecard_id, total, confidence, signature, detail,
                          tier_id, health)
                   SELECT pro.id, pro.company_id, new.kind, %(date)s,
                          new.card, new.total, new.confidence, new.signature,
                          new.detail, new.tier_id, new.health
                     FROM customer_run_stage stg
                     JOIN customer_profile pro ON pro.id = stg.profile_id
            CROSS JOIN LATERAL (VALUES
                          ('tier', (stg.tier_detail->>'scorecard')::integer,
                           stg.tier_total, stg.tier_confidence, stg.tier_signature,
                           stg.tier_detail, stg.tier_today_id, NULL),
                          ('health', (stg.health_detail->>'scorecard')::integer,
                           stg.health_total, stg.health_confidence,
                           stg.health_signature, stg.health_detail, NULL,
                           stg.health_band)
                          ) new (kind, card, total, confidence, signature, detail,
                                 tier_id, health)
             %(latest)s
                    WHERE %(staged)s AND stg.bad IS NULL AND pro.active
                      AND stg.rating_state = 'rated' AND new.card IS NOT NULL
                      AND %(differs)s
                 ORDER BY pro.id
              ON CONFLICT (profile_id, kind, date) DO UPDATE
                      SET scorecard_id = excluded.scorecard_id,
                          total = excluded.total, confidence = excluded.confidence,
                          signature = excluded.signature, detail = excluded.detail,
                          tier_id = excluded.tier_id, health = excluded.health
                    WHERE NOT EXISTS (SELECT FROM customer_tier_change chg
                                       WHERE chg.score_id = customer_score.id)
                RETURNING id""",
                date=date,
                latest=self._join_latest("latest", "stg", SQL("new.kind"), date),
                staged=staged,
                differs=self._select_differs(
                    "latest",
                    SQL("new.card, new.total, new.confidence, new.signature"),
                ),
            )
        )

    def _note_staged(self, staged, date):
        """Note on the snapshots which scores are the latest of staged customers.

        A run compares this instead of looking up two scores of every customer. Where
        the latest is another than what was staged (the row of a tier change of today
        cannot be replaced) nothing is noted and the next run looks again. A back-fill
        of a day before the latest scores changes nothing here.
        """
        latest = {
            kind: self._join_latest(f"{kind}_latest", "stg", kind, SQL("'infinity'"))
            for kind in ("tier", "health")
        }
        same = SQL(" AND ").join(
            SQL(
                "(%s IS NULL OR NOT %s)",
                card,
                self._select_differs(
                    f"{kind}_latest",
                    SQL(
                        "%s, %s, %s, %s",
                        card,
                        *(
                            SQL.identifier("stg", f"{kind}_{name}")
                            for name in ("total", "confidence", "signature")
                        ),
                    ),
                ),
            )
            for kind, card in (
                ("tier", SQL("(stg.tier_detail->>'scorecard')::integer")),
                ("health", SQL("(stg.health_detail->>'scorecard')::integer")),
            )
        )
        self.env.execute_query(
            SQL(
                """UPDATE customer_snapshot snp
                      SET score_key = new.score_key
                     FROM (SELECT stg.profile_id,
                                  CASE WHEN %(same)s THEN stg.score_key END
                                      AS score_key
                             FROM customer_run_stage stg %(latest)s
                            WHERE %(staged)s AND stg.bad IS NULL
                              AND (LEAST(tier_latest.date, health_latest.date) > %(date)s)
                                  IS NOT TRUE) new
                    WHERE snp.profile_id = new.profile_id
                      AND snp.score_key IS DISTINCT FROM new.score_key
                RETURNING snp.id""",
                same=same,
                latest=SQL(" ").join(latest.values()),
                staged=staged,
                date=date,
            )
        )

    def _join_latest(self, name, alias, kind, date):
        """Return a join with the latest score of a kind on or before a day."""
        return SQL(
            """LEFT JOIN LATERAL (
                    SELECT scr.id, scr.date, scr.scorecard_id, scr.total,
                           scr.confidence, scr.signature
                      FROM customer_score scr
                     WHERE scr.profile_id = %(alias)s.profile_id
                       AND scr.kind = %(kind)s
                       AND scr.date <= %(date)s
                  ORDER BY scr.date DESC
                     LIMIT 1
               ) %(name)s ON TRUE""",
            alias=SQL.identifier(alias),
            kind=kind,
            date=date,
            name=SQL.identifier(name),
        )

    def _select_differs(self, name, new):
        """Return whether a new score differs from the joined latest one.

        :param new: card, total, confidence and signature
        """
        return SQL(
            """(%(latest)s.scorecard_id, %(latest)s.total, %(latest)s.confidence,
                %(latest)s.signature) IS DISTINCT FROM (%(new)s)""",
            latest=SQL.identifier(name),
            new=new,
        )

    def _write_staged_profiles(self, staged):
        """Set today's totals and health of staged customers where they differ."""
        old = SQL(", ").join(SQL.identifier("pro", name) for name in PROFILE_COLUMNS)
        new = SQL(", ").join(
            SQL.identifier("stg", name) for name in PROFILE_COLUMNS.values()
        )
        self.env.execute_query(
            SQL(
                """UPDATE customer_profile pro
                      SET %(results)s
                     FROM customer_run_stage stg
                     JOIN customer_snapshot snp ON snp.profile_id = stg.profile_id
                    WHERE pro.id = stg.profile_id AND %(staged)s AND stg.bad IS NULL
                      AND pro.active AND pro.merged_into_id IS NULL
                      AND (%(old)s, pro.snapshot_id) IS DISTINCT FROM (%(new)s, snp.id)
                RETURNING pro.id""",
                results=self._assign_results("stg", SQL("snp.id")),
                new=new,
                old=old,
                staged=staged,
            )
        )

    def _assign_results(self, alias, snapshot):
        """Return the assignment of today's results, health included, to a customer.

        The only place that says what a customer's health becomes.
        """
        return SQL(
            "(%(columns)s, snapshot_id) = ROW(%(new)s, %(snapshot)s)",
            columns=SQL(", ").join(SQL.identifier(name) for name in PROFILE_COLUMNS),
            new=SQL(", ").join(
                SQL.identifier(alias, name) for name in PROFILE_COLUMNS.values()
            ),
            snapshot=snapshot,
        )

    def _purge(self, company, before, keep):
        """Delete score rows older than a day except the last of each month or quarter.

        Rows that a tier change refers to stay. Returns the number deleted.
        """
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM customer_score old
                    WHERE old.company_id = %(company)s
                      AND old.date < %(before)s
                      AND NOT EXISTS (SELECT FROM customer_tier_change chg
                                       WHERE chg.score_id = old.id)
                      AND EXISTS (
                          SELECT FROM customer_score nxt
                           WHERE nxt.profile_id = old.profile_id
                             AND nxt.kind = old.kind
                             AND nxt.date > old.date
                             AND DATE_TRUNC(%(keep)s, nxt.date)
                                 = DATE_TRUNC(%(keep)s, old.date))
                RETURNING old.id""",
                company=company.id,
                before=before,
                keep=keep,
            )
        )
        return len(rows)
