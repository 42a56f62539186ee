from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import NO_CONTACT_DAYS


class CustomerStakeholder(models.Model):
    """A stakeholder as people see the chain: one box per person, on a day.

    The day is today, or that of the context key ``customer_day``.
    """

    _inherit = "customer.stakeholder"

    is_current = fields.Boolean(
        "Current",
        compute="_compute_is_current",
        search="_search_is_current",
        help="In the decision chain today.",
    )
    date_valid = fields.Date(
        "In the Chain On",
        compute="_compute_date_valid",
        search="_search_date_valid",
        help="Search for a day: who stood in the chain then.",
    )
    date_last_contact = fields.Date(
        "Last Contact",
        compute="_compute_last_contact",
        help="Day of the last confirmed interaction with the customer in which this"
        " person took part.",
    )
    contact_text = fields.Char("Last Contact In Words", compute="_compute_last_contact")
    is_out_of_touch = fields.Boolean(
        "No Contact for 90 Days",
        compute="_compute_is_out_of_touch",
        search="_search_is_out_of_touch",
    )
    role_text = fields.Char("Roles", compute="_compute_chain")
    chain_parent_id = fields.Many2one(
        "customer.stakeholder",
        "Above",
        compute="_compute_chain",
        search="_search_chain_parent_id",
    )
    chain_child_ids = fields.One2many(
        "customer.stakeholder", string="Below", compute="_compute_chain"
    )

    # === COMPUTE METHODS === #

    @api.depends("date_from", "date_to")
    @api.depends_context("customer_day", "company")
    def _compute_is_current(self):
        day = self._get_chain_day()
        for stakeholder in self:
            stakeholder.is_current = bool(
                stakeholder.date_from
                and stakeholder.date_from <= day
                and (not stakeholder.date_to or stakeholder.date_to > day)
            )

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        if True in value and False in value:
            return Domain.TRUE
        current = self._domain_of_day(self._get_chain_day())
        return current if True in value else ~current

    @api.depends("date_from")
    def _compute_date_valid(self):
        self.date_valid = False

    def _search_date_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        days = [fields.Date.to_date(day) for day in value if day]
        return Domain.OR(self._domain_of_day(day) for day in days)

    @api.depends("partner_id", "profile_id")
    @api.depends_context("customer_day", "company", "lang")
    def _compute_last_contact(self):
        day = self._get_chain_day()
        last = self._get_last_contacts(day)
        for stakeholder in self:
            date = last.get((stakeholder.profile_id.id, stakeholder.partner_id.id))
            stakeholder.date_last_contact = date
            stakeholder.contact_text = self._describe_contact(date, day)

    @api.model
    def _describe_contact(self, date, day):
        """Say how long ago the last contact was on a day."""
        if not date:
            return self.env._("never contacted")
        days = (day - date).days
        if days == 0:
            return self.env._("contacted today")
        if days == 1:
            return self.env._("contacted yesterday")
        return self.env._("contacted %s days ago", days)

    def _get_last_contacts(self, day):
        """Return the day of the last contact by customer and person, up to a day.

        One statement. The reader may read these rows, so also when somebody spoke
        with the person; what was said is not shown.
        """
        self.env["customer.interaction"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT itr.profile_id, rel.partner_id, MAX(itr.date)
                     FROM customer_interaction itr
                     JOIN customer_interaction_partner_rel rel
                          ON rel.interaction_id = itr.id
                    WHERE itr.profile_id = ANY(%(profile_ids)s)
                      AND rel.partner_id = ANY(%(partner_ids)s)
                      AND itr.state = 'confirmed' AND itr.active
                      AND itr.date <= %(day)s
                 GROUP BY itr.profile_id, rel.partner_id""",
                profile_ids=self.profile_id.ids,
                partner_ids=self.partner_id.ids,
                day=day,
            )
        )
        return {(profile_id, partner_id): date for profile_id, partner_id, date in rows}

    @api.depends("partner_id", "profile_id")
    @api.depends_context("customer_day", "company")
    def _compute_is_out_of_touch(self):
        day = self._get_chain_day()
        last = self._get_last_contacts(day)
        for stakeholder in self:
            date = last.get((stakeholder.profile_id.id, stakeholder.partner_id.id))
            stakeholder.is_out_of_touch = (
                not date or (day - date).days > NO_CONTACT_DAYS
            )

    def _search_is_out_of_touch(self, operator, value):
        """Search people nobody spoke with for ninety days, or ever."""
        if operator != "in":
            return NotImplemented
        if True in value and False in value:
            return Domain.TRUE
        self.env["customer.interaction"].flush_model()
        day = self._get_chain_day()
        touched = Domain(
            "id",
            "in",
            SQL(
                """(SELECT sth.id
                     FROM customer_stakeholder sth
                     JOIN customer_interaction itr ON itr.profile_id = sth.profile_id
                     JOIN customer_interaction_partner_rel rel
                          ON rel.interaction_id = itr.id
                         AND rel.partner_id = sth.partner_id
                    WHERE itr.state = 'confirmed' AND itr.active
                      AND itr.date BETWEEN %s AND %s)""",
                fields.Date.subtract(day, days=NO_CONTACT_DAYS),
                day,
            ),
        )
        return ~touched if True in value else touched

    # === THE CHAIN AS A TREE === #

    @api.depends(
        "profile_id", "partner_id", "role_id", "reports_to_id", "date_from", "date_to"
    )
    @api.depends_context("customer_day", "company", "lang")
    def _compute_chain(self):
        """Fold rows into people: all roles of one, who is above and below him."""
        day = self._get_chain_day()
        empty = self.browse()
        for profile, stakeholders in self.grouped("profile_id").items():
            boxes, parents, roles = profile._get_chain_boxes(day)
            below = {}
            for person, parent in parents.items():
                below.setdefault(parent, []).append(boxes[person].id)
            for stakeholder in stakeholders:
                person = stakeholder.partner_id.id
                parent = parents.get(person)
                stakeholder.chain_parent_id = boxes[parent] if parent else empty
                stakeholder.chain_child_ids = self.browse(below.get(person, []))
                stakeholder.role_text = ", ".join(
                    (roles.get(person) or stakeholder.role_id).mapped("name")
                )

    def _search_chain_parent_id(self, operator, value):
        """Search people of a chain by who is above; False: those at the top.

        The context names the customer; without one those of the people in question,
        and for the top whoever has no manager.
        """
        if operator != "in":
            return NotImplemented
        ids = [item for item in value if item]
        profile_id = self.env.context.get("customer_chain_id")
        if not profile_id and False in value:
            return Domain("reports_to_id", "=", False) | Domain(
                "chain_parent_id", "in", ids
            )
        profiles = self.env["customer.profile"].browse(profile_id or ())
        profiles |= self.browse(ids)._filtered_access("read").profile_id
        found = []
        for profile in profiles._filtered_access("read"):
            boxes, parents, _roles = profile._get_chain_boxes(self._get_chain_day())
            found += [
                boxes[person].id
                for person, parent in parents.items()
                if (boxes[parent].id in ids if parent else False in value)
            ]
        return Domain("id", "in", found)
