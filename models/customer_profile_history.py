from itertools import pairwise

from odoo import api, models
from odoo.tools import SQL, format_date


class CustomerProfile(models.Model):
    """The score history of a customer as two charts: tier total and health.

    Words are put together here, shapes on the screen. A score holds until the next
    row, so lines are steps. Customers merged into this one have lines of their own:
    their points are not his.
    """

    _inherit = "customer.profile"

    @api.readonly
    def get_score_history(self):
        """Return bands, lines, scorecard and tier changes of a customer by kind.

        As many statements for one score as for hundreds.
        """
        self.ensure_one()
        self.check_access("read")
        family = self._with_merged()
        rows = self._read_history(family)
        return {
            "today": self.company_id._get_customer_today().isoformat(),
            "charts": [
                self._prepare_chart(kind, kind_rows, family)
                for kind in ("tier", "health")
                if (kind_rows := [row for row in rows if row["kind"] == kind])
            ],
        }

    def _read_history(self, family):
        """Return score rows, oldest first; their rights are those of the customer.

        In SQL: an unknown total stays unknown.
        """
        self.env["customer.score"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """SELECT scr.profile_id, scr.kind, scr.date, scr.total::float8,
                          scr.scorecard_id, scr.tier_id, scr.health
                     FROM customer_score scr
                    WHERE scr.profile_id = ANY(%s)
                 ORDER BY scr.date, scr.profile_id""",
                family.ids,
            )
        )

    def _prepare_chart(self, kind, rows, family):
        own = [row for row in rows if row["profile_id"] == self.id]
        segments = self._get_card_segments(own or rows)
        # sudo: the rules by which a customer was scored are for those who see him
        cards_sudo = self.env["customer.scorecard"].sudo()
        is_tier = kind == "tier"
        return {
            "kind": kind,
            "title": self.env._("Tier total") if is_tier else self.env._("Health"),
            "max": max(
                cards_sudo.browse(segment["card"]).max_total for segment in segments
            )
            if is_tier
            else 100,
            "bands": [
                {**band, "from": segment["from"], "to": segment["to"]}
                for segment in segments
                for band in self._get_bands(cards_sudo.browse(segment["card"]))
            ],
            "cards": [
                {
                    "date": segment["from"],
                    "text": self.env._(
                        "%(date)s: new scorecard, %(card)s",
                        date=format_date(self.env, segment["from"]),
                        card=cards_sudo.browse(segment["card"]).display_name,
                    ),
                }
                for segment in segments[1:]
            ],
            "lines": [
                self._prepare_line(profile, member_rows)
                for profile in family
                if (
                    member_rows := [
                        row for row in rows if row["profile_id"] == profile.id
                    ]
                )
            ],
            "changes": self._get_changes(family) if is_tier else [],
        }

    def _get_card_segments(self, rows):
        """Return from when to when each scorecard version scored; the last to today."""
        starts = [
            row
            for row, before in zip(rows, [None, *rows[:-1]], strict=True)
            if not before or before["scorecard_id"] != row["scorecard_id"]
        ]
        return [
            {
                "card": row["scorecard_id"],
                "from": row["date"].isoformat(),
                "to": after and after["date"].isoformat(),
            }
            for row, after in pairwise([*starts, None])
        ]

    def _get_bands(self, card):
        """Return name and bounds of the tiers or health bands of a scorecard."""
        if card.kind == "tier":
            names = card._get_labels(card.id, self.env.lang)["tiers"]
            bounds = [
                (tier.lower_bound, names[tier.id], f"tier_{number}")
                for number, tier in enumerate(card.tier_ids.sorted("lower_bound"))
            ]
        else:
            labels = dict(self._fields["health"]._description_selection(self.env))
            bounds = [
                (0, labels["at_risk"], "at_risk"),
                (card.watch_bound, labels["watch"], "watch"),
                (card.healthy_bound, labels["healthy"], "healthy"),
            ]
        return [
            {"low": low, "high": after and after[0], "name": name, "css": css}
            for (low, name, css), after in pairwise([*bounds, None])
        ]

    def _prepare_line(self, profile, rows):
        """Return the points of one customer; a merged one has a name and an end."""
        tiers_sudo = self.env["customer.tier"].sudo()  # sudo: their names
        health = dict(self._fields["health"]._description_selection(self.env))
        return {
            "name": profile.display_name if profile != self else "",
            "is_open": profile == self and profile.active,
            "points": [
                {
                    "date": row["date"].isoformat(),
                    "total": row["total"],
                    "text": self._describe_point(
                        row,
                        tiers_sudo.browse(row["tier_id"]).name
                        or health.get(row["health"], ""),
                    ),
                }
                for row in rows
            ],
        }

    def _describe_point(self, row, band):
        number = self.env["customer.explanation"]._format_number(row["total"], 2)
        return self.env._(
            "%(date)s: %(total)s, %(band)s",
            date=format_date(self.env, row["date"]),
            total=number or self.env._("Unknown"),
            band=band or "–",
        )

    def _get_changes(self, family):
        """Return the tier changes with their reasons."""
        changes = self.env["customer.tier.change"].search_fetch(
            [("profile_id", "in", family.ids)],
            ["date", "from_tier_id", "to_tier_id", "total", "direction", "reason"],
            order="date, id",
        )
        reasons = dict(changes._fields["reason"]._description_selection(self.env))
        nothing = self.env._("not rated")
        number = self.env["customer.explanation"]._format_number
        return [
            {
                "date": change.date.isoformat(),
                "total": change.to_tier_id and change.total,
                "direction": change.direction,
                "text": self.env._(
                    "%(date)s: %(old)s → %(new)s, total %(total)s, %(reason)s",
                    date=format_date(self.env, change.date),
                    old=change.from_tier_id.name or nothing,
                    new=change.to_tier_id.name or nothing,
                    total=number(change.total, 2) if change.to_tier_id else "–",
                    reason=reasons[change.reason],
                ),
            }
            for change in changes
        ]
