from datetime import date

from odoo.tests import tagged

from .feedback_figures_common import QUARTER, FeedbackFiguresCase


@tagged("post_install", "-at_install")
class TestServiceBoundaries(FeedbackFiguresCase):
    """Figures of service exactly at their bounds, as numbers and in words."""

    def _say_thirds(self, *sums):
        """Answer three questions of 1-5 that add up to these sums."""
        for number in sums:
            self._say("2026-08-01", value=round(number / 3, 2))

    # === EXACT MEANS === #

    def test_a_mean_of_four_is_four_whatever_was_rounded_before(self):
        self._say_thirds(13, 13, 10)  # 4.33, 4.33, 3.33: 36 of 9 questions
        found = self._figures()
        self.assertEqual(found["figures"]["csat"][0], (4, "known"))
        missed = self.env["customer.service.figures"]._is_missed(
            *found["figures"]["csat"][0], *found["targets"]["csat"]
        )
        self.assertFalse(missed)
        self._say_thirds(11)
        self.assertEqual(self._values()["csat"][0], 3.9167)

    def test_ninety_points_are_reached_exactly(self):
        # 83.33, 83.33, 83.33, 100, 100 on 0-100
        self._say_thirds(13, 13, 13, 15, 15)
        found = self.env["customer.base.figures"]._read_base(self.shop, *QUARTER)
        self.assertEqual(found["satisfaction"][0], (90, "known"))
        goal = self.env["customer.annual.goal"].create(
            {"name": "90 points", "year": 2026, "metric": "satisfaction", "target": 90}
        )
        self.assertEqual(goal.result, "reached")

    def test_seventeen_seconds_more_than_thirty_minutes_are_too_late(self):
        for seconds, is_missed in (("00", False), ("17", True)):
            case = self._receive("2026-08-01 08:00:00", urgency="urgent")
            self._set(case, acknowledged_datetime=f"2026-08-01 08:30:{seconds}")
            found = self._figures()
            missed = self.env["customer.service.figures"]._is_missed(
                *found["figures"]["urgent_minutes"][0],
                *found["targets"]["urgent_minutes"],
            )
            self.assertEqual(missed, is_missed)

    def test_numbers_are_rounded_half_up_and_never_written_in_powers(self):
        words = self.env["customer.service.figures"]
        for key, value, text in (
            ("csat", 3.625, "3.63"),
            ("response_hours", 0.125, "0.13"),
            ("complaint_rate", 0.0625, "6.3%"),
            ("complaint_rate", 0.0125, "1.3%"),
            ("nps", -0.001, "0"),
            ("nps", -12.5, "-12.5"),
            ("cases", 1234567, "1234567"),
            ("response_hours", 12345.67, "12345.67"),
        ):
            with self.subTest(key=key, value=value):
                self.assertEqual(words._word_figure(key, value, "known"), text)

    # === PROMISES OF A CASE === #

    def test_the_case_analysis_reads_what_the_clocks_of_a_case_did(self):
        case = self._create_case("2026-08-03 01:00:00", profile=self.alpha)
        rows = self.env["customer.case.report"]
        row = rows.browse(case.id)
        self.assertFalse(row.in_time_percent or row.is_decided)
        self._decide(case, 5)
        self.env["customer.commitment"]._check_clocks(self._at("2026-08-20 08:00:00"))
        self.env.flush_all()
        self.env.invalidate_all()
        decided = case.commitment_ids.filtered(
            lambda promise: promise.is_breached or promise.state == "met"
        )
        self.assertEqual(len(decided), 3)  # answered in time; judged and solved late
        self.assertRecordValues(
            case, [{"promise_decided_count": 3, "promise_kept_count": 1}]
        )
        self.assertAlmostEqual(row.in_time_percent, 33.3, 1)
        self.assertEqual((row.late_count, row.is_decided), (1, True))
        case._withdraw("Not needed any more")
        self.assertEqual(case.promise_decided_count, 3)
        self.assertFalse(rows.search([("case_id", "=", case.id)]))

    # === FIGURES OF THE BASE === #

    def test_goals_can_be_about_complaints_answers_and_satisfied_customers(self):
        answered = {"acknowledged_datetime": "2026-08-01 11:00:00"}
        self._set(
            self._receive("2026-08-01 08:00:00"),
            **answered,
            state="solved",
            solved_datetime="2026-08-02 08:00:00",
            reply_count=1,
        )
        self._set(
            self._receive("2026-08-01 10:00:00", profile=self.beta, kind="enquiry"),
            **answered,
        )
        self._set(self._receive("2026-08-01 08:00:00"), profile_id=False)  # nobody's
        for value in (4, 5, 3.99):
            self._say("2026-08-01", value=value)
        base = self.env["customer.base.figures"]
        found = base._read_base(self.shop, *QUARTER)
        self.assertEqual(found["complaint_rate"], ((0.5, "known"), (0, "known"), 2))
        self.assertEqual(found["response_hours"][0], (2, "known"))  # 3 and 1 hours
        self.assertEqual(found["response_hours"][1], (None, "no_case"))
        self.assertEqual(found["first_contact"][0], (1, "known"))
        self.assertEqual(found["satisfied"][0], (0.6667, "known"))
        self.assertEqual(found["satisfied"][1], (None, "to_evaluate"))
        found = base._read_base(self.shop, *QUARTER, tier_codes=["A"])
        self.assertEqual(found["complaint_rate"][0], (1, "known"))
        self.assertEqual(found["response_hours"][0], (3, "known"))

    def test_figures_of_the_base_open_what_was_counted_of_its_customers(self):
        mine = self._set(self._receive("2026-08-01 08:00:00"), state="confirmed")
        self._receive("2026-08-01 08:00:00")  # within its time: not decided
        beta = self._receive("2026-08-01 08:00:00", profile=self.beta)
        self._set(beta, state="confirmed")
        unknown = self._set(self._receive("2026-08-01 08:00:00"), state="confirmed")
        self._set(unknown, profile_id=False)
        answer = self._say("2026-08-01", value=4)
        self._say("2026-08-01", value=1, profile=self.beta)
        self._say("2026-06-30", value=1)
        self.beta.is_not_rated = True  # not one of the base
        review = self.env["customer.base.review"].with_user(self.manager)
        review = review.create(
            {"date_from": date(2026, 7, 1), "date_to": date(2026, 9, 30)}
        )
        opened, counts = {}, {}
        for row in review.figure_ids:
            action = row.action_open_records()
            rows = self.env[action["res_model"]].with_user(self.manager)
            opened[row.key] = rows.search(action["domain"])
            counts[row.key] = row.source_count
        self.assertEqual((opened["complaints"], counts["complaints"]), (mine, 1))
        for key in ("satisfaction", "satisfied"):
            self.assertEqual(opened[key].satisfaction_id, answer)
            self.assertEqual(counts[key], 1)
        self.assertFalse(opened["nps"])
        self.assertEqual(opened["complaint_rate"], self.alpha)
