from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    """A holiday more or less: the clocks that run by it are worked out again."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._notice_customer_clocks()
        return leaves

    def write(self, vals):
        self._notice_customer_clocks()
        result = super().write(vals)
        self._notice_customer_clocks()
        return result

    def unlink(self):
        self._notice_customer_clocks()
        return super().unlink()

    def _notice_customer_clocks(self):
        """A leave of one person is none of the company."""
        leaves = self.filtered(lambda leave: not leave.resource_id)
        if leaves:
            everywhere = any(not leave.calendar_id for leave in leaves)
            self.env["customer.commitment"]._notice_calendars(
                None if everywhere else leaves.calendar_id
            )
