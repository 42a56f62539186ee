from odoo import models

from ..periods import local_day


class ResCompany(models.Model):
    """Other working hours or another time zone of a company: its clocks follow."""

    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if {"resource_calendar_id", "customer_tz"} & set(vals):
            self.env["customer.commitment"]._notice_companies(self)
        return result

    def _get_customer_day(self, instant):
        """Return the day of a naive UTC instant in the time zone of the company."""
        self.ensure_one()
        return local_day(instant, self._get_customer_tz())
