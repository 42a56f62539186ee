from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerTierCodesMixin(models.AbstractModel):
    """A policy for some tiers, named by their codes: a new scorecard makes new tiers."""

    _name = "customer.tier.codes.mixin"
    _description = "Policy for Some Tiers"

    tier_codes = fields.Char(
        "Tiers", help="Codes of tiers with commas between them, like S, A. Empty: all."
    )

    @api.constrains("tier_codes")
    def _check_tier_codes(self):
        """Refuse codes that no tier has: the policy would be about nobody."""
        # sudo: tiers of scorecards that the company does not use have codes as well
        tiers_sudo = self.env["customer.tier"].sudo()
        known = {code for [code] in tiers_sudo._read_group([], ["code"])}
        for policy in self:
            unknown = set(policy._get_tier_codes()) - known
            if unknown:
                raise ValidationError(
                    self.env._(
                        "%(record)s, field Tiers: no tier has the code %(codes)s. There"
                        " are %(known)s.",
                        record=policy.display_name,
                        codes=", ".join(sorted(unknown)),
                        known=", ".join(sorted(known)),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_tier_codes(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean_tier_codes(vals))

    def _clean_tier_codes(self, vals):
        """Return values with the tier codes written in one way."""
        if not vals.get("tier_codes"):
            return vals
        codes = vals["tier_codes"].replace("，", ",").replace("、", ",").split(",")
        codes = [code.strip() for code in codes if code.strip()]
        return {**vals, "tier_codes": ", ".join(dict.fromkeys(codes))}

    def _get_tier_codes(self):
        """Return the codes of the tiers that this policy is about, [] for all."""
        return [code.strip() for code in (self.tier_codes or "").split(",") if code]
