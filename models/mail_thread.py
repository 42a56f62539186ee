import codecs
import logging

from odoo import api, models
from odoo.tools import email_normalize, email_split

_logger = logging.getLogger(__name__)

# Set by machines that answer for somebody who is not there.
REPLY_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
# Sent to many at once, by hand or not.
BULK_VALUES = ("bulk", "junk", "list")
BULK_HEADERS = ("List-Id", "List-Unsubscribe")


class MailThread(models.AbstractModel):
    """Machines that write to a service desk or to a case: no customer has spoken.

    Only routes to cases are touched; those to every other model stay as they are. Mails
    are made readable before their routes are known, whatever model they are for.
    """

    _inherit = "mail.thread"

    @api.private  # the gateway calls it, as the system
    @api.model
    def message_parse(self, message, save_original=False):
        """Override of mail: what nobody can decode or store does not lose the mail."""
        _name_known_charsets(message)
        return _without_nul(super().message_parse(message, save_original=save_original))

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        """Override of mail: leave out what machines send to a service desk.

        Core asks here whether a mail is worth going on with, after its routes are known.
        """
        if super()._detect_loop_sender(message, message_dict, routes):
            return True
        if not any(route[0] == "customer.case" for route in routes or ()):
            return False
        if self._is_from_machine(message):
            # Worth reading perhaps, but for us only: it restarts nothing.
            message_dict["is_internal"] = True
        if not self._is_auto_reply(message) and not self._is_from_us(message_dict):
            return False
        routes[:] = [
            route for route in routes if route[0] != "customer.case" or route[1]
        ]
        if not routes:
            _logger.info(
                "Ignored mail with Message-Id %s: it says nothing new, no case is opened",
                message_dict["message_id"],
            )
        return not routes

    @api.model
    def _is_auto_reply(self, message):
        """Tell whether a mail says no more than that its author is not there."""
        return (
            _get_word(message, "Auto-Submitted") == "auto-replied"
            or _get_word(message, "Precedence") == "auto_reply"
            or _get_word(message, "Return-Path") == "<>"
            or any(message.get(header) for header in REPLY_HEADERS)
        )

    @api.model
    def _is_from_machine(self, message):
        """Tell whether nobody wrote a mail for us by hand."""
        return (
            _get_word(message, "Auto-Submitted") not in ("", "no")
            or _get_word(message, "Precedence") in BULK_VALUES
            or any(message.get(header) for header in BULK_HEADERS)
            or self._is_auto_reply(message)
        )

    @api.model
    def _is_from_us(self, message_dict):
        """Tell whether a mail comes from an address that comes into this database.

        A service desk that writes to itself would do so for ever.
        """
        senders = email_split(message_dict.get("email_from") or "")
        emails = [email for email in map(email_normalize, senders) if email]
        # sudo: whose address it is does not matter
        aliases_sudo = self.env["mail.alias"].sudo()
        return bool(aliases_sudo.search_count([("alias_full_name", "in", emails)]))


def _name_known_charsets(message):
    """Let parts of a mail that name an alphabet nobody knows be read as UTF-8."""
    for part in message.walk():
        charset = part.get_content_charset()
        try:
            codecs.lookup(charset or "utf-8")
        except (LookupError, ValueError):
            part.set_param("charset", "utf-8")


def _without_nul(value):
    """Return what was read of a mail without the character that no database takes."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {name: _without_nul(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    if isinstance(value, tuple) and hasattr(value, "_replace"):
        return value._replace(fname=_without_nul(value.fname))
    return value


def _get_word(message, header):
    """Return the first word of a header in small letters."""
    return (message.get(header) or "").split(";")[0].strip().lower()
