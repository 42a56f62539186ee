from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

LIGHTS = [
    ("late", "Past Due"),
    ("soon", "Due Soon"),
    ("fine", "On Track"),
    ("paused", "Paused"),
    ("kept", "Kept in Time"),
    ("kept_late", "Kept Late"),
    ("cancelled", "Cancelled"),
]
# A promise without a warning of its own turns yellow so many hours before.
SOON_HOURS = 24


class CustomerCommitment(models.Model):
    """The traffic light of a promise: yellow before it is late, red as soon as it is.

    Worked out when somebody looks, so it never waits for the job.
    """

    _inherit = "customer.commitment"

    light = fields.Selection(
        LIGHTS, "Situation", compute="_compute_light", search="_search_light"
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "due_datetime", "escalate_datetime", "is_breached")
    def _compute_light(self):
        now = fields.Datetime.now()
        for promise in self:
            promise.light = promise._get_light(now)

    def _get_light(self, now):
        """Return the light of one promise at an instant, also between two jobs."""
        if self.state == "met":
            return "kept_late" if self.is_breached else "kept"
        if self.state in ("paused", "cancelled"):
            return self.state
        due = self.due_datetime
        if self.state == "breached" or (due and due < now):
            return "late"
        warn = self.escalate_datetime or (due and due - timedelta(hours=SOON_HOURS))
        return "soon" if not due or warn <= now else "fine"

    def _search_light(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        soon = fields.Datetime.add(now, hours=SOON_HOURS)
        running = Domain("state", "=", "running")
        late = Domain("state", "=", "breached") | (
            running & Domain("due_datetime", "<", now)
        )
        warned = (
            Domain("due_datetime", "=", False)
            | Domain("escalate_datetime", "<=", now)
            | Domain("escalate_datetime", "=", False)
            & Domain("due_datetime", "<=", soon)
        )
        met = Domain("state", "=", "met")
        domains = {
            "late": late,
            "soon": running & ~late & warned,
            "fine": running & ~late & ~warned,
            "paused": Domain("state", "=", "paused"),
            "kept": met & Domain("is_breached", "=", False),
            "kept_late": met & Domain("is_breached", "=", True),
            "cancelled": Domain("state", "=", "cancelled"),
        }
        return Domain.OR(domains[name] for name in value if name in domains)
