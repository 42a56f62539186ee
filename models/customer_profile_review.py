from odoo import models


class CustomerProfile(models.Model):
    """The evaluations of a customer."""

    _inherit = "customer.profile"

    def _get_satisfaction(self, start=None, end=None):
        """Return what these customers answered when they were asked.

        Hook: satisfaction answers fill it, ``{profile id: {"nps" and "satisfaction":
        (now, before, count)}}`` with pairs of value and state. Nobody has been asked
        yet, so everything is "to be evaluated".
        """
        return {}

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
