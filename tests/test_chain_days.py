from odoo.tests import freeze_time, tagged

from .chain_common import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21 12:00:00")
class TestChainDays(ChainCase):
    """The chain of any day, its tree, coverage and the last contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls._add("Boss", "decision_maker", date_from="2025-01-01")
        cls.left = cls._add(
            "Left", "champion", cls.boss, date_from="2025-01-01", date_to="2026-06-01"
        )
        cls.new = cls._add("New", "champion", cls.left, date_from="2026-06-01")

    def _on(self, day):
        return self.env["customer.stakeholder"].with_context(
            customer_day=day, customer_chain_id=self.profile.id
        )

    def test_chain_of_a_past_day_shows_who_was_in_it(self):
        for day, expected in (
            ("2024-12-31", []),
            ("2025-01-01", ["Boss", "Left"]),
            ("2026-05-31", ["Boss", "Left"]),
            ("2026-06-01", ["Boss", "New"]),  # a role ended on a day is over on it
            ("2026-11-21", ["Boss", "New"]),
        ):
            with self.subTest(day=day):
                mine = [("profile_id", "=", self.profile.id)]
                found = self._on(day).search([*mine, ("is_current", "=", True)])
                self.assertEqual(sorted(found.partner_id.mapped("name")), expected)
                found = self._on(False).search([*mine, ("date_valid", "=", day)])
                self.assertEqual(sorted(found.partner_id.mapped("name")), expected)

    def test_dialog_opens_the_chain_of_a_day(self):
        dialog = self.env["customer.chain.day"].with_user(self.sales)
        action = dialog.create(
            {"profile_id": self.profile.id, "date": "2026-05-31"}
        ).action_open()
        self.assertIn("05/31/2026", action["name"])
        rows = self.env["customer.stakeholder"].with_user(self.sales)
        rows = rows.with_context(**action["context"]).search(
            [*action["domain"], ("is_current", "=", True)]
        )
        self.assertEqual(rows, self.boss | self.left)

    def test_hierarchy_shows_one_box_per_person_below_who_is_still_there(self):
        self._add(self.boss.partner_id, "economic_buyer")
        rows = self._on(False)
        mine = [("profile_id", "=", self.profile.id), ("is_current", "=", True)]
        top = rows.hierarchy_read(
            [("chain_parent_id", "=", False), *mine],
            {"role_text": {}, "chain_child_ids": {}},
            "chain_parent_id",
            "chain_child_ids",
        )
        # with one at the top, his reports come along; "Left" is skipped
        self.assertEqual([row["id"] for row in top], [self.boss.id, self.new.id])
        self.assertEqual(top[0]["role_text"], "Key decision maker, Economic buyer")
        self.assertEqual(top[0]["chain_child_ids"], [self.new.id])
        self.assertEqual(top[1]["chain_parent_id"]["id"], self.boss.id)

    def test_hierarchy_of_a_past_day_has_the_people_of_that_day(self):
        left = self.left.with_context(customer_day="2026-05-31")
        self.assertEqual(left.chain_parent_id, self.boss)
        boss = self.boss.with_context(customer_day="2026-05-31")
        self.assertEqual(boss.chain_child_ids, self.left)

    def test_top_of_the_hierarchy_is_found_without_the_context_of_the_action(self):
        rows = self.env["customer.stakeholder"].with_user(self.sales)
        mine = [("profile_id", "=", self.profile.id), ("is_current", "=", True)]
        self.assertEqual(
            rows.search([("chain_parent_id", "=", False), *mine]), self.boss
        )
        found = rows.search([("chain_parent_id", "=", self.boss.id), *mine])
        self.assertEqual(found, self.new)
        stranger = rows.with_user(self._create_user("chain_stranger", "user"))
        for value in (False, self.boss.id):
            self.assertFalse(stranger.search([("chain_parent_id", "=", value)]))

    # === COVERAGE === #

    def test_coverage_is_the_share_of_required_roles_that_somebody_holds(self):
        self.profile.tier_id = self.tiers["S"]
        day = self._to_date("2026-11-21")
        self.assertEqual(
            self.profile._get_chain_coverage(day),
            {
                "state": "known",
                "rate": 0.5,
                "covered": 2,
                "required": 4,
                "missing": ["Economic buyer", "Influencer"],
            },
        )
        self._add("Second", "champion")  # a role counts once
        self._add(self.new.partner_id, "influencer")
        self.assertEqual(self.profile._get_chain_coverage(day)["rate"], 0.75)
        self.profile.tier_id = self.tiers["A"]
        coverage = self.profile._get_chain_coverage(day)
        self.assertEqual((coverage["covered"], coverage["required"]), (2, 3))

    def test_coverage_is_unknown_without_tier_requirement_or_anybody(self):
        day = self._to_date("2026-11-21")
        for tier, state in (
            (False, "no_tier"),
            (self.tiers["C"].id, "none_required"),
            (self.tiers["B"].id, "known"),
        ):
            self.profile.tier_id = tier
            coverage = self.profile._get_chain_coverage(day)
            self.assertEqual(coverage["state"], state)
            self.assertEqual(coverage["rate"], 1.0 if state == "known" else None)
        before = self.profile._get_chain_coverage(self._to_date("2024-12-31"))
        self.assertEqual((before["state"], before["rate"]), ("not_recorded", None))

    def test_coverage_is_zero_once_everybody_has_left(self):
        self.profile.tier_id = self.tiers["B"]
        self.boss.action_has_left()
        coverage = self.profile._get_chain_coverage(self._to_date("2026-11-21"))
        self.assertEqual((coverage["state"], coverage["rate"]), ("known", 0.0))
        self.assertEqual(coverage["missing"], ["Key decision maker"])

    # === LAST CONTACT === #

    def test_last_contact_is_the_last_confirmed_talk_the_person_took_part_in(self):
        boss = self.boss.partner_id
        self._talk(boss, "2026-08-01")
        self._talk(boss, "2026-09-01")
        self._talk(boss, "2026-11-01", state="proposed")
        self._talk(self.new.partner_id, "2026-11-20")
        self.env.invalidate_all()
        self.assertEqual(self.boss.date_last_contact, self._to_date("2026-09-01"))
        self.assertEqual(self.boss.contact_text, "contacted 81 days ago")
        self.assertEqual(self.new.contact_text, "contacted yesterday")
        past = self.boss.with_context(customer_day="2026-08-15")
        self.assertEqual(past.date_last_contact, self._to_date("2026-08-01"))

    def test_ninety_days_without_contact_are_found(self):
        self._talk(self.boss.partner_id, "2026-08-23")  # 90 days ago
        self._talk(self.new.partner_id, "2026-08-22")
        self.env.invalidate_all()
        rows = self.env["customer.stakeholder"].with_user(self.sales)
        mine = [("profile_id", "=", self.profile.id), ("is_current", "=", True)]
        found = rows.search([*mine, ("is_out_of_touch", "=", True)])
        self.assertEqual(found, self.new)
        self.assertFalse(self.boss.is_out_of_touch)
        self.assertTrue(self.new.is_out_of_touch)
        found = rows.search([*mine, ("is_out_of_touch", "=", False)])
        self.assertEqual(found, self.boss)
