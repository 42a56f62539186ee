from odoo.tests import HttpCase, tagged

from .service_common import ServiceCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursService(HttpCase, ServiceCase):
    """A service person works on a complaint from the board."""

    def test_service_person_takes_a_complaint_to_the_return_visit(self):
        user = self._create_user("tour_service", "user")
        case = self.env["customer.case"].create(
            {
                "subject": "Tour pump leaks",
                "kind": "complaint",
                "profile_id": self.profile.id,
                "user_id": user.id,
            }
        )
        self.start_tour(
            "/odoo/customer-sla-board",
            "customer_success_handle_case",
            login=user.login,
            timeout=PATIENCE,
        )
        self.assertRecordValues(
            case,
            [
                {
                    "state": "solved",
                    "is_calmed": True,
                    "judgement": "A worn seal",
                    "result": "Seal replaced",
                    "confirmation_result": "confirmed",
                    "was_late": False,
                }
            ],
        )
