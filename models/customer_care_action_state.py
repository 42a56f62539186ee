from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from .customer_care_action import UNFINISHED


class CustomerCareAction(models.Model):
    """The one door of each change of status, and what follows it."""

    _inherit = "customer.care.action"

    # === BUSINESS METHODS === #

    def _set_done(self, vals=None):
        """Mark actions as done, today unless ``vals`` says another ``date_done``.

        :param vals: feedback, actual_amount, is_standard_met, date_done, interaction_id
        """
        self._check_unfinished()
        for company, actions in self.grouped("company_id").items():
            today = company._get_customer_today()
            day = (vals or {}).get("date_done") or today
            if fields.Date.to_date(day) > today:
                raise ValidationError(
                    self.env._(
                        "%s, Done On: that day has not come yet.",
                        actions[0].display_name,
                    )
                )
            actions.sudo().write(  # sudo: system fields; the caller checked access
                {
                    "done_user_id": self.env.uid,
                    **(vals or {}),
                    "date_done": day,
                    "state": "done",
                }
            )
        self._after_end("done")

    def _set_unmet(self, cause, note=False):
        """Mark actions as unmet.

        :param cause: a ``customer.unmet.cause``; empty only when the system does it
        """
        self._check_unfinished()
        if not cause and not self.env.su:
            raise ValidationError(
                self.env._("%s: say why it was not done.", self[:1].display_name)
            )
        self.sudo().write(  # sudo: see _set_done
            {"state": "unmet", "cause_id": cause and cause.id, "cause_note": note}
        )
        self._after_end("unmet")

    def _set_cancelled(self):
        """Take actions back."""
        self._check_unfinished()
        self.sudo().write({"state": "cancelled"})  # sudo: see _set_done
        self._after_end("cancelled")

    def _reopen(self):
        """Take back that actions are done, unmet or cancelled."""
        for action in self:
            if action.sudo().replaced_by_id:  # sudo: it may not be his to read
                raise UserError(
                    self.env._(
                        "%s has been planned again already.", action.display_name
                    )
                )
        for company, actions in self.grouped("company_id").items():
            today = company._get_customer_today()
            for action in actions.sudo():  # sudo: see _set_done
                action.write(
                    {
                        "state": "due" if action.date_start <= today else "planned",
                        "date_done": False,
                        "done_user_id": False,
                        "cause_id": False,
                        "is_ended_by_plan": False,
                        "raised_user_id": False,
                    }
                )
        self._follow_changes()

    def _plan_again(self, day):
        """Plan unmet actions once more until another day; return the new ones."""
        again = self.browse()
        for action in self:
            # sudo: whoever may write it may know that there is another one
            if action.sudo().replaced_by_id:
                raise UserError(
                    self.env._(
                        "%s has been planned again already.", action.display_name
                    )
                )
            today = action.company_id._get_customer_today()
            # sudo: see _set_done
            new = (
                action.sudo()
                .with_context(mail_create_nosubscribe=True)
                .copy(
                    {
                        "date_start": min(today, day),
                        "date_deadline": day,
                        "state": "due",
                        "replaces_id": action.id,
                        "milestone_id": action.sudo().milestone_id.id,
                    }
                )
            )
            # sudo: a system field
            action.sudo().replaced_by_id = new
            again |= new.sudo(self.env.su)
        again._follow_changes()
        return again

    def _check_unfinished(self):
        ended = self.filtered(lambda action: action.state not in UNFINISHED)
        if ended:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(action)s is %(state)s already.",
                    action=ended[0].display_name,
                    state=states[ended[0].state],
                )
            )

    def _after_end(self, state):
        """Hook: actions have ended. Rooms to the right let their rows follow."""

    def _follow_changes(self):
        """Hook: responsible, deadline or status of unfinished actions changed."""

    def _after_plan(self):
        """Hook: the job has ended these actions, in SQL, together with their plan."""
