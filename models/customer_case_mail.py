from odoo import api, models
from odoo.tools import (
    email_normalize,
    email_split,
    html2plaintext,
    parse_contact_from_email,
)

from .customer_case_category import KINDS

# Characters of markup that are read for the text of a case, which keeps 10,000.
MARKUP_LIMIT = 1_000_000


class CustomerCase(models.Model):
    """Cases that come by mail, and the mails that go to customers."""

    _inherit = "customer.case"

    # === INCOMING === #

    @api.private  # the gateway calls it, as the system
    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Open a case of a mail: plain text, and no more than the desk of its alias.

        Who answers to it or files were sent with it, the mail gateway adds.
        """
        values = custom_values or {}
        email_from = msg_dict.get("email_from") or ""
        name, email = parse_contact_from_email(email_from)
        cc = self._mail_cc_sanitized_raw_dict(msg_dict.get("cc"))
        vals = {
            "source": "mail",
            "desk_id": values.get("desk_id"),
            "subject": msg_dict.get("subject"),
            "description": html2plaintext((msg_dict.get("body") or "")[:MARKUP_LIMIT]),
            "email_cc": ", ".join(cc.values()),
        }
        if values.get("kind") in dict(KINDS):
            vals["kind"] = values["kind"]
        colleague = self._find_colleague(email_from)
        if colleague:
            # What we tell each other about a customer is never shown to him.
            msg_dict["is_internal"] = True
            vals.pop("description")
        else:
            vals.update(contact_name=name, contact_email=email)
        # a mail to several desks is a case of each of them
        key = f"mail:{vals['desk_id'] or 0}:{msg_dict.get('message_id')}"
        case = self._open_case(vals, key=key)
        if colleague:
            case._post_note(
                case.env._(
                    "Forwarded by %s: write down who the customer is and what he wrote.",
                    colleague.name,
                )
            )
        elif not msg_dict.get("is_internal"):  # machines get no receipt
            case._acknowledge_receipt()
        return case

    def _process_attachments_for_post(
        self, attachments, attachment_ids, message_values
    ):
        """Override of mail: no picture of a mail is opened, some are made to fill us up.

        The library raises for them, and the mail would be lost.
        """
        cases = self.with_context(image_no_postprocess=True)
        return super(CustomerCase, cases)._process_attachments_for_post(
            attachments, attachment_ids, message_values
        )

    @api.model
    def _find_colleague(self, email_from):
        """Return who of us forwarded a mail: who wrote it at first is unknown."""
        found = [email_normalize(email) for email in email_split(email_from)]
        # sudo: strangers write, too
        users_sudo = self.env["res.users"].sudo()
        return users_sudo.search(
            [
                ("share", "=", False),
                ("partner_id.email_normalized", "in", [*filter(None, found)]),
            ],
            limit=1,
        )

    # === OUTGOING === #

    def _after_solved(self):
        """Override: tell the customer, and ask him whether it is solved for him."""
        result = super()._after_solved()
        for case in self:
            case._send_to_customer("customer_success.mail_template_case_solved")
        return result

    def _send_to_customer(self, template_xmlid):
        """Queue a mail to the customer, if there is an address; sent after commit."""
        self.ensure_one()
        # sudo: who works on a case may not read every template
        case_sudo = self.sudo()
        template_sudo = case_sudo.env.ref(template_xmlid, raise_if_not_found=False)
        if not template_sudo or self.env.context.get("customer_no_mail"):
            return False
        if not (case_sudo.partner_id.email or case_sudo.contact_email_normalized):
            return False
        values = {}
        if not case_sudo.partner_id.email:  # chosen, but he wrote from elsewhere
            values = {
                "email_to": case_sudo.contact_email_normalized,
                "recipient_ids": [],
            }
        return template_sudo.send_mail(case_sudo.id, email_values=values)

    def _notify_get_reply_to_batch(self, defaults=None, author_ids=None):
        """Override of mail: answers come to the address of the service desk."""
        replies = super()._notify_get_reply_to_batch(
            defaults=defaults, author_ids=author_ids
        )
        for case in self.sudo():  # sudo: the address of the desk is on every mail
            if address := case.desk_id.alias_email:
                replies[case.id] = self._notify_get_reply_to_formatted_email(
                    address, author_id=(author_ids or {}).get(case.id)
                )
        return replies

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Override of mail: the button of customers leads to their page of the case.

        Also of those who are no contact of ours; nobody else gets the secret link.
        """
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if len(self) != 1:
            return groups
        case_sudo = self.sudo()  # sudo: who may answer a case may send its link
        family = case_sudo.partner_id.commercial_partner_id
        own = case_sudo.contact_email_normalized

        def is_customer(data):
            if not data["share"]:
                return False
            if not data["id"]:
                return bool(own) and data["email_normalized"] == own
            partner_sudo = family.browse(data["id"])
            return bool(family) and partner_sudo.commercial_partner_id == family

        values = {
            "active": True,
            "has_button_access": True,
            "button_access": {
                "url": case_sudo._get_customer_link(),
                "title": self.env._("See Your Message"),
            },
        }
        return [["customer_of_case", is_customer, values], *groups]
