from odoo import fields, models

from ..periods import day_start_utc


class CustomerReview(models.Model):
    """Every indicator opens the records it was counted from."""

    _inherit = "customer.review"

    def _open_records(self, key):
        """Return an action with the records of an indicator, under the reader's rights.

        The same conditions by which they were counted, as the records are now.
        """
        self.ensure_one()
        model, domain = self._get_source(key)
        labels = dict(
            self.indicator_ids._fields["key"]._description_selection(self.env)
        )
        return {
            "type": "ir.actions.act_window",
            "name": labels[key],
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("company_id", "=", self.company_id.id), *domain],
            "context": {"create": False},
        }

    def _get_source(self, key):
        """Return model and domain of the records behind an indicator."""
        own = [("profile_id", "=", self.profile_id.id)]
        period = [("date", ">=", self.date_from), ("date", "<=", self.date_to)]
        if key == "trust":
            return "customer.personal.data", own
        if key in ("nps", "satisfaction"):
            measure = "nps" if key == "nps" else "csat"
            return "customer.satisfaction", [
                *own,
                *period,
                ("measure", "=", measure),
            ]
        if key == "coverage":
            return "customer.stakeholder", own
        if key == "health_score":
            return "customer.score", [
                *own,
                ("kind", "=", "health"),
                ("date", "<=", self.date_to),
            ]
        if key == "renewal":
            return "customer.milestone", [
                *own,
                ("kind", "=", "renewal"),
                ("date_end", ">=", self.date_from),
                ("date_end", "<=", self.date_to),
            ]
        if key == "compliance":
            return "customer.care.action", [
                *own,
                ("state", "!=", "cancelled"),
                ("is_personal", "=", False),
                ("date_deadline", ">=", self.date_from),
                ("date_deadline", "<=", self.date_to),
            ]
        if key in ("interactions", "executive_visits"):
            flag = "is_effective" if key == "interactions" else "is_executive_visit"
            return "customer.interaction", [*own, *period, (flag, "=", True)]
        if key in ("repurchase", "order_value", "order_value_growth"):
            source = self._get_order_source()
            if source:
                return source
        return "account.move", self._get_invoice_domain(key)

    def _get_order_source(self):
        """Return the orders of the period, None where the customer never had one."""
        zone = self.company_id._get_customer_tz()
        partner = [
            ("partner_id.commercial_partner_id", "=", self.profile_id.partner_id.id)
        ]
        # sudo: only whether there is one
        orders_sudo = self.env["sale.order"].sudo()
        if not orders_sudo.search_count([*partner, ("state", "=", "sale")], limit=1):
            return None
        end = fields.Date.add(self.date_to, days=1)
        return "sale.order", [
            *partner,
            ("state", "=", "sale"),
            ("date_order", ">=", str(day_start_utc(self.date_from, zone))),
            ("date_order", "<", str(day_start_utc(end, zone))),
        ]

    def _get_invoice_domain(self, key):
        start = self.date_from
        if key == "additional_purchase":
            start = fields.Date.add(self.date_to, years=-2, days=1)
        return [
            ("partner_id.commercial_partner_id", "=", self.profile_id.partner_id.id),
            ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ("state", "=", "posted"),
            ("invoice_date", ">=", start),
            ("invoice_date", "<=", self.date_to),
        ]
