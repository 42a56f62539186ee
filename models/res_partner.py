from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, Query

from .customer_personal_data import READER

# Windows onto the customer and the fields they show. Lists sort by them: unknown ones
# come last, always.
WINDOWS = {
    "customer_tier_id": "tier_id",
    "customer_health": "health",
    "customer_health_score": "health_score",
    "customer_lifecycle_stage_id": "lifecycle_stage_id",
}

# What may mean that a contact is gone.
GONE_FIELDS = {"active", "parent_id", "is_company", "message_bounce"}


class ResPartner(models.Model):
    """Windows onto the customer of the current company. No job writes this table."""

    _inherit = "res.partner"

    customer_profile_id = fields.Many2one(
        "customer.profile",
        "Customer Record",
        compute="_compute_customer_profile_id",
        search="_search_customer_profile_id",
        groups="base.group_user",
        compute_sudo=True,
        help="In the current company, that of the commercial entity.",
    )
    customer_tier_id = fields.Many2one(
        related="customer_profile_id.tier_id",
        string="Tier",
        groups="base.group_user",
    )
    customer_health = fields.Selection(
        related="customer_profile_id.health",
        string="Health",
        groups="base.group_user",
    )
    customer_health_score = fields.Float(
        related="customer_profile_id.health_score",
        groups="base.group_user",
    )
    customer_lifecycle_stage_id = fields.Many2one(
        related="customer_profile_id.lifecycle_stage_id",
        string="Lifecycle Stage",
        groups="base.group_user",
    )
    stakeholder_ids = fields.One2many(
        "customer.stakeholder",
        string="Decision Chain",
        compute="_compute_stakeholder_ids",
        groups="base.group_user",
        help="His roles at the customer; for a company, everybody in its chain. In the"
        " current company, as far as the reader may see the customer.",
    )
    can_open_personal_data = fields.Boolean(
        compute="_compute_can_open_personal_data",
        compute_sudo=True,  # a reader may not see the customer
    )

    # === COMPUTE METHODS === #

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_customer_profile_id(self):
        # one query, for the windows below as well
        profiles = self.env["customer.profile"].with_context(active_test=True)
        profiles = profiles.search_fetch(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("merged_into_id", "=", False),
            ],
            ["partner_id", *WINDOWS.values()],
        )
        by_partner = {profile.partner_id.id: profile for profile in profiles}
        for partner in self:
            partner.customer_profile_id = by_partner.get(
                partner.commercial_partner_id.id, False
            )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_stakeholder_ids(self):
        stakeholders = self.env["customer.stakeholder"]
        rows = stakeholders
        if stakeholders.has_access("read"):
            rows = stakeholders.search(
                [
                    ("company_id", "=", self.env.company.id),
                    "|",
                    ("partner_id", "in", self.ids),
                    ("profile_id.partner_id", "in", self.ids),
                ]
            )
        for partner in self:
            partner.stakeholder_ids = rows.filtered(
                lambda row, partner=partner: (
                    partner._origin in (row.partner_id, row.profile_id.partner_id)
                )
            )

    @api.depends("customer_profile_id.user_id")
    @api.depends_context("company", "uid")
    def _compute_can_open_personal_data(self):
        user = self.env.user
        for partner in self:
            profile = not partner.is_company and partner.customer_profile_id
            partner.can_open_personal_data = bool(profile) and (
                profile.user_id == user or user.has_group(READER)
            )

    def _search_customer_profile_id(self, operator, value):
        """Search the contacts of customers; ``any!`` comes from the other windows.

        The customer's own rights are skipped for ``any!`` (tier and health are shown
        to every internal user) and for his id, not for a condition that a user wrote.
        """
        self._check_customer_windows()
        if operator in ("any", "any!"):
            return self._domain_of_customers(value, operator == "any!")
        if operator != "in":
            return NotImplemented
        if isinstance(value, (Query, SQL)):
            return self._domain_of_customers(value, True)
        ids = [item for item in value if item]
        found = Domain.FALSE
        if ids:
            found = self._domain_of_customers(Domain("id", "in", ids), True)
        if len(ids) < len(value):
            found |= ~self._domain_of_customers(Domain.TRUE, True)
        return found

    @api.model
    def _domain_of_customers(self, condition, bypass_access):
        """Return a domain of the contacts of customers that meet a condition.

        Worked out only when the statement is put together: Odoo 19 takes an access
        error in a search method as a reason to try again as the superuser.
        """
        if isinstance(condition, (Query, SQL)):
            condition = Domain("id", "in", condition)
        own = Domain("company_id", "=", self.env.company.id) & Domain(
            "merged_into_id", "=", False
        )
        profiles = self.env["customer.profile"].with_context(active_test=True)

        def to_sql(model, alias, query):
            customers = profiles._search(
                own & Domain(condition), bypass_access=bypass_access
            )
            return SQL(
                "%s IN (%s)",
                model._field_to_sql(alias, "commercial_partner_id", query),
                customers.select(SQL.identifier(customers.table, "partner_id")),
            )

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _check_customer_windows(self):
        """Raise for portal and public users, in ``sudo`` too.

        Reading is refused by the groups of the fields. Odoo 19 searches, sorts and
        groups by related fields in the name of the superuser without asking for them.
        """
        if not self.env.user._is_internal():
            raise AccessError(
                self.env._("Only internal users can search contacts by tier or health.")
            )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Join the customer of the current company, for order and group by."""
        if field_expr == "customer_profile_id" or field_expr in WINDOWS:
            self._check_customer_windows()
            if query is not None:
                profile_alias = self._join_customer_window(alias, query)
                name = WINDOWS.get(field_expr, "id")
                # the window's own column: joining the customer again doubles the time
                field = self.env["customer.profile"]._fields[name]
                return SQL.identifier(profile_alias, name, to_flush=field)
        return super()._field_to_sql(alias, field_expr, query)

    def _join_customer_window(self, alias, query):
        """Join the customer of the current company and return his alias."""
        profile_alias = query.make_alias(alias, "customer_window")
        query.add_join(
            "LEFT JOIN",
            profile_alias,
            "customer_profile",
            SQL(
                """%(profile)s = %(partner)s AND %(company)s = %(current)s
                   AND %(active)s AND %(merged)s IS NULL""",
                profile=SQL.identifier(profile_alias, "partner_id"),
                partner=SQL.identifier(alias, "commercial_partner_id"),
                company=SQL.identifier(profile_alias, "company_id"),
                current=self.env.company.id,
                active=SQL.identifier(profile_alias, "active"),
                merged=SQL.identifier(profile_alias, "merged_into_id"),
            ),
        )
        return profile_alias

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Sort contacts without a customer last; a customer by his id, not his total."""
        if field_name == "customer_profile_id":
            field_name = "customer_profile_id.id"
        if field_name in WINDOWS and not nulls.code:
            nulls = SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    # === CRUD METHODS === #

    def write(self, vals):
        former = self.commercial_partner_id if "parent_id" in vals else self.browse()
        result = super().write(vals)
        if {"active", "user_id", "parent_id", "is_company"} & set(vals):
            self._adapt_customers(vals)
        if former:
            # sudo: whoever writes a contact may not see the cases
            self.env["customer.case"].sudo()._leave_contacts(self, former)
        if GONE_FIELDS & set(vals):
            self._check_chain(vals)
        return result

    def _adapt_customers(self, vals):
        """Let the customers of these contacts follow archive, salesperson, hierarchy."""
        # sudo: a sales person who edits a contact may not see its customer
        profiles_sudo = (
            self.env["customer.profile"]
            .sudo()
            .with_context(
                active_test=False,
                customer_follow_user=True,
                mail_auto_subscribe_no_notify=True,
            )
            .search([("partner_id", "in", self.ids)])
        )
        if not profiles_sudo:
            return
        living = profiles_sudo.filtered(lambda profile: not profile.merged_into_id)
        if {"parent_id", "is_company"} & set(vals):
            merged = profiles_sudo - living
            moved = living.filtered(
                lambda p: p.partner_id.commercial_partner_id != p.partner_id
            )
            moved._join_commercial_partner()
            living -= moved
            merged.filtered(
                lambda p: p.partner_id.commercial_partner_id == p.partner_id
            )._separate_again()
        if "active" in vals and living:
            living.write({"active": vals["active"]})
        if "user_id" in vals:
            living.filtered(lambda profile: not profile.is_user_manual).write(
                {"user_id": vals["user_id"]}
            )

    def _check_chain(self, vals):
        """End the roles of those among these contacts who are gone."""
        partners = self
        if {"parent_id", "is_company"} & set(vals):
            # their own contacts may belong to another company now
            partners = self.with_context(active_test=False).search(
                [("id", "child_of", self.ids)]
            )
        # sudo: whoever writes a contact may not see the customer
        self.env["customer.stakeholder"].sudo()._check_contacts(partners)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_customer(self):
        # sudo: see _adapt_customers
        profiles_sudo = (
            self.env["customer.profile"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", self.ids)])
        )
        for profile in profiles_sudo:
            if profile.score_ids or profile.merged_profile_ids:
                raise UserError(
                    self.env._(
                        "%s is a customer with a history of scores: archive the contact"
                        " instead of deleting it.",
                        profile.partner_id.display_name,
                    )
                )
        profiles_sudo.unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_chain(self):
        # sudo: history counts whoever may see it
        rows_sudo = self.env["customer.stakeholder"].sudo()
        found = rows_sudo.search([("partner_id", "in", self.ids)], limit=1)
        if found:
            raise UserError(
                self.env._(
                    "%(contact)s stands or stood in the decision chain of %(customer)s:"
                    " archive the contact instead of deleting it.",
                    contact=found.partner_id.name,
                    customer=found.profile_id.display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_described(self):
        """Refuse in words what the foreign key refuses; they do not tell what is known."""
        # sudo: counts whoever may see it
        rows_sudo = self.env["customer.personal.data"].sudo()
        found_sudo = rows_sudo.search([("partner_id", "in", self.ids)], limit=1)
        if found_sudo:
            raise UserError(
                self.env._(
                    "%s is known to Customer Success: archive the contact instead of"
                    " deleting it.",
                    found_sudo.partner_id.display_name,
                )
            )

    # === ACTION METHODS === #

    def action_open_customer_profile(self):
        """Open the customer of the commercial entity in the current company."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.profile",
            "res_id": self.customer_profile_id.id,
            "view_mode": "form",
        }

    def action_open_personal_data(self):
        """Open what the first responsible person recorded about this person."""
        self.ensure_one()
        self.check_access("read")
        if not self.can_open_personal_data:
            self.env["customer.profile"]._check_personal_data()
        return self.customer_profile_id._open_personal_data_of(self)

    def action_log_interaction(self):
        """Open the dialog that logs an interaction with this contact."""
        self.ensure_one()
        profile = self.env["customer.profile"]._get_or_create(self, self.env.company)
        people = self.filtered(lambda contact: not contact.is_company)
        channel = profile._get_preferred_channel(people)
        return self.env["customer.interaction"]._open_log(
            profile,
            partner_ids=people.ids,
            channel_id=(
                channel or self.env["customer.channel"]._get_by_code("phone")
            ).id,
        )

    def action_has_left(self):
        """End every role of this contact: he left his company."""
        self.ensure_one()
        rows = self.env["customer.stakeholder"].search([("partner_id", "=", self.id)])
        rows = rows._filter_valid()
        if not rows:
            raise AccessError(
                self.env._("%s stands in no decision chain that you see.", self.name)
            )
        rows.action_has_left()

    def action_open_chain(self):
        """Open the decision chain of the company of this contact."""
        self.ensure_one()
        profile = self.customer_profile_id
        if not profile:
            raise AccessError(
                self.env._(
                    "%s is no customer of this company yet.",
                    self.commercial_partner_id.name,
                )
            )
        return profile.action_open_chain()

    def action_score_customers(self):
        """Score the customers of these contacts in the current company now."""
        profiles = self.env["customer.profile"]._get_or_create(self, self.env.company)
        return profiles.action_score_now()
