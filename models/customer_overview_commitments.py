from odoo import models
from odoo.fields import Domain


class CustomerOverview(models.AbstractModel):
    """Promises on the start screen: a tile with those that are overdue.

    Without the actions of plans, which have a tile of their own.
    """

    _inherit = "customer.overview"

    def _get_figures(self, scope):
        figures = super()._get_figures(scope)
        _scope, domain = self._get_scope(figures["scope"])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_commitment_action"
        )
        keys = ("type", "res_model", "views", "search_view_id", "help")
        figures["promises"] = {
            **self._get_promise_number(domain),
            "action": {key: action[key] for key in keys if key in action},
        }
        return figures

    def _get_promise_number(self, customers):
        """Return how many promises to some customers are overdue, and due soon."""
        promises = self.env["customer.commitment"]
        own = Domain("profile_id", "any", customers) & Domain("target", "!=", "action")
        late = own & Domain("light", "=", "late")
        number = self._prepare_number(
            self.env._("Promises late"), promises.search_count(late), late
        )
        soon = own & Domain("light", "=", "soon")
        number["soon"] = self._prepare_number(
            self.env._("Due soon"), promises.search_count(soon), soon
        )
        return number
