import random

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .chain_common import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21 12:00:00")
class TestChainMerge(ChainCase):
    """Merging contacts and customers loses no row and leaves no loop."""

    def _merge(self, sources, into):
        self.env["base.partner.merge.automatic.wizard"].create(
            {
                "state": "option",
                "partner_ids": [Command.set((sources | into).ids)],
                "dst_partner_id": into.id,
            }
        ).action_merge()
        self.env.invalidate_all()

    def _get_loops(self):
        return self.env["customer.stakeholder"].sudo()._find_loops()

    def test_same_role_of_merged_contacts_stays_once_and_the_other_row_is_kept(self):
        boss = self._add("Boss")
        old = self._add("Ada", "champion", boss, stance="supportive", influence="high")
        below = self._add("Below", above=old)
        new = self._add("Ada Lovelace", "champion")
        member = self.env["customer.team.member"].create(
            {
                "profile_id": self.profile.id,
                "user_id": self.sales.id,
                "role_id": self.team_roles["service"].id,
                "stakeholder_id": old.id,
            }
        )
        self._merge(old.partner_id, new.partner_id)
        self.assertRecordValues(
            old | new,
            [
                {
                    "partner_id": new.partner_id.id,
                    "date_to": self._to_date("2026-11-21"),
                    "end_reason": "duplicate",
                },
                {
                    "partner_id": new.partner_id.id,
                    "date_to": False,
                    "end_reason": False,
                },
            ],
        )
        # the row that stays learns what it did not know
        self.assertEqual((new.stance, new.influence), ("supportive", "high"))
        self.assertEqual(new.reports_to_id, boss)
        self.assertEqual(below.reports_to_id, new)
        self.assertEqual(member.stakeholder_id, new)
        self.assertFalse(self._get_left_alerts())

    def test_manager_merged_with_his_own_man_does_not_report_to_himself(self):
        boss = self._add("Boss")
        head = self._add("Head", "champion", boss)
        user = self._add("User", "user", head)
        below = self._add("Below", above=user)
        self._merge(head.partner_id, user.partner_id)
        self.assertEqual(user.reports_to_id, boss)
        self.assertEqual(head.reports_to_id, boss)
        self.assertEqual(below.reports_to_id, user)
        self.assertFalse(self._get_loops())

    def test_merged_ends_of_a_line_leave_no_loop(self):
        top = self._add("Top", "champion")
        middle = self._add("Middle", above=top)
        bottom = self._add("Bottom", above=middle)
        self._merge(bottom.partner_id, top.partner_id)
        self.assertFalse(self._get_loops())
        self.assertEqual(len(self.profile._get_chain_card()["people"]), 2)

    def test_customer_who_joins_another_brings_his_people_and_our_team_along(self):
        other = self._create_partner("Joins", user_id=self.sales.id)
        theirs = self._get_profile(other)
        eve = self._add(self._create_contact("Eve", other), profile_id=theirs.id)
        rows = {
            "user_id": self.sales.id,
            "role_id": self.team_roles["service"].id,
            "date_from": "2026-01-01",
        }
        members = self.env["customer.team.member"].create(
            [{**rows, "profile_id": profile.id} for profile in (self.profile, theirs)]
        )
        self._merge(other, self.partner)
        self.assertRecordValues(
            eve,
            [{"profile_id": self.profile.id, "date_to": False, "is_current": True}],
        )
        self.assertEqual(members.profile_id, self.profile)
        self.assertEqual(members[1].date_to, self._to_date("2026-11-21"))
        self.assertFalse(members[0].date_to)
        self._run_cron("check_contacts")
        self.assertFalse(eve.date_to)
        self.assertFalse(self._get_left_alerts())

    def test_company_that_becomes_a_branch_brings_its_chain_along(self):
        other = self._create_partner("Branch")
        theirs = self._get_profile(other)
        eve = self._add(self._create_contact("Eve", other), profile_id=theirs.id)
        other.write({"parent_id": self.partner.id, "is_company": False})
        self.assertEqual(eve.profile_id, self.profile)
        self.assertFalse(eve.date_to)
        self.assertFalse(self._get_left_alerts())

    def test_both_customers_knew_the_same_person_in_the_past(self):
        other = self._create_partner("Joins")
        theirs = self._get_profile(other)
        ada = self._add("Ada")
        ada.date_to = "2026-06-01"
        eve = self._add(self._create_contact("Eve", other), profile_id=theirs.id)
        self._merge(eve.partner_id, ada.partner_id)
        self._merge(other, self.partner)
        self.assertEqual((ada | eve).partner_id, ada.partner_id)
        self.assertEqual(eve.profile_id, self.profile)
        ada.partner_id.active = False  # ends in peace, whatever overlaps
        self.assertTrue(eve.date_to)

    def test_fifty_random_merges_lose_no_row_and_leave_no_loop(self):
        seed = 20261121
        self.assertEqual(merge_at_random(self.env, seed, 50), [], f"seed {seed}")

    def test_loops_of_a_raw_statement_are_cut_by_the_job(self):
        boss = self._add("Boss")
        head = self._add("Head", above=boss)
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE customer_stakeholder SET reports_to_id = %s
                    WHERE id = %s RETURNING id""",
                head.id,
                boss.id,
            )
        )
        self.env.invalidate_all()
        self.assertEqual(self._get_loops(), self.profile)
        self.assertEqual(len(self.profile._get_chain_card()["people"]), 2)
        self._run_cron("check_contacts")
        self.assertFalse(self._get_loops())


def merge_at_random(env, seed, merges, people=12):
    """Merge contacts of one chain after another; return what went wrong, in words.

    Every chain has people with several roles who report to each other at random.
    Rows are counted before and after; loops are looked for after each merge.
    """
    source = random.Random(seed)
    rows = env["customer.stakeholder"]
    roles = env["customer.stakeholder.role"].search([])
    faults, contacts, expected = [], env["res.partner"], 0
    for number in range(merges):
        if len(contacts) < 3:
            company = env["res.partner"].create(
                {"name": f"Chain {number}", "is_company": True}
            )
            profile = env["customer.profile"]._get_or_create(company, env.company)
            contacts = env["res.partner"].create(
                [
                    {"name": f"Person {number}.{index}", "parent_id": company.id}
                    for index in range(people)
                ]
            )
            mine = _create_rows(source, profile, contacts, roles)
            expected = len(mine)
        pair = source.sample(contacts.ids, 2)
        into, gone = contacts.browse(pair[0]), contacts.browse(pair[1])
        env["base.partner.merge.automatic.wizard"].create(
            {
                "state": "option",
                "partner_ids": [Command.set(pair)],
                "dst_partner_id": into.id,
            }
        ).action_merge()
        env.invalidate_all()
        contacts -= gone
        left = rows.search_count([("profile_id", "=", profile.id)])
        if left != expected:
            faults.append(f"merge {number}: {expected - left} rows lost")
        if rows._find_loops() & profile:
            faults.append(f"merge {number}: a loop")
        if len(profile._get_chain_card()["people"]) != len(
            rows.search(
                [("profile_id", "=", profile.id), ("date_to", "=", False)]
            ).partner_id
        ):
            faults.append(f"merge {number}: somebody is not shown")
    return faults


def _create_rows(source, profile, contacts, roles):
    """Create one to three roles per contact, each above only those made later."""
    rows = profile.env["customer.stakeholder"]
    above = {}
    for contact in contacts:
        for role in source.sample(list(roles), source.randint(1, 3)):
            manager = source.choice([None, *above.values()])
            row = rows.create(
                {
                    "profile_id": profile.id,
                    "partner_id": contact.id,
                    "role_id": role.id,
                    "date_from": "2026-01-01",
                    "reports_to_id": manager.id
                    if manager and manager.partner_id != contact
                    else False,
                }
            )
            rows |= row
        above[contact] = row
    return rows
