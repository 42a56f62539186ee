from odoo import models

from ..const import RELATION_ROWS
from .customer_case import OPEN_STATES


class CustomerProfile(models.Model):
    """What a customer asked, complained about and suggested."""

    _inherit = "customer.profile"

    # === CRUD METHODS === #

    def write(self, vals):
        former = {row.id: row.user_id for row in self} if "user_id" in vals else {}
        result = super().write(vals)
        if former:
            self.sudo()._hand_over_cases(former)  # sudo: cases of a colleague
        return result

    # === ACTION METHODS === #

    def action_open_cases(self):
        """Open the cases of this customer, also those that have ended."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_case_action"
        )
        action["domain"] = [("profile_id", "=", self.id)]
        action["context"] = {"default_profile_id": self.id}
        return action

    # === BUSINESS METHODS === #

    def _hand_over_cases(self, former):
        """Give the open cases that a former responsible person has to the new one.

        Those that somebody else handles stay his; without a new one nothing moves.

        :param former: who was responsible, by id of the customer
        """
        cases = self.env["customer.case"].search(
            [
                ("profile_id", "in", self.ids),
                ("state", "in", OPEN_STATES),
                ("user_id", "!=", False),
            ]
        )
        cases.filtered(
            lambda case: case.user_id == former[case.profile_id.id]
        )._follow_owner()

    def _move_facts(self, survivor):
        """Override: cases go with the customer, return visits follow their case."""
        result = super()._move_facts(survivor)
        cases = self.env["customer.case"].search([("profile_id", "in", self.ids)])
        cases.with_context(tracking_disable=True)._move_to_profile(survivor)
        return result

    def _get_case_card(self):
        """Return the open cases of the customer, urgent and late ones first."""
        cases = self.env["customer.case"].search_fetch(
            [("profile_id", "=", self.id), ("state", "in", OPEN_STATES)],
            limit=RELATION_ROWS + 1,
        )
        return {
            "rows": [case._describe() for case in cases[:RELATION_ROWS]],
            "has_more": len(cases) > RELATION_ROWS,
        }
