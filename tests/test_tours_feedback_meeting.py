from datetime import timedelta

from odoo.tests import HttpCase, tagged

from ..periods import past_quarter_ends
from .service_common import ServiceCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursFeedbackMeeting(HttpCase, ServiceCase):
    """A manager looks at the figures of service and holds the quarter's meeting."""

    def test_manager_opens_a_figure_and_holds_the_meeting(self):
        manager = self._create_user("tour_feedback", "manager")
        today = self.company._get_customer_today()
        self._create_case(f"{today} 00:00:01", subject="Tour complaint")
        [last] = past_quarter_ends(today, 1)
        self.company.customer_case_start = "2020-01-01"
        meetings = self.env["customer.feedback.meeting"]
        meetings._create_due(self.company, last + timedelta(days=1))
        self.start_tour(
            "/odoo/customer-service-figures",
            "customer_success_feedback",
            login=manager.login,
            timeout=PATIENCE,
        )
        meeting = meetings.search(
            [("company_id", "=", self.company.id), ("date_to", "=", last)]
        )
        self.assertRecordValues(
            meeting, [{"state": "held", "held_user_id": manager.id}]
        )
        self.assertEqual(meeting.resolution_ids.name, "Answer faster")
