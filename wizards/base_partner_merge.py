from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of base to merge the customers before core moves foreign keys.

        Once people became one person, loops in decision chains are cut.
        """
        # sudo: whoever may merge contacts may not see their customers
        profiles_sudo = self.env["customer.profile"].sudo()
        profiles_sudo._merge_partners(src_partners, dst_partner)
        former = (src_partners | dst_partner).commercial_partner_id
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()  # core moved the keys behind the cache
        # sudo: as above
        self.env["customer.stakeholder"].sudo()._repair_loops(dst_partner)
        self.env["customer.case"].sudo()._leave_contacts(dst_partner, former)
        return result
