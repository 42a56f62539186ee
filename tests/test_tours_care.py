from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .plan_common import PlanCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursCare(HttpCase, PlanCase):
    """A sales person works through his day, and launches a plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind.write(
            {
                "is_contact": True,
                "channel_id": cls.env.ref("customer_success.customer_channel_phone").id,
            }
        )
        cls.today = cls.company._get_customer_today()

    def _create_action(self, name, deadline):
        return self.env["customer.care.action"].create(
            {
                "name": name,
                "profile_id": self.profile.id,
                "kind_id": self.kind.id,
                "user_id": self.sales.id,
                "date_start": deadline - timedelta(days=7),
                "date_deadline": deadline,
                "completion_standard": "He answered",
            }
        )

    def test_sales_person_works_through_his_day(self):
        contact = self._create_partner(
            "Tour Buyer", is_company=False, parent_id=self.profile.partner_id.id
        )
        late = self._create_action(
            "Tour send the offer", self.today - timedelta(days=3)
        )
        due = self._create_action("Tour call the buyer", self.today)
        self.start_tour(
            "/odoo/customer-my-actions",
            "customer_success_work_through_the_day",
            login=self.sales.login,
            timeout=PATIENCE,
        )
        self.assertRecordValues(
            due, [{"state": "done", "feedback": "Wants an offer by Friday"}]
        )
        self.assertRecordValues(
            due.interaction_id,
            [
                {
                    "profile_id": self.profile.id,
                    "partner_ids": contact.ids,
                    "user_ids": self.sales.ids,
                    "is_effective": True,
                }
            ],
        )
        self.assertEqual((late.state, late.cause_id.code), ("unmet", "unavailable"))
        self.assertEqual(
            late.replaced_by_id.date_deadline, self.today + timedelta(days=14)
        )

    def test_sales_person_launches_a_plan_after_seeing_what_it_brings(self):
        playbook = self._create_playbook(
            {
                "name": "Tour welcome call",
                "recurrence": "once",
                "offset_days": 3,
                "completion_standard": "He knows us",
            },
            {"name": "Tour visit", "recurrence": "once", "offset_days": 30},
            name="Tour playbook",
            trigger="manual",
            is_automatic=False,
        )
        self.start_tour(
            f"/odoo/customers-success/{self.profile.id}",
            "customer_success_launch_plan",
            login=self.sales.login,
            timeout=PATIENCE,
        )
        plan = self._get_plans(state="running")
        self.assertEqual((plan.playbook_id, plan.is_manual), (playbook, True))
        self.assertEqual(plan.create_uid, self.sales)
