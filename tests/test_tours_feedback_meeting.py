from datetime import timedelta

from odoo.tests import tagged

from ..periods import past_quarter_ends
from .service_common import ServiceCase
from .tour_common import TourCase


@tagged("post_install", "-at_install")
class TestToursFeedbackMeeting(TourCase, ServiceCase):
    """A manager looks at the figures of service and holds the quarter's meeting."""

    def _hold_the_meeting(self, lang):
        manager = self._create_user("tour_feedback", "manager", lang=lang)
        today = self.company._get_customer_today()
        self._create_case(f"{today} 00:00:01", subject="Tour complaint")
        [last] = past_quarter_ends(today, 1)
        self.company.customer_case_start = "2020-01-01"
        meetings = self.env["customer.feedback.meeting"]
        meetings._create_due(self.company, last + timedelta(days=1))
        url = "/odoo/customer-service-figures"
        self._run_tour(url, "customer_success_feedback", lang, manager.login)
        meeting = meetings.search(
            [("company_id", "=", self.company.id), ("date_to", "=", last)]
        )
        self.assertRecordValues(
            meeting, [{"state": "held", "held_user_id": manager.id}]
        )
        self.assertEqual(meeting.resolution_ids.name, "Answer faster")

    def test_manager_opens_a_figure_and_holds_the_meeting(self):
        self._hold_the_meeting("en_US")

    def test_manager_opens_a_figure_and_holds_the_meeting_in_chinese(self):
        self._load_chinese()
        self._hold_the_meeting("zh_CN")
