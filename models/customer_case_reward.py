from odoo import fields, models
from odoo.exceptions import UserError

from .customer_case import REWARDS


class CustomerCase(models.Model):
    """Thanks for a good suggestion. Points for it come from an extension."""

    _inherit = "customer.case"

    reward_state = fields.Selection(
        REWARDS, "Reward", required=True, default="none", readonly=True, copy=False
    )
    reward_note = fields.Text("Which Reward", copy=False)

    def _propose_reward(self):
        """Propose suggestions for a reward."""
        for case in self:
            if case.kind != "suggestion" or case.reward_state != "none":
                raise UserError(
                    self.env._(
                        "%s is no suggestion without a reward.", case.display_name
                    )
                )
        # sudo: kept by the system
        self.sudo().write({"reward_state": "proposed"})

    def _grant_reward(self):
        """Reward suggestions: note it, and log the contact with the customer.

        Override to add what the customer gets, points for instance.
        """
        for case in self:
            if case.reward_state != "proposed":
                raise UserError(
                    self.env._("%s was not proposed for a reward.", case.display_name)
                )
            case._post_note(
                self.env._("Suggestion rewarded. %s", case.reward_note or "")
            )
            case._log_reward()
        self.sudo().write({"reward_state": "granted"})  # sudo: kept by the system

    def _log_reward(self):
        """Log that we thanked the customer."""
        if self.profile_id:
            self.env["customer.interaction"].create(
                {
                    "profile_id": self.profile_id.id,
                    "name": self.env._("Reward for a suggestion: %s", self.subject),
                    "content": self.reward_note,
                    "direction": "outgoing",
                    "partner_ids": self.partner_id.ids,
                }
            )
