from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import DAY
from .satisfaction_common import SatisfactionCase


@tagged("post_install", "-at_install")
class TestSatisfactionCases(SatisfactionCase):
    """Ratings of solved cases, and what a low one starts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cause = cls.env["customer.case.cause"].create(
            {"name": "Wrong part", "code": "wrong_part"}
        )
        cls.handler = cls._create_user("satisfaction_handler", "user")

    def _create_case(self, **values):
        return self.env["customer.case"].create(
            {
                "subject": "Pump leaks",
                "kind": "complaint",
                "profile_id": self.profile.id,
                "partner_id": self.contact.id,
                "user_id": self.handler.id,
                "received_datetime": f"{DAY} 08:00:00",
                **values,
            }
        )

    @freeze_time(f"{DAY} 12:00:00")
    def _create_solved(self, **values):
        case = self._create_case(**values)
        case._solve({"result": "A new pump"})
        return case

    @freeze_time(f"{DAY} 13:00:00")
    def _rate(self, case, rating, feedback=None):
        public = self.env.ref("base.public_user")
        case.with_user(public).sudo()._rate_by_customer(rating, feedback)
        return case.satisfaction_ids

    # === COUNTED ONCE === #

    def test_a_rating_is_counted_once_however_often_the_link_is_used(self):
        case = self._create_solved()
        row = self._rate(case, 5, "Quick\x00 help")
        self.assertRecordValues(
            row,
            [
                {
                    "measure": "csat",
                    "value": 5,
                    "score": 100,
                    "band": "good",
                    "source": "rating",
                    "profile_id": self.profile.id,
                    "partner_id": self.contact.id,
                    "user_id": self.handler.id,
                    "comment": "Quick help",
                }
            ],
        )
        self.assertEqual(self._rate(case, 2), row)
        self.assertRecordValues(row, [{"value": 2, "band": "low"}])
        self.assertRecordValues(case, [{"csat": 2, "csat_state": "known"}])

    def test_each_round_has_a_rating_of_its_own(self):
        case = self._create_solved()
        first = self._rate(case, 2)
        case._reopen("It leaks again")
        self.assertFalse(case._can_be_rated())
        with freeze_time("2026-11-22 12:00:00"):
            case._solve({"result": "Another pump"})
        with freeze_time("2026-11-22 13:00:00"):
            case._rate_by_customer(5)
        second = case.satisfaction_ids - first
        self.assertRecordValues(second, [{"value": 5}])
        self.assertEqual(first.value, 2)
        self.assertEqual(case.csat, 5)

    def test_the_link_stays_the_same_in_a_round(self):
        case = self._create_solved()
        token = case._rating_get_access_token()
        self._rate(case, 4)
        self.assertEqual(case._rating_get_access_token(self.owner.partner_id), token)
        self.assertEqual(case._get_round_rating().access_token, token)

    def test_a_rating_does_not_reopen_the_case(self):
        case = self._create_solved()
        self._rate(case, 5, "Thank you")
        self.assertEqual(case.state, "solved")
        self.assertFalse(case.reopen_count)
        message = case._get_round_rating().message_id
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))

    def test_only_one_to_five_is_a_rating(self):
        case = self._create_solved()
        for rating in (0, 6, -1, True, "5", 4.5, None):
            with self.subTest(rating=rating), self.assertRaises(UserError):
                case._rate_by_customer(rating)
        self.assertEqual(case.csat_state, "to_evaluate")

    def test_our_people_cannot_rate_for_the_customer(self):
        case = self._create_solved()
        rating = case._get_round_rating()
        for user in (self.owner, self.handler):
            with self.assertRaises(AccessError):
                case.with_user(user).sudo().rating_apply(5, rating=rating)
        self.assertFalse(case.satisfaction_ids)

    def test_a_rating_of_one_case_cannot_be_used_for_another(self):
        case, other = self._create_solved(), self._create_solved()
        rating = other._get_round_rating()
        with self.assertRaises(ValueError):
            case.rating_apply(5, rating=rating)

    def test_the_link_of_a_mail_counts_like_the_portal(self):
        case = self._create_solved()
        rating = case._get_round_rating()
        case.rating_apply(3, token=rating.access_token, feedback="So so")
        self.assertRecordValues(case.satisfaction_ids, [{"value": 3, "band": "low"}])

    # === IMPROVEMENT === #

    def test_a_low_rating_starts_one_plan_of_the_handler(self):
        case = self._create_solved()
        self._rate(case, 3)
        plan = case.improvement_ids
        self.assertRecordValues(
            plan,
            [
                {
                    "user_id": self.handler.id,
                    "state": "draft",
                    "profile_id": self.profile.id,
                    "date_deadline": self._to_date("2026-12-05"),
                }
            ],
        )
        activity = plan.activity_ids
        self.assertEqual(activity.user_id, self.handler)
        self.assertEqual(activity.date_deadline, self._to_date("2026-12-05"))
        self._rate(case, 1)
        self.assertEqual(case.improvement_ids, plan)

    def test_four_of_five_starts_no_plan(self):
        case = self._create_solved()
        self._rate(case, 4)
        self.assertFalse(case.improvement_ids)

    def test_a_second_round_starts_a_plan_only_when_the_first_has_ended(self):
        case = self._create_solved()
        self._rate(case, 2)
        for is_ended, count in ((False, 1), (True, 2)):
            if is_ended:
                case.improvement_ids.write(
                    {
                        "cause": "Wrong part",
                        "measures": "Check",
                        "result": "Done",
                        "state": "done",
                    }
                )
            case._reopen("Again")
            case._solve({"result": "Again a pump"})
            case._rate_by_customer(2)
            self.assertEqual(len(case.improvement_ids), count)

    def test_an_unhappy_case_is_not_closed_without_a_plan(self):
        case = self._create_solved()
        self._rate(case, 2)
        case.cause_id = self.cause
        case.improvement_ids.write({"state": "cancelled", "result": "Nothing to do"})
        case.sudo().write({"confirmation_result": "confirmed"})
        with self.assertRaisesRegex(UserError, "improvement plan"):
            case._close()
        self.env["customer.improvement"].create(
            {"name": "Check parts", "case_id": case.id, "profile_id": self.profile.id}
        )
        case._close()
        self.assertEqual(case.state, "confirmed")

    def test_a_plan_is_done_only_when_its_result_is_known(self):
        case = self._create_solved()
        self._rate(case, 2)
        plan = case.improvement_ids
        plan.action_start()
        with self.assertRaises(UserError):
            plan.action_done()
        plan.write({"cause": "Parts", "measures": "Check", "result": "None since"})
        plan.action_done()
        self.assertTrue(plan.date_done)
        self.assertFalse(plan.activity_ids)
        plan.action_reopen()
        self.assertFalse(plan.date_done)
        self.assertEqual(len(plan.activity_ids), 1)

    def test_late_plans_are_found(self):
        plan = self.env["customer.improvement"].create(
            {"name": "Late", "date_deadline": "2026-11-20"}
        )
        plans = self.env["customer.improvement"]
        with freeze_time(f"{DAY} 12:00:00"):
            self.assertTrue(plan.is_late)
            self.assertIn(plan, plans.search([("is_late", "=", True)]))
            self.assertNotIn(plan, plans.search([("is_late", "=", False)]))
        with freeze_time("2026-11-20 12:00:00"):
            plan.invalidate_recordset()
            self.assertFalse(plan.is_late)

    # === CASES THAT CHANGE === #

    def test_answers_follow_the_case_that_stays(self):
        case, other = self._create_solved(), self._create_solved()
        other._reopen("Not yet")
        self._rate(case, 2)
        row, plan = case.satisfaction_ids, case.improvement_ids
        rating = case._get_round_rating()
        case._reopen("The same matter")
        case._merge_into(other)
        self.assertEqual((row | row).case_id, other)
        self.assertEqual(plan.case_id, other)
        self.assertEqual(other.csat, 2)
        # the link of the duplicate still answers, for the case that stays
        case.rating_apply(4, rating=rating)
        self.assertRecordValues(row, [{"value": 4, "case_id": other.id}])

    def test_answers_of_an_unknown_sender_become_those_of_the_customer(self):
        case = self._create_solved(
            profile_id=False, partner_id=False, contact_email="who@example.com"
        )
        self._rate(case, 2)
        self.assertFalse(case.satisfaction_ids.profile_id)
        case.write({"profile_id": self.profile.id, "partner_id": self.contact.id})
        self.assertEqual(case.satisfaction_ids.profile_id, self.profile)
        self.assertEqual(case.improvement_ids.profile_id, self.profile)

    def test_a_rating_follows_its_case_to_the_right_customer(self):
        case = self._create_solved()
        rated = self._rate(case, 2)
        said = self.env["customer.satisfaction"].create(
            {
                **rated.copy_data()[0],
                "source": "phone",
                "case_id": case.id,
                "profile_id": self.profile.id,
            }
        )
        right = self._create_asked("Right", "right@example.com")
        contact = right.partner_id.child_ids
        case.write({"profile_id": right.id, "partner_id": contact.id})
        self.assertRecordValues(
            rated, [{"profile_id": right.id, "partner_id": contact.id, "value": 2}]
        )
        self.assertEqual(case.improvement_ids.profile_id, right)
        self.assertEqual(said.profile_id, self.profile)  # somebody of his said it

    def test_an_answer_that_does_not_count_leaves_the_case(self):
        case = self._create_solved()
        row = self._rate(case, 4)
        manager = self._create_user("satisfaction_manager", "manager")
        with self.assertRaises(AccessError):
            row.with_user(self.owner).active = False
        row.with_user(manager).active = False
        self.assertRecordValues(case, [{"csat": 0, "csat_state": "to_evaluate"}])
