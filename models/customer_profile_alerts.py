from odoo import models


class CustomerProfile(models.Model):
    """Alerts go with a customer who becomes part of another."""

    _inherit = "customer.profile"

    def _move_facts(self, survivor):
        """Override: alerts go with the customer; what both have ends for one of them.

        The same gap or event stays with the archived customer; of two alerts of a rule
        that are not over, that of the survivor goes on.
        """
        result = super()._move_facts(survivor)
        alerts = self.env["customer.alert"].with_context(tracking_disable=True)
        kept = alerts.search([("profile_id", "=", survivor.id)])
        keys = {(alert.rule_id, alert.key) for alert in kept}
        going_on = {alert.rule_id for alert in kept if alert._is_going_on()}
        moved = double = alerts
        for alert in alerts.search([("profile_id", "in", self.ids)], order="id"):
            is_same = (alert.rule_id, alert.key) in keys
            if is_same or (alert._is_going_on() and alert.rule_id in going_on):
                double |= alert
            elif alert._is_going_on():
                going_on.add(alert.rule_id)
            if not is_same:
                moved |= alert
                keys.add((alert.rule_id, alert.key))
        double._end_double()
        alerts.flush_model()  # before they meet in the unique index
        moved.profile_id = survivor
        return result
