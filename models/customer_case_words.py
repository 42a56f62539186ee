from odoo import api, fields, models


class CustomerCase(models.Model):
    """A case in words, for its cards and the panel of its customer."""

    _inherit = "customer.case"

    when_text = fields.Char("Promised Until", compute="_compute_when_text")

    # === COMPUTE METHODS === #

    @api.depends("next_due_datetime", "next_target", "waiting_reason")
    @api.depends_context("lang")
    def _compute_when_text(self):
        now = fields.Datetime.now()
        for case in self:
            case.when_text = case._say_when(now)

    # === BUSINESS METHODS === #

    def _describe(self):
        """Return what the panel shows of one case."""
        self.ensure_one()
        return {
            "id": self.id,
            "title": self.display_name,
            "kind": self._get_label("kind"),
            "state": self._get_label("state"),
            "light": self.light,
            "label": "" if self.light == "none" else self._get_label("light"),
            "when": self.when_text,
            "user": self.user_id.name or "",
        }

    def _say_when(self, now):
        """Return what is promised next and until when, in words."""
        due = self.next_due_datetime
        if not due:
            return self.waiting_reason or ""
        hours = self.env["customer.commitment"]._say_hours(abs(due - now))
        words = {"target": self._get_label("next_target"), "hours": hours}
        if due < now:
            return self.env._("%(target)s late by %(hours)s", **words)
        return self.env._("%(target)s in %(hours)s", **words)
