from odoo import models
from odoo.tools import SQL, format_date

from ..periods import past_quarter_ends
from .customer_tier_review_pages import get_front_height, get_height, paginate

# Above this number of customers the facts of all are read: faster than by contact.
READ_ALL = 5000


class CustomerTierReview(models.AbstractModel):
    """The quarterly tier review: who stood where, who moved, by how much and why.

    Everybody gets it about the customers he may see. Tiers are those in force at the
    end of each day; amounts are worked out as of the review day from the documents.
    """

    _name = "report.customer_success.report_customer_tier_review"
    _description = "Tier Review on Paper"

    def _get_report_values(self, docids, data=None):
        wizards = self.env["customer.tier.review.print"].browse(docids)
        wizards.check_access("read")
        reviews = [
            self.with_company(wizard.company_id)._get_review(
                wizard.company_id, wizard.date
            )
            for wizard in wizards
        ]
        return {"doc_ids": docids, "docs": wizards, "reviews": reviews}

    def _get_review(self, company, date):
        """Return everything that one review shows."""
        before = past_quarter_ends(date, 1)[0]
        tiers = self._get_tiers(company)
        rows = self._read_tiers(company, before, date)
        self._add_amounts(company, date, rows)
        codes = self._get_codes(tiers, rows)
        review = {
            "company": company,
            "date": date,
            "before": before,
            "count": len(rows),
            "unknown": sum(row["is_unknown"] for row in rows),
            "names": {tier.code: tier.name for tier in tiers},
            "codes": codes,
            "high": self.env["customer.overview"]._get_high_tiers(tiers).mapped("code"),
            **self._get_matrix(rows, codes, company),
            **self._get_moves(rows, codes, company, before, date),
            **self._get_requests(company, date),
        }
        review["structure"] = self._get_structure(rows, review)
        review["share"] = self._get_high_share(rows, review["high"])
        review["pages"] = self._get_pages(review)
        review["texts"] = self._get_texts(review)
        return review

    def _get_texts(self, review):
        """Return the sentences with numbers in them."""
        old, new = (review["share"][side] for side in ("old", "new"))
        unknown = review["unknown"]
        return {
            "count": self.env._(
                "Rated customers that %(person)s may see: %(count)s",
                count=review["count"],
                person=self.env.user.name,
            ),
            "firsts": self.env._("%s rated for the first time", review["firsts"]),
            "cleared": self.env._("%s no longer rated", review["cleared"]),
            "high": self.env._("High-end customers (%s)", " + ".join(review["high"])),
            "high_counts": self.env._(
                "%(old)s of %(old_all)s → %(new)s of %(new_all)s",
                old=old["count"],
                old_all=old["rated"],
                new=new["count"],
                new_all=new["rated"],
            ),
            "held": self.env._("%s held", len(review["held"])),
            "waiting": self.env._(
                "%s waiting for a decision today", len(review["waiting"])
            ),
            "amounts": self.env._(
                "Number of customers, and their amount in the 12 months up to %s.",
                format_date(self.env, review["date"]),
            ),
            "unknown": unknown
            and self.env._(
                "The amount of %s customers is unknown and counts as nothing.", unknown
            ),
        }

    def _get_pages(self, review):
        """Return the tables of names by page, each as (section, rows)."""
        moves, asked = (
            [
                (
                    name,
                    [(row, self._get_row_height(row)) for row in review[name]],
                )
                for name in names
            ]
            for names in (("ups", "downs"), ("held", "waiting"))
        )
        used = get_front_height(len(review["matrix"]), len(review["structure"]))
        return paginate(moves + asked, used)

    def _get_row_height(self, row):
        if isinstance(row, dict):
            texts, extra = (row["name"], row["why"], row["user"]), bool(row["by"])
        else:
            texts = (row.profile_id.display_name, row.reason, row.decider_id.name)
            extra = 0
        return get_height(texts, extra)

    def _get_tiers(self, company):
        card = self.env["customer.scorecard"]._get_active(company, "tier")
        return card.tier_ids.sorted("lower_bound", reverse=True)

    def _get_codes(self, tiers, rows):
        """Return tier codes from the highest, old ones last, then not rated."""
        codes = tiers.mapped("code")
        found = {row[side] for row in rows for side in ("old", "new")} - {None}
        return [*codes, *sorted(found - set(codes)), None]

    # === READING === #

    def _read_tiers(self, company, before, date):
        """Return the customers with the codes of their tiers at the end of two days.

        In SQL because the ORM cannot take the last change of each customer; rights
        come with the subselect of visible customers.
        """
        self.env.flush_all()
        visible = self.env["customer.profile"]._search(
            [("company_id", "=", company.id)]
        )
        latest = """SELECT tir.code
                      FROM customer_tier_change chg
                 LEFT JOIN customer_tier tir ON tir.id = chg.to_tier_id
                     WHERE chg.profile_id = pro.id AND chg.date <= %s
                  ORDER BY chg.date DESC, chg.id DESC LIMIT 1"""
        return self.env.execute_query_dict(
            SQL(
                """SELECT pro.id, pro.partner_id, old.code AS old, new.code AS new
                     FROM customer_profile pro
                LEFT JOIN LATERAL (%(old)s) old ON TRUE
                LEFT JOIN LATERAL (%(new)s) new ON TRUE
                    WHERE pro.id IN %(visible)s
                      AND (old.code IS NOT NULL OR new.code IS NOT NULL)
                 ORDER BY pro.id""",
                old=SQL(latest, before),
                new=SQL(latest, date),
                visible=visible.subselect(),
            )
        )

    def _add_amounts(self, company, date, rows):
        """Add the amount of 12 months as of the day; unknown ones count as 0."""
        facts = self.env["customer.facts"]
        partner_ids = [row["partner_id"] for row in rows]
        scope = facts._prepare_scope(
            company, date, partner_ids if len(partner_ids) <= READ_ALL else None
        )
        amounts = dict(
            self.env.execute_query(
                SQL(
                    "SELECT profile_id, amount_12m FROM (%s) met",
                    facts._select_metrics(scope),
                )
            )
        )
        for row in rows:
            amount = amounts.get(row["id"])
            row |= {"amount": float(amount or 0), "is_unknown": amount is None}

    # === STRUCTURE === #

    def _get_matrix(self, rows, codes, company):
        """Return rows of cells (count, amount, which way), by tier before and now."""
        matrix = []
        for number, old in enumerate(codes):
            cells = []
            for other, new in enumerate(codes):
                found = [row for row in rows if (row["old"], row["new"]) == (old, new)]
                way = (number > other) - (number < other)
                cells.append(
                    {
                        "count": len(found),
                        "amount": self._format_sum(found, company),
                        "way": ("stay", "up", "down")[way] if old and new else "stay",
                    }
                )
            matrix.append(
                {"code": old, "cells": cells, "count": sum(c["count"] for c in cells)}
            )
        # old tiers and "not rated" only where somebody is
        kept = [n for n, code in enumerate(codes) if self._is_used(code, matrix, n)]
        return {
            "columns": [codes[n] for n in kept],
            "matrix": [
                {**matrix[n], "cells": [matrix[n]["cells"][m] for m in kept]}
                for n in kept
            ],
            "counts_now": [
                sum(line["cells"][n]["count"] for line in matrix) for n in kept
            ],
        }

    def _is_used(self, code, matrix, number):
        return bool(
            code
            or matrix[number]["count"]
            or any(line["cells"][number]["count"] for line in matrix)
        )

    def _get_structure(self, rows, review):
        """Return per tier how many customers and what share, before and now."""
        rated = {side: [r for r in rows if r[side]] for side in ("old", "new")}
        whole = sum(row["amount"] for row in rated["new"])
        lines = []
        for code in review["codes"]:
            if not code:
                continue
            old = [row for row in rated["old"] if row["old"] == code]
            new = [row for row in rated["new"] if row["new"] == code]
            amount = sum(row["amount"] for row in new)
            lines.append(
                {
                    "code": code,
                    "old": len(old),
                    "new": len(new),
                    "share_old": self._format_share(len(old), len(rated["old"])),
                    "share_new": self._format_share(len(new), len(rated["new"])),
                    "amount": self._format_sum(new, review["company"]),
                    "share_amount": self._format_share(amount, whole),
                }
            )
        return lines

    def _get_high_share(self, rows, high):
        """Return the share of customers in the high tiers, of all rated ones."""
        shares = {}
        for side in ("old", "new"):
            rated = [row for row in rows if row[side]]
            count = sum(row[side] in high for row in rated)
            shares[side] = {
                "count": count,
                "rated": len(rated),
                "text": self._format_share(count, len(rated)),
            }
        return shares

    # === FORMATS === #

    def _format_total(self, total):
        if total is None:
            return "–"
        return self.env["customer.explanation"]._format_number(total, 2)

    def _format_sum(self, rows, company):
        return self._format_money(sum(row["amount"] for row in rows), company)

    def _format_money(self, amount, company):
        return self.env["customer.explanation"]._format_money(
            round(amount), company.currency_id
        )

    def _format_share(self, part, whole):
        if not whole:
            return "–"
        number = self.env["customer.explanation"]._format_number(100 * part / whole, 1)
        return f"{number}%"
