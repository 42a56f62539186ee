from odoo import api, fields, models
from odoo.exceptions import UserError


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        """Link the meeting to the action that it was planned for."""
        events = super().create(vals_list)
        action_id = self.env.context.get("customer_care_action_id")
        if action_id and len(events) == 1:
            self.env["customer.care.action"].browse(action_id)._link_meeting(events)
        return events

    def action_log_interaction(self):
        """Open the dialog that logs what was said in this meeting."""
        self.ensure_one()
        self.check_access("read")
        interactions = self.env["customer.interaction"]
        interactions.check_access("create")
        colleagues = self.partner_ids.filtered(
            lambda partner: any(not user.share for user in partner.user_ids)
        )
        people = self.partner_ids - colleagues
        if not people:
            raise UserError(
                self.env._("Nobody of a customer attends: add a contact first.")
            )
        company = self.env.company
        customers = self.env["customer.profile"].search(
            [
                ("partner_id", "in", people.commercial_partner_id.ids),
                ("company_id", "=", company.id),
            ],
            limit=1,
        ) or self.env["customer.profile"]._get_or_create(people[0], company)
        logged = interactions.search(
            [
                ("profile_id", "=", customers.id),
                ("calendar_event_id", "=", self.id),
            ]
        )
        users = colleagues.user_ids.filtered(lambda user: not user.share)
        return interactions._open_log(
            customers,
            interaction_id=logged.id,
            calendar_event_id=self.id,
            interaction_datetime=fields.Datetime.to_string(
                min(self.start, fields.Datetime.now())
            ),
            channel_id=self.env["customer.channel"]._get_by_code("meeting").id,
            user_ids=(users or self.env.user).ids,
            partner_ids=people.filtered(
                lambda partner: partner.commercial_partner_id == customers.partner_id
            ).ids,
        )
