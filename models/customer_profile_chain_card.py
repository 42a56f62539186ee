from odoo import api, fields, models
from odoo.tools import SQL

from ..chain import find_parents, get_depths, order_tree
from ..const import NO_CONTACT_DAYS
from .customer_stakeholder import GONE_REASONS

# The stance that counts where somebody has several roles: what we must know first.
STANCE_ORDER = ("opposed", "supportive", "neutral", "unknown")
INFLUENCE_ORDER = ("high", "medium", "low")


class CustomerProfile(models.Model):
    """The decision chain and our team as the relation panel shows them."""

    _inherit = "customer.profile"

    # === THE CHAIN === #

    def _get_chain_card(self):
        """Return the decision chain of today as plain data, for the panel.

        Three statements at most, whatever the number of people. Access to the
        customer was checked by the caller; who may see him may see all of his rows.
        """
        self.ensure_one()
        day = self.company_id._get_customer_today()
        rows = self._read_chain(day)
        people = self._fold_people(rows, day)
        coverage = self._get_chain_coverage(day)
        is_single = self._is_single_thread(people, day)
        return {
            "people": people,
            "coverage": coverage,
            "is_single_thread": is_single,
            "notes": self._get_chain_notes(people, coverage, is_single),
            "gone": self._get_gone(rows, day),
        }

    def _read_chain(self, day):
        """Return every row of the chain, ended ones too, with what is shown of it."""
        for name in ("stakeholder", "stakeholder.role", "interaction", "channel"):
            self.env[f"customer.{name}"].flush_model()
        self.env["res.partner"].flush_model(["name", "function"])
        return self.env.execute_query_dict(
            SQL(
                """WITH talks AS (
                        SELECT rel.partner_id, MAX(itr.date) AS date_last_contact
                          FROM customer_interaction itr
                          JOIN customer_interaction_partner_rel rel
                               ON rel.interaction_id = itr.id
                         WHERE itr.profile_id = %(id)s AND itr.state = 'confirmed'
                           AND itr.active AND itr.date <= %(day)s
                      GROUP BY rel.partner_id)
                   SELECT sth.id, sth.partner_id, sth.reports_to_id, sth.date_from,
                          sth.date_to, sth.end_reason, sth.influence, sth.stance,
                          sth.is_executive, par.name, par.function, rol.code,
                          rol.is_decision_maker, %(role)s AS role, %(channel)s
                          AS channel, tlk.date_last_contact,
                          sth.date_from <= %(day)s AND (sth.date_to IS NULL
                              OR sth.date_to > %(day)s) AS is_current
                     FROM customer_stakeholder sth
                     JOIN res_partner par ON par.id = sth.partner_id
                     JOIN customer_stakeholder_role rol ON rol.id = sth.role_id
                LEFT JOIN customer_channel cha ON cha.id = sth.preferred_channel_id
                LEFT JOIN talks tlk ON tlk.partner_id = sth.partner_id
                    WHERE sth.profile_id = %(id)s
                 ORDER BY rol.sequence, rol.id, sth.id""",
                id=self.id,
                day=day,
                role=self._select_translated("rol"),
                channel=self._select_translated("cha"),
            )
        )

    def _fold_people(self, rows, day):
        """Return one entry per person of today, from top to bottom of the tree."""
        current = [row for row in rows if row["is_current"]]
        parents = find_parents(
            {row["id"]: (row["partner_id"], row["reports_to_id"]) for row in rows},
            [row["id"] for row in current],
        )
        mine = {}
        for row in current:
            mine.setdefault(row["partner_id"], []).append(row)
        depths = get_depths(parents)
        return [
            {
                **self._prepare_person(mine[person], day),
                "parent_id": parents[person]
                and min(row["id"] for row in mine[parents[person]]),
                "depth": depths[person],
            }
            for person in order_tree(parents)
        ]

    def _prepare_person(self, rows, day):
        """Return what the panel shows of one person from the rows of his roles."""
        stances, influences = self._get_chain_labels()
        stance = min((row["stance"] for row in rows), key=STANCE_ORDER.index)
        influence = min(
            (row["influence"] for row in rows if row["influence"]),
            key=INFLUENCE_ORDER.index,
            default=None,
        )
        last = rows[0]["date_last_contact"]
        stakeholders = self.env["customer.stakeholder"]
        return {
            "id": min(row["id"] for row in rows),
            "ids": sorted(row["id"] for row in rows),
            "partner_id": rows[0]["partner_id"],
            "name": rows[0]["name"],
            "function": rows[0]["function"] or "",
            "roles": [row["role"] for row in rows],
            "role_codes": [row["code"] for row in rows],
            "is_decision_maker": any(row["is_decision_maker"] for row in rows),
            "is_executive": any(row["is_executive"] for row in rows),
            "stance": stance,
            "stance_text": stances[stance],
            "influence": influence or "",
            "influence_text": influences.get(influence, ""),
            "channel": next((row["channel"] for row in rows if row["channel"]), ""),
            "days_since_contact": (day - last).days if last else None,
            "contact_text": stakeholders._describe_contact(last, day),
            "is_out_of_touch": not last or (day - last).days > NO_CONTACT_DAYS,
        }

    @api.model
    def _get_chain_labels(self):
        """Return the words for stance and influence in the reader's language."""
        stakeholders = self.env["customer.stakeholder"]
        return tuple(
            dict(stakeholders._fields[name]._description_selection(self.env))
            for name in ("stance", "influence")
        )

    def _is_single_thread(self, people, day):
        """Return whether everything hangs on one person of theirs.

        Fewer than two people in the chain, or of those in it only one was spoken with
        in 12 months. Nobody recorded at all is no risk but a gap: False.
        """
        year = (day - fields.Date.subtract(day, months=12)).days
        touched = [
            person
            for person in people
            if person["days_since_contact"] is not None
            and person["days_since_contact"] < year
        ]
        return bool(people) and (len(people) < 2 or len(touched) == 1)

    def _get_chain_notes(self, people, coverage, is_single):
        """Return what a sales person should notice about the chain, in sentences."""
        if not people:
            return [self.env._("Nobody is recorded yet: who decides there?")]
        notes = []
        deciders = [person for person in people if person["is_decision_maker"]]
        if is_single:
            notes.append(self.env._("Everything hangs on one contact."))
        if not deciders:
            notes.append(self.env._("No key decision maker known."))
        elif len(deciders) > 1:
            notes.append(
                self.env._(
                    "%s key decision makers: who has the last word?", len(deciders)
                )
            )
        if not any("champion" in person["role_codes"] for person in people):
            notes.append(self.env._("No champion."))
        opposed = [person["name"] for person in people if person["stance"] == "opposed"]
        if len(opposed) > 3:
            notes.append(
                self.env._(
                    "Opposed: %(names)s and %(count)s more.",
                    names=", ".join(opposed[:3]),
                    count=len(opposed) - 3,
                )
            )
        elif opposed:
            notes.append(self.env._("Opposed: %s.", ", ".join(opposed)))
        return notes

    def _get_gone(self, rows, day):
        """Return who left the customer in the last 90 days, newest first."""
        since = fields.Date.subtract(day, days=NO_CONTACT_DAYS)
        current = {row["partner_id"] for row in rows if row["is_current"]}
        gone = {
            row["partner_id"]: {"name": row["name"], "date": str(row["date_to"])}
            for row in rows
            if row["end_reason"] in GONE_REASONS
            and row["date_to"]
            and since < row["date_to"] <= day
            and row["partner_id"] not in current
        }
        return sorted(gone.values(), key=lambda person: person["date"], reverse=True)

    # === OUR TEAM === #

    def _get_team_card(self):
        """Return who of us looks after this customer, and the roles nobody has."""
        self.ensure_one()
        day = self.company_id._get_customer_today()
        members = self._read_team(day)
        return {"members": members, "missing": self._get_missing_team_roles(day)}

    def _read_team(self, day):
        for name in ("team.member", "team.role", "stakeholder"):
            self.env[f"customer.{name}"].flush_model()
        self.env["res.users"].flush_model(["active"])
        self.env["res.partner"].flush_model(["name"])
        return self.env.execute_query_dict(
            SQL(
                """SELECT mem.id, mem.user_id, own.name, %(role)s AS role, rol.code,
                          rol.is_executive, NOT usr.active AS is_gone,
                          mem.date_from::text, COALESCE(par.name, '') AS faces
                     FROM customer_team_member mem
                     JOIN res_users usr ON usr.id = mem.user_id
                     JOIN res_partner own ON own.id = usr.partner_id
                     JOIN customer_team_role rol ON rol.id = mem.role_id
                LEFT JOIN customer_stakeholder sth ON sth.id = mem.stakeholder_id
                LEFT JOIN res_partner par ON par.id = sth.partner_id
                    WHERE mem.profile_id = %(id)s AND mem.date_from <= %(day)s
                      AND (mem.date_to IS NULL OR mem.date_to > %(day)s)
                 ORDER BY rol.sequence, rol.id, mem.id""",
                id=self.id,
                day=day,
                role=self._select_translated("rol"),
            )
        )

    def _get_missing_team_roles(self, day):
        """Return the names of roles the tier requires that nobody here fills.

        Somebody whose user was archived fills none.
        """
        self.env["customer.tier"].flush_model(["required_team_role_ids"])
        self.flush_recordset(["tier_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT %(name)s
                     FROM customer_profile pro
                     JOIN customer_tier_team_role_rel rel ON rel.tier_id = pro.tier_id
                     JOIN customer_team_role rol ON rol.id = rel.role_id
                    WHERE pro.id = %(id)s AND rol.active
                      AND NOT EXISTS (
                          SELECT FROM customer_team_member mem
                            JOIN res_users usr ON usr.id = mem.user_id
                           WHERE mem.profile_id = pro.id AND mem.role_id = rol.id
                             AND usr.active AND mem.date_from <= %(day)s
                             AND (mem.date_to IS NULL OR mem.date_to > %(day)s))
                 ORDER BY rol.sequence, rol.id""",
                name=self._select_translated("rol"),
                day=day,
                id=self.id,
            )
        )
        return [name for (name,) in rows]
