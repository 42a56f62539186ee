from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount


class CustomerGift(models.Model):
    """A present to a person: refused above his limit or when he takes none."""

    _name = "customer.gift"
    _description = "Gift"
    _inherit = ["customer.fact.mixin", "customer.finite.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    personal_data_id = fields.Many2one(
        "customer.personal.data",
        "Relationship Data",
        required=True,
        ondelete="restrict",
        index=True,
        copy=False,
        check_company=True,
    )
    partner_id = fields.Many2one(related="personal_data_id.partner_id", string="Person")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False)
    name = fields.Char("Gift", required=True, copy=False)
    amount = fields.Monetary(
        "Value", aggregator=None, copy=False, help="In the currency of the company."
    )
    occasion = fields.Char(copy=False)
    active = fields.Boolean(default=True)

    _amount_finite = models.Constraint(
        "CHECK (COALESCE(amount, 0) >= 0 AND COALESCE(amount, 0) < 'Infinity')",
        "The value of a gift must be 0 or more.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_display_name(self):
        for gift in self:
            gift.display_name = self.env._("Gift")

    # === CONSTRAINT METHODS === #

    @api.constrains("personal_data_id", "amount")
    def _check_limit(self):
        for gift in self:
            data = gift.personal_data_id
            if data.no_gift:
                raise ValidationError(
                    self.env._("%s takes no gifts.", data.partner_id.display_name)
                )
            limit = data.gift_limit
            if limit and gift.currency_id.compare_amounts(gift.amount, limit) > 0:
                raise ValidationError(
                    self.env._(
                        "%(amount)s is above the limit of %(limit)s for a gift to"
                        " %(person)s.",
                        amount=format_amount(self.env, gift.amount, gift.currency_id),
                        limit=format_amount(self.env, limit, gift.currency_id),
                        person=data.partner_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        data = self.env["customer.personal.data"].browse(
            [vals.get("personal_data_id") for vals in vals_list]
        )
        # sudo: the check says who may go on
        self.env["customer.personal.data"]._check_first_responsible(
            data.sudo().profile_id.sudo(self.env.su)
        )
        for vals, row_sudo in zip(vals_list, data.sudo(), strict=True):
            vals["profile_id"] = row_sudo.profile_id.id
            row_sudo._check_gift_allowed()
        return super().create(vals_list)

    def write(self, vals):
        if "personal_data_id" in vals and not self.env.su:
            self._check_same_person(vals["personal_data_id"])
        if {"name", "occasion"} & set(vals) and not self.env.su:
            self.personal_data_id._check_gift_allowed()
        return super().write(vals)

    def _check_same_person(self, data_id):
        """Raise when a client gives a gift to another person."""
        if any(gift.personal_data_id.id != data_id for gift in self):
            raise UserError(self.env._("A gift stays with its person."))

    # === EXPORT === #

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Override of base: readers only, and it is logged."""
        self.env["customer.personal.access"]._log_export(self, fields)
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
