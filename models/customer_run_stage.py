from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import SQL

from .customer_score import PROFILE_COLUMNS
from .customer_snapshot import SNAPSHOT_COLUMNS

# Staged columns that are worth something only for a rated customer.
RATED_COLUMNS = (
    "tier_total",
    "tier_confidence",
    "tier_today_id",
    "tier_signature",
    "tier_detail",
    "health_total",
    "health_confidence",
    "health_band",
    "health_signature",
    "health_detail",
    "score_key",
)


@dataclass(frozen=True)
class StagedRange:
    """Some staged rows: a condition on ``stg``, their highest contact, how many.

    ``bad_count`` are those in quarantine or on their way into it, ``unrated_count``
    those without a rating today. ``have_tiers``: every customer is known to have one.
    """

    rows: SQL
    upper: int
    count: int
    bad_count: int
    unrated_count: int
    have_tiers: bool = False


class CustomerRunStage(models.Model):
    """What a run has read and worked out but not yet written.

    Unlogged: it costs no WAL, and after a crash of PostgreSQL it is empty and the run
    reads again. Rows leave with the transaction that writes them, so what is here is
    what remains to be done. A ``due`` review also stages customers with no change.
    """

    _name = "customer.run.stage"
    _description = "Staged Results of a Run"
    _log_access = False

    run_id = fields.Integer(required=True)
    partner_id = fields.Integer(required=True)
    profile_id = fields.Integer(help="Of a new customer: the id he will get.")
    is_new = fields.Boolean(help="Had no customer row when the facts were read.")
    bad = fields.Char()
    rating_state = fields.Char()
    is_dormant = fields.Boolean()
    date_first_fact = fields.Date()
    date_last_order = fields.Date()
    date_last_sale = fields.Date()
    order_count_12m = fields.Integer()
    order_count_12m_state = fields.Char()
    amount_12m = fields.Float(digits=(20, 2))
    amount_12m_state = fields.Char()
    amount_prev_12m = fields.Float(digits=(20, 2))
    amount_prev_12m_state = fields.Char()
    has_due_12m = fields.Boolean()
    is_overdue = fields.Boolean()
    is_before_history = fields.Boolean()
    receivable_residual = fields.Float(digits=(20, 2))
    overdue_residual = fields.Float(digits=(20, 2))
    overdue_maturity_weight = fields.Float(digits=(20, 2))
    paid_amount_12m = fields.Float(digits=(20, 2))
    paid_late_weight_12m = fields.Float(digits=(20, 2))
    paid_collection_weight_12m = fields.Float(digits=(20, 2))
    interaction_count_3m = fields.Integer()
    interaction_state = fields.Char()
    interaction_target = fields.Float(digits=(6, 2))
    date_last_interaction = fields.Date()
    executive_visit_count_12m = fields.Integer()
    executive_visit_state = fields.Char()
    coverage_rate = fields.Float(digits=(5, 4))
    coverage_state = fields.Char()
    renewal_ended_24m = fields.Integer()
    renewal_renewed_24m = fields.Integer()
    complaint_count_12m = fields.Integer()
    complaint_12m_state = fields.Char()
    complaint_count_3m = fields.Integer()
    complaint_3m_state = fields.Char()
    case_promise_count_12m = fields.Integer()
    case_promise_kept_12m = fields.Integer()
    csat_count_12m = fields.Integer()
    csat_score_sum_12m = fields.Float(digits=(12, 2))
    date_last_csat = fields.Date()
    nps_count_12m = fields.Integer()
    nps_balance_12m = fields.Integer()
    date_last_nps = fields.Date()
    tier_total = fields.Float(digits=(6, 2))
    tier_confidence = fields.Float(digits=(5, 4))
    tier_today_id = fields.Integer()
    tier_signature = fields.Char()
    tier_detail = fields.Json()
    health_total = fields.Float(digits=(6, 2))
    health_confidence = fields.Float(digits=(5, 4))
    health_band = fields.Char()
    health_signature = fields.Char()
    health_detail = fields.Json()
    score_key = fields.Char()

    _run_partner_idx = models.Index("(run_id, partner_id)")

    def init(self):
        """Make the table unlogged; Odoo creates it logged."""
        [[persistence]] = self.env.execute_query(
            SQL(
                "SELECT relpersistence FROM pg_class WHERE oid = %s::regclass",
                self._table,
            )
        )
        if persistence != "u":
            self.env.cr.execute(
                SQL("ALTER TABLE %s SET UNLOGGED", SQL.identifier(self._table))
            )

    # === BUSINESS METHODS === #

    @api.model
    def _stage(self, run_key, scope, cards, only_changed=True):
        """Read the facts of a scope, score them and keep the results for writing.

        :param run_key: number under which the rows are kept
        :param only_changed: leave out customers for whom nothing would be written
        :return: (customers read, rows staged)
        """
        statement = self._insert_scores(SQL("%s", run_key), scope, cards, only_changed)
        [[staged, read]] = self.env.execute_query(statement)
        return read, staged

    def _insert_scores(self, run_key, scope, cards, only_changed):
        """Return the statement that reads, scores and stages a scope.

        It returns the rows staged and the customers read.
        """
        scores = self.env["customer.formula"]._select_scores(
            scope, self.env["customer.facts"]._select_metrics(scope), cards
        )
        names = ["partner_id", "bad", "rating_state", *SNAPSHOT_COLUMNS]
        columns = [SQL.identifier("sco", name) for name in names]
        rated = [
            SQL(
                "CASE WHEN sco.rating_state = 'rated' THEN %s END",
                SQL.identifier("sco", name),
            )
            for name in RATED_COLUMNS
        ]
        dormant = SQL("sco.is_dormant AND sco.rating_state = 'rated'")
        inserted = [*names, "is_dormant", *RATED_COLUMNS]
        return SQL(
            """WITH staged AS (
                INSERT INTO customer_run_stage (run_id, profile_id, is_new, %(inserted)s)
                SELECT %(run)s,
                       COALESCE(sco.profile_id, NEXTVAL('customer_profile_id_seq')),
                       sco.profile_id IS NULL,
                       %(columns)s, COALESCE(%(dormant)s, FALSE), %(rated)s
                  FROM (%(scores)s) sco
                       %(changed)s
             RETURNING is_new)
               SELECT COUNT(*), %(read)s FROM staged""",
            scores=scores,
            inserted=SQL(", ").join(SQL.identifier(name) for name in inserted),
            run=run_key,
            columns=SQL(", ").join(columns),
            dormant=dormant,
            rated=SQL(", ").join(rated),
            changed=self._filter_changed() if only_changed else SQL(""),
            read=self._count_read(scope) if only_changed else SQL("COUNT(*)"),
        )

    def _count_read(self, scope):
        """Return the number of customers scored: existing ones and new ones staged."""
        profiles = SQL("pro.company_id = %s", scope.company.id)
        if scope.commercial_ids is not None:
            profiles = SQL(
                "%s AND pro.partner_id = ANY(%s)", profiles, scope.commercial_ids
            )
        return SQL(
            """COUNT(*) FILTER (WHERE is_new) + (
               SELECT COUNT(*) FROM customer_profile pro
                WHERE pro.active AND pro.merged_into_id IS NULL AND %s)""",
            profiles,
        )

    def _filter_changed(self):
        """Return joins and condition that keep those for whom something is written.

        Joins, not a subquery for each customer; what only the written rows need (the
        JSON of the evidence) is worked out after this condition.
        """
        return SQL(
            """LEFT JOIN customer_profile pro ON pro.id = sco.profile_id
               LEFT JOIN customer_snapshot snp ON snp.profile_id = sco.profile_id
               LEFT JOIN customer_quarantine qua ON qua.profile_id = sco.profile_id
                   WHERE (snp.id IS NOT NULL
                  AND sco.bad IS NOT DISTINCT FROM qua.reason
                  AND (sco.bad IS NOT NULL OR (
                       (%(snapshot)s) IS NOT DISTINCT FROM (%(metrics)s)
                   AND (pro.snapshot_id, %(profile)s)
                       IS NOT DISTINCT FROM (snp.id, %(results)s)
                   AND (sco.rating_state = 'not_rated'
                        OR (sco.rating_state = 'rated') = (pro.tier_id IS NOT NULL))
                   AND (sco.rating_state <> 'rated'
                        OR snp.score_key IS NOT DISTINCT FROM sco.score_key)))
                   ) IS NOT TRUE""",
            snapshot=self._list("snp", SNAPSHOT_COLUMNS),
            metrics=self._list("sco", SNAPSHOT_COLUMNS),
            profile=self._list("pro", PROFILE_COLUMNS),
            results=self._list_results(),
        )

    def _list(self, alias, names):
        return SQL(", ").join(SQL.identifier(alias, name) for name in names)

    def _list_results(self):
        """Return today's results of a customer as they would be stored."""
        results = []
        for name in PROFILE_COLUMNS.values():
            column = SQL.identifier("sco", name)
            if name == "is_dormant":
                column = SQL(
                    "COALESCE(sco.is_dormant AND sco.rating_state = 'rated', FALSE)"
                )
            elif name in RATED_COLUMNS:
                column = SQL("CASE WHEN sco.rating_state = 'rated' THEN %s END", column)
            results.append(column)
        return SQL(", ").join(results)

    @api.model
    def _get_range(self, run_key, size, after=0):
        """Return the :class:`StagedRange` of the next rows after a contact.

        Two bounds: without statistics the planner takes one alone for a third of the
        table, and each range would walk through the dead rows of those before it.
        """
        [[lower, upper, *counts]] = self.env.execute_query(
            SQL(
                """SELECT MIN(rng.partner_id), MAX(rng.partner_id), COUNT(*),
                          COUNT(*) FILTER (WHERE rng.bad IS NOT NULL
                                              OR qua.id IS NOT NULL),
                          COUNT(*) FILTER (WHERE rng.rating_state
                                                 IS DISTINCT FROM 'rated')
                     FROM (SELECT partner_id, profile_id, bad, rating_state
                             FROM customer_run_stage
                            WHERE run_id = %(run)s AND partner_id > %(after)s
                         ORDER BY partner_id
                            LIMIT %(size)s) rng
                LEFT JOIN customer_quarantine qua ON qua.profile_id = rng.profile_id""",
                run=run_key,
                after=after,
                size=size,
            )
        )
        rows = SQL(
            "stg.run_id = %s AND stg.partner_id BETWEEN %s AND %s",
            run_key,
            lower or 0,
            upper or 0,
        )
        return StagedRange(rows, upper, *counts)

    @api.model
    def _discard(self, staged):
        """Remove staged rows; returns how many."""
        rows = self.env.execute_query(
            SQL("DELETE FROM customer_run_stage stg WHERE %s RETURNING 1", staged)
        )
        return len(rows)
