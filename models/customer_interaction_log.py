import re

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

PASTED_IMAGE = re.compile(r"/web/image/(\d+)")


class CustomerInteraction(models.Model):
    """Logging in a few clicks, and the one activity of the next step."""

    _inherit = "customer.interaction"

    has_many_contacts = fields.Boolean(compute="_compute_has_many_contacts")

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_has_many_contacts(self):
        """Say whether contacts are searched or created instead of ticked: many, none."""
        for interaction in self:
            people = interaction.profile_id._get_contact_people(limit=13)
            interaction.has_many_contacts = not 1 <= len(people) <= 12

    # === ONCHANGE METHODS === #

    @api.onchange("profile_id")
    def _onchange_profile_id(self):
        """Tick the only contact of the customer; nobody of another one."""
        partner = self.profile_id.partner_id
        self.partner_ids = self.partner_ids.filtered(
            lambda person: person.commercial_partner_id._origin == partner._origin
        )
        people = self.profile_id._get_contact_people(limit=2)
        if self.profile_id and not self.partner_ids and len(people) == 1:
            self.partner_ids = people

    @api.onchange("partner_ids")
    def _onchange_partner_ids(self):
        """Offer the channel that the first contact prefers, unless one was chosen."""
        default = self.env["customer.channel"]._get_by_code("phone")
        if self._origin or self.calendar_event_id or self.channel_id != default:
            return
        channel = self.profile_id._get_preferred_channel(self.partner_ids[:1]._origin)
        self.channel_id = channel or default

    # === ACTION METHODS === #

    def action_confirm(self):
        """Confirm these proposals; who confirms took part when nobody of ours did."""
        for interaction in self.filtered(lambda row: row.state != "confirmed"):
            vals = {"state": "confirmed"}
            if not interaction.user_ids:
                vals["user_ids"] = [Command.link(self.env.uid)]
            interaction.write(vals)

    def action_dismiss(self):
        """Dismiss these proposals: they are never proposed again."""
        self.filtered(lambda row: row.state == "proposed").write({"state": "dismissed"})

    def action_next_step_done(self):
        """Mark the next step as done, its activity too."""
        self.filtered(lambda row: row.next_step_state == "open").write(
            {"next_step_state": "done"}
        )

    def action_open_source(self):
        """Open the meeting or the document of the message, if the reader may."""
        self.ensure_one()
        self.check_access("read")
        source = self.calendar_event_id
        message = self._get_message()
        if not source and message and message.has_access("read"):
            source = self.env[message.model].browse(message.res_id).exists()
        if not source or not source.has_access("read"):
            raise UserError(
                self.env._("The document behind it is not there, or not for you.")
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": source._name,
            "res_id": source.id,
            "view_mode": "form",
        }

    @api.model
    def _open_log(self, profile, **defaults):
        """Open the dialog that logs an interaction with a customer."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log Interaction"),
            "res_model": "customer.interaction",
            "res_id": defaults.pop("interaction_id", False),
            "views": [
                (
                    self.env.ref(
                        "customer_success.customer_interaction_view_form_log"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
            "context": {
                "default_profile_id": profile.id,
                **{f"default_{name}": value for name, value in defaults.items()},
            },
        }

    def _adopt_pasted_images(self):
        """Attach the images that were pasted into the content before it was saved.

        So they are read, and one day deleted, with the interaction.
        """
        for interaction in self:
            ids = PASTED_IMAGE.findall(interaction.content or "")
            if ids:
                # sudo: images that this user has just uploaded for this very purpose
                self.env["ir.attachment"].sudo().search(
                    [
                        ("id", "in", [int(image_id) for image_id in ids]),
                        ("res_model", "=", self._name),
                        ("res_id", "in", (0, False)),
                        ("create_uid", "=", self.env.uid),
                    ]
                ).res_id = interaction.id

    # === NEXT STEP === #

    def _sync_next_step(self):
        """Let the activity of the next step follow: made, changed, done or taken back."""
        if self.env.context.get("customer_next_step_synced"):
            return
        for interaction in self:
            # sudo: the activity may be of a colleague
            activity_sudo = interaction.next_activity_id.sudo().filtered("active")
            is_open = (
                interaction.state == "confirmed"
                and interaction.active
                and interaction.next_step_state == "open"
                and interaction.date_next_step
            )
            if is_open and activity_sudo:
                activity_sudo.with_context(customer_next_step_synced=True).write(
                    interaction._prepare_next_step_vals()
                )
            elif is_open:
                interaction._plan_next_step()
            elif activity_sudo and interaction.next_step_state == "done":
                activity_sudo.with_context(
                    customer_next_step_synced=True
                )._action_done()
            elif activity_sudo:
                activity_sudo.unlink()

    def _prepare_next_step_vals(self):
        return {
            "summary": self.next_step or self.env._("Next step"),
            "date_deadline": self.date_next_step,
            "user_id": (self.next_step_user_id or self.env.user).id,
        }

    def _plan_next_step(self):
        """Plan the one activity of the next step on the customer."""
        activity = self.profile_id.activity_schedule(
            "mail.mail_activity_data_todo", **self._prepare_next_step_vals()
        )
        # sudo: clients cannot choose an activity that is changed in their name
        self.sudo().next_activity_id = activity
