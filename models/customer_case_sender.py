from odoo import models
from odoo.exceptions import UserError


class CustomerCase(models.Model):
    """Saying who wrote: a case of an unknown sender becomes that of a customer."""

    _inherit = "customer.case"

    def _assign_sender(self, partner):
        """Say that a contact wrote; clocks run by his tier from now on.

        The customer is made if he is new; who may not see him cannot choose him.
        """
        self.ensure_one()
        if self.profile_id:
            raise UserError(
                self.env._(
                    "%(case)s is of %(customer)s already.",
                    case=self.display_name,
                    customer=self.profile_id.display_name,
                )
            )
        partner.check_access("read")
        company = self.company_id
        if partner.company_id not in (company, self.env["res.company"]):
            raise UserError(
                self.env._("%s belongs to another company.", partner.display_name)
            )
        # sudo: whether he is a customer already may be asked about any contact
        profiles_sudo = self.env["customer.profile"].sudo()
        profile = profiles_sudo._get_or_create(partner, company).sudo(False)
        profile.check_access("read")
        self.write(
            {
                "profile_id": profile.id,
                "partner_id": partner.id,
                "contact_name": self.contact_name or partner.name,
                "contact_email": self.contact_email or partner.email,
                "contact_phone": self.contact_phone or partner.phone,
                "lang": self.lang or partner.lang,
            }
        )
        self.sudo()._set_people()  # sudo: a handler by the new customer, if none yet
