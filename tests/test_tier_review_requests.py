from odoo.tests import tagged

from .tier_review_common import TierReviewCase


@tagged("post_install", "-at_install")
class TestTierReviewRequests(TierReviewCase):
    """Tiers held by a request, and what waits, on the tier review of 30 September."""

    def _create_request(self, name, state, wished, user=None, **values):
        profile = self._create_customer(name, user)
        self._add_tier(profile, "2026-06-30", None, "B", 20)
        return self.env["customer.tier.request"].create(
            {
                "profile_id": profile.id,
                "state": state,
                "from_tier_id": self.tiers["B"].id,
                "wished_tier_id": self.tiers[wished].id,
                "requester_id": self.sales.id,
                **values,
            }
        )

    def _create_wish(self, name, state, date_end, decided, **values):
        return self._create_request(
            name,
            state,
            "A",
            date_end=date_end,
            reason=f"Because of {name}",
            decider_id=self.manager.id,
            decided_datetime=decided,
            **values,
        )

    def test_tiers_held_on_the_review_day_are_listed_with_reason_and_names(self):
        self._create_wish("Held", "approved", "2026-12-31", "2026-09-30 23:00:00")
        self._create_wish("Last day", "ended", "2026-09-30", "2026-07-01 09:00:00")
        # decided a day later, ended a day earlier, refused
        self._create_wish("Later", "approved", "2026-12-31", "2026-10-01 00:00:00")
        self._create_wish("Over", "ended", "2026-09-29", "2026-07-01 09:00:00")
        self._create_wish("Refused", "refused", "2026-12-31", "2026-07-01 09:00:00")
        [page] = self._read_pages(self._print(self._prepare()))
        self.assertIn("2 held", page)
        held = page.split("Held by request")[1]
        self.assertIn("Held B→A 12/31/2026 Because of Held Sally", held)
        self.assertIn("Last day B→A 09/30/2026 Because of Last day Sally", held)
        for name in ("Later", "Over", "Refused"):
            self.assertNotIn(name, held)

    def test_downgrades_that_wait_are_listed(self):
        self._create_request("Falling", "waiting", "C", kind="downgrade")
        [page] = self._read_pages(self._print(self._prepare()))
        self.assertIn("1 waiting for a decision today", page)
        waiting = page.split("Waiting for a decision today")[1]
        self.assertIn("Falling B→C – Downgrade proposed by the tier review", waiting)

    def test_move_by_request_names_it_beside_the_figures(self):
        profile = self._create_customer("Wished")
        self._add_tier(profile, "2026-06-30", None, "B", 20)
        self._add_tier(profile, "2026-08-01", "B", "A", 20, "request")
        [page] = self._read_pages(self._print(self._prepare()))
        self.assertIn("Wished B→A 20 → 20", page)
        self.assertIn("Approved request", page)

    def test_requests_about_colleagues_customers_are_not_on_the_paper(self):
        self._create_wish(
            "Secret", "approved", "2026-12-31", "2026-07-01 09:00:00",
            user=self.colleague,
        )  # fmt: skip
        self._create_wish("Own", "approved", "2026-12-31", "2026-07-01 09:00:00")
        text = " ".join(self._read_pages(self._print(self._prepare())))
        self.assertIn("Because of Own", text)
        self.assertNotIn("Secret", text)
