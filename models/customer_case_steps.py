from odoo import fields, models
from odoo.exceptions import UserError

from .customer_case import OPEN_STATES, STATES

STEPS = [name for name, _label in STATES]
# The time that a step leaves, and the promise that it keeps.
STEP_TIMES = {
    "acknowledged": ("acknowledged_datetime", "acknowledge"),
    "judged": ("judged_datetime", "judgement"),
    "proposed": ("proposed_datetime", "solution"),
}


class CustomerCase(models.Model):
    """The steps of a case: each one keeps its promise and is done once a round."""

    _inherit = "customer.case"

    merged_into_id = fields.Many2one(
        "customer.case",
        "Part Of",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    duplicate_ids = fields.One2many("customer.case", "merged_into_id", "Duplicates")

    def _check_open(self):
        """Raise when a case has ended."""
        ended = self.filtered(lambda case: case.state not in OPEN_STATES)
        if ended:
            raise UserError(
                self.env._(
                    "%(case)s has ended: %(state)s. Reopen it first.",
                    case=ended[0].display_name,
                    state=ended[0]._get_label("state"),
                )
            )

    def _get_label(self, name):
        """Return the words for the value of a selection."""
        self.ensure_one()
        return dict(self._fields[name]._description_selection(self.env)).get(self[name])

    def _advance(self, state, at):
        """Take a step at an instant; cases that are further stay where they are."""
        name, target = STEP_TIMES[state]
        cases_sudo = self.sudo()  # sudo: the steps are kept by the system
        for case in cases_sudo.filtered(lambda case: case.state in OPEN_STATES):
            vals = {}
            if not case[name]:
                vals[name] = max(at, case.received_datetime)
            if STEPS.index(case.state) < STEPS.index(state):
                vals["state"] = state
            if vals:
                case.write(vals)
        self._get_promises(target)._meet(at)

    def _judge(self, vals, at=None):
        """Write down the first judgement of a case."""
        self.ensure_one()
        self._check_open()
        self.write(vals)
        self._check_filled("judgement")
        self._advance("judged", at or fields.Datetime.now())

    def _propose(self, vals, at=None):
        """Write down which solution was proposed to the customer."""
        self.ensure_one()
        self._check_open()
        self.write(vals)
        self._check_filled("solution")
        self._set_proposed(at or fields.Datetime.now())

    def _set_proposed(self, at):
        """Keep the promise of a solution; what needed a judgement was judged by it."""
        if self._needs_judgement():
            self._advance("judged", at)
        else:  # promised as long as it needed one, and late by then
            self._get_promises("judgement")._meet(at)
        self._advance("proposed", at)

    def _solve(self, vals, at=None):
        """Say that a case is solved: the return visit is promised from now on.

        A solution that was not proposed before is proposed with it.
        """
        self.ensure_one()
        self._check_open()
        if self.state == "solved":
            return
        at = at or fields.Datetime.now()
        self.write(vals)
        self._check_filled("result")
        self._end_waiting(at)
        self._set_proposed(at)
        self.sudo().write(  # sudo: the steps are kept by the system
            {"state": "solved", "solved_datetime": max(at, self.received_datetime)}
        )
        self._start_confirmation(at)
        self._finish_to_dos()
        self._after_solved()

    def _after_solved(self):
        """Hook: these cases were solved, for the first time or again."""

    def _check_filled(self, name):
        """Raise when a text that a step needs is missing."""
        if not (self[name] or "").strip():
            raise UserError(
                self.env._(
                    "%(case)s: fill in “%(field)s”.",
                    case=self.display_name,
                    field=self._fields[name]._description_string(self.env),
                )
            )

    def _reopen(self, reason, at=None):
        """Open cases that ended again: the next round of solution and return visit."""
        at = at or fields.Datetime.now()
        for case in self:
            case._check_can_reopen()
            case._end_waiting(at)
            case._get_promises("confirmation")._cancel()
            case.sudo().write(  # sudo: the steps are kept by the system
                {
                    "state": case._get_state_reopened(),
                    # one withdrawn by mistake was no solution that did not hold
                    "reopen_count": case.reopen_count + bool(case.solved_datetime),
                    "reopened_datetime": at,
                    "proposed_datetime": False,
                    "solved_datetime": False,
                    "closed_datetime": False,
                    "confirmation_result": False,
                    "bypass_reason": False,
                    "bypass_user_id": False,
                }
            )
            case._reopen_clocks(at)
            case._post_note(case.env._("Reopened: %s", reason or ""))
            # sudo: an activity of somebody else
            case.sudo()._schedule_answer(case.env._("Reopened: %s", reason or ""))

    def _check_can_reopen(self):
        self.ensure_one()
        if self.merged_into_id:
            raise UserError(
                self.env._(
                    "%(case)s became part of %(survivor)s: go on there.",
                    case=self.display_name,
                    survivor=self.merged_into_id.display_name,
                )
            )
        if self.state not in ("solved", "confirmed", "cancelled"):
            raise UserError(
                self.env._("%s is not solved yet: go on with it.", self.display_name)
            )

    def _get_state_reopened(self):
        """Return the step from which a case goes on."""
        if self.judged_datetime:
            return "judged"
        return "acknowledged" if self.acknowledged_datetime else "received"

    def _withdraw(self, reason, at=None):
        """End cases without a solution: the customer withdrew them, or no case."""
        self._check_open()
        at = at or fields.Datetime.now()
        self._end_waiting(at)
        self._get_promises()._cancel()
        self.sudo().write(  # sudo: the steps are kept by the system
            {"state": "cancelled", "closed_datetime": at, "is_answer_due": False}
        )
        for case in self:
            case._post_note(case.env._("Withdrawn: %s", reason or ""))
        self._finish_to_dos()

    def _post_note(self, text, **kwargs):
        """Write a note that only we see."""
        self.ensure_one()
        # sudo: kept by the system, whoever takes the step
        self.sudo().message_post(
            body=text,
            subtype_xmlid="mail.mt_note",
            author_id=self.env.user.partner_id.id,
            **kwargs,
        )
