from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestIntakeAttempts(CustomerSuccessCase):
    """Counts per address, way and hour; the address itself is not kept."""

    def setUp(self):
        super().setUp()
        self.attempts = self.env["customer.intake.attempt"]
        self.enterContext(self.enter_registry_test_mode())
        self.enterContext(freeze_time("2026-11-20 10:20:00"))

    def _count(self, times, address="192.0.2.1", route="form", limit=5, key=None):
        return [
            self.attempts._check_rate(route, address, limit, key) for _i in range(times)
        ]

    def test_five_are_let_in_and_the_sixth_is_not(self):
        self.assertEqual(self._count(7), [True] * 5 + [False] * 2)
        self.assertEqual(self.attempts.search([("route", "=", "form")]).count, 5)

    def test_other_addresses_and_other_ways_have_counts_of_their_own(self):
        self._count(6)
        self.assertEqual(self._count(1, address="192.0.2.2"), [True])
        self.assertEqual(self._count(1, route="reply"), [True])
        self.assertEqual(self._count(1), [False])

    def test_next_hour_begins_again(self):
        self._count(6)
        with freeze_time("2026-11-20 10:59:59"):
            self.assertEqual(self._count(1), [False])
        with freeze_time("2026-11-20 11:00:00"):
            self.assertEqual(self._count(1), [True])

    def test_the_same_key_is_let_in_again_without_counting(self):
        self.assertEqual(self._count(100, key="abc"), [True] * 100)
        self.assertEqual(self._count(5), [True] * 4 + [False])
        self.assertEqual(self._count(1, key="abc"), [True])
        self.assertEqual(self._count(1, key="bc"), [False])  # part of a known one

    def test_address_cannot_be_read(self):
        self._count(1)
        self._count(1, route="reply")
        rows = self.attempts.search([])
        self.assertNotIn("192.0.2.1", str(rows.read()))
        self.assertEqual(len(set(rows.mapped("address_hash"))), 2)  # one per way

    def test_old_counts_go_and_those_of_today_stay(self):
        self._count(1)
        self._count(1, address="192.0.2.2")
        old, new = self.attempts.search([])
        old.hour = fields.Datetime.now() - timedelta(days=2, minutes=1)
        self.attempts._gc_attempts()
        self.assertEqual(self.attempts.search([]), new)
