from odoo.tests import freeze_time, tagged

from .common import CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestScoreRows(CustomerSuccessCase):
    """When a row of the history is written, replaced, kept and thinned out."""

    def _create_rated(self, day="2026-11-01"):
        partner = self._create_partner("Rows")
        self._create_order(partner, "2026-10-20", 100)
        return self._score(partner, day)

    def _rate(self, profile, rating, day):
        profile.write({"outlook_rating": rating, "outlook_date": day})
        self._score(profile.partner_id, day)

    def _get_rows(self, profile, kind="tier"):
        rows = profile.score_ids.filtered(lambda row: row.kind == kind)
        return sorted((str(row.date), row.total) for row in rows)

    def test_row_is_written_only_when_something_differs(self):
        profile = self._create_rated()
        # 40 x (1 + 1.5 + 5.5 + 5.5) / 40
        self.assertEqual(self._get_rows(profile), [("2026-11-01", 13.5)])
        self._create_invoice(profile.partner_id, "2026-11-01", 4000, due="2027-01-01")
        self._score(profile.partner_id, "2026-11-02")
        self.assertEqual(profile.amount_12m, 4000)
        self.assertEqual(self._get_rows(profile), [("2026-11-01", 13.5)])
        self._create_invoice(profile.partner_id, "2026-11-03", 1000, due="2027-01-01")
        self._score(profile.partner_id, "2026-11-03")
        self.assertEqual(
            self._get_rows(profile), [("2026-11-01", 13.5), ("2026-11-03", 14.5)]
        )

    def test_other_reason_with_the_same_total_writes_a_row(self):
        profile = self._create_rated()
        self._rate(profile, 0, "2026-11-02")
        self.assertEqual(len(self._get_rows(profile)), 1)
        # A rating that has expired long ago is unknown for another reason.
        profile.write({"outlook_rating": 5, "outlook_date": "2024-01-01"})
        self._score(profile.partner_id, "2026-11-03")
        self.assertEqual(
            self._get_rows(profile), [("2026-11-01", 13.5), ("2026-11-03", 13.5)]
        )
        self.assertEqual(self._get_values(profile)["outlook_rating"][2], "expired")

    def test_same_day_rescore_replaces_the_row(self):
        profile = self._create_rated()
        self._rate(profile, 8, "2026-11-02")
        self._rate(profile, 3, "2026-11-02")
        self.assertEqual(
            self._get_rows(profile), [("2026-11-01", 13.5), ("2026-11-02", 11.0)]
        )
        self.assertEqual(self._get_values(profile)["outlook_rating"], (3, 3, None))

    def test_same_day_rescore_keeps_a_row_that_a_tier_change_refers_to(self):
        profile = self._create_rated("2026-11-02")
        change = profile.tier_change_ids
        self.assertEqual(change.score_id.total, 13.5)
        self._rate(profile, 8, "2026-11-02")
        self.assertEqual(self._get_rows(profile), [("2026-11-02", 13.5)])
        self.assertEqual(profile.tier_score, 16.0)
        self._score(profile.partner_id, "2026-11-03")
        self.assertEqual(
            self._get_rows(profile), [("2026-11-02", 13.5), ("2026-11-03", 16.0)]
        )

    def test_change_refers_to_a_score_of_its_own_total_only(self):
        profile = self._create_rated("2026-11-02")
        profile.write({"outlook_rating": 10, "outlook_date": "2026-11-02"})
        self._review_now(profile, "2026-11-02")
        change = profile.tier_change_ids[0]
        self.assertEqual((change.total, change.direction), (18.0, "up"))
        # The row of the day is evidence of the first rating and cannot be replaced.
        self.assertFalse(change.score_id)

    def _review_now(self, profile, day):
        with freeze_time(f"{day} 12:00:00"):
            profile._score_now(review=True)

    def test_unrated_customer_does_not_come_back_every_night(self):
        self._score(self._create_partner("Unrated"))
        lapsed = self._create_partner("Waits for his review")
        order = self._create_order(lapsed, "2026-10-20", 100)
        self._score(lapsed, "2026-11-20")
        order._action_cancel()
        self._run_cron()
        self.assertEqual(self._get_profile(lapsed).rating_state, "not_rated")
        self.assertTrue(self._get_profile(lapsed).tier_id)
        self._run_cron(at="13:00:00")
        run = self.env["customer.run"].search(
            [("company_id", "=", self.company.id), ("job", "=", "refresh")], limit=1
        )
        self.assertEqual(run.staged_count, 0)

    # === WHAT A RUN LOOKS AT AGAIN === #

    def _count_staged(self, day, at="12:00:00"):
        """Let the nightly run of a day work; return for how many it had to write."""
        self._run_cron(day=day, at=at)
        run = self.env["customer.run"].search(
            [("company_id", "=", self.company.id), ("job", "=", "refresh")], limit=1
        )
        self.assertEqual((str(run.date), run.state), (day, "done"))
        return run.staged_count

    def _settle(self):
        """Rate the customers who are there already, before and after their tier."""
        self._run_cron(day="2026-10-31")
        self._run_cron(day="2026-11-01")

    def test_run_writes_the_next_day_what_a_tier_change_kept_it_from_writing(self):
        self._settle()
        profile = self._create_rated("2026-11-02")
        profile.write({"outlook_rating": 8, "outlook_date": "2026-11-02"})
        self.assertEqual(self._count_staged("2026-11-02"), 1)
        self.assertEqual(self._get_rows(profile), [("2026-11-02", 13.5)])
        self.assertFalse(profile.snapshot_id.score_key)
        self.assertEqual(self._count_staged("2026-11-03"), 1)
        self.assertEqual(
            self._get_rows(profile), [("2026-11-02", 13.5), ("2026-11-03", 16.0)]
        )
        self.assertTrue(profile.snapshot_id.score_key)
        self.assertEqual(self._count_staged("2026-11-03", at="13:00:00"), 0)

    # === RETENTION === #

    def _create_rows(self, profile, *days):
        for day in days:
            for kind, card in (("tier", self.tier_card), ("health", self.health_card)):
                self.env["customer.score"].create(
                    {
                        "profile_id": profile.id,
                        "company_id": self.company.id,
                        "kind": kind,
                        "date": day,
                        "scorecard_id": card.id,
                        "detail": {},
                    }
                )

    def _get_days(self, profile, kind):
        rows = profile.score_ids.filtered(lambda row: row.kind == kind)
        return sorted(str(row.date) for row in rows)

    def _create_old_rows(self):
        """Return a customer whose first rating refers to his row of 2025-08-05."""
        partner = self._create_partner("Old rows")
        self._create_order(partner, "2025-08-01", 100)
        profile = self._score(partner, "2025-08-05")
        self._create_rows(
            profile,
            "2025-07-30", "2025-07-31", "2025-08-20", "2025-08-31",
            "2025-10-19", "2025-10-20", "2025-10-21", "2025-11-05", "2026-11-20",
        )  # fmt: skip
        return profile

    def test_purge_keeps_the_last_row_of_each_month_and_what_a_change_refers_to(self):
        profile = self._create_old_rows()
        self._run_cron("purge_scores")
        # 13 months before 2026-11-21 is 2025-10-21: younger rows stay.
        kept = [
            "2025-07-31", "2025-08-31", "2025-10-21", "2025-11-05", "2026-11-20",
        ]  # fmt: skip
        self.assertEqual(self._get_days(profile, "health"), kept)
        self.assertEqual(self._get_days(profile, "tier"), sorted([*kept, "2025-08-05"]))

    def test_purge_can_keep_the_last_row_of_each_quarter(self):
        self.company.customer_retention_keep = "quarter"
        profile = self._create_old_rows()
        self._run_cron("purge_scores")
        self.assertEqual(
            self._get_days(profile, "health"),
            ["2025-08-31", "2025-10-21", "2025-11-05", "2026-11-20"],
        )

    def test_purge_counts_the_months_of_the_company(self):
        self.company.customer_retention_months = 24
        profile = self._create_old_rows()
        self._run_cron("purge_scores")
        self.assertEqual(len(self._get_days(profile, "tier")), 10)
