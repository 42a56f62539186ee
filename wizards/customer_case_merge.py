from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerCaseMerge(models.TransientModel):
    """Asks which case goes on when several are about the same matter."""

    _name = "customer.case.merge"
    _description = "Duplicate Cases"
    _inherit = ["customer.seen.dialog"]

    case_ids = fields.Many2many(
        "customer.case",
        "customer_case_merge_case_rel",
        "dialog_id",
        "case_id",
        "Duplicates",
        required=True,
    )
    possible_ids = fields.Many2many(
        "customer.case", compute="_compute_possible_ids", string="Possible Cases"
    )
    survivor_id = fields.Many2one(
        "customer.case",
        "Goes On",
        compute="_compute_survivor_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True
    )

    # === COMPUTE METHODS === #

    @api.depends("case_ids")
    def _compute_company_id(self):
        for dialog in self:
            dialog.company_id = dialog.case_ids.company_id[:1] or self.env.company

    @api.depends("case_ids")
    def _compute_possible_ids(self):
        """Offer the open cases of the same customer, or of the same unknown address."""
        for dialog in self:
            dialog.possible_ids = dialog.case_ids._origin._find_same_sender()

    @api.depends("case_ids")
    def _compute_survivor_id(self):
        """Propose the oldest of several; beside one case only what is unmistakable."""
        for dialog in self:
            cases = dialog.case_ids._origin
            others = dialog.possible_ids._origin - cases
            proposed = cases if len(cases) > 1 else others[: len(others) == 1]
            dialog.survivor_id = proposed.sorted("received_datetime")[:1]

    # === CONSTRAINT METHODS === #

    def _check_seen(self):
        """Override: all of the cases."""
        (self.case_ids | self.survivor_id).check_access("read")

    # === ACTION METHODS === #

    def action_merge(self):
        """Let the others become part of the one that goes on, and open it."""
        self.ensure_one()
        self.check_access("read")
        survivor, duplicates = self.survivor_id, self.case_ids - self.survivor_id
        (survivor | duplicates).check_access("write")
        if not survivor or not duplicates:
            raise UserError(self.env._("Choose another case that goes on."))
        duplicates._merge_into(survivor)
        return survivor._open_record(survivor)
