from odoo import Command, api, fields, models
from odoo.tools import plaintext2html

LOGGED_ON = ("customer.alert", "customer.profile", "res.partner")


class CustomerInteraction(models.Model):
    """What a done activity leaves behind."""

    _inherit = "customer.interaction"

    @api.model
    def _get_next_steps_of(self, activities):
        """Return the interactions whose open next step these activities stand for."""
        return self.with_context(active_test=False).search(
            [
                ("next_activity_id", "in", activities.ids),
                ("next_step_state", "=", "open"),
            ]
        )

    @api.model
    def _log_done_activities(self, activities, feedback):
        """Finish the next steps that are done; log calls and meetings with customers.

        Called for every internal user who marks an activity as done.
        """
        if self.env.context.get("customer_next_step_synced"):
            return
        # sudo: whoever does the activity does the next step
        steps_sudo = self.sudo()._get_next_steps_of(activities)
        others = activities - steps_sudo.next_activity_id
        steps_sudo.with_context(customer_next_step_synced=True).next_step_state = "done"
        candidates = others.filtered(lambda item: item.res_model in LOGGED_ON)
        # sudo: a colleague without the role proposes what others confirm
        channels_sudo = self.env["customer.channel"].sudo()
        for activity in candidates:
            channel = channels_sudo.search(
                [("activity_type_ids", "in", activity.activity_type_id.ids)], limit=1
            )
            if channel:
                self._log_done_activity(activity, channel, feedback)

    @api.model
    def _log_done_activity(self, activity, channel, feedback):
        """Log one activity: confirmed with its feedback, else proposed."""
        profile_sudo, partner = self._get_activity_customer(activity)
        if not profile_sudo:
            return
        may_log = profile_sudo.with_env(self.env).has_access(
            "read"
        ) and self.has_access("create")
        vals = {}
        if feedback and may_log:
            vals = {"state": "confirmed", "content": plaintext2html(feedback)}
        # sudo: see _log_done_activities
        known_sudo = (
            self.sudo()
            .with_context(active_test=False)
            ._find_of_activity(profile_sudo, activity)
        )
        if known_sudo:
            known_sudo.filtered(lambda row: row.state == "proposed").write(vals)
        else:
            self.sudo().create(
                {
                    **self._prepare_activity_vals(profile_sudo, partner, activity),
                    "channel_id": channel.id,
                    **vals,
                }
            )

    @api.model
    def _find_of_activity(self, profile, activity):
        """Return the interaction already there for an activity or its meeting."""
        event = activity.sudo().calendar_event_id  # sudo: only its id is used
        return self.search(
            [
                ("profile_id", "=", profile.id),
                "|",
                ("activity_id", "=", activity.id),
                "&",
                ("calendar_event_id", "=", event.id),
                ("calendar_event_id", "!=", False),
            ],
            limit=1,
        )

    @api.model
    def _get_activity_customer(self, activity):
        """Return the customer an activity is about, and the person of his if any.

        :return: (customer as superuser, contact)
        """
        # sudo: the customer may not be for the one who does the activity
        profiles_sudo = self.env["customer.profile"].sudo()
        record_sudo = self.env[activity.res_model].sudo().browse(activity.res_id)
        if activity.res_model in ("customer.alert", "customer.profile"):
            record_sudo = record_sudo.exists()
            is_alert = activity.res_model == "customer.alert"
            profile_sudo = record_sudo.profile_id if is_alert else record_sudo
            while profile_sudo.merged_into_id:
                profile_sudo = profile_sudo.merged_into_id
            partner = profile_sudo.partner_id
        else:
            partner = record_sudo
            profile_sudo = profiles_sudo.search(
                [
                    ("partner_id", "=", partner.commercial_partner_id.id),
                    ("company_id", "=", self.env.company.id),
                    ("merged_into_id", "=", False),
                ],
                limit=1,
            )
        return profile_sudo, partner.filtered(lambda contact: not contact.is_company)

    @api.model
    def _prepare_activity_vals(self, profile, partner, activity):
        """Return the values of a proposal made from a done activity."""
        user = activity.user_id or self.env.user
        event = activity.sudo().calendar_event_id  # sudo: its time only
        now = fields.Datetime.now()
        return {
            "profile_id": profile.id,
            "interaction_datetime": min(event.start, now) if event else now,
            "user_ids": [
                Command.set(
                    user.filtered(
                        lambda u: not u.share and profile.company_id in u.company_ids
                    ).ids
                )
            ],
            "partner_ids": [Command.set(partner.ids)],
            "name": activity.summary,
            "activity_id": activity.id,
            "calendar_event_id": event.id,
            "next_step_user_id": False,
            "state": "proposed",
        }
