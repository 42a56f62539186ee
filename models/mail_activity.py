from odoo import models


class MailActivity(models.Model):
    """A done call or meeting becomes an interaction; a next step is done here too.

    A done activity of a milestone says that the milestone is done.
    """

    _inherit = "mail.activity"

    def write(self, vals):
        result = super().write(vals)
        if "date_deadline" in vals and not self.env.context.get(
            "customer_next_step_synced"
        ):
            # sudo: whoever moves the activity moves the next step it stands for
            steps_sudo = self.env["customer.interaction"].sudo()
            steps_sudo._get_next_steps_of(self).with_context(
                customer_next_step_synced=True
            ).write({"date_next_step": vals["date_deadline"]})
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        """Override of mail to keep what was said, and that a milestone is done."""
        milestones_sudo = self._get_milestones_sudo()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        self.env["customer.interaction"]._log_done_activities(self.exists(), feedback)
        milestones_sudo._finish_by_activity()
        return result

    def _get_milestones_sudo(self):
        """Return the milestones that these activities are about."""
        activities = self.filtered(lambda item: item.res_model == "customer.milestone")
        # sudo: whoever does an activity may do so without rights on its record
        milestones_sudo = self.env["customer.milestone"].sudo()
        return milestones_sudo.browse(activities.mapped("res_id")).exists()
