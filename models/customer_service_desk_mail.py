from odoo import models


class CustomerServiceDesk(models.Model):
    """The mail address of a service desk: every mail to it opens a case."""

    _name = "customer.service.desk"
    _inherit = ["customer.service.desk", "mail.alias.mixin.optional"]

    def _alias_get_creation_values(self):
        """Return the alias of this desk: strangers may write to it."""
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("customer.case")
        if self.id:
            values["alias_contact"] = "everyone"
            values["alias_defaults"] = {"desk_id": self.id}
        return values
