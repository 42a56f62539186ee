from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .customer_case import OPEN_STATES


class CustomerCase(models.Model):
    """Duplicates: one case goes on, the others end and show where."""

    _inherit = "customer.case"

    def _merge_into(self, survivor):
        """Let these cases become part of another one of the same customer."""
        survivor.ensure_one()
        survivor._check_open()
        for case in self:
            case._check_can_merge(survivor)
            case._move_conversation(survivor)
            case._move_results(survivor)
            survivor._take_answer(case)
            case._get_promises()._merge_into(
                survivor._get_promises(),
                self.env._("Counts with %s, the same matter.", survivor.display_name),
            )
            case._finish_to_dos()
            survivor._take_over(case)
            # sudo: the steps are kept by the system
            case.sudo().write(
                {
                    "state": "cancelled",
                    "closed_datetime": fields.Datetime.now(),
                    "merged_into_id": survivor.id,
                    "is_waiting": False,
                    "is_answer_due": False,
                }
            )
            case._post_note(
                self.env._("Part of %s from now on.", survivor.display_name)
            )
            survivor._post_note(
                self.env._("%s was the same matter.", case.display_name)
            )

    def _get_survivor(self):
        """Return the case that goes on: this one, or what it became part of."""
        self.ensure_one()
        case = self
        while case.merged_into_id:
            case = case.merged_into_id
        return case

    def _check_can_merge(self, survivor):
        self.ensure_one()
        if self == survivor or self.merged_into_id:
            raise UserError(
                self.env._("%s cannot become part of that case.", self.display_name)
            )
        if not self._is_same_sender(survivor):
            raise UserError(
                self.env._(
                    "%(case)s is not of the same customer as %(survivor)s.",
                    case=self.display_name,
                    survivor=survivor.display_name,
                )
            )

    def _is_same_sender(self, other):
        """Tell whether two cases are of one customer, or of one unknown address."""
        if self.company_id != other.company_id:
            return False
        if self.profile_id or other.profile_id:
            return self.profile_id == other.profile_id
        email = self.contact_email_normalized
        return bool(email) and email == other.contact_email_normalized

    def _find_same_sender(self):
        """Return the open cases that these could become part of, these included."""
        case = self[:1]
        if not case:
            return case
        if case.profile_id:
            sender = Domain("profile_id", "=", case.profile_id.id)
        else:
            email = case.contact_email_normalized
            sender = Domain("profile_id", "=", False) & Domain(
                "contact_email_normalized", "=", email or "?"
            )
        domain = sender & Domain("company_id", "=", case.company_id.id)
        return self.search(domain & Domain("state", "in", OPEN_STATES), limit=200)

    def _move_conversation(self, survivor):
        """Move what was written, files included; what the case was about stays in it."""
        # sudo: messages of anybody
        messages_sudo = self.sudo().message_ids.filtered(
            lambda row: row.message_type != "notification"
        )
        messages_sudo.attachment_ids.filtered(
            lambda row: (row.res_model, row.res_id) == (self._name, self.id)
        ).write({"res_id": survivor.id})
        messages_sudo.write({"res_id": survivor.id})
        # sudo: files of anybody
        attachments_sudo = self.env["ir.attachment"].sudo()
        attachments_sudo.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("res_field", "=", False),
            ]
        ).write({"res_id": survivor.id})

    def _move_results(self, survivor):
        """Hook: move what hangs on this case to the surviving one."""

    def _take_answer(self, case):
        """Note that the sender was answered already, in the duplicate."""
        if case.acknowledged_datetime and not self.acknowledged_datetime:
            self._advance("acknowledged", case.acknowledged_datetime)

    def _take_over(self, case):
        """Add what only the duplicate knew; whoever follows it follows this one."""
        self.ensure_one()
        vals = {
            name: case[name] or False
            for name in ("contact_phone", "category_id", "cause_id", "partner_id")
            if not self[name] and case[name]
        }
        vals = {
            name: value.id if isinstance(value, models.BaseModel) else value
            for name, value in vals.items()
        }
        if case.urgency == "urgent" and self.urgency != "urgent":
            vals["urgency"] = "urgent"
        vals["group_user_ids"] = [Command.link(user.id) for user in case.group_user_ids]
        if case.is_answer_due:
            vals["is_answer_due"] = True
        case_sudo = self.sudo()  # sudo: the steps are kept by the system
        case_sudo.write(vals)
        case_sudo.message_subscribe(case.message_partner_ids.ids)
        if case.is_answer_due:
            if self.is_waiting and case.received_datetime >= self.waiting_since:
                # what we wait for came as a case of its own
                self._end_waiting(fields.Datetime.now())
            case_sudo._schedule_answer()
