from odoo import api, models


class CustomerProfile(models.Model):
    """Chain and team go with a customer who becomes part of another."""

    _inherit = "customer.profile"

    def _move_facts(self, survivor):
        """Override: the decision chain and our team go with the customer."""
        result = super()._move_facts(survivor)
        rows = self.env["customer.stakeholder"]
        rows = rows.search([("profile_id", "in", self.ids)])
        current = rows.search(
            [("profile_id", "in", (self | survivor).ids), ("date_to", "=", False)]
        )
        for same in current.grouped(lambda row: (row.partner_id, row.role_id)).values():
            same._end_doubles(lambda row: row.profile_id != survivor)
        rows.profile_id = survivor
        self._move_team(survivor)
        return result

    def _move_team(self, survivor):
        """Give our team to the survivor; the same person in the same role once."""
        members = self.env["customer.team.member"]
        moved = members.search([("profile_id", "in", self.ids)])
        current = members.search(
            [("profile_id", "in", (self | survivor).ids), ("date_to", "=", False)]
        )
        for same in current.grouped(lambda row: (row.user_id, row.role_id)).values():
            same = same.sorted(lambda row: (row.profile_id != survivor, row.id))
            for double in same[1:]:
                day = double.company_id._get_customer_today()
                double.date_to = max(day, double.date_from)
        self.env.flush_all()
        moved.profile_id = survivor

    @api.model
    def _merge_partners(self, src_partners, dst_partner):
        """Override: people of a chain who become one person keep every row."""
        result = super()._merge_partners(src_partners, dst_partner)
        stakeholders = self.env["customer.stakeholder"]
        stakeholders._resolve_merge(src_partners, dst_partner)
        return result
