from odoo import fields, models
from odoo.exceptions import UserError

from ..const import SCORE_NOW_LIMIT


class CustomerScorecard(models.Model):
    """How a scorecard comes into force."""

    _inherit = "customer.scorecard"

    # === ACTION METHODS === #

    def action_try(self):
        """Open what this scorecard would change in the current company."""
        self.ensure_one()
        return self.env["customer.scorecard.trial"]._try(self)._open()

    def action_open_activation(self):
        """Open the dialog that says what activation will do."""
        self.ensure_one()
        return self.env["customer.scorecard.trial"]._try(self).action_open_activation()

    def action_activate(self, apply_now=False):
        """Replace the active scorecard of the same kind and company; rescore.

        Scores follow at once (in the background above a thousand customers); tiers
        move at their next review.

        :param apply_now: let the tiers move today in the companies where the user
            works; reviews stay when they are due
        """
        self.ensure_one()
        self.check_access("write")
        self._check_set()
        if self.state == "active":
            raise UserError(self.env._("%s is already active.", self.display_name))
        replaced = self._replace_active()
        companies = self._get_companies()
        runs_sudo = self.env["customer.run"].sudo()  # sudo: the system owns runs
        runs_sudo._read_again(companies)
        if self.kind == "tier":
            runs_sudo._end_moves(companies)
            if replaced:
                # Tiers of the same code follow the version, whoever owns the customer.
                self.env["customer.tier.change"].sudo()._carry_over(replaced, self)
            if apply_now:
                own = companies if self.env.su else self.env.user.company_ids
                self._move_tiers(companies & own)
        self.env["customer.run"]._request_refresh()

    # === BUSINESS METHODS === #

    def _replace_active(self):
        """Set this scorecard active and return the one it takes over from."""
        card_sudo = self.sudo()  # sudo: nobody else writes the status
        # A company's first own card takes over from the shared one, which stays.
        replaced = card_sudo._get_active(self.company_id, self.kind)
        if replaced.company_id == self.company_id:
            replaced.state = "retired"
            replaced.flush_recordset()
        card_sudo.write(
            {
                "state": "active",
                "date_active": fields.Date.context_today(self),
                "replaced_id": replaced.id,
            }
        )
        card_sudo.flush_recordset()
        return replaced

    def _move_tiers(self, companies):
        """Let the tiers of companies follow this scorecard today.

        At once for a thousand customers, else by a run in the background.
        """
        # sudo: results are written by the system; the manager may activate this card
        profiles_sudo = self.env["customer.profile"].sudo().search(
            [("company_id", "in", companies.ids), ("merged_into_id", "=", False)],
            limit=SCORE_NOW_LIMIT + 1,
            order="id",
        )  # fmt: skip
        runs_sudo = self.env["customer.run"].sudo()
        if len(profiles_sudo) > SCORE_NOW_LIMIT:
            for company in companies:
                runs_sudo._queue("move", company, company._get_customer_today())
            return
        for company, members in profiles_sudo.grouped("company_id").items():
            runs_sudo._score_profiles(company, members.ids, review="scorecard")
