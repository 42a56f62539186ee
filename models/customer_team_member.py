from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# What executive visits depend on.
VISIT_FIELDS = {"user_id", "role_id", "date_from", "date_to"}


class CustomerTeamMember(models.Model):
    """One of us who looks after a customer, and whom of theirs he faces.

    Valid while ``date_from <= day < date_to``. Rows are ended, never deleted; that of
    somebody whose user was archived stays and is shown as gone.
    """

    _name = "customer.team.member"
    _description = "Member of Our Team"
    _inherit = ["customer.fact.mixin"]
    _order = "profile_id, role_id, id"
    _rec_name = "user_id"
    _rec_names_search = ["user_id"]
    _check_company_auto = True

    user_id = fields.Many2one(
        "res.users",
        "Who",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    role_id = fields.Many2one(
        "customer.team.role", required=True, ondelete="restrict", index=True
    )
    stakeholder_id = fields.Many2one(
        "customer.stakeholder",
        "Faces",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        domain="[('profile_id', '=', profile_id), ('is_current', '=', True)]",
        help="His match in the decision chain of the customer.",
    )
    date_from = fields.Date(
        "Valid From", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(
        "Valid Until", help="From this day on he no longer looks after the customer."
    )
    is_gone = fields.Boolean(
        "Gone",
        compute="_compute_is_gone",
        search="_search_is_gone",
        help="His user is archived, though nobody ended his role here.",
    )

    _current_uniq = models.UniqueIndex(
        "(profile_id, user_id, role_id) WHERE date_to IS NULL",
        "This person already has this role in the team of the customer.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to >= date_from)",
        "Our team: the day a role ends (Valid Until) cannot lie before the day it"
        " starts (Valid From).",
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id", "role_id")
    def _compute_display_name(self):
        for member in self:
            member.display_name = f"{member.user_id.name or ''} ({member.role_id.name})"

    @api.depends("user_id.active")
    def _compute_is_gone(self):
        for member in self:
            member.is_gone = not member.user_id.active

    def _search_is_gone(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("user_id.active", "in", [not item for item in value])

    # === CONSTRAINT METHODS === #

    @api.constrains("stakeholder_id")
    def _check_stakeholder(self):
        for member in self:
            faced = member.stakeholder_id
            if faced and faced.profile_id != member.profile_id:
                raise ValidationError(
                    self.env._(
                        "%(member)s, Faces: %(contact)s stands in the decision chain"
                        " of %(other)s, not of %(customer)s.",
                        member=member.user_id.name,
                        contact=faced.partner_id.name,
                        other=faced.profile_id.display_name,
                        customer=member.profile_id.display_name,
                    )
                )

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for member in self:
            user_sudo = member.user_id.sudo()  # sudo: his companies decide
            if user_sudo.share or member.company_id not in user_sudo.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(customer)s, Who: %(user)s is not one of us in %(company)s.",
                        customer=member.profile_id.display_name,
                        user=user_sudo.name,
                        company=member.company_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members._get_executive_profiles()._recompute_executive_visits()
        return members

    def write(self, vals):
        profiles = self._get_executive_profiles()
        result = super().write(vals)
        if VISIT_FIELDS & set(vals):
            profiles |= self._get_executive_profiles()
            profiles._recompute_executive_visits()
        return result

    def unlink(self):
        profiles = self._get_executive_profiles()
        result = super().unlink()
        profiles._recompute_executive_visits()
        return result

    def _get_executive_profiles(self):
        """Return the customers of whom some of these rows hold an executive of ours."""
        return self.filtered("role_id.is_executive").profile_id

    # === ACTION METHODS === #

    def action_end(self):
        """End these roles today; the rows stay."""
        for member in self:
            day = member.company_id._get_customer_today()
            member.date_to = max(day, member.date_from)
