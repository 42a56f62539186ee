from odoo.tests import tagged

from .service_common import ServiceCase
from .tour_common import PhoneCase, TourCase


class ServiceTours(TourCase, ServiceCase):
    """What a service person does with a complaint."""

    def _handle_a_complaint(self, lang):
        user = self._create_user("tour_service", "user", lang=lang)
        case = self.env["customer.case"].create(
            {
                "subject": "Tour pump leaks",
                "kind": "complaint",
                "profile_id": self.profile.id,
                "user_id": user.id,
            }
        )
        url = "/odoo/customer-sla-board"
        self._run_tour(url, "customer_success_handle_case", lang, user.login)
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


@tagged("post_install", "-at_install")
class TestToursService(ServiceTours):
    """At a computer."""

    def test_service_person_takes_a_complaint_to_the_return_visit(self):
        self._handle_a_complaint("en_US")


@tagged("post_install", "-at_install")
class TestToursServicePhone(PhoneCase, ServiceTours):
    """On the way to the customer, in Chinese."""

    def test_service_person_handles_a_complaint_on_his_telephone(self):
        self._load_chinese()
        self._handle_a_complaint("zh_CN")
