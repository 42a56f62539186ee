from odoo import fields, models

from ..const import RELATION_ROWS


class CustomerProfile(models.Model):
    """What was promised to a customer: in the relation panel, and when people change."""

    _inherit = "customer.profile"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            # sudo: promises follow whoever is responsible now
            self.env["customer.commitment"].sudo()._follow_owners(self)
        return result

    # === ACTION METHODS === #

    def action_open_commitments(self):
        """Open the promises to this customer, those still to keep first."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_commitment_action"
        )
        action["domain"] = [("profile_id", "=", self.id)]
        action["context"] = {"search_default_filter_waiting": 1}
        return action

    # === BUSINESS METHODS === #

    def _move_facts(self, survivor):
        """Override: promises go with the customer; who has them follows."""
        result = super()._move_facts(survivor)
        promises = self.env["customer.commitment"].search(
            [("profile_id", "in", self.ids)]
        )
        promises.with_context(tracking_disable=True).write({"profile_id": survivor.id})
        self.env.flush_all()
        self.env["customer.commitment"]._follow_owners(survivor)
        return result

    def _get_commitment_card(self):
        """Return what was promised and still has to be kept, late first.

        Actions of plans are in the card of the plans. And what nothing is promised about, because no service policy says so.
        """
        promises = self.env["customer.commitment"].search_fetch(
            [
                ("profile_id", "=", self.id),
                ("target", "!=", "action"),
                *self.env["customer.commitment"]._get_waiting_domain(),
            ],
            order="is_breached desc, due_datetime, id",
            limit=RELATION_ROWS + 1,
        )
        now = fields.Datetime.now()
        return {
            "rows": [row._describe(now) for row in promises[:RELATION_ROWS]],
            "has_more": len(promises) > RELATION_ROWS,
            "gap": self._get_promise_gap(),
        }

    def _get_promise_gap(self):
        """Return which promises no service policy makes to this customer, in words."""
        # sudo: which promises there are is no secret of whoever sees the customer
        policies_sudo = self.env["customer.service.policy"].sudo()
        found = policies_sudo._find(self, "visit", "minutes")
        if found:
            return False
        return self.env._(
            "No clock for visit minutes: no service policy is about this customer."
        )
