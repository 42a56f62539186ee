from odoo import fields, models
from odoo.tools import plaintext2html

from .customer_case import OPEN_STATES

# What customers are told of the solution, from which step on.
SOLUTION_STATES = ("proposed", "solved", "confirmed")
RESULT_STATES = ("solved", "confirmed")


class CustomerCase(models.Model):
    """What the customer does with his case and what he is shown of it."""

    _inherit = "customer.case"

    def _post_customer_message(
        self, text, attachments=(), partner=None, email=None, **kwargs
    ):
        """Post what the customer wrote; it restarts what waited for him.

        :param text: plain text, cleaned by the caller
        :param attachments: pairs of name and bytes, checked by the caller
        :param partner: who wrote, if he is known
        :param email: address of a writer who is not
        :return: the message
        """
        self.ensure_one()
        author = partner or self.partner_id
        # A picture may lie about its size and fill the memory: nothing here opens it.
        case = self.with_context(image_no_postprocess=True)
        # sudo: customers have no rights on the model
        return case.sudo().message_post(
            body=plaintext2html(text),
            attachments=list(attachments),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=author.id or False,
            email_from=author.email_formatted or email or self.contact_email or False,
            **kwargs,
        )

    def _confirm_by_customer(self, is_satisfied, text=""):
        """Take the customer's own word on a solution: yes closes, no opens again.

        :return: False when nobody asked: the case is not solved, or confirmed already
        """
        self.ensure_one()
        if self.state != "solved" or self.confirmation_result:
            return False
        case_sudo = self.sudo()  # sudo: customers have no rights on the model
        now = fields.Datetime.now()
        if not is_satisfied:
            case_sudo._reopen(text or self.env._("not solved, says the customer"), now)
            return True
        case_sudo._set_confirmed("confirmed", now)
        case_sudo._post_note(
            case_sudo.env._("The customer says himself that it is solved. %s", text)
        )
        return True

    def _get_customer_values(self):
        """Return what the customer may see of his case: an allow-list.

        No tier, no score, no note, no root cause, nothing of the handler but his name.
        """
        self.ensure_one()
        case_sudo = self.sudo()  # sudo: customers have no rights on the model
        labels = {
            name: case_sudo._get_label(name) for name in ("kind", "urgency", "state")
        }
        return {
            "id": case_sudo.id,
            "reference": case_sudo.name,
            "subject": case_sudo.subject,
            "description": case_sudo.description or "",
            "kind": case_sudo.kind,
            "kind_label": labels["kind"],
            "urgency": case_sudo.urgency,
            "urgency_label": labels["urgency"],
            "state": case_sudo.state,
            "state_label": labels["state"],
            "received_datetime": case_sudo.received_datetime,
            "solved_datetime": case_sudo.solved_datetime,
            "closed_datetime": case_sudo.closed_datetime,
            "solution": (case_sudo.state in SOLUTION_STATES and case_sudo.solution)
            or "",
            "result": (case_sudo.state in RESULT_STATES and case_sudo.result) or "",
            "handler": case_sudo.user_id.name or "",
            "company": case_sudo.company_id.name,
            "is_open": case_sudo.state in OPEN_STATES,
            "is_waiting": case_sudo.is_waiting,
            "can_confirm": case_sudo.state == "solved"
            and not case_sudo.confirmation_result,
            "can_reply": not case_sudo.merged_into_id,
        }
