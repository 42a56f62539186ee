import re
import uuid

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq

# What a key of ours looks like; nothing else is compared.
TOKEN = re.compile("[A-Za-z0-9_-]{8,128}")


class CustomerCase(models.Model):
    """Who is the customer of a case, and the link by which he comes to it.

    Customers have no rights on the model: they come with a login of the same customer
    or with the secret link of one case, and are shown an allow-list.
    """

    _inherit = "customer.case"

    # Never exported, never read by clients: whoever has it is the customer.
    access_token = fields.Char(groups="base.group_system")

    # === ACTION METHODS === #

    def action_customer_link(self):
        """Show the link by which the customer comes to this case without a login."""
        self.check_access("read")
        return self.env["customer.case.link"]._open_for(self)

    # === LINK === #

    def _portal_ensure_token(self):
        self.check_access("read")  # get_portal_url can be called by any login
        # sudo: who may see the case may send its link
        return super(CustomerCase, self.sudo())._portal_ensure_token()

    def _sign_token(self, pid):
        self.check_access("read")
        # sudo: see above
        return super(CustomerCase, self.sudo())._sign_token(pid)

    def _rotate_link(self):
        """Make the link that was sent so far useless."""
        # sudo: the rights were checked by the caller
        for case_sudo in self.sudo():
            case_sudo.access_token = str(uuid.uuid4())

    def _get_customer_link(self):
        """Return the address by which a customer comes to his case without a login."""
        self.ensure_one()
        return f"{self.get_base_url()}{self.get_portal_url()}"

    @api.model
    def _get_thread_with_access(
        self, thread_id, *, mode="read", hash=None, pid=None, token=None, **kwargs
    ):
        """Override of portal: its own routes would read and post without our checks."""
        return super()._get_thread_with_access(thread_id, mode=mode, **kwargs)

    # === WHO MAY SEE IT === #

    @api.model
    def _get_login_domain(self):
        """Return the cases of the customer whose login the current user has."""
        user = self.env.user
        if not user.share or user._is_public():
            return Domain.FALSE
        return Domain(
            [
                (
                    "profile_id.partner_id",
                    "=",
                    user.partner_id.commercial_partner_id.id,
                ),
                ("company_id", "in", user.company_ids.ids),
            ]
        )

    @api.model
    def _find_for_customer(self, case_id, token=None):
        """Return a case as superuser if the visitor may see it, else none.

        It says nothing about why: not there and not his look the same.
        """
        # sudo: customers have no rights on the model
        case_sudo = self.sudo().browse(case_id).exists()
        if not case_sudo:
            return case_sudo
        is_his = case_sudo.filtered_domain(self._get_login_domain())
        is_ours = self.env.user._is_internal() and self.browse(case_id).has_access(
            "read"
        )
        if is_his or is_ours or case_sudo._has_link(token):
            return case_sudo
        return case_sudo.browse()

    def _has_link(self, token):
        """Tell whether a token is that of the link of this case."""
        self.ensure_one()
        # sudo: the token is nobody's to read
        own = self.sudo().access_token
        is_token = isinstance(token, str) and TOKEN.fullmatch(token)
        return bool(is_token and own and consteq(own, token))

    def _get_survivor_for_customer(self):
        """Return the case a duplicate became part of, if it is the same customer's."""
        survivor = self.merged_into_id
        if not survivor:
            return self.browse()
        is_same = (
            survivor.profile_id == self.profile_id
            if self.profile_id or survivor.profile_id
            else survivor.contact_email == self.contact_email
        )
        if not is_same:
            return self.browse()
        return survivor._get_survivor_for_customer() or survivor
