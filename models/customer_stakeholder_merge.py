from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..chain import find_closing, link_people


class CustomerStakeholder(models.Model):
    """Decision chains when contacts or customers are merged: no row is lost."""

    _inherit = "customer.stakeholder"

    @api.model
    def _resolve_merge(self, src_partners, dst_partner):
        """End rows that would stand twice once contacts are merged.

        Called before core moves the foreign keys: it would stop at the unique index.
        """
        partners = src_partners | dst_partner
        rows = self.search(
            Domain("partner_id", "in", partners.ids) & Domain("date_to", "=", False)
        )
        for same in rows.grouped(lambda row: (row.profile_id, row.role_id)).values():
            same._end_doubles(lambda row: row.partner_id != dst_partner)

    def _end_doubles(self, is_later):
        """Keep one of these current rows, which mean the same, and end the others.

        :param is_later: sort key; the first row stays and learns what it did not know
        """
        kept, *doubles = self.sorted(lambda row: (is_later(row), row.id))
        for double in doubles:
            kept._take_over(double)

    def _take_over(self, double):
        """End a double of this row; who reported to it reports to this one."""
        vals = {
            name: double[name]
            for name in ("influence", "preferred_channel_id", "is_executive")
            if double[name] and not self[name]
        }
        if self.stance == "unknown":
            vals["stance"] = double.stance
        for name, value in vals.items():
            self[name] = value
        double._set_ended("duplicate", self.company_id._get_customer_today())
        self.env.flush_all()
        # No constraint on the way: what does not fit together is repaired afterwards.
        self.env.execute_query(
            SQL(
                """UPDATE customer_stakeholder sth
                      SET reports_to_id = CASE WHEN sth.id = %(kept)s
                                               THEN %(above)s ELSE %(kept)s END
                    WHERE sth.reports_to_id = %(double)s
                       OR sth.id = %(kept)s AND sth.reports_to_id IS NULL
                RETURNING sth.id""",
                kept=self.id,
                double=double.id,
                above=(double.reports_to_id - self).id or None,
            )
        )
        self.invalidate_model(["reports_to_id", "child_ids"])
        members = self.env["customer.team.member"].search(
            [("stakeholder_id", "=", double.id)]
        )
        members.stakeholder_id = self

    @api.model
    def _repair_loops(self, partners=None):
        """Cut loops in chains, all of them or those of some contacts.

        A merge of two people of one chain can make a person report to himself.
        """
        if partners is None:
            profiles = self._find_loops()
        else:
            profiles = self.search([("partner_id", "in", partners.ids)]).profile_id
        for profile in profiles:
            profile._get_chain_rows()._cut_loops()

    @api.model
    def _find_loops(self):
        """Return the customers with a row or a person above itself; one statement."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE links AS (
                        SELECT sth.profile_id, 'row' AS kind, sth.id AS low,
                               sth.reports_to_id AS high
                          FROM customer_stakeholder sth
                         WHERE sth.reports_to_id IS NOT NULL
                         UNION
                        SELECT sth.profile_id, 'person', sth.partner_id, abv.partner_id
                          FROM customer_stakeholder sth
                          JOIN customer_stakeholder abv ON abv.id = sth.reports_to_id
                         WHERE sth.date_to IS NULL),
                        paths AS (
                        SELECT profile_id, kind, low, high FROM links
                         UNION
                        SELECT pat.profile_id, pat.kind, pat.low, lnk.high
                          FROM paths pat
                          JOIN links lnk ON lnk.profile_id = pat.profile_id
                           AND lnk.kind = pat.kind AND lnk.low = pat.high
                         WHERE pat.low <> pat.high)
                   SELECT DISTINCT profile_id FROM paths
                    WHERE low = high ORDER BY profile_id"""
            )
        )
        return self.env["customer.profile"].browse([row[0] for row in rows])

    def _cut_loops(self):
        """Clear the links of one chain's rows by which somebody is above himself.

        A row that points at another row of the same person takes that one's manager.
        """
        above = {row.id: row.reports_to_id.id for row in self}
        people = {row.id: row.partner_id.id for row in self}
        for row_id in self.ids:
            seen = {row_id}
            manager = above[row_id]
            while manager in people and people[manager] == people[row_id]:
                manager = None if manager in seen else above[manager]
                seen.add(manager)
            above[row_id] = manager or None
        for closing in (
            find_closing({row_id: (row_id, above[row_id]) for row_id in self.ids}),
            find_closing(
                link_people(
                    {row_id: (people[row_id], above[row_id]) for row_id in self.ids},
                    self._filter_valid().ids,
                )
            ),
        ):
            above.update(dict.fromkeys(closing))
        for row in self:
            if (row.reports_to_id.id or None) != above[row.id]:
                row.reports_to_id = above[row.id]
