from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all, is_html_empty, plaintext2html

from .customer_case import OPEN_STATES

# Written by people; everything else was made by the system.
HUMAN_TYPES = ("comment", "email")


class CustomerCase(models.Model):
    """Who wrote last: the first answer of a person, and waiting for the customer."""

    _inherit = "customer.case"

    is_answer_due = fields.Boolean(
        "Waiting for Our Answer",
        default=True,
        readonly=True,
        copy=False,
        help="The customer wrote last.",
    )
    reply_count = fields.Integer(
        "Answers",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Several messages of ours before the customer writes again are one.",
    )
    is_waiting = fields.Boolean("Waiting for the Customer", readonly=True, copy=False)
    waiting_since = fields.Datetime(readonly=True, copy=False)
    waiting_reason = fields.Char(readonly=True, copy=False)

    # === BUSINESS METHODS === #

    def message_post(self, **kwargs):
        """Override of mail: an answer reaches a sender who is no contact of ours, too."""
        if self._is_answer_to_unknown(kwargs):
            kwargs["outgoing_email_to"] = self.contact_email
        return super().message_post(**kwargs)

    def _is_answer_to_unknown(self, kwargs):
        """Tell whether one of us writes to a sender whom following does not reach."""
        return (
            len(self) == 1
            and self._name == "customer.case"
            and not kwargs.get("outgoing_email_to")
            and self._is_answer(kwargs)
            and self._is_reached_by_address_alone(kwargs)
        )

    def _is_answer(self, kwargs):
        """Tell whether values are those of a message of ours that customers see."""
        is_comment = (
            kwargs.get("subtype_xmlid") == "mail.mt_comment"
            or kwargs.get("subtype_id") == self.env.ref("mail.mt_comment").id
        )
        is_human = kwargs.get("message_type") in HUMAN_TYPES
        if not is_comment or not is_human or kwargs.get("is_internal"):
            return False
        author_id = kwargs.get("author_id")
        if not author_id and not kwargs.get("email_from"):
            author_id = self.env.user.partner_id.id
        # sudo: whether he has a login of ours
        return self._is_ours(self.env["res.partner"].sudo().browse(author_id))

    def _is_reached_by_address_alone(self, kwargs):
        """Tell whether nobody who gets a message has the address the sender gave."""
        case_sudo = self.sudo()  # sudo: only whether somebody has the address
        if not case_sudo.contact_email_normalized or case_sudo.partner_id.email:
            return False
        told = [kwargs.get(f"incoming_email_{name}") or "" for name in ("to", "cc")]
        partners_sudo = case_sudo.message_partner_ids
        partners_sudo |= partners_sudo.browse(kwargs.get("partner_ids"))
        return case_sudo.contact_email_normalized not in {
            *email_normalize_all(", ".join(told)),
            *partners_sudo.mapped("email_normalized"),
        }

    def _post_answer(self, body, attachments):
        """Write to the customer as the current user."""
        self.ensure_one()
        if not self.partner_id and not self.contact_email:
            raise UserError(
                self.env._(
                    "%s: there is no address to write to. Answer by phone, or fill in"
                    " the email of the sender.",
                    self.display_name,
                )
            )
        return self.message_post(
            body=body,
            attachment_ids=attachments.ids,
            partner_ids=self.partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _post_answer_text(self, text):
        """Write plain text to the customer as the current user."""
        return self._post_answer(plaintext2html(text), self.env["ir.attachment"])

    def _log_call(self, at, note):
        """Log a call with a known customer as an interaction."""
        self.ensure_one()
        if self.profile_id and self.profile_id.has_access("read"):
            self.env["customer.interaction"].create(
                {
                    "profile_id": self.profile_id.id,
                    "interaction_datetime": at,
                    "direction": "outgoing",
                    "name": self.display_name,
                    "feedback": note,
                    "partner_ids": self.partner_id.ids
                    if self.partner_id != self.profile_id.partner_id
                    else [],
                }
            )

    def _message_post_after_hook(self, message, msg_vals):
        """Override of mail: an answer of ours stops the clock, one of theirs starts it."""
        result = super()._message_post_after_hook(message, msg_vals)
        if self._name == "customer.case" and len(self) == 1:
            self._note_message(message)
        return result

    def _note_message(self, message):
        """Note who wrote a message that customer and we can see."""
        self.ensure_one()
        message_sudo = message.sudo()  # sudo: its author may be anybody
        if (
            message_sudo.message_type not in HUMAN_TYPES
            or message_sudo.subtype_id != self.env.ref("mail.mt_comment")
            or message_sudo.is_internal
        ):
            return
        now = fields.Datetime.now()  # whatever date a mail or a client gives it
        if self._is_ours(message_sudo.author_id):
            if not self.partner_id and not self.contact_email:
                return  # nobody could read it
            if is_html_empty(message_sudo.body) and not message_sudo.attachment_ids:
                return  # it says nothing
            self._note_answer(now)
        elif message_sudo.author_id != self.env.ref("base.partner_root"):
            self._note_customer(now)

    @api.model
    def _is_ours(self, author):
        """Tell whether the author of a message is a person of ours."""
        if not author or author == self.env.ref("base.partner_root"):
            return False
        if author == self.partner_id:
            return False
        users = author.with_context(active_test=False).user_ids
        return any(not user.share for user in users)

    def _note_answer(self, at):
        """Count an answer of ours; the first one keeps the promise of an answer."""
        cases_sudo = self.sudo()  # sudo: the steps are kept by the system
        for case in cases_sudo:
            if case.is_answer_due:
                case.write(
                    {"is_answer_due": False, "reply_count": case.reply_count + 1}
                )
        self._advance("acknowledged", at)

    def _note_customer(self, at):
        """Note that the customer wrote: nothing waits for him any more."""
        cases_sudo = self.sudo()  # sudo: the steps are kept by the system
        for case in cases_sudo:
            if case.merged_into_id:
                case._get_survivor()._note_customer_elsewhere(case, at)
                continue
            case._end_waiting(at)
            case.write({"is_answer_due": True})
            if case.state in ("solved", "confirmed"):
                case._reopen(case.env._("the customer wrote again"), at)
            elif case.state in OPEN_STATES:
                case._schedule_answer()

    def _note_customer_elsewhere(self, duplicate, at):
        """Note that the customer wrote to a case that became part of this one."""
        self._post_note(
            self.env._("The customer wrote to %s: read it there.", duplicate.name)
        )
        self._note_customer(at)

    # === WAITING === #

    def _wait(self, reason, at=None):
        """Let the clocks rest while we wait for the customer, with the reason."""
        self._check_open()
        at = at or fields.Datetime.now()
        waiting = self.filtered(lambda case: not case.is_waiting)
        # sudo: the steps are kept by the system
        waiting.sudo().write(
            {"is_waiting": True, "waiting_since": at, "waiting_reason": reason}
        )
        waiting._get_promises()._pause(reason, at)

    def _end_waiting(self, at):
        """Let the clocks run again: the customer answered, or the case ended."""
        waiting = self.filtered("is_waiting")
        # sudo: the steps are kept by the system
        waiting.sudo().write(
            {"is_waiting": False, "waiting_since": False, "waiting_reason": False}
        )
        waiting._get_promises()._resume(at)
