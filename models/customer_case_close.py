from odoo import api, fields, models
from odoo.exceptions import UserError

from .customer_case import CONFIRMATIONS

# Tries on different days after which a customer counts as not reached.
TRIES = 2


class CustomerCase(models.Model):
    """The end of a case: return visit, root cause, and when it may be closed."""

    _inherit = "customer.case"

    contact_try_ids = fields.One2many(
        "customer.case.contact.try", "case_id", "Return Visits", readonly=True
    )
    confirmation_result = fields.Selection(
        CONFIRMATIONS, "Outcome of the Return Visit", readonly=True, copy=False
    )
    bypass_reason = fields.Char("Why Without a Return Visit", readonly=True, copy=False)
    bypass_user_id = fields.Many2one(
        "res.users", "Return Visit Skipped By", readonly=True, copy=False
    )

    missing_text = fields.Char("Missing to Close", compute="_compute_missing_text")

    # === COMPUTE METHODS === #

    @api.depends("state", "confirmation_result", "cause_id")
    def _compute_missing_text(self):
        for case in self:
            solved = case.state == "solved"
            case.missing_text = solved and case._explain_not_closed()

    # === BUSINESS METHODS === #

    def _note_visit(self, visit):
        """Draw the conclusion of a try to reach the customer."""
        self.ensure_one()
        if self.state != "solved":
            raise UserError(
                self.env._(
                    "%s is not solved: there is no return visit yet.", self.display_name
                )
            )
        at = visit.try_datetime
        if visit.result != "not_reached":
            self._note_answer(at)  # somebody of ours has spoken with him
        if visit.result == "not_satisfied":
            self._reopen(visit.note or self.env._("not solved, says the customer"), at)
        elif visit.result == "confirmed":
            self._set_confirmed("confirmed", at)
        elif not self.confirmation_result:  # what he said himself stays said
            rounds = self.contact_try_ids.filtered(
                lambda row: (
                    row.result == "not_reached"
                    and row.try_datetime >= self.solved_datetime
                )
            )
            if len(set(rounds.mapped("date"))) >= TRIES:
                self._set_confirmed("not_reached", at)

    def _set_confirmed(self, result, at):
        """Keep the promise of a return visit; close the case if nothing is missing."""
        # sudo: the steps are kept by the system
        self.sudo().write({"confirmation_result": result})
        promises = self._get_promises("confirmation")
        if result == "bypassed":
            promises._cancel()
        else:
            promises._meet(at)
        self._close_if_ready(at)

    def _explain_not_closed(self):
        """Return what is missing to close a case, or False."""
        self.ensure_one()
        if self.state != "solved":
            return self.env._("%s is not solved yet.", self.display_name)
        if not self.confirmation_result:
            return self.env._(
                "%s: the return visit is missing. Log that the customer is satisfied,"
                " or two tries on different days.",
                self.display_name,
            )
        if not self.cause_id:
            return self.env._("%s: fill in “Root Cause”.", self.display_name)
        return False

    def _close(self, at=None):
        """Close cases; raise, naming what is missing, when something is."""
        for case in self:
            if reason := case._explain_not_closed():
                raise UserError(reason)
        at = at or fields.Datetime.now()
        self._end_waiting(at)
        # sudo: the steps are kept by the system
        self.sudo().write({"state": "confirmed", "closed_datetime": at})
        self._get_promises()._cancel()  # nobody waits for what is left
        self._finish_to_dos()

    def _close_if_ready(self, at=None):
        """Close those of these cases that nothing is missing of."""
        self.filtered(lambda case: not case._explain_not_closed())._close(at)

    def _bypass(self, reason):
        """Close a case without a return visit: for managers, with the reason."""
        self.ensure_one()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why there is no return visit."))
        if self.state != "solved":
            raise UserError(self._explain_not_closed())
        # sudo: the steps are kept by the system; the right was checked by the caller
        self.sudo().write({"bypass_reason": reason, "bypass_user_id": self.env.uid})
        self._post_note(self.env._("Closed without a return visit: %s", reason))
        self._set_confirmed("bypassed", fields.Datetime.now())
        if self.state == "solved":
            raise UserError(self._explain_not_closed())
