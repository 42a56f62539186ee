from odoo.tests import HttpCase, tagged

from .satisfaction_common import SatisfactionCase


@tagged("post_install", "-at_install")
class TestSatisfactionAgain(SatisfactionCase, HttpCase):
    """Who answers a questionnaire again corrects himself; he is not two customers."""

    def _rows(self):
        return self.env["customer.satisfaction"].search(
            [("survey_id", "=", self.survey.id), ("measure", "=", "csat")], order="id"
        )

    def _answer(self, day, attitude, partner=None):
        self._fill(self._start(partner or self.contact), day, attitude=attitude)

    def test_the_shipped_questionnaires_are_for_invited_people_once(self):
        surveys = self.env["survey.survey"].search([("customer_kind", "!=", False)])
        self.assertGreaterEqual(len(surveys), 3)
        for survey in surveys:
            with self.subTest(survey=survey.title):
                self.assertEqual(
                    (survey.access_mode, survey.is_attempts_limited), ("token", True)
                )
                self.assertEqual(survey.attempts_limit, 1)

    def test_who_logged_in_and_answers_twice_in_a_month_counts_once(self):
        self.survey.write({"access_mode": "public", "users_login_required": True})
        self._answer("2026-11-01", 1)
        self._answer("2026-11-30", 4)
        self.assertRecordValues(
            self._rows(), [{"value": 4, "date": self._to_date("2026-11-30")}]
        )

    def test_thirty_days_later_it_is_another_answer(self):
        self.survey.write({"access_mode": "public", "users_login_required": True})
        self._answer("2026-11-01", 1)
        self._answer("2026-12-01", 4)
        self.assertEqual(self._rows().mapped("value"), [1, 4])

    def test_a_colleague_of_the_same_customer_counts_himself(self):
        self.survey.write({"access_mode": "public", "users_login_required": True})
        colleague = self._create_partner(
            "Colleague", parent_id=self.profile.partner_id.id, is_company=False
        )
        self._answer("2026-11-01", 1)
        self._answer("2026-11-02", 4, colleague)
        self.assertEqual(self._rows().mapped("value"), [1, 4])

    def test_a_stranger_who_presses_take_again_counts_once(self):
        self.survey.access_mode = "public"
        self._answer_in_browser(f"/survey/start/{self.survey.access_token}", "1")
        self.assertEqual(self._rows().mapped("value"), [1])
        first = self._rows().user_input_id
        self._answer_in_browser(
            f"/survey/retry/{self.survey.access_token}/{first.access_token}", "4"
        )
        self.assertEqual(self._rows().mapped("value"), [4])
        self.assertNotEqual(self._rows().user_input_id, first)

    def test_two_strangers_count_twice(self):
        self.survey.access_mode = "public"
        for value in ("1", "4"):
            self.opener.cookies.clear()
            self._answer_in_browser(f"/survey/start/{self.survey.access_token}", value)
        self.assertEqual(self._rows().mapped("value"), [1, 4])

    def _answer_in_browser(self, path, value):
        self.env.flush_all()
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        answer = self.env["survey.user_input"].search(
            [("survey_id", "=", self.survey.id)], order="id desc", limit=1
        )
        keys = f"{self.survey.access_token}/{answer.access_token}"
        self.url_open(f"/survey/begin/{keys}", json={"params": {}})
        posted = {str(self.questions["attitude"].id): value}
        result = self.url_open(f"/survey/submit/{keys}", json={"params": posted})
        self.assertNotIn("error", result.json())
        self.env.invalidate_all()
