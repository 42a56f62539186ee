from odoo import api, models


class ResourceCalendarAttendance(models.Model):
    """Other hours of the week: the clocks that run by them are worked out again."""

    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        attendances._notice_customer_clocks()
        return attendances

    def write(self, vals):
        self._notice_customer_clocks()
        result = super().write(vals)
        self._notice_customer_clocks()
        return result

    def unlink(self):
        self._notice_customer_clocks()
        return super().unlink()

    def _notice_customer_clocks(self):
        self.env["customer.commitment"]._notice_calendars(self.calendar_id)
