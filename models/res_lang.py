from odoo import models


class ResLang(models.Model):
    _inherit = "res.lang"

    def write(self, vals):
        """Override: nobody can be written to in a language that was taken away.

        Core asks contacts and users; a case of somebody unknown has one of its own.
        """
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            # sudo: cases of everybody
            cases_sudo = self.env["customer.case"].sudo()
            cases_sudo.search([("lang", "in", self.mapped("code"))])._write_moved(
                {"lang": False}
            )
        return result
