from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import DAY
from .tier_requests_common import TierRequestCase


@tagged("post_install", "-at_install")
class TestTierRequests(TierRequestCase):
    """The first responsible asks, another person who is a manager decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(f"{DAY} 12:00:00"):
            cls.profile._score_now()

    # === ASKING === #

    def test_first_responsible_asks_and_one_manager_is_told(self):
        request = self._ask("A")
        self.assertRecordValues(
            request,
            [
                {
                    "kind": "wish",
                    "state": "waiting",
                    "company_id": self.company.id,
                    "requester_id": self.sales.id,
                    "from_tier_id": self.tiers["B"].id,
                    "wished_tier_id": self.tiers["A"].id,
                    "outcome": False,
                }
            ],
        )
        self.assertEqual(self.profile.tier_id.code, "B")
        self.assertEqual(request.sudo().activity_ids.user_id, self.manager)
        self.assertEqual(self.profile.tier_request_text, "Li Wei asks for A (key)")

    def test_manager_who_is_not_the_leader_is_told_when_the_leader_asked(self):
        self.env.ref("base.user_admin").active = False
        request = self._ask(user=self.manager)
        manager = request.sudo().activity_ids.user_id
        self.assertTrue(manager)
        self.assertNotEqual(manager, self.manager)

    def test_only_the_first_responsible_or_a_manager_asks(self):
        for user in (self.colleague, self.stranger, self.foreigner):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._ask(user=user)
            button = self.profile.with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                button.action_ask_tier()
        self.assertEqual(self._ask(user=self.manager).requester_id, self.manager)

    def test_nobody_but_a_manager_asks_for_a_customer_without_an_owner(self):
        self.profile.user_id = False
        for user in (self.sales, self.stranger):
            with self.assertRaises(AccessError):
                self._ask(user=user)
        self._ask(user=self.manager)

    def test_outsiders_can_neither_ask_nor_read(self):
        request = self._ask()
        for number, groups in enumerate(("base.group_portal", "base.group_user")):
            user = new_test_user(self.env, f"request_outsider_{number}", groups=groups)
            with self.assertRaises(AccessError):
                self._ask(user=user)
            with self.assertRaises(AccessError):
                request.with_user(user).read(["reason"])

    def test_end_date_lies_after_today_and_within_a_year(self):
        for until in ("2026-11-20", "2026-11-21", "2027-11-22", False):
            with (
                self.subTest(until=until),
                self.assertRaisesRegex(UserError, "must come after today, 11/21/2026"),
            ):
                self._ask(until=until)
        for until in ("2026-11-22", "2027-11-21"):
            self._ask(until=until).with_user(self.sales).action_withdraw()

    def test_day_of_the_end_date_is_the_company_s(self):
        self.company.customer_tz = "Asia/Shanghai"  # noon UTC is the 21st there too
        requests = self.env["customer.tier.request"].with_user(self.sales)
        vals = {
            "profile_id": self.profile.id,
            "wished_tier_id": self.tiers["A"].id,
            "reason": "Late in the evening",
            "date_end": "2026-11-22",
        }
        with freeze_time("2026-11-21 17:00:00"), self.assertRaises(UserError):
            requests.create(vals)

    def test_reason_is_required(self):
        for reason in ("", "  \n", False):
            with (
                self.subTest(reason=reason),
                self.assertRaisesRegex(UserError, "Say why"),
            ):
                self._ask(reason=reason)

    def test_second_request_at_once_is_refused(self):
        request = self._ask()
        with self.assertRaisesRegex(UserError, "already waits"):
            self._ask("S")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            request.sudo().copy()
            self.env.flush_all()

    def test_tier_of_another_scorecard_cannot_be_asked_for(self):
        draft = self.tier_card.copy()
        for tier in (draft.tier_ids[0].id, False):
            with self.assertRaisesRegex(UserError, "not a tier of the active"):
                self._ask(wished_tier_id=tier)

    def test_archived_or_left_out_customers_cannot_get_a_wish(self):
        for vals in ({"active": False}, {"is_not_rated": True}):
            self.profile.write(vals)
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "archived"):
                self._ask()
            self.profile.write({"active": True, "is_not_rated": False})

    def test_decision_fields_cannot_be_given_or_defaulted(self):
        for name, value in (
            ("state", "approved"),
            ("kind", "downgrade"),
            ("requester_id", self.stranger.id),
            ("decider_id", self.manager.id),
            ("from_tier_id", self.tiers["S"].id),
            ("outcome", "kept"),
        ):
            with self.subTest(name=name, by="value"), self.assertRaises(AccessError):
                self._ask(**{name: value})
            requests = self.env["customer.tier.request"].with_user(self.sales)
            with self.subTest(name=name, by="default"), self.assertRaises(AccessError):
                requests.with_context(**{f"default_{name}": value}).create(
                    {"profile_id": self.profile.id}
                )

    # === DECIDING === #

    def test_approval_sets_the_tier_at_once(self):
        request = self._ask("A")
        self._approve(request)
        self.assertEqual(self.profile.tier_id.code, "A")
        self.assertEqual(self._get_moves()[1:], [("2026-11-21", "B", "A", "request")])
        self.assertRecordValues(
            self.profile.tier_change_ids[0],
            [{"mode": "manual", "direction": "up", "total": 22.5}],
        )
        self.assertRecordValues(
            request.sudo(),
            [
                {
                    "state": "approved",
                    "decider_id": self.manager.id,
                    "outcome": "pending",
                    "activity_ids": [],
                }
            ],
        )
        self.assertEqual(self.profile.tier_request_id, request)
        self.assertEqual(str(self.profile.date_tier_held), "2027-02-10")

    def test_asker_is_told_of_the_decision_and_nobody_else(self):
        request = self._ask()
        self._refuse(request, "Ask again in spring")
        message = request.sudo().message_ids[0]
        self.assertEqual(message.notified_partner_ids, self.sales.partner_id)
        self.assertIn("Refused. Ask again in spring", message.body)
        self.assertEqual(message.author_id, self.manager.partner_id)

    def test_nobody_approves_or_refuses_his_own_request(self):
        request = self._ask(user=self.manager)
        for record in (request, request.sudo()):
            with self.assertRaisesRegex(AccessError, "another manager"):
                record.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(AccessError, "another manager"):
            request.with_user(self.manager).sudo().action_approve()
        with self.assertRaisesRegex(AccessError, "another manager"):
            self._refuse(request, user=self.manager)
        self.assertFalse(request.with_user(self.manager).can_decide)
        self.assertTrue(request.with_user(self.second).can_decide)
        self._approve(request, self.second)
        self.assertEqual(self.profile.tier_id.code, "A")

    def test_only_managers_of_the_company_decide(self):
        request = self._ask()
        for user in (self.sales, self.colleague, self.stranger, self.foreigner):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._approve(request, user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                request.with_user(user).action_refuse()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._refuse(request, user=user)
        self.assertEqual((request.state, self.profile.tier_id.code), ("waiting", "B"))

    def test_nobody_writes_or_deletes_a_request(self):
        request = self._ask()
        for user in (self.sales, self.manager):
            for vals in ({"state": "approved"}, {"date_end": "2028-01-01"}):
                with self.assertRaises(AccessError):
                    request.with_user(user).write(vals)
            with self.assertRaises(AccessError):
                request.with_user(user).unlink()

    def test_refusal_needs_a_note_and_leaves_the_tier(self):
        request = self._ask()
        with self.assertRaisesRegex(UserError, "Say why you refuse"):
            self._refuse(request, "  ")
        self._refuse(request, "Not yet")
        self.assertEqual((request.state, request.decision_note), ("refused", "Not yet"))
        self.assertEqual(self.profile.tier_id.code, "B")
        self._ask("S")  # he may ask again

    def test_decided_requests_cannot_be_decided_again(self):
        request = self._ask()
        self._approve(request)
        for decide in (self._approve, self._refuse):
            with self.assertRaisesRegex(UserError, "no longer waits"):
                decide(request)
        with self.assertRaises(AccessError):
            request.with_user(self.sales).action_withdraw()

    def test_request_whose_end_has_passed_cannot_be_approved(self):
        request = self._ask(until="2026-11-25")
        with self.assertRaisesRegex(UserError, "has passed"):
            self._approve(request, day="2026-11-26")
        self._approve(request, day="2026-11-25")

    def test_customer_left_out_or_archived_meanwhile_gets_no_tier(self):
        request = self._ask()
        for vals in ({"active": False}, {"is_not_rated": True}):
            self.profile.write(vals)
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._approve(request)
            self.profile.write({"active": True, "is_not_rated": False})

    # === OWNERS === #

    def test_request_goes_on_without_its_asker_and_the_new_owner_withdraws_it(self):
        request = self._ask()
        with self.assertRaises(AccessError):
            request.with_user(self.colleague).action_withdraw()
        self.sales.active = False
        self.assertEqual(request.state, "waiting")
        self.profile.user_id = self.colleague
        request.with_user(self.colleague).action_withdraw()
        self.assertEqual(request.state, "withdrawn")
        self.assertFalse(request.sudo().activity_ids)

    def test_request_of_an_archived_asker_can_be_approved(self):
        request = self._ask()
        self.sales.active = False
        self._approve(request)
        self.assertEqual(self.profile.tier_id.code, "A")

    # === A CUSTOMER WITHOUT A TIER === #

    def test_prospect_gets_a_first_tier_by_request(self):
        partner = self._create_partner("Request Prospect", user_id=self.sales.id)
        profile = self._get_profile(partner)
        self._hold("A", profile=profile)
        self.assertEqual(profile.tier_id.code, "A")
        self.assertEqual(self._get_moves(profile), [("2026-11-21", "", "A", "request")])
        self.assertEqual(str(profile.date_next_review), "2026-12-31")
        self._run_night("2026-11-22")
        self.assertEqual(
            (profile.tier_id.code, profile.rating_state), ("A", "not_rated")
        )
