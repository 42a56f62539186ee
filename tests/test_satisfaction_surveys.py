from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import DAY
from .satisfaction_common import SatisfactionCase


@tagged("post_install", "-at_install")
class TestSatisfactionSurveys(SatisfactionCase):
    """What questionnaires become: figures that are never counted wrongly."""

    # === FIGURES === #

    def test_the_mean_of_the_core_questions_is_the_satisfaction(self):
        rows = self._fill(
            self._start(self.contact), attitude=5, efficiency=4, completeness=3, nps=9
        )
        self.assertRecordValues(
            rows["csat"],
            [
                {
                    "profile_id": self.profile.id,
                    "partner_id": self.contact.id,
                    "user_id": self.owner.id,
                    "value": 4,
                    "scale_min": 1,
                    "scale_max": 5,
                    "score": 75,
                    "band": "good",
                    "source": "survey",
                    "is_anonymous": False,
                    "date": self._to_date(DAY),
                }
            ],
        )
        self.assertRecordValues(
            rows["nps"],
            [{"value": 9, "scale_min": 0, "scale_max": 10, "score": 90}],
        )
        self.assertEqual(rows["nps"].band, "promoter")

    def test_a_skipped_question_is_not_zero(self):
        rows = self._fill(
            self._start(self.contact), attitude=5, efficiency=None, completeness=None
        )
        self.assertEqual(rows["csat"].value, 5)
        lines = {line.question: line for line in rows["csat"].line_ids}
        self.assertTrue(lines["efficiency"].is_skipped)
        self.assertFalse(lines["attitude"].is_skipped)
        self.assertNotIn("nps", rows)

    def test_a_zero_is_an_answer_of_nps(self):
        rows = self._fill(self._start(self.contact), nps=0)
        self.assertEqual(set(rows), {"nps"})
        self.assertRecordValues(
            rows["nps"], [{"value": 0, "score": 0, "band": "detractor"}]
        )

    def test_nothing_answered_is_no_figure(self):
        rows = self._fill(
            self._start(self.contact), attitude=None, efficiency=None, nps=None
        )
        self.assertFalse(rows)

    def test_a_value_outside_of_the_scale_is_no_answer(self):
        rows = self._fill(self._start(self.contact), attitude=50, efficiency=4, nps=11)
        self.assertEqual(rows["csat"].value, 4)
        self.assertNotIn("nps", rows)

    def test_without_core_questions_the_overall_one_counts(self):
        survey = self.env.ref("customer_success.survey_customer_return_visit")
        rows = self._fill(
            self._start(self.contact, survey),
            overall=3,
            experience=5,
            needs="=Faster(parts)",
            suggestions="A\u202eB",
        )
        self.assertEqual(rows["csat"].value, 3)
        self.assertEqual(rows["csat"].comment, "=Faster(parts)\n\nAB")

    def test_overall_does_not_stand_in_for_skipped_core_questions(self):
        rows = self._fill(self._start(self.contact), attitude=None, overall=5)
        self.assertFalse(rows)

    # === WHO === #

    def test_a_test_entry_never_counts(self):
        answer = self._start(self.contact)
        answer.test_entry = True
        self.assertFalse(self._fill(answer, attitude=5))

    def test_our_own_people_never_count(self):
        answer = self._start(self.owner.partner_id)
        self.assertFalse(self._fill(answer, attitude=5))

    def test_another_questionnaire_is_none_of_ours(self):
        survey = self._create_survey("attitude", customer_kind=False)
        self.assertFalse(self._fill(self._start(self.contact, survey), attitude=5))

    def test_through_the_public_link_nobody_is_known(self):
        self.survey.access_mode = "public"
        for partner in (self.env["res.partner"], self.contact):
            rows = self._fill(self._start(partner), attitude=2)
            self.assertRecordValues(
                rows["csat"],
                [{"profile_id": False, "partner_id": False, "is_anonymous": True}],
            )
            self.assertEqual(rows["csat"].create_uid.id, 1)
            self.assertEqual(rows["csat"].company_id, self.company)
            self.assertEqual(rows["csat"].message_ids.author_id.user_ids.ids, [])

    def test_who_had_to_log_in_is_known(self):
        self.survey.write({"access_mode": "public", "users_login_required": True})
        rows = self._fill(self._start(self.contact), attitude=4)
        self.assertEqual(rows["csat"].profile_id, self.profile)

    def test_an_anonymous_answer_is_about_the_company_of_the_questionnaire(self):
        self.survey.write(
            {"access_mode": "public", "customer_company_id": self.other_company.id}
        )
        rows = self._fill(self._start(), attitude=4)
        self.assertEqual(rows["csat"].company_id, self.other_company)

    # === AGAIN === #

    def test_the_same_answer_handed_in_twice_counts_once(self):
        answer = self._start(self.contact)
        first = self._fill(answer, attitude=2)["csat"]
        again = self._fill(answer, "2026-11-22", attitude=4)["csat"]
        self.assertEqual(first, again)
        self.assertRecordValues(
            again, [{"value": 4, "band": "good", "date": self._to_date("2026-11-22")}]
        )
        self.assertEqual(len(again.line_ids), 4)
        self.assertEqual(len(self._rows_of(self.profile)), 1)

    def test_a_second_attempt_replaces_the_first(self):
        first = self._start(self.contact, invite_token="pool")
        second = self._start(self.contact, invite_token="pool")
        self._fill(first, attitude=1)
        row = self._fill(second, attitude=5)["csat"]
        self.assertEqual(self._rows_of(self.profile), row)
        self.assertEqual(row.value, 5)

    def test_two_invitations_are_two_answers(self):
        for token in ("one", "two"):
            self._fill(self._start(self.contact, invite_token=token), attitude=5)
        self.assertEqual(len(self._rows_of(self.profile)), 2)

    def test_what_it_was_before_stands_in_the_history(self):
        answer = self._start(self.contact).with_context(tracking_disable=False)
        row = self._fill(answer, attitude=2)["csat"]
        self.env.flush_all()
        self.env.cr.precommit.run()
        self._fill(answer, attitude=4)
        self.env.flush_all()
        self.env.cr.precommit.run()
        values = row.message_ids.tracking_value_ids
        self.assertEqual(values.mapped("old_value_float"), [2])

    def _rows_of(self, profile):
        return self.env["customer.satisfaction"].search(
            [("profile_id", "=", profile.id), ("measure", "=", "csat")]
        )

    # === QUESTIONS THAT CHANGE === #

    def test_the_scale_of_an_answered_question_cannot_be_changed(self):
        self.questions["attitude"].scale_max = 5
        self._fill(self._start(self.contact), attitude=5)
        with self.assertRaises(UserError):
            self.questions["attitude"].scale_max = 10
        with self.assertRaises(UserError):
            self.questions["attitude"].customer_measure = False
        self.questions["attitude"].title = "How professional are we?"

    def test_an_answer_survives_its_question_and_its_questionnaire(self):
        survey = self._create_survey("attitude", "efficiency")
        row = self._fill(self._start(self.contact, survey), attitude=4, efficiency=5)[
            "csat"
        ]
        survey.question_and_page_ids[0].unlink()
        self.assertEqual(len(row.line_ids), 2)
        survey.unlink()
        self.assertEqual(row.value, 4.5)
        self.assertFalse(row.survey_id)

    def test_questions_of_one_figure_need_one_scale(self):
        with self.assertRaises(ValidationError):
            self._create_survey_of(
                self._prepare_question("attitude"),
                self._prepare_question("efficiency", scale_min=0, scale_max=10),
            )
        with self.assertRaises(ValidationError):
            self._create_survey_of(self._prepare_question("nps", scale_min=1))
        with self.assertRaises(ValidationError):
            self._create_survey_of(
                self._prepare_question("attitude", question_type="text_box")
            )
        with self.assertRaises(ValidationError):
            self._create_survey("attitude", "attitude")

    def test_another_scale_is_kept_and_normalised(self):
        survey = self._create_survey_of(
            self._prepare_question("attitude", scale_min=0, scale_max=10)
        )
        row = self._fill(self._start(self.contact, survey), attitude=8)["csat"]
        self.assertRecordValues(
            row,
            [
                {
                    "value": 8,
                    "scale_min": 0,
                    "scale_max": 10,
                    "score": 80,
                    "band": "good",
                }
            ],
        )

    def _create_survey_of(self, *questions):
        return self.env["survey.survey"].create(
            {
                "title": "Own questions",
                "customer_kind": "csat",
                "access_mode": "token",
                "question_and_page_ids": [Command.create(vals) for vals in questions],
            }
        )
