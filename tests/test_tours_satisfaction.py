from odoo.tests import tagged

from .satisfaction_common import SatisfactionCase
from .tour_common import PhoneCase


@tagged("post_install", "-at_install")
class TestToursSatisfaction(PhoneCase, SatisfactionCase):
    """A customer answers on his telephone what we ask him, in his language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chinese()

    def _answer_the_invitation(self, lang):
        self.contact.lang = lang
        [invitation] = self.env["customer.survey.invitation"]._invite(
            self.env.ref("customer_success.customer_survey_cadence_s"),
            {self.profile.id: self.contact.id},
            self.company,
            self._to_date("2036-11-21"),
        )
        url = invitation.user_input_id.get_start_url()
        self._run_tour(url, "customer_satisfaction_answer", lang)
        row = self._find(invitation.user_input_id)["csat"]
        self.assertRecordValues(
            row, [{"value": 5, "comment": "Tour: call back sooner"}]
        )
        self.assertEqual(invitation.state, "answered")

    def test_customer_answers_the_questionnaire_he_is_invited_to(self):
        self._answer_the_invitation("en_US")

    def test_customer_answers_the_questionnaire_in_chinese(self):
        self._answer_the_invitation("zh_CN")
