from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.customer_tier_request import MANAGER


class CustomerAssign(models.TransientModel):
    """Gives many customers a first responsible person at once.

    Managers assign anybody's customers to anybody; other users take for themselves
    those that nobody has.
    """

    _name = "customer.assign"
    _description = "Assign Customers"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    profile_ids = fields.Many2many("customer.profile", string="Customers")
    user_id = fields.Many2one("res.users", "First Responsible Person")
    possible_user_ids = fields.Many2many("res.users", compute="_compute_possible")
    is_manager = fields.Boolean(compute="_compute_possible")
    profile_count = fields.Integer("Selected", compute="_compute_preview")
    change_count = fields.Integer("Will Change", compute="_compute_preview")
    preview = fields.Html("Responsible Now", compute="_compute_preview", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("profile_ids")
    @api.depends_context("uid")
    def _compute_possible(self):
        is_manager = self.env.user.has_group(MANAGER)
        for wizard in self:
            wizard.is_manager = is_manager
            companies = wizard.profile_ids.company_id
            wizard.possible_user_ids = (
                self.env["customer.profile"]._get_possible_owners(companies)
                if is_manager
                else self.env.user
            )

    @api.depends("profile_ids", "user_id")
    @api.depends_context("uid", "lang")
    def _compute_preview(self):
        for wizard in self:
            changing = wizard._get_changing()
            wizard.profile_count = len(wizard.profile_ids)
            wizard.change_count = len(changing)
            wizard.preview = self.env["ir.qweb"]._render(
                "customer_success.customer_assign_preview",
                {"rows": wizard._count_by_owner(changing)},
            )

    def _count_by_owner(self, changing):
        owners = self.profile_ids.grouped("user_id")
        rows = [
            {
                "name": owner.name or self.env._("Unassigned"),
                "is_archived": bool(owner) and not owner.active,
                "count": len(profiles),
                "changing": len(profiles & changing),
            }
            for owner, profiles in owners.items()
        ]
        return sorted(rows, key=lambda row: (-row["count"], row["name"]))

    # === ACTION METHODS === #

    def action_assign(self):
        """Make the person first responsible for the selected customers."""
        self.check_access("read")
        self.ensure_one()
        user = self.user_id
        if not user:
            raise UserError(self.env._("Choose who becomes responsible."))
        if not self.env.user.has_group(MANAGER) and user != self.env.user:
            raise AccessError(
                self.env._("Only managers assign customers to other people.")
            )
        profiles = self._get_changing()
        if not profiles:
            raise UserError(self._word_nothing())
        profiles._assign_to(user)
        count = len(profiles)
        profiles._tell_new_owner(
            user,
            self.env._("%s customers were assigned to you", count),
            self.env._(
                "%(person)s made you first responsible for %(count)s customers. You find"
                " them with the filter My Customers.",
                person=self.env.user.name,
                count=count,
            ),
        )
        return profiles._notify_user(
            self.env._(
                "%(count)s customers were assigned to %(person)s.",
                count=count,
                person=user.name,
            )
        )

    def _word_nothing(self):
        if self.env.user.has_group(MANAGER):
            return self.env._(
                "%s is responsible for all of these customers already.",
                self.user_id.name,
            )
        return self.env._(
            "Somebody is responsible for all of these customers already. Managers can"
            " assign them to somebody else."
        )

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, profiles):
        """Open the dialog for customers selected in the list."""
        profiles.check_access("read")
        wizard = self.create(
            {
                "profile_ids": [Command.set(profiles.ids)],
                "user_id": not self.env.user.has_group(MANAGER) and self.env.uid,
            }
        )
        return {
            "name": self.env._("Assign Customers"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _get_changing(self):
        """Return the customers that would get the chosen person."""
        is_manager = self.env.user.has_group(MANAGER)
        return self.profile_ids.filtered(
            lambda profile: (
                not profile.merged_into_id
                and (is_manager or not profile.user_id)
                and profile.user_id != self.user_id
            )
        )
