from odoo import fields
from odoo.tests import HttpCase, tagged

from ..periods import past_quarter_ends
from .test_score_history import HistoryCase

# Seconds; a loaded machine needs its time to build the assets.
PATIENCE = 180


@tagged("post_install", "-at_install")
class TestToursHistory(HttpCase, HistoryCase):
    """What moved at a customer, at most three clicks from the list."""

    def test_sales_person_sees_what_changed_since_the_last_quarter(self):
        self._create_user("tour_history", "user", lang="en_US")
        profile = self._create_customer("What Changed")
        today = fields.Date.today()
        quarter_end = past_quarter_ends(today, 1)[0]
        self._create_score(profile, quarter_end, 20.5)
        self._create_score(profile, today, 24.5)
        self._create_change(profile, today, "B", "A", 24.5)
        self.start_tour(
            "/odoo/customers-unassigned",
            "customer_success_what_changed",
            login="tour_history",
            timeout=PATIENCE,
        )
