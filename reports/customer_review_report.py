from odoo import models
from odoo.tools import format_date


class CustomerReviewReport(models.AbstractModel):
    """An evaluation on paper, for us: figures, goals, causes, decisions.

    What a birthday was to be cared for with is left out: paper is passed on.
    """

    _name = "report.customer_success.report_customer_review"
    _description = "Evaluation on Paper"

    def _get_report_values(self, docids, data=None):
        reviews = self.env["customer.review"].browse(docids)
        reviews.check_access("read")
        return {
            "doc_ids": docids,
            "docs": reviews,
            "pages": [self._prepare_page(review) for review in reviews],
        }

    def _prepare_page(self, review):
        groups = dict(
            review.indicator_ids._fields["group"]._description_selection(self.env)
        )
        keys = dict(
            review.indicator_ids._fields["key"]._description_selection(self.env)
        )
        return {
            "review": review,
            # sudo: names, of a customer and colleagues the reader may know
            "customer": review.profile_id.partner_id.sudo().display_name,
            "tier": review.tier_id.name or self.env._("Not rated"),
            "participants": ", ".join(review.user_ids.sudo().mapped("name")),
            "compliance": review.compliance_state == "known"
            and f"{round(100 * review.compliance_rate, 1):g}%",
            "groups": [
                {
                    "name": groups[group],
                    "lines": [
                        {
                            "name": keys[line.key],
                            "value": line.value_text,
                            "before": line.before_text,
                            "records": line.source_count or "",
                        }
                        for line in lines
                    ],
                }
                for group, lines in review.indicator_ids.grouped("group").items()
            ],
            "goals": [
                {
                    "name": goal.name,
                    "baseline": goal.baseline_text,
                    "target": goal.target_text,
                    "achieved": goal.achieved_text,
                }
                for goal in review.goal_ids
            ],
            "unmet": self._prepare_unmet(review),
            "decisions": [
                {
                    "name": decision.name,
                    # sudo: the name of a colleague
                    "responsible": decision.user_id.sudo().name,
                    "deadline": format_date(self.env, decision.date_deadline),
                }
                for decision in review.decision_ids
            ],
        }

    def _prepare_unmet(self, review):
        """Return the unmet actions with their causes, those that may be printed."""
        actions = review.unmet_action_ids._filtered_access("read")
        return [
            {
                "name": action.name,
                # sudo: the name of a colleague
                "responsible": action.user_id.sudo().name or "",
                "deadline": format_date(self.env, action.date_deadline),
                "cause": action.cause_id.name or self.env._("Cause not entered"),
                "note": action.cause_note or "",
            }
            for action in actions.filtered(lambda row: not row.is_personal)
        ]
