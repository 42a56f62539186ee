from odoo.tests import HttpCase, tagged

from .case_portal_common import CasePortalCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursCases(HttpCase, CasePortalCase):
    """A customer at a computer and on a telephone, and a colleague with a call."""

    def test_customer_writes_to_us_from_his_start_page(self):
        self._create_login(self.contact, "tour_ann", lang="en_US")
        self.start_tour(
            "/my/home", "customer_case_portal_new", login="tour_ann", timeout=PATIENCE
        )
        case = self.env["customer.case"].search([("subject", "=like", "Tour:%")])
        self.assertEqual((case.kind, case.partner_id), ("complaint", self.contact))


@tagged("post_install", "-at_install")
class TestToursCasesPhone(HttpCase, CasePortalCase):
    """On the screen of a telephone, without a login."""

    browser_size = "375x667"
    touch_enabled = True

    def test_customer_confirms_and_rates_by_his_link(self):
        case = self._solve(self._open())
        self.start_tour(
            case.get_portal_url(), "customer_case_portal_confirm", timeout=PATIENCE
        )
        self.env.invalidate_all()
        self.assertEqual((case.csat, case.reopen_count), (5, 1))


@tagged("post_install", "-at_install")
class TestToursCasesCall(HttpCase, CasePortalCase):
    """A sales person takes a call."""

    def test_a_call_becomes_a_case(self):
        self.contact.phone = "+86 21 6262 0042"
        self.sales.lang = "en_US"
        self.start_tour(
            "/odoo/customer-cases",
            "customer_case_phone",
            login=self.sales.login,
            timeout=PATIENCE,
        )
        case = self.env["customer.case"].search([("subject", "=like", "Tour:%")])
        self.assertEqual((case.source, case.partner_id), ("phone", self.contact))
