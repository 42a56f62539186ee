from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .tier_requests_common import TierRequestCase


@tagged("post_install", "-at_install")
class TestTierRequestDowngrades(TierRequestCase):
    """A review proposes a lower tier where the company wants managers to approve."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_downgrade_approval = True

    def setUp(self):
        super().setUp()
        # A by his ratings, then B by the figures: 27 falls to 22.5
        self._rate(self.profile, 10, "2026-11-01")
        self._run_night("2026-11-21")
        self._rate(self.profile, 0, False)

    def _get_requests(self, profile=None):
        return self.env["customer.tier.request"].search(
            [("profile_id", "=", (profile or self.profile).id)], order="id"
        )

    def _get_notices(self, user):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", user.partner_id.ids)]
        )

    def test_downgrade_waits_and_the_old_tier_stays(self):
        self._run_night("2026-12-31")
        self.assertEqual(self.profile.tier_id.code, "A")
        self.assertEqual(str(self.profile.date_next_review), "2027-03-31")
        self.assertRecordValues(
            self._get_requests(),
            [
                {
                    "kind": "downgrade",
                    "state": "waiting",
                    "from_tier_id": self.tiers["A"].id,
                    "wished_tier_id": self.tiers["B"].id,
                    "total": 22.5,
                    "requester_id": False,
                }
            ],
        )
        self.assertEqual(str(self._get_requests().date_proposed), "2026-12-31")
        self.assertEqual(
            self.profile.tier_request_text,
            "B (potential) proposed, waits for a manager",
        )

    def test_without_the_setting_a_downgrade_takes_effect_at_once(self):
        self.company.customer_downgrade_approval = False
        self._run_night("2026-12-31")
        self.assertEqual(self.profile.tier_id.code, "B")
        self.assertFalse(self._get_requests())

    def test_setting_of_one_company_is_not_that_of_another(self):
        self.company.customer_downgrade_approval = False
        self.other_company.customer_downgrade_approval = True
        self._run_night("2026-12-31")
        self.assertEqual(self.profile.tier_id.code, "B")

    def test_upgrades_first_tiers_and_exclusions_do_not_wait(self):
        up = self._create_customer("Request Up")
        self._run_night("2026-11-22")
        self.assertEqual(up.tier_id.code, "B")
        self._rate(up, 10, "2026-11-23")
        excluded = self._create_customer("Request Out", rating=10)
        self._run_night("2026-11-24")
        excluded.is_not_rated = True
        self._run_night("2026-12-31")
        self.assertEqual(up.tier_id.code, "A")
        self.assertFalse(excluded.tier_id)
        self.assertFalse(self._get_requests(up) | self._get_requests(excluded))

    def test_approval_makes_the_change(self):
        self._run_night("2026-12-31")
        self._approve(self._get_requests(), day="2027-01-05")
        self.assertEqual(self.profile.tier_id.code, "B")
        self.assertEqual(self._get_moves()[1:], [("2027-01-05", "A", "B", "downgrade")])
        self.assertRecordValues(
            self.profile.tier_change_ids[0],
            [{"mode": "manual", "direction": "down", "total": 22.5}],
        )
        self.assertFalse(self.profile.tier_request_id)
        self._rate(self.profile, 10, "2027-01-06")
        self._run_night("2027-03-31")  # it holds nothing
        self.assertEqual(self.profile.tier_id.code, "A")

    def test_manager_approves_several_at_once(self):
        more = self._create_customer("Request More", rating=10)
        self._run_night("2026-11-22")
        self._rate(more, 0, False)
        self._run_night("2026-12-31")
        self._approve(self._get_requests() | self._get_requests(more))
        self.assertEqual((self.profile | more).mapped("tier_id.code"), ["B"])

    def test_wish_and_proposal_approved_together_hold_the_tier(self):
        self._run_night("2026-12-31")
        proposal = self._get_requests()
        wish = self._ask("A", "2027-06-30", day="2026-12-31")
        for requests in (wish | proposal, proposal | wish):
            with self.subTest(requests.mapped("kind")), self.cr.savepoint() as undo:
                self._approve(requests, day="2026-12-31")
                self.assertEqual(wish.sudo().state, "approved")
                self.assertEqual(proposal.sudo().state, "replaced")
                self.assertEqual(self.profile.tier_id.code, "A")
                self.assertEqual(self.profile.tier_request_id, wish)
                undo.rollback()
                self.env.invalidate_all()

    def test_refusal_leaves_the_tier_until_the_next_review_proposes_again(self):
        self._run_night("2026-12-31")
        self._refuse(self._get_requests())
        self._run_night("2027-03-30")
        self.assertEqual(len(self._get_requests()), 1)
        self._run_night("2027-03-31")
        self.assertEqual(self._get_requests().mapped("state"), ["refused", "waiting"])
        self.assertEqual(self.profile.tier_id.code, "A")

    def test_newer_proposal_replaces_the_older(self):
        self._run_night("2026-12-31")
        self._run_night("2027-03-31")
        self.assertEqual(self._get_requests().mapped("state"), ["replaced", "waiting"])
        self.assertEqual(str(self._get_requests()[1].date_proposed), "2027-03-31")

    def test_same_review_again_changes_nothing(self):
        self._run_night("2026-12-31")
        proposal = self._get_requests()
        self.profile.date_next_review = "2026-12-31"
        self._run_night("2027-01-02")
        self.assertEqual(self._get_requests(), proposal)
        self.assertEqual(proposal.state, "waiting")

    def test_proposal_expires_when_the_next_review_proposes_none(self):
        self._run_night("2026-12-31")
        self._rate(self.profile, 10, "2027-01-05")
        self._run_night("2027-03-31")
        self.assertEqual(self._get_requests().mapped("state"), ["expired"])
        self.assertEqual(self.profile.tier_id.code, "A")

    def test_review_now_by_a_manager_decides_at_once(self):
        self._run_night("2026-12-31")
        with freeze_time("2026-12-31 12:00:00"):
            self.profile.with_user(self.manager).action_review_now()
        self.assertEqual(self.profile.tier_id.code, "B")
        self.assertEqual(self._get_requests().mapped("state"), ["expired"])

    def test_exclusion_closes_a_proposal(self):
        self._run_night("2026-12-31")
        self.profile.is_not_rated = True
        self._run_night("2027-01-02")
        self.assertFalse(self.profile.tier_id)
        self.assertEqual(self._get_requests().mapped("state"), ["expired"])

    def test_owner_answers_a_proposal_with_a_wish(self):
        self._run_night("2026-12-31")
        proposal = self._get_requests()
        wish = self._ask("A", "2027-04-10", day="2027-01-02")
        self._approve(wish, day="2027-01-03")
        self.assertEqual((wish.sudo().state, proposal.state), ("approved", "replaced"))
        self._run_night("2027-03-31")
        self.assertEqual(len(self._get_requests()), 2)  # held: nothing is proposed
        self._run_night("2027-04-11")
        self.assertEqual(self.profile.tier_id.code, "B")  # the end needs no approval
        self.assertEqual(len(self._get_requests()), 2)

    def test_proposal_that_the_tier_has_left_behind_cannot_be_approved(self):
        self._run_night("2026-12-31")
        proposal = self._get_requests()
        self.profile.tier_id = self.tiers["C"]
        with self.assertRaisesRegex(UserError, "has moved since"):
            self._approve(proposal)

    def test_managers_get_one_notice_of_a_run_with_the_number(self):
        more = self._create_customer("Request More", rating=10)
        self._run_night("2026-11-22")
        self._rate(more, 0, False)
        self._run_night("2026-12-31")
        self._run_night("2026-12-31")
        notice = self._get_notices(self.manager)
        self.assertEqual(len(notice), 1)
        self.assertEqual(
            notice.subject, "2 downgrades wait for your approval, as of 12/31/2026"
        )
        self.assertFalse(self._get_notices(self.foreigner))
        self.assertFalse(
            self.env["mail.activity"].search(
                [("res_model", "=", "customer.tier.request")]
            )
        )
        # a review that proposes none tells nothing
        for profile in self.profile | more:
            self._rate(profile, 10, "2027-01-05")
        self._run_night("2027-03-31")
        self.assertEqual(self._get_notices(self.manager), notice)
