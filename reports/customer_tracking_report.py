from babel.dates import format_skeleton
from odoo import models
from odoo.tools.misc import babel_locale_parse

from ..const import TRACKING_PAPER_ROWS
from .customer_tier_review_pages import LINE, ROW, count_lines, paginate

# Letters that fit into a line of each column of the paper.
WIDTHS = {
    "customer": 21,
    "tier": 11,
    "decision_makers": 14,
    "goals": 27,
    "name": 29,
    "responsible": 13,
    "deadline": 14,
    "feedback": 22,
    "effect": 12,
}
# Title of the paper and the line below it.
FRONT = 70
# Core actions that stand together; a page break may come after them.
ACTIONS_TOGETHER = 10


class CustomerTrackingReport(models.AbstractModel):
    """The strategy tracking table on paper: nine columns, A4 landscape."""

    _name = "report.customer_success.report_customer_tracking"
    _description = "Strategy Tracking Table on Paper"

    def _get_report_values(self, docids, data=None):
        # searched for again: rows of others are left out, the highest tiers first
        trackings = self.env["customer.tracking"].search([("id", "in", docids)])
        self.env["customer.tracking"].browse(docids).check_access("read")
        printed = trackings[:TRACKING_PAPER_ROWS]
        rows = self.env["customer.tracking.reader"]._read_rows(printed)
        more = len(trackings) - len(printed)
        return {
            "doc_ids": docids,
            "docs": trackings,
            "tables": [
                self._prepare_table(company, month, found, rows)
                for (company, month), found in printed.grouped(
                    lambda row: (row.company_id, row.month)
                ).items()
            ],
            "more": more and self.env._("And %s more customers.", more),
        }

    def _prepare_table(self, company, month, trackings, rows):
        """Return the pages of a company and month: tables that no page break cuts."""
        blocks = [
            (block, self._get_height(block))
            for tracking in trackings
            for block in self._prepare_blocks(tracking, rows[tracking.id])
        ]
        return {
            "company": company.name,
            "month": self._format_month(month),
            "date": company._get_customer_today(),
            "count": len(trackings),
            "pages": [
                [block for _name, page_blocks in page for block in page_blocks]
                for page in paginate([("", blocks)], FRONT)
            ],
        }

    def _format_month(self, month):
        """Return a month as people write it: November 2026, 2026年11月."""
        locale = babel_locale_parse(self.env.lang or "en_US")
        return format_skeleton("yMMMM", month, locale=locale)

    def _prepare_blocks(self, tracking, row):
        """Return a customer in blocks of a few core actions, one block at least."""
        actions = row.actions or [None]
        return [
            {
                # sudo: the name of a customer he may see
                "customer": tracking.partner_id.sudo().display_name,
                "tier": tracking.tier_id.name or self.env._("Not rated"),
                "decision_makers": row.decision_makers,
                "goals": row.goals,
                "lines": [
                    self._prepare_line(action, row)
                    for action in actions[start : start + ACTIONS_TOGETHER]
                ],
                "effect": row.effect,
            }
            for start in range(0, len(actions), ACTIONS_TOGETHER)
        ]

    def _prepare_line(self, action, row):
        if action is None:
            return {
                "name": "",
                "responsible": row.responsible,
                "deadline": "",
                "feedback": row.talk,
                "is_late": False,
            }
        return {
            "name": action.name,
            "responsible": action.responsible,
            "deadline": action.deadline,
            "feedback": action.feedback
            or (row.talk if action is row.actions[0] else ""),
            "is_late": action.is_late,
        }

    def _get_height(self, block):
        around = max(
            count_lines(block["customer"], WIDTHS["customer"]),
            count_lines(block["tier"], WIDTHS["tier"]),
            count_lines(block["effect"], WIDTHS["effect"]),
            *(
                sum(count_lines(text, WIDTHS[name]) for text in block[name])
                for name in ("decision_makers", "goals")
            ),
        )
        lines = [
            max(
                count_lines(line[name], WIDTHS[name])
                for name in ("name", "responsible", "deadline", "feedback")
            )
            for line in block["lines"]
        ]
        inner = sum(ROW + LINE * (count - 1) for count in lines)
        return max(ROW + LINE * (around - 1), inner)
