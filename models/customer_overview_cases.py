from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_case import OPEN_STATES

IS_OPEN = Domain("state", "in", OPEN_STATES)


class CustomerOverview(models.AbstractModel):
    """Cases on the start screen: a tile with the late ones, a row for what is urgent.

    A row is about the reader's own cases. The tile counts those of the customers in
    view, and of senders whom nobody knows yet: anybody may take care of them.
    """

    _inherit = "customer.overview"

    # === THE TILE === #

    def _get_figures(self, scope):
        figures = super()._get_figures(scope)
        _scope, domain = self._get_scope(figures["scope"])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_case_action"
        )
        keys = ("type", "res_model", "views", "search_view_id", "help")
        figures["cases"] = {
            **self._get_case_number(domain),
            "action": {key: action[key] for key in keys if key in action},
        }
        return figures

    def _get_case_number(self, customers):
        """Return how many cases are late, wait for our answer, or have no sender."""
        cases = self.env["customer.case"]
        company = Domain("company_id", "=", self.env.company.id) & IS_OPEN
        unknown = company & Domain("profile_id", "=", False)
        seen = company & (
            Domain("profile_id", "any", customers) | Domain("profile_id", "=", False)
        )
        late = seen & Domain("light", "=", "late")
        number = self._prepare_number(
            self.env._("Cases late"), cases.search_count(late), late
        )
        waiting = seen & Domain("is_answer_due", "=", True)
        number["answer"] = self._prepare_number(
            self.env._("Waiting for our answer"), cases.search_count(waiting), waiting
        )
        number["unknown"] = self._prepare_number(
            self.env._("Unknown sender"), cases.search_count(unknown), unknown
        )
        return number

    # === THE ROWS === #

    def _get_urgent_conditions(self, tiers, bound):
        conditions = super()._get_urgent_conditions(tiers, bound)
        mine = self.env["customer.case"]._search(self._get_my_cases())
        conditions["case"] = SQL(
            "customer_profile.id IN %s", mine.subselect("profile_id")
        )
        return self._sort_conditions(conditions)

    def _get_my_cases(self):
        """Return the domain of the reader's cases that are late, or urgent and unanswered."""
        return (
            IS_OPEN
            & Domain("company_id", "=", self.env.company.id)
            & Domain("user_id", "=", self.env.uid)
            & Domain("profile_id", "!=", False)
            & (
                Domain("light", "=", "late")
                | Domain("urgency", "=", "urgent") & Domain("is_answer_due", "=", True)
            )
        )

    def _get_active_models(self):
        return [*super()._get_active_models(), "customer.case"]

    def _add_next_actions(self, rows):
        """Add to each row about a case which one, before the rows are explained."""
        result = super()._add_next_actions(rows)
        about = [row for row in rows if row["urgency"] == "case"]
        if about:
            cases = self.env["customer.case"].search(
                self._get_my_cases()
                & Domain("profile_id", "in", [row["id"] for row in about])
            )
            by_customer = {}
            for case in cases:  # the most urgent one comes first
                by_customer.setdefault(case.profile_id.id, case)
            for row in about:
                row["case"] = by_customer[row["id"]].id
        return result

    def _explain_urgent(self, row, moves):
        case_id = row.get("case")
        if not case_id:
            return super()._explain_urgent(row, moves)
        row.pop("urgency")
        case = self.env["customer.case"].browse(case_id)
        row |= {
            "why": f"{case._get_label('kind')}: {case.subject}",
            "next": case.when_text or case._get_label("state"),
            "due": "",
            "is_late": case.light == "late",
            "button": {
                "model": "customer.case",
                "id": case_id,
                "method": "action_answer" if case.is_answer_due else "action_open",
                "label": self.env._("Answer")
                if case.is_answer_due
                else self.env._("Open the case"),
            },
        }
        return None
