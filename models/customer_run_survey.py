from odoo import api, fields, models


class CustomerRun(models.Model):
    """The daily round of questionnaires: invitations, reminders, what ran out."""

    _inherit = "customer.run"

    job = fields.Selection(
        selection_add=[("survey", "Questionnaires")], ondelete={"survey": "cascade"}
    )

    # === CRON METHODS === #

    @api.model
    def _cron_send_surveys(self):
        """Invite and remind the customers of every company that asks by itself."""
        with self._lock_runs() as is_locked:
            if not is_locked:
                self._call_later("ir_cron_send_surveys")
                return
            companies = self.env["res.company"].search(
                [("customer_survey_auto", "=", True)]
            )
            self._work_off_steps("survey", companies, "ir_cron_send_surveys")

    def _get_steps(self):
        if self.job != "survey":
            return super()._get_steps()
        invitations = self.env["customer.survey.invitation"]
        return [invitations._expire, invitations._invite_due, invitations._remind_due]
