from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of base to merge the customers before core moves foreign keys."""
        # sudo: whoever may merge contacts may not see their customers
        profiles_sudo = self.env["customer.profile"].sudo()
        profiles_sudo._merge_partners(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)
