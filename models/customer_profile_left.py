from odoo import models

# Contacts of the customer named as possible successors.
SUCCESSORS = 3


class CustomerProfile(models.Model):
    """Whom to tell when a contact left, and who could follow him."""

    _inherit = "customer.profile"

    def _get_left_recipient(self):
        """Return who looks after it when a contact of this customer left.

        The first responsible person; when there is none or he is archived the leader
        of his sales team, else the oldest active Customer Success manager of the
        company, else whoever runs this.
        """
        self.ensure_one()
        managers = self.env["customer.notice"]._get_managers(self.company_id)
        people = [
            self.user_id,
            self.user_id.sale_team_id.user_id,
            *managers.sorted("id").filtered(lambda user: user.id != 1),
        ]
        return next((user for user in people if user.active), self.env.user)

    def _get_possible_successors(self, partner):
        """Return a few people of the customer who hold no role yet, newest first."""
        day = self.company_id._get_customer_today()
        taken = self._get_chain_rows()._filter_valid(day).partner_id
        return self.env["res.partner"].search(
            [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("is_company", "=", False),
                ("type", "=", "contact"),
                ("id", "not in", (taken | partner).ids),
            ],
            order="id desc",
            limit=SUCCESSORS,
        )
