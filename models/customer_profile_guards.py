from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# Results: set by the one method each that design and README name, never by a client.
RESULT_FIELDS = {
    "tier_id",
    "rating_state",
    "tier_score",
    "tier_today_id",
    "tier_confidence",
    "is_dormant",
    "date_next_review",
    "health",
    "health_score",
    "health_confidence",
    "snapshot_id",
    "merged_into_id",
    "tier_request_id",
    "is_stage_manual",
    "date_lifecycle_stage",
}

# Whose customer and in which company: decided once, when the row is made.
IDENTITY_FIELDS = ("partner_id", "company_id")


class CustomerProfile(models.Model):
    """What may be written to a customer, and by whom."""

    _inherit = "customer.profile"

    # === CONSTRAINT METHODS === #

    @api.constrains("outlook_rating", "expansion_rating")
    def _check_ratings(self):
        for profile in self:
            for name in ("outlook_rating", "expansion_rating"):
                if not 0 <= profile[name] <= 10:
                    raise ValidationError(
                        self.env._(
                            "%(customer)s, %(field)s: %(value)s does not lie between 1"
                            " and 10.",
                            customer=profile.display_name,
                            field=self._fields[name]._description_string(self.env),
                            value=profile[name],
                        )
                    )

    @api.constrains("partner_id", "merged_into_id")
    def _check_commercial_partner(self):
        for profile in self:
            partner = profile.partner_id
            if not profile.merged_into_id and partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(contact)s belongs to %(company)s: scores are kept for the"
                        " company, not for its contacts.",
                        contact=partner.name,
                        company=partner.commercial_partner_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {
            name.removeprefix("default_")
            for name in self.env.context
            if name.startswith("default_")
        }
        for vals in vals_list:
            self._check_no_result(defaults | set(vals))
            self._date_ratings(vals)
            if "user_id" in vals:
                vals.setdefault("is_user_manual", True)
            elif vals.get("partner_id"):
                partner = self.env["res.partner"].browse(vals["partner_id"])
                vals["user_id"] = partner.user_id.id
        profiles = super().create(vals_list)
        # sudo: snapshots are written by the system only
        snapshots = (
            self.env["customer.snapshot"]
            .sudo()
            .create(
                [
                    {"profile_id": profile.id, "company_id": profile.company_id.id}
                    for profile in profiles
                ]
            )
        )
        for profile, snapshot in zip(profiles, snapshots, strict=True):
            profile.sudo().snapshot_id = snapshot  # sudo: a result field
        return profiles

    def write(self, vals):
        self._check_no_result(vals)
        self._check_same_identity(vals)
        vals = dict(vals)
        self._date_ratings(vals)
        if "user_id" in vals and not self.env.context.get("customer_follow_user"):
            vals.setdefault("is_user_manual", True)
        result = super().write(vals)
        # sudo: whoever is responsible sees the history of customers merged into his
        merged_sudo = self.sudo().merged_profile_ids
        if "user_id" in vals and merged_sudo:
            merged_sudo.with_context(
                customer_follow_user=True, mail_auto_subscribe_no_notify=True
            ).write({"user_id": vals["user_id"]})
        return result

    def _check_no_result(self, names):
        """Raise when somebody other than the system writes a result."""
        names = RESULT_FIELDS & set(names)
        if names and not self.env.su:
            field = self._fields[min(names)]
            raise AccessError(
                self.env._(
                    "%(field)s is computed from the ERP and cannot be written.",
                    field=field._description_string(self.env),
                )
            )

    def _check_same_identity(self, vals):
        """Raise when a client moves a customer to another contact or company.

        His history would move with him, past the rules of the other company.
        """
        if self.env.su:
            return
        for name in IDENTITY_FIELDS:
            if name in vals and any(profile[name].id != vals[name] for profile in self):
                raise AccessError(
                    self.env._(
                        "%s of a customer cannot be changed.",
                        self._fields[name]._description_string(self.env),
                    )
                )

    @api.model
    def _date_ratings(self, vals):
        """Date a rating on the day it is entered, unless a day comes with it."""
        for name in ("outlook", "expansion"):
            if f"{name}_rating" in vals and f"{name}_date" not in vals:
                today = fields.Date.context_today(self)
                vals[f"{name}_date"] = vals[f"{name}_rating"] and today

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_history(self):
        for profile in self:
            # sudo: history counts whoever may see it
            profile_sudo = profile.sudo()
            openings = self.env["customer.opening"].sudo()
            if profile_sudo.score_ids or openings.search_count(
                [("profile_id", "=", profile.id)], limit=1
            ):
                raise UserError(
                    self.env._(
                        "%s has a score history or opening amounts: archive the"
                        " contact instead of deleting it.",
                        profile.display_name,
                    )
                )
