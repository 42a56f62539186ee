from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from .customer_scorecard_metric import RATING_METRICS

# What the customer himself adds to the metrics of his snapshot.
PROFILE_FACTS = (
    "date_customer_since",
    "outlook_rating",
    "outlook_date",
    "expansion_rating",
    "expansion_date",
)
# Figures of a snapshot that must be finite for a customer to be scored.
FINITE_COLUMNS = (
    "amount_12m",
    "amount_prev_12m",
    "receivable_residual",
    "overdue_residual",
    "overdue_maturity_weight",
    "paid_amount_12m",
    "paid_late_weight_12m",
    "paid_collection_weight_12m",
)


class CustomerFormula(models.AbstractModel):
    """The one place that scores: metrics in, points, totals, tier and health out.

    The nightly run, "score now", replay, back-fill and the explanation on screen all
    use this statement; they differ only in the relation that the metrics come from.
    Each layer is fenced with OFFSET 0, else PostgreSQL would work a value out again
    for every use of it.
    """

    _name = "customer.formula"
    _description = "Scores Customers"

    # === LAYERS === #

    def _select_scores(self, scope, source, cards):
        """Return the metrics of ``source`` with points, totals, tier and health.

        :param source: SQL of a relation with the snapshot columns
        :param cards: ``{"tier": scorecard, "health": scorecard or empty}``
        """
        pointed = self._select_pointed(scope, source, cards)
        dimensions = SQL(
            "SELECT pnt.*, %s FROM (%s) pnt OFFSET 0",
            self._select_dimensions(cards),
            pointed,
        )
        totals = SQL(
            "SELECT dim.*, %s FROM (%s) dim OFFSET 0",
            self._select_totals(cards),
            dimensions,
        )
        return SQL(
            "SELECT tot.*, %s FROM (%s) tot",
            self._select_results(scope, cards),
            totals,
        )

    def _select_valued(self, scope, source, cards):
        """Return the metrics of ``source`` with what each is worth on the day.

        What the customer adds comes along as ``pro_...``.
        """
        checked = SQL(
            """SELECT met.*, %(bad)s AS bad
                 FROM (%(source)s) met
               OFFSET 0""",
            source=source,
            bad=self._select_bad_figure(),
        )
        return SQL(
            """SELECT met.*, %(state)s AS rating_state, %(values)s, %(added)s
                 FROM (%(checked)s) met
            LEFT JOIN customer_profile pro ON pro.id = met.profile_id
               OFFSET 0""",
            checked=checked,
            state=self._select_rating_state(scope),
            values=self._select_values(scope, cards),
            added=SQL(", ").join(
                SQL(
                    "%s AS %s",
                    SQL.identifier("pro", name),
                    SQL.identifier(f"pro_{name}"),
                )
                for name in PROFILE_FACTS
            ),
        )

    def _select_pointed(self, scope, source, cards):
        """Return the valued metrics with the points of each, or why it has none.

        A reason is looked for only where there is no value.
        """
        return SQL(
            """SELECT val.*, %(points)s, %(reasons)s
                 FROM (%(valued)s) val
           CROSS JOIN LATERAL (SELECT val.*) met
           CROSS JOIN LATERAL (SELECT %(added)s) pro
               OFFSET 0""",
            points=self._select_points(cards),
            reasons=self._select_reasons(scope, cards),
            valued=self._select_valued(scope, source, cards),
            added=SQL(", ").join(
                SQL(
                    "%s AS %s",
                    SQL.identifier("val", f"pro_{name}"),
                    SQL.identifier(name),
                )
                for name in PROFILE_FACTS
            ),
        )

    def _select_bad_figure(self):
        """Return the name of a figure that is NaN or infinite, NULL when all are fine."""
        cases = SQL(" ").join(
            SQL(
                """WHEN %(column)s IN ('NaN', 'Infinity', '-Infinity')
                   THEN %(name)s""",
                column=SQL.identifier("met", name),
                name=name,
            )
            for name in FINITE_COLUMNS
        )
        total = SQL(" + ").join(
            SQL("COALESCE(%s, 0)", SQL.identifier("met", name))
            for name in FINITE_COLUMNS
        )
        return SQL(
            """CASE WHEN NOT ISFINITE(met.date_first_fact) THEN 'date_first_fact'
                    WHEN %(total)s < 'Infinity' AND %(total)s > '-Infinity' THEN NULL
                    ELSE CASE %(cases)s END END""",
            total=total,
            cases=cases,
        )

    def _select_rating_state(self, scope):
        """Return rated, not_rated (no fact up to the day) or excluded."""
        excluded = scope.company._get_excluded_partners_query(scope.commercial_ids)
        return SQL(
            """CASE WHEN pro.is_not_rated OR %s THEN 'excluded'
                    WHEN met.date_first_fact IS NULL THEN 'not_rated'
                    ELSE 'rated' END""",
            SQL("FALSE")
            if excluded is None
            else SQL("met.partner_id IN %s", excluded.subselect()),
        )

    def _select_points(self, cards):
        """Return the points column (``p<id>``, 1-10 or NULL) of every metric."""
        columns = []
        for metric in self._get_metrics(cards):
            value = SQL.identifier("val", f"v{metric.id}")
            thresholds = [Decimal(str(bound)) for bound in metric._get_thresholds()]
            if metric.code in RATING_METRICS:
                points = value
            elif metric.direction == "low":
                # 10 - number of thresholds < value
                negated = [-bound for bound in reversed(thresholds)]
                points = SQL("1 + WIDTH_BUCKET(-%s, %s::numeric[])", value, negated)
            else:
                # 1 + number of thresholds <= value
                points = SQL("1 + WIDTH_BUCKET(%s, %s::numeric[])", value, thresholds)
            columns.append(SQL("%s AS %s", points, SQL.identifier(f"p{metric.id}")))
        return SQL(", ").join(columns)

    def _select_dimensions(self, cards):
        """Return points (``d<id>``, one decimal) and known share (``s<id>``)."""
        columns = []
        for card in cards.values():
            for dimension in card.dimension_ids:
                columns.append(self._select_dimension(dimension))
        return SQL(", ").join(columns)

    def _select_dimension(self, dimension):
        names = {
            "points": SQL.identifier(f"d{dimension.id}"),
            "share": SQL.identifier(f"s{dimension.id}"),
        }
        if len(dimension.metric_ids) == 1:  # weights cancel out
            only = SQL.identifier("pnt", f"p{dimension.metric_ids.id}")
            return SQL(
                """ROUND(%(only)s::numeric, 1) AS %(points)s,
                   CASE WHEN %(only)s IS NULL THEN 0 ELSE 1 END AS %(share)s""",
                only=only,
                **names,
            )
        known, weighted = [SQL("0")], [SQL("0")]
        weights = self._get_whole_weights(dimension.metric_ids)
        for metric, weight in weights.items():
            points = SQL.identifier("pnt", f"p{metric.id}")
            known.append(SQL("CASE WHEN %s IS NULL THEN 0 ELSE %s END", points, weight))
            weighted.append(SQL("COALESCE(%s * %s, 0)", points, weight))
        known_sum = SQL("(%s)", SQL(" + ").join(known))
        return SQL(
            """ROUND((%(weighted)s)::numeric / NULLIF(%(known)s, 0), 1) AS %(points)s,
               %(known)s::numeric / %(all)s AS %(share)s""",
            weighted=SQL(" + ").join(weighted),
            known=known_sum,
            all=sum(weights.values()) or 1,
            **names,
        )

    def _get_whole_weights(self, metrics):
        """Return the weights of metrics as integers in the same proportion.

        Points are integers too: the sums stay exact and are no decimal arithmetic.
        """
        weights = [Decimal(str(metric.weight)) for metric in metrics]
        digits = max((-weight.as_tuple().exponent for weight in weights), default=0)
        return {
            metric: int(weight.scaleb(max(digits, 0)))
            for metric, weight in zip(metrics, weights, strict=True)
        }

    def _select_totals(self, cards):
        """Return total and confidence of both kinds, two and four decimals half up."""
        tier, health = cards["tier"], cards["health"]
        unknown = Decimal(str(tier.unknown_points))
        weights = self._get_weights(tier)
        points = SQL(" + ").join(
            SQL(
                "COALESCE(%s, %s) * %s",
                SQL.identifier("dim", f"d{dimension.id}"),
                unknown,
                weight,
            )
            for dimension, weight in weights.items()
        )
        return SQL(
            """ROUND(%(max)s * (%(points)s) / (10 * %(all)s), 2) AS tier_total,
               %(tier_confidence)s AS tier_confidence,
               %(health_total)s AS health_total,
               %(health_confidence)s AS health_confidence""",
            max=Decimal(str(tier.max_total)),
            points=points,
            all=sum(weights.values()),
            tier_confidence=self._select_confidence(tier),
            health_total=self._select_health_total(health),
            health_confidence=self._select_confidence(health),
        )

    def _get_weights(self, card):
        """Return the weight of each dimension that counts."""
        return {
            dimension: Decimal(str(dimension.weight))
            for dimension in card.dimension_ids
            if dimension.weight > 0
        }

    def _select_confidence(self, card):
        weights = self._get_weights(card)
        if not weights:
            return SQL("NULL::numeric")
        known = SQL(" + ").join(
            SQL("%s * %s", SQL.identifier("dim", f"s{dimension.id}"), weight)
            for dimension, weight in weights.items()
        )
        return SQL("ROUND((%s) / %s, 4)", known, sum(weights.values()))

    def _select_health_total(self, card):
        """Return the weighted mean of the known dimensions, 0-100."""
        weights = self._get_weights(card)
        if not weights:
            return SQL("NULL::numeric")
        scaled, known = [], []
        for dimension, weight in weights.items():
            points = SQL.identifier("dim", f"d{dimension.id}")
            scaled.append(SQL("COALESCE((%s - 1) * %s, 0)", points, weight))
            known.append(SQL("CASE WHEN %s IS NULL THEN 0 ELSE %s END", points, weight))
        return SQL(
            "ROUND(100 * (%s) / (9 * NULLIF(%s, 0)), 2)",
            SQL(" + ").join(scaled),
            SQL(" + ").join(known),
        )

    def _select_results(self, scope, cards):
        """Return tier, health band, dormancy and what the score row will hold."""
        tier, health = cards["tier"], cards["health"]
        signatures = [self._select_signature(card) for card in (tier, health)]
        dormant = SQL(
            """(tot.order_count_12m_state = 'known'
                AND COALESCE(tot.date_last_sale <= %s, TRUE))""",
            scope.window.start,
        )
        return SQL(
            """%(dormant)s AS is_dormant,
               %(tier)s AS tier_today_id,
               %(band)s AS health_band,
               %(tier_signature)s AS tier_signature,
               %(health_signature)s AS health_signature,
               CONCAT_WS('/', %(cards)s, %(tier_signature)s, %(health_signature)s)
                   AS score_key,
               %(tier_detail)s AS tier_detail,
               %(health_detail)s AS health_detail""",
            dormant=dormant,
            tier=self._select_tier(tier, dormant, scope.company.customer_dormant_cap),
            band=SQL(
                """CASE WHEN tot.health_total >= %(healthy)s
                         AND tot.health_confidence >= %(minimum)s THEN 'healthy'
                        WHEN tot.health_total >= %(watch)s THEN 'watch'
                        WHEN tot.health_total IS NOT NULL THEN 'at_risk' END""",
                healthy=Decimal(str(health.healthy_bound)),
                watch=Decimal(str(health.watch_bound)),
                minimum=Decimal(str(health.minimum_confidence)),
            ),
            tier_signature=signatures[0],
            health_signature=signatures[1],
            cards=f"{tier.id}/{health.id}",
            tier_detail=self._select_detail(tier),
            health_detail=self._select_detail(health),
        )

    def _select_tier(self, card, dormant, is_capped):
        """Return the tier whose lower bound the stored total reaches."""
        tiers = card.tier_ids.sorted("lower_bound", reverse=True)
        cases = []
        cap = tiers.filtered(lambda tier: tier.code == card.dormant_tier_code)
        if is_capped and cap:
            cases.append(
                SQL(
                    "WHEN %s AND tot.tier_total >= %s THEN %s",
                    dormant,
                    Decimal(str(cap.lower_bound)),
                    cap.id,
                )
            )
        cases += [
            SQL(
                "WHEN tot.tier_total >= %s THEN %s",
                Decimal(str(tier.lower_bound)),
                tier.id,
            )
            for tier in tiers
        ]
        return SQL("(CASE %s END)::integer", SQL(" ").join(cases))

    def _select_signature(self, card):
        """Return what makes two scores of one version equal, beside their total."""
        parts = [
            SQL("COALESCE(tot.%s::text, '?')", SQL.identifier(f"d{dimension.id}"))
            for dimension in card.dimension_ids
        ]
        parts += [
            SQL("COALESCE(tot.%s, '')", SQL.identifier(f"r{metric.id}"))
            for metric in card.dimension_ids.metric_ids
        ]
        if not parts:
            return SQL("NULL::text")
        return SQL("CONCAT_WS('|', %s)", SQL(", ").join(parts))

    def _select_detail(self, card):
        """Return the evidence as JSON: card; points per dimension; value, points, reason."""
        dimensions = [
            SQL("%s, tot.%s", str(dimension.id), SQL.identifier(f"d{dimension.id}"))
            for dimension in card.dimension_ids
        ]
        metrics = [
            SQL(
                "%s, JSONB_BUILD_ARRAY(tot.%s, tot.%s, tot.%s)",
                str(metric.id),
                SQL.identifier(f"v{metric.id}"),
                SQL.identifier(f"p{metric.id}"),
                SQL.identifier(f"r{metric.id}"),
            )
            for metric in card.dimension_ids.metric_ids
        ]
        return SQL(
            """JSONB_BUILD_OBJECT('scorecard', %s::integer,
                                  'dimensions', JSONB_BUILD_OBJECT(%s),
                                  'metrics', JSONB_BUILD_OBJECT(%s))""",
            card.id or None,
            SQL(", ").join(dimensions),
            SQL(", ").join(metrics),
        )

    # === BUSINESS METHODS === #

    @api.model
    def _get_cards(self, company):
        """Return the active scorecards of a company by kind."""
        # sudo: every user's customers are scored by the same rules
        cards_sudo = self.env["customer.scorecard"].sudo()
        return {
            kind: cards_sudo._get_active(company, kind) for kind in ("tier", "health")
        }
