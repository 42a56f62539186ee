from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .customer_care_action import UNFINISHED


class CustomerOverview(models.AbstractModel):
    """Actions on the start screen: a tile with the late ones, a row for what is due.

    A row is about the reader's own actions; the tile about those of the customers.
    """

    _inherit = "customer.overview"

    # === THE TILE === #

    def _get_figures(self, scope):
        figures = super()._get_figures(scope)
        _scope, domain = self._get_scope(figures["scope"])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_care_action_action_all"
        )
        keys = ("type", "res_model", "views", "search_view_id", "help")
        figures["actions"] = {
            **self._get_action_number(domain),
            "action": {key: action[key] for key in keys if key in action},
        }
        return figures

    def _get_action_number(self, customers):
        """Return how many actions for some customers are late, and how many are due."""
        actions = self.env["customer.care.action"]
        own = Domain("profile_id", "any", customers) & Domain("state", "in", UNFINISHED)
        today = self.env.company._get_customer_today()
        late = own & Domain("date_deadline", "<", today)
        number = self._prepare_number(
            self.env._("Actions late"), actions.search_count(late), late
        )
        due = own & Domain("date_deadline", "=", today)
        number["today"] = self._prepare_number(
            self.env._("Due today"), actions.search_count(due), due
        )
        return number

    # === THE ROWS === #

    def _get_urgent_conditions(self, tiers, bound):
        conditions = super()._get_urgent_conditions(tiers, bound)
        mine = self.env["customer.care.action"]._search(self._get_my_due())
        conditions["action"] = SQL(
            "customer_profile.id IN %s", mine.subselect("profile_id")
        )
        return self._sort_conditions(conditions)

    def _get_my_due(self):
        """Return the domain of what the reader has to do by today."""
        today = self.env.company._get_customer_today()
        return (
            Domain("company_id", "=", self.env.company.id)
            & Domain("user_id", "=", self.env.uid)
            & Domain("state", "=", "due")
            & Domain("date_deadline", "<=", today)
        )

    def _get_active_models(self):
        return [*super()._get_active_models(), "customer.care.action"]

    def _add_next_actions(self, rows):
        """Add to each row about an action which one, before the rows are explained."""
        result = super()._add_next_actions(rows)
        about = [row for row in rows if row["urgency"] == "action"]
        if about:
            actions = self.env["customer.care.action"].search(
                self._get_my_due()
                & Domain("profile_id", "in", [row["id"] for row in about])
            )
            by_customer = {}
            for action in actions:  # the one with the earliest deadline comes first
                by_customer.setdefault(action.profile_id.id, action)
            for row in about:
                row["care_action"] = by_customer[row["id"]].id
        return result

    def _explain_urgent(self, row, moves):
        action_id = row.get("care_action")
        if not action_id:
            return super()._explain_urgent(row, moves)
        row.pop("urgency")
        action = self.env["customer.care.action"].browse(action_id)
        is_late = action.is_late
        row |= {
            "why": self.env._("Late: %s", action.name)
            if is_late
            else self.env._("Due today: %s", action.name),
            "next": action.name,
            "due": format_date(self.env, action.date_deadline),
            "is_late": is_late,
            "button": {
                "model": "customer.care.action",
                "id": action_id,
                "method": "action_done",
                "label": self.env._("Mark Done"),
            },
        }
        return None
