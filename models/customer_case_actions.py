from odoo import fields, models
from odoo.exceptions import AccessError

MANAGER = "customer_success.group_customer_success_manager"


class CustomerCase(models.Model):
    """The buttons of a case: each one checks the right to write and asks what it needs."""

    _inherit = "customer.case"

    # === ACTION METHODS === #

    def action_take(self):
        """Become the handler of these cases."""
        self.check_access("write")
        self._check_open()
        self.write({"user_id": self.env.uid})

    def action_answer(self):
        """Write to the customer; the first answer keeps the promise."""
        return self._open_dialog("customer.case.answer", self.env._("Answer"))

    def action_answer_phone(self):
        """Note that somebody answered the customer by phone."""
        return self._open_dialog(
            "customer.case.answer",
            self.env._("Answered by Phone"),
            default_is_phone=True,
        )

    def action_judge(self):
        """Write down the first judgement."""
        return self._open_step("judge", self.env._("First Judgement"))

    def action_propose(self):
        """Write down which solution is proposed."""
        return self._open_step("propose", self.env._("Propose a Solution"))

    def action_solve(self):
        """Write down what was done; the return visit is promised."""
        return self._open_step("solve", self.env._("Solved"))

    def action_visit(self):
        """Log a try to reach the customer after the solution."""
        return self._open_dialog(
            "customer.case.contact.try", self.env._("Return Visit")
        )

    def action_close(self):
        """Close these cases, if nothing is missing."""
        self.check_access("write")
        self._close()

    def action_bypass(self):
        """Ask why a case is closed without a return visit: for managers."""
        self._check_manager()
        return self._open_reason("bypass", self.env._("Close without a Return Visit"))

    def action_reopen(self):
        """Ask why a case opens again."""
        return self._open_reason("reopen", self.env._("Reopen"))

    def action_wait(self):
        """Ask what we wait for; the clocks rest."""
        return self._open_reason("wait", self.env._("Wait for the Customer"))

    def action_resume(self):
        """Wait no longer: the clocks run again."""
        self.check_access("write")
        self._resume_now()

    def action_withdraw(self):
        """Ask why a case ends without a solution."""
        return self._open_reason("withdraw", self.env._("Withdraw"))

    def action_escalate(self):
        """Ask somebody above for help."""
        return self._open_dialog("customer.case.escalation", self.env._("Escalate"))

    def action_merge(self):
        """Let these cases become part of another one."""
        self.check_access("write")
        return self._open_dialog(
            "customer.case.merge",
            self.env._("Same Matter as Another Case"),
            default_case_ids=self.ids,
        )

    def action_assign_sender(self):
        """Say who wrote: a customer there is, or a new contact."""
        return self._open_dialog("customer.case.sender", self.env._("Who Wrote?"))

    def action_propose_reward(self):
        """Propose a good suggestion for a reward."""
        self.check_access("write")
        self._propose_reward()

    def action_grant_reward(self):
        """Reward a good suggestion: for managers."""
        self._check_manager()
        self.check_access("write")
        self._grant_reward()

    def action_open_customer(self):
        """Open the customer."""
        self.ensure_one()
        self.check_access("read")
        self.profile_id.check_access("read")
        return self._open_record(self.profile_id)

    def action_open(self):
        """Open this case."""
        self.ensure_one()
        self.check_access("read")
        return self._open_record(self)

    def action_open_commitments(self):
        """Open the promises of this case, late ones first."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_success.customer_commitment_action"
        )
        return {**action, "domain": [("case_id", "=", self.id)], "context": {}}

    # === HELPERS === #

    def _check_manager(self):
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("This is for managers of Customer Success: ask one of them.")
            )

    def _resume_now(self):
        self._check_open()
        self._end_waiting(fields.Datetime.now())

    def _open_step(self, step, title):
        self.ensure_one()
        self.check_access("write")
        self._check_open()
        return self._open_dialog("customer.case.step", title, default_step=step)

    def _open_reason(self, step, title):
        self.ensure_one()
        return self._open_dialog("customer.case.reason", title, default_step=step)

    def _open_dialog(self, model, title, **context):
        self.check_access("write")
        if "default_case_ids" not in context:
            self.ensure_one()
            context["default_case_id"] = self.id
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    def _open_record(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
