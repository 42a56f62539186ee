from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL, format_amount

from ..scoring import band_of
from .customer_scorecard_metric import MONEY_METRICS


class CustomerExplanation(models.AbstractModel):
    """Puts a score into words and figures, for the form, the history and the paper."""

    _name = "customer.explanation"
    _description = "Explains Scores"

    @api.model
    def _explain_profiles(self, profiles):
        """Explain what the stored metrics of customers are worth today.

        Access to the customers is the caller's affair.

        :return: ``{(profile id, kind): explanation}``
        """
        explained = {}
        for company, members in profiles.grouped("company_id").items():
            formula = self.env["customer.formula"]
            cards = formula._get_cards(company)
            if not cards["tier"] or not members.ids:
                continue
            self.env.flush_all()
            # sudo: read in SQL; the figures shown are on the declared list
            facts = self.env["customer.facts"].sudo()
            scope = replace(
                facts._prepare_scope(company, company._get_customer_today()),
                commercial_ids=members.partner_id.ids,
            )
            source = self.env["customer.snapshot"].sudo()._select_stored(members)
            scores = formula.sudo()._select_scores(scope, source, cards)
            for row in self.env.execute_query_dict(
                SQL(
                    """SELECT sco.profile_id, sco.tier_detail, sco.health_detail
                         FROM (%s) sco WHERE sco.rating_state = 'rated'
                          AND sco.bad IS NULL""",
                    scores,
                )
            ):
                for kind, card in cards.items():
                    explained[row["profile_id"], kind] = self._explain_detail(
                        card, row[f"{kind}_detail"], company
                    )
        return explained

    @api.model
    def _explain_detail(self, card, detail, company):
        """Return dimensions with points and metrics of a score's evidence.

        :param detail: the JSON of ``customer.score.detail``
        """
        if not card or not detail:
            return {}
        dimensions = []
        for dimension in card.dimension_ids:
            points = detail["dimensions"].get(str(dimension.id))
            dimensions.append(
                {
                    "name": dimension.name,
                    "weight": dimension.weight,
                    "points": points,
                    "points_text": self._format_number(points, 1),
                    "unknown_points": self._format_number(card.unknown_points, 1),
                    "is_tier": card.kind == "tier",
                    "metrics": [
                        self._explain_metric(metric, detail["metrics"], company)
                        for metric in dimension.metric_ids
                    ],
                }
            )
        return {"card": card.display_name, "dimensions": dimensions}

    def _explain_metric(self, metric, values, company):
        value, points, reason = values.get(str(metric.id), (None, None, "no_fact"))
        explained = {
            "name": metric.display_name,
            "points": points and int(points),
            "value": value is not None and self._format_value(metric, value, company),
            "reason": self._get_reasons().get(reason, reason),
            "band": "",
        }
        if points and not metric.is_rating:
            band = band_of(
                int(points), metric._get_thresholds(), metric.direction == "low"
            )
            explained["band"] = self._format_band(metric, band, company)
        return explained

    def _get_reasons(self):
        """Return why a figure can be unknown and what would make it known."""
        return {
            "no_rate": self.env._(
                "a document has no exchange rate, enter that of its day"
            ),
            "before_history": self.env._(
                "before the history start, import opening amounts"
            ),
            "other_currency": self.env._(
                "the scorecard is in another currency, copy it for this company"
            ),
            "no_fact": self.env._("no order or invoice yet"),
            "too_young": self.env._("customer for less than two years"),
            "no_previous": self.env._("nothing bought in the year before"),
            "none_due": self.env._("no invoice fell due in 12 months"),
            "none_paid": self.env._("nothing was paid in 12 months"),
            "no_sale": self.env._("no sale yet"),
            "never_rated": self.env._("not rated yet, see What We Know"),
            "expired": self.env._("rated more than 12 months ago, rate it again"),
        }

    # === FORMATS === #

    def _format_value(self, metric, value, company):
        """Return a value with its unit and window, in the user's language."""
        if metric.code == "amount_12m":
            amount = format_amount(
                self.env, value, company.currency_id, trailing_zeroes=False
            )
            return self.env._("%s in 12 months", amount)
        if metric.code in ("growth_rate", "overdue_rate"):
            return f"{self._format_number(100 * value, 1)}%"
        if metric.is_rating:
            return self._format_number(value, 0)
        if metric.code == "orders_12m":
            return self.env._("%s in 12 months", self._format_number(value, 0))
        if metric.code == "tenure_years":
            return self.env._("%s years", self._format_number(value, 1))
        return self.env._("%s days", self._format_number(value, 0))

    def _format_band(self, metric, band, company):
        """Return the band of a value, such as "$ 5,000 to $ 10,000"."""

        def edge(value):
            return self._format_edge(metric, value, company.currency_id)

        # Equality earns the better points: high values from, low values up to.
        is_low = metric.direction == "low"
        if band.low is None:
            high = edge(band.high)
            return (
                self.env._("up to %s", high) if is_low else self.env._("below %s", high)
            )
        if band.high is None:
            low = edge(band.low)
            return self.env._("above %s", low) if is_low else self.env._("from %s", low)
        return self.env._(
            "%(low)s to %(high)s", low=edge(band.low), high=edge(band.high)
        )

    def _format_edge(self, metric, value, currency):
        """Return a threshold in the unit of its metric."""
        if metric.code in MONEY_METRICS and currency:
            return format_amount(self.env, value, currency, trailing_zeroes=False)
        if metric.code in ("growth_rate", "overdue_rate"):
            return f"{self._format_number(100 * value, 1)}%"
        return self._format_number(value, 2)

    def _format_number(self, value, digits):
        """Return a number in the user's format without useless zeros."""
        if value is None:
            return ""
        lang = self.env["res.lang"]._lang_get(self.env.user.lang or "en_US")
        text = lang.format(f"%.{digits}f", float(value), grouping=True)
        point = lang.decimal_point
        return text.rstrip("0").rstrip(point) if point in text else text

    # === SCALES === #

    @api.model
    def _render_scales(self, scorecard):
        """Return what earns how many points, as an HTML table for people."""
        scales = [
            {
                "dimension": metric.dimension_id.name,
                "name": metric.display_name,
                "bounds": self._get_bounds(metric),
            }
            for metric in scorecard.dimension_ids.metric_ids
        ]
        return self.env["ir.qweb"]._render(
            "customer_success.customer_scales", {"scales": scales}
        )

    def _get_bounds(self, metric):
        """Return the bound that earns 1 to 10 points; ratings have none."""
        if metric.is_rating:
            return []
        currency = metric.scorecard_id.currency_id
        edges = [
            self._format_edge(metric, edge, currency)
            for edge in metric._get_thresholds()
        ]
        if metric.direction == "low":
            edges.reverse()
            return [
                self.env._("above %s", edges[0]),
                *(self.env._("up to %s", edge) for edge in edges),
            ]
        return [
            self.env._("below %s", edges[0]),
            *(self.env._("from %s", edge) for edge in edges),
        ]

    @api.model
    def _render(self, explanation):
        """Return the explanation as HTML."""
        return self.env["ir.qweb"]._render(
            "customer_success.customer_why", {"why": explanation}
        )
