from datetime import datetime, timedelta, timezone

import psycopg2
from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .commitment_common import CommitmentCase

MONDAY_10 = "2026-11-23 10:00:00"


@tagged("post_install", "-at_install")
class TestWorkingDays(CommitmentCase):
    """Working hours, holidays and extra days: promises in working time follow them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_policy(
            8, is_working_time=True, calendar_id=cls.calendar.id, target="judgement"
        )
        cls._keep_only(cls.policy)

    def setUp(self):
        super().setUp()
        # Friday 10:00, 8 hours of 08:00 to 16:00: Monday 10:00
        self.promise = self._start(target="judgement")
        self.assertEqual(self.promise.due_datetime, self._at(MONDAY_10))

    def _check(self, at="2026-11-20 10:10:00"):
        self.Promise._check_clocks(self._at(at))

    def _assert_due(self, due):
        self.assertTrue(self.promise.is_stale)
        self._check()
        self.assertFalse(self.promise.is_stale)
        self.assertEqual(self.promise.due_datetime, self._at(due))

    # === EXTRA WORKING DAYS === #

    def test_a_make_up_saturday_brings_the_due_time_forward(self):
        day = self.env["customer.working.day"].create(
            {
                "name": "Makes up for National Day",
                "date": "2026-11-21",
                "like_weekday": "4",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
            }
        )
        self._assert_due("2026-11-21 10:00:00")
        day.date = "2026-11-22"
        self._assert_due("2026-11-22 10:00:00")
        day.active = False
        self._assert_due(MONDAY_10)
        day.active = True
        self._assert_due("2026-11-22 10:00:00")
        day.unlink()
        self._assert_due(MONDAY_10)

    def test_an_extra_day_of_all_calendars_counts_everywhere_it_may(self):
        days = self.env["customer.working.day"]
        days.create(
            {
                "name": "Elsewhere",
                "date": "2026-11-21",
                "company_id": self.other_company.id,
            }
        )
        self._check()
        self.assertEqual(self.promise.due_datetime, self._at(MONDAY_10))
        days.create({"name": "Here", "date": "2026-11-21"})
        self._assert_due("2026-11-21 10:00:00")

    def test_a_day_like_one_without_hours_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "has no hours on a Sunday"):
            self.env["customer.working.day"].create(
                {
                    "name": "Empty",
                    "date": "2026-11-21",
                    "like_weekday": "6",
                    "calendar_id": self.calendar.id,
                    "company_id": self.company.id,
                }
            )

    @mute_logger("odoo.sql_db")
    def test_the_same_day_is_entered_once(self):
        vals = {"name": "Twice", "date": "2026-11-21"}
        self.env["customer.working.day"].create(vals)
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            self.env["customer.working.day"].create(vals).flush_recordset()

    # === HOLIDAYS AND HOURS === #

    def test_a_holiday_moves_the_due_time_and_moves_it_back(self):
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": "2026-11-23 00:00:00",
                "date_to": "2026-11-23 23:59:59",
            }
        )
        self._assert_due("2026-11-24 10:00:00")
        leave.date_to = "2026-11-24 23:59:59"
        self._assert_due("2026-11-25 10:00:00")
        leave.unlink()
        self._assert_due(MONDAY_10)

    def test_the_leave_of_one_person_is_none_of_the_promise(self):
        resource = self.env["resource.resource"].create(
            {"name": "Somebody", "calendar_id": self.calendar.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Ill",
                "resource_id": resource.id,
                "calendar_id": self.calendar.id,
                "date_from": "2026-11-23 00:00:00",
                "date_to": "2026-11-23 23:59:59",
            }
        )
        self.assertFalse(self.promise.is_stale)

    def test_other_hours_of_the_week_move_the_due_time(self):
        monday = self.calendar.attendance_ids.filtered(lambda row: row.dayofweek == "0")
        monday.hour_from = 9
        self._assert_due("2026-11-23 11:00:00")
        monday.unlink()
        self._assert_due("2026-11-24 10:00:00")
        self.calendar.attendance_ids = [
            Command.create(
                {"name": "Sat", "dayofweek": "5", "hour_from": 8, "hour_to": 12}
            )
        ]
        self._assert_due("2026-11-21 10:00:00")

    def test_another_time_zone_moves_the_due_time(self):
        # 18:00 in Shanghai: the whole 8 hours of Monday are left
        self.calendar.tz = "Asia/Shanghai"
        self._assert_due("2026-11-23 08:00:00")
        self.assertEqual(self.promise.tz, "Asia/Shanghai")

    def test_the_company_s_hours_are_those_it_has_now(self):
        self.policy.calendar_id = False
        self.company.resource_calendar_id = self.calendar
        self.promise = self._start(target="judgement", round=2)
        late_shift = self.calendar.copy({"name": "Late"})
        for row in late_shift.attendance_ids:
            row.write({"hour_from": 12, "hour_to": 20})
        self.company.resource_calendar_id = late_shift
        self._assert_due("2026-11-20 20:00:00")
        self.assertEqual(self.promise.calendar_id, late_shift)

    def test_what_was_overdue_or_kept_stays_when_hours_change(self):
        kept = self._start(target="judgement", round=2)
        kept._meet(self._at("2026-11-20 12:00:00"))
        self._check("2026-11-24 00:00:00")
        self.assertEqual(self.promise.state, "breached")
        self.env["customer.working.day"].create({"name": "X", "date": "2026-11-21"})
        self.assertFalse((self.promise | kept).filtered("is_stale"))
        (self.promise | kept)._recompute_due()
        self.assertEqual(
            (self.promise | kept).mapped("due_datetime"), [self._at(MONDAY_10)] * 2
        )

    # === NOBODY WORKS ANY MORE === #

    def test_without_hours_there_is_no_due_time_and_everybody_is_told(self):
        self.calendar.attendance_ids = [Command.clear()]
        self._check()
        self.assertFalse(self.promise.due_datetime)
        self.assertTrue(self.promise.has_no_due)
        card = self.profile.with_user(self.owner)._get_commitment_card()
        self.assertIn("nobody works in these hours", card["rows"][0]["when"])
        self._check("2030-01-01 00:00:00")
        self.assertEqual(self.promise.state, "running")

    def test_a_calendar_in_use_cannot_be_deleted(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            self.calendar.unlink()

    # === ODOO'S OWN HOURS === #

    def test_an_ordinary_year_has_the_hours_that_odoo_counts(self):
        """Of the standard week with lunch and holidays, in a zone with summer time."""
        calendar = self.env["resource.calendar"].create(
            {"name": "Berlin", "tz": "Europe/Berlin", "company_id": self.company.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Christmas",
                "calendar_id": calendar.id,
                "date_from": "2026-12-23 23:00:00",
                "date_to": "2026-12-26 22:59:59",
            }
        )
        work = calendar._get_customer_work(self.company)
        start = datetime(2026, 3, 1, 9, 30)
        for days in (1, 6, 45, 290, 365):
            end = start + timedelta(days=days, hours=3)
            expected = calendar.get_work_hours_count(
                start.replace(tzinfo=timezone.utc), end.replace(tzinfo=timezone.utc)
            )
            with self.subTest(days=days):
                self.assertAlmostEqual(work.worked(start, end), expected, places=2)
                hours = round(work.worked(start, end), 2)
                due = calendar.plan_hours(hours, start, compute_leaves=True)
                self.assertEqual(work.due(start, hours), due)
