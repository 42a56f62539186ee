from odoo import api, fields, models
from odoo.exceptions import ValidationError

LOYALTY = [
    ("ordinary", "Ordinary Customer"),
    ("loyal", "Loyal Customer"),
    ("strategic", "Strategic Partner"),
]


class CustomerProfile(models.Model):
    """Facts about the company: size, business, loyalty, the group it belongs to."""

    _inherit = "customer.profile"

    employee_range = fields.Selection(
        [
            ("1_9", "1 to 9"),
            ("10_49", "10 to 49"),
            ("50_249", "50 to 249"),
            ("250_999", "250 to 999"),
            ("1000", "1,000 and more"),
        ],
        "Employees",
    )
    main_business = fields.Char(help="What the company lives on, in one line.")
    industry_id = fields.Many2one(
        related="partner_id.industry_id", readonly=False, related_sudo=False
    )
    can_edit_contact = fields.Boolean(compute="_compute_can_edit_contact")
    loyalty = fields.Selection(
        LOYALTY,
        default="ordinary",
        tracking=True,
        help="The loyalty ladder, climbed by hand.",
    )
    date_loyalty = fields.Date(
        "On This Rung Since", copy=False, help="Set when the rung changes."
    )
    company_group_id = fields.Many2one(
        "customer.company.group",
        "Group of Companies",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    insight_ids = fields.One2many("customer.insight", "profile_id", "Insights")
    agreement_ids = fields.One2many(
        "customer.agreement", "profile_id", "Contracts and Projects"
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    @api.depends_context("uid")
    def _compute_can_edit_contact(self):
        for profile in self:
            profile.can_edit_contact = profile.partner_id.has_access("write")

    # === CONSTRAINT METHODS === #

    @api.constrains("company_group_id", "company_id")
    def _check_group_company(self):
        for profile in self:
            # sudo: named also when it belongs to a company the user does not see
            group_sudo = profile.sudo().company_group_id
            if group_sudo and group_sudo.company_id != profile.company_id:
                raise ValidationError(
                    self.env._(
                        "%(customer)s cannot join a group of companies of %(company)s.",
                        customer=profile.display_name,
                        company=group_sudo.company_id.name,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        if "loyalty" in vals and "date_loyalty" not in vals:
            changed = self.filtered(lambda profile: profile.loyalty != vals["loyalty"])
            today = fields.Date.context_today(self)
            if changed:
                super(CustomerProfile, changed).write({"date_loyalty": today})
        return super().write(vals)

    # === ACTION METHODS === #

    def action_edit_company(self):
        """Open the facts about the company in a dialog."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("About the Company"),
            "res_model": "customer.profile",
            "res_id": self.id,
            "views": [
                (
                    self.env.ref(
                        "customer_success.customer_profile_view_form_company"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
        }

    # === BUSINESS METHODS === #

    def _move_facts(self, survivor):
        """Move insights and agreements; the survivor keeps what is known about him."""
        result = super()._move_facts(survivor)
        everything = self.with_context(active_test=False)
        everything.insight_ids.write({"profile_id": survivor.id})
        everything.agreement_ids.write({"profile_id": survivor.id})
        for name in ("employee_range", "main_business", "company_group_id"):
            if not survivor[name]:
                survivor[name] = self.filtered(name)[:1][name]
        return result
