from datetime import datetime

from odoo import models

from .customer_commitment import WAITING

# Promised at arrival; the return visit is promised when a case is solved.
FIRST_TARGETS = ("acknowledge", "judgement", "solution")


class CustomerCase(models.Model):
    """The clocks of a case: promises that its steps start, pause, keep and take back."""

    _inherit = "customer.case"

    def _get_clock_keys(self):
        return {case: case._get_clock_key() for case in self}

    def _get_clock_key(self):
        """Return what the clocks run by."""
        self.ensure_one()
        return (self._get_clock_kind(), self._needs_judgement(), self.profile_id.id)

    def _get_clock_kind(self):
        """Return the kind that policies know this case by."""
        return "urgent" if self.urgency == "urgent" else self.kind

    def _needs_judgement(self):
        return self.is_complex or self.kind == "complaint"

    def _get_promises(self, *targets):
        """Return the promises of these cases for some targets, or all."""
        promises_sudo = self.sudo().commitment_ids  # sudo: kept by the system
        return promises_sudo.filtered(lambda row: not targets or row.target in targets)

    def _prepare_clock(self, target, start):
        return {
            "name": self.display_name,
            "profile_id": self.profile_id.id,
            "company_id": self.company_id.id,
            "kind": self._get_clock_kind(),
            "target": target,
            "res_model": self._name,
            "res_id": self.id,
            "case_id": self.id,
            "user_id": self.user_id.id,
            "start_datetime": start,
        }

    def _start_clocks(self):
        """Start what is promised at the arrival of these cases."""
        vals_list = [
            case._prepare_clock(target, case.received_datetime)
            for case in self
            for target in FIRST_TARGETS
            if target != "judgement" or case._needs_judgement()
        ]
        promises = self.env["customer.commitment"]._start(vals_list)
        self.invalidate_recordset(["commitment_ids"])
        return promises

    def _start_confirmation(self, at):
        """Promise a return visit after a solution; another round when reopened."""
        for case in self:
            rounds = case._get_promises("confirmation")
            if rounds:
                rounds._reopen(at, **case._prepare_round())
            else:
                vals = case._prepare_clock("confirmation", at)
                # sudo: clocks are kept by the system
                self.env["customer.commitment"].sudo()._start([vals])
        self.invalidate_recordset(["commitment_ids"])

    def _reopen_clocks(self, at):
        """Promise a solution again, and what was not kept when the case had ended."""
        for case in self:
            targets = ["solution"]
            if not case.acknowledged_datetime:
                targets.append("acknowledge")
            if not case.judged_datetime and case._needs_judgement():
                targets.append("judgement")
            for target in targets:
                rounds = case._get_promises(target)
                if not rounds:  # he is promised it by now
                    vals = case._prepare_clock(target, at)
                    # sudo: clocks are kept by the system
                    self.env["customer.commitment"].sudo()._start([vals])
                elif not any(row.state in WAITING for row in rounds):
                    rounds._reopen(at, **case._prepare_round())
        self.invalidate_recordset(["commitment_ids"])

    def _prepare_round(self):
        """Return what may be different in another round of a promise."""
        vals = self._prepare_clock("", False)
        del vals["target"], vals["start_datetime"]
        return vals

    def _restart_clocks(self):
        """Let running clocks run by another policy, from when they began.

        What was overdue already stays so. Pauses move along with the clock.
        """
        for case in self:
            case._get_promises()._freeze_overdue()
            running = case._get_promises().filtered(
                lambda row: row.state in ("running", "paused")
            )
            pauses = {row: row._get_pauses() for row in running}
            running._cancel()
            case._get_promises()._move_to_customer(case)
            for promise in running:
                if promise.target == "judgement" and not case._needs_judgement():
                    continue
                again = promise._reopen(promise.start_datetime, **case._prepare_round())
                again._take_pauses(pauses[promise])
            case._start_missing()
            case._follow_clocks()

    def _start_missing(self):
        """Start clocks that only the new kind of a case promises."""
        self.ensure_one()
        self.invalidate_recordset(["commitment_ids"])
        done = {
            "acknowledge": self.acknowledged_datetime,
            "judgement": self.judged_datetime
            or self.proposed_datetime
            or not self._needs_judgement(),
            "solution": self.proposed_datetime,
        }
        if self.state in ("confirmed", "cancelled"):
            return
        # Nothing was promised between the end of a case and its opening again.
        begin = max(self.received_datetime, self.reopened_datetime or datetime.min)
        pauses = self._get_ended_pauses()
        started = self.env["customer.commitment"].sudo()
        for target in (name for name, is_done in done.items() if not is_done):
            rounds = self._get_promises(target)
            last = rounds.sorted("round")[-1:]
            if not rounds:
                started |= started._start([self._prepare_clock(target, begin)])
            elif last.state == "cancelled":
                at = max(last.start_datetime, begin)
                started |= last._reopen(at, **self._prepare_round())
        started._take_pauses(pauses)
        if self.is_waiting:
            started._pause(self.waiting_reason, self.waiting_since)
        self.invalidate_recordset(["commitment_ids"])

    def _get_ended_pauses(self):
        """Return when we waited for the customer so far, for a clock that did not run."""
        pauses = self._get_promises().pause_ids.filtered("end_datetime")
        spans = {(row.start_datetime, row.end_datetime): row.reason for row in pauses}
        return [(*span, reason) for span, reason in spans.items()]
