from odoo.tests import tagged

from .case_portal_common import CasePortalCase
from .tour_common import PhoneCase, TourCase


class CaseTours(TourCase, CasePortalCase):
    """What a customer with a login and a colleague with a call do."""

    def _write_from_the_start_page(self, lang):
        self._create_login(self.contact, "tour_ann", lang=lang)
        self._run_tour("/my/home", "customer_case_portal_new", lang, "tour_ann")
        case = self.env["customer.case"].search([("subject", "=like", "Tour:%")])
        self.assertEqual((case.kind, case.partner_id), ("complaint", self.contact))

    def _take_a_call(self, lang):
        self.contact.phone = "+86 21 6262 0042"
        self.sales.lang = lang
        login = self.sales.login
        self._run_tour("/odoo/customer-cases", "customer_case_phone", lang, login)
        case = self.env["customer.case"].search([("subject", "=like", "Tour:%")])
        self.assertEqual((case.source, case.partner_id), ("phone", self.contact))

    def _confirm_and_rate(self, lang):
        case = self._solve(self._open(lang=lang))
        url = case.get_portal_url()
        self._run_tour(url, "customer_case_portal_confirm", lang)
        self.assertEqual((case.csat, case.reopen_count), (5, 1))


@tagged("post_install", "-at_install")
class TestToursCases(CaseTours):
    """At a computer."""

    def test_customer_writes_to_us_from_his_start_page(self):
        self._write_from_the_start_page("en_US")

    def test_a_call_becomes_a_case(self):
        self._take_a_call("en_US")


@tagged("post_install", "-at_install")
class TestToursCasesPhone(PhoneCase, CaseTours):
    """On the screen of a telephone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chinese()

    def test_customer_writes_to_us_in_chinese_on_his_telephone(self):
        self._write_from_the_start_page("zh_CN")

    def test_customer_confirms_and_rates_by_his_link(self):
        self._confirm_and_rate("en_US")

    def test_customer_confirms_and_rates_by_his_link_in_chinese(self):
        self._confirm_and_rate("zh_CN")

    def test_a_call_becomes_a_case_in_chinese_on_a_telephone(self):
        self._take_a_call("zh_CN")
