import json

from odoo.tests import freeze_time, tagged

from .chain_common import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21 12:00:00")
class TestChainCard(ChainCase):
    """What the relation panel shows of chain and team, and what it costs."""

    def _get_card(self, lang=None):
        profile = self.profile.with_user(self.sales)
        return profile.with_context(lang=lang or "en_US")._get_chain_card()

    def test_empty_chain_asks_who_decides(self):
        card = self._get_card()
        self.assertEqual(card["people"], [])
        self.assertFalse(card["is_single_thread"])
        self.assertEqual(card["notes"], ["Nobody is recorded yet: who decides there?"])
        self.assertIsNone(card["coverage"]["rate"])

    def test_people_come_as_a_tree_with_what_a_sales_person_wants_to_know(self):
        self.profile.tier_id = self.tiers["A"]
        boss = self._add("Boss", "decision_maker", is_executive=True)
        boss.partner_id.function = "CEO"
        self._add(boss.partner_id, "economic_buyer", stance="opposed", influence="high")
        head = self._add("Head", above=boss, preferred_channel_id=self.phone.id)
        self._add("Other", stance="supportive")
        self._talk(boss.partner_id, "2026-11-01")
        card = self._get_card()
        json.dumps(card)
        found = [
            (person["name"], person["depth"], person["parent_id"], person["roles"])
            for person in card["people"]
        ]
        self.assertEqual(
            found,
            [
                ("Boss", 0, None, ["Key decision maker", "Economic buyer"]),
                ("Head", 1, boss.id, ["User"]),
                ("Other", 0, None, ["User"]),
            ],
        )
        first, second = card["people"][:2]
        self.assertEqual(
            (first["function"], first["stance"], first["influence_text"]),
            ("CEO", "opposed", "High"),
        )
        self.assertEqual(first["days_since_contact"], 20)
        self.assertTrue(first["is_executive"])
        self.assertIsNone(second["days_since_contact"])
        self.assertTrue(second["is_out_of_touch"])
        self.assertEqual((second["id"], second["channel"]), (head.id, "Phone"))
        self.assertEqual(
            card["notes"],
            ["Everything hangs on one contact.", "No champion.", "Opposed: Boss."],
        )
        self.assertEqual(card["coverage"]["missing"], ["Champion"])

    def test_single_thread_is_one_person_known_or_one_spoken_with_in_a_year(self):
        ada = self._add("Ada", "decision_maker")
        self.assertTrue(self._get_card()["is_single_thread"])
        bob = self._add("Bob", "decision_maker")
        self.assertFalse(self._get_card()["is_single_thread"])  # nobody spoken with
        self.assertIn(
            "2 key decision makers: who has the last word?", self._get_card()["notes"]
        )
        self._talk(ada.partner_id, "2026-11-01")
        self.assertTrue(self._get_card()["is_single_thread"])
        self._talk(bob.partner_id, "2025-11-21")  # a year ago: does not count
        self.assertTrue(self._get_card()["is_single_thread"])
        self._talk(bob.partner_id, "2025-11-22")
        self.assertFalse(self._get_card()["is_single_thread"])

    def test_who_left_in_ninety_days_is_listed_not_who_ended_one_role(self):
        ada = self._add("Ada", "champion")
        self._add(ada.partner_id).action_end()
        bob = self._add("Bob")
        bob.action_has_left()
        card = self._get_card()
        self.assertEqual(card["gone"], [{"name": "Bob", "date": "2026-11-21"}])
        bob.date_to = "2026-08-23"
        self.assertEqual(self._get_card()["gone"], [])

    def test_reader_of_another_language_reads_roles_in_his_words(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.roles["user"].with_context(lang="zh_CN").name = "使用人"
        self._add("Ada")
        self.assertEqual(self._get_card("zh_CN")["people"][0]["roles"], ["使用人"])
        self.assertEqual(self._get_card()["people"][0]["roles"], ["User"])

    def test_cards_cost_three_statements_for_five_and_for_two_hundred_people(self):
        self.profile.tier_id = self.tiers["S"]
        self._fill(5)
        few = self._count()
        self._fill(195)
        many = self._count()
        self.assertEqual(few, many)
        self.assertLessEqual(max(many), 3)
        self.assertEqual(len(self._get_card()["people"]), 200)

    def _fill(self, count):
        above = self._add("Head of them")
        contacts = self.env["res.partner"].create(
            [
                {"name": f"Person {number}", "parent_id": self.partner.id}
                for number in range(count - 1)
            ]
        )
        self.env["customer.stakeholder"].create(
            [
                {
                    "profile_id": self.profile.id,
                    "partner_id": contact.id,
                    "reports_to_id": above.id,
                }
                for contact in contacts
            ]
        )
        self._talk(contacts, "2026-11-01")

    def _count(self):
        profile = self.profile.with_user(self.sales)
        counts = []
        for method in (profile._get_chain_card, profile._get_team_card):
            for _time in range(2):  # the first fills the registry's caches
                self.env.flush_all()
                self.env.invalidate_all()
                profile.company_id._get_customer_tz()  # as every request has it
                before = self.cr.sql_log_count
                method()
            counts.append(self.cr.sql_log_count - before)
        return counts

    def test_hierarchy_takes_as_many_statements_for_two_hundred_people_as_for_ten(self):
        self._fill(10)
        few, found = self._read_hierarchy()
        self.assertEqual(len(found), 10)
        self._fill(190)
        many, found = self._read_hierarchy()
        self.assertEqual(len(found), 200)
        self.assertLessEqual(many, few)

    def _read_hierarchy(self):
        """Return the statements and rows of what the web client reads first."""
        rows = self.env["customer.stakeholder"].with_user(self.sales)
        rows = rows.with_context(customer_chain_id=self.profile.id)
        specification = {
            "partner_id": {"fields": {"display_name": {}}},
            "role_text": {},
            "contact_text": {},
            "is_out_of_touch": {},
            "chain_child_ids": {},
        }
        for _time in range(2):  # the first fills the registry's caches
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = rows.hierarchy_read(
                [("profile_id", "=", self.profile.id), ("is_current", "=", True)],
                specification,
                "chain_parent_id",
                "chain_child_ids",
            )
        return self.cr.sql_log_count - before, found
