from odoo import models
from odoo.tools import SQL, format_amount

from ..const import HEALTH_FALL
from .customer_scorecard_metric import MONEY_METRICS

# The button of the very thing, by the metric that a sentence is about.
BUTTONS = {
    "overdue_rate": "action_open_overdue",
    "late_days": "action_open_overdue",
    "amount_12m": "action_open_amount",
    "growth_rate": "action_open_amount",
    "orders_12m": "action_open_orders",
    "days_since_order": "action_open_orders",
    "outlook_rating": "action_rate",
    "expansion_rating": "action_rate",
}
SHARES = ("growth_rate", "overdue_rate")
DAYS = ("late_days", "days_since_order")


class CustomerOverview(models.AbstractModel):
    """Why a row stands on the start screen: one sentence and one button.

    The sentence names the metric whose weighted points moved most, in the direction
    of the row, between two scores; without an older score the weakest metric.
    """

    _inherit = "customer.overview"

    def _explain_rows(self, rows):
        """Give each row its sentence and its button, with one statement for all."""
        scores = self._read_score_pairs(rows)
        for row in rows:
            moves = {
                kind: self._find_move(scores.get((self._key(row), kind)), row)
                for kind in ("tier", "health")
            }
            getattr(self, f"_explain_{row['kind']}")(row, moves)
            for name in ("base", "day", "sign", "kind"):
                row.pop(name)

    # === SENTENCES === #

    def _explain_moved(self, row, moves):
        move = moves["tier"]
        if row["sign"] < 0 and row["is_dormant"] and self._is_weakest(move):
            row["why"] = self.env._("No sale in 12 months")
        else:
            row["why"] = self._word_move(move)

    def _explain_worse(self, row, moves):
        was_due, is_due = self._get_overdue_pair(moves["health"])
        fell = self._get_fall(moves["health"])
        if row["would_fall"]:
            self._explain_fall(row, moves["tier"])
        elif fell:
            self._set_why(row, self._word_health(fell), moves["health"])
        elif is_due and not was_due:
            row["why"] = self._word_overdue(is_due)
            self._set_button(row, "action_open_overdue")
        else:
            row["why"] = self.env._("Newly overdue")
            self._set_button(row, "action_open_overdue")

    def _explain_urgent(self, row, moves):
        urgency = row.pop("urgency")
        if urgency in ("high_at_risk", "at_risk"):
            self._set_why(row, self.env._("At risk"), moves["health"])
        elif urgency == "would_fall":
            self._explain_fall(row, moves["tier"])
        elif urgency == "overdue":
            row["why"] = self._word_overdue(self._get_overdue_pair(moves["health"])[1])
            self._set_button(row, "action_open_overdue")
        else:
            row["why"], button = self._word_state(urgency, row)
            self._set_button(row, button)

    def _word_state(self, urgency, row):
        return {
            "activity": (self.env._("Due: %s", row["next"]), False),
            "rating_expired": (
                self.env._("Growth potential rated more than 12 months ago"),
                "action_rate",
            ),
            "waiting": (self.env._("Not scored yet"), "action_score_now"),
            "unassigned": (self.env._("Nobody is responsible"), "action_assign_me"),
        }[urgency]

    def _explain_fall(self, row, move):
        tier = row["tier_today"]
        if row["is_dormant"] and self._is_weakest(move):
            row["why"] = self.env._("Would fall to %s: no sale in 12 months", tier)
            self._set_button(row, "action_open_orders")
        else:
            self._set_why(row, self.env._("Would fall to %s", tier), move)

    def _word_health(self, fell):
        return self.env._(
            "Health %(old)s → %(new)s", old=round(fell[0]), new=round(fell[1])
        )

    def _word_overdue(self, share):
        if not share:
            return self.env._("Overdue")
        return self.env._(
            "%s of the receivables are overdue", self._format_share(share)
        )

    def _set_why(self, row, text, move):
        cause = self._word_move(move)
        if cause:
            text = self.env._("%(what)s: %(cause)s", what=text, cause=cause)
        row["why"] = text
        self._set_button(
            row, move and move["metric"] and BUTTONS.get(move["metric"].code)
        )

    def _set_button(self, row, method):
        method = method or False  # also of a customer without any score
        row["button"] = {"method": method, "label": self._get_label(method)}

    def _get_label(self, method):
        return {
            "action_open_overdue": self.env._("Overdue invoices"),
            "action_open_amount": self.env._("Open amounts"),
            "action_open_orders": self.env._("Open orders"),
            "action_rate": self.env._("Rate outlook"),
            "action_score_now": self.env._("Score now"),
            "action_assign_me": self.env._("Assign me"),
        }.get(method) or self.env._("Open Customer")

    # === WHAT MOVED MOST === #

    def _read_score_pairs(self, rows):
        """Return the scores of two days by (customer and days, kind).

        In SQL: the latest row on or before each day. The customers were found under
        the user's own rules.
        """
        if not rows:
            return {}
        asked = {self._key(row) for row in rows}
        ids, bases, days = (list(column) for column in zip(*asked, strict=True))
        found = self.env.execute_query_dict(
            SQL(
                """SELECT ask.profile_id, ask.base, ask.day, knd.kind,
                          new.scorecard_id AS new_card, new.total AS new_total,
                          new.detail AS new_detail, old.scorecard_id AS old_card,
                          old.total AS old_total, old.detail AS old_detail
                     FROM UNNEST(%(ids)s::int[], %(bases)s::date[], %(days)s::date[])
                          ask(profile_id, base, day)
               CROSS JOIN (VALUES ('tier'), ('health')) knd(kind)
                     JOIN LATERAL (%(new)s) new ON TRUE
                LEFT JOIN LATERAL (%(old)s) old ON TRUE""",
                ids=ids,
                bases=bases,
                days=days,
                new=self._select_score(SQL("ask.day")),
                old=self._select_score(SQL("ask.base")),
            )
        )
        return {
            ((row["profile_id"], row["base"], row["day"]), row["kind"]): row
            for row in found
        }

    def _key(self, row):
        return row["id"], row["base"], row["day"]

    def _select_score(self, day):
        return SQL(
            """SELECT scr.scorecard_id, scr.total, scr.detail FROM customer_score scr
                WHERE scr.profile_id = ask.profile_id AND scr.kind = knd.kind
                  AND scr.date <= %s
             ORDER BY scr.date DESC LIMIT 1""",
            day,
        )

    def _find_move(self, pair, row):
        """Return the metric that moved most, its values and the pair; empty: no score."""
        if not pair:
            return {}
        old = self._get_values(pair["old_card"], pair["old_detail"])
        new = self._get_values(pair["new_card"], pair["new_detail"])
        moved = [
            (row["sign"] * (value["worth"] - old[code]["worth"]), code)
            for code, value in new.items()
            if code in old and self._is_comparable(pair, old[code], value)
        ]
        best, code = max(moved, default=(0, None))
        if best <= 0:
            known = [
                (value["points"], c) for c, value in new.items() if value["points"]
            ]
            code = min(known)[1] if known and row["sign"] < 0 else None
            old = {}
        return {
            "is_weakest": best <= 0,
            "metric": new[code]["metric"] if code else False,
            "old": old.get(code),
            "new": new.get(code),
            "pair": pair,
        }

    def _is_comparable(self, pair, old, new):
        """Return whether two values say something: health leaves unknown ones out."""
        return pair["kind"] == "tier" or (old["points"] and new["points"])

    def _is_weakest(self, move):
        """Return whether nothing moved, so that only the weakest metric is known."""
        return not move or move["is_weakest"]

    def _get_values(self, card_id, detail):
        """Return value, points, reason and weighted points of a score by metric code."""
        # sudo: every user's customers are scored by the same rules
        card = self.env["customer.scorecard"].sudo().browse(card_id or [])
        weights = sum(card.dimension_ids.mapped("weight")) or 1
        values = {}
        for metric in card.dimension_ids.metric_ids:
            dimension = metric.dimension_id
            if not dimension.weight:
                continue
            share = metric.weight / sum(dimension.metric_ids.mapped("weight"))
            value, points, reason = detail["metrics"].get(
                str(metric.id), (None, None, None)
            )
            values[metric.code] = {
                "metric": metric.with_env(self.env),
                "value": value,
                "points": points,
                "reason": reason,
                "worth": (points or card.unknown_points)
                * share
                * dimension.weight
                / weights,
            }
        return values

    def _get_fall(self, move):
        """Return health then and now when it fell by what counts as worse."""
        pair = move and move["pair"]
        if not pair or pair["old_total"] is None or pair["new_total"] is None:
            return False
        if pair["old_card"] != pair["new_card"]:
            return False
        is_fallen = pair["old_total"] - pair["new_total"] >= HEALTH_FALL
        return is_fallen and (pair["old_total"], pair["new_total"])

    def _get_overdue_pair(self, move):
        """Return the overdue share then and now, None where it is unknown."""
        pair = move and move["pair"]
        if not pair:
            return None, None
        shares = []
        for age in ("old", "new"):
            values = self._get_values(pair[f"{age}_card"], pair[f"{age}_detail"])
            shares.append(values.get("overdue_rate", {}).get("value"))
        return shares

    # === FORMATS === #

    def _word_move(self, move):
        """Return "Days late, on average 7 → 31", or what is known of it."""
        if not move or not move["metric"]:
            return ""
        name, new, old = move["metric"].display_name, move["new"], move["old"]
        if new["value"] is None:
            reasons = self.env["customer.explanation"]._get_reasons()
            return self.env._(
                "%(metric)s unknown, %(reason)s",
                metric=name,
                reason=reasons.get(new["reason"], (new["reason"],))[0],
            )
        now = self._format_value(move["metric"].code, new["value"])
        if not old or old["value"] is None:
            return self.env._("%(metric)s %(value)s", metric=name, value=now)
        return self.env._(
            "%(metric)s %(old)s → %(new)s",
            metric=name,
            old=self._format_value(move["metric"].code, old["value"]),
            new=now,
        )

    def _format_value(self, code, value):
        if code in MONEY_METRICS:
            return format_amount(
                self.env,
                round(value),
                self.env.company.currency_id,
                trailing_zeroes=False,
            )
        if code in SHARES:
            return self._format_share(value)
        digits = 0 if code in DAYS else 1
        return self.env["customer.explanation"]._format_number(value, digits)

    def _format_share(self, share):
        number = self.env["customer.explanation"]._format_number(100 * share, 1)
        return f"{number}%"
