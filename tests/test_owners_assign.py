from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .owner_common import OwnerCase


@tagged("post_install", "-at_install")
class TestOwnersAssign(OwnerCase):
    """Many customers get a first responsible person at once."""

    def _open(self, profiles, user):
        action = (
            self.env["customer.assign"]
            .with_user(user)
            ._open_for(profiles.with_user(user))
        )
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def test_a_manager_assigns_customers_of_several_people_to_one(self):
        profiles = (
            self._create_customer("First", self.seller)
            | self._create_customer("Second", self.stranger)
            | self._create_customer("Third")
            | self._create_customer("Fourth", self.mate)
        )
        wizard = self._open(profiles, self.manager)
        wizard.user_id = self.mate
        self.assertEqual((wizard.profile_count, wizard.change_count), (4, 3))
        for name in ("Seller", "Stranger", "Unassigned", "Mate"):
            self.assertIn(name, wizard.preview)
        wizard.action_assign()
        self.assertEqual(profiles.user_id, self.mate)
        # so that the nightly run does not give them back to the salesperson
        changed = profiles.filtered(lambda p: p.partner_id.name != "Fourth")
        self.assertEqual(changed.mapped("is_user_manual"), [True, True, True])

    def test_the_change_stays_in_the_history_of_the_customer(self):
        profile = self._create_customer("Tracked", self.seller)
        self._flush_tracking()
        wizard = self._with_tracking(self._open(profile, self.manager), self.manager)
        wizard.user_id = self.mate
        wizard.action_assign()
        self._flush_tracking()
        values = profile.message_ids.tracking_value_ids.filtered(
            lambda value: value.field_id.name == "user_id"
        )
        self.assertEqual(
            (values.old_value_char, values.new_value_char), ("Seller", "Mate")
        )
        self.assertEqual(values.mail_message_id.author_id, self.manager.partner_id)

    def _flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_the_new_person_is_told_once(self):
        profiles = self.env["customer.profile"].union(
            *(self._create_customer(f"Customer {number}") for number in range(3))
        )
        before = self._get_messages(self.mate)
        wizard = self._with_tracking(self._open(profiles, self.manager), self.manager)
        wizard.user_id = self.mate
        wizard.action_assign()
        self._flush_tracking()
        messages = self._get_messages(self.mate) - before
        self.assertEqual(
            messages.mapped("subject"), ["3 customers were assigned to you"]
        )

    def _get_messages(self, user):
        return (
            self.env["mail.notification"]
            .search([("res_partner_id", "=", user.partner_id.id)])
            .mail_message_id
        )

    def test_a_user_takes_what_nobody_has_and_leaves_the_rest(self):
        free = self._create_customer("Free")
        taken = self._create_customer("Taken", self.mate)
        wizard = self._open(free | taken, self.seller)
        self.assertEqual((wizard.user_id, wizard.change_count), (self.seller, 1))
        wizard.action_assign()
        self.assertEqual((free.user_id, taken.user_id), (self.seller, self.mate))

    def test_a_user_who_takes_only_what_colleagues_have_is_told_so(self):
        taken = self._create_customer("Taken", self.mate)
        with self.assertRaisesRegex(UserError, "Somebody is responsible"):
            self._open(taken, self.seller).action_assign()
        self.assertEqual(taken.user_id, self.mate)

    def test_a_user_cannot_assign_to_somebody_else(self):
        free = self._create_customer("Free")
        wizard = self._open(free, self.seller)
        wizard.user_id = self.mate
        with self.assertRaisesRegex(AccessError, "Only managers"):
            wizard.action_assign()
        self.assertFalse(free.user_id)

    def test_who_cannot_be_responsible_is_named(self):
        free = self._create_customer("Free")
        abroad = self._create_user(
            "owner_abroad", "user", name="Abroad", company=self.other_company
        )
        self.leaver.active = False
        for user, message in (
            (self.leaver, "Leaver is archived"),
            (self.plain, "Plain has no Customer Success role"),
            (self.portal, "Portal has no Customer Success role"),
            (abroad, "Abroad has no access to"),
        ):
            with self.subTest(user=user.name):
                wizard = self._open(free, self.manager)
                self.assertNotIn(user, wizard.possible_user_ids)
                wizard.user_id = user
                with self.assertRaisesRegex(UserError, message):
                    wizard.action_assign()
                self.assertFalse(free.user_id)

    def test_customers_of_other_companies_and_teams_cannot_be_selected(self):
        foreign = self._create_customer("Foreign", company=self.other_company)
        with self.assertRaises(AccessError):
            self._open(foreign, self.manager)
        with self.assertRaises(AccessError):
            self._open(self._create_customer("Theirs", self.stranger), self.seller)

    def test_portal_and_plain_people_cannot_open_it(self):
        free = self._create_customer("Free")
        for user in (self.portal, self.plain):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._open(free, user)

    def test_a_customer_who_became_part_of_another_follows_him(self):
        survivor = self._create_customer("Survivor", self.seller)
        merged = self._create_customer("Merged", self.stranger)
        merged._merge_into(survivor)
        wizard = self._open(survivor | merged, self.manager)
        wizard.user_id = self.mate
        self.assertEqual(wizard.change_count, 1)
        wizard.action_assign()
        self.assertEqual(merged.user_id, self.mate)

    def test_statements_do_not_grow_with_the_customers(self):
        def count(number):
            profiles = self.env["customer.profile"].create(
                [
                    {"partner_id": partner.id, "user_id": self.seller.id}
                    for partner in self.env["res.partner"].create(
                        [{"name": f"Many {index}"} for index in range(number)]
                    )
                ]
            )
            wizard = self._with_tracking(
                self._open(profiles, self.manager), self.manager
            )
            wizard.user_id = self.mate
            self._flush_tracking()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_assign()
            self._flush_tracking()
            return self.env.cr.sql_log_count - before

        count(5)  # caches
        few, many = count(5), count(105)
        self.assertLessEqual(many - few, 5, (few, many))


@tagged("post_install", "-at_install")
class TestOwnersLists(OwnerCase):
    """The lists of customers whose owner is missing or gone."""

    def _search(self, domain, user):
        profiles = self.env["customer.profile"].with_user(user)
        return profiles.search([*domain, ("partner_id.name", "like", "Listed")])

    def test_customers_whose_person_is_gone_are_found(self):
        abroad = self._create_user(
            "owner_abroad", "user", name="Abroad", company=self.other_company
        )
        gone = (
            self._create_customer("Listed leaver", self.leaver)
            | self._create_customer("Listed plain", self.plain)
            | self._create_customer("Listed abroad", abroad)
        )
        here = self._create_customer("Listed seller", self.seller)
        free = self._create_customer("Listed free")
        self.leaver.active = False
        found = self._search([("has_owner_gone", "=", True)], self.manager)
        self.assertEqual(found, gone)
        found = self._search([("has_owner_gone", "=", False)], self.manager)
        self.assertEqual(found, here | free)
        self.assertEqual(
            (gone | here | free).mapped("has_owner_gone"), [True] * 3 + [False] * 2
        )

    def test_unassigned_customers_are_those_without_a_person(self):
        self._create_customer("Listed seller", self.seller)
        free = self._create_customer("Listed free")
        action = self.env.ref("customer_success.customer_profile_action_unassigned")
        self.assertIn("search_default_filter_unassigned", action.context)
        found = self._search([("user_id", "=", False)], self.seller)
        self.assertEqual(found, free)
