from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .customer_case import FIRST_FIELDS, OWN_FIELDS

# What the clocks of a case run by: another one starts them again.
CLOCK_FIELDS = {"kind", "urgency", "is_complex", "profile_id"}


class CustomerCase(models.Model):
    """What may be written to a case, and what follows from it."""

    _inherit = "customer.case"

    # === CONSTRAINT METHODS === #

    @api.constrains("subject")
    def _check_subject(self):
        for case in self:
            if not (case.subject or "").strip():
                raise ValidationError(
                    self.env._("%s: write a subject.", case.name or case._description)
                )

    @api.constrains("received_datetime")
    def _check_received(self):
        limit = fields.Datetime.add(fields.Datetime.now(), minutes=5)
        for case in self:
            if case.received_datetime > limit:
                raise ValidationError(
                    self.env._(
                        "%s: a case cannot be received in the future.",
                        case.display_name,
                    )
                )

    @api.constrains("cause_id")
    def _check_cause(self):
        """Refuse to take back what a case was closed with."""
        for case in self:
            if case.state == "confirmed" and not case.cause_id:
                raise ValidationError(
                    self.env._("%s: fill in “Root Cause”.", case.display_name)
                )

    # === ONCHANGE METHODS === #

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Take over the address of the contact."""
        partner = self.partner_id
        if partner:
            self.contact_name = partner.name
            self.contact_email = partner.email or self.contact_email
            self.contact_phone = partner.phone or self.contact_phone
            self.lang = partner.lang or self.lang

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self = self._without_defaults(set(self._fields) - FIRST_FIELDS)
        sequence = self.env["ir.sequence"]
        # copies: an import that fails sends the same values again, row by row
        vals_list = [{**vals} for vals in vals_list]
        for vals in vals_list:
            self._check_no_system_field(
                set(vals) - FIRST_FIELDS - self._get_mail_fields()
            )
            vals["name"] = sequence.next_by_code("customer.case") or "/"
            if vals.get("is_calmed"):
                vals["calmed_datetime"] = fields.Datetime.now()
        cases = super().create(vals_list)
        cases.interaction_id.check_access("read")  # its name would tell
        cases._check_contact()
        cases._check_handler()
        cases.sudo()._after_create()  # sudo: handler, clocks and followers are kept by us
        return cases

    def _after_create(self):
        """Find the handler, start the clocks and tell people; as the system."""
        for company in self.company_id:
            # the day of writing down: one old case does not mean that all were kept
            if not company.customer_case_start:
                company.customer_case_start = company._get_customer_today()
        self._set_people()
        self._subscribe_people()
        self._start_clocks()
        self._schedule_answer()

    def write(self, vals):
        self._check_no_system_field(set(vals) - OWN_FIELDS - self._get_mail_fields())
        if vals.get("is_calmed"):
            vals = {**vals, "calmed_datetime": fields.Datetime.now()}
        elif "is_calmed" in vals:
            vals = {**vals, "calmed_datetime": False}
        clocks = self._get_clock_keys() if CLOCK_FIELDS & set(vals) else {}
        users = {case: case.user_id for case in self} if "user_id" in vals else {}
        former = {case: case.profile_id for case in self if "profile_id" in vals}
        result = super().write(vals)
        if {"partner_id", "profile_id"} & set(vals):
            self._check_contact()
        if "user_id" in vals:
            self._check_handler()
        self.filtered(
            lambda case: case in clocks and case._get_clock_key() != clocks[case]
        ).sudo()._restart_clocks()  # sudo: kept by the system
        self.filtered(
            lambda case: case in users and case.user_id != users[case]
        ).sudo()._hand_over()  # sudo: promises and to-dos of somebody else
        for case, profile in former.items():
            if profile and case.profile_id != profile:
                case.sudo()._leave_customer(profile)  # sudo: followers and link
        if {"user_id", "group_user_ids", "partner_id"} & set(vals):
            self.sudo()._subscribe_people()  # sudo: followers are kept by us
        if "cause_id" in vals:
            self._close_if_ready()
        return result

    def _check_contact(self):
        """Refuse a contact of somebody else than the customer, when people set it.

        No constraint: those are checked as superuser, and a merge of customers moves
        both, one after the other.
        """
        if self.env.su:
            return
        for case in self.sudo():  # sudo: whose contact it is
            commercial = case.partner_id.commercial_partner_id
            if case.partner_id and case.profile_id.partner_id != commercial:
                raise ValidationError(
                    self.env._(
                        "%(contact)s does not belong to %(customer)s.",
                        contact=case.partner_id.display_name,
                        customer=case.profile_id.display_name
                        or self.env._("an unknown sender"),
                    )
                )

    def _check_handler(self):
        """Refuse a handler who would not see his case, when people choose him."""
        if self.env.su:
            return
        for case in self.sudo():  # sudo: whosever customer it is
            if case.user_id:
                case.profile_id._check_new_owner(case.user_id)

    def _move_to_profile(self, profile):
        """Let cases go with a customer who became part of another one.

        What was promised stays promised: the clocks are not started again.
        """
        self._write_moved({"profile_id": profile.id})

    def _write_moved(self, vals):
        """Write without what follows from a change by people."""
        # pylint: disable-next=super-method-mismatch
        return super().write(vals)

    @api.model
    def _get_mail_fields(self):
        """Return the fields of the chatter: what they let people do, mail decides."""
        return {
            name for name in self._fields if name.startswith(("message_", "activity_"))
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_worked_on(self):
        """Refuse to delete what somebody was promised or did: withdraw it instead."""
        for case in self:
            # sudo: attempts of anybody
            if case.state != "received" or case.sudo().contact_try_ids:
                raise UserError(
                    self.env._(
                        "%s was worked on: withdraw it instead of deleting it.",
                        case.display_name,
                    )
                )
        self._get_promises()._cancel()  # nobody waits for them any more
