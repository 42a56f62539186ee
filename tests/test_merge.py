from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import DAY, CustomerSuccessCase

HISTORY = ("customer_score", "customer_tier_change", "customer_opening")


class MergeCase(CustomerSuccessCase):
    """Customers with a history, and the real wizard that merges contacts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.big = cls._create_partner("Big")
        cls.small = cls._create_partner("Small")

    def _rate(self, partner, amount, company=None):
        """Give a contact an opening amount and score him; large ones are in B."""
        profile = self._get_profile(partner, company)
        if amount > 50000:
            profile.write({"outlook_rating": 10, "expansion_rating": 10})
        self._create_opening(partner, "2026-02-01", amount, 1, company)
        return self._score(partner, company=company)

    def _merge(self, sources, into, user=None):
        wizard = (
            self.env["base.partner.merge.automatic.wizard"]
            .with_user(user or self.env.user)
            .create(
                {
                    "state": "option",
                    "partner_ids": [Command.set((sources | into).ids)],
                    "dst_partner_id": into.id,
                }
            )
        )
        wizard.action_merge()
        self.env.invalidate_all()

    def _get_rows(self, profiles):
        """Return all history rows of customers, column by column."""
        self.env.flush_all()
        return {
            table: self.env.execute_query(
                SQL(
                    "SELECT * FROM %s WHERE profile_id = ANY(%s) ORDER BY id",
                    SQL.identifier(table),
                    profiles.ids,
                )
            )
            for table in HISTORY
        }

    def _get_customers(self, partner, company=None):
        return self.env["customer.profile"].search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", (company or self.company).id),
            ]
        )


@tagged("post_install", "-at_install")
class TestMerge(MergeCase):
    """Merging contacts loses no row; the survivor keeps his tier."""

    def test_survivor_keeps_his_tier_and_the_other_stays_archived(self):
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        before, tier = self._get_rows(big | small), big.tier_id
        self.assertNotEqual(tier, small.tier_id)
        self._merge(self.small, self.big)
        self.assertRecordValues(
            big | small,
            [
                {"active": True, "tier_id": tier.id, "merged_into_id": False},
                {
                    "active": False,
                    "tier_id": small.tier_id.id,
                    "merged_into_id": big.id,
                },
            ],
        )
        self.assertEqual(self._get_rows(big | small), before)

    def test_openings_and_documents_of_both_count_for_the_survivor(self):
        for partner, amount in ((self.big, 7000), (self.small, 500)):
            self._create_order(partner, "2026-10-01", amount)
            self._create_invoice(partner, "2026-10-01", amount)
        big, _small = self._rate(self.big, 90000), self._rate(self.small, 100)
        self._merge(self.small, self.big)
        self._score(self.big)
        # 90,000 + 7,000 + 500 + 100; two orders and two opening orders
        self.assertEqual(big.amount_12m, 97600)
        self.assertEqual(big.order_count_12m, 4)

    def test_history_buttons_show_the_merged_customer_too(self):
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        scores, changes = (
            (big | small)[name] for name in ("score_ids", "tier_change_ids")
        )
        self._merge(self.small, self.big)
        self.assertEqual((big.score_count, big.tier_change_count), (4, 2))
        for button, rows in (
            (big.action_open_scores, scores),
            (big.action_open_tier_changes, changes),
        ):
            action = button()
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(found, rows)

    def test_owner_of_the_survivor_sees_the_history_of_the_other(self):
        groups = "user,base.group_partner_manager"
        owner = self._create_user("merge_owner", groups)
        other = self._create_user("merge_other", "user")
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        big.user_id, small.user_id = owner, other
        scores = (big | small).score_ids
        self._merge(self.small, self.big)
        seen = big.with_user(owner)
        self.assertEqual(seen.score_count, 4)
        action = seen.action_open_scores()
        found = self.env["customer.score"].with_user(owner).search(action["domain"])
        self.assertEqual(found.sudo(), scores)

    def test_person_without_customer_rights_may_merge_contacts(self):
        user = new_test_user(
            self.env, "merger", groups="base.group_user,base.group_partner_manager"
        )
        self.big.email = self.small.email = "same@example.com"
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        before = self._get_rows(big | small)
        self._merge(self.small, self.big, user)
        self.assertEqual(small.merged_into_id, big)
        self.assertEqual(self._get_rows(big | small), before)

    def test_three_contacts_leave_one_customer_and_all_rows(self):
        third = self._create_partner("Third")
        profiles = (
            self._rate(self.big, 90000)
            | self._rate(self.small, 100)
            | self._rate(third, 7000)
        )
        before = self._get_rows(profiles)
        self._merge(self.small | third, self.big)
        self.assertEqual(self._get_customers(self.big), profiles[0])
        self.assertEqual(profiles[1:].merged_into_id, profiles[0])
        self.assertEqual(self._get_rows(profiles), before)

    def test_each_company_keeps_its_own_survivor(self):
        profiles = self.env["customer.profile"]
        for company in (self.company, self.other_company):
            profiles |= self._rate(self.big, 9000, company)
            profiles |= self._rate(self.small, 100, company)
        before = self._get_rows(profiles)
        self._merge(self.small, self.big)
        for company in (self.company, self.other_company):
            survivor = self._get_customers(self.big, company)
            self.assertEqual(len(survivor), 1)
            self.assertEqual(survivor.merged_profile_ids.company_id, company)
            self.assertEqual(survivor._with_merged().partner_id, self.big)
        self.assertEqual(self._get_rows(profiles), before)

    def test_destination_without_customer_takes_over_that_of_the_source(self):
        small = self._rate(self.small, 100)
        before, tier = self._get_rows(small), small.tier_id
        self._merge(self.small, self.big)
        self.assertRecordValues(
            small,
            [
                {
                    "partner_id": self.big.id,
                    "active": True,
                    "tier_id": tier.id,
                    "merged_into_id": False,
                }
            ],
        )
        self.assertEqual(self._get_rows(small), before)

    def test_two_sources_and_no_customer_at_the_destination(self):
        third = self._create_partner("Third")
        small, other = self._rate(self.small, 100), self._rate(third, 200)
        before = self._get_rows(small | other)
        self._merge(self.small | third, self.big)
        survivor = self._get_customers(self.big)
        self.assertEqual(survivor._with_merged(), small | other)
        self.assertEqual(self._get_rows(small | other), before)

    def test_person_merged_with_a_contact_joins_the_company_of_the_contact(self):
        child = self._create_partner("Child", is_company=False, parent_id=self.big.id)
        self.small.is_company = False
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        before = self._get_rows(big | small)
        self._merge(self.small, child)
        self.assertEqual(small.merged_into_id, big)
        self.assertEqual(self._get_rows(big | small), before)
        self.assertEqual(self._score(self.big).amount_12m, 90100)

    def test_company_merged_with_a_contact_makes_the_contact_a_customer(self):
        child = self._create_partner("Child", is_company=False, parent_id=self.big.id)
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        before, tier = self._get_rows(big | small), small.tier_id
        self._merge(self.small, child)
        # core makes a company of the contact, which then is its own commercial entity
        self.assertTrue(child.is_company)
        self.assertRecordValues(
            small,
            [
                {
                    "partner_id": child.id,
                    "active": True,
                    "merged_into_id": False,
                    "tier_id": tier.id,
                }
            ],
        )
        self.assertEqual(self._get_rows(big | small), before)

    def test_merged_customer_follows_through_a_second_merge(self):
        third = self._create_partner("Third")
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        other = self._rate(third, 7000)
        before = self._get_rows(big | small | other)
        self._merge(self.small, self.big)
        self._merge(self.big, third)
        self.assertEqual(other._with_merged(), big | small | other)
        self.assertEqual(other.score_count, 6)
        self.assertEqual(self._get_rows(big | small | other), before)

    def test_archived_customer_is_merged_into_a_living_one(self):
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        self.small.active = False
        self._merge(self.small, self.big)
        self.assertTrue(big.active)
        self.assertEqual(small.merged_into_id, big)

    def test_survivor_archived_by_hand_comes_back_with_a_living_source(self):
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        big.active = False
        self._merge(self.small, self.big)
        self.assertTrue(big.active)
        self.assertFalse(small.active)

    def test_archived_destination_comes_back_with_a_living_source(self):
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        self.big.active = False
        self._merge(self.small, self.big)
        self.assertTrue(self.big.active)
        self.assertTrue(big.active)
        self.assertEqual(small.merged_into_id, big)

    def test_archived_contacts_leave_an_archived_customer(self):
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        (self.big | self.small).active = False
        self._merge(self.small, self.big)
        self.assertFalse(big.active)
        self.assertEqual(small.merged_into_id, big)

    def test_contacts_without_customers_merge_as_ever(self):
        count = self.env["customer.profile"].search_count([])
        self._merge(self.small, self.big)
        self.assertFalse(self.small.exists())
        self.assertEqual(self.env["customer.profile"].search_count([]), count)

    def test_core_can_merge_after_a_run_of_the_day_and_score_again(self):
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        self._merge(self.small, self.big)
        self._run_cron()
        self.assertEqual(big.amount_12m, 90100)
        # the merged one is not scored any more
        self.assertEqual(small.amount_12m, 100)
        self.assertEqual(small.score_ids.mapped("date"), [self._to_date(DAY)] * 2)

    def test_customer_with_merged_ones_cannot_be_deleted(self):
        big = self._get_profile(self.big)
        self._get_profile(self.small)
        self._merge(self.small, self.big)
        with self.assertRaisesRegex(UserError, "Big is a customer with a history"):
            self.big.unlink()
        self.assertTrue(big.exists())
