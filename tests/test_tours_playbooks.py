from odoo.tests import HttpCase, tagged

from .playbook_common import PlaybookCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursPlaybooks(HttpCase, PlaybookCase):
    """Playbooks in a browser, as a manager."""

    def test_manager_adapts_a_playbook(self):
        playbook = self._create_playbook("Tour playbook", sequence=1, trigger="tier")
        step = self._create_step(playbook_id=playbook.id, name="Call him")
        self._create_goal(
            playbook_id=playbook.id, metric="additional_purchase", target=0.15
        )
        self.start_tour(
            "/odoo/customer-playbooks",
            "customer_success_playbook",
            login="play_manager",
            timeout=PATIENCE,
        )
        self.assertEqual((step.name, step.lead_days), ("Call him twice", 9))
