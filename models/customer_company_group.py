from collections import Counter

from odoo import api, fields, models


class CustomerCompanyGroup(models.Model):
    """Customers that belong together, such as the companies of one holding.

    Reads its members and writes nothing: every member keeps his own tier. Amounts
    are those of the members that the reader may see.
    """

    _name = "customer.company.group"
    _description = "Group of Companies"
    _order = "name, id"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    description = fields.Text("Notes")
    active = fields.Boolean(default=True)
    profile_ids = fields.One2many("customer.profile", "company_group_id", "Members")
    member_text = fields.Char("Member Count", compute="_compute_roll_up")
    tier_text = fields.Char("Tiers", compute="_compute_roll_up")
    health_text = fields.Char("Health", compute="_compute_roll_up")
    amount_12m = fields.Monetary(
        "Amount in 12 Months",
        compute="_compute_roll_up",
        help="Of the members that you may see and whose amount is known.",
    )
    amount_12m_state = fields.Selection(
        [("known", "Known"), ("unknown", "Unknown")], compute="_compute_roll_up"
    )
    amount_text = fields.Char("Left Out", compute="_compute_roll_up")

    _name_uniq = models.Constraint(
        "UNIQUE (company_id, name)", "There is a group of companies of this name."
    )

    # === COMPUTE METHODS === #

    @api.depends("profile_ids")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_roll_up(self):
        """Sum up the members that the reader may see; count those he may not."""
        profiles = self.env["customer.profile"]
        members = profiles.search_fetch(
            [("company_group_id", "in", self._origin.ids)],
            ["company_group_id", "tier_id", "health", "snapshot_id"],
        )
        members.mapped("amount_12m_state")  # one statement for all of them
        # sudo: how many members there are, not who
        totals_sudo = dict(
            profiles.sudo()._read_group(
                [("company_group_id", "in", self._origin.ids)],
                ["company_group_id"],
                ["__count"],
            )
        )
        grouped = members.grouped("company_group_id")
        for group in self:
            seen = grouped.get(group._origin, profiles)
            group._set_roll_up(seen, totals_sudo.get(group._origin, 0))

    def _set_roll_up(self, members, total):
        known = members.filtered(lambda member: member.amount_12m_state == "known")
        labels = dict(members._fields["health"]._description_selection(self.env))
        tiers = Counter(member.tier_id for member in members if member.tier_id)
        health = Counter(member.health for member in members if member.health)
        self.member_text = (
            self.env._(
                "%(total)s members, %(visible)s visible to you",
                total=total,
                visible=len(members),
            )
            if total != len(members)
            else self.env._("%s members", total)
        )
        self.tier_text = " · ".join(
            f"{tier.code} {tiers[tier]}"
            for tier in sorted(tiers, key=lambda tier: -tier.lower_bound)
        )
        self.health_text = " · ".join(
            f"{label} {health[value]}"
            for value, label in labels.items()
            if health[value]
        )
        self.amount_12m = sum(known.mapped("amount_12m"))
        self.amount_12m_state = "known" if known else "unknown"
        unknown = len(members) - len(known)
        self.amount_text = unknown and self.env._(
            "Amount of %s members unknown, left out", unknown
        )

    # === CONSTRAINT METHODS === #

    @api.constrains("company_id")
    def _check_members_company(self):
        # sudo: members that the user does not see count as well
        self.sudo().with_context(active_test=False).profile_ids._check_group_company()

    # === ACTION METHODS === #

    def action_open_members(self):
        """Open the members as a pivot of tier and health."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_profile_action"
        )
        action["domain"] = [("company_group_id", "=", self.id)]
        action["view_mode"] = "list,pivot,graph,kanban,form"
        action["views"] = [
            (view_id, kind)
            for kind in action["view_mode"].split(",")
            for view_id, view_kind in action["views"]
            if view_kind == kind
        ]
        action["name"] = action["display_name"] = self.name
        return action
