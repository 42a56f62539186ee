from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .test_merge import MergeCase


@tagged("post_install", "-at_install")
class TestHierarchy(MergeCase):
    """Contacts that join or leave a company, are archived, deleted or reassigned."""

    def test_customer_joins_the_company_its_contact_becomes_part_of(self):
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        before, tier = self._get_rows(big | small), big.tier_id
        self.small.write({"parent_id": self.big.id, "is_company": False})
        self.assertRecordValues(
            big | small,
            [
                {"active": True, "merged_into_id": False, "tier_id": tier.id},
                {
                    "active": False,
                    "merged_into_id": big.id,
                    "tier_id": small.tier_id.id,
                },
            ],
        )
        self.assertEqual(self._get_rows(big | small), before)
        self.assertEqual(self._score(self.big).amount_12m, 90100)

    def test_company_without_customer_gets_one_when_a_customer_joins_it(self):
        small = self._rate(self.small, 100)
        self.small.write({"parent_id": self.big.id, "is_company": False})
        survivor = self._get_customers(self.big)
        self.assertEqual(small.merged_into_id, survivor)
        self.assertEqual(survivor.score_count, 2)

    def test_customer_stands_alone_again_with_his_history(self):
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        before = self._get_rows(big | small)
        self.small.write({"parent_id": self.big.id, "is_company": False})
        self.small.write({"parent_id": False, "is_company": True})
        self.assertRecordValues(small, [{"active": True, "merged_into_id": False}])
        self.assertEqual(big.score_count, 2)
        self.assertEqual(self._get_rows(big | small), before)
        self.assertEqual(self._score(self.big).amount_12m, 90000)

    def test_customer_merged_with_another_does_not_come_back_in_his_place(self):
        third = self._create_partner("Third")
        small, big = self._rate(self.small, 90000), self._rate(self.big, 100)
        self._merge(self.small, self.big)
        self.big.write({"parent_id": third.id, "is_company": False})
        self.big.write({"parent_id": False, "is_company": True})
        self.assertRecordValues(
            big | small,
            [
                {"active": True, "merged_into_id": False},
                {"active": False, "merged_into_id": big.id},
            ],
        )

    def test_run_finds_contacts_that_moved_by_a_path_without_our_code(self):
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        messages = self._count_messages(big | small)
        self._move_in_sql(self.small, self.big)
        self._run_cron()
        self.assertEqual(small.merged_into_id, big)
        self.assertEqual(big.amount_12m, 90100)
        self._move_in_sql(self.small, self.small)
        self._run_cron()
        self.assertRecordValues(small, [{"active": True, "merged_into_id": False}])
        self.assertEqual(big.amount_12m, 90000)
        self.assertEqual(self._count_messages(big | small), messages)

    def _move_in_sql(self, partner, commercial):
        self.env.flush_all()
        parent = commercial if commercial != partner else partner.browse()
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner
                      SET commercial_partner_id = %s, parent_id = %s, is_company = %s
                    WHERE id = %s""",
                commercial.id,
                parent.id or None,
                not parent,
                partner.id,
            )
        )
        self.env.invalidate_all()

    def _count_messages(self, profiles):
        return self.env["mail.message"].search_count(
            [("model", "=", "customer.profile"), ("res_id", "in", profiles.ids)]
        )

    # === ARCHIVE, DELETE, SALESPERSON === #

    def test_customer_is_archived_and_restored_with_his_contact(self):
        small = self._rate(self.small, 100)
        self.small.active = False
        self.assertFalse(small.active)
        self._run_cron()
        self.assertFalse(small.active)
        self.small.active = True
        self.assertTrue(small.active)

    def test_merged_customer_stays_archived_when_his_contact_is_restored(self):
        big, small = self._rate(self.big, 90000), self._rate(self.small, 100)
        self._merge(self.small, self.big)
        self.big.active = False
        self.big.active = True
        self.assertTrue(big.active)
        self.assertFalse(small.active)

    def test_contact_with_a_score_history_cannot_be_deleted(self):
        rated = self._create_partner("Rated")
        profile = self._get_profile(rated)
        self._score(rated)
        self.assertFalse(profile.score_ids)
        self._create_opening(rated, "2026-02-01", 500, 1)
        self._score(rated)
        with self.assertRaisesRegex(UserError, "Rated is a customer with a history"):
            rated.unlink()
        self.assertTrue(profile.exists())

    def test_contact_with_opening_amounts_only_cannot_be_deleted(self):
        opened = self._create_partner("Opened")
        self._create_opening(opened, "2026-02-01", 500, 1)
        with self.assertRaisesRegex(UserError, "Opened has a score history or opening"):
            opened.unlink()

    def test_customer_with_a_score_history_cannot_be_deleted(self):
        profile = self._rate(self.small, 100)
        manager = self._create_user("deleting", "manager")
        self.env["customer.opening"].search([("profile_id", "=", profile.id)]).unlink()
        with self.assertRaisesRegex(UserError, "Small has a score history"):
            profile.sudo().unlink()
        self.assertTrue(profile.with_user(manager).exists())

    def test_contacts_without_customer_or_with_an_empty_one_are_deleted(self):
        user = new_test_user(
            self.env, "deleter", groups="base.group_user,base.group_partner_manager"
        )
        profile = self._get_profile(self.small)
        (self.small | self.big).with_user(user).unlink()
        self.assertFalse(profile.exists())
        self.assertFalse((self.small | self.big).exists())

    def test_responsible_person_follows_the_salesperson_of_the_contact(self):
        first = self._create_user("first", "user")
        second = self._create_user("second", "user")
        self.small.user_id = first
        small = self._get_profile(self.small)
        self.assertRecordValues(small, [{"user_id": first.id, "is_user_manual": False}])
        self.small.user_id = second
        self.assertRecordValues(
            small, [{"user_id": second.id, "is_user_manual": False}]
        )

    def test_responsible_person_set_by_hand_no_longer_follows(self):
        first = self._create_user("first", "user")
        second = self._create_user("second", "user")
        small = self._get_profile(self.small)
        small.user_id = first
        self.small.user_id = second
        self._run_cron()
        self.assertRecordValues(small, [{"user_id": first.id, "is_user_manual": True}])
        small.action_follow_salesperson()
        self.assertRecordValues(
            small, [{"user_id": second.id, "is_user_manual": False}]
        )

    def test_run_follows_a_salesperson_changed_without_our_code(self):
        first = self._create_user("first", "user")
        small = self._get_profile(self.small)
        written = small.write_date
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET user_id = %s WHERE id = %s",
                first.id,
                self.small.id,
            )
        )
        self.env.invalidate_all()
        self._run_cron()
        self.assertEqual(small.user_id, first)
        self.assertEqual(small.write_date, written)
