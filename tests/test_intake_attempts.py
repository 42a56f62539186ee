import threading
from concurrent.futures import ThreadPoolExecutor

from odoo import SUPERUSER_ID, api
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
        self.assertEqual(self.attempts.search_count([("route", "=", "form")]), 5)

    def test_other_addresses_and_other_ways_have_counts_of_their_own(self):
        self._count(6)
        self.assertEqual(self._count(1, address="192.0.2.2"), [True])
        self.assertEqual(self._count(1, route="reply"), [True])
        self.assertEqual(self._count(1), [False])

    def test_a_full_hour_of_the_clock_changes_nothing(self):
        with freeze_time("2026-11-20 10:59:59"):
            self.assertEqual(self._count(6), [True] * 5 + [False])
        with freeze_time("2026-11-20 11:00:00"):
            self.assertEqual(self._count(1), [False])

    def test_each_message_counts_for_an_hour_of_its_own(self):
        self._count(3)
        with freeze_time("2026-11-20 10:50:00"):
            self.assertEqual(self._count(3), [True] * 2 + [False])
        with freeze_time("2026-11-20 11:19:59"):
            self.assertEqual(self._count(1), [False])
        with freeze_time("2026-11-20 11:20:00"):
            self.assertEqual(self._count(4), [True] * 3 + [False])
        with freeze_time("2026-11-20 11:50:00"):
            self.assertEqual(self._count(3), [True] * 2 + [False])

    def test_who_is_refused_is_not_kept_out_longer_by_trying(self):
        self._count(5)
        with freeze_time("2026-11-20 11:10:00"):
            self.assertEqual(self._count(10), [False] * 10)
        with freeze_time("2026-11-20 11:20:00"):
            self.assertEqual(self._count(1), [True])

    def test_the_same_key_is_let_in_again_without_counting(self):
        self.assertEqual(self._count(100, key="abc"), [True] * 100)
        self.assertEqual(self._count(5), [True] * 4 + [False])
        self.assertEqual(self._count(1, key="abc"), [True])
        self.assertEqual(self._count(1, key="bc"), [False])  # part of a known one
        with freeze_time("2026-11-20 11:20:00"):
            self.assertEqual(self._count(2, key="abc"), [True] * 2)
        self.assertEqual(self.attempts.search_count([("key", "=", "abc")]), 2)

    def test_address_cannot_be_read(self):
        self._count(1)
        self._count(1, route="reply")
        rows = self.attempts.search([])
        self.assertNotIn("192.0.2.1", str(rows.read()))
        self.assertEqual(len(set(rows.mapped("address_hash"))), 2)  # one per way

    def test_what_counts_no_more_goes_and_the_rest_stays(self):
        self._count(1)
        with freeze_time("2026-11-20 10:20:01"):
            self._count(1, address="192.0.2.2")
        _new, old = self.attempts.search([])
        with freeze_time("2026-11-20 11:20:00"):
            self.attempts._gc_attempts()
        self.assertFalse(old.exists())
        self.assertEqual(len(self.attempts.search([])), 1)


@tagged("post_install", "-at_install")
class TestIntakeAttemptsAtOnce(CustomerSuccessCase):
    """Two connections and more: each transaction is a real one."""

    CLIENTS = 8

    def setUp(self):
        super().setUp()
        self.route = "form-of-test-at-once"
        self.addCleanup(self._forget)

    def _forget(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM customer_intake_attempt WHERE route = %s", [self.route]
            )

    def _check(self, address, limit, key=None):
        with self.registry.cursor() as cr:
            attempts = api.Environment(cr, SUPERUSER_ID, {})["customer.intake.attempt"]
            return attempts._check_rate(self.route, address, limit, key)

    def _check_at_once(self, limit, key=None):
        """Return how many of the clients were let in who came at the same moment."""
        barrier = threading.Barrier(self.CLIENTS)

        def check(_number):
            barrier.wait(20)
            return [self._check("192.0.2.9", limit, key) for _time in range(5)]

        with ThreadPoolExecutor(self.CLIENTS) as pool:
            found = list(pool.map(check, range(self.CLIENTS)))
        return sum(sum(answers) for answers in found)

    def test_forty_at_once_on_eight_connections_are_five(self):
        self.assertEqual(self._check_at_once(5), 5)
        self.assertFalse(self._check("192.0.2.9", 5))
        self.assertTrue(self._check("192.0.2.10", 5))

    def test_one_key_at_once_on_eight_connections_counts_once(self):
        self.assertEqual(self._check_at_once(5, key="abc"), 40)
        self.assertEqual(
            [self._check("192.0.2.9", 5) for _time in range(5)], [True] * 4 + [False]
        )
