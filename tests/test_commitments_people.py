from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .commitment_common import CommitmentCase


@tagged("post_install", "-at_install")
class TestCommitmentsPeople(CommitmentCase):
    """Promises follow people: hand-over, somebody leaves, customers are merged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_policy(4, escalate_hours=1, escalate_to="responsible")
        cls._keep_only(cls.policy)
        cls.successor = cls._create_user("promise_successor", "user")

    def test_what_is_still_to_keep_goes_to_the_new_owner_with_its_warning(self):
        kept = self._start()
        kept._meet(self._at("2026-11-20 11:00:00"))
        promise = self._start(round=2)
        others = self._start(round=3, user_id=self.manager.id)
        self.Promise._check_clocks(self._at("2026-11-20 13:00:00"))
        self.profile.user_id = self.successor
        self.assertEqual(promise.user_id, self.successor)
        self.assertEqual(self._get_warnings(promise).user_id, self.successor)
        self.assertEqual(kept.user_id, self.owner)
        self.assertEqual(others.user_id, self.manager)
        self.assertEqual(self._get_warnings(others).user_id, self.manager)

    def test_the_night_finds_owners_who_changed_another_way(self):
        promise = self._start()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE customer_profile SET user_id = %s WHERE id = %s",
                self.successor.id,
                self.profile.id,
            )
        )
        self.env.invalidate_all()
        self.assertEqual(promise.user_id, self.owner)
        self.Promise._refresh(self.company, self._at("2026-11-21").date())
        self.assertEqual(promise.user_id, self.successor)

    def test_the_promise_of_somebody_archived_goes_to_the_owner(self):
        promise = self._start(user_id=self.manager.id)
        self.manager.active = False
        self.Promise._refresh(self.company, self._at("2026-11-21").date())
        self.assertEqual(promise.user_id, self.owner)

    def test_an_archived_owner_keeps_no_warning(self):
        self.owner.active = False
        promise = self._start()
        self.Promise._check_clocks(self._at("2026-11-20 13:00:00"))
        self.assertEqual(self._get_warnings(promise).user_id, self.leader)

    def test_a_refresh_in_which_nothing_changed_leaves_everything(self):
        promise = self._start()
        self.env.flush_all()
        columns = promise.read()[0]
        self.Promise._refresh(self.company, self._at("2026-11-21").date())
        self.env.invalidate_all()
        self.assertEqual(promise.read()[0], columns)

    @freeze_time("2026-11-20 12:00:00")
    def test_promises_go_with_a_customer_who_becomes_part_of_another(self):
        survivor = self._create_profile("Survivor", self.successor)
        mine = self._start()
        his = self._start(profile=survivor)
        pause_day = self._at("2026-11-20 11:00:00")
        mine._pause("Waits", pause_day)
        self.profile._merge_into(survivor)
        self.assertEqual(mine.profile_id, survivor)
        self.assertEqual(mine.user_id, self.successor)
        self.assertEqual(mine.pause_ids.profile_id, survivor)
        self.assertEqual((mine | his).mapped("state"), ["paused", "running"])

    def test_merging_contacts_loses_no_promise(self):
        other = self._create_profile("Double", self.owner)
        mine = self._start()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(
            (self.profile.partner_id | other.partner_id).ids, other.partner_id
        )
        self.assertEqual(mine.exists().profile_id.partner_id, other.partner_id)

    def test_the_tile_counts_what_is_late_for_its_reader(self):
        self._start()
        stranger = self._create_profile("Elsewhere", self.manager)
        self._start(profile=stranger)
        with freeze_time("2026-11-20 15:00:00"):
            overview = self.env["customer.overview"].with_user(self.owner)
            number = overview._get_promise_number(
                [("id", "in", (self.profile | stranger).ids)]
            )
            self.assertEqual(number["count"], 1)
            found = self.Promise.with_user(self.owner).search(number["domain"])
            self.assertEqual(len(found), 1)
        with freeze_time("2026-11-20 13:30:00"):
            number = overview._get_promise_number([("id", "=", self.profile.id)])
            self.assertEqual((number["count"], number["soon"]["count"]), (0, 1))
