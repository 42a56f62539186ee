from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerChannel(models.Model):
    """A way in which people talk with customers."""

    _name = "customer.channel"
    _description = "Channel"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name for imports; never changes.")
    sequence = fields.Integer(default=10)
    is_visit = fields.Boolean(
        "Face to Face",
        help="People meet in person. With an executive of each side it counts as an"
        " executive visit. Interactions logged before keep what they were.",
    )
    is_bulk = fields.Boolean(
        "Broadcast",
        help="Reaches many at once: such an interaction never counts as effective."
        " Interactions logged before keep what they were.",
    )
    activity_type_ids = fields.Many2many(
        "mail.activity.type",
        "customer_channel_activity_type_rel",
        "channel_id",
        "activity_type_id",
        "Logged from Activities",
        help="An activity of these types that is marked as done on a customer or on"
        " one of his contacts becomes an interaction over this channel.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (code)", "There is already a channel with this code."
    )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: interactions count whoever may see them
        interactions_sudo = self.env["customer.interaction"].sudo()
        used = interactions_sudo.with_context(active_test=False).search(
            [("channel_id", "in", self.ids)], limit=1
        )
        if used:
            raise UserError(
                self.env._(
                    "%s was used in interactions: archive it instead of deleting it.",
                    used.channel_id.name,
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _get_by_code(self, code):
        """Return the channel of a code, else the first one; archived ones too."""
        channels = self.with_context(active_test=False).search([("code", "=", code)])
        return channels or self.search([], limit=1)
