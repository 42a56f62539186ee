from datetime import date

from odoo.tests import tagged

from .feedback_figures_common import QUARTER, FeedbackFiguresCase


@tagged("post_install", "-at_install")
class TestServiceFigures(FeedbackFiguresCase):
    """The figures of service between two days, each number by hand."""

    # === COMPLAINTS === #

    def test_days_are_those_of_the_company(self):
        self._receive("2026-06-30 15:59:59")  # 23:59 in Shanghai: the quarter before
        self._receive("2026-06-30 16:00:00")
        self._receive("2026-09-30 15:59:59")
        self._receive("2026-09-30 16:00:00")  # October there
        values = self._values()
        self.assertEqual(values["cases"], (2, 1))
        self.assertEqual(values["complaints"], (2, 1))

    def test_withdrawn_cases_do_not_count_and_other_kinds_are_no_complaints(self):
        self._receive("2026-08-01 08:00:00", kind="enquiry")
        self._set(self._receive("2026-08-01 08:00:00"), state="cancelled")
        self._receive("2026-08-02 08:00:00", profile=self.beta)
        values = self._values()
        self.assertEqual((values["cases"][0], values["complaints"][0]), (2, 1))

    def test_complaint_rate_is_customers_who_complained_of_active_ones(self):
        for day in ("2026-07-05", "2026-07-06"):
            self._receive(f"{day} 08:00:00")
        # Alpha twice: one of the two customers who bought
        self.assertEqual(self._values()["complaint_rate"], (0.5, 0))
        self.beta.is_not_rated = True
        self.assertEqual(self._values()["complaint_rate"][0], 1)  # only Alpha counts
        self.beta.is_not_rated = False
        self._receive("2026-08-01 08:00:00", profile=self.beta)
        self.assertEqual(self._values()["complaint_rate"][0], 1)

    def test_who_writes_is_active_and_unknown_senders_are_no_customers(self):
        partner = self._create_partner("Gamma")
        gamma = self.env["customer.profile"]._get_or_create(partner, self.shop)
        self._receive("2026-08-01 08:00:00", profile=gamma, kind="enquiry")
        unknown = self._receive("2026-08-01 08:00:00")
        self._set(unknown, profile_id=False)
        self._receive("2026-08-03 08:00:00")
        values = self._values()
        self.assertEqual(values["complaints"][0], 2)
        self.assertAlmostEqual(values["complaint_rate"][0], 0.3333, 4)  # Alpha of 3

    def test_before_cases_were_recorded_nothing_is_known(self):
        self.shop.customer_case_start = "2026-07-01"
        values = self._values()
        self.assertEqual(values["complaints"], (0, "not_recorded"))
        self.assertEqual(values["complaint_rate"], (0, "not_recorded"))
        self.assertEqual(values["response_hours"], ("no_case", "no_case"))

    def test_complaints_per_contact_made(self):
        self._receive("2026-08-01 08:00:00")
        self.assertEqual(self._values()["contact_rate"][0], "no_talk")
        self.env["customer.interaction"].create(
            [
                {
                    "profile_id": self.beta.id,
                    "interaction_datetime": f"2026-08-0{day} 08:00:00",
                }
                for day in range(1, 5)
            ]
        ).write({"state": "confirmed"})
        self.assertEqual(self._values()["contact_rate"][0], 0.25)
        self.shop.customer_interaction_start = "2026-08-01"
        self.assertEqual(self._values()["contact_rate"][0], "not_recorded")

    # === RESPONSE === #

    def test_average_response_is_of_answered_cases_urgent_ones_in_minutes(self):
        self._receive("2026-08-01 08:00:00")  # nobody answered yet: not 0 hours
        for hours, urgency in ((6, "normal"), (1, "urgent"), (2, "urgent")):
            self._set(
                self._receive("2026-08-01 08:00:00", urgency=urgency),
                acknowledged_datetime=f"2026-08-01 {8 + hours:02}:00:00",
            )
        found = self._figures()["figures"]
        self.assertEqual(found["response_hours"], ((3, "known"), (None, "no_case"), 3))
        self.assertEqual(found["urgent_minutes"][0], (90, "known"))

    def test_promises_count_on_the_day_they_were_decided(self):
        promises = []
        for number in range(4):
            case = self._create_case("2026-07-01 02:00:00", profile=self.alpha)
            promises.append(
                case.commitment_ids.filtered(lambda row: row.target == "acknowledge")
            )
            (case.commitment_ids - promises[number]).unlink()
        kept, late, still, cancelled = promises
        self._set(kept, state="met", met_datetime="2026-07-01 02:30:00")
        self._set(
            late,
            state="met",
            is_breached=True,
            breached_datetime="2026-07-02 02:00:00",
            met_datetime="2026-10-20 02:00:00",
        )
        self._set(still, state="running")
        self._set(cancelled, state="cancelled")
        self.assertEqual(self._values()["in_time"], (0.5, "no_promise"))
        self.assertEqual(
            self._values(date(2026, 10, 1), date(2026, 12, 31))["in_time"],
            ("no_promise", 0.5),
        )

    # === SOLVING === #

    def test_shares_of_complaints_that_were_answered_solved_and_closed(self):
        answered = {"acknowledged_datetime": "2026-08-01 09:00:00"}
        solved = {**answered, "solved_datetime": "2026-08-02 09:00:00"}
        closed = {**solved, "state": "confirmed"}
        self._receive("2026-08-01 08:00:00")
        self._set(self._receive("2026-08-01 08:00:00"), **answered, is_calmed=True)
        self._set(self._receive("2026-08-01 08:00:00"), **solved, state="solved")
        self._set(self._receive("2026-08-01 08:00:00"), **closed, is_calmed=True)
        self._set(
            self._receive("2026-08-01 08:00:00"),
            **closed,
            reopen_count=1,
            is_calmed=True,
        )
        # reopened and not solved again
        self._set(self._receive("2026-08-01 08:00:00"), **answered, reopen_count=2)
        values = self._values()
        self.assertEqual(values["calmed"][0], 0.6)  # 3 of 5 answered
        self.assertAlmostEqual(values["first_contact"][0], 0.6667, 4)  # 2 of 3 solved
        self.assertEqual(values["reopened"][0], 0.5)  # 2 of 4 ever solved

    def test_complaints_closed_in_time_of_those_decided(self):
        for is_late, state in (
            (False, "confirmed"),
            (True, "confirmed"),
            (True, "judged"),
            (False, "judged"),  # within its time: says nothing yet
        ):
            case = self._create_case("2026-08-01 08:00:00", profile=self.alpha)
            self._set(
                case.commitment_ids,
                is_breached=is_late,
                breached_datetime=is_late and "2026-08-09 08:00:00",
            )
            self._set(case, state=state)
        found = self._figures()["figures"]["closed_in_time"]
        self.assertAlmostEqual(found[0][0], 0.3333, 4)
        self.assertEqual(found[2], 3)

    # === SATISFACTION === #

    def test_csat_is_a_mean_on_five_and_nps_promoters_less_detractors(self):
        self._say("2026-07-01", value=4)
        self._say("2026-09-30", value=3, profile=self.beta)
        self._say("2026-06-30", value=1)
        for value in (10, 9, 7, 3):
            self._say("2026-08-01", "nps", value)
        self._say("2026-08-01", "nps", 0).active = False
        values = self._values()
        self.assertEqual(values["csat"], (3.5, 1))
        self.assertEqual(values["nps"], (25, "to_evaluate"))  # 2 of 4 less 1 of 4
        self.assertEqual(values["answers"], (6, 1))

    def test_without_answers_satisfaction_is_to_be_evaluated(self):
        values = self._values()
        self.assertEqual(values["csat"], ("to_evaluate", "to_evaluate"))
        self.assertEqual(values["nps"], ("to_evaluate", "to_evaluate"))

    def test_improvement_plans_not_finished_and_late_today(self):
        plans = self.env["customer.improvement"].create(
            [
                {"profile_id": self.alpha.id, "name": "Plan", "date_deadline": day}
                for day in ("2026-11-02", "2026-11-03", "2026-11-01")
            ]
        )
        plans[2].write({"state": "cancelled", "result": "Not needed"})
        values = self._values()
        self.assertEqual(values["improvements"], (2, "none"))
        self.assertEqual(values["improvements_late"], (1, "none"))

    def test_review_of_the_base_and_goals_count_the_customers_of_a_group(self):
        self._say("2026-08-01", value=5)
        self._say("2026-08-01", value=4, profile=self.beta)
        self._say("2026-05-01", value=1, profile=self.beta)
        self._say("2026-08-01", "nps", 9)
        self._say("2026-08-01", "nps", 3, profile=self.beta)
        for profile, state in ((self.alpha, "confirmed"), (self.beta, "confirmed")):
            case = self._create_case("2026-08-01 08:00:00", profile=profile)
            self._set(case, state=state)
        self._set(
            case.commitment_ids,
            is_breached=True,
            breached_datetime="2026-08-09 08:00:00",
        )
        base = self.env["customer.base.figures"]
        found = base._read_base(self.shop, *QUARTER)
        # (5 -> 100) and (4 -> 75); before: 1 -> 0
        self.assertEqual(found["satisfaction"], ((87.5, "known"), (0, "known"), 2))
        self.assertEqual(found["nps"], ((0, "known"), (None, "to_evaluate"), 2))
        self.assertEqual(found["complaints"][0], (0.5, "known"))
        found = base._read_base(self.shop, *QUARTER, tier_codes=["A"])
        self.assertEqual(found["satisfaction"][0], (100, "known"))
        self.assertEqual(found["nps"][0], (100, "known"))
        self.assertEqual(found["complaints"], ((1, "known"), (None, "no_complaint"), 1))

    # === TOPICS AND GOALS === #

    def test_the_most_frequent_categories_come_first_and_missing_ones_last(self):
        names = self.env["customer.case.category"].create(
            [{"name": name, "code": name} for name in ("Delivery", "Quality")]
        )
        self._receive("2026-08-01 08:00:00", kind="enquiry", category_id=names[0].id)
        for _number in range(2):
            self._receive("2026-08-01 08:00:00", category_id=names[1].id)
        self._receive("2026-08-01 08:00:00", profile=self.beta)
        figures = self.env["customer.service.figures"]
        tables = figures._get_topic_tables(self._figures()["topics"])
        self.assertEqual(
            [list(row.values()) for row in tables[0]["rows"]],
            [["Quality", 2, 2], ["Delivery", 1, 0], ["No category", 1, 1]],
        )
        self.assertEqual(
            [list(row.values()) for row in tables[2]["rows"]],
            [["A", 3, 2], ["Not rated or unknown", 1, 1]],
        )

    def test_a_figure_on_the_wrong_side_of_its_goal_is_marked(self):
        words = self.env["customer.service.figures"]
        targets = words._get_targets(self.shop)
        self.assertEqual(targets["complaint_rate"], (0.05, "below"))
        self.assertEqual(targets["response_hours"], (4, "max"))
        self.assertEqual(targets["urgent_minutes"], (30, "max"))
        self.assertEqual(targets["csat"], (4, "min"))
        for key, value, is_missed in (
            ("complaint_rate", 0.0499, False),
            ("complaint_rate", 0.05, True),  # below 5% is wanted
            ("response_hours", 4, False),
            ("response_hours", 4.01, True),
            ("csat", 4, False),
            ("csat", 3.99, True),
        ):
            with self.subTest(key=key, value=value):
                missed = words._is_missed(value, "known", *targets[key])
                self.assertEqual(missed, is_missed)
        self.assertFalse(words._is_missed(0, "to_evaluate", 4, "min"))
        self.assertFalse(words._is_missed(0, "known", 0, "below"))
        self.assertEqual(words._word_target("complaint_rate", 0.05, "below"), "< 5%")
        self.assertEqual(words._word_target("response_hours", 4, "max"), "≤ 4")
        self.assertEqual(words._word_target("csat", 4, "min"), "≥ 4")
