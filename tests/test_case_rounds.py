from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .service_common import ServiceCase

RECEIVED = "2026-11-16 02:00:00"  # Monday
WAITING = ("running", "paused", "breached")


@tagged("post_install", "-at_install")
class TestCaseRounds(ServiceCase):
    """What is still promised when a case waits, opens again, merges or goes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("case_rounds_user", "user")

    def _get(self, case, target, states=WAITING):
        return case.commitment_ids.filtered(
            lambda row: row.target == target and row.state in states
        )

    def _solve(self, case, at):
        with freeze_time(at):
            case._solve({"result": "Done"})

    def test_a_case_that_opens_again_waits_for_the_customer_no_more(self):
        case = self._create_case(RECEIVED)
        self._solve(case, "2026-11-16 03:00:00")
        with freeze_time("2026-11-16 04:00:00"):
            case._wait("Photos")
        with freeze_time("2026-11-16 05:00:00"):
            case._confirm_by_customer(False)
        self.assertFalse(case.is_waiting)
        with freeze_time("2026-11-16 06:00:00"):
            case._wait("More photos")
        self.assertEqual(self._get(case, "acknowledge").state, "paused")

    def test_a_case_that_closes_waits_for_nobody(self):
        case = self._create_case(RECEIVED)
        self._solve(case, "2026-11-16 03:00:00")
        case.cause_id = self.env.ref("customer_success.customer_case_cause_quality")
        with freeze_time("2026-11-16 04:00:00"):
            case._wait("Photos")
        with freeze_time("2026-11-16 05:00:00"):
            case._confirm_by_customer(True)
        self.assertEqual(case.state, "confirmed")
        self.assertFalse(case.is_waiting)

    def test_another_round_promises_what_the_customer_is_promised_by_now(self):
        case = self._create_case(RECEIVED)
        self.assertFalse(self._get(case, "solution"))
        self._solve(case, "2026-11-16 03:00:00")
        self.profile.tier_id = self.tiers["A"]
        with freeze_time("2026-11-18 03:00:00"):
            case._reopen("Again")
        self.assertRecordValues(
            self._get(case, "solution"),
            [{"due_datetime": self._at("2026-11-19 03:00:00")}],
        )

    def test_an_answer_still_owed_is_not_promised_twice(self):
        case = self._create_case(RECEIVED)
        self._solve(case, "2026-11-16 03:00:00")  # nobody has answered
        with freeze_time("2026-11-18 02:00:00"):
            self.env["customer.commitment"]._check_clocks(
                self._at("2026-11-18 02:00:00")
            )
            case.invalidate_recordset()
            case._reopen("Again")
        self.assertEqual(self._get(case, "acknowledge").mapped("state"), ["breached"])

    def test_one_answer_that_is_late_is_one_promise_that_was_broken(self):
        case = self._create_case(RECEIVED, urgency="urgent")
        with freeze_time("2026-11-16 02:40:00"):  # nobody has noticed yet
            case.urgency = "normal"
        with freeze_time("2026-11-18 02:00:00"):
            case._note_answer(self._at("2026-11-18 02:00:00"))
        answers = case.commitment_ids.filtered(lambda row: row.target == "acknowledge")
        self.assertEqual(answers.mapped("is_breached"), [True])

    def test_a_promise_given_while_we_wait_rests_too(self):
        case = self._create_case(RECEIVED, kind="enquiry")
        with freeze_time("2026-11-16 03:00:00"):
            case._wait("Photos")
        with freeze_time("2026-11-16 04:00:00"):
            case.kind = "complaint"
        self.assertEqual(self._get(case, "judgement").state, "paused")
        with freeze_time("2026-11-16 08:00:00"):
            case._end_waiting(self._at("2026-11-16 08:00:00"))
        self.assertEqual(
            self._get(case, "judgement").due_datetime, self._at("2026-11-17 07:00:00")
        )

    def test_return_visits_are_neither_dated_ahead_nor_before_the_solution(self):
        case = self._create_case(RECEIVED, user_id=self.user.id)
        self._solve(case, "2026-11-16 08:00:00")
        visits = self.env["customer.case.contact.try"].with_user(self.user)
        for at in ("2026-11-18 09:00:00", "2026-11-16 07:59:00"):
            with (
                self.subTest(at=at),
                freeze_time("2026-11-17 09:00:00"),
                self.assertRaises(UserError),
            ):
                visits.create(
                    {"case_id": case.id, "result": "not_reached", "try_datetime": at}
                )
        with freeze_time("2026-11-17 09:00:00"):
            for day in ("2026-11-16", "2026-11-15"):
                visit = visits.with_context(default_date=day).create(
                    {"case_id": case.id, "result": "not_reached", "date": day}
                )
        self.assertEqual(str(visit.date), "2026-11-17")
        self.assertEqual(case.state, "solved")
        self.assertFalse(case.confirmation_result)

    def test_an_empty_message_is_no_answer(self):
        case = self._create_case(RECEIVED, user_id=self.user.id)
        case.contact_email = "who@example.com"
        case.with_user(self.user).message_post(
            body="", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(case.acknowledged_datetime)

    def test_nobody_waits_for_a_case_that_was_deleted(self):
        case = self._create_case(RECEIVED)
        promises = case.commitment_ids
        case.unlink()
        self.assertEqual(set(promises.mapped("state")), {"cancelled"})

    def test_duplicates_with_a_plan_each_become_one(self):
        cases = self._create_case(RECEIVED)
        cases |= self._create_case(RECEIVED)
        cases |= self._create_case(RECEIVED)
        for case in cases:
            self._answer("2026-11-17", value=1, case_id=case.id)._follow_answer()
        rating = cases[0]._get_round_rating()
        cases[0]._merge_into(cases[1])
        cases[1]._merge_into(cases[2])
        self.assertEqual(len(cases[2].improvement_ids), 3)
        cases[0].rating_apply(4, rating=rating)  # by the link he got first
        self.assertEqual(cases[2].csat, 4)
        self.assertFalse(cases[1].satisfaction_ids)

    def test_what_a_customer_writes_to_a_duplicate_is_seen(self):
        duplicate = self._create_case(RECEIVED, contact_email="who@example.com")
        survivor = self._create_case(RECEIVED, contact_email="who@example.com")
        duplicate._merge_into(survivor)
        survivor._note_answer(self._at("2026-11-16 03:00:00"))
        self.assertFalse(survivor.is_answer_due)
        duplicate._post_customer_message("Still broken")
        self.assertTrue(survivor.is_answer_due)

    def test_a_case_and_its_promises_keep_one_person_while_the_customer_has_none(self):
        former = self._create_user("case_rounds_former", "user")
        self.profile.user_id = former
        case = self._create_case(RECEIVED)
        promises = case.commitment_ids
        self.profile.user_id = False
        promises._follow_owners(company=self.company)
        self.assertEqual(case.user_id | promises.user_id, former)
        self.profile.user_id = self.user
        promises._follow_owners(company=self.company)
        self.assertEqual(case.user_id | promises.user_id, self.user)

    def test_a_case_of_somebody_who_left_goes_to_the_desk(self):
        left = self._create_user("case_rounds_left", "user")
        desk = self.env["customer.service.desk"].create(
            {"name": "Desk", "company_id": self.company.id, "user_id": self.user.id}
        )
        case = self._create_case(
            RECEIVED, profile_id=False, desk_id=desk.id, user_id=left.id
        )
        left.active = False
        case.commitment_ids._follow_owners(company=self.company)
        self.assertEqual(case.user_id | case.commitment_ids.user_id, self.user)
        self.assertEqual(case.activity_ids.user_id, self.user)

    def test_ratings_and_their_keys_are_no_list_for_every_employee(self):
        case = self._create_case(RECEIVED, user_id=self.user.id)
        self._solve(case, "2026-11-16 03:00:00")
        rating = case._rate_by_customer(4, "Told in confidence")
        stranger = self._create_user("case_rounds_stranger", "base.group_user")
        for user in (stranger, self.user):
            mine = rating.with_user(user)
            self.assertFalse(mine.search([("res_model", "=", "customer.case")]))
            with self.assertRaises(AccessError):
                mine.read(["access_token", "feedback"])
            with self.assertRaises(AccessError):
                mine.write({"rating": 1})

    def test_two_people_by_phone_on_one_day_are_two_people(self):
        people = [self._create_partner(f"Person {n}") for n in range(2)]
        for person, value in zip(people, (1, 5), strict=True):
            for measure, scaled in (("csat", value), ("nps", 2 * value)):
                answer = self._answer(
                    "2026-11-10", measure, scaled, partner_id=person.id
                )
                if measure == "csat":
                    answer.line_ids.sudo().create(
                        {
                            "satisfaction_id": answer.id,
                            "question": "attitude",
                            "value": value,
                        }
                    )
        with freeze_time("2026-11-21"):
            drivers = self.env["customer.satisfaction.driver"].search(
                [("target", "=", "nps"), ("company_id", "=", self.company.id)]
            )
        self.assertEqual(drivers.mapped("answer_count"), [2])
