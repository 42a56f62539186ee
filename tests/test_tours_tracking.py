from odoo.tests import HttpCase, tagged

from .test_tours import PATIENCE
from .tracking_common import TrackingCase


@tagged("post_install", "-at_install")
class TestToursTracking(HttpCase, TrackingCase):
    """A manager and the strategy tracking table."""

    def test_manager_looks_behind_a_line_and_finds_the_print_button(self):
        today = self.company._get_customer_today()
        self.profile.partner_id.name = "Tour Tracked"
        plan = self._launch(self._create_customer("Tour Other", "A"), str(today))
        self.plan._close("manual", today)
        mine = self.plans._launch(self.playbook, self.profile, today, key="tour")
        self.assertTrue(plan and mine)
        self._create_action(
            "Business review", today, mine, date_start=today.replace(day=1)
        )
        self._create_user("tour_tracking", "manager", lang="en_US")
        self.start_tour(
            "/odoo/customer-tracking",
            "customer_success_print_tracking",
            login="tour_tracking",
            timeout=PATIENCE,
        )
