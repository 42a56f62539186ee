from odoo import api, models


class CustomerPersonalData(models.Model):
    """Takes the birthday milestones along when a birthday changes or goes."""

    _inherit = "customer.personal.data"

    def write(self, vals):
        old = {data: (data.birthday_month, data.birthday_day) for data in self}
        result = super().write(vals)
        changed = self.filtered(
            lambda data: old[data] != (data.birthday_month, data.birthday_day)
        )
        changed._drop_birthdays()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_birthdays(self):
        self._drop_birthdays()

    def _drop_birthdays(self):
        """Delete the milestones, past ones too: their dates tell the birthday.

        The job makes a new one for another day.
        """
        if self:
            # sudo: milestones and activities of somebody else
            self.sudo()._get_birthday_milestones().unlink()
