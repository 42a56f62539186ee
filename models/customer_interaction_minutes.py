from odoo import api, fields, models
from odoo.tools import is_html_empty


class CustomerInteraction(models.Model):
    """A visit tells its clock what became of its minutes."""

    _inherit = "customer.interaction"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        interactions = super().create(vals_list)
        interactions.filtered("channel_id.is_visit")._follow_minutes()
        return interactions

    def write(self, vals):
        result = super().write(vals)
        if {
            "state", "active", "content", "feedback", "channel_id", "is_bulk",
            "interaction_datetime", "calendar_event_id",
        } & set(vals):  # fmt: skip
            self._follow_minutes()
        return result

    def unlink(self):
        promises_sudo = self.env[
            "customer.commitment"
        ].sudo()  # sudo: kept by the system
        promises_sudo.search([("interaction_id", "in", self.ids)])._cancel()
        return super().unlink()

    def _follow_minutes(self):
        self.env["customer.commitment"]._follow_visits(self, fields.Datetime.now())

    # === BUSINESS METHODS === #

    def _get_end(self):
        """Return when the conversation was over, as far as that is known."""
        self.ensure_one()
        moment = self.interaction_datetime
        stop = self.calendar_event_id.stop
        return max(moment, stop) if stop else moment

    def _has_minutes(self):
        """Return whether somebody confirmed it and wrote down what was said."""
        self.ensure_one()
        return self.state == "confirmed" and bool(
            not is_html_empty(self.content) or (self.feedback or "").strip()
        )

    def _prepare_minutes(self):
        """Return the promise to write down what was said: of who took part."""
        self.ensure_one()
        owner = self.profile_id.user_id
        people = self.user_ids.filtered(lambda user: user.active and not user.share)
        return {
            "profile_id": self.profile_id.id,
            "kind": "visit",
            "target": "minutes",
            "res_model": self._name,
            "res_id": self.id,
            "interaction_id": self.id,
            "calendar_event_id": self.calendar_event_id.id,
            "start_datetime": self._get_end(),
            "user_id": (people & owner or people[:1] or owner).id,
        }
