from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..models.customer_tier_request import MANAGER


class CustomerHandover(models.TransientModel):
    """Hands everything of one person over to another, with a sheet for both.

    Customers, archived ones included, and the open activities planned on customers.
    Tier requests stay with who asked; the sheet lists them. In the companies that are
    switched on.
    """

    _name = "customer.handover"
    _description = "Hand Over Customers"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [("draft", "Preview"), ("done", "Handed over")], default="draft", readonly=True
    )
    from_user_id = fields.Many2one("res.users", "Handed Over By")
    to_user_id = fields.Many2one("res.users", "Taken Over By")
    from_user_ids = fields.Many2many(
        "res.users", compute="_compute_people", context={"active_test": False}
    )
    to_user_ids = fields.Many2many("res.users", compute="_compute_people")
    handed_profile_ids = fields.Many2many(
        "customer.profile", readonly=True, context={"active_test": False}
    )
    date = fields.Date(default=fields.Date.context_today, readonly=True)
    moved_activity_count = fields.Integer(readonly=True)
    profile_ids = fields.Many2many(
        "customer.profile",
        string="Customers",
        compute="_compute_content",
        context={"active_test": False},
    )
    request_ids = fields.Many2many(
        "customer.tier.request",
        string="Open Tier Requests",
        compute="_compute_content",
        help="They stay open; who asked for them does not change.",
    )
    profile_count = fields.Integer("Number of Customers", compute="_compute_content")
    archived_count = fields.Integer("Archived Customers", compute="_compute_content")
    activity_count = fields.Integer("Open Activities", compute="_compute_content")
    elsewhere = fields.Char(compute="_compute_elsewhere")

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_people(self):
        profiles = self.env["customer.profile"].with_context(active_test=False)
        owners = self.env["res.users"].union(
            *(
                owner
                for (owner,) in profiles._read_group(
                    [("user_id", "!=", False)], ["user_id"]
                )
            )
        )
        possible = profiles._get_possible_owners(self.env["res.company"])
        if not self.env.user.has_group(MANAGER):
            mates = profiles._get_team_mates()
            owners, possible = owners & mates, possible & mates
        for wizard in self:
            wizard.from_user_ids = owners
            wizard.to_user_ids = possible

    @api.depends("from_user_id", "state", "handed_profile_ids")
    def _compute_content(self):
        for wizard in self:
            is_done = wizard.state == "done"
            profiles = wizard.handed_profile_ids if is_done else wizard._find_profiles()
            wizard.profile_ids = profiles
            wizard.profile_count = len(profiles)
            wizard.archived_count = len(profiles.filtered(lambda p: not p.active))
            wizard.activity_count = (
                wizard.moved_activity_count
                if is_done
                else len(wizard._find_activities_sudo())
            )
            wizard.request_ids = self.env["customer.tier.request"].search(
                [("profile_id", "in", profiles.ids), ("state", "=", "waiting")]
            )

    @api.depends("from_user_id", "state")
    def _compute_elsewhere(self):
        for wizard in self:
            others = self.env.user.company_ids - self.env.companies
            rows = (
                self.env["customer.profile"]
                .with_context(allowed_company_ids=others.ids, active_test=False)
                ._read_group(wizard._get_domain(), ["company_id"], ["__count"])
                if others and wizard.from_user_id
                else []
            )
            wizard.elsewhere = ", ".join(
                f"{company.name} ({count})" for company, count in rows
            )

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Hand-over")

    def _get_domain(self):
        # merged customers follow the one they became part of
        return Domain("user_id", "=", self.from_user_id.id) & Domain(
            "merged_into_id", "=", False
        )

    def _find_profiles(self):
        profiles = self.env["customer.profile"].with_context(active_test=False)
        if not self.from_user_id:
            return profiles
        return profiles.search(self._get_domain())

    def _find_activities_sudo(self):
        """Return the person's open activities on customers the reader may see."""
        # sudo: activities of others; limited to customers that the reader may see
        activities_sudo = self.env["mail.activity"].sudo()
        if not self.from_user_id:
            return activities_sudo
        found = activities_sudo.search(
            [
                ("res_model", "=", "customer.profile"),
                ("user_id", "=", self.from_user_id.id),
            ]
        )
        seen = self.env["customer.profile"].with_context(active_test=False)
        ids = set(seen.search([("id", "in", found.mapped("res_id"))]).ids)
        return found.filtered(lambda activity: activity.res_id in ids)

    # === ACTION METHODS === #

    def action_hand_over(self):
        """Hand the customers and activities over and show what was handed over."""
        self.check_access("read")
        self.ensure_one()
        self._check_people()
        profiles, activities_sudo = self._find_profiles(), self._find_activities_sudo()
        if not profiles and not activities_sudo:
            raise UserError(
                self.env._(
                    "%s is responsible for no customer here.", self.from_user_id.name
                )
            )
        profiles._assign_to(self.to_user_id)
        # quick update: one message for all of them, below
        activities_sudo.with_context(mail_activity_quick_update=True).write(
            {"user_id": self.to_user_id.id}
        )
        self.write(
            {
                "handed_profile_ids": [Command.set(profiles.ids)],
                "moved_activity_count": len(activities_sudo),
                "state": "done",
            }
        )
        self._tell(len(profiles))
        return True

    def action_print(self):
        """Print the hand-over sheet."""
        self.check_access("read")
        self.ensure_one()
        return self.env.ref(
            "customer_success.action_report_customer_handover"
        ).report_action(self)

    @api.model
    def _open_for(self, profiles):
        """Open the dialog, from the person who has the customers selected in the list."""
        profiles.check_access("read")
        owners = profiles.user_id
        wizard = self.create({"from_user_id": owners.id if len(owners) == 1 else False})
        return wizard._reopen()

    def _reopen(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_handover_action"
        )
        return {**action, "res_id": self.id}

    def _tell(self, count):
        self.env["customer.profile"]._tell_new_owner(
            self.to_user_id,
            self.env._(
                "%(count)s customers of %(person)s are yours now",
                count=count,
                person=self.from_user_id.name,
            ),
            self.env._(
                "%(manager)s handed them over to you, with %(activities)s open"
                " activities. You find them with the filter My Customers.",
                manager=self.env.user.name,
                activities=self.moved_activity_count,
            ),
        )

    # === BUSINESS METHODS === #

    def _check_people(self):
        """Raise unless this user may hand over between these two people."""
        giver, taker = self.from_user_id, self.to_user_id
        if self.state == "done":
            raise UserError(self.env._("These customers were handed over already."))
        if not giver or not taker:
            raise UserError(self.env._("Choose from whom and to whom."))
        if giver == taker:
            raise UserError(self.env._("Choose two different people."))
        profiles = self.env["customer.profile"]
        if not self.env.user.has_group(MANAGER):
            outside = (giver | taker) - profiles._get_team_mates()
            if outside:
                raise AccessError(
                    self.env._(
                        "%s is not in your sales team. Only managers hand over between"
                        " teams.",
                        # sudo: names of colleagues
                        ", ".join(outside.sudo().mapped("name")),
                    )
                )
        profiles._check_new_owner(taker)
