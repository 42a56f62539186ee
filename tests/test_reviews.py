from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestReviews(CustomerSuccessCase):
    """Tiers move at the first rating and at quarter ends, as of those days."""

    def _create_customer(self, name="Reviewed"):
        """Return a customer with 10 points for value: B, and A with high ratings.

        Unknown ratings: 40 x (10 + 1.5 + 5.5 + 5.5) / 40 = 22.5.
        """
        partner = self._create_partner(name)
        self._create_opening(partner, "2026-10-01", 3_000_000, 1)
        return self._get_profile(partner)

    def _rate(self, profile, rating, day):
        profile.write(
            {
                "outlook_rating": rating,
                "outlook_date": rating and day,
                "expansion_rating": rating,
                "expansion_date": rating and day,
            }
        )

    def _run_night(self, day):
        self._run_cron(day=day, at="02:05:00")
        self._run_cron("review_tiers", day=day, at="02:10:00")

    def _get_moves(self, profile):
        return [
            (
                str(change.date),
                change.from_tier_id.code or "",
                change.to_tier_id.code or "",
                change.reason,
            )
            for change in profile.tier_change_ids.sorted("id")
        ]

    FIRST = ("2026-11-21", "", "B", "first_rating")

    def test_first_rating_sets_the_tier_at_once_and_the_coming_quarter_end(self):
        profile = self._create_customer()
        self._run_night("2026-11-21")
        self.assertEqual((profile.tier_id.code, profile.tier_score), ("B", 22.5))
        self.assertEqual(str(profile.date_next_review), "2026-12-31")
        self.assertEqual(self._get_moves(profile), [self.FIRST])
        self.assertRecordValues(
            profile.tier_change_ids,
            [
                {
                    "direction": "first",
                    "mode": "automatic",
                    "total": 22.5,
                    "score_id": profile.score_ids.filtered(
                        lambda row: row.kind == "tier"
                    ).id,
                }
            ],
        )

    def test_first_rating_on_a_quarter_end_is_reviewed_at_the_next(self):
        profile = self._create_customer()
        self._run_night("2026-12-31")
        self.assertEqual(str(profile.date_next_review), "2027-03-31")

    def test_tier_stays_between_reviews_and_the_form_shows_what_it_would_be(self):
        profile = self._create_customer()
        self._run_night("2026-11-21")
        self._rate(profile, 10, "2026-11-22")
        self._run_night("2026-12-30")
        self.assertEqual(profile.tier_id.code, "B")
        self.assertEqual(profile.tier_today_id.code, "A")
        self.assertEqual(profile.tier_score, 27.0)
        self._run_night("2026-12-31")
        self.assertEqual(profile.tier_id.code, "A")
        self.assertEqual(
            self._get_moves(profile), [self.FIRST, ("2026-12-31", "B", "A", "review")]
        )
        self.assertEqual(profile.tier_change_ids[0].direction, "up")
        self.assertEqual(profile.tier_change_ids[0].score_id.total, 27.0)
        self.assertEqual(str(profile.date_next_review), "2027-03-31")

    def test_review_without_a_move_records_no_change(self):
        profile = self._create_customer()
        self._run_night("2026-11-21")
        self._run_night("2026-12-31")
        self.assertEqual(self._get_moves(profile), [self.FIRST])
        self.assertEqual(str(profile.date_next_review), "2027-03-31")

    def test_late_run_reviews_each_due_day_as_of_that_day(self):
        profile = self._create_customer()
        self._run_night("2026-11-21")
        # A from February on; by May the ratings are low again.
        self._create_invoice(profile.partner_id, "2027-02-01", 100, due="2028-01-01")
        self._rate(profile, 10, "2027-02-01")
        self._run_night("2027-07-10")
        self.assertEqual(
            self._get_moves(profile), [self.FIRST, ("2027-03-31", "B", "A", "review")]
        )
        self.assertEqual(str(profile.date_next_review), "2027-09-30")
        runs = self.env["customer.run"].search(
            [("job", "=", "review"), ("company_id", "=", self.company.id)]
        )
        self.assertLessEqual(
            {"2026-12-31", "2027-03-31", "2027-06-30"},
            {str(run.date) for run in runs},
        )
        self.assertEqual(set(runs.mapped("state")), {"done"})
        self.assertEqual(profile.tier_change_ids[0].score_id.date.month, 3)

    def test_review_of_a_company_waits_until_its_refresh_is_finished(self):
        profile = self._create_customer()
        self._run_night("2026-11-21")
        self._rate(profile, 10, "2026-11-22")
        # No refresh of the day at all.
        self._run_cron("review_tiers", day="2026-12-31")
        self.assertEqual(profile.tier_id.code, "B")
        self._run_cron(day="2026-12-31")
        run = self.env["customer.run"].search(
            [("company_id", "=", self.company.id), ("job", "=", "refresh")], limit=1
        )
        for state in ("queued", "running", "failed"):
            run.state = state
            self._run_cron("review_tiers", day="2026-12-31")
            self.assertEqual(profile.tier_id.code, "B", state)
            self.assertEqual(str(profile.date_next_review), "2026-12-31")
        run.state = "done"
        self._run_cron("review_tiers", day="2026-12-31")
        self.assertEqual(profile.tier_id.code, "A")

    def test_review_months_of_the_tier_count_to_the_next_month_end(self):
        card = self.tier_card.copy()
        card.tier_ids.filtered(lambda tier: tier.code == "B").retier_months = 2
        card.action_activate()
        profile = self._create_customer()
        self._run_night("2026-11-21")
        self._run_night("2026-12-31")
        self.assertEqual(str(profile.date_next_review), "2027-02-28")

    # === REVIEW NOW === #

    def test_review_now_moves_the_tier_and_not_the_next_review(self):
        profile = self._create_customer()
        self._run_night("2026-11-21")
        self._rate(profile, 10, "2026-11-22")
        manager = self._create_user("review_manager", "manager")
        with freeze_time("2026-11-25 12:00:00"):
            profile.with_user(manager).action_review_now()
        self.assertEqual(
            self._get_moves(profile),
            [self.FIRST, ("2026-11-25", "B", "A", "review_now")],
        )
        self.assertEqual(profile.tier_change_ids[0].mode, "manual")
        self.assertEqual(str(profile.date_next_review), "2026-12-31")

    def test_only_managers_review_now(self):
        profile = self._create_customer()
        user = self._create_user("review_user", "user_all")
        with self.assertRaises(AccessError):
            profile.with_user(user).action_review_now()

    def test_score_now_does_not_move_the_tier(self):
        profile = self._create_customer()
        self._run_night("2026-11-21")
        self._rate(profile, 10, "2026-11-22")
        self._score(profile.partner_id, "2026-11-25")
        self.assertEqual((profile.tier_id.code, profile.tier_score), ("B", 27.0))

    # === THE LAST FACT DISAPPEARS === #

    def test_customer_whose_last_fact_disappears_is_cleared_at_the_next_review(self):
        partner = self._create_partner("Cancelled")
        order = self._create_order(partner, "2026-11-01", 100)
        self._run_night("2026-11-21")
        profile = self._get_profile(partner)
        self.assertEqual(profile.tier_id.code, "C")
        order._action_cancel()
        self._run_night("2026-11-22")
        self.assertRecordValues(
            profile,
            [
                {
                    "rating_state": "not_rated",
                    "tier_id": self.tiers["C"].id,
                    "tier_today_id": False,
                    "health": False,
                }
            ],
        )
        self._run_night("2026-12-31")
        self.assertFalse(profile.tier_id)
        self.assertEqual(
            self._get_moves(profile)[1:], [("2026-12-31", "C", "", "no_fact")]
        )
        self.assertEqual(profile.tier_change_ids[0].direction, "cleared")

    def test_customer_who_buys_again_is_rated_at_once(self):
        partner = self._create_partner("Back again")
        order = self._create_order(partner, "2026-11-01", 100)
        self._run_night("2026-11-21")
        order._action_cancel()
        self._run_night("2026-12-31")
        self._create_order(partner, "2027-01-02", 100)
        self._run_night("2027-01-03")
        profile = self._get_profile(partner)
        self.assertEqual(profile.tier_id.code, "C")
        self.assertEqual(str(profile.date_next_review), "2027-03-31")

    # === HISTORY === #

    def test_tier_changes_cannot_be_edited_or_deleted(self):
        profile = self._create_customer()
        self._score(profile.partner_id)
        change = profile.tier_change_ids
        with self.assertRaisesRegex(UserError, "cannot be edited"):
            change.total = 40
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            change.unlink()

    def test_quarantined_customer_keeps_his_review_due(self):
        profile = self._create_customer()
        self._run_night("2026-11-21")
        self._rate(profile, 10, "2026-11-22")
        opening = self.env["customer.opening"].search([("profile_id", "=", profile.id)])
        self.env.cr.execute(
            "ALTER TABLE customer_opening DROP CONSTRAINT customer_opening_figures_finite"
        )
        self._set_amount(opening, "NaN")
        self._run_night("2026-12-31")
        self.assertTrue(profile.is_quarantined)
        self.assertEqual(profile.tier_id.code, "B")
        self.assertEqual(str(profile.date_next_review), "2026-12-31")
        self._set_amount(opening, "3000000")
        self._run_night("2027-01-05")
        self.assertEqual(
            self._get_moves(profile)[1:], [("2026-12-31", "B", "A", "review")]
        )
        self.assertEqual(str(profile.date_next_review), "2027-03-31")

    def _set_amount(self, opening, amount):
        self.env.cr.execute(
            "UPDATE customer_opening SET amount = %s::numeric WHERE id = %s",
            [amount, opening.id],
        )
        self.env.invalidate_all()
