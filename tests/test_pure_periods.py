import doctest
from datetime import date, datetime

from odoo.tests import BaseCase

from .. import periods


class TestPeriods(BaseCase):
    def test_doctests_hold(self):
        result = doctest.testmod(periods)
        self.assertGreater(result.attempted, 5)
        self.assertEqual(result.failed, 0)

    def test_day_begins_at_local_midnight_in_a_zone_east_of_utc(self):
        self.assertEqual(
            periods.local_day(datetime(2026, 11, 20, 15, 59), "Asia/Shanghai"),
            date(2026, 11, 20),
        )
        self.assertEqual(
            periods.local_day(datetime(2026, 11, 20, 16, 0), "Asia/Shanghai"),
            date(2026, 11, 21),
        )

    def test_window_of_the_leap_day_starts_on_the_last_of_february(self):
        window = periods.window(date(2024, 2, 29), "UTC")
        self.assertEqual(window.start, date(2023, 2, 28))
        self.assertEqual(window.prev_start, date(2022, 2, 28))
        self.assertEqual(window.end_utc, datetime(2024, 3, 1))

    def test_window_the_day_before_daylight_saving_has_23_hours_less(self):
        # Berlin loses an hour in the night to 2026-03-29.
        window = periods.window(date(2026, 3, 29), "Europe/Berlin")
        self.assertEqual(window.end_utc, datetime(2026, 3, 29, 22, 0))

    def test_next_instant_is_tomorrow_when_the_hour_has_passed(self):
        self.assertEqual(
            periods.next_instant(datetime(2026, 11, 21, 2, 0), 2, "UTC"),
            datetime(2026, 11, 22, 2, 0),
        )
        self.assertEqual(
            periods.next_instant(datetime(2026, 11, 21, 1, 59), 2, "UTC"),
            datetime(2026, 11, 21, 2, 0),
        )
