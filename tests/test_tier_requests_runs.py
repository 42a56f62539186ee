from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .robust import RUN_JOB
from .tier_requests_common import TierRequestCase

TABLES = (
    "customer_profile",
    "customer_score",
    "customer_tier_change",
    "customer_tier_request",
    "customer_tier_request_review",
)


@tagged("post_install", "-at_install")
class TestTierRequestRuns(TierRequestCase):
    """An approved request holds against every run until the review after its end.

    On 2027-06-30 he has been a customer for more than half a year: stability 2.0, so
    A is 40 x (10 + 2 + 10 + 5.5) / 40 = 27.5 then.
    """

    FIRST = ("2026-11-21", "", "B", "first_rating")
    ASKED = ("2026-11-21", "B", "A", "request")

    def setUp(self):
        super().setUp()
        self._run_night("2026-11-21")

    def _dump(self):
        self.env.flush_all()
        return [
            self.env.execute_query(
                SQL("SELECT * FROM %s ORDER BY id", SQL.identifier(table))
            )
            for table in TABLES
        ]

    # === HELD === #

    def test_held_tier_stays_and_reviews_record_what_they_would_have_done(self):
        request = self._hold("A", "2027-04-10")
        for night in ("2026-11-22", "2026-12-31"):
            self._run_night(night)
        self._rate(self.profile, 10, "2027-01-05")
        self._run_night("2027-03-31")
        self.assertEqual(self.profile.tier_id.code, "A")
        self.assertEqual(self._get_moves(), [self.FIRST, self.ASKED])
        self.assertEqual(
            self._get_reviews(request),
            [("2026-12-31", "held", "B", 22.5), ("2027-03-31", "held", "A", 27.0)],
        )
        self.assertEqual(str(self.profile.date_next_review), "2027-06-30")

    def test_request_for_the_present_tier_keeps_it_from_falling(self):
        self._rate(self.profile, 10, "2026-11-22")
        self._run_night("2026-12-31")
        request = self._hold("A", "2027-04-10", day="2027-01-02")
        self._rate(self.profile, 0, False)
        self._run_night("2027-03-31")
        self.assertEqual(self.profile.tier_id.code, "A")
        self.assertEqual(
            self._get_moves(), [self.FIRST, ("2026-12-31", "B", "A", "review")]
        )
        self.assertEqual(
            self._get_reviews(request), [("2027-03-31", "held", "B", 22.5)]
        )

    def test_held_tier_does_not_rise_either(self):
        self._hold("C", "2027-04-10")
        self._run_night("2026-12-31")
        self.assertEqual(self.profile.tier_id.code, "C")

    def test_review_now_leaves_a_held_tier_and_says_until_when(self):
        self._hold("A")
        with freeze_time("2026-11-25 12:00:00"):
            action = self.profile.with_user(self.manager).action_review_now()
        self.assertEqual(self.profile.tier_id.code, "A")
        self.assertEqual(action["params"]["type"], "warning")
        self.assertEqual(
            action["params"]["message"],
            "The tier of Request Customer is held as A (key) until 02/10/2027 by an"
            " approved request; by today's figures it would be B (potential).",
        )

    def test_exclusion_clears_a_held_tier_and_ends_the_request(self):
        request = self._hold("A")
        self.profile.is_not_rated = True
        self._run_night("2026-11-22")
        self.assertFalse(self.profile.tier_id)
        self.assertEqual(self._get_moves()[2:], [("2026-11-22", "A", "", "excluded")])
        self.assertRecordValues(
            request, [{"state": "ended", "outcome": False, "end_outcome": False}]
        )
        self.assertFalse(self.profile.tier_request_id)
        self.profile.is_not_rated = False
        self._run_night("2026-11-23")
        self.assertEqual(self.profile.tier_id.code, "B")

    def test_held_customer_whose_last_fact_disappears_keeps_his_tier(self):
        self._hold("A")
        self.env["customer.opening"].search(
            [("profile_id", "=", self.profile.id)]
        ).unlink()
        self._run_night("2026-12-31")
        self.assertEqual(self.profile.rating_state, "not_rated")
        self.assertEqual(self.profile.tier_id.code, "A")

    def test_newer_approved_request_takes_over(self):
        first = self._hold("A", "2027-04-10")
        second = self._hold("S", "2027-01-15", day="2026-11-25")
        self.assertEqual((first.state, first.outcome), ("replaced", False))
        self.assertEqual(self.profile.tier_request_id, second)
        self._run_night("2027-01-16")
        self.assertEqual(
            self._get_moves()[2:],
            [
                ("2026-11-25", "A", "S", "request"),
                ("2027-01-16", "S", "B", "request_end"),
            ],
        )
        self.assertEqual(first.state, "replaced")

    # === THE END === #

    def test_day_after_the_end_a_review_as_of_that_day_decides(self):
        request = self._hold("A", "2027-02-10")
        self._run_night("2026-12-31")
        self._run_night("2027-02-10")
        self.assertEqual(self.profile.tier_id.code, "A")
        self._run_night("2027-02-11")
        self.assertEqual(
            self._get_moves(),
            [self.FIRST, self.ASKED, ("2027-02-11", "A", "B", "request_end")],
        )
        self.assertFalse(self.profile.tier_request_id)
        self.assertEqual(str(self.profile.date_next_review), "2027-03-31")
        self.assertRecordValues(
            request,
            [
                {
                    "state": "ended",
                    "end_tier_id": self.tiers["B"].id,
                    "end_outcome": "fell",
                    "outcome": "pending",
                }
            ],
        )

    def test_outcome_is_settled_by_the_second_review_after_the_end(self):
        request = self._hold("A", "2027-02-10")
        for night in ("2026-12-31", "2027-02-11", "2027-03-31"):
            self._run_night(night)
        self.assertEqual(request.outcome, "pending")
        self._rate(self.profile, 10, "2027-04-05")
        self._run_night("2027-06-30")
        self.assertRecordValues(
            request, [{"later_tier_id": self.tiers["A"].id, "outcome": "kept"}]
        )
        self._run_night("2027-09-30")
        self.assertEqual(
            self._get_reviews(request),
            [
                ("2026-12-31", "held", "B", 22.5),
                ("2027-02-11", "end", "B", 22.5),
                ("2027-03-31", "after", "B", 22.5),
                ("2027-06-30", "after", "A", 27.5),
            ],
        )

    def test_outcomes_are_kept_risen_and_fallen(self):
        for code, outcome in (("B", "kept"), ("C", "rose"), ("S", "fell")):
            profile = self._create_customer(f"Request {code}")
            self._run_night("2026-11-21")
            request = self._hold(code, "2026-12-30", profile=profile)
            for night in ("2026-12-31", "2027-03-31", "2027-06-30"):
                self._run_night(night)
            with self.subTest(code=code):
                self.assertEqual(request.end_outcome, outcome)
                self.assertEqual(request.outcome, outcome)
                self.assertEqual(profile.tier_id.code, "B")

    def test_review_on_the_last_day_still_leaves_the_tier(self):
        request = self._hold("A", "2026-12-31")
        self._run_night("2026-12-31")
        self.assertEqual((self.profile.tier_id.code, request.state), ("A", "approved"))
        self._run_night("2027-01-01")
        self.assertEqual(
            self._get_reviews(request),
            [("2026-12-31", "held", "B", 22.5), ("2027-01-01", "end", "B", 22.5)],
        )
        self.assertEqual(self._get_moves()[-1], ("2027-01-01", "A", "B", "request_end"))

    def test_request_that_ends_the_day_before_a_quarter_end_is_reviewed_once(self):
        request = self._hold("A", "2026-12-30")
        self._run_night("2026-12-31")
        self.assertEqual(self._get_reviews(request), [("2026-12-31", "end", "B", 22.5)])
        self.assertEqual(str(self.profile.date_next_review), "2027-03-31")
        runs = self.env["customer.run"].search(
            [("job", "=", "review"), ("date", "=", "2026-12-31")]
        )
        self.assertEqual(len(runs.filtered(lambda r: r.company_id == self.company)), 1)

    def test_late_run_ends_a_request_as_of_the_day_after_its_end(self):
        request = self._hold("A", "2027-02-10")
        self._rate(self.profile, 10, "2027-04-05")
        self._run_night("2027-07-10")
        self.assertEqual(
            self._get_reviews(request),
            [
                ("2026-12-31", "held", "B", 22.5),
                ("2027-02-11", "end", "B", 22.5),
                ("2027-03-31", "after", "B", 22.5),
                ("2027-06-30", "after", "A", 27.5),
            ],
        )
        self.assertEqual(
            self._get_moves()[2:],
            [
                ("2027-02-11", "A", "B", "request_end"),
                ("2027-06-30", "B", "A", "review"),
            ],
        )
        self.assertEqual((request.end_outcome, request.outcome), ("fell", "kept"))

    def test_second_night_of_a_day_writes_nothing(self):
        self._hold("A", "2027-02-10")
        for night in ("2026-12-31", "2027-02-11"):
            self._run_night(night)
            before = self._dump()
            self._run_night(night)
            self.assertEqual(self._dump(), before)

    def test_review_cut_at_every_range_goes_on_where_it_stopped(self):
        profiles = self.profile
        for number in range(3):
            profiles |= self._create_customer(f"Request {number}")
        self._run_night("2026-11-21")
        requests = [self._hold("A", "2027-02-10", profile=p) for p in profiles]
        self._run_cron(day="2027-02-11", at="02:05:00")
        calls = 0
        while profiles.tier_request_id and calls < 40:
            with (
                patch(f"{RUN_JOB}.WRITE_RANGE", 1),
                patch.object(
                    self.registry["ir.cron"], "_commit_progress", self._commit_and_stop
                ),
                freeze_time("2027-02-11 02:10:00"),
                self.enter_registry_test_mode(),
                self.registry.cursor() as cr,
            ):
                self.env(cr=cr)["customer.run"]._cron_review_tiers()
            self.env.invalidate_all()
            calls += 1
        self.assertGreater(calls, 4)
        for request in requests:
            self.assertEqual((request.state, request.end_outcome), ("ended", "fell"))
            self.assertEqual(self._get_moves(request.profile_id)[-1][0], "2027-02-11")
            self.assertEqual(len(self._get_moves(request.profile_id)), 3)

    @staticmethod
    def _commit_and_stop(cron, processed=0, **values):
        cron.env.cr.commit()
        return 0 if processed else 1

    def test_customer_who_cannot_be_computed_stays_held_and_due(self):
        request = self._hold("A", "2027-02-10")
        opening = self.env["customer.opening"].search(
            [("profile_id", "=", self.profile.id)]
        )
        self.env.cr.execute(
            "ALTER TABLE customer_opening DROP CONSTRAINT customer_opening_figures_finite"
        )
        self._set_amount(opening, "NaN")
        self._run_night("2027-02-11")
        self.assertTrue(self.profile.is_quarantined)
        self.assertEqual((request.state, self.profile.tier_id.code), ("approved", "A"))
        self._set_amount(opening, "3000000")
        self._run_night("2027-02-20")
        self.assertEqual(self._get_moves()[-1], ("2027-02-11", "A", "B", "request_end"))

    def _set_amount(self, opening, amount):
        self.env.cr.execute(
            "UPDATE customer_opening SET amount = %s::numeric WHERE id = %s",
            [amount, opening.id],
        )
        self.env.invalidate_all()
