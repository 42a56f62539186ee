import hashlib
import json

import psycopg2.errors
from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..intake import clean_line, clean_phone, clean_text

# What an intake may say; anything else is left out.
INTAKE_FIELDS = {
    "subject", "description", "kind", "urgency", "category_id", "contact_name",
    "contact_email", "contact_phone", "contact_company", "lang", "source", "desk_id",
    "company_id", "interaction_id", "partner_id", "profile_id", "email_cc", "user_id",
    "received_datetime",
}  # fmt: skip
# Written by strangers, one line each. Kept as it was written: what begins like a
# formula is made harmless where a spreadsheet is exported.
LINES = ("subject", "contact_name", "contact_email", "contact_company", "email_cc")
# One automatic receipt per address that nobody verified.
RECEIPT_HOURS = 1
# So that machines which answer do not answer to it.
RECEIPT_HEADERS = {"Auto-Submitted": "auto-replied", "Precedence": "auto_reply"}


class CustomerCase(models.Model):
    """How cases come in: one door for mail, portal, form, phone and interactions."""

    _inherit = "customer.case"

    @api.model
    def _open_case(self, vals, key=None):
        """Open a case of what somebody wrote to us; the one entry of every intake.

        Fields that are not on the list are left out, text is cleaned, the sender is
        looked up, clocks start. No contact is made and no mail sent.

        :param key: one-time key: the same one again gives the case it opened
        """
        vals = self._clean_intake(vals)
        digest = self._get_digest(vals) if key else False
        if key and (case := self._find_by_key(key, digest)):
            return case
        reason = self._find_sender(vals)
        try:
            with self.env.cr.savepoint():
                # sudo: whoever writes to us has no rights on cases
                case_sudo = self.sudo().create(
                    {**vals, "intake_key": key, "intake_digest": digest}
                )
        except psycopg2.errors.UniqueViolation as error:
            # sent twice at the same moment: look again when the first one is there
            raise ConcurrencyError("intake") from error
        if reason:
            case_sudo._post_note(reason)
        return case_sudo

    @api.model
    def _clean_intake(self, vals):
        """Return what may be kept, as harmless text."""
        vals = {name: vals[name] for name in INTAKE_FIELDS if vals.get(name)}
        for name in LINES:
            if name in vals:
                vals[name] = clean_line(vals[name])
        if "contact_phone" in vals:
            vals["contact_phone"] = clean_phone(vals["contact_phone"])
        if "description" in vals:
            vals["description"] = clean_text(vals["description"])
        if not vals.get("subject"):
            first = (vals.get("description") or "").strip().split("\n")[0]
            vals["subject"] = clean_line(first, 80) or self.env._("(no subject)")
        if vals.get("desk_id"):
            # sudo: the desk says which company was written to
            desk_sudo = self.env["customer.service.desk"].sudo().browse(vals["desk_id"])
            vals["company_id"] = desk_sudo.company_id.id
        vals.setdefault("company_id", self.env.company.id)
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        if vals.get("lang") not in installed:
            vals.pop("lang", None)
        return vals

    # === ONE-TIME KEY === #

    @api.model
    def _get_digest(self, vals):
        """Return a fingerprint of what was written; times and routes do not count."""
        said = {
            name: vals.get(name) or ""
            for name in ("subject", "description", "kind", *LINES, "contact_phone")
        }
        text = json.dumps(said, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _find_by_key(self, key, digest):
        """Return the case that this key opened; refuse other content with it."""
        # sudo: strangers send the key
        case_sudo = self.sudo().search([("intake_key", "=", key)], limit=1)
        if case_sudo and case_sudo.intake_digest != digest:
            raise UserError(
                self.env._("This was sent already. Open the form again to write more.")
            )
        return case_sudo

    # === WHO WROTE === #

    @api.model
    def _find_sender(self, vals):
        """Add contact and customer to the values of a case, if they are known.

        :return: why somebody who seems known is not, or None
        """
        # sudo: whoever writes, the sender is looked for among all contacts
        company = self.env["res.company"].sudo().browse(vals["company_id"])
        partner_sudo = self.env["res.partner"].sudo().browse(vals.get("partner_id"))
        reason = None
        is_person = True
        if not partner_sudo and not vals.get("profile_id"):
            address = vals.get("contact_email") or ""
            partner_sudo, reason = self._match_sender(address, company)
            # several people of one customer: what we write goes to their address
            is_person = partner_sudo.email_normalized == email_normalize(address)
        if partner_sudo:
            vals.setdefault("lang", partner_sudo.lang)
            if is_person:
                vals["partner_id"] = partner_sudo.id
                vals.setdefault("contact_name", partner_sudo.name)
                vals.setdefault("contact_email", partner_sudo.email)
                vals.setdefault("contact_phone", partner_sudo.phone)
            # sudo: customers are made by the system when they write
            profiles_sudo = self.env["customer.profile"].sudo()
            vals["profile_id"] = profiles_sudo._get_or_create(partner_sudo, company).id
        if vals.get("profile_id"):
            vals.pop("company_id")
        return reason

    @api.model
    def _match_sender(self, email, company):
        """Return the contact with an address, if there is no doubt who it is.

        :return: the contact, the customer if several of its people have the address, or
            none, and why there is none
        """
        # sudo: strangers write; only contacts of this company or of all are looked at
        partners_sudo = self.env["res.partner"].sudo()
        address = email_normalize(email or "")
        if not address:
            return partners_sudo, None
        found = partners_sudo.search(
            Domain("email_normalized", "=", address)
            & Domain("company_id", "in", [company.id, False])
        )
        if any(not user.share for user in found.user_ids):
            return partners_sudo, self.env._("The address is one of our own people.")
        if len(found.commercial_partner_id) > 1:
            return partners_sudo, self.env._(
                "Several customers have the address of the sender: choose the customer."
            )
        return found if len(found) < 2 else found.commercial_partner_id, None

    # === RECEIPT === #

    def _acknowledge_receipt(self):
        """Tell the sender that we received his case: automatic, no first answer.

        At most once an hour for an address that nobody verified.

        :return: whether a receipt was sent
        """
        self.ensure_one()
        case_sudo = self.sudo()  # sudo: strangers write
        now = fields.Datetime.now()
        address = case_sudo.partner_id.email_normalized or (
            case_sudo.contact_email_normalized
        )
        since = fields.Datetime.subtract(now, hours=RECEIPT_HOURS)
        if not address or case_sudo.search_count(
            [
                ("contact_email_normalized", "=", address),
                ("receipt_datetime", ">", since),
            ],
            limit=1,
        ):
            return False
        case_sudo.receipt_datetime = now
        template = self.env.ref(
            "customer_success.mail_template_case_receipt", raise_if_not_found=False
        )
        if template:
            # sudo: see above
            template.sudo().send_mail(
                case_sudo.id, email_values={"headers": repr(RECEIPT_HEADERS)}
            )
        return True
