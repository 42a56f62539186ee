from odoo import fields, models


class CustomerCareAction(models.Model):
    """An action tells its clock what became of it."""

    _inherit = "customer.care.action"

    # === CRUD METHODS === #

    def unlink(self):
        promises_sudo = self.env[
            "customer.commitment"
        ].sudo()  # sudo: kept by the system
        promises_sudo.search([("action_id", "in", self.ids)])._cancel()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _after_end(self, state):
        """Override: the promise is kept or taken back; a visit wants its minutes."""
        result = super()._after_end(state)
        self.env["customer.commitment"]._follow_actions(self)
        if state == "done":
            self._follow_visits()
        return result

    def _follow_changes(self):
        """Override: the clock follows the responsible person, deadline and status."""
        result = super()._follow_changes()
        self.env["customer.commitment"]._follow_actions(self)
        return result

    def _after_plan(self):
        """Override: the promises of a plan that is over are taken back."""
        result = super()._after_plan()
        self.env["customer.commitment"]._follow_actions(self)
        return result

    def _follow_visits(self):
        """Start the clock of the minutes of visits, also over another channel."""
        visits_sudo = self.sudo().filtered("kind_id.is_visit")  # sudo: as the job does
        if visits_sudo.interaction_id:
            self.env["customer.commitment"]._follow_visits(
                visits_sudo.interaction_id, fields.Datetime.now(), force=True
            )
