from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

STAGES = [
    ("requirement", "Requirement Research"),
    ("negotiation", "Negotiation"),
    ("signing", "Contract Signing"),
    ("implementation", "Implementation"),
    ("after_sales", "After-Sales"),
    ("closed", "Closed"),
]
# What the renewal of a contract follows.
RENEWAL_FIELDS = {"kind", "name", "date_start", "date_end", "amount", "active"}


class CustomerAgreement(models.Model):
    """A contract or project with a customer and how far it has come."""

    _name = "customer.agreement"
    _description = "Contract or Project"
    _inherit = [
        "customer.fact.mixin",
        "customer.finite.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_end, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    reference = fields.Char("Contract Number")
    kind = fields.Selection(
        [("contract", "Contract"), ("project", "Project")],
        required=True,
        default="contract",
    )
    stage = fields.Selection(
        STAGES,
        "Cooperation Stage",
        required=True,
        default="requirement",
        tracking=True,
        group_expand=True,
        index=True,
    )
    date_start = fields.Date("Start")
    date_end = fields.Date(
        "End", help="The end of a contract shows up as a renewal among what is coming."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(help="As agreed, untaxed, in the company's currency.")
    partner_id = fields.Many2one(related="profile_id.partner_id")
    sale_order_ids = fields.Many2many(
        "sale.order",
        "customer_agreement_sale_order_rel",
        "agreement_id",
        "order_id",
        "Orders",
        check_company=True,
        domain="[('partner_id', 'child_of', partner_id),"
        " ('company_id', '=', company_id)]",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    description = fields.Text("Content")
    active = fields.Boolean(default=True)

    _dates_in_order = models.Constraint(
        "CHECK (date_start IS NULL OR date_end IS NULL OR date_end >= date_start)",
        "An agreement cannot end before it starts.",
    )
    _amount_finite = models.Constraint(
        "CHECK (amount IS NULL OR (amount >= 0 AND amount < 'Infinity'))",
        "The amount of an agreement must be 0 or more.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("sale_order_ids")
    def _check_orders_of_the_customer(self):
        for agreement in self:
            # sudo: an order of a colleague that is linked already stays linked
            orders_sudo = agreement.sudo().sale_order_ids
            partner = agreement.profile_id.partner_id
            strange = orders_sudo.filtered(
                lambda order, own=partner: order.partner_id.commercial_partner_id != own
            )
            if strange:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s: order %(order)s is not one of %(customer)s.",
                        agreement=agreement.name,
                        order=strange[0].name,
                        customer=partner.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        agreements = super().create(vals_list)
        self.env["customer.milestone"]._sync_renewal(agreements)
        return agreements

    def write(self, vals):
        result = super().write(vals)
        if RENEWAL_FIELDS & set(vals):
            self.env["customer.milestone"]._sync_renewal(self)
        return result

    # === ACTION METHODS === #

    def action_open_orders(self):
        """Open the orders of this agreement that the user may see."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        action["domain"] = list(Domain("id", "in", self.sale_order_ids.ids))
        action["context"] = {"create": False}
        return action
