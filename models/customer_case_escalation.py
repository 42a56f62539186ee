from odoo import api, models
from odoo.tools import SQL

# Steps in which a solution is still owed.
UNSOLVED = ("received", "acknowledged", "judged", "proposed")


class CustomerCase(models.Model):
    """Complaints whose promise is overdue escalate by themselves, once."""

    _inherit = "customer.case"

    @api.model
    def _get_ids_to_escalate(self):
        """Return the unsolved complaints with an overdue promise, oldest first."""
        rows = self.env.execute_query(
            SQL(
                """SELECT cas.id
                     FROM customer_case cas
                    WHERE cas.kind = 'complaint' AND cas.is_escalated IS NOT TRUE
                      AND cas.state IN %s
                      AND EXISTS (SELECT FROM customer_commitment com
                                   WHERE com.case_id = cas.id
                                     AND com.state = 'breached')
                 ORDER BY cas.id""",
                UNSOLVED,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _escalate_by_clock(self, ids):
        """Escalate cases to the leader of their handler, in his language."""
        for case in self.browse(ids).exists():
            promise = case.commitment_ids.filtered(lambda row: row.state == "breached")
            leader = case._get_receiver("leader")
            told = promise[:1].with_context(lang=leader.lang or case.env.lang)
            case._escalate(told.env._("Overdue: %s", told.title), leader)
