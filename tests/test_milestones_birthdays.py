import json

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import DAY
from .milestone_common import MilestoneCase

PERSON = "Canary Person"
BIRTHDAY = "2026-11-23"


@tagged("post_install", "-at_install")
class TestMilestonesBirthdays(MilestoneCase):
    """Who must not know of a birthday learns of none, in no way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = cls._create_birthday(cls.profile, PERSON, 11, 23)
        cls.boss = cls._create_user("milestone_boss", "manager")
        cls.reader = cls._create_user("milestone_reader", "personal_reader")

    def setUp(self):
        super().setUp()
        self._raise()
        [self.birthday] = self._get(self.profile, "birthday")
        self.activity = self._get_activities(self.birthday)

    def test_birthday_is_made_three_days_ahead_and_names_nobody_in_storage(self):
        self.assertEqual(str(self.birthday.date), BIRTHDAY)
        self.assertEqual(self.activity.user_id, self.sales)
        self.env.flush_all()
        for table in ("customer_milestone", "mail_activity", "mail_message"):
            self.env.cr.execute(
                f"SELECT COUNT(*) FROM {table} t WHERE t::text LIKE %s", [f"%{PERSON}%"]
            )
            with self.subTest(table=table):
                self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_entitled_people_see_whose_birthday_it_is(self):
        for user in (self.sales, self.reader):
            with self.subTest(user=user.login):
                mine = self.birthday.with_user(user)
                self.assertEqual(mine.title, f"Birthday of {PERSON}")
        [row] = self.profile.with_user(self.sales)._get_milestone_card()
        self.assertEqual(
            (row["kind"], row["name"], row["date"]),
            ("birthday", f"Birthday of {PERSON}", BIRTHDAY),
        )

    def test_colleague_and_manager_find_nothing(self):
        for user in (self.colleague, self.boss):
            milestones = self.milestones.with_user(user)
            activities = self.env["mail.activity"].with_user(user)
            of_kind = [("kind", "=", "birthday")]
            with self.subTest(user=user.login):
                self.assertTrue(self.profile.with_user(user).has_access("read"))
                with self.assertRaises(AccessError):
                    self.birthday.with_user(user).read(["kind"])
                self.assertFalse(milestones.search(of_kind))
                self.assertFalse(milestones.search_count(of_kind))
                self.assertFalse(milestones.name_search("Milestone Customer"))
                groups = milestones.formatted_read_group([], ["kind"], ["__count"])
                self.assertNotIn("birthday", [row["kind"] for row in groups])
                profiles = self.profile.with_user(user)
                domain = [("milestone_ids.kind", "=", "birthday")]
                self.assertFalse(profiles.search(domain))
                self.assertFalse(profiles.milestone_ids)
                self.assertEqual(profiles._get_milestone_card(), [])
                self.assertFalse(
                    activities.search([("res_model", "=", "customer.milestone")])
                )
                self.assertFalse(activities.search([("user_id", "=", self.sales.id)]))
                with self.assertRaises(AccessError):
                    self.activity.with_user(user).read(["summary", "res_name"])

    def test_colleague_sees_it_neither_in_the_systray_nor_in_activity_views(self):
        users = self.env["res.users"].with_user(self.colleague)
        self.assertNotIn("customer.milestone", json.dumps(users._get_activity_groups()))
        data = (
            self.env["mail.activity"]
            .with_user(self.colleague)
            .get_activity_data("customer.milestone", [])
        )
        self.assertFalse(data["activity_res_ids"])
        mine = self.env["res.users"].with_user(self.sales)._get_activity_groups()
        self.assertIn("customer.milestone", [group["model"] for group in mine])

    def test_done_birthday_leaves_nothing_behind_that_a_colleague_can_read(self):
        self.activity.with_user(self.sales).action_feedback("Sent a card")
        self.assertEqual(self.birthday.state, "done")
        messages = self.env["mail.message"].with_user(self.colleague)
        self.assertFalse(messages.search([("model", "=", "customer.milestone")]))
        self.assertFalse(messages.search([("body", "ilike", "Sent a card")]))
        self.assertFalse(self.birthday.message_follower_ids)
        events = self.env["calendar.event"].with_user(self.colleague)
        self.assertFalse(events.search([("res_model", "=", "customer.milestone")]))

    def test_nobody_makes_a_birthday_or_turns_a_milestone_into_one(self):
        renewal = self._create_renewal()
        for user in (self.sales, self.boss):
            milestones = self.milestones.with_user(user)
            vals = {"profile_id": self.profile.id, "kind": "birthday", "date": DAY}
            with self.subTest(user=user.login):
                for values in (vals, {**vals, "personal_data_id": self.data.id}):
                    with self.assertRaises(AccessError):
                        milestones.create(values)
                with self.assertRaises(AccessError):
                    renewal.with_user(user).kind = "birthday"
                with self.assertRaises(AccessError):
                    renewal.with_user(user).personal_data_id = self.data
        with self.assertRaises(AccessError):
            self.birthday.with_user(self.sales).kind = "other"
        with self.assertRaises(AccessError):
            self.birthday.with_user(self.sales).personal_data_id = False

    def test_new_responsible_person_takes_over_the_old_one_sees_nothing(self):
        self.profile.user_id = self.colleague
        self.env.flush_all()
        self.assertEqual(self.activity.user_id, self.colleague)
        self.assertFalse(self.milestones.with_user(self.sales).search([]))
        with self.assertRaises(AccessError):
            self.activity.with_user(self.sales).read(["summary"])
        self.assertTrue(self.birthday.with_user(self.colleague).title)

    def test_another_birthday_or_its_erasure_takes_the_milestone_along(self):
        self.data.with_user(self.sales).birthday_day = 24
        self.assertFalse(self.birthday.exists())
        self.assertFalse(self.activity.exists())
        self._raise()
        [second] = self._get(self.profile, "birthday")
        self.assertEqual(str(second.date), "2026-11-24")
        self.data.with_user(self.sales).consent = "withdrawn"
        self.assertFalse(second.exists())
        self._raise()
        self.assertFalse(self._get(self.profile, "birthday"))

    def test_portal_users_have_no_access_at_all(self):
        portal = new_test_user(self.env, "milestone_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.milestones.with_user(portal).search([])
