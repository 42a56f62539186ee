from collections import defaultdict
from datetime import date

from odoo import models


class CustomerProfile(models.Model):
    """Logging interactions with a customer, and who counts as an executive there."""

    _inherit = "customer.profile"

    # === ACTION METHODS === #

    def action_log_interaction(self):
        """Open the dialog that logs an interaction with this customer."""
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.interaction"]._open_log(self)

    # === BUSINESS METHODS === #

    def _get_contact_people(self, limit=None):
        """Return the persons of this customer who can take part in something."""
        return self.env["res.partner"].search(
            [
                ("commercial_partner_id", "=", self.partner_id._origin.id),
                ("is_company", "=", False),
                ("type", "=", "contact"),
            ],
            limit=limit,
        )

    def _get_preferred_channel(self, partner):
        """Return the channel that a contact of this customer prefers, if known."""
        roles = self.env["customer.stakeholder"].search(
            [
                ("profile_id", "=", self._origin.id),
                ("partner_id", "=", partner.id),
                ("date_to", "=", False),
                ("preferred_channel_id.active", "=", True),
            ],
            limit=1,
        )
        return roles.preferred_channel_id

    def _get_executives(self):
        """Return the executives of these customers: ours and theirs.

        :return: two dicts of customer id to (user or contact id, first day, day after)
        """
        # sudo: a fact about a visit, whoever may see the people
        members = self.env["customer.team.member"].sudo()
        people = self.env["customer.stakeholder"].sudo()
        ours, theirs = defaultdict(list), defaultdict(list)
        for rows, name, flag, found in (
            (members, "user_id", "role_id.is_executive", ours),
            (people, "partner_id", "is_executive", theirs),
        ):
            for row in rows.with_context(active_test=False).search_fetch(
                [("profile_id", "in", self.ids), (flag, "=", True)],
                ["profile_id", name, "date_from", "date_to"],
            ):
                found[row.profile_id.id].append(
                    (row[name].id, row.date_from or date.min, row.date_to or date.max)
                )
        return ours, theirs

    def _recompute_executive_visits(self):
        """Count executive visits again: who is an executive has changed.

        Called when team members or stakeholders of these customers change.
        """
        interactions_sudo = self.env["customer.interaction"].sudo()  # sudo: a result
        visits_sudo = interactions_sudo.with_context(active_test=False).search(
            [("profile_id", "in", self.ids), ("channel_id.is_visit", "=", True)]
        )
        self.env.add_to_compute(
            interactions_sudo._fields["is_executive_visit"], visits_sudo
        )

    # === MERGE === #

    def _move_facts(self, survivor):
        """Override: interactions go with the customer.

        Where both have one for the same meeting, message or activity, the confirmed
        one stays in use and the other is archived.
        """
        result = super()._move_facts(survivor)
        rows = self.env["customer.interaction"].with_context(
            active_test=False, customer_next_step_synced=True
        )
        moved = rows.search([("profile_id", "in", self.ids)])
        kept = rows.search([("profile_id", "=", survivor.id), ("active", "=", True)])
        kept += moved.filtered("active")
        for name in ("calendar_event_id", "mail_message_id", "activity_id"):
            same = kept.filtered(lambda row, name=name: row.active and row[name])
            for rivals in same.grouped(name).values():
                rivals = rivals.sorted(lambda row: (row.state != "confirmed", row.id))
                rivals[1:].active = False
        rows.flush_model()  # before they meet in the unique indexes
        moved.profile_id = survivor
        return result
