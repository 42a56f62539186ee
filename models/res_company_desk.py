from odoo import api, models


class ResCompanyDesk(models.Model):
    """A new company gets its service desk."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["customer.service.desk"]._create_missing()
        return companies
