from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .service_common import ServiceCase

RECEIVED = "2026-11-16 02:00:00"  # Monday
WAITING = ("running", "paused", "breached")


@tagged("post_install", "-at_install")
class TestCaseOrders(ServiceCase):
    """Steps of a case in an order that nobody planned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("case_orders_user", "user")

    def _get(self, case, target, states=WAITING):
        return case.commitment_ids.filtered(
            lambda row: row.target == target and row.state in states
        )

    def _due(self, case, target):
        return str(self._get(case, target).due_datetime)

    # === ANOTHER KIND === #

    def test_what_a_new_kind_promises_begins_when_the_case_opened_again(self):
        case = self._create_case(RECEIVED, kind="suggestion")
        with freeze_time("2026-11-16 03:00:00"):
            case._note_answer(self._at("2026-11-16 03:00:00"))
            case._solve({"result": "Done"})
        with freeze_time("2026-11-20 03:00:00"):
            case._reopen("Again")
            case.kind = "complaint"
            self.assertEqual(self._due(case, "judgement"), "2026-11-21 03:00:00")
            self.assertEqual(case.light, "running")

    def test_a_promise_taken_back_in_an_earlier_round_begins_anew(self):
        case = self._create_case(RECEIVED)
        with freeze_time("2026-11-16 03:00:00"):
            case.kind = "suggestion"  # nobody judges it any more
            case._note_answer(self._at("2026-11-16 03:00:00"))
            case._solve({"result": "Done"})
        with freeze_time("2026-11-20 03:00:00"):
            case._reopen("Again")
            case.kind = "complaint"
            self.assertEqual(self._due(case, "judgement"), "2026-11-21 03:00:00")

    def test_time_we_waited_counts_for_no_promise_whatever_the_case_becomes(self):
        case = self._create_case(RECEIVED, kind="enquiry")
        with freeze_time("2026-11-16 03:00:00"):
            case._wait("Photos")
        with freeze_time("2026-11-18 03:00:00"):  # two days later
            case._end_waiting(self._at("2026-11-18 03:00:00"))
            case.kind = "complaint"
            self.assertEqual(self._due(case, "judgement"), "2026-11-19 02:00:00")
            case.kind = "enquiry"
            case.kind = "complaint"
            self.assertEqual(self._due(case, "judgement"), "2026-11-19 02:00:00")

    def test_a_judgement_nobody_needs_any_more_is_over_with_the_solution(self):
        case = self._create_case(RECEIVED)
        with freeze_time("2026-11-18 03:00:00"):  # late by now
            case.kind = "enquiry"
            self.assertEqual(self._get(case, "judgement").state, "breached")
            case._note_answer(self._at("2026-11-18 03:00:00"))
            case._propose({"solution": "A new one"})
        judgement = case.commitment_ids.filtered(lambda row: row.target == "judgement")
        self.assertRecordValues(judgement, [{"state": "met", "is_breached": True}])
        self.assertFalse(case.is_late)

    # === WAITING === #

    def test_waiting_does_not_hide_what_is_late_already(self):
        case = self._create_case(RECEIVED, urgency="urgent")  # until 02:30
        with freeze_time("2026-11-16 02:40:00"):  # nobody has noticed yet
            case._wait("Photos")
            self.assertEqual(case.light, "late")
            case.urgency = "normal"
            case._end_waiting(self._at("2026-11-16 02:40:00"))
        with freeze_time("2026-11-18 02:00:00"):
            case._note_answer(self._at("2026-11-18 02:00:00"))
        answers = case.commitment_ids.filtered(lambda row: row.target == "acknowledge")
        self.assertRecordValues(answers, [{"state": "met", "is_breached": True}])

    def test_nobody_pauses_what_is_late_already(self):
        case = self._create_case(RECEIVED, urgency="urgent")  # until 02:30
        late = self._get(case, "acknowledge").with_user(self.user)
        with (
            freeze_time("2026-11-16 02:40:00"),
            self.assertRaisesRegex(UserError, "Past Due"),
        ):
            late.pause_ids.create({"commitment_id": late.id, "reason": "Photos"})

    def test_what_we_wait_for_may_come_as_a_case_of_its_own(self):
        case = self._create_case(RECEIVED, user_id=self.user.id)
        with freeze_time("2026-11-16 03:00:00"):
            case._note_answer(self._at("2026-11-16 03:00:00"))
            case._wait("Photos")
            case._finish_to_dos()
        duplicate = self._create_case("2026-11-16 08:00:00", user_id=self.user.id)
        with freeze_time("2026-11-16 08:00:00"):
            duplicate._merge_into(case)
        self.assertFalse(case.is_waiting)
        self.assertEqual(self._due(case, "judgement"), "2026-11-17 07:00:00")
        self.assertEqual(case._get_to_dos().user_id, self.user)

    def test_what_came_before_we_waited_does_not_end_the_waiting(self):
        case = self._create_case(RECEIVED, user_id=self.user.id)
        duplicate = self._create_case(RECEIVED, user_id=self.user.id)
        with freeze_time("2026-11-16 03:00:00"):
            case._wait("Photos")
            duplicate._merge_into(case)
        self.assertTrue(case.is_waiting)

    def test_a_delay_taken_over_while_we_wait_stays_the_same_one(self):
        duplicate = self._create_case("2026-11-14 02:00:00")
        case = self._create_case(RECEIVED)
        with freeze_time("2026-11-16 03:00:00"):
            case._wait("Photos")
            duplicate._merge_into(case)
            case._end_waiting(self._at("2026-11-16 03:00:00"))
        now = self._at("2026-11-20 02:00:00")
        with freeze_time(now):
            self.env["customer.commitment"]._check_clocks(now)
        self.env.invalidate_all()
        answer = self._get(case, "acknowledge")
        self.assertEqual(str(answer.breached_datetime), "2026-11-15 02:00:00")

    # === THE END AND AFTERWARDS === #

    def test_what_the_customer_said_himself_outweighs_calls_he_did_not_take(self):
        case = self._create_case(RECEIVED)
        with freeze_time("2026-11-16 03:00:00"):
            case._solve({"result": "Done"})
            case._confirm_by_customer(True)  # the root cause is missing
        for day in ("17", "18"):
            with freeze_time(f"2026-11-{day} 04:00:00"):
                case.contact_try_ids.create(
                    {"case_id": case.id, "result": "not_reached"}
                )
        self.assertEqual(case.confirmation_result, "confirmed")

    def test_a_case_withdrawn_by_mistake_was_no_solution_that_did_not_hold(self):
        case = self._create_case(RECEIVED)
        with freeze_time("2026-11-16 03:00:00"):
            case._withdraw("The wrong one")
            case._reopen("It was this one")
            case._note_answer(self._at("2026-11-16 03:00:00"))
            case._solve({"result": "Done"})
        self.assertTrue(case.is_first_contact)
        report = self.env["customer.case.report"].search([("case_id", "=", case.id)])
        self.assertEqual(report.reopened_percent, 0)
        with freeze_time("2026-11-17 03:00:00"):
            case._withdraw("The customer gives up")
            case._reopen("He does not")
        self.assertEqual(case.reopen_count, 1)

    # === WHO WORKS ON IT === #

    def test_a_handler_sees_what_he_has_promised_to_somebody_elses_customer(self):
        owner = self._create_user("case_orders_owner", "user")
        member = self._create_user("case_orders_member", "user")
        stranger = self._create_user("case_orders_stranger", "user")
        self.profile.user_id = owner
        case = self._create_case(
            RECEIVED, user_id=self.user.id, group_user_ids=member.ids
        )
        promises = case.commitment_ids
        domain = [("case_id", "=", case.id)]
        for user, found in (
            (self.user, promises),
            (member, promises),
            (stranger, promises.browse()),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(promises.with_user(user).search(domain), found)
        first = self._get(case, "acknowledge").with_user(self.user)
        self.env.invalidate_all()
        self.assertEqual(first.display_name, "Served, First Answer")
        with freeze_time(RECEIVED):
            first.pause_ids.create({"commitment_id": first.id, "reason": "Photos"})
            self.assertEqual(first.pause_ids.reason, "Photos")
            first.action_resume()
        self.assertEqual(first.state, "running")

    def test_nobody_gets_a_case_that_he_could_not_open(self):
        plain = self._create_user("case_orders_plain", "base.group_user")
        case = self._create_case(RECEIVED, user_id=self.user.id).with_user(self.user)
        dialog = case.env["customer.case.escalation"].create(
            {"case_id": case.id, "receiver": "person", "user_id": plain.id}
        )
        dialog.reason = "Help"
        for refused in (
            dialog.action_escalate,
            lambda: case.write({"user_id": plain.id}),
            lambda: case.copy({"user_id": plain.id}),
        ):
            with self.assertRaisesRegex(UserError, "no Customer Success role"):
                refused()

    def test_a_closed_case_keeps_its_root_cause(self):
        case = self._create_case(RECEIVED)
        case.cause_id = self.env.ref("customer_success.customer_case_cause_quality")
        with freeze_time("2026-11-16 03:00:00"):
            case._solve({"result": "Done"})
            case._confirm_by_customer(True)
        self.assertEqual(case.state, "confirmed")
        with self.assertRaisesRegex(ValidationError, "Root Cause"):
            case.cause_id = False

    # === MANY AT ONCE === #

    def test_a_file_that_cannot_be_imported_says_why(self):
        names = ["subject", "kind", "profile_id/.id"]
        rows = [["First", "complaint", str(self.profile.id)], ["", "enquiry", ""]]
        cases = self.env["customer.case"].with_user(self.user)
        with mute_logger("odoo.sql_db"):
            result = cases.load(names, rows)
        self.assertEqual([row["field"] for row in result["messages"]], ["subject"])

    # === LANGUAGES === #

    def test_a_case_speaks_a_language_there_is(self):
        languages = self.env["res.lang"]
        languages._activate_lang("fr_FR")
        case = self._create_case(RECEIVED, contact_email="who@example.com")
        offered = dict(case.fields_get(["lang"])["lang"]["selection"])
        self.assertEqual(set(offered), set(dict(languages.get_installed())))
        case.lang = "fr_FR"
        languages.search([("code", "=", "fr_FR")]).active = False
        self.assertFalse(case.lang)
        with freeze_time("2026-11-16 03:00:00"):
            case.with_user(self.user)._solve({"result": "Done"})
        self.assertEqual(case.state, "solved")
