from datetime import datetime, time, timedelta

import pytz
from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class CustomerCareAction(models.Model):
    """What people see of an action and do with it: work through a day, done, unmet."""

    _inherit = "customer.care.action"

    partner_id = fields.Many2one(related="profile_id.partner_id", string="Contact")
    partner_ids = fields.Many2many(
        "res.partner",
        "customer_care_action_partner_rel",
        "action_id",
        "partner_id",
        "Their Participants",
        copy=False,
        check_company=True,
        help="Who of the customer takes part: they stand in the interaction.",
    )
    done_text = fields.Text(
        "What Was Done", copy=False, help="What was said and done; of a visit, minutes."
    )

    # === ACTION METHODS === #

    def action_done(self):
        """Ask what was done and what the customer said; then these actions are done."""
        self._check_open()
        return self._open_dialog("customer.action.done", self.env._("Mark Done"))

    def action_unmet(self):
        """Ask why these actions were not met, and when they are tried again."""
        self._check_open()
        return self._open_dialog("customer.action.unmet", self.env._("Mark Unmet"))

    def action_cancel(self):
        """Cancel these actions: they are not wanted any more."""
        self._check_open()
        self._set_cancelled()

    def action_open_customer(self):
        """Open the customer."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.profile",
            "res_id": self.profile_id.id,
            "views": [(False, "form")],
        }

    def action_open_interaction(self):
        """Open what this action left behind."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.interaction",
            "res_id": self.interaction_id.id,
            "views": [(False, "form")],
        }

    def action_meet(self):
        """Open the meeting of this action, or plan one before its deadline."""
        self.ensure_one()
        self.check_access("write")
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Meeting"),
            "res_model": "calendar.event",
            "views": [(False, "form")],
            "target": "current",
        }
        if self.calendar_event_id:
            return {**action, "res_id": self.calendar_event_id.id}
        people = self.env.user.partner_id | self.user_id.partner_id | self.partner_ids
        start = self._get_meeting_start()
        name = self.kind_id.name if self.is_personal else self.name
        return {
            **action,
            "context": {
                "default_name": f"{name}: {self.profile_id.display_name}",
                # everybody reads calendars, few may know a birthday
                "default_privacy": "private" if self.is_personal else False,
                "default_partner_ids": people.ids,
                "default_start": fields.Datetime.to_string(start),
                "default_stop": fields.Datetime.to_string(start + timedelta(hours=1)),
                "customer_care_action_id": self.id,
            },
        }

    def _get_meeting_start(self):
        """Return ten o'clock of the deadline, in UTC; of tomorrow when it has passed."""
        today = self.company_id._get_customer_today()
        day = max(self.date_deadline, today + timedelta(days=1))
        zone = pytz.timezone(self.env.user.tz or self.company_id._get_customer_tz())
        start = zone.localize(datetime.combine(day, time(10)))
        return start.astimezone(pytz.utc).replace(tzinfo=None)

    def action_reopen(self):
        """Take back that these actions are finished; what was logged stays."""
        self.check_access("write")
        self._reopen()

    def _check_open(self):
        """Raise unless the user may write these actions, and all are still open."""
        self.check_access("write")
        self._check_unfinished()

    def _open_dialog(self, model, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_action_ids": self.ids},
        }

    # === BUSINESS METHODS === #

    def _log_interaction(self):
        """Log what was done with the customers, each action once.

        Over the channel of the kind; a kind that is no contact logs nothing. A meeting
        that was proposed already is confirmed instead. Who does an action without
        rights on the customer proposes what others confirm.
        """
        # sudo: whoever does the activity of an action does the action
        for action in self.sudo():
            kind = action.kind_id
            if not kind.is_contact or action.interaction_id or action.state != "done":
                continue
            action.interaction_id = action._find_interaction() or action.env[
                "customer.interaction"
            ].create(action._prepare_interaction_vals())

    def _link_meeting(self, event):
        """Note the meeting that was planned for this action, the first one."""
        action = self.exists()
        if action and not action.calendar_event_id:
            action.check_access("write")
            action.calendar_event_id = event

    def _check_participants(self, people):
        """Raise when somebody took part who does not belong to the customer."""
        partner = self.profile_id.partner_id
        for person in people:
            if person.commercial_partner_id != partner:
                raise UserError(
                    self.env._(
                        "%(contact)s does not belong to %(customer)s.",
                        contact=person.display_name,
                        customer=self.profile_id.display_name,
                    )
                )

    def _find_interaction(self):
        """Return the interaction that the meeting of this action already has.

        It gets what was said when it waits to be confirmed.
        """
        known = self.env["customer.interaction"]
        if self.calendar_event_id:
            known = known.with_context(active_test=False).search(
                [
                    ("profile_id", "=", self.profile_id.id),
                    ("calendar_event_id", "=", self.calendar_event_id.id),
                ],
                limit=1,
            )
        if known and known.state != "confirmed":
            vals = self._prepare_interaction_vals()
            if not self.partner_ids:
                del vals["partner_ids"]  # those of the meeting
            del vals["profile_id"], vals["calendar_event_id"]
            known.write({**vals, "active": True})
        return known

    def _prepare_interaction_vals(self):
        """Return the values of the interaction that this action leaves behind."""
        profile = self.profile_id
        while profile.merged_into_id:
            profile = profile.merged_into_id
        user = self.done_user_id or self.env.user
        is_ours = not user.share and profile.company_id in user.company_ids
        may_log = self.with_env(self.env(su=False)).has_access("write")
        people = self.partner_ids.filtered(
            lambda person: person.commercial_partner_id == profile.partner_id
        )
        return {
            "profile_id": profile.id,
            "interaction_datetime": self._get_done_datetime(),
            "channel_id": (
                self.kind_id.channel_id
                or self.env["customer.channel"]._get_by_code("phone")
            ).id,
            "direction": "outgoing",
            "user_ids": [Command.set(user.ids if is_ours else [])],
            "partner_ids": [Command.set(people.ids)],
            "name": self.kind_id.name if self.is_personal else self.name,
            "content": self.done_text and plaintext2html(self.done_text),
            "feedback": self.feedback,
            "next_step_user_id": False,
            "is_bulk": self.kind_id.is_bulk or self.kind_id.channel_id.is_bulk,
            "calendar_event_id": self.calendar_event_id.id,
            "state": "confirmed" if may_log else "proposed",
        }

    def _get_done_datetime(self):
        """Return when an action was done: now, or noon of an earlier day."""
        now = fields.Datetime.now()
        today = self.company_id._get_customer_today()
        if not self.date_done or self.date_done >= today:
            return now
        zone = pytz.timezone(self.company_id._get_customer_tz())
        noon = zone.localize(datetime.combine(self.date_done, time(12)))
        return min(noon.astimezone(pytz.utc).replace(tzinfo=None), now)
