from odoo import api, fields, models
from odoo.tools import format_date

from ..periods import past_quarter_ends


class CustomerScoreCompare(models.TransientModel):
    """Two days of a customer side by side: total, dimensions, metrics.

    From the score rows that held on these days, explained in the words of Why.
    """

    _name = "customer.score.compare"
    _description = "Compare Two Dates"

    profile_id = fields.Many2one(
        "customer.profile", "Customer", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="profile_id.company_id", store=True, precompute=True
    )
    date_from = fields.Date(
        "Earlier Date", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        "Later Date", required=True, default=lambda self: self._default_date_to()
    )
    comparison = fields.Html(compute="_compute_comparison", sanitize=False)

    def _default_date_to(self):
        return self.env.company._get_customer_today()

    def _default_date_from(self):
        return past_quarter_ends(self._default_date_to(), 1)[0]

    # === COMPUTE METHODS === #

    @api.depends("profile_id", "date_from", "date_to")
    @api.depends_context("lang", "uid")
    def _compute_comparison(self):
        for wizard in self:
            kinds = []
            if wizard.profile_id and wizard.date_from and wizard.date_to:
                kinds = [wizard._compare(kind) for kind in ("tier", "health")]
            wizard.comparison = self.env["ir.qweb"]._render(
                "customer_success.customer_score_comparison", {"kinds": kinds}
            )

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Compare two dates")

    # === BUSINESS METHODS === #

    def _compare(self, kind):
        """Return the two columns and the rows of tier or health."""
        days = sorted([self.date_from, self.date_to])
        sides = [self._prepare_side(kind, day) for day in days]
        cards = {side["card_id"] for side in sides if side["card_id"]}
        return {
            "title": self.env._("Tier") if kind == "tier" else self.env._("Health"),
            "sides": sides,
            "is_other_card": len(cards) > 1,
            "rows": self._prepare_rows(*sides),
        }

    def _prepare_side(self, kind, day):
        """Return the score that held on a day, opened; or that there is none."""
        score = self.env["customer.score"].search(
            [
                ("profile_id", "=", self.profile_id.id),
                ("kind", "=", kind),
                ("date", "<=", day),
            ],
            order="date desc",
            limit=1,
        )
        day_text = format_date(self.env, day)
        side = {"day": day_text, "score": score, "card_id": False, "dimensions": {}}
        if not score:
            return {
                **side,
                "missing": self.env._("no score on or before %s", day_text),
            }
        card_sudo = score.scorecard_id.sudo()  # sudo: a rule of his result
        explanation = self.env["customer.explanation"]
        explained = explanation._explain_detail(
            card_sudo, score.detail, score.company_id
        )
        health = dict(score._fields["health"]._description_selection(self.env))
        return {
            **side,
            "card_id": card_sudo.id,
            "card": explained["card"],
            "scored": format_date(self.env, score.date),
            # sudo: the tier of a score he may read
            "band": score.tier_id.sudo().name or health.get(score.health, ""),
            "dimensions": {part["name"]: part for part in explained["dimensions"]},
            "metrics": {
                metric.code: (metric, score.detail["metrics"].get(str(metric.id)))
                for metric in card_sudo.dimension_ids.metric_ids
            },
        }

    def _prepare_rows(self, then, now):
        totals = [self._get_total(side) for side in (then, now)]
        rows = [self._prepare_row(self.env._("Total"), totals, 2, "total")]
        # the order of the present card; dimensions that are gone come last
        names = dict.fromkeys([*now["dimensions"], *then["dimensions"]])
        for name in names:
            parts = [side["dimensions"].get(name, {}) for side in (then, now)]
            points = [part.get("points", False) for part in parts]
            rows.append(self._prepare_row(name, points, 1, "dimension"))
            rows += self._prepare_metric_rows(parts, (then, now))
        return rows

    def _get_total(self, side):
        """Return a total; None is unknown (health without a known dimension)."""
        if not side["score"]:
            return False
        known = any(part["points"] is not None for part in side["dimensions"].values())
        return side["score"].total if known or side["score"].kind == "tier" else None

    def _prepare_row(self, name, numbers, digits, css):
        """Return one line; a number is None when unknown, False without a score."""
        explanation = self.env["customer.explanation"]
        then, now = numbers
        change = ""
        if self._are_known(then, now):
            change = self._sign(
                float(now) - float(then),
                explanation._format_number(abs(float(now) - float(then)), digits),
            )
        return {
            "name": name,
            "then": self._format_points(then, digits),
            "now": self._format_points(now, digits),
            "change": change,
            "css": css,
            "trend": self._get_trend(then, now),
        }

    def _format_points(self, number, digits):
        if number is False:
            return "–"
        if number is None:
            return self.env._("Unknown")
        return self.env["customer.explanation"]._format_number(number, digits)

    def _prepare_metric_rows(self, parts, sides):
        explained = [
            {metric["code"]: metric for metric in part.get("metrics", ())}
            for part in parts
        ]
        return [
            self._prepare_metric_row(
                code, [metrics.get(code) for metrics in explained], sides
            )
            for code in dict.fromkeys([*explained[1], *explained[0]])
        ]

    def _prepare_metric_row(self, code, found, sides):
        """Return value and points of a metric then and now, with what changed."""
        values = [
            (side.get("metrics", {}).get(code) or (None, None))[1] for side in sides
        ]
        numbers = [value and value[0] for value in values]
        points = [metric and metric["points"] for metric in found]
        change = ""
        if all(number is not None for number in numbers):
            metric = sides[1]["metrics"][code][0]
            difference = float(numbers[1]) - float(numbers[0])
            change = self._sign(
                difference,
                self.env["customer.explanation"]._format_figure(
                    metric, abs(difference), self.company_id.currency_id, fine=True
                ),
            )
        return {
            "name": (found[1] or found[0])["name"],
            "then": self._word_metric(found[0]),
            "now": self._word_metric(found[1]),
            "change": change,
            "css": "metric",
            "trend": self._get_trend(*points),
        }

    def _word_metric(self, metric):
        if not metric:
            return "–"
        if not metric["points"]:
            return self.env._("Unknown, %s", metric["reason"])
        if metric["value"] == str(metric["points"]):  # a rating
            return self.env._("%s of 10 points", metric["points"])
        return self.env._(
            "%(value)s, %(points)s of 10 points",
            value=metric["value"],
            points=metric["points"],
        )

    def _are_known(self, *numbers):
        return all(number is not None and number is not False for number in numbers)

    def _sign(self, difference, text):
        if not difference:
            return "="
        return f"+{text}" if difference > 0 else f"−{text}"

    def _get_trend(self, then, now):
        """Return better or worse by points, whichever way the value moved."""
        if not self._are_known(then, now) or then == now:
            return ""
        return "better" if now > then else "worse"
