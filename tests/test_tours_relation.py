from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .common import CustomerSuccessCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursRelation(HttpCase, CustomerSuccessCase):
    """A sales person opens a customer and knows the relation in one screen."""

    def test_sales_person_sees_who_decides_and_notes_a_need(self):
        today = fields.Date.today()
        sales = self._create_user(
            "tour_relation", "user", lang="en_US", name="Relation Sales"
        )
        partner = self._create_partner("Relation Customer", user_id=sales.id)
        contact = self._create_partner("Ms Gao", parent_id=partner.id, is_company=False)
        profile = self._get_profile(partner)
        role = self.env["customer.stakeholder.role"].search(
            [("code", "=", "decision_maker")]
        )
        person = self.env["customer.stakeholder"].create(
            {
                "profile_id": profile.id,
                "partner_id": contact.id,
                "role_id": role.id,
                "stance": "supportive",
            }
        )
        self.env["customer.team.member"].create(
            {
                "profile_id": profile.id,
                "user_id": sales.id,
                "role_id": self.env["customer.team.role"].search([], limit=1).id,
                "stakeholder_id": person.id,
            }
        )
        self.env["customer.interaction"].create(
            {
                "profile_id": profile.id,
                "interaction_datetime": fields.Datetime.now() - timedelta(days=1),
                "user_ids": [Command.set(sales.ids)],
                "partner_ids": [Command.set(contact.ids)],
                "feedback": "Waiting for budget",
                "next_step": "Send an offer",
            }
        )
        self.env["customer.agreement"].create(
            {
                "profile_id": profile.id,
                "name": "Frame contract",
                "date_end": today + timedelta(days=42),
            }
        )
        profile._score_now()
        self.start_tour(
            "/odoo/customers-success",
            "customer_success_relation",
            login="tour_relation",
            timeout=PATIENCE,
        )
        insight = profile.insight_ids
        self.assertEqual(insight.name, "Downtime costs 4,000 an hour")
        self.assertEqual(insight.user_id, sales)
        self.assertEqual(insight.kind, "pain")
