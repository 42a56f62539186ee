from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CustomerActionDone(models.TransientModel):
    """Asks what was done and what the customer said: it becomes an interaction."""

    _name = "customer.action.done"
    _description = "Done"
    _inherit = "customer.action.dialog"

    action_ids = fields.Many2many(relation="customer_action_done_action_rel")
    is_contact = fields.Boolean(compute="_compute_kinds")
    is_visit = fields.Boolean(compute="_compute_kinds")
    completion_standard = fields.Text(
        related="action_id.completion_standard", related_sudo=False
    )
    partner_id = fields.Many2one(related="action_id.partner_id", related_sudo=False)
    currency_id = fields.Many2one(related="company_id.currency_id")
    budget_state = fields.Selection(
        related="action_id.budget_state", related_sudo=False
    )
    budget_amount = fields.Monetary(
        related="action_id.budget_amount", related_sudo=False
    )

    date_done = fields.Date(
        "Done On", compute="_compute_date_done", store=True, readonly=False
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "customer_action_done_partner_rel",
        "dialog_id",
        "partner_id",
        "Their Participants",
        compute="_compute_partner_ids",
        store=True,
        readonly=False,
    )
    done_text = fields.Text("What Was Done")
    feedback = fields.Text("Customer Feedback")
    is_standard_met = fields.Boolean("Standard Met", default=True)
    has_actual = fields.Boolean("Enter the Cost")
    actual_amount = fields.Monetary("Actual Cost")

    # === COMPUTE METHODS === #

    @api.depends("action_ids")
    def _compute_kinds(self):
        for dialog in self:
            kinds = dialog.action_ids.kind_id
            dialog.is_contact = any(kinds.mapped("is_contact"))
            dialog.is_visit = any(kinds.mapped("is_visit"))

    @api.depends("action_ids")
    def _compute_date_done(self):
        for dialog in self:
            dialog.date_done = dialog.date_done or dialog._get_today()

    @api.depends("action_ids")
    def _compute_partner_ids(self):
        """Tick who was planned; else the only contact of the customer."""
        for dialog in self:
            people = dialog.action_id.partner_ids
            if dialog.action_id and not people:
                found = dialog.action_id.profile_id._get_contact_people(limit=2)
                people = found if len(found) == 1 else people
            dialog.partner_ids = people

    # === ACTION METHODS === #

    def action_done(self):
        """Mark the actions as done; contacts with customers are logged."""
        actions = self._get_actions()
        if not self.date_done or self.date_done > self._get_today():
            raise UserError(
                self.env._("Choose the day it was done, today at the latest.")
            )
        for action in actions:
            action._check_participants(self.partner_ids)
        actions._set_done(self._prepare_done_vals(len(actions) == 1))
        return self._finish()

    def _prepare_done_vals(self, is_single):
        """Return what is noted; for several actions nothing about single customers."""
        vals = {
            "date_done": self.date_done,
            "done_text": self.done_text,
            "feedback": self.feedback,
            "is_standard_met": self.is_standard_met,
        }
        if is_single:
            vals["partner_ids"] = [Command.set(self.partner_ids.ids)]
            if self.has_actual:
                vals["actual_amount"] = self.actual_amount
        return vals
