from odoo import fields, models


class CustomerStakeholder(models.Model):
    """The way from a role in the decision chain to what is known about the person."""

    _inherit = "customer.stakeholder"

    can_open_personal_data = fields.Boolean(
        related="profile_id.can_open_personal_data", related_sudo=False
    )

    def action_open_personal_data(self):
        """Open what the first responsible person recorded about this person."""
        self.ensure_one()
        self.check_access("read")
        self.profile_id._check_personal_data()
        return self.profile_id._open_personal_data_of(self.partner_id)
