from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..periods import window
from ..scoring import MAX_POINTS, lifts, value_for
from .customer_facts import Scope

# Decimals a metric is measured in (``customer.formula``); money: those of its currency.
METRIC_DIGITS = {
    "tenure_years": 2,
    "growth_rate": 4,
    "overdue_rate": 4,
    "late_days": 2,
    "interaction_rate": 4,
    "coverage_rate": 4,
    "renewal_rate": 4,
    "sla_rate": 4,
    "csat": 2,
    "nps": 2,
}


class CustomerExplanation(models.AbstractModel):
    """Opens a score into figures, for the form, the history and the paper.

    Access to the customers is the caller's affair.
    """

    _name = "customer.explanation"
    _description = "Explains Scores"

    # === LIVE === #

    @api.model
    def _explain_profiles(self, profiles, on_screen=False):
        """Explain what the stored metrics of customers are worth today.

        :return: ``{(profile id, kind): explanation}``
        """
        explained = {}
        for company, members in profiles.grouped("company_id").items():
            cards = self.env["customer.scorecard"]._load_active(company)
            if not cards["tier"] or not members.ids:
                continue
            date = company._get_customer_today()
            for row in self._score_stored(members, cards, date):
                profile = members.browse(row["profile_id"])
                for kind, card in cards.items():
                    explained[profile.id, kind] = self._explain_detail(
                        card, row[f"{kind}_detail"], company, on_screen
                    )
                tier = explained[profile.id, "tier"]
                tier["lift"] = self._explain_lift(cards["tier"], row, company)
                if on_screen:
                    self._name_missing_rates(profile, date, tier)
        return explained

    def _score_stored(self, profiles, cards, date):
        """Return what the formula makes of the stored metrics on a day."""
        company = profiles.company_id
        scope = Scope(
            company=company,
            window=window(date, company._get_customer_tz()),
            commercial_ids=profiles.partner_id.ids,
        )
        self.env.flush_all()
        # sudo: read in SQL; the figures shown are on the declared list
        source = self.env["customer.snapshot"].sudo()._select_stored(profiles)
        formula_sudo = self.env["customer.formula"].sudo()
        return self.env.execute_query_dict(
            SQL(
                """SELECT sco.profile_id, sco.tier_detail, sco.health_detail,
                          sco.tier_total, sco.tier_today_id, sco.is_dormant
                     FROM (%s) sco
                    WHERE sco.rating_state = 'rated' AND sco.bad IS NULL""",
                formula_sudo._select_scores(scope, source, cards),
            )
        )

    # === DETAIL === #

    @api.model
    def _explain_detail(self, card, detail, company, on_screen=False):
        """Return dimensions with points and metrics of a score's evidence.

        :param detail: the JSON of ``customer.score.detail``
        :param on_screen: with what paper lacks: the way to make a figure known, bands
        """
        if not card or not detail:
            return {}
        labels = card._get_labels(card.id, self.env.lang)
        weights = self._get_counting_weights(card, detail)
        return {
            "card": labels["card"],
            "dimensions": [
                self._explain_dimension(
                    dimension,
                    detail,
                    {"company": company, "on_screen": on_screen, "labels": labels,
                     "weights": weights},
                )
                for dimension in card.dimension_ids
            ],
        }  # fmt: skip

    def _get_counting_weights(self, card, detail):
        """Return the weights that share the total: all for tier, known for health."""
        return {
            dimension.id: dimension.weight
            for dimension in card.dimension_ids
            if card.kind == "tier"
            or detail["dimensions"].get(str(dimension.id)) is not None
        }

    def _explain_dimension(self, dimension, detail, given):
        card = dimension.scorecard_id
        points = detail["dimensions"].get(str(dimension.id))
        return {
            "name": given["labels"]["dimensions"].get(dimension.id, ""),
            "weight": dimension.weight,
            "points": points,
            "points_text": self._format_number(points, 1),
            "cells": int(points or 0),
            "unknown_points": self._format_number(card.unknown_points, 1),
            "is_tier": card.kind == "tier",
            "unknown_text": self._format_unknown(card),
            **self._explain_contribution(dimension, points, given["weights"]),
            "metrics": [
                self._explain_metric(metric, detail["metrics"], given)
                for metric in dimension.metric_ids
            ],
        }

    def _explain_contribution(self, dimension, points, weights):
        """Return what a dimension adds to the total, of how much it could add."""
        card = dimension.scorecard_id
        weight, whole = weights.get(dimension.id), sum(weights.values())
        if not weight or not whole:
            return {"share": "", "contribution": "", "weight_text": ""}
        if card.kind == "tier":
            points = card.unknown_points if points is None else points
            most, part = card.max_total * weight / whole, points / MAX_POINTS
        else:
            most, part = 100 * weight / whole, (points - 1) / (MAX_POINTS - 1)
        figures = {
            "share": self._format_share(weight, whole),
            "part": self._format_number(most * part, 2),
            "most": self._format_number(most, 2),
        }
        return {
            "share": figures["share"],
            "contribution": self.env._("%(part)s of %(most)s", **figures),
            "weight_text": self.env._(
                "weighs %(share)s, adds %(part)s of %(most)s", **figures
            ),
        }

    def _explain_metric(self, metric, values, given):
        company = given["company"]
        value, points, reason = values.get(str(metric.id), (None, None, "no_fact"))
        siblings = metric.dimension_id.metric_ids
        explained = {
            "code": metric.code,
            "name": metric.display_name,
            "points": points and int(points),
            "value": value is not None and self._format_value(metric, value, company),
            "reason": reason and self._format_reason(reason),
            "reason_text": "",
            "reason_code": reason,
            "share": self._format_share(metric.weight, sum(siblings.mapped("weight")))
            if len(siblings) > 1
            else "",
            "band": "",
            "next": [],
        }
        if points and not metric.is_rating:
            explained.update(self._explain_neighbours(metric, int(points), company))
        if given["on_screen"]:
            explained.update(self._explain_further(metric, reason))
        return explained

    def _explain_further(self, metric, reason):
        """Return where to make a metric known and, for managers, all its bands."""
        is_manager = self.env.user.has_group(
            "customer_success.group_customer_success_manager"
        )
        return {
            "reason_text": reason
            and self.env._("Unknown, %s", self._format_reason(reason)),
            "remedy": self._get_remedy(reason),
            "scale": self._get_bounds(metric) if is_manager else [],
        }

    def _name_missing_rates(self, profile, date, explanation):
        """Say which exchange rate is missing instead of that one is."""
        for dimension in explanation["dimensions"]:
            for metric in dimension["metrics"]:
                if metric["reason_code"] != "no_rate":
                    continue
                missing = self.env["customer.facts"]._find_missing_rate(
                    profile, date, metric["code"]
                )
                if missing:
                    metric["reason"] = self._format_missing_rate(*missing)
                    metric["reason_text"] = self.env._("Unknown, %s", metric["reason"])

    # === LIFT === #

    def _explain_lift(self, card, row, company):
        """Return which change of one metric alone reaches the next tier today."""
        tiers = card.tier_ids.sorted("lower_bound")
        names = card._get_labels(card.id, self.env.lang)["tiers"]
        current = tiers.browse(row["tier_today_id"])
        higher = tiers.filtered(lambda tier: tier.lower_bound > current.lower_bound)
        if not higher:
            return {"title": self.env._("Top tier"), "moves": [], "note": ""}
        wanted, name = higher[0], names[higher[0].id]
        lift = {"title": self.env._("To reach %s", name), "moves": [], "note": ""}
        cap = tiers.filtered(lambda tier: tier.code == card.dormant_tier_code)
        is_capped = row["is_dormant"] and company.customer_dormant_cap and cap
        if is_capped and wanted.lower_bound > cap.lower_bound:
            lift["note"] = self.env._(
                "a new sale first: without one in 12 months at most %s", names[cap.id]
            )
            return lift
        lift["moves"] = self._get_moves(card, row["tier_detail"], wanted, company)
        if not lift["moves"]:
            lift["note"] = self.env._("not by one figure alone")
        elif len(lift["moves"]) == 1:
            lift["note"] = self.env._("nothing else alone reaches %s", name)
        return lift

    def _get_moves(self, card, detail, tier, company):
        """Return each move in words; the arithmetic is that of the formula."""
        metrics = {metric.id: metric for metric in card.dimension_ids.metric_ids}

        def exact(number):
            return Decimal(str(number))

        found = lifts(
            [
                (
                    exact(dimension.weight),
                    {
                        metric.id: (
                            exact(metric.weight),
                            detail["metrics"][str(metric.id)][1],
                        )
                        for metric in dimension.metric_ids
                    },
                )
                for dimension in card.dimension_ids
                if dimension.weight > 0
            ],
            exact(card.unknown_points),
            exact(card.max_total),
            exact(tier.lower_bound),
        )
        return [
            self._format_move(
                metrics[metric_id],
                detail["metrics"][str(metric_id)][0],
                float(self._get_wanted(metrics[metric_id], points, company)),
                company,
            )
            for metric_id, points in found.items()
        ]

    def _get_wanted(self, metric, points, company):
        """Return the value that earns the points, nearest to the present one."""
        if metric.is_rating:
            return points
        digits = METRIC_DIGITS.get(metric.code, 0)
        if metric.code == "amount_12m":
            digits = company.currency_id.decimal_places
        return value_for(
            points, metric._get_thresholds(), metric.direction == "low", digits
        )
