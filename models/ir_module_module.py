from odoo import api, models


class IrModuleModule(models.Model):
    """Languages that are loaded later reach the plans that were launched before."""

    _inherit = "ir.module.module"

    @api.model
    def _load_module_terms(self, modules, langs, overwrite=False):
        """Override of base: plans follow the playbooks they were launched from."""
        result = super()._load_module_terms(modules, langs, overwrite=overwrite)
        if "customer_success" in modules:
            self.env["customer.care.plan"]._copy_translations()
        return result
