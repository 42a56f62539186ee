from odoo import fields, models

from .customer_commitment import WAITING


class CustomerCommitment(models.Model):
    """Promises of a case that became part of another one: one matter counts once."""

    _inherit = "customer.commitment"

    def _merge_into(self, survivors, reason):
        """Take these promises back where a surviving case has promised the same.

        One of each target counts, the survivor's. It was late when either of them was,
        from the earlier instant on: merging neither doubles nor hides what was late. A
        target that only the duplicate had stays as it ended.

        :param survivors: the promises of the surviving case
        :param reason: why they are taken back, for their history
        """
        promises_sudo = self.sudo()  # sudo: the clocks are kept by the system
        promises_sudo._cancel()
        latest_sudo = {
            row.target: row
            for row in survivors.sudo().sorted("round")
            if row.state != "cancelled"
        }
        doubled_sudo = promises_sudo.filtered(lambda row: row.target in latest_sudo)
        for promise in doubled_sudo.filtered("is_breached"):
            latest_sudo[promise.target]._take_over_delay(promise)
        doubled_sudo.write(
            {"state": "cancelled", "met_datetime": False, "is_breached": False}
        )
        promises_sudo._message_log_batch({row.id: reason for row in promises_sudo})
        (promises_sudo | survivors.sudo())._after_clocks()

    def _take_over_delay(self, promise):
        """Say that this one is late since another one about the same matter was."""
        self.ensure_one()
        self._resume(fields.Datetime.now())  # what is late does not rest
        since = promise.breached_datetime
        if self.is_breached:
            since = min(since, self.breached_datetime)
        vals = {"is_breached": True, "breached_datetime": since}
        if self.state == "running":
            vals["state"] = "breached"
        if self.state in WAITING and self.due_datetime:
            vals["due_datetime"] = min(self.due_datetime, since)
        self.write(vals)
