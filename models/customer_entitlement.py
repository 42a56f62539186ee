from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("support", "Dedicated Support"),
    ("training", "Training"),
    ("consulting", "Solution Consulting"),
    ("matchmaking", "Resource Matchmaking"),
    ("event", "Salon or Event"),
    ("gift", "Gift"),
    ("other", "Other Service"),
]


class CustomerEntitlement(models.Model):
    """One service of the package of a tier: what it is and how much of it a year.

    A company's own services of a kind replace the shared ones of that kind. Tiers are
    named by code, because every new scorecard version has tiers of its own.
    """

    _name = "customer.entitlement"
    _description = "Entitlement"
    _inherit = ["customer.tier.codes.mixin", "customer.finite.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(KINDS, required=True, default="training")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Empty: for every company. A company's own services of a kind replace the"
        " shared ones of it.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    has_quota = fields.Boolean(
        "Limited", help="Off: as much of it as the customer needs."
    )
    quota = fields.Float(
        "A Year",
        digits=(12, 2),
        aggregator=None,
        help="For one customer in one calendar year. 0: not in the package any more.",
    )
    unit = fields.Char(translate=True, help="For instance places, hours, times.")
    description = fields.Text(
        translate=True,
        help="What the customer gets. He may read this: it stands in his review pack.",
    )

    _quota_finite = models.Constraint(
        "CHECK (COALESCE(quota, 0) >= 0 AND COALESCE(quota, 0) < 1000000)",
        "The quota of an entitlement lies between 0 and 1,000,000.",
    )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: what other companies granted counts as well
        uses_sudo = self.env["customer.entitlement.use"].sudo()
        if use := uses_sudo.search([("entitlement_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "%s has been granted to customers: archive it instead.",
                    use.entitlement_id.name,
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _get_in_force(self, company):
        """Return the services of a company: its own of a kind before the shared ones."""
        entitlements = self.search([("company_id", "in", [company.id, False])])
        own = set(entitlements.filtered("company_id").mapped("kind"))
        return entitlements.filtered(lambda row: row.company_id or row.kind not in own)

    def _is_for(self, profile):
        """Return whether the tier that a customer has now is entitled to this."""
        codes = self._get_tier_codes()
        return not codes or profile.tier_id.code in codes

    @api.model
    def _get_package(self, profile):
        """Return the services that a customer is entitled to now."""
        return self._get_in_force(profile.company_id).filtered(
            lambda row: row._is_for(profile)
        )
