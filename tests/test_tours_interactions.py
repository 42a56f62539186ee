from odoo.tests import HttpCase, tagged

from .interaction_common import InteractionCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursInteractions(HttpCase, InteractionCase):
    """A sales person logs a call in three clicks and confirms a proposal in one."""

    def test_sales_person_logs_a_call_in_three_clicks(self):
        self.partner.name = "Tour Talk"
        ben = self._create_contact("Ben Tour", self.partner)
        self.start_tour(
            f"/odoo/customers-success/{self.profile.id}",
            "customer_success_log_call",
            login=self.sales.login,
            timeout=PATIENCE,
        )
        interaction = self.env["customer.interaction"].search(
            [("profile_id", "=", self.profile.id)]
        )
        self.assertRecordValues(
            interaction,
            [
                {
                    "channel_id": self.channels["phone"].id,
                    "user_ids": self.sales.ids,
                    "partner_ids": ben.ids,
                    "feedback": "Wants a price for 2027",
                    "is_effective": True,
                }
            ],
        )

    def test_closing_the_page_logs_only_what_was_written(self):
        self.start_tour(
            f"/odoo/customers-success/{self.profile.id}",
            "customer_success_leave_log",
            login=self.sales.login,
            timeout=PATIENCE,
        )
        interactions = self.env["customer.interaction"].search(
            [("profile_id", "=", self.profile.id)]
        )
        self.assertEqual(interactions.mapped("feedback"), ["Half a sentence"])

    def test_sales_person_confirms_a_meeting_that_was_proposed(self):
        self.partner.name = "Tour Talk"
        self._create_event(name="Contract talk")
        proposal = self._propose()
        self.start_tour(
            "/odoo/customer-proposals",
            "customer_success_confirm_proposal",
            login=self.sales.login,
            timeout=PATIENCE,
        )
        self.assertEqual(proposal.state, "confirmed")
