from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..chain import find_closing, find_parents, get_depths, link_people
from ..const import CHAIN_DEPTH

# What executive visits depend on.
EXECUTIVE_FIELDS = {"is_executive", "partner_id", "date_from", "date_to"}


class CustomerStakeholder(models.Model):
    """Who may stand in a decision chain, when, and below whom."""

    _inherit = "customer.stakeholder"

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id", "date_to")
    def _check_contact(self):
        """Only contacts of the customer start a role; they may leave afterwards."""
        for stakeholder in self._filter_valid().filtered(
            lambda row: not row.end_reason
        ):
            contact = stakeholder.partner_id
            if contact.commercial_partner_id != stakeholder.profile_id.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(customer)s, Contact: %(contact)s belongs to %(company)s and"
                        " cannot stand in the decision chain of this customer.",
                        customer=stakeholder.profile_id.display_name,
                        contact=contact.name,
                        company=contact.commercial_partner_id.name,
                    )
                )
            if not contact.active:
                raise ValidationError(
                    self.env._(
                        "%(customer)s, Contact: %(contact)s is archived. Restore the"
                        " contact first.",
                        customer=stakeholder.profile_id.display_name,
                        contact=contact.name,
                    )
                )

    @api.constrains("partner_id", "role_id", "date_from")
    def _check_overlap(self):
        """Nobody holds a role twice on one day; doubles of a merge are ended.

        Ending a role makes no overlap: what a merge left in the past stays.
        """
        checked = self.filtered(lambda row: row.end_reason != "duplicate")
        others = self.search(
            Domain("profile_id", "in", checked.profile_id.ids)
            & Domain("partner_id", "in", checked.partner_id.ids)
            & Domain("role_id", "in", checked.role_id.ids)
            & (
                Domain("end_reason", "=", False)
                | Domain("end_reason", "!=", "duplicate")
            )
        )
        for stakeholder in checked:
            if any(stakeholder._overlaps(other) for other in others - stakeholder):
                self._raise_twice(
                    stakeholder.profile_id, stakeholder.partner_id, stakeholder.role_id
                )

    def _overlaps(self, other):
        return (
            (self.profile_id, self.partner_id, self.role_id)
            == (other.profile_id, other.partner_id, other.role_id)
            and (not self.date_to or other.date_from < self.date_to)
            and (not other.date_to or self.date_from < other.date_to)
        )

    @api.constrains("partner_id", "reports_to_id")
    def _check_reports_to(self):
        for stakeholder in self:
            manager = stakeholder.reports_to_id
            if manager and manager.profile_id != stakeholder.profile_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s, Reports To: %(manager)s belongs to the decision"
                        " chain of %(other)s, not of %(customer)s.",
                        contact=stakeholder.partner_id.name,
                        manager=manager.partner_id.name,
                        other=manager.profile_id.display_name,
                        customer=stakeholder.profile_id.display_name,
                    )
                )
            if manager.partner_id == stakeholder.partner_id:
                raise ValidationError(
                    self.env._(
                        "%s, Reports To: nobody reports to himself.",
                        stakeholder.partner_id.name,
                    )
                )
        if self.reports_to_id:
            self._check_loop()

    def _check_loop(self):
        """Raise when somebody stands above himself or the chain gets too long."""
        if self._has_cycle("reports_to_id"):
            self._raise_loop(self[:1])
        for profile, mine in self.grouped("profile_id").items():
            rows = profile._get_chain_rows()
            known = {row.id: (row.partner_id.id, row.reports_to_id.id) for row in rows}
            current = rows._filter_valid()
            # those just written last: it is their link that closes a loop
            links = link_people(known, (current - mine).ids + (current & mine).ids)
            closing = find_closing(links)
            for stakeholder in mine.filtered(
                lambda row, found=closing: row.id in found
            ):
                self._raise_loop(stakeholder)
            depths = get_depths(find_parents(known, current.ids))
            if max(depths.values(), default=0) >= CHAIN_DEPTH:
                raise ValidationError(
                    self.env._(
                        "%(contact)s, Reports To: a decision chain has at most"
                        " %(levels)s levels.",
                        contact=mine[:1].partner_id.name,
                        levels=CHAIN_DEPTH,
                    )
                )

    def _raise_loop(self, stakeholder):
        raise ValidationError(
            self.env._(
                "%(contact)s, Reports To: %(manager)s reports to %(contact)s already,"
                " directly or through others.",
                contact=stakeholder.partner_id.name,
                manager=stakeholder.reports_to_id.partner_id.name,
            )
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_customers_seen(vals_list)
        self._check_not_twice(
            [
                (
                    vals.get("profile_id"),
                    vals.get("partner_id"),
                    vals.get("role_id") or self._default_role_id().id,
                )
                for vals in vals_list
                if not vals.get("date_to")
            ]
        )
        stakeholders = super().create(vals_list)
        for stakeholder in stakeholders:
            # sudo: a figure of the system, never entered by people
            stakeholder.sudo().bounces_at_start = stakeholder.partner_id.message_bounce
        stakeholders._get_executive_profiles()._recompute_executive_visits()
        return stakeholders

    def write(self, vals):
        self._check_no_system_field({"bounces_at_start"} & set(vals))
        vals = dict(vals)
        if "date_to" in vals and not vals["date_to"]:
            vals["end_reason"] = False
        profiles = self._get_executive_profiles()
        longer = self.filtered(
            lambda row: (
                row.date_to
                and "date_to" in vals
                and (not vals["date_to"] or str(vals["date_to"]) > str(row.date_to))
            )
        )
        if not vals.get("date_to"):
            longer._check_not_twice(
                [
                    (row.profile_id.id, row.partner_id.id, row.role_id.id)
                    for row in longer
                ]
            )
        result = super().write(vals)
        longer._check_overlap()
        if EXECUTIVE_FIELDS & set(vals):
            profiles |= self._get_executive_profiles()
            profiles._recompute_executive_visits()
        return result

    def unlink(self):
        profiles = self._get_executive_profiles()
        result = super().unlink()
        profiles._recompute_executive_visits()
        return result

    @api.model
    def _check_not_twice(self, keys):
        """Raise, with names, before the unique index does it without them."""
        if not keys:
            return
        # sudo: whoever may add a person may see the others of the customer
        rows_sudo = self.sudo().search(
            Domain("date_to", "=", False)
            & Domain("profile_id", "in", [key[0] for key in keys])
            & Domain("partner_id", "in", [key[1] for key in keys])
        )
        taken = {
            (row.profile_id.id, row.partner_id.id, row.role_id.id) for row in rows_sudo
        }
        for key in keys:
            if key in taken:
                # sudo: its name; whoever adds a person may see the customer
                profile = self.env["customer.profile"].sudo().browse(key[0])
                self._raise_twice(
                    profile,
                    self.env["res.partner"].browse(key[1]),
                    self.env["customer.stakeholder.role"].browse(key[2]),
                )
            taken.add(key)

    @api.model
    def _raise_twice(self, profile, contact, role):
        raise ValidationError(
            self.env._(
                "%(customer)s: %(contact)s holds the role %(role)s twice in the same"
                " period. Change Valid From or Valid Until, or end the other one.",
                customer=profile.display_name,
                contact=contact.name,
                role=role.name,
            )
        )

    def _get_executive_profiles(self):
        """Return the customers of whom some of these rows hold an executive."""
        return self.filtered("is_executive").profile_id
