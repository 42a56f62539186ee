from odoo import api, fields, models
from odoo.exceptions import AccessError

from .customer_personal_data import READER

MODEL = "customer.personal.data"


class CustomerProfile(models.Model):
    """Relationship data of a customer's people: who may open it, what a merge does."""

    _inherit = "customer.profile"

    can_open_personal_data = fields.Boolean(compute="_compute_can_open_personal_data")

    # === COMPUTE METHODS === #

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_can_open_personal_data(self):
        is_reader = self.env.user.has_group(READER)
        for profile in self:
            profile.can_open_personal_data = (
                is_reader or profile.user_id == self.env.user
            )

    # === ACTION METHODS === #

    def action_open_personal_data(self):
        """List the relationship data of this customer's people."""
        self.ensure_one()
        self.check_access("read")
        self._check_personal_data()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_personal_data_action"
        )
        return {
            **action,
            "domain": [("profile_id", "=", self.id)],
            "context": {"default_profile_id": self.id},
        }

    def _open_personal_data_of(self, partner):
        """Open what is recorded about a person at this customer, or an empty form.

        The caller has checked that the user may know.
        """
        self.ensure_one()
        data = self.env[MODEL].search(
            [("profile_id", "=", self.id), ("partner_id", "=", partner.id)]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Relationship Data"),
            "res_model": MODEL,
            "res_id": data.id,
            "views": [(False, "form")],
            "context": {
                "default_profile_id": self.id,
                "default_partner_id": partner.id,
            },
        }

    def _check_personal_data(self):
        """Raise unless the user is the first responsible person or a reader."""
        if not self or not self.can_open_personal_data:
            raise AccessError(
                self.env._(
                    "Relationship data is for the first responsible person of the"
                    " customer and for relationship data readers."
                )
            )

    # === MERGE === #

    def _move_facts(self, survivor):
        result = super()._move_facts(survivor)
        rows = self.env[MODEL]
        moved = rows.search([("profile_id", "in", self.ids)])
        there = rows.search(
            [
                ("profile_id", "=", survivor.id),
                ("partner_id", "in", moved.partner_id.ids),
            ]
        )
        for partner, data in (moved | there).grouped("partner_id").items():
            data._merge_into_one(survivor, partner)
        return result

    @api.model
    def _merge_partners(self, src_partners, dst_partner):
        """Override to make one row of those of two contacts who are one person.

        After their customers became one, before core moves the foreign keys: core
        would delete the rows that clash.
        """
        result = super()._merge_partners(src_partners, dst_partner)
        # sudo: whoever may merge contacts may not see what is recorded about them
        rows_sudo = self.env[MODEL].sudo()
        rows_sudo = rows_sudo.search(
            [("partner_id", "in", (src_partners | dst_partner).ids)]
        )
        for profile, data in rows_sudo.grouped("profile_id").items():
            if len(data) > 1:
                data._merge_into_one(profile, dst_partner)
        return result
