import doctest
from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from .. import clock
from ..clock import Shift, WorkTime, day_end_utc
from .clock_reference import find_differences

OFFICE = [
    Shift(day, *part)
    for day in range(5)
    for part in ((8, 12), (13, 17))
]  # fmt: skip


def at(text):
    return datetime.fromisoformat(text)


@tagged("post_install", "-at_install")
class TestPureClock(BaseCase):
    """When a promise is due, by numbers worked out by hand and by a slow clock."""

    def test_examples_of_the_module_hold(self):
        result = doctest.testmod(clock)
        self.assertGreater(result.attempted, 10)
        self.assertFalse(result.failed)

    def test_random_calendars_agree_with_a_clock_that_looks_at_every_minute(self):
        self.assertEqual(find_differences(), [])

    # === WORKING HOURS === #

    def test_hours_pass_over_lunch_night_and_weekend(self):
        office = WorkTime("UTC", OFFICE)
        for start, hours, due in (
            ("2026-11-20 08:00", 4, "2026-11-20 12:00"),
            ("2026-11-20 11:00", 2, "2026-11-20 14:00"),
            ("2026-11-20 15:00", 8, "2026-11-23 15:00"),
            ("2026-11-21 10:00", 1, "2026-11-23 09:00"),
            ("2026-11-20 12:30", 4, "2026-11-20 17:00"),
            ("2026-11-20 10:00", 0, "2026-11-20 10:00"),
        ):
            with self.subTest(start=start, hours=hours):
                self.assertEqual(office.due(at(start), hours), at(due))

    def test_a_clock_by_day_and_night_takes_every_hour(self):
        always = WorkTime("Europe/Berlin", None)
        # also in the night in which the clocks go forward
        self.assertEqual(always.due(at("2026-03-28 12:00"), 24), at("2026-03-29 12:00"))
        self.assertEqual(always.worked(at("2026-03-28 12:00"), at("2026-03-29")), 12)

    def test_the_year_ends_without_the_clock_noticing(self):
        holidays = [(at("2026-12-31 23:00"), at("2027-01-01 23:00"))]
        berlin = WorkTime("Europe/Berlin", OFFICE, holidays)
        # Thursday 16:00 local, 2 hours; Friday is New Year, then the weekend
        self.assertEqual(berlin.due(at("2026-12-31 15:00"), 2), at("2027-01-04 08:00"))

    def test_every_other_week_has_other_hours(self):
        # 2026-11-16 begins an odd week as Odoo counts them
        weeks = [Shift(0, 8, 10, 1), Shift(0, 14, 18, 0)]
        work = WorkTime("UTC", weeks)
        self.assertEqual(work.due(at("2026-11-16 00:00"), 1), at("2026-11-16 09:00"))
        self.assertEqual(work.due(at("2026-11-17 00:00"), 1), at("2026-11-23 15:00"))

    # === SUMMER TIME === #

    def test_a_night_shift_loses_the_hour_that_is_missing(self):
        # 29 March 2026 in Berlin: 02:00 becomes 03:00
        night = WorkTime("Europe/Berlin", [Shift(6, 0, 6)])
        midnight = at("2026-03-28 23:00")
        self.assertEqual(night.worked(midnight, at("2026-03-29 22:00")), 5)
        self.assertEqual(night.due(midnight, 3), at("2026-03-29 02:00"))

    def test_a_shift_within_the_missing_hour_is_none(self):
        lost = WorkTime("Europe/Berlin", [Shift(6, 2.25, 2.75)])
        self.assertEqual(lost.worked(at("2026-03-28"), at("2026-03-30")), 0)

    def test_a_night_shift_has_the_doubled_hour_twice(self):
        # 25 October 2026 in Berlin: 03:00 becomes 02:00
        night = WorkTime("Europe/Berlin", [Shift(6, 0, 6)])
        midnight = at("2026-10-24 22:00")
        self.assertEqual(night.worked(midnight, at("2026-10-25 23:00")), 7)
        self.assertEqual(night.due(midnight, 3.5), at("2026-10-25 01:30"))

    def test_a_shift_within_the_doubled_hour_comes_twice(self):
        twice = WorkTime("Europe/Berlin", [Shift(6, 2.25, 2.75)])
        self.assertEqual(twice.worked(at("2026-10-24"), at("2026-10-26")), 1)

    def test_an_office_day_is_as_long_on_the_day_of_the_change(self):
        office = WorkTime("Europe/Berlin", [Shift(6, 8, 17)])
        for day in ("2026-03-29", "2026-10-25"):
            start = at(day) - timedelta(hours=3)
            self.assertEqual(office.worked(start, start + timedelta(days=1)), 9)

    # === HOLIDAYS AND MAKE-UP DAYS === #

    def test_a_make_up_saturday_counts_also_within_a_holiday(self):
        # National Day 2026: off from 1 to 8 October, work on Saturday the 10th
        week_off = [(at("2026-09-30 16:00"), at("2026-10-08 16:00"))]
        saturday = {at("2026-10-10").date(): [(9, 18)]}
        usual = WorkTime("Asia/Shanghai", OFFICE, week_off)
        made_up = WorkTime("Asia/Shanghai", OFFICE, week_off, saturday)
        friday = at("2026-10-09 08:00")  # 16:00 local, one hour is left
        self.assertEqual(usual.due(friday, 2), at("2026-10-12 01:00"))
        self.assertEqual(made_up.due(friday, 2), at("2026-10-10 02:00"))
        in_holiday = {at("2026-10-03").date(): [(9, 18)]}
        busy = WorkTime("Asia/Shanghai", OFFICE, week_off, in_holiday)
        self.assertEqual(busy.due(at("2026-10-01 00:00"), 1), at("2026-10-03 02:00"))

    # === PAUSES === #

    def test_pauses_before_after_and_overlapping_count_once(self):
        always = WorkTime("UTC", None)
        start = at("2026-11-20 10:00")
        for pauses, due in (
            ([("08:00", "09:00")], "14:00"),  # before it began
            ([("08:00", "10:30")], "14:30"),  # across the start
            ([("15:00", "16:00")], "14:00"),  # after it was due
            ([("14:00", "16:00")], "14:00"),  # from the very end
            ([("11:00", "12:00"), ("11:30", "13:00")], "16:00"),  # overlapping
            ([("11:00", "13:00"), ("11:30", "12:00")], "16:00"),  # one in the other
            ([("11:00", "11:00")], "14:00"),  # empty
        ):
            with self.subTest(pauses=pauses):
                spans = [
                    (at(f"2026-11-20 {begin}"), at(f"2026-11-20 {end}"))
                    for begin, end in pauses
                ]
                self.assertEqual(always.due(start, 4, spans), at(f"2026-11-20 {due}"))

    def test_a_pause_that_goes_on_leaves_no_due_time(self):
        always, start = WorkTime("UTC", None), at("2026-11-20 10:00")
        self.assertIsNone(always.due(start, 4, [(at("2026-11-20 11:00"), None)]))
        # it was due before
        self.assertEqual(
            always.due(start, 4, [(at("2026-11-20 15:00"), None)]),
            at("2026-11-20 14:00"),
        )

    # === BAD INPUT === #

    def test_nobody_works_so_nothing_is_ever_due(self):
        self.assertIsNone(WorkTime("UTC", []).due(at("2026-11-20 10:00"), 1))
        for_ever = [(at("2026-01-01"), at("2036-01-01"))]
        closed = WorkTime("UTC", OFFICE, for_ever)
        self.assertIsNone(closed.due(at("2026-11-20 10:00"), 1))

    def test_a_promise_longer_than_one_hundred_fortnights_has_no_due_time(self):
        # 8 hours a week are 1,600 hours in 1,400 days
        monday = WorkTime("UTC", [Shift(0, 8, 16)])
        self.assertTrue(monday.due(at("2026-11-20 10:00"), 1500))
        self.assertIsNone(monday.due(at("2026-11-20 10:00"), 1700))

    def test_negative_hours_are_a_mistake(self):
        with self.assertRaises(ValueError):
            WorkTime("UTC", None).due(at("2026-11-20 10:00"), -1)

    # === DAYS === #

    def test_a_day_ends_one_second_before_midnight_of_the_place(self):
        for zone, end in (
            ("Asia/Shanghai", "2026-11-30 15:59:59"),
            ("America/New_York", "2026-12-01 04:59:59"),
            ("UTC", "2026-11-30 23:59:59"),
        ):
            with self.subTest(zone=zone):
                self.assertEqual(day_end_utc(at("2026-11-30").date(), zone), at(end))
