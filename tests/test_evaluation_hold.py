from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .review_common import ReviewCase


@tagged("post_install", "-at_install")
class TestEvaluationHold(ReviewCase):
    """Holding an evaluation: causes, conclusion, decisions that become actions."""

    def setUp(self):
        super().setUp()
        self._freeze("2026-11-03 12:00:00")

    def _get_review(self):
        [review] = self._create_due()
        return review.with_user(self.sales)

    def _decide(self, review, **values):
        return (
            self.env["customer.review.decision"]
            .with_user(self.sales)
            .create(
                {
                    "review_id": review.id,
                    "name": "Show the new pump",
                    "kind_id": self.kinds["visit"].id,
                    "date_deadline": "2026-11-30",
                    **values,
                }
            )
        )

    def _get_activity(self, review):
        return self.env["mail.activity"].search(
            [("res_model", "=", "customer.review"), ("res_id", "=", review.id)]
        )

    # === HOLD === #

    def test_without_a_conclusion_it_is_not_held(self):
        review = self._get_review()
        for text in (False, "  "):
            review.conclusion = text
            with self.assertRaisesRegex(UserError, "write the conclusion first"):
                review.action_hold()

    def test_what_was_not_done_needs_a_cause_or_a_new_plan(self):
        unmet = self._create_action("2026-10-10", user_id=self.sales.id)
        again = self._create_action("2026-10-20", user_id=self.sales.id)
        review = self._get_review()
        review.conclusion = "A quiet month"
        with self.assertRaisesRegex(UserError, "Due 2026-10-10 was due in this period"):
            review.action_hold()
        unmet.with_user(self.sales)._set_unmet(self.causes["resources"])
        with self.assertRaisesRegex(UserError, "Due 2026-10-20 was due in this period"):
            review.action_hold()
        again._set_unmet(self.env["customer.unmet.cause"])
        again._plan_again(date(2026, 11, 20))
        review.action_hold()
        self.assertEqual(review.state, "held")

    def test_unmet_without_cause_is_not_enough(self):
        self._create_action("2026-10-10", "unmet")
        review = self._get_review()
        review.conclusion = "A quiet month"
        with self.assertRaisesRegex(UserError, "say why it was not done"):
            review.action_hold()

    def test_decisions_become_actions_with_person_and_day(self):
        review = self._get_review()
        self._decide(review, user_id=self.manager.id)
        review.conclusion = "Interested in pumps"
        review.action_hold()
        action = self.env["customer.care.action"].search(
            [("review_id", "=", review.id)]
        )
        self.assertRecordValues(
            action,
            [
                {
                    "name": "Show the new pump",
                    "profile_id": self.profile.id,
                    "plan_id": self.plan.id,
                    "kind_id": self.kinds["visit"].id,
                    "user_id": self.manager.id,
                    "date_deadline": date(2026, 11, 30),
                    "completion_standard": "Show the new pump",
                    "state": "due",
                    "is_core": True,
                }
            ],
        )
        self.assertEqual(review.decision_ids.action_id, action)
        self.assertRecordValues(
            review,
            [
                {
                    "state": "held",
                    "date_held": date(2026, 11, 3),
                    "held_user_id": self.sales.id,
                }
            ],
        )

    def test_held_again_makes_no_second_action(self):
        review = self._get_review()
        self._decide(review)
        review.conclusion = "Interested"
        review.action_hold()
        review.action_reopen()
        review.conclusion = "Very interested"
        review.action_hold()
        actions = self.env["customer.care.action"]
        self.assertEqual(actions.search_count([("review_id", "=", review.id)]), 1)

    def test_a_decision_whose_day_has_passed_is_refused(self):
        review = self._get_review()
        self._decide(review, date_deadline="2026-11-02")
        review.conclusion = "Too late"
        with self.assertRaisesRegex(UserError, "that day has passed"):
            review.action_hold()

    def test_a_decision_of_a_plan_that_ended_stands_alone(self):
        review = self._get_review()
        self._decide(review)
        self.plan._close("manual", date(2026, 11, 2))
        review.conclusion = "Over"
        review.action_hold()
        self.assertFalse(review.decision_ids.action_id.plan_id)

    def test_a_decision_lies_after_the_period_and_with_who_sees_the_customer(self):
        review = self._get_review()
        with self.assertRaisesRegex(ValidationError, "after the period"):
            self._decide(review, date_deadline="2026-10-31")
        with self.assertRaisesRegex(ValidationError, "does not see this customer"):
            self._decide(review, user_id=self.colleague.id)

    def test_a_held_evaluation_stays_as_it_is(self):
        review = self._get_review()
        decision = self._decide(review)
        review.conclusion = "Good"
        review.action_hold()
        for attempt in (
            lambda: review.write({"conclusion": "Better"}),
            lambda: decision.write({"name": "Other"}),
            lambda: decision.unlink(),
            lambda: self._decide(review),
            lambda: review.action_take_figures(),
            lambda: review.action_hold(),
        ):
            with self.assertRaisesRegex(UserError, "reopen it first"):
                attempt()
        with self.assertRaisesRegex(UserError, "was held and stays"):
            review.with_user(self.manager).unlink()

    def test_skipping_needs_a_reason_too(self):
        review = self._get_review()
        with self.assertRaisesRegex(UserError, "write the conclusion first"):
            review.action_skip()
        review.conclusion = "Customer on holiday"
        review.action_skip()
        self.assertEqual(review.state, "skipped")
        self.assertFalse(self._get_activity(review))

    # === ACTIVITIES === #

    def test_the_first_responsible_person_gets_one_activity(self):
        review = self._get_review()
        self._create_due()
        activity = self._get_activity(review)
        self.assertRecordValues(
            activity,
            [
                {
                    "user_id": self.sales.id,
                    "date_deadline": date(2026, 11, 10),
                    "summary": "Evaluation until 10/31/2026",
                }
            ],
        )
        review.conclusion = "Good"
        review.action_hold()
        self.assertFalse(self._get_activity(review))

    def test_the_activity_follows_the_customer(self):
        review = self._get_review()
        self.profile.user_id = self.colleague
        self._create_due()
        self.assertEqual(self._get_activity(review).user_id, self.colleague)
        self.profile.user_id = False
        self._create_due()
        self.assertFalse(self._get_activity(review))

    # === BY HAND, RIGHTS === #

    def test_a_sales_person_makes_one_by_hand_with_the_period_of_the_tier(self):
        with Form(self.env["customer.review"].with_user(self.sales)) as form:
            form.profile_id = self.profile
        review = form.record
        self.assertRecordValues(
            review,
            [
                {
                    "date_from": date(2026, 10, 1),
                    "date_to": date(2026, 10, 31),
                    "date_due": date(2026, 11, 10),
                    "plan_id": self.plan.id,
                    "tier_id": self.tiers["S"].id,
                }
            ],
        )
        self.assertEqual(len(review.indicator_ids), 16)

    def test_nobody_writes_what_the_system_keeps(self):
        review = self._get_review()
        for vals in (
            {"state": "held"},
            {"tier_id": self.tiers["C"].id},
            {"compliance_rate": 1},
            {"unmet_action_ids": [(5, 0, 0)]},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                review.write(vals)
        line = review.indicator_ids[0]
        for attempt in (lambda: line.write({"figure": 1}), lambda: line.unlink()):
            with self.assertRaises(AccessError):
                attempt()
        action = self._create_action("2026-11-20").with_user(self.sales)
        with self.assertRaises(AccessError):
            action.write({"review_id": review.id})

    def test_a_colleague_without_the_customer_learns_nothing(self):
        review = self._get_review()
        with self.assertRaises(AccessError):
            review.with_user(self.colleague).read(["conclusion"])
        with self.assertRaises(AccessError):
            self.env["customer.review.decision"].with_user(self.colleague).create(
                {
                    "review_id": review.id,
                    "name": "Spy",
                    "date_deadline": "2020-01-01",
                }
            )

    # === MERGE === #

    def test_evaluations_go_with_a_merged_customer(self):
        review = self._get_review()
        self._decide(review)
        survivor = self._create_planned("Survivor", start="2026-11-01")
        self.profile._merge_into(survivor)
        self.assertEqual(review.sudo().profile_id, survivor)
        self.assertEqual(review.sudo().indicator_ids.profile_id, survivor)
        self.assertEqual(review.sudo().decision_ids.profile_id, survivor)

    def test_where_both_have_one_of_a_period_each_keeps_his_own(self):
        survivor = self._create_planned("Survivor")
        review = self._get_review()
        self.profile._merge_into(survivor)
        self.assertEqual(review.sudo().profile_id, self.profile)
        self.assertEqual(len(self._get_reviews(survivor)), 1)
