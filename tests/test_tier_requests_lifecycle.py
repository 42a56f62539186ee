from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .tier_requests_common import TierRequestCase


@tagged("post_install", "-at_install")
class TestTierRequestLifecycle(TierRequestCase):
    """Requests run out, outlive scorecard versions and merges of customers."""

    def setUp(self):
        super().setUp()
        self._run_night("2026-11-21")

    def _get_tier(self, card, code):
        return card.tier_ids.filtered(lambda tier: tier.code == code)

    # === TIME === #

    def test_archived_customer_is_not_reviewed_until_he_is_back(self):
        request = self._hold("A", "2027-02-10")
        self.profile.active = False
        runs = self.env["customer.run"]
        before = runs.search_count([("job", "=", "review")])
        self._run_night("2027-02-12")
        reviewed = runs.search([("job", "=", "review"), ("date", "=", "2027-02-11")])
        self.assertFalse(reviewed)
        self.assertGreaterEqual(runs.search_count([("job", "=", "review")]), before)
        self.profile.active = True
        self._run_night("2027-02-20")
        self.assertEqual(request.state, "ended")
        self.assertEqual(self._get_moves()[-1][0], "2027-02-11")

    def test_unanswered_request_expires_after_its_end_date(self):
        request = self._ask(until="2026-11-25")
        self._run_night("2026-11-25")
        self.assertEqual(request.state, "waiting")
        self._run_night("2026-11-26")
        self.assertEqual(request.state, "expired")
        self.assertFalse(request.sudo().activity_ids)

    def test_manager_ends_a_request_today_and_the_review_of_tomorrow_decides(self):
        request = self._hold("A")
        with self.assertRaises(AccessError):
            request.with_user(self.sales).action_end_today()
        with freeze_time("2026-11-25 12:00:00"):
            request.with_user(self.second).action_end_today()
        self._run_night("2026-11-25")
        self.assertEqual(self.profile.tier_id.code, "A")
        self._run_night("2026-11-26")
        self.assertEqual(self._get_moves()[-1], ("2026-11-26", "A", "B", "request_end"))
        with self.assertRaises(UserError):
            request.with_user(self.second).action_end_today()

    # === SCORECARD VERSIONS === #

    def test_open_requests_follow_a_new_version_by_code(self):
        other = self._create_customer("Request Other")
        held, waiting = self._hold("A"), self._ask("S", profile=other)
        card = self.tier_card.copy()
        card.action_activate()
        self.assertEqual(held.wished_tier_id, self._get_tier(card, "A"))
        self.assertEqual(held.from_tier_id, self._get_tier(card, "B"))
        self.assertEqual(self.profile.tier_id, self._get_tier(card, "A"))
        self.assertEqual(waiting.wished_tier_id, self._get_tier(card, "S"))
        self._approve(waiting)
        self._run_night("2026-12-31")
        self.assertEqual(self.profile.tier_id, self._get_tier(card, "A"))
        self.assertEqual(other.tier_id, self._get_tier(card, "S"))

    def test_decided_requests_stay_with_the_version_of_their_time(self):
        request = self._ask("A")
        self._refuse(request)
        self.tier_card.copy().action_activate()
        self.assertEqual(request.wished_tier_id, self.tiers["A"])

    def test_own_card_of_another_company_leaves_requests_alone(self):
        request = self._hold("A")
        self.tier_card.copy({"company_id": self.other_company.id}).action_activate()
        self.assertEqual(request.wished_tier_id, self.tiers["A"])

    def test_wish_for_a_tier_that_a_new_version_lacks_expires(self):
        request = self._ask("S")
        card = self.tier_card.copy()
        self._get_tier(card, "S").unlink()
        card.action_activate()
        self.assertEqual(request.state, "expired")

    # === MERGE === #

    def _merge(self, sources, into):
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {
                "state": "option",
                "partner_ids": [Command.set((sources | into).ids)],
                "dst_partner_id": into.id,
            }
        )
        wizard.action_merge()
        self.env.invalidate_all()

    def test_override_does_not_travel_with_a_merge(self):
        survivor = self._create_customer("Request Survivor")
        self._run_night("2026-11-22")
        held = self._hold("A")
        waiting = self._ask("S")
        self._merge(self.profile.partner_id, survivor.partner_id)
        self.assertFalse(self.profile.active)
        self.assertRecordValues(
            held | waiting.sudo(),
            [
                {"state": "merged", "outcome": False, "profile_id": self.profile.id},
                {"state": "merged", "outcome": False, "profile_id": self.profile.id},
            ],
        )
        self.assertFalse(self.profile.tier_request_id)
        self.assertFalse(waiting.sudo().activity_ids)
        self.assertEqual(survivor.tier_id.code, "B")
        self.assertFalse(survivor.tier_request_id)
        self.assertEqual(survivor.tier_request_count, 2)

    def test_survivor_keeps_his_own_override(self):
        source = self._create_customer("Request Source")
        held = self._hold("A")
        self._merge(source.partner_id, self.profile.partner_id)
        self.assertEqual(held.state, "approved")
        self.assertEqual(self.profile.tier_request_id, held)
        self._run_night("2026-12-31")
        self.assertEqual(self.profile.tier_id.code, "A")

    def test_open_request_stays_in_sight_while_the_form_is_edited(self):
        self._ask("A")
        profile = self.profile.with_user(self.manager)
        names = ("tier_request_text", "tier_request_count", "can_ask_tier")
        changed = profile.onchange(
            {"user_id": self.manager.id}, ["user_id"], {name: {} for name in names}
        )
        self.assertFalse(changed.get("value"))
