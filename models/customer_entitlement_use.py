from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, float_round, formatLang

from .customer_overview import MANAGER


class CustomerEntitlementUse(models.Model):
    """What a customer really got of his package, on which day and how much of it."""

    _name = "customer.entitlement.use"
    _description = "Use of an Entitlement"
    _inherit = ["customer.fact.mixin", "customer.finite.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    entitlement_id = fields.Many2one(
        "customer.entitlement",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    kind = fields.Selection(related="entitlement_id.kind", store=True)
    unit = fields.Char(related="entitlement_id.unit")
    date = fields.Date(required=True, default=fields.Date.context_today)
    quantity = fields.Float(digits=(12, 2), required=True, default=1)
    topic = fields.Char(help="Of a training or consulting, for instance.")
    note = fields.Text(help="Who took part, what came of it. Internal.")
    user_id = fields.Many2one(
        "res.users",
        "Granted By",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    is_exception = fields.Boolean(
        "Above the Package",
        readonly=True,
        copy=False,
        help="More than the quota, or a service that his tier does not include: granted"
        " by a manager.",
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0 AND quantity < 1000000)",
        "What a customer gets is more than 0 and less than 1,000,000.",
    )

    # === COMPUTE METHODS === #

    @api.depends("entitlement_id", "topic")
    def _compute_display_name(self):
        for use in self:
            name = use.entitlement_id.name or ""
            use.display_name = f"{name}: {use.topic}" if use.topic else name

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("is_exception", None)
        uses = super().create(vals_list)
        uses._check_package()
        return uses

    def write(self, vals):
        self._check_no_system_field({"is_exception"} & set(vals))
        result = super().write(vals)
        if {"entitlement_id", "date", "quantity"} & set(vals):
            self._check_package()
        return result

    # === BUSINESS METHODS === #

    def _check_package(self):
        """Refuse what is not in the package, or mark it when a manager grants it."""
        is_manager = self.env.su or self.env.user.has_group(MANAGER)
        used = self._get_used(self.profile_id, self.mapped("date"))
        for use in self.sudo():  # sudo: is_exception; who may write was checked
            reason = use._find_excess(used)
            if reason and not is_manager:
                raise UserError(reason)
            if use.is_exception != bool(reason):
                use.is_exception = bool(reason)

    @api.model
    def _get_used(self, profiles, dates):
        """Return what was used by (customer, entitlement, year), in one statement."""
        if not dates:
            return {}
        # sudo: everything that the customer got counts, whoever granted it
        rows = self.sudo()._read_group(
            [
                ("profile_id", "in", profiles.ids),
                ("date", ">=", min(dates).replace(month=1, day=1)),
                ("date", "<=", max(dates).replace(month=12, day=31)),
            ],
            ["profile_id", "entitlement_id", "date:year"],
            ["quantity:sum"],
        )
        return {
            (profile.id, entitlement.id, year.year): quantity
            for profile, entitlement, year, quantity in rows
        }

    def _find_excess(self, used):
        """Return why this is more than the package of the customer, "" when it is not."""
        entitlement, profile = self.entitlement_id, self.profile_id
        names = {
            "customer": profile.display_name,
            "entitlement": entitlement.name,
        }
        if not entitlement._is_for(profile):
            return self.env._(
                "%(customer)s is not entitled to %(entitlement)s: it is for tier"
                " %(tiers)s. A manager can grant it all the same.",
                tiers=entitlement.tier_codes,
                **names,
            )
        total = used.get((profile.id, entitlement.id, self.date.year), 0)
        if (
            not entitlement.has_quota
            or float_compare(total, entitlement.quota, precision_digits=2) <= 0
        ):
            return ""
        left = entitlement.quota - (total - self.quantity)
        return self.env._(
            "%(entitlement)s of %(customer)s: %(quota)s %(unit)s a year, %(left)s left in"
            " %(year)s. A manager can grant more.",
            quota=self._format_quantity(entitlement.quota),
            left=self._format_quantity(max(0, left)),
            unit=entitlement.unit or "",
            year=self.date.year,
            **names,
        )

    @api.model
    def _format_quantity(self, quantity):
        """Return a number as people write it: 4, not 4.00."""
        quantity = float_round(quantity, precision_digits=2)
        return formatLang(self.env, quantity, digits=0 if quantity % 1 == 0 else 2)
