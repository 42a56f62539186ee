from odoo.tests import tagged

from .robust import RobustCase

REVIEW_DAY = "2026-12-31"
LATER = "2027-08-20"


@tagged("post_install", "-at_install")
class TestNotice(RobustCase):
    """People learn once, in their language, what moved at their customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls._create_user("notice_owner", "user")
        cls.reader = cls._create_user("notice_reader", "user", lang="zh_CN")
        cls.partners[:3].user_id = cls.owner
        cls.partners[3:].user_id = cls.reader
        profiles = cls.env["customer.profile"].search(
            [("partner_id", "in", cls.partners.ids)]
        )
        for profile in profiles:
            profile.user_id = profile.partner_id.user_id

    def _get_notices(self, user):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", user.partner_id.ids)]
        )

    def _move_up(self, partners):
        for profile in self._get_profiles(partners):
            profile.write({"outlook_rating": 10, "expansion_rating": 10})
            self._create_opening(profile.partner_id, "2026-03-01", 400000, 30)

    def _review(self):
        self._run_cron(day=REVIEW_DAY)
        self._run_cron("review_tiers", day=REVIEW_DAY)

    def test_first_ratings_tell_nobody(self):
        self._run_cron()
        self.assertEqual(set(self._get_profiles().mapped("rating_state")), {"rated"})
        self.assertFalse(self._get_notices(self.owner | self.reader))

    def test_each_person_gets_one_message_about_all_customers_that_moved(self):
        self._run_cron()
        self._move_up(self.partners[:2] | self.partners[3])
        self._review()
        moved = self._get_profiles(self.partners[:2] | self.partners[3])
        self.assertEqual(set(moved.tier_id.mapped("code")), {"A"})
        notice = self._get_notices(self.owner)
        self.assertEqual(len(notice), 1)
        self.assertIn("2 changes at your customers", notice.subject)
        for name in ("Robust 0", "Robust 1"):
            self.assertRegex(notice.body, rf"<li>{name}: C .*→ A ")
        self.assertNotIn("Robust 3", notice.body)

    def test_message_is_in_the_language_of_the_person(self):
        self._run_cron()
        self._move_up(self.partners[3])
        self._review()
        notice = self._get_notices(self.reader)
        self.assertRegex(notice.body, r"<li>Robust 3：C.*→ A")
        self.assertRegex(notice.subject, "[一-鿿]")

    def test_second_run_tells_nothing_twice(self):
        self._run_cron()
        self._move_up(self.partners[:2])
        self._review()
        self._review()
        self.assertEqual(len(self._get_notices(self.owner)), 1)

    def test_customers_newly_at_risk_are_told_once(self):
        for partner in self.partners[:2]:
            self._create_order(partner, "2026-11-01", 100)
        self._run_cron()
        customers = self._get_profiles(self.partners[:2])
        self.assertNotIn("at_risk", customers.mapped("health"))
        for _run in range(2):
            self._run_cron(day=LATER)
        self.assertEqual(set(customers.mapped("health")), {"at_risk"})
        notice = self._get_notices(self.owner)
        self.assertEqual(len(notice), 1)
        self.assertIn("Robust 0 is now at risk", notice.body)
        self.assertIn("Robust 1 is now at risk", notice.body)
        self._run_cron(day="2027-08-21")
        self.assertEqual(self._get_notices(self.owner), notice)

    def test_archived_person_gets_no_message(self):
        self._run_cron()
        self._move_up(self.partners[:2])
        self.owner.active = False
        self._review()
        self.assertFalse(self._get_notices(self.owner))
