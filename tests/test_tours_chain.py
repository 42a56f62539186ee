from odoo.tests import HttpCase, tagged

from .chain_common import ChainCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursChain(HttpCase, ChainCase):
    """A sales person at the decision chain of his customer, in a browser."""

    def _open(self, tour):
        self.sales.lang = "en_US"
        self.start_tour(
            f"/odoo/customers-success/{self.profile.id}",
            tour,
            login="chain_sales",
            timeout=PATIENCE,
        )

    def test_sales_person_adds_one_and_marks_another_as_left(self):
        boss = self._add("Boss", "decision_maker")
        ada = self._add("Ada", "user", boss, stance="opposed")
        self._create_contact("Newcomer")
        self._open("customer_success_chain")
        self.assertEqual(ada.end_reason, "left")
        self.assertEqual(self._get_left_alerts().user_id, self.sales)
        new = self.profile.stakeholder_ids.filtered(lambda row: row.is_current) - boss
        self.assertEqual(new.partner_id.name, "Newcomer")
        self.assertEqual(new.role_id, self.roles["champion"])

    def test_panel_and_hierarchy_show_two_hundred_people(self):
        contacts = self.env["res.partner"].create(
            [
                {"name": f"Person {number}", "parent_id": self.partner.id}
                for number in range(200)
            ]
        )
        top = self._add(contacts[0])
        second = self._add(contacts[1], above=top)
        for above, people in ((top, contacts[2:101]), (second, contacts[101:])):
            self.env["customer.stakeholder"].create(
                [
                    {
                        "profile_id": self.profile.id,
                        "partner_id": contact.id,
                        "reports_to_id": above.id,
                    }
                    for contact in people
                ]
            )
        self._open("customer_success_chain_large")
