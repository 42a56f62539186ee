from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ..scoring import MAX_POINTS


class CustomerScorecardTrialTables(models.AbstractModel):
    """What a trial found, as tables for people; cells lead to the names."""

    _name = "customer.scorecard.trial.tables"
    _description = "Tables of a Scorecard Trial"

    distribution = fields.Html(compute="_compute_tables", sanitize=False)
    matrix = fields.Html(compute="_compute_tables", sanitize=False)
    scale_use = fields.Html(compute="_compute_tables", sanitize=False)
    warnings = fields.Html(compute="_compute_tables", sanitize=False)
    introduction = fields.Char(compute="_compute_texts")
    summary = fields.Text(compute="_compute_texts")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("points")
    def _compute_tables(self):
        for trial in self:
            for name, values in (
                ("distribution", {"rows": trial._get_distribution()}),
                ("matrix", trial._get_matrix()),
                ("scale_use", {"rows": trial._get_scale_use(), "range": range}),
                ("warnings", {"warnings": trial._get_warnings()}),
            ):
                trial[name] = self.env["ir.qweb"]._render(
                    f"customer_success.customer_trial_{name}",
                    {**values, "trial": trial},
                )

    @api.depends_context("lang")
    @api.depends("points", "active_id")
    def _compute_texts(self):
        for trial in self:
            trial.introduction = self.env._(
                "Tried on the customers of %(company)s with the figures of %(date)s."
                " Nothing has changed.",
                company=trial.company_id.name,
                date=format_date(self.env, trial.date),
            )
            trial.summary = trial._describe_activation()

    def _describe_activation(self):
        """Return what activation does, in sentences."""
        sentences = [
            self.env._(
                "%s will score the customers from now on.",
                self.scorecard_id.display_name,
            )
        ]
        if self.active_id:
            sentences.append(
                self.env._(
                    "It takes over from %s, which is kept.", self.active_id.display_name
                )
            )
        sentences.append(
            self.env._(
                "Of %(count)s customers of %(company)s, %(moved)s would move: %(up)s up,"
                " %(down)s down, together %(amount)s in 12 months.",
                count=self.customer_count,
                company=self.company_id.name,
                moved=self.moved_count,
                up=self.up_count,
                down=self.down_count,
                amount=self._format_amount(self.moved_amount),
            )
        )
        return "\n".join(sentences)

    # === BUSINESS METHODS === #

    def _get_codes(self, side):
        """Return the codes of one side of the comparison, best first, unknown last."""
        bounds = self._get_bounds(side)
        codes = sorted(bounds, key=bounds.get, reverse=True)
        found = self.move_ids.mapped(f"{side}_code")
        codes += sorted({code for code in found if code and code not in codes})
        return codes + ([False] if False in found else [])

    def _get_distribution(self):
        """Return customers and amounts of each tier or band, now and then."""
        labels = {**self._get_labels("old"), **self._get_labels("new")}
        total = self.customer_count
        codes = self._get_codes("old")
        codes = [code for code in codes if code] + [
            code for code in self._get_codes("new") if code and code not in codes
        ]
        if any(not (move.old_code and move.new_code) for move in self.move_ids):
            codes.append(False)
        rows = []
        for code in codes:
            row = {"label": labels.get(code, code)}
            for side in ("old", "new"):
                moves = self.move_ids.filtered(
                    lambda move, side=side, code=code: move[f"{side}_code"] == code
                )
                count = sum(moves.mapped("customer_count"))
                row[side] = {
                    "count": count,
                    "share": 100 * count / total if total else 0,
                    "amount": self._format_amount(sum(moves.mapped("amount"))),
                }
            rows.append(row)
        return rows

    def _get_matrix(self):
        """Return heads and rows of the migration matrix; cells are moves."""
        old_labels, labels = self._get_labels("old"), self._get_labels("new")
        new_codes = self._get_codes("new")
        cells = {(move.old_code, move.new_code): move for move in self.move_ids}
        return {
            "heads": [labels.get(code, code) for code in new_codes],
            "rows": [
                {
                    "label": old_labels.get(old, old),
                    "cells": [
                        self._prepare_cell(cells.get((old, new))) for new in new_codes
                    ],
                }
                for old in self._get_codes("old")
            ],
        }

    def _prepare_cell(self, move):
        if not move:
            return None
        url = False
        if move.old_code != move.new_code:
            url = (
                f"/odoo/customer-scorecard-trial/{self.id}"
                f"/customer-scorecard-moves/{move.id}"
            )
        return {
            "url": url,
            "count": move.customer_count,
            "amount": self._format_amount(move.amount),
            "direction": move.direction,
        }

    def _get_scale_use(self):
        """Return how many customers earn 1 to 10 points in each metric."""
        rows = []
        for metric, counts in self._get_counts():
            known = [counts.get(str(points), 0) for points in range(1, MAX_POINTS + 1)]
            most = max([*known, 1])
            rows.append(
                {
                    "name": metric.display_name,
                    "dimension": metric.dimension_id.name,
                    "unknown": counts.get("0", 0),
                    "bars": [
                        {"count": count, "height": round(100 * count / most)}
                        for count in known
                    ],
                }
            )
        return rows

    def _get_counts(self):
        return [
            (metric, (self.points or {}).get(str(metric.id), {}))
            for metric in self.scorecard_id.dimension_ids.metric_ids
        ]

    def _get_warnings(self):
        """Return what a manager should know before he activates the scorecard."""
        card, company = self.scorecard_id, self.company_id
        if not self.customer_count:
            return [self.env._("No customer of %s is scored yet.", company.name)]
        warnings = self._get_card_warnings(card, company)
        labels = self._get_labels("new")
        reached = set(self.move_ids.mapped("new_code"))
        warnings += [
            self.env._("No customer reaches %s.", labels.get(code, code))
            for code in self._get_codes("new")
            if code and code not in reached
        ]
        for metric, counts in self._get_counts():
            if set(counts) == {"0"}:
                warnings.append(
                    self.env._("%s is unknown for everybody.", metric.display_name)
                )
            elif len(set(counts) - {"0"}) == 1:
                warnings.append(
                    self.env._(
                        "%s: everybody it is known for earns the same points.",
                        metric.display_name,
                    )
                )
        return warnings

    def _get_card_warnings(self, card, company):
        warnings = []
        if not card.company_id and self.active_id.company_id:
            warnings.append(
                self.env._(
                    "%(company)s has a scorecard of its own: activating this shared one"
                    " changes nothing there.",
                    company=company.name,
                )
            )
        if card.with_company(company).is_other_currency:
            warnings.append(
                self.env._(
                    "The money thresholds are in %(currency)s, %(company)s keeps its"
                    " books in %(own)s: amounts are unknown there.",
                    currency=card.currency_id.name or "–",
                    company=company.name,
                    own=company.currency_id.name,
                )
            )
        highest = card.kind == "tier" and card._get_highest_total(company)
        for tier in card.tier_ids if highest else ():
            if tier.lower_bound > highest:
                warnings.append(
                    self.env._(
                        "Nobody can reach tier %(tier)s: the highest total here is"
                        " %(total)s.",
                        tier=tier.name,
                        total=highest,
                    )
                )
        return warnings

    def _format_amount(self, amount):
        """Return an amount in whole units: a table is for comparing."""
        return format_amount(
            self.env, round(amount), self.currency_id, trailing_zeroes=False
        )
