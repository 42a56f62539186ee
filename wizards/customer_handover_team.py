from odoo import models


class CustomerHandover(models.TransientModel):
    _inherit = "customer.handover"

    def _get_open_points(self, profile):
        """Override to name who of us stays with the customer, whoever leaves."""
        points = super()._get_open_points(profile)
        day = profile.company_id._get_customer_today()
        members = profile.team_member_ids.filtered(
            lambda member: (
                member.user_id != self.from_user_id
                and not member.is_gone
                and member.date_from <= day
                and (not member.date_to or member.date_to > day)
            )
        )
        if members:
            points.append(
                self.env._("Our team: %s", ", ".join(members.mapped("display_name")))
            )
        return points
