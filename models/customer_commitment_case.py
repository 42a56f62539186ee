from odoo import api, fields, models
from odoo.tools import SQL

from .customer_case import OPEN_STATES


class CustomerCommitment(models.Model):
    """Promises about a case, which shows the earliest one as its own due time."""

    _inherit = "customer.commitment"

    case_id = fields.Many2one(
        "customer.case", readonly=True, ondelete="set null", index="btree_not_null"
    )

    # === BUSINESS METHODS === #

    def _after_clocks(self):
        """Override: the cases show what their promises say."""
        result = super()._after_clocks()
        # sudo: kept by the system, whoever changes the clock
        cases_sudo = self.sudo().case_id
        if cases_sudo:
            cases_sudo._follow_clocks()
        return result

    @api.model
    def _follow_owners(self, profiles=None, company=None):
        """Override: cases follow first, while their promises tell who had them."""
        condition = SQL("cas.profile_id = ANY(%s)", profiles.ids if profiles else [])
        if company:
            condition = SQL("cas.company_id = %s", company.id)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT cas.id
                     FROM customer_case cas
                     JOIN customer_profile pro ON pro.id = cas.profile_id
                LEFT JOIN res_users usr ON usr.id = cas.user_id
                LEFT JOIN customer_commitment com ON com.case_id = cas.id
                      AND com.state IN ('running', 'paused', 'breached')
                    WHERE cas.state IN %s AND %s
                      AND pro.user_id IS DISTINCT FROM cas.user_id
                      AND (usr.active IS NOT TRUE OR com.owner_then_id = cas.user_id)
                 ORDER BY cas.id""",
                OPEN_STATES,
                condition,
            )
        )
        # sudo: cases of colleagues
        cases_sudo = self.env["customer.case"].sudo()
        cases_sudo.browse(row[0] for row in rows)._follow_owner()
        result = super()._follow_owners(profiles, company)
        left = [("user_id.active", "=", False), ("state", "in", OPEN_STATES)]
        if company:
            left.append(("company_id", "=", company.id))
            cases_sudo.search([("user_id", "!=", False), *left])._replace_handler()
        return result

    def _freeze_overdue(self, at=None):
        """Note what is overdue at an instant, as the job would: late once stays once.

        :param at: now unless said
        """
        promises_sudo = self.sudo().filtered(  # sudo: kept by the system
            lambda row: row.state == "running"
        )
        promises_sudo.filtered("is_stale")._recompute_due()
        at = at or fields.Datetime.now()
        late_sudo = promises_sudo.filtered(
            lambda row: row.due_datetime and row.due_datetime < at
        )
        for promise in late_sudo:
            promise.write(
                {
                    "state": "breached",
                    "is_breached": True,
                    "breached_datetime": promise.due_datetime,
                }
            )
        late_sudo._after_clocks()

    def _move_to_customer(self, case):
        """Say whose promises these are, now that the sender of their case is known."""
        moved_sudo = self.sudo().filtered(  # sudo: kept by the system
            lambda row: row.profile_id != case.profile_id
        )
        moved_sudo.write({"profile_id": case.profile_id.id})

    def _get_pauses(self):
        """Return the pauses of a promise as ``_take_pauses`` wants them."""
        self.ensure_one()
        return [(p.start_datetime, p.end_datetime, p.reason) for p in self.pause_ids]

    def _take_pauses(self, pauses):
        """Let a clock that was started again rest when the one before did.

        :param pauses: (start, end or None, reason) of each
        """
        self.env["customer.commitment.pause"].sudo().create(  # sudo: kept by the clock
            [
                {
                    "commitment_id": promise.id,
                    "start_datetime": start,
                    "end_datetime": end,
                    "reason": reason,
                }
                for promise in self
                for start, end, reason in pauses
            ]
        )
        if pauses:
            self._follow_pauses()
