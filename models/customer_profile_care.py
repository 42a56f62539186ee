from odoo import fields, models
from odoo.tools import format_date

from ..const import RELATION_ROWS
from .customer_care_action import UNFINISHED

# Goals named in the relation panel; the others are in the plan.
PANEL_GOALS = 3


class CustomerProfile(models.Model):
    """What we do for a customer: his plans, and what is next."""

    _inherit = "customer.profile"

    # === ACTION METHODS === #

    def action_launch_plan(self):
        """Choose a playbook and see what it brings, before it is launched."""
        return self.env["customer.care.launch"]._open_for(self)

    def action_open_care_plans(self):
        """Open the plans of this customer, running ones first."""
        return self._open_care("customer_success.customer_care_plan_action", {})

    def action_open_care_actions(self):
        """Open the actions of this customer, those to do first."""
        return self._open_care(
            "customer_success.customer_care_action_action_all",
            {"search_default_filter_open": 1},
        )

    def _open_care(self, xmlid, context):
        self.ensure_one()
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(xmlid),
            "domain": [("profile_id", "=", self.id)],
            "context": {"default_profile_id": self.id, **context},
        }

    # === BUSINESS METHODS === #

    def _launch_plan(self, playbook, date, links=None):
        """Launch a playbook by hand for these customers; the plans start at once.

        :param links: milestone_id, insight_id, alert_id by customer id
        """
        # sudo: whoever may write the customers launches; plans are the system's
        plans_sudo = self.env["customer.care.plan"].sudo()
        for profiles in self.sudo().grouped("company_id").values():
            plans_sudo |= plans_sudo._launch(
                playbook,
                profiles,
                date,
                is_manual=True,
                key=f"hand:{fields.Datetime.now()}",
                links=links,
            )
        plans_sudo.action_ids._set_due_by_day()
        return plans_sudo.sudo(False)

    def _get_contract_ends(self):
        """Return the last end of a contract still to be renewed, by customer id."""
        groups = self.env["customer.milestone"]._read_group(
            [
                ("profile_id", "in", self.ids),
                ("kind", "=", "renewal"),
                ("renewal_state", "=", "open"),
            ],
            ["profile_id"],
            ["date_end:max"],
        )
        return {profile.id: end for profile, end in groups}

    # === THE PANEL === #

    def _get_care_card(self):
        """Return the running plans with their goals, and the next open actions."""
        self.ensure_one()
        plans = self.env["customer.care.plan"].search(
            [("profile_id", "=", self.id), ("state", "=", "running")]
        )
        actions = self.env["customer.care.action"].search_fetch(
            [("profile_id", "=", self.id), ("state", "in", UNFINISHED)],
            ["name", "date_deadline", "user_id", "state"],
            limit=RELATION_ROWS + 1,
        )
        shown = actions[:RELATION_ROWS]
        today = self.company_id._get_customer_today()
        names = {user.id: user.name for user in shown.user_id.sudo()}  # sudo: names
        return {
            "plans": [self._prepare_plan_row(plan) for plan in plans],
            "actions": [
                {
                    "id": action.id,
                    "name": action.name,
                    "date": fields.Date.to_string(action.date_deadline),
                    "days": (action.date_deadline - today).days,
                    "is_late": action.date_deadline < today,
                    "user": names.get(action.user_id.id, self.env._("nobody yet")),
                }
                for action in shown
            ],
            "has_more": len(actions) > len(shown),
        }

    def _prepare_plan_row(self, plan):
        """Return one plan in words: until when, how far, what it wants to reach."""
        return {
            "id": plan.id,
            "name": plan.name,
            "until": self.env._("until %s", format_date(self.env, plan.date_end)),
            "done": self.env._("%s%% done", plan.progress),
            "note": plan.contract_note or "",
            "goals": [
                self.env._(
                    "%(goal)s: %(achieved)s of %(target)s",
                    goal=goal.name,
                    achieved=goal.achieved_text,
                    target=goal.target_text,
                )
                for goal in plan.goal_ids[:PANEL_GOALS]
            ],
        }
