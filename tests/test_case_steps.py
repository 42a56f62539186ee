from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged, users

from .service_common import ServiceCase

RECEIVED = "2026-11-16 02:00:00"  # Monday


@tagged("post_install", "-at_install")
class TestCaseSteps(ServiceCase):
    """A case from its arrival to the return visit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("case_user", "user")
        cls.manager = cls._create_user("case_manager", "manager")
        cls.cause = cls.env.ref("customer_success.customer_case_cause_quality")
        cls.case = cls._create_case(RECEIVED, user_id=cls.user.id)

    def _visit(self, result, at, case=None):
        with freeze_time(at):
            return self.env["customer.case.contact.try"].create(
                {"case_id": (case or self.case).id, "result": result}
            )

    def _solve(self, at="2026-11-17 02:00:00", **vals):
        with freeze_time(at):
            self.case._solve({"result": "Replaced", **vals})

    # === ARRIVAL === #

    def test_a_case_gets_a_reference_and_starts_as_received(self):
        self.assertRegex(self.case.name, r"^CS\d{5,}$")
        self.assertEqual(self.case.state, "received")
        self.assertTrue(self.case.is_answer_due)

    def test_the_first_case_says_since_when_cases_are_recorded(self):
        self.assertEqual(str(self.company.customer_case_start), "2026-11-16")
        self._create_case("2026-11-18 02:00:00")
        self.assertEqual(str(self.company.customer_case_start), "2026-11-16")

    def test_a_case_needs_a_subject_and_is_not_received_in_the_future(self):
        with self.assertRaises(ValidationError):
            self._create_case(RECEIVED, subject="  ")
        with freeze_time(RECEIVED), self.assertRaises(ValidationError):
            self.env["customer.case"].create(
                {"subject": "Later", "received_datetime": "2026-11-17 02:00:00"}
            )

    def test_the_company_of_an_unknown_sender_stays_as_it_was_given(self):
        case = self._create_case(
            RECEIVED, profile_id=False, company_id=self.other_company.id
        )
        self.assertEqual(case.company_id, self.other_company)

    # === STEPS === #

    def test_each_step_leaves_its_time_and_its_status(self):
        for at, step, state in (
            ("2026-11-16 03:00:00", lambda: self.case._note_answer(
                self._at("2026-11-16 03:00:00")), "acknowledged"),
            ("2026-11-16 04:00:00", lambda: self.case._judge(
                {"judgement": "Ours"}), "judged"),
            ("2026-11-16 05:00:00", lambda: self.case._propose(
                {"solution": "A new one"}), "proposed"),
            ("2026-11-16 06:00:00", lambda: self.case._solve(
                {"result": "Sent"}), "solved"),
        ):  # fmt: skip
            with freeze_time(at):
                step()
            self.assertEqual(self.case.state, state)
        self.assertRecordValues(
            self.case,
            [
                {
                    "acknowledged_datetime": self._at("2026-11-16 03:00:00"),
                    "judged_datetime": self._at("2026-11-16 04:00:00"),
                    "proposed_datetime": self._at("2026-11-16 05:00:00"),
                    "solved_datetime": self._at("2026-11-16 06:00:00"),
                    "response_hours": 1,
                    "solution_hours": 4,
                }
            ],
        )

    def test_an_answer_after_the_judgement_does_not_throw_the_case_back(self):
        with freeze_time("2026-11-16 04:00:00"):
            self.case._judge({"judgement": "Ours"})
            self.case._note_answer(self._at("2026-11-16 04:00:00"))
        self.assertEqual(self.case.state, "judged")
        self.assertTrue(self.case.acknowledged_datetime)

    def test_a_step_needs_its_text(self):
        for step, field in (
            (self.case._judge, "First Judgement"),
            (self.case._propose, "Proposed Solution"),
            (self.case._solve, "What Was Done"),
        ):
            with (
                self.subTest(field=field),
                self.assertRaisesRegex(UserError, f"{self.case.name}.*{field}"),
            ):
                step({})

    def test_a_withdrawn_case_has_ended(self):
        with freeze_time("2026-11-16 03:00:00"):
            self.case._withdraw("A mistake")
        self.assertEqual(self.case.state, "cancelled")
        self.assertEqual(set(self.case.commitment_ids.mapped("state")), {"cancelled"})
        with self.assertRaisesRegex(UserError, "has ended"):
            self.case._solve({"result": "Done"})

    # === THE END === #

    def test_a_case_closes_when_the_customer_is_satisfied_and_the_cause_is_known(self):
        self._solve()
        self._visit("confirmed", "2026-11-18 02:00:00")
        self.assertEqual(self.case.confirmation_result, "confirmed")
        self.assertEqual(self.case.state, "solved")
        with freeze_time("2026-11-18 03:00:00"):
            self.case.cause_id = self.cause
        self.assertEqual(self.case.state, "confirmed")
        self.assertEqual(self.case.closed_datetime, self._at("2026-11-18 03:00:00"))

    def test_closing_says_what_is_missing(self):
        with self.assertRaisesRegex(UserError, f"{self.case.name}.*not solved"):
            self.case.action_close()
        self._solve()
        with self.assertRaisesRegex(UserError, f"{self.case.name}.*return visit"):
            self.case.action_close()
        self._visit("confirmed", "2026-11-18 02:00:00")
        with self.assertRaisesRegex(UserError, f"{self.case.name}.*Root Cause"):
            self.case.action_close()

    def test_two_tries_on_different_days_count_as_a_return_visit(self):
        self._solve(cause_id=self.cause.id)
        self._visit("not_reached", "2026-11-18 02:00:00")
        self._visit("not_reached", "2026-11-18 09:00:00")
        self.assertFalse(self.case.confirmation_result)
        self._visit("not_reached", "2026-11-19 02:00:00")
        self.assertEqual(self.case.confirmation_result, "not_reached")
        self.assertEqual(self.case.state, "confirmed")

    def test_tries_before_it_was_solved_again_do_not_count(self):
        self._solve(cause_id=self.cause.id)
        self._visit("not_reached", "2026-11-18 02:00:00")
        with freeze_time("2026-11-18 05:00:00"):
            self.case._reopen("Broken again")
        self._solve("2026-11-18 06:00:00")
        self._visit("not_reached", "2026-11-19 02:00:00")
        self.assertFalse(self.case.confirmation_result)

    def test_an_unsatisfied_customer_opens_the_case_again(self):
        self._solve(cause_id=self.cause.id)
        self._visit("not_satisfied", "2026-11-18 02:00:00")
        self.assertRecordValues(
            self.case,
            [{"state": "judged", "reopen_count": 1, "solved_datetime": False}],
        )

    def test_return_visits_are_never_changed(self):
        self._solve()
        visit = self._visit("not_reached", "2026-11-18 02:00:00")
        with self.assertRaises(UserError):
            visit.with_user(self.manager).result = "confirmed"
        visit.with_user(self.manager).note = "Busy"

    def test_there_is_no_return_visit_before_a_solution(self):
        with self.assertRaisesRegex(UserError, "not solved"):
            self._visit("confirmed", "2026-11-18 02:00:00")

    def test_only_managers_close_without_a_return_visit_and_say_why(self):
        self._solve(cause_id=self.cause.id)
        with self.assertRaises(AccessError):
            self.case.with_user(self.user).action_bypass()
        reason = self.env["customer.case.reason"]
        dialog = reason.with_user(self.user).create(
            {"case_id": self.case.id, "step": "bypass", "reason": "No"}
        )
        with self.assertRaises(AccessError):
            dialog.action_apply()
        dialog = reason.with_user(self.manager).create(
            {"case_id": self.case.id, "step": "bypass"}
        )
        with self.assertRaisesRegex(UserError, "Say why"):
            dialog.action_apply()
        dialog.reason = "Asked not to be called"
        dialog.action_apply()
        self.assertRecordValues(
            self.case,
            [
                {
                    "state": "confirmed",
                    "confirmation_result": "bypassed",
                    "bypass_reason": "Asked not to be called",
                    "bypass_user_id": self.manager.id,
                }
            ],
        )

    def test_a_closed_case_opens_again_and_counts_it(self):
        self._solve(cause_id=self.cause.id)
        self._visit("confirmed", "2026-11-18 02:00:00")
        self.assertTrue(self.case.is_first_contact)
        with freeze_time("2026-11-20 02:00:00"):
            self.case._reopen("Again")
        self.assertRecordValues(
            self.case,
            [
                {
                    "reopen_count": 1,
                    "reopened_datetime": self._at("2026-11-20 02:00:00"),
                    "confirmation_result": False,
                    "closed_datetime": False,
                    "is_first_contact": False,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "not solved yet"):
            self.case._reopen("Twice")

    # === WHAT PEOPLE MAY WRITE === #

    @users("case_user")
    def test_nobody_writes_what_the_steps_keep(self):
        case = self.env["customer.case"].browse(self.case.id)
        for name in (
            "state", "solved_datetime", "confirmation_result", "reopen_count",
            "received_datetime", "is_late", "priority", "csat", "intake_key",
            "merged_into_id", "is_escalated", "reward_state", "response_hours",
        ):  # fmt: skip
            with self.subTest(field=name), self.assertRaises(AccessError):
                case.write({name: False})
        with self.assertRaises(AccessError):
            case.create({"subject": "Fake", "state": "confirmed"})
        made = case.with_context(default_state="confirmed").create({"subject": "Fake"})
        self.assertEqual(made.state, "received")

    @users("case_user")
    def test_apologising_is_noted_with_its_time_and_never_blocks(self):
        case = self.env["customer.case"].browse(self.case.id)
        with freeze_time("2026-11-16 03:00:00"):
            case.is_calmed = True
        self.assertEqual(case.calmed_datetime, self._at("2026-11-16 03:00:00"))
        case.is_calmed = False
        self.assertFalse(case.calmed_datetime)
        case._solve({"result": "Done"})
        self.assertEqual(case.state, "solved")

    def test_cases_that_somebody_worked_on_are_not_deleted(self):
        self._solve()
        with self.assertRaisesRegex(UserError, "withdraw it"):
            self.case.unlink()
