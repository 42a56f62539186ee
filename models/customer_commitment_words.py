from odoo import models
from odoo.tools import format_datetime


class CustomerCommitment(models.Model):
    """A promise in words, for the panel of its customer."""

    _inherit = "customer.commitment"

    def _describe(self, now):
        """Return what the panel shows of one promise."""
        self.ensure_one()
        light = self._get_light(now)
        return {
            "id": self.id,
            "title": self.title,
            "light": light,
            "label": dict(self._fields["light"]._description_selection(self.env))[
                light
            ],
            "when": self._say_when(now, light),
            # whose customer it is the page says already
            "user": ""
            if self.user_id == self.profile_id.user_id
            else self.user_id.name or "",
        }

    def _say_when(self, now, light):
        """Return when the promise is due or since when it is late, in words."""
        if light == "paused":
            return self.pause_ids[-1:].reason or ""
        due = self.due_datetime
        if not due:
            return self.env._("no due time: nobody works in these hours")
        if light == "late":
            return self.env._("late by %s", self._say_hours(now - due))
        if (due - now).days < 1:
            return self.env._("due in %s", self._say_hours(due - now))
        return self.env._("due %s", format_datetime(self.env, due, dt_format="short"))

    def _say_hours(self, delta):
        """Return a duration in minutes, hours or days, whichever says it best."""
        minutes = int(delta.total_seconds() // 60)
        if minutes < 60:
            return self.env._("%s min", minutes)
        if minutes < 48 * 60:
            return self.env._("%s h", minutes // 60)
        return self.env._("%s days", minutes // (24 * 60))
