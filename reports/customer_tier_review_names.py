from odoo import fields, models

from ..periods import day_start_utc


class CustomerTierReview(models.AbstractModel):
    """Who moved up or down and why, whose tier is held, what waits."""

    _inherit = "report.customer_success.report_customer_tier_review"

    # === NAMES === #

    def _get_moves(self, rows, codes, company, before, date):
        """Return who moved up and who down, the largest amounts first."""
        moved = []
        for row in rows:
            if row["old"] and row["new"] and row["old"] != row["new"]:
                sign = codes.index(row["old"]) - codes.index(row["new"])
                sign = 1 if sign > 0 else -1
                moved.append({**row, "base": before, "day": date, "sign": sign})
        moved.sort(key=lambda row: (-row["amount"], row["id"]))
        self._add_reasons(moved, before, date)
        for row in moved:
            row["amount_text"] = self._format_money(row["amount"], company)
        return {
            "ups": [row for row in moved if row["sign"] > 0],
            "downs": [row for row in moved if row["sign"] < 0],
            "firsts": sum(not row["old"] for row in rows),
            "cleared": sum(not row["new"] for row in rows),
        }

    def _add_reasons(self, moved, before, date):
        """Add totals, the metric that moved most and what let the tier move."""
        overview = self.env["customer.overview"]
        profiles = self.env["customer.profile"].browse([row["id"] for row in moved])
        pairs = overview._read_score_pairs(moved)
        changes = self.env["customer.tier.change"].search(
            [
                ("profile_id", "in", profiles.ids),
                ("date", ">", before),
                ("date", "<=", date),
            ],
            order="date, id",
        )
        last = {change.profile_id.id: change for change in changes}
        labels = dict(changes._fields["reason"]._description_selection(self.env))
        for row, profile in zip(moved, profiles, strict=True):
            pair = pairs.get((overview._key(row), "tier")) or {}
            row |= {
                "name": profile.display_name,
                "user": profile.user_id.name or "",
                "total_old": self._format_total(pair.get("old_total")),
                "total_new": self._format_total(pair.get("new_total")),
                "why": self._word_reason(row, pair),
            }
            reason = last[profile.id].reason if profile.id in last else "review"
            row["by"] = labels[reason] if reason != "review" else ""

    def _word_reason(self, row, pair):
        """Return the one sentence why a tier moved."""
        overview = self.env["customer.overview"]
        if row["sign"] < 0 and self._is_capped(pair, row["new"]):
            return self.env._("No sale in 12 months")
        return overview._word_move(overview._find_move(pair, row))

    def _is_capped(self, pair, code):
        """Return whether the total alone would have given a higher tier."""
        if not pair:
            return False
        # sudo: every user's customers are scored by the same rules
        card = self.env["customer.scorecard"].sudo().browse(pair["new_card"])
        earned = card.tier_ids.filtered(
            lambda tier: tier.lower_bound <= (pair["new_total"] or 0)
        ).sorted("lower_bound")[-1:]
        return code == card.dormant_tier_code and earned.code != code

    # === REQUESTS === #

    def _get_requests(self, company, date):
        """Return tiers held by a request on the day, and what waits for approval."""
        zone = company._get_customer_tz()
        end = day_start_utc(fields.Date.add(date, days=1), zone)
        requests = self.env["customer.tier.request"]
        own = [("company_id", "=", company.id)]
        held = requests.search(
            [
                *own,
                ("kind", "=", "wish"),
                ("state", "in", ("approved", "ended")),
                ("decided_datetime", "<", end),
                ("date_end", ">=", date),
            ],
            order="date_end, id",
        )
        waiting = requests.search([*own, ("state", "=", "waiting")], order="id")
        return {"held": held, "waiting": waiting}
