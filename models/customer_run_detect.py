from odoo import api, fields, models


class CustomerRun(models.Model):
    """The nightly detection of churn: after the tier review, one run per company."""

    _inherit = "customer.run"

    job = fields.Selection(
        selection_add=[("detect", "Churn detection")],
        ondelete={"detect": "cascade"},
    )

    # === CRON METHODS === #

    @api.model
    def _cron_detect_churn(self):
        """Detect churn in every company whose scores of its local day are finished.

        The others are left: their scoring run wakes this job again.
        """
        with self._lock_runs() as is_locked:
            if not is_locked:
                self._call_later("ir_cron_detect_churn")
                return
            companies = self.env["res.company"].search([]).filtered(self._is_refreshed)
            if not self._work_off_steps("detect", companies, "ir_cron_detect_churn"):
                return
        for name in ("send_alerts", "plan_care"):
            self.env.ref(f"customer_success.ir_cron_{name}")._trigger()

    def _get_steps(self):
        if self.job != "detect":
            return super()._get_steps()
        alerts = self.env["customer.alert"]
        return [
            self.env["customer.churn.fit"]._fit_if_due,
            self.env["customer.churn"]._refresh,
            lambda company, date: alerts._raise_alerts(date, company, live=True),
            alerts._assign_alerts,
            alerts._grade_alerts,
            self.env["customer.retention"]._write_months,
        ]
