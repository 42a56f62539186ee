from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .common import DAY
from .satisfaction_common import SatisfactionCase


@tagged("post_install", "-at_install")
class TestSatisfactionHttp(SatisfactionCase, HttpCase):
    """The public links, through a real server."""

    def _ask(self, route, answer, **values):
        survey = answer.survey_id
        response = self.url_open(
            f"/survey/{route}/{survey.access_token}/{answer.access_token}",
            json={"params": values},
        )
        self.assertEqual(response.status_code, 200)
        return response.json()

    def _submit(self, answer, **values):
        posted = {str(self.questions[name].id): value for name, value in values.items()}
        return self._ask("submit", answer, **posted)

    def test_a_stranger_with_the_link_answers_once_for_the_invited(self):
        invitation = self._invite()
        answer = invitation.user_input_id
        page = self.url_open(answer.get_start_url())
        self.assertEqual(page.status_code, 200)
        self._ask("begin", answer)
        first = self._submit(answer, attitude="5", efficiency="4", nps="10")
        self.assertNotIn("error", first)
        row = self._find(answer)["csat"]
        self.assertRecordValues(
            row, [{"value": 4.5, "profile_id": self.profile.id, "is_anonymous": False}]
        )
        again = self._submit(answer, attitude="1", efficiency="1")
        self.assertEqual(again["result"][1]["error"], "unauthorized")
        self.env.invalidate_all()
        self.assertEqual(row.value, 4.5)
        self.assertEqual(invitation.state, "answered")

    def test_nobody_answers_without_an_invitation(self):
        page = self.url_open(f"/survey/start/{self.survey.access_token}")
        self.assertNotIn(self.questions["attitude"].title, page.text)
        self.assertFalse(
            self.env["survey.user_input"].search([("survey_id", "=", self.survey.id)])
        )

    def test_the_thank_you_page_tells_no_figure_and_no_tier(self):
        answer = self._invite().user_input_id
        self._ask("begin", answer)
        self._submit(answer, attitude="1")
        page = self.url_open(answer.get_start_url()).text
        for word in (self.tiers["S"].name, "Improve", self.owner.name):
            self.assertNotIn(word, page)

    def _invite(self):
        self.survey.flush_recordset()
        invitations = self.env["customer.survey.invitation"]
        return invitations._invite(
            self.env.ref("customer_success.customer_survey_cadence_s"),
            {self.profile.id: self.contact.id},
            self.company,
            self._to_date("2036-11-21"),
        )

    def test_the_rating_link_used_twice_counts_once(self):
        case = self.env["customer.case"].create(
            {
                "subject": "Pump",
                "profile_id": self.profile.id,
                "partner_id": self.contact.id,
                "received_datetime": f"{DAY} 08:00:00",
            }
        )
        with freeze_time(f"{DAY} 12:00:00"):
            case._solve({"result": "Done"})
        token = case._get_round_rating().access_token
        page = self.url_open(f"/rate/{token}/5")
        self.assertEqual(page.status_code, 200)
        # looking at the link, as mail programs do, is no answer
        self.assertFalse(case.satisfaction_ids)
        self.authenticate(None, None)
        for rate, feedback in (("5", "<script>1</script>"), ("1", "=No()")):
            response = self.url_open(
                f"/rate/{token}/submit_feedback",
                {
                    "rate": rate,
                    "feedback": feedback,
                    "csrf_token": Request.csrf_token(self),
                },
            )
            self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        self.assertRecordValues(
            case.satisfaction_ids,
            [{"value": 1, "comment": "=No()", "partner_id": self.contact.id}],
        )
        self.assertEqual(case.state, "solved")

    @mute_logger("odoo.http")
    def test_one_of_us_with_the_link_cannot_rate(self):
        case = self.env["customer.case"].create(
            {"subject": "Pump", "profile_id": self.profile.id}
        )
        case._solve({"result": "Done"})
        token = case._get_round_rating().access_token
        self.authenticate("satisfaction_owner", "satisfaction_owner")
        self.url_open(
            f"/rate/{token}/submit_feedback",
            {"rate": "5", "csrf_token": Request.csrf_token(self)},
        )
        self.env.invalidate_all()
        self.assertFalse(case.satisfaction_ids)

    @mute_logger("odoo.http")
    def test_who_may_choose_a_questionnaire_does_not_see_its_answers(self):
        self._fill(self._start(self.contact), suggestions="Canary")
        self.assertTrue(self.survey.with_user(self.owner).has_access("read"))
        self.assertFalse(self.survey.with_user(self.owner).has_access("write"))
        self.authenticate("satisfaction_owner", "satisfaction_owner")
        page = self.url_open(f"/survey/results/{self.survey.id}")
        self.assertEqual(page.status_code, 403)
        self.assertNotIn("Canary", page.text)
