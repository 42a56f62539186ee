from odoo import models


class MailActivity(models.Model):
    """A done call or meeting becomes an interaction; a next step is done here too.

    A done activity of a milestone says that the milestone is done. The activity of an
    action is a view of it.
    """

    _inherit = "mail.activity"

    def write(self, vals):
        result = super().write(vals)
        if {"res_id", "res_model", "res_model_id"} & set(vals):
            self._check_may_stand_for_ours()
        if "date_deadline" in vals and not self.env.context.get(
            "customer_next_step_synced"
        ):
            # sudo: whoever moves the activity moves the next step it stands for
            steps_sudo = self.env["customer.interaction"].sudo()
            steps_sudo._get_next_steps_of(self).with_context(
                customer_next_step_synced=True
            ).write({"date_next_step": vals["date_deadline"]})
        self.env["customer.care.action"]._follow_activities(self, vals)
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        """Override of mail to keep what was said, and that a record is done with it."""
        milestones_sudo = self._get_milestones_sudo()
        actions_sudo = self.env["customer.care.action"]._get_actions_of(self)
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        self.env["customer.interaction"]._log_done_activities(self.exists(), feedback)
        milestones_sudo._finish_by_activity()
        actions_sudo._finish_by_activities(feedback)
        return result

    def _check_may_stand_for_ours(self):
        """Raise when somebody points his activity at a record that he may not write.

        Who does the activity of our record does the record, whatever his rights: core
        asks for rights on a record only when an activity is created.
        """
        ours = self.filtered(
            lambda activity: (activity.res_model or "").startswith("customer.")
        )
        ours.check_access("create")

    def _get_milestones_sudo(self):
        """Return the milestones that these activities are about."""
        activities = self.filtered(lambda item: item.res_model == "customer.milestone")
        # sudo: whoever does an activity may do so without rights on its record
        milestones_sudo = self.env["customer.milestone"].sudo()
        return milestones_sudo.browse(activities.mapped("res_id")).exists()
