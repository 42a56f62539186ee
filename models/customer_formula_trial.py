from odoo import models
from odoo.tools import SQL

from ..const import TRIAL_NAMES
from ..thresholds import PROPOSED_SHARES, WORST_SHARE


class CustomerFormula(models.AbstractModel):
    """Scores the stored metrics of a whole company by a draft. Runs nothing.

    The same layers as every run; only the relation that the metrics come from and the
    scorecard differ. Nothing is staged and nothing is written.
    """

    _inherit = "customer.formula"

    def _prepare_trial(self, company, date, draft):
        """Return scope, source and scorecards for scoring a company by a draft."""
        # sudo: figures of the declared list; managers see every customer
        facts_sudo = self.env["customer.facts"].sudo()
        scope = facts_sudo._prepare_scope(company, date)
        source = self.env["customer.snapshot"].sudo()._select_stored_company(company)
        cards = self._get_cards(company)
        cards[draft.kind] = draft.sudo()
        return scope, source, cards

    # === DISTRIBUTION === #

    def _select_distribution(self, company, date, draft):
        """Return quantiles of the known values of rated customers, a row per metric.

        Columns: metric, number of customers, what one in twenty is not better than, and
        the quantiles at which thresholds are proposed, ascending.
        """
        scope, source, cards = self._prepare_trial(company, date, draft)
        empty = draft.browse()
        # sudo: the rules of the draft; who may try it was checked
        cards = {**dict.fromkeys(cards, empty), draft.kind: draft.sudo()}
        metrics = cards[draft.kind].dimension_ids.metric_ids
        columns = SQL(" UNION ALL ").join(
            SQL(
                """SELECT %(metric)s AS metric_id, COUNT(%(value)s) AS customers,
                          PERCENTILE_DISC(%(worst)s)
                              WITHIN GROUP (ORDER BY %(value)s) AS worst,
                          PERCENTILE_DISC(%(shares)s::float8[])
                              WITHIN GROUP (ORDER BY %(value)s) AS quantiles
                     FROM known""",
                metric=metric.id,
                value=SQL.identifier(f"v{metric.id}"),
                worst=1 - WORST_SHARE if metric.direction == "low" else WORST_SHARE,
                shares=self._get_shares(metric),
            )
            for metric in metrics.filtered(lambda metric: not metric.is_rating)
        )
        return SQL(
            """WITH known AS MATERIALIZED (
                   SELECT * FROM (%(valued)s) val
                    WHERE val.rating_state = 'rated')
               %(columns)s""",
            valued=self._select_valued(scope, source, cards),
            columns=columns,
        )

    def _get_shares(self, metric):
        """Return the shares of customers below each threshold, ascending."""
        if metric.direction == "low":
            return [round(1 - share, 4) for share in reversed(PROPOSED_SHARES)]
        return list(PROPOSED_SHARES)

    # === TRIAL === #

    def _select_trial(self, company, date, draft):
        """Return what a draft would change, as rows of three parts.

        ``move``: from, to, customers, amount and how many move to the same tier without
        the draft. ``points``: metric, points, customers. ``name``: the customers who
        move, those with the largest amounts of each move.
        """
        scope, source, cards = self._prepare_trial(company, date, draft)
        metrics = cards[draft.kind].dimension_ids.metric_ids
        return SQL(
            """WITH scored AS MATERIALIZED (%(scored)s),
                    moves AS (
                   SELECT scr.*, ROW_NUMBER() OVER (
                              PARTITION BY scr.old_code, scr.new_code
                              ORDER BY scr.amount DESC, scr.profile_id) AS place
                     FROM scored scr
                    WHERE scr.old_code IS DISTINCT FROM scr.new_code)
               SELECT 'move' AS part, old_code, new_code, NULL::integer AS record_id,
                      COUNT(*) AS customers, SUM(amount) AS amount,
                      COUNT(*) FILTER (WHERE today_code IS NOT DISTINCT FROM new_code)
                          AS points, NULL::numeric AS old_total,
                      NULL::numeric AS new_total
                 FROM scored
                WHERE old_code IS NOT NULL OR new_code IS NOT NULL
             GROUP BY old_code, new_code
            UNION ALL
               SELECT 'name', old_code, new_code, profile_id, 1, amount, NULL,
                      old_total, new_total
                 FROM moves WHERE place <= %(names)s
                   %(points)s""",
            scored=self._select_scored(scope, source, cards, draft.kind, metrics),
            names=TRIAL_NAMES,
            points=SQL("").join(self._select_counted(metric) for metric in metrics),
        )

    def _select_scored(self, scope, source, cards, kind, metrics):
        """Return each customer's results by the draft beside those in force.

        An approved request holds its tier against a new scorecard too.
        """
        is_tier = kind == "tier"
        now = (
            SQL(
                """old.code AS old_code, tdy.code AS today_code,
                   CASE WHEN pro.tier_request_id IS NOT NULL
                         AND sco.rating_state <> 'excluded'
                        THEN old.code ELSE new.code END AS new_code"""
            )
            if is_tier
            else SQL(
                """pro.health AS old_code, pro.health AS today_code,
                   CASE WHEN sco.rating_state = 'rated' THEN sco.health_band END
                       AS new_code"""
            )
        )
        tiers = SQL(
            """LEFT JOIN customer_tier old ON old.id = pro.tier_id
               LEFT JOIN customer_tier tdy ON tdy.id = pro.tier_today_id
               LEFT JOIN customer_tier new ON new.id = sco.tier_today_id
                                          AND sco.rating_state = 'rated'"""
        )
        return SQL(
            """SELECT sco.profile_id, %(now)s, sco.rating_state = 'rated' AS is_rated,
                      CASE WHEN sco.amount_12m_state = 'known'
                           THEN sco.amount_12m ELSE 0 END AS amount,
                      %(old_total)s AS old_total, %(new_total)s AS new_total,
                      %(points)s
                 FROM (%(scores)s) sco
                 JOIN customer_profile pro ON pro.id = sco.profile_id
                      %(tiers)s
                WHERE sco.bad IS NULL""",
            now=now,
            old_total=SQL("pro.tier_score" if is_tier else "pro.health_score"),
            new_total=SQL("sco.tier_total" if is_tier else "sco.health_total"),
            points=SQL(", ").join(
                SQL.identifier("sco", f"p{metric.id}") for metric in metrics
            ),
            scores=self._select_scores(scope, source, cards),
            tiers=tiers if is_tier else SQL(""),
        )

    def _select_counted(self, metric):
        """Return how many rated customers earn which points in a metric."""
        points = SQL.identifier(f"p{metric.id}")
        return SQL(
            """
            UNION ALL
               SELECT 'points', NULL, NULL, %(metric)s, COUNT(*), NULL,
                      %(points)s::bigint, NULL, NULL
                 FROM scored WHERE is_rated GROUP BY %(points)s""",
            metric=metric.id,
            points=points,
        )
