from odoo import fields, models

from ..periods import day_start_utc

DATED = {
    "interactions": ("customer.interaction", "date", [("is_effective", "=", True)]),
    "effective": ("customer.interaction", "date", [("state", "=", "confirmed")]),
    "executive_visits": (
        "customer.interaction",
        "date",
        [("is_executive_visit", "=", True)],
    ),
    "compliance": (
        "customer.care.action",
        "date_deadline",
        [("state", "!=", "cancelled"), ("is_personal", "=", False)],
    ),
    "top_cost": ("customer.care.action", "date_done", [("state", "=", "done")]),
    "renewal": ("customer.milestone", "date_end", [("kind", "=", "renewal")]),
    "alerts": ("customer.alert", "date", []),
    "promises": ("customer.commitment", "due_datetime", [("state", "!=", "cancelled")]),
    "average_amount": ("account.move", "invoice_date", [("state", "=", "posted")]),
    "cross_sell": ("account.move", "invoice_date", [("state", "=", "posted")]),
    "additional_purchase": ("account.move", "invoice_date", [("state", "=", "posted")]),
    "repurchase": ("sale.order", "date_order", [("state", "=", "sale")]),
}
# Figures of service, and the figure between two days that each of them is.
SERVICE = {
    "nps": "nps",
    "satisfaction": "csat",
    "satisfied": "csat",
    "complaints": "closed_in_time",
    "complaint_rate": "complaint_rate",
    "response_hours": "response_hours",
    "first_contact": "first_contact",
}


class CustomerBaseReviewFigure(models.Model):
    """Every figure opens what it was counted from, under the reader's rights."""

    _inherit = "customer.base.review.figure"

    def _get_action(self):
        """Return the action that opens the records behind this figure."""
        labels = dict(self._fields["key"]._description_selection(self.env))
        action = {
            "type": "ir.actions.act_window",
            "name": labels[self.key],
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }
        own = ("company_id", "=", self.company_id.id)
        if self.key in SERVICE:
            return self._get_service_action(labels[self.key])
        if self.key in DATED:
            model, name, domain = DATED[self.key]
            if model == "account.move":
                sales = ("out_invoice", "out_refund", "out_receipt")
                domain = [*domain, ("move_type", "in", sales)]
            period = self._get_period_domain(model, name)
            return {**action, "res_model": model, "domain": [own, *domain, *period]}
        if self.key == "retention":
            return {
                **action,
                "res_model": "customer.retention",
                "domain": [own, ("date_end", "<=", self.review_id.date_to)],
            }
        return {
            **action,
            "res_model": "customer.profile",
            "domain": [own, *self._get_customer_domain()],
        }

    def _get_service_action(self, name):
        """Return the cases, answers or customers of those customers who are counted."""
        review = self.review_id
        action = self.env["customer.service.figures"]._get_records_action(
            SERVICE[self.key], self.company_id, review.date_from, review.date_to
        )
        path = "" if action["res_model"] == "customer.profile" else "profile_id."
        action["domain"] += [
            (f"{path}active", "=", True),
            (f"{path}merged_into_id", "=", False),
            (f"{path}is_not_rated", "=", False),
        ]
        return {**action, "name": name}

    def _get_period_domain(self, model, name):
        """Return that a day, or an instant in the company's zone, is in the period."""
        start, end = self.review_id.date_from, self.review_id.date_to
        if self.env[model]._fields[name].type == "date":
            return [(name, ">=", start), (name, "<=", end)]
        zone = self.company_id._get_customer_tz()
        return [
            (name, ">=", str(day_start_utc(start, zone))),
            (name, "<", str(day_start_utc(fields.Date.add(end, days=1), zone))),
        ]

    def _get_customer_domain(self):
        """Return which customers are the ones to look at: those a share leaves out."""
        self.ensure_one()
        missing = {
            "responsible": [("user_id", "=", False)],
            "chain": [("stakeholder_ids", "=", False)],
            "rated": [("tier_id", "=", False)],
            "strategic": [("is_strategic", "=", True)],
        }
        return missing.get(self.key, [])
