from odoo.tests import freeze_time, tagged

from .service_common import ServiceCase

RECEIVED = "2026-11-16 02:00:00"  # Monday


@tagged("post_install", "-at_install")
class TestCaseClocks(ServiceCase):
    """What is promised about a case, and its traffic light."""

    def _get(self, case, target, states=("running", "paused", "breached")):
        return case.commitment_ids.filtered(
            lambda row: row.target == target and row.state in states
        )

    def _due(self, case, target):
        return str(self._get(case, target).due_datetime)

    # === WHAT STARTS === #

    def test_complaints_are_answered_and_judged_within_a_day(self):
        case = self._create_case(RECEIVED)
        self.assertEqual(
            {row.target for row in case.commitment_ids}, {"acknowledge", "judgement"}
        )
        self.assertEqual(self._due(case, "acknowledge"), "2026-11-17 02:00:00")
        self.assertEqual(self._due(case, "judgement"), "2026-11-17 02:00:00")

    def test_enquiries_are_judged_only_when_complex(self):
        case = self._create_case(RECEIVED, kind="enquiry")
        self.assertEqual(case.commitment_ids.mapped("target"), ["acknowledge"])
        with freeze_time(RECEIVED):
            case.is_complex = True
        self.assertEqual(self._due(case, "judgement"), "2026-11-17 02:00:00")

    def test_urgent_cases_are_answered_within_half_an_hour(self):
        case = self._create_case(RECEIVED, kind="enquiry", urgency="urgent")
        self.assertEqual(self._due(case, "acknowledge"), "2026-11-16 02:30:00")

    def test_a_customers_get_the_quick_channel(self):
        self.profile.tier_id = self.tiers["A"]
        case = self._create_case(RECEIVED)
        self.assertEqual(self._due(case, "acknowledge"), "2026-11-16 04:00:00")
        self.assertEqual(self._due(case, "solution"), "2026-11-17 02:00:00")

    def test_unknown_senders_are_promised_something_too(self):
        case = self._create_case(RECEIVED, profile_id=False, contact_name="Who")
        self.assertEqual(self._due(case, "acknowledge"), "2026-11-17 02:00:00")
        self.assertFalse(case.commitment_ids.profile_id)

    def test_the_return_visit_is_promised_72_hours_after_the_solution(self):
        case = self._create_case(RECEIVED)
        self.assertFalse(self._get(case, "confirmation"))
        with freeze_time("2026-11-16 08:00:00"):
            case._solve({"result": "Done"})
        self.assertEqual(self._due(case, "confirmation"), "2026-11-19 08:00:00")

    # === WHAT KEEPS THEM === #

    def test_steps_keep_their_promise(self):
        case = self._create_case(RECEIVED)
        with freeze_time("2026-11-16 08:00:00"):
            case._note_answer(self._at("2026-11-16 08:00:00"))
            case._judge({"judgement": "Ours"})
        self.assertEqual(set(case.commitment_ids.mapped("state")), {"met"})
        self.assertFalse(any(case.commitment_ids.mapped("is_breached")))

    def test_solving_is_no_answer_the_customer_still_waits(self):
        case = self._create_case(RECEIVED)
        with freeze_time("2026-11-16 08:00:00"):
            case._solve({"result": "Done"})
        self.assertTrue(self._get(case, "acknowledge"))
        self.assertFalse(self._get(case, "judgement"))

    def test_closing_takes_back_what_nobody_waits_for_any_more(self):
        case = self._create_case(RECEIVED)
        with freeze_time("2026-11-16 08:00:00"):
            case._solve(
                {
                    "result": "Done",
                    "cause_id": self.env.ref(
                        "customer_success.customer_case_cause_quality"
                    ).id,
                }
            )
            case._set_confirmed("not_reached", self._at("2026-11-16 08:00:00"))
        self.assertEqual(case.state, "confirmed")
        self.assertFalse(
            case.commitment_ids.filtered(lambda row: row.state == "running")
        )

    # === WHEN THE CASE CHANGES === #

    def test_a_case_that_becomes_urgent_runs_by_the_urgent_policy_from_its_arrival(
        self,
    ):
        case = self._create_case(RECEIVED)
        with freeze_time("2026-11-16 02:10:00"):
            case.urgency = "urgent"
        self.assertEqual(self._due(case, "acknowledge"), "2026-11-16 02:30:00")
        self.assertEqual(self._get(case, "acknowledge").round, 2)

    def test_what_was_late_stays_late_whatever_the_case_becomes(self):
        case = self._create_case(RECEIVED, urgency="urgent")
        with freeze_time("2026-11-16 02:40:00"):  # half an hour was promised
            case.urgency = "normal"
        late = self._get(case, "acknowledge")
        self.assertRecordValues(late, [{"state": "breached", "is_breached": True}])
        self.assertTrue(case.was_late)
        with freeze_time("2026-11-18 02:00:00"):
            now = self._at("2026-11-18 02:00:00")
            self.env["customer.commitment"]._check_clocks(now)
            case.invalidate_recordset()
            breached = self._get(case, "acknowledge", ("breached",))
            self.assertTrue(breached)
            case.kind = "enquiry"
        self.assertEqual(breached.state, "breached")

    def test_a_suggestion_that_becomes_a_complaint_is_judged(self):
        case = self._create_case(RECEIVED, kind="suggestion")
        with freeze_time("2026-11-16 03:00:00"):
            case.kind = "complaint"
            self.assertTrue(self._get(case, "judgement"))
            case.kind = "suggestion"
            self.assertFalse(self._get(case, "judgement"))
            case.kind = "complaint"
        self.assertEqual(self._due(case, "judgement"), "2026-11-17 02:00:00")

    def test_pauses_move_along_when_the_clock_starts_again(self):
        case = self._create_case(RECEIVED)
        with freeze_time("2026-11-16 03:00:00"):
            case._wait("Photos")
        with freeze_time("2026-11-16 08:00:00"):  # five hours later
            case._end_waiting(self._at("2026-11-16 08:00:00"))
            case.is_complex = True  # of a complaint: changes nothing
            self.assertEqual(self._get(case, "acknowledge").round, 1)
            case.kind = "enquiry"
            case.kind = "complaint"
        self.assertEqual(self._due(case, "acknowledge"), "2026-11-17 07:00:00")

    def test_reopening_promises_a_solution_and_a_return_visit_again(self):
        self.profile.tier_id = self.tiers["A"]
        case = self._create_case(RECEIVED)
        with freeze_time("2026-11-16 03:00:00"):
            case._note_answer(self._at("2026-11-16 03:00:00"))
            case._solve({"result": "Done"})
        with freeze_time("2026-11-18 03:00:00"):
            case._reopen("Again")
        solution = self._get(case, "solution")
        self.assertRecordValues(
            solution,
            [{"round": 2, "due_datetime": self._at("2026-11-19 03:00:00")}],
        )
        self.assertFalse(self._get(case, "confirmation"))
        self.assertFalse(self._get(case, "acknowledge"))
        with freeze_time("2026-11-18 05:00:00"):
            case._solve({"result": "Done again"})
        self.assertRecordValues(
            self._get(case, "confirmation"),
            [{"round": 2, "due_datetime": self._at("2026-11-21 05:00:00")}],
        )

    # === THE LIGHT === #

    def test_a_case_shows_its_earliest_promise(self):
        self.profile.tier_id = self.tiers["A"]
        case = self._create_case(RECEIVED)
        self.assertRecordValues(
            case,
            [
                {
                    "next_target": "acknowledge",
                    "next_due_datetime": self._at("2026-11-16 04:00:00"),
                    "next_warn_datetime": self._at("2026-11-16 03:30:00"),
                }
            ],
        )
        with freeze_time("2026-11-16 03:00:00"):
            case._note_answer(self._at("2026-11-16 03:00:00"))
        self.assertEqual(case.next_due_datetime, self._at("2026-11-17 02:00:00"))

    def test_the_light_turns_yellow_before_and_red_as_soon_as_it_is_late(self):
        case = self._create_case(RECEIVED, urgency="urgent")  # warned at 02:15
        for at, light in (
            ("2026-11-16 02:14:00", "running"),
            ("2026-11-16 02:15:00", "soon"),
            ("2026-11-16 02:30:00", "soon"),
            ("2026-11-16 02:30:01", "late"),
        ):
            with self.subTest(at=at), freeze_time(at):
                case.invalidate_recordset(["light"])
                self.assertEqual(case.light, light)
                found = case.search([("light", "=", light), ("id", "=", case.id)])
                self.assertEqual(found, case)
                others = case.search([("light", "!=", light), ("id", "=", case.id)])
                self.assertFalse(others)

    def test_waiting_for_the_customer_and_nothing_promised_have_lights_of_their_own(
        self,
    ):
        waiting = self._create_case(RECEIVED)
        ended = self._create_case(RECEIVED)
        with freeze_time("2026-11-16 03:00:00"):
            waiting._wait("Photos")
            ended._withdraw("A mistake")
            self.assertEqual(waiting.light, "paused")
            self.assertEqual(ended.light, "none")
            for case, light in ((waiting, "paused"), (ended, "none")):
                found = case.search([("light", "=", light), ("id", "=", case.id)])
                self.assertEqual(found, case)

    def test_urgent_cases_come_first_then_higher_tiers_then_what_is_due(self):
        low = self._create_case("2026-11-16 01:00:00")
        self.profile.tier_id = self.tiers["A"]
        high = self._create_case(RECEIVED)
        urgent = self._create_case("2026-11-16 03:00:00", urgency="urgent")
        ours = low | high | urgent
        found = ours.search([("id", "in", ours.ids)])
        self.assertEqual(found, urgent | high | low)

    def test_the_board_shows_every_step_a_case_can_wait_in(self):
        case = self._create_case(RECEIVED)
        groups = case.with_context(read_group_expand=True).web_read_group(
            [("id", "=", case.id)], ["state"], ["__count"]
        )["groups"]
        self.assertEqual(
            [(group["state"], group["__count"]) for group in groups],
            [
                ("received", 1),
                ("acknowledged", 0),
                ("judged", 0),
                ("proposed", 0),
                ("solved", 0),
            ],
        )
