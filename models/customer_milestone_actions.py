from dateutil.relativedelta import relativedelta
from odoo import models
from odoo.exceptions import UserError


class CustomerMilestone(models.Model):
    """The buttons of a milestone, and the renewal that a contract asks for."""

    _inherit = "customer.milestone"

    # === ACTION METHODS === #

    def action_done(self):
        """Say that what was due has been done; a renewal is decided instead."""
        self.check_access("write")
        undecided = self.filtered(lambda milestone: milestone.renewal_state == "open")
        if undecided:
            raise UserError(
                self.env._(
                    "%s: say whether it was renewed or lost.",
                    undecided[0].display_name,
                )
            )
        self.write({"state": "done"})

    def action_skip(self):
        """Say that nothing is done about it this time."""
        self.check_access("write")
        self.write({"state": "skipped"})

    def action_reopen(self):
        """Take back what was decided or done."""
        self.check_access("write")
        renewals = self.filtered(lambda milestone: milestone.kind == "renewal")
        renewals.write({"renewal_state": "open", "state": "upcoming"})
        (self - renewals).write({"state": "upcoming"})

    def action_renew(self):
        """Mark contracts as renewed; for one, offer to write down the next term."""
        self._decide("renewed")
        return self.action_next_term() if len(self) == 1 else True

    def action_lose(self):
        """Mark contracts as not renewed."""
        self._decide("lost")

    def _decide(self, state):
        self.check_access("write")
        if any(milestone.kind != "renewal" for milestone in self):
            raise UserError(self.env._("Only a contract can be renewed or lost."))
        for company, milestones in self.grouped("company_id").items():
            milestones.write(
                {
                    "renewal_state": state,
                    "date_decided": company._get_customer_today(),
                    "state": "done",
                }
            )

    def action_next_term(self):
        """Open a new renewal with the dates of the next term filled in.

        It starts the day after this one ends and is as long; without a start a year.
        """
        self.ensure_one()
        self.check_access("read")
        start, end = self._get_next_term()
        notice = self.date_notice and end - (self.date_end - self.date_notice)
        defaults = {
            "kind": "renewal",
            "profile_id": self.profile_id.id,
            "name": self.name,
            "previous_id": self.id,
            "date_start": start,
            "date_end": end,
            "date_notice": notice,
            "amount": self.amount,
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Next Term"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    def _get_next_term(self):
        """Return first and last day of the term after this one.

        Whole months stay whole months: 1 January to 31 March is followed by 1 April to
        30 June.
        """
        one_day = relativedelta(days=1)
        start = self.date_end + one_day
        length = relativedelta(years=1)
        if self.date_start:
            length = relativedelta(start, self.date_start)
        return start, start + length - one_day

    # === BUSINESS METHODS === #

    def _sync_renewal(self, agreement):
        """Let the renewal of contracts follow their ends.

        An end that moves takes the open renewal along; a contract without an end, ended
        or archived, archives it. What was decided stays. Called as whoever may write
        the agreement.
        """
        # sudo: whoever may write the agreement; a renewal follows it by itself
        milestones_sudo = self.sudo().with_context(active_test=False)
        for contract in agreement:
            rows = milestones_sudo.search(
                [("agreement_id", "=", contract.id), ("kind", "=", "renewal")],
                order="date_end desc, id desc",
            )
            current = rows.filtered(lambda row: row.renewal_state == "open")[:1]
            is_wanted = (
                contract.kind == "contract" and contract.date_end and contract.active
            )
            decided = rows.filtered(
                lambda row, end=contract.date_end: (
                    row.renewal_state != "open" and row.date_end == end
                )
            )
            if not is_wanted or decided:
                current.filtered("active").write({"active": False})
                continue
            vals = {
                "name": contract.name,
                "date_start": contract.date_start,
                "date_end": contract.date_end,
                "amount": contract.amount,
                "active": True,
            }
            current._write_changed(vals) if current else milestones_sudo.create(
                {
                    **vals,
                    "kind": "renewal",
                    "profile_id": contract.profile_id.id,
                    "agreement_id": contract.id,
                }
            )

    def _write_changed(self, vals):
        """Write what differs; a notice date after the new end is forgotten."""
        self.ensure_one()
        vals = {name: value for name, value in vals.items() if self[name] != value}
        end = vals.get("date_end")
        if end and self.date_notice and self.date_notice > end:
            vals["date_notice"] = False
        if vals:
            self.write(vals)

    def _finish_by_activity(self):
        """Close what was upcoming; a renewal stays open until somebody says how."""
        self.filtered(
            lambda row: row.state == "upcoming" and row.renewal_state != "open"
        ).write({"state": "done"})
