from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_overview_rows import URGENCIES

# Alerts that come before everything but themselves.
SERIOUS = ("critical", "high")


class CustomerOverview(models.AbstractModel):
    """Alerts on the start screen: a tile with their number, a row for each customer.

    A row opens the alert that it names; its button answers that alert.
    """

    _inherit = "customer.overview"

    # === THE TILE === #

    def _get_figures(self, scope):
        figures = super()._get_figures(scope)
        _scope, domain = self._get_scope(figures["scope"])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_alert_action"
        )
        keys = ("type", "res_model", "views", "search_view_id", "help")
        figures["alerts"] = {
            **self._get_alert_number(domain),
            "action": {key: action[key] for key in keys if key in action},
        }
        return figures

    def _get_alert_number(self, customers):
        """Return how many alerts of some customers wait to be closed."""
        alerts = self.env["customer.alert"]
        domain = alerts._get_waiting_domain() & Domain("profile_id", "any", customers)
        number = self._prepare_number(
            self.env._("Open alerts"), alerts.search_count(domain), domain
        )
        serious = domain & Domain("severity", "in", SERIOUS)
        number["serious"] = self._prepare_number(
            self.env._("Serious or critical"), alerts.search_count(serious), serious
        )
        return number

    # === THE ROWS === #

    def _get_urgent_conditions(self, tiers, bound):
        conditions = super()._get_urgent_conditions(tiers, bound)
        self.env["customer.alert"].flush_model()
        conditions["alert_serious"] = self._select_alerted(
            SQL("alr.severity IN %s", SERIOUS)
        )
        conditions["alert"] = self._select_alerted(SQL("TRUE"))
        return self._sort_conditions(conditions)

    def _sort_conditions(self, conditions):
        """Return them in the order of urgency: the first one that is true counts."""
        return {name: conditions[name] for name in URGENCIES if name in conditions}

    def _select_alerted(self, condition):
        """Return whether a customer has an alert that somebody should answer.

        Not one with a response plan, nor one over the limit of its person.
        The customers are those that the reader may see, and so are their alerts.
        """
        return SQL(
            """customer_profile.id IN (
                  SELECT alr.profile_id FROM customer_alert alr
                   WHERE alr.company_id = %s AND alr.state IN ('open', 'acknowledged')
                     AND alr.is_snoozed IS NOT TRUE
                     AND alr.is_overflow IS NOT TRUE AND %s)""",
            self.env.company.id,
            condition,
        )

    def _add_next_actions(self, rows):
        """Add to each row about an alert which one, before the rows are explained."""
        result = super()._add_next_actions(rows)
        about = [row for row in rows if row["urgency"] in ("alert", "alert_serious")]
        if about:
            alerts = self.env["customer.alert"].search(
                self.env["customer.alert"]._get_waiting_domain()
                & Domain("state", "in", ("open", "acknowledged"))
                & Domain("is_overflow", "=", False)
                & Domain("profile_id", "in", [row["id"] for row in about]),
            )
            by_customer = {}
            for alert in alerts:  # the most urgent one comes first
                by_customer.setdefault(alert.profile_id.id, alert)
            for row in about:
                row["alert"] = by_customer[row["id"]].id
        return result

    def _explain_urgent(self, row, moves):
        alert_id = row.get("alert")
        if not alert_id:
            return super()._explain_urgent(row, moves)
        row.pop("urgency")
        alert = self.env["customer.alert"].browse(alert_id)
        row["why"] = alert.sentence
        is_new = alert.state == "open"
        row["button"] = {
            "model": "customer.alert",
            "id": alert_id,
            "method": "action_take" if is_new else False,
            "label": self.env._("I take it") if is_new else self.env._("Open alert"),
        }
        return None
