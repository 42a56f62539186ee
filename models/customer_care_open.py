from odoo import api, models
from odoo.tools import SQL

from ..batches import keep_progress
from ..const import WRITE_RANGE


class CustomerCareAction(models.Model):
    """The nightly work on actions: what begins, whose it is."""

    _inherit = "customer.care.action"

    @api.model
    def _open_due(self, company, date):
        """Let planned actions be to do from the day on which they begin.

        :return: how many; False when the slice is over
        """
        total = 0
        while True:
            self.env.flush_all()
            rows = self.env.execute_query(
                SQL(
                    """UPDATE customer_care_action
                          SET state = 'due'
                        WHERE id IN (SELECT id FROM customer_care_action
                                      WHERE company_id = %s AND state = 'planned'
                                        AND date_start <= %s
                                   ORDER BY id LIMIT %s)
                    RETURNING id""",
                    company.id,
                    date,
                    WRITE_RANGE,
                )
            )
            if not rows:
                return total
            self.invalidate_model(["state"], flush=False)
            total += len(rows)
            if keep_progress(self.env, 1) <= 0:
                return False

    @api.model
    def _share_out(self, company, date):
        """Give actions to whoever their rules name today; follow the milestones.

        :return: how many actions changed
        """
        changed = self._follow_owners(company, date)
        return len(changed) + self._follow_milestones(company, date)
