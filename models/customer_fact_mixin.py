from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CustomerFactMixin(models.AbstractModel):
    """What people write down about one customer.

    A row belongs to the customer's company and stays with the customer; only a merge
    of customers moves it. Where the customer may be unknown for a while, a row has a
    company of its own until somebody says who it was.
    """

    _name = "customer.fact.mixin"
    _description = "Fact About a Customer"
    _inherit = ["customer.system.mixin"]
    # Set where ``profile_id`` is not required.
    _is_profile_optional = False

    profile_id = fields.Many2one(
        "customer.profile",
        "Customer",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("merged_into_id", "=", False)],
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )

    # === COMPUTE METHODS === #

    @api.depends("profile_id")
    def _compute_company_id(self):
        for fact in self:
            own = fact.company_id or self.env.company
            fact.company_id = fact.profile_id.company_id or own

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_customers_seen(vals_list)
        for vals in vals_list:
            if vals.get("profile_id") or not self._is_profile_optional:
                vals.pop("company_id", None)  # that of the customer, never another one
        facts = super().create(vals_list)
        for fact in facts:
            # sudo: whether he was merged may be asked about any customer
            survivor_sudo = fact.profile_id.sudo().merged_into_id
            if survivor_sudo and not self.env.su:
                raise UserError(
                    self.env._(
                        "%(customer)s became part of %(survivor)s: add the"
                        " %(record)s there.",
                        customer=fact.profile_id.display_name,
                        survivor=survivor_sudo.display_name,
                        record=self._description,
                    )
                )
        return facts

    def write(self, vals):
        if not self.env.su:
            self._check_same_profile(vals)
            if vals.get("profile_id"):
                self._check_customers_seen([vals])
        return super().write(vals)

    @api.model
    def _check_customers_seen(self, vals_list):
        """Raise when a client writes about a customer he may not see.

        The rules say the same, but after the checks of values: their messages would
        tell about the customer.
        """
        if not self.env.su:
            default = self.env.context.get("default_profile_id")
            ids = {vals.get("profile_id", default) for vals in vals_list}
            profiles = self.env["customer.profile"].browse(filter(None, ids))
            profiles.check_access("read")

    def _check_same_profile(self, vals):
        """Raise when a client moves a row to another customer or company.

        Saying for the first time who an unknown customer is, is no move.
        """
        for name in ("profile_id", "company_id"):
            if name in vals and any(
                fact[name] and fact[name].id != vals[name] for fact in self
            ):
                raise AccessError(
                    self.env._(
                        "%(field)s of %(record)s cannot be changed.",
                        field=self._fields[name]._description_string(self.env),
                        record=self[0].display_name,
                    )
                )
