from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..chain import find_parents


class CustomerProfile(models.Model):
    """The decision chain of a customer as a whole, and what is missing in it."""

    _inherit = "customer.profile"

    stakeholder_ids = fields.One2many(
        "customer.stakeholder", "profile_id", "Decision Chain"
    )
    team_member_ids = fields.One2many("customer.team.member", "profile_id", "Our Team")

    # === ACTION METHODS === #

    def action_open_chain(self):
        """Open who decides at this customer, as a hierarchy.

        With the context key ``customer_day``: as it was on that day.
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_stakeholder_action_chain"
        )
        day = self.env.context.get("customer_day")
        action["domain"] = [("profile_id", "=", self.id)]
        action["context"] = {
            "customer_chain_id": self.id,
            "default_profile_id": self.id,
            "partner_display_name_hide_company": True,
            "search_default_filter_current": 1,
            **({"customer_day": day, "create": False} if day else {}),
        }
        name = self.display_name
        action["name"] = action["display_name"] = (
            self.env._(
                "Decision chain of %(customer)s on %(date)s",
                customer=name,
                date=format_date(self.env, day),
            )
            if day
            else self.env._("Decision chain of %s", name)
        )
        return action

    def action_open_team(self):
        """Open who of us looks after this customer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_team_member_action"
        )
        action["domain"] = [("profile_id", "=", self.id)]
        action["context"] = {
            "default_profile_id": self.id,
            "search_default_filter_current": 1,
        }
        return action

    # === BUSINESS METHODS === #

    def _get_chain_rows(self):
        """Return every row of the chains of these customers, oldest first."""
        # sudo: who may see one row of a customer may see all of them
        rows_sudo = self.env["customer.stakeholder"].sudo()
        return rows_sudo.search([("profile_id", "in", self.ids)], order="id")

    def _get_chain_boxes(self, day):
        """Return who stood in the chain of this customer on a day, person by person.

        :return: the row that stands for each person, the person above him or None,
            and his roles in their order; persons are ids of contacts
        """
        rows = self._get_chain_rows()
        current = rows.filtered_domain(rows._domain_of_day(day))
        parents = find_parents(
            {row.id: (row.partner_id.id, row.reports_to_id.id) for row in rows},
            current.ids,
        )
        people = current.grouped(lambda row: row.partner_id.id)
        # sudo ends here: rows go back to their reader
        boxes = {person: mine[:1].sudo(False) for person, mine in people.items()}
        roles = {
            person: mine.role_id.sorted(lambda role: (role.sequence, role.id))
            for person, mine in people.items()
        }
        return boxes, parents, roles

    def _get_chain_coverage(self, day):
        """Return how many of the roles that the tier requires are held on a day.

        ``rate`` is covered ÷ required (0–1); None, with the reason in ``state``, when
        nobody was ever recorded up to the day, the customer has no tier, or his tier
        requires no role. Archived roles do not count. The same rule is in the
        statement of the snapshot. One statement; access was checked by the caller.
        """
        self.ensure_one()
        self.env["customer.stakeholder"].flush_model()
        self.env["customer.stakeholder.role"].flush_model()
        self.env["customer.tier"].flush_model(["required_role_ids"])
        self.flush_recordset(["tier_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT rol.id, %(name)s,
                          EXISTS (SELECT FROM customer_stakeholder sth
                                   WHERE sth.profile_id = pro.id
                                     AND sth.role_id = rol.id
                                     AND sth.date_from <= %(day)s
                                     AND (sth.date_to IS NULL
                                          OR sth.date_to > %(day)s)),
                          EXISTS (SELECT FROM customer_stakeholder sth
                                   WHERE sth.profile_id = pro.id
                                     AND sth.date_from <= %(day)s),
                          pro.tier_id
                     FROM customer_profile pro
                LEFT JOIN customer_tier_stakeholder_role_rel rel
                          ON rel.tier_id = pro.tier_id
                LEFT JOIN customer_stakeholder_role rol
                          ON rol.id = rel.role_id AND rol.active
                    WHERE pro.id = %(id)s
                 ORDER BY rol.sequence, rol.id""",
                name=self._select_translated("rol"),
                day=day,
                id=self.id,
            )
        )
        roles = [row for row in rows if row[0]]
        is_recorded, tier_id = rows[0][3:]
        if not is_recorded:
            state = "not_recorded"
        elif not tier_id:
            state = "no_tier"
        else:
            state = "known" if roles else "none_required"
        covered = sum(row[2] for row in roles)
        return {
            "state": state,
            "rate": covered / len(roles) if state == "known" else None,
            "covered": covered,
            "required": len(roles),
            "missing": [row[1] for row in roles if not row[2]],
        }

    @api.model
    def _select_translated(self, alias):
        """Return the name of a word of the configuration in the reader's language."""
        return SQL(
            "COALESCE(%(name)s->>%(lang)s, %(name)s->>'en_US')",
            name=SQL.identifier(alias, "name"),
            lang=self.env.lang or "en_US",
        )
