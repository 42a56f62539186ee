from datetime import datetime, time, timedelta

from odoo import fields, models
from odoo.fields import Domain

from ..periods import day_start_utc, months_before
from .customer_churn_facts import HISTORY_MONTHS

# Signals about orders, with the months of orders that they look at.
ORDER_MONTHS = {
    "no_order_months": HISTORY_MONTHS,
    "no_order_days": HISTORY_MONTHS,
    "churn_watch": HISTORY_MONTHS,
    "churn_at_risk": HISTORY_MONTHS,
    "churn_lost": HISTORY_MONTHS,
    "frequency_drop": 12,
}
# Interactions that were counted when nothing else is said.
INTERACTION_DAYS = 30


class CustomerAlert(models.Model):
    """The very records behind the sentence, under the rights of whoever looks."""

    _inherit = "customer.alert"

    def action_open_evidence(self):
        """Open the orders, invoices, people, contract or scores that this is about."""
        self.ensure_one()
        self.check_access("read")
        self.profile_id.check_access("read")
        if self.signal in ORDER_MONTHS:
            return self._open_order_evidence(ORDER_MONTHS[self.signal])
        openers = {
            "amount_drop": self._open_amount_evidence,
            "overdue_payment": self.profile_id.action_open_overdue,
            "contact_left": self._open_people,
            "renewal_near": self._open_renewal,
            "few_interactions": self._open_interactions,
            "health_drop": self._open_scores,
            "tier_at_risk": self._open_scores,
        }
        return openers.get(self.signal, self.action_open_customer)()

    def action_open_customer(self):
        """Open the customer."""
        self.ensure_one()
        self.check_access("read")
        return self._open_record(self.profile_id)

    # === WHAT IS OPENED === #

    def _open_record(self, record):
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _open_order_evidence(self, months):
        """Open the orders that count for his rhythm on the day of the alert.

        Invoices where he never ordered.
        """
        profile, zone = self.profile_id, self.company_id._get_customer_tz()
        start = months_before(self.date, months) + timedelta(days=1)
        orders = Domain("state", "=", "sale") & Domain("amount_untaxed", ">=", 0)
        window = Domain("date_order", ">=", day_start_utc(start, zone)) & Domain(
            "date_order", "<", day_start_utc(self.date + timedelta(days=1), zone)
        )
        own = Domain("partner_id.commercial_partner_id", "=", profile.partner_id.id)
        own &= Domain("company_id", "=", self.company_id.id)
        # sudo: only whether one exists
        if not self.env["sale.order"].sudo().search_count(orders & own, limit=1):
            return self._open_invoice_evidence(start)
        return profile._open_documents(
            "sale.action_orders", orders, window, self.env._("Orders before the Alert")
        )

    def _open_amount_evidence(self):
        """Open the documents of 24 months whose amounts were compared."""
        if self.company_id.customer_money_source == "ordered":
            return self._open_order_evidence(24)
        start = months_before(self.date, 24) + timedelta(days=1)
        return self._open_invoice_evidence(start)

    def _open_invoice_evidence(self, start):
        profile = self.profile_id
        action = profile._open_documents(
            "account.action_move_out_invoice_type",
            Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            Domain("invoice_date", ">=", start)
            & Domain("invoice_date", "<=", self.date),
            self.env._("Invoices before the Alert"),
        )
        form_id = profile._get_invoice_form_id()
        if form_id:
            action["views"] = [
                (form_id if kind == "form" else view_id, kind)
                for view_id, kind in action["views"]
            ]
        return action

    def _open_people(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_stakeholder_action"
        )
        ids = (self.evidence or {}).get("stakeholder_ids") or []
        action["domain"] = [("profile_id", "=", self.profile_id.id)]
        if self.env["customer.stakeholder"].search_count([("id", "in", ids)], limit=1):
            action["domain"].append(("id", "in", ids))
        action["context"] = {"create": False}
        return action

    def _open_renewal(self):
        milestone_id = (self.evidence or {}).get("milestone_id")
        milestone = self.env["customer.milestone"].browse(milestone_id or []).exists()
        if milestone._filtered_access("read"):
            return self._open_record(milestone)
        return self.profile_id.action_open_milestones()

    def _open_interactions(self):
        """Open the interactions of the days that were counted, with what did not count."""
        days = (self.evidence or {}).get("days") or INTERACTION_DAYS
        start = datetime.combine(self.date - timedelta(days=days), time.min)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_interaction_action"
        )
        action["domain"] = [
            ("profile_id", "=", self.profile_id.id),
            ("date", ">", fields.Date.to_string(start)),
            ("date", "<=", fields.Date.to_string(self.date)),
        ]
        action["context"] = {"default_profile_id": self.profile_id.id}
        return action

    def _open_scores(self):
        """Open the scores up to the day of the alert, of the kind that it is about."""
        kind = "health" if self.signal == "health_drop" else "tier"
        action = self.profile_id.action_open_scores()
        action["domain"] += [("kind", "=", kind), ("date", "<=", str(self.date))]
        return action
