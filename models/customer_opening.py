from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CustomerOpening(models.Model):
    """What a customer bought in a month before this database held his orders."""

    _name = "customer.opening"
    _description = "Opening Amount"
    _inherit = ["customer.finite.mixin"]
    _order = "month desc, id desc"
    _rec_name = "month"

    profile_id = fields.Many2one(
        "customer.profile",
        "Customer",
        required=True,
        ondelete="restrict",
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        compute="_compute_partner_id",
        inverse="_inverse_partner_id",
        search="_search_partner_id",
        help="Imports may name the contact; his customer record is found or created.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(
        required=True, help="Any day of the month; the first one is stored."
    )
    amount = fields.Monetary(
        help="Untaxed, net of refunds, in the currency of the company."
    )
    orders = fields.Integer(help="Confirmed orders of the month.")

    _month_uniq = models.Constraint(
        "UNIQUE (profile_id, month)", "A customer has one opening amount per month."
    )
    _month_first = models.Constraint(
        "CHECK (EXTRACT(DAY FROM month) = 1)", "Opening amounts belong to a month."
    )
    _figures_finite = models.Constraint(
        "CHECK (amount > '-Infinity' AND amount < 'Infinity' AND orders >= 0)",
        "Opening amounts must be finite and orders 0 or more.",
    )

    # === COMPUTE METHODS === #

    @api.depends("profile_id.partner_id")
    def _compute_partner_id(self):
        for opening in self:
            opening.partner_id = opening.profile_id.partner_id

    def _inverse_partner_id(self):
        # The customer record itself is chosen in create() and write().
        pass

    def _search_partner_id(self, operator, value):
        return [("profile_id.partner_id", operator, value)]

    # === CONSTRAINT METHODS === #

    @api.constrains("month", "company_id")
    def _check_month_not_in_the_future(self):
        for opening in self:
            if opening.month > opening.company_id._get_customer_today():
                raise ValidationError(
                    self.env._(
                        "Opening amount of %(customer)s: the month %(month)s lies in"
                        " the future.",
                        customer=opening.profile_id.display_name,
                        month=opening.month,
                    )
                )

    @api.constrains("profile_id", "company_id")
    def _check_profile_company(self):
        for opening in self:
            if opening.profile_id.company_id != opening.company_id:
                raise ValidationError(
                    self.env._(
                        "Opening amount of %(customer)s: the customer record belongs"
                        " to %(company)s, not to %(other)s.",
                        customer=opening.profile_id.display_name,
                        company=opening.profile_id.company_id.name,
                        other=opening.company_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # Copies: an import that failed as a batch comes again row by row, when the
        # customer records made for the batch are gone.
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._normalise_vals(vals)
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        self._normalise_vals(vals, self.company_id[:1])
        result = super().write(vals)
        self.check_access("write")  # not moved to a company of others
        return result

    @api.model
    def _normalise_vals(self, vals, company=None):
        """Store the first day of the month, and the customer of a named contact."""
        if vals.get("month"):
            month = fields.Date.to_date(vals["month"])
            vals["month"] = month.replace(day=1)
        partner_id = vals.pop("partner_id", None)
        if partner_id and not vals.get("profile_id"):
            company_id = vals.get("company_id") or (company or self.env.company).id
            partner = self.env["res.partner"].browse(partner_id)
            if not partner.exists():
                raise UserError(
                    self.env._("Opening amount: there is no contact %s.", partner_id)
                )
            profiles = self.env["customer.profile"]._get_or_create(
                partner, self.env["res.company"].browse(company_id)
            )
            vals["profile_id"] = profiles.id

    # === BUSINESS METHODS === #

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Template for opening amounts"),
                "template": "/customer_success/static/csv/customer_opening.csv",
            }
        ]
