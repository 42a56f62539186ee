from odoo import api, fields, models


class CustomerRun(models.Model):
    """The nightly planning of care: plans, actions, promises, evaluations."""

    _inherit = "customer.run"

    job = fields.Selection(
        selection_add=[("care", "Care plans")], ondelete={"care": "cascade"}
    )

    # === CRON METHODS === #

    @api.model
    def _cron_plan_care(self):
        """Plan the care of every company as of its local day; the detection wakes it."""
        with self._lock_runs() as is_locked:
            if not is_locked:
                self._call_later("ir_cron_plan_care")
                return
            companies = self.env["res.company"].search([])
            self._work_off_steps("care", companies, "ir_cron_plan_care")

    @api.model
    def _request_care(self):
        """Wake the care job: a tier was given by hand."""
        # sudo: whoever approves a tier may not see scheduled actions
        self.env.ref("customer_success.ir_cron_plan_care").sudo()._trigger()

    def _get_steps(self):
        if self.job != "care":
            return super()._get_steps()
        actions = self.env["customer.care.action"]
        return [
            self.env["customer.care.plan"]._launch_due,
            actions._share_out,
            actions._open_due,
            actions._raise_activities,
            self.env["customer.commitment"]._refresh,
            self.env["customer.review"]._create_due,
            self.env["customer.feedback.meeting"]._create_due,
        ]
