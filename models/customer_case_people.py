from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .customer_case import OPEN_STATES


class CustomerCase(models.Model):
    """Who works on a case: handler, department, group, followers and to-dos."""

    _inherit = "customer.case"

    # === HANDLER === #

    def _set_people(self):
        """Give new cases a department and a handler: the first one there is."""
        for case in self:
            desk, category = case.desk_id, case.category_id
            if not case.department_id:
                case.department_id = category.department_id or desk.department_id
            if not case.user_id:
                case.user_id = case._choose_handler()

    def _choose_handler(self):
        """Return who answers for a case that nobody was chosen for; maybe nobody."""
        self.ensure_one()
        possible = self.profile_id._get_possible_owners(self.company_id)
        wanted = (
            self.profile_id.user_id,
            self.desk_id.user_id,
            self.department_id.user_id,
        )
        return next(
            (user for user in wanted if user in possible and user), self.user_id
        )

    def _replace_handler(self):
        """Give cases of somebody who left to whoever answers for them now, if anybody."""
        for case in self:
            user = case._choose_handler()
            if user != case.user_id:
                case.user_id = user

    def _subscribe_people(self):
        """Let handler, group and customer follow the case; former ones stay."""
        for case in self:
            partners = (case.user_id | case.group_user_ids).partner_id | case.partner_id
            case.message_subscribe(partners.ids)

    def _leave_customer(self, profile):
        """Let a customer whose case it was not read on no more: no mail, no link."""
        self.ensure_one()
        family = profile.partner_id
        others = self.message_partner_ids.filtered(
            lambda partner: partner.commercial_partner_id == family
        )
        self.message_unsubscribe(others.ids)
        self._rotate_link()

    @api.model
    def _leave_contacts(self, partners, former):
        """Let contacts who went to another company read cases of the former one no more.

        Needs sudo. Who wrote is open then: answers go to the address he had.
        """
        # sudo: contacts of every company, archived ones too
        partners = partners.sudo().with_context(active_test=False)
        people = partners.search([("id", "child_of", partners.ids)])
        cases = self.with_context(active_test=False).search(
            Domain("profile_id", "any", [("partner_id", "in", former.ids)])
            & (
                Domain("partner_id", "in", people.ids)
                | Domain("message_partner_ids", "in", people.ids)
            )
        )
        for case in cases:
            customer = case.profile_id.partner_id
            gone = people.filtered(
                lambda partner, customer=customer: (
                    partner.partner_share
                    and customer not in (partner, partner.commercial_partner_id)
                )
            )
            if not gone & (case.message_partner_ids | case.partner_id):
                continue
            case.message_unsubscribe(gone.ids)
            case._rotate_link()  # it stood in every mail that they got
            if case.partner_id in gone:
                case._write_moved({"partner_id": False})

    def _message_auto_subscribe_notify(self, partner_ids, template):
        """Override of mail: the to-do tells the handler, no mail besides."""
        return

    def _hand_over(self):
        """Let promises and to-dos follow a new handler."""
        for case in self:
            waiting = case._get_promises().filtered(
                lambda row: row.state in ("running", "paused", "breached")
            )
            waiting.with_context(tracking_disable=True).write(
                {"user_id": case.user_id.id}
            )
            waiting._hand_over_warnings()
            if case.state in OPEN_STATES and case.state != "solved":
                case._finish_to_dos()
                case._schedule_answer()

    def _follow_owner(self):
        """Give cases to whoever is responsible for their customer now."""
        moved = self.filtered(
            lambda case: case.owner_id and case.owner_id != case.user_id
        )
        for user, cases in moved.grouped("owner_id").items():
            cases.write({"user_id": user.id})

    # === TO-DOS === #

    def _schedule_answer(self, summary=None):
        """Remind the handler once that a customer waits for him."""
        for case in self:
            if case.user_id and case.state in OPEN_STATES and not case._get_to_dos():
                due = case.next_due_datetime or fields.Datetime.now()
                case.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo",
                    case.company_id._get_customer_day(due),
                    summary or case.with_context(lang=case.user_id.lang)._say_to_do(),
                    user_id=case.user_id.id,
                )

    def _say_to_do(self):
        if self.kind == "complaint":
            return self.env._("Answer the complaint")
        return self.env._("Answer the customer")

    def _get_to_dos(self):
        return self._get_automated_activities()

    def _finish_to_dos(self):
        """Take back the to-dos that the system made: the case has ended."""
        self._get_to_dos().unlink()

    # === ESCALATION === #

    is_escalated = fields.Boolean("Escalated", readonly=True, copy=False)
    escalated_datetime = fields.Datetime("Escalated At", readonly=True, copy=False)
    escalation_reason = fields.Char(readonly=True, copy=False)
    escalated_user_id = fields.Many2one(
        "res.users", "Escalated To", readonly=True, copy=False
    )

    def _escalate(self, reason, user):
        """Ask somebody above for help; he works on the case from now on.

        A complaint raises the alert, once a case.
        """
        for case in self:
            case._check_open()
            case.sudo().write(  # sudo: the steps are kept by the system
                {
                    "is_escalated": True,
                    "escalated_datetime": fields.Datetime.now(),
                    "escalation_reason": reason,
                    "escalated_user_id": user.id,
                    "group_user_ids": [Command.link(user.id)] if user else [],
                }
            )
            case._tell_escalated(reason, user)
            case._raise_escalated(reason)

    def _get_receiver(self, receiver):
        """Return the leader or a manager, whoever there is; maybe nobody."""
        self.ensure_one()
        case_sudo = self.sudo()  # sudo: who leads which team, and who has which role
        company, env = case_sudo.company_id, case_sudo.env
        possible = case_sudo.profile_id._get_possible_owners(company)
        handler = case_sudo.user_id
        leaders = env["customer.alert"]._get_leaders(handler.ids).get(handler.id) or []
        leader = self.env["res.users"].browse(leaders)
        managers = env["customer.notice"]._get_managers(company) & possible
        manager = managers.filtered(lambda user: user.id != 1).sorted("id")[:1]
        wanted = (manager, leader) if receiver == "manager" else (leader, manager)
        found = (user for user in wanted if user and user in possible)
        return next(found, self.env["res.users"]).sudo(False)

    def _tell_escalated(self, reason, user):
        """Note the escalation and give the one who was asked a to-do."""
        case = self.with_context(lang=user.lang) if user else self
        self._post_note(self.env._("Escalated: %s", reason))
        if user:
            self.sudo().activity_schedule(  # sudo: for somebody above
                "mail.mail_activity_data_todo",
                summary=case.env._("Escalated: %s", reason),
                user_id=user.id,
            )

    def _raise_escalated(self, reason):
        """Raise the alert of an escalated complaint, once a case."""
        if self.kind != "complaint" or not self.profile_id:
            return
        # sudo: alerts are raised by the system
        alerts = self.env["customer.alert"].sudo()
        alerts._raise_event(
            self.profile_id,
            "complaint_escalated",
            f"case-{self.id}",
            {"case_id": self.id, "reason": reason},
        )

    def _check_receiver_known(self, user):
        if not user:
            raise UserError(
                self.env._(
                    "Nobody leads %s and there is no other manager: choose a person.",
                    self.user_id.name or self.display_name,
                )
            )
