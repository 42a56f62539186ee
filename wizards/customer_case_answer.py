from markupsafe import Markup
from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty, plaintext2html


class CustomerCaseAnswer(models.TransientModel):
    """Answers the customer in writing, or notes that somebody did so by phone."""

    _name = "customer.case.answer"
    _description = "Answer to a Customer"
    _inherit = "customer.case.dialog"

    is_phone = fields.Boolean("By Phone")
    receiver = fields.Char("Send To", compute="_compute_receiver")
    body = fields.Html("Your Answer")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_case_answer_attachment_rel",
        "dialog_id",
        "attachment_id",
        "Files",
    )
    answer_datetime = fields.Datetime(
        "Time of the Call", required=True, default=fields.Datetime.now
    )
    note = fields.Text("What Was Said")
    has_calmed = fields.Boolean(
        "Calmed Before", related="case_id.is_calmed", related_sudo=False
    )
    is_calmed = fields.Boolean("Apologised and Calmed")
    is_waiting = fields.Boolean("Then Wait for the Customer")
    waiting_reason = fields.Char(
        "We Wait For", help="The clocks rest until the customer writes again."
    )

    # === COMPUTE METHODS === #

    @api.depends("case_id")
    def _compute_receiver(self):
        for dialog in self:
            case = dialog.case_id
            address = case.partner_id.email_formatted or case.contact_email
            # without an address he reads it on his page
            dialog.receiver = address or case.partner_id.name

    # === ACTION METHODS === #

    def action_send(self):
        """Send the answer, or note the call, and what was said besides."""
        case = self._get_case()
        case._check_open()
        if self.is_calmed and not case.is_calmed:
            case.is_calmed = True
        if self.is_phone:
            self._note_call(case)
        else:
            self._post_answer(case)
        if self.is_waiting:
            reason = (self.waiting_reason or "").strip()
            if not reason:
                raise UserError(self.env._("Say what you wait for."))
            case._wait(reason)
        return self._finish()

    def _post_answer(self, case):
        if is_html_empty(self.body):
            raise UserError(self.env._("Write your answer."))
        case._post_answer(self.body, self.attachment_ids)

    def _note_call(self, case):
        at = self.answer_datetime
        if at > fields.Datetime.now():
            raise UserError(self.env._("The call cannot be in the future."))
        text = Markup("<p>%s</p>%s") % (
            self.env._("Answered by phone"),
            plaintext2html(self.note or ""),
        )
        case._post_note(text)
        case._note_answer(at)
        case._log_call(at, self.note)

    @api.model_create_multi
    def create(self, vals_list):
        """Override: files come as ids of one's own uploads only."""
        dialogs = super().create(vals_list)
        for dialog in dialogs:
            mine = dialog.attachment_ids.filtered(
                lambda row: row.create_uid == self.env.user
            )
            dialog.attachment_ids = [Command.set(mine.ids)]
        return dialogs
