from odoo import models
from odoo.tools import SQL

from ..periods import period_before


class CustomerProfile(models.Model):
    """The evaluations of a customer."""

    _inherit = "customer.profile"

    def _get_satisfaction(self, start, end):
        """Return what these customers answered in ``[start, end]`` and before.

        Satisfaction as the mean of CSAT scores (0-100), NPS as the share of promoters
        less that of detractors (-100 to 100). Without an answer: to be evaluated.

        :return: ``{profile id: {"nps" and "satisfaction": (now, before, count)}}``,
            pairs of value and state, customers with an answer only
        """
        self.env["customer.satisfaction"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT sat.profile_id, sat.measure, sat.date >= %(start)s AS is_now,
                          COUNT(*) AS count,
                          CASE sat.measure WHEN 'csat' THEN ROUND(AVG(sat.score), 2)
                               ELSE ROUND(100.0 * (
                                   COUNT(*) FILTER (WHERE sat.band = 'promoter')
                                   - COUNT(*) FILTER (WHERE sat.band = 'detractor')
                                   ) / COUNT(*), 2) END AS value
                     FROM customer_satisfaction sat
                    WHERE sat.profile_id = ANY(%(profiles)s) AND sat.active
                      AND sat.date >= %(before)s AND sat.date <= %(end)s
                 GROUP BY sat.profile_id, sat.measure, is_now""",
                start=start,
                before=period_before(start, end),
                end=end,
                profiles=self.ids,
            )
        )
        missing = (None, "to_evaluate")
        result = {}
        for row in rows:
            key = "satisfaction" if row["measure"] == "csat" else row["measure"]
            mine = result.setdefault(row["profile_id"], {})
            now, before, count = mine.get(key, (missing, missing, None))
            value = (float(row["value"]), "known")
            mine[key] = (
                (value, before, row["count"]) if row["is_now"] else (now, value, count)
            )
        return result

    def action_open_reviews(self):
        """Open the evaluations of this customer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_review_action"
        )
        action["domain"] = [("profile_id", "=", self.id)]
        action["context"] = {"default_profile_id": self.id}
        return action

    def _move_facts(self, survivor):
        """Override: evaluations go with the customer.

        Where both have one of a period, that of the merged customer stays with him:
        what was held is never lost. Figures stay as they were frozen.
        """
        result = super()._move_facts(survivor)
        reviews = self.env["customer.review"]
        taken = set(
            reviews.search([("profile_id", "=", survivor.id)]).mapped("date_to")
        )
        for review in reviews.search([("profile_id", "in", self.ids)], order="id desc"):
            if review.date_to in taken:
                review._get_automated_activities().unlink()
                continue
            taken.add(review.date_to)
            review.profile_id = survivor
            review.indicator_ids.profile_id = survivor
            review.decision_ids.profile_id = survivor
        return result
