from odoo import models
from odoo.tools import SQL


class CustomerProfile(models.Model):
    """Plans and actions of a customer: they follow his owner and his merging."""

    _inherit = "customer.profile"

    def write(self, vals):
        """Override: what is to do goes to the new first responsible person at once."""
        result = super().write(vals)
        if "user_id" in vals:
            self._hand_over_actions()
        return result

    def _hand_over_actions(self):
        """Give the actions that follow the first responsible person to the new one."""
        # sudo: whoever hands over a customer hands over what is to do for him
        actions_sudo = self.env["customer.care.action"].sudo()
        for company, profiles in self.sudo().grouped("company_id").items():
            changed = actions_sudo._follow_owners(
                company, company._get_customer_today(), profiles.ids
            )
            changed._follow_changes()

    def _move_facts(self, survivor):
        """Extend: plans go along; those of what he was are ended, like doubles.

        The survivor has his own of tier and stage. A renewal that is under way goes on.
        """
        result = super()._move_facts(survivor)
        plans = self.env["customer.care.plan"].search([("profile_id", "in", self.ids)])
        today = survivor.company_id._get_customer_today()
        self.env.flush_all()
        plans._close_merged(survivor, today)
        self.env.flush_all()
        for table in (
            "customer_care_plan",
            "customer_care_goal",
            "customer_care_action",
        ):
            key = SQL("")
            if table == "customer_care_plan":  # both may have one of the same day
                key = SQL(", launch_key = launch_key || ':' || id")
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET profile_id = %s%s WHERE profile_id = ANY(%s)",
                    SQL.identifier(table),
                    survivor.id,
                    key,
                    self.ids,
                )
            )
        self.env.invalidate_all(flush=False)
        return result
