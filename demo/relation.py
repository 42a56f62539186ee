"""Writes the bonds with the customers of one company into the database."""

from datetime import datetime, time, timedelta

from odoo import Command

from .ledger import ref


class Relation:
    """What people would have written down about the customers of a company."""

    def __init__(self, env, company, today):
        self.env = env
        self.company = company
        self.today = today

    def add(self, bonds):
        for name, bond in bonds.items():
            partner = ref(self.env, f"partner_{name}")
            profile = self.env["customer.profile"]._get_or_create(partner, self.company)
            self._describe(profile, dict(bond.company))
            rows = self._add_people(profile, bond.people)
            self._add_team(profile, bond.team, rows)
            self._add_talks(profile, bond.talks)
            self._add_notes(profile, bond.notes, rows)
            self._add_deals(profile, bond.deals)
            self._add_nodes(profile, bond.nodes)
            self._add_birthdays(profile, bond.birthdays)

    def _day(self, days):
        return self.today - timedelta(days=days)

    def _get_contact(self, name):
        return ref(self.env, f"partner_{name}")

    def _get_user(self, name):
        return ref(self.env, f"user_{name}")

    def _get_word(self, model, code):
        return self.env[model].search([("code", "=", code)], limit=1)

    def _describe(self, profile, facts):
        industry = facts.pop("industry", None)
        group = facts.pop("group", None)
        if industry:
            profile.partner_id.industry_id = self.env.ref(
                f"base.res_partner_industry_{industry}"
            )
        if group:
            facts["company_group_id"] = ref(self.env, f"company_group_{group}").id
        profile.write(facts)

    def _add_people(self, profile, people):
        """Create the roles of the chain, from top to bottom; returns them by contact."""
        rows = {}
        for person in people:
            row = self.env["customer.stakeholder"].create(
                {
                    "profile_id": profile.id,
                    "partner_id": self._get_contact(person.contact).id,
                    "role_id": self._get_word(
                        "customer.stakeholder.role", person.role
                    ).id,
                    "stance": person.stance,
                    "influence": person.influence,
                    "is_executive": person.executive,
                    "preferred_channel_id": person.channel
                    and self._get_word("customer.channel", person.channel).id,
                    "reports_to_id": person.above and rows[person.above].id,
                    "date_from": self._day(person.since),
                }
            )
            if person.left is not None:
                row.write({"date_to": self._day(person.left), "end_reason": "left"})
            rows.setdefault(person.contact, row)
        return rows

    def _add_team(self, profile, team, rows):
        self.env["customer.team.member"].create(
            [
                {
                    "profile_id": profile.id,
                    "user_id": self._get_user(member.user).id,
                    "role_id": self._get_word("customer.team.role", member.role).id,
                    "stakeholder_id": member.faces and rows[member.faces].id,
                    "date_from": self._day(365),
                }
                for member in team
            ]
        )

    def _add_talks(self, profile, talks):
        self.env["customer.interaction"].create(
            [
                {
                    "profile_id": profile.id,
                    "interaction_datetime": datetime.combine(
                        self._day(talk.day), time(6)
                    ),
                    "channel_id": self._get_word("customer.channel", talk.channel).id,
                    "user_ids": [
                        Command.set([self._get_user(user).id for user in talk.ours])
                    ],
                    "partner_ids": [
                        Command.set(
                            [self._get_contact(contact).id for contact in talk.theirs]
                        )
                    ],
                    "name": talk.name,
                    "feedback": talk.feedback,
                    "next_step": talk.next_step,
                    "date_next_step": talk.next_day and self._day(talk.next_day),
                    "next_step_user_id": self._get_user(talk.ours[0]).id,
                    "state": talk.state,
                    **({"next_step_state": "done"} if talk.is_done else {}),
                }
                for talk in talks
            ]
        )

    def _add_notes(self, profile, notes, rows):
        self.env["customer.insight"].create(
            [
                {
                    "profile_id": profile.id,
                    "kind": note.kind,
                    "name": note.name,
                    "date": self._day(note.day),
                    "source": note.source,
                    "stakeholder_id": note.who and rows[note.who].id,
                    "competitor_name": note.competitor,
                    "user_id": profile.user_id.id,
                }
                for note in notes
            ]
        )

    def _add_deals(self, profile, deals):
        """Create contracts and projects; the end of a contract becomes a renewal."""
        self.env["customer.agreement"].create(
            [
                {
                    "profile_id": profile.id,
                    "name": deal.name,
                    "kind": deal.kind,
                    "stage": deal.stage,
                    "date_start": self._day(deal.start),
                    "date_end": deal.end is not None and self._day(deal.end),
                    "amount": deal.amount,
                    "user_id": profile.user_id.id,
                }
                for deal in deals
            ]
        )

    def _add_nodes(self, profile, nodes):
        self.env["customer.milestone"].create(
            [
                {
                    "profile_id": profile.id,
                    "kind": node.kind,
                    "name": node.name,
                    "date": self._day(node.day),
                }
                for node in nodes
            ]
        )

    def _add_birthdays(self, profile, birthdays):
        for birthday in birthdays:
            day = self._day(birthday.day)
            data = self.env["customer.personal.data"].create(
                {
                    "profile_id": profile.id,
                    "partner_id": self._get_contact(birthday.contact).id,
                    "consent": "given",
                    "birthday_day": day.day,
                    "birthday_month": day.month,
                    "interests": birthday.interests,
                    "trust": birthday.trust,
                }
            )
            if birthday.gift:
                days, name, amount = birthday.gift
                self.env["customer.gift"].create(
                    {
                        "personal_data_id": data.id,
                        "date": self._day(days),
                        "name": name,
                        "amount": amount,
                    }
                )
