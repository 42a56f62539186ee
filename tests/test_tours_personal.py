from odoo.tests import HttpCase, tagged

from .personal_common import PersonalCase


@tagged("post_install", "-at_install")
class TestToursPersonal(HttpCase, PersonalCase):
    """Relationship data in the browser: by who may, and not by who may not."""

    def _tour(self, name, login):
        self.start_tour(f"/odoo/res.partner/{self.person.id}", name, login=login)

    def test_the_first_responsible_person_writes_it_down(self):
        self._tour("customer_success_personal", "ann")
        data = self.env["customer.personal.data"].search(
            [("partner_id", "=", self.person.id)]
        )
        self.assertRecordValues(
            data,
            [
                {
                    "birthday_day": 8,
                    "birthday_month": 3,
                    "trust": 4,
                    "interests": "Tea",
                    "consent": "given",
                }
            ],
        )

    def test_another_sales_person_sees_no_button(self):
        self._create_data(trust=4)
        self._tour("customer_success_personal_hidden", "bob")
