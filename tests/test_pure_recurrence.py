import doctest
import random
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from odoo.tests import BaseCase

from .. import recurrence
from ..recurrence import PERIOD_MONTHS, day_of_month, occurrences, work_days

CASES = 300
# Day and month of periods, walked day by day: the slow way to the same answer.
MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}


def occurrences_by_walking(often, start, end, due_month, due_day):
    """Return the due days by looking at every day between start and end."""
    found, day = [], start
    while day <= end:
        is_last = (day + timedelta(days=1)).month != day.month
        is_day = day.day == due_day or (is_last and day.day < due_day)
        if is_day and (day.month - 1) % MONTHS[often] + 1 == due_month:
            found.append(day)
        day += timedelta(days=1)
    return found


class TestRecurrence(BaseCase):
    def test_doctests_hold(self):
        result = doctest.testmod(recurrence)
        self.assertGreater(result.attempted, 5)
        self.assertEqual(result.failed, 0)

    def test_random_recurrences_equal_a_walk_over_every_day(self):
        dice = random.Random(6)
        found = 0
        for _each in range(CASES):
            often = dice.choice(list(MONTHS))
            start = date(2024, 1, 1) + timedelta(days=dice.randrange(1500))
            end = start + timedelta(days=dice.randrange(-5, 800))
            due_month = dice.randint(1, MONTHS[often])
            due_day = dice.choice([1, 15, 28, 29, 30, 31, dice.randint(1, 31)])
            expected = occurrences_by_walking(often, start, end, due_month, due_day)
            case = (often, start, end, due_month, due_day)
            self.assertEqual(occurrences(*case), expected, case)
            found += len(expected)
        self.assertGreater(found, 1000)

    def test_recurrences_are_the_four_of_the_calendar(self):
        self.assertEqual(PERIOD_MONTHS, MONTHS)

    def test_every_year_that_starts_on_any_day_has_all_its_deadlines(self):
        for offset in range(0, 366, 5):
            start = date(2027, 1, 1) + timedelta(days=offset)
            end = start + relativedelta(years=1) - timedelta(days=1)
            counts = [len(occurrences(often, start, end)) for often in MONTHS]
            self.assertEqual(counts, [12, 4, 2, 1], start)

    def test_31st_of_a_shorter_month_is_its_last_day(self):
        days = occurrences("monthly", date(2027, 1, 1), date(2027, 4, 30))
        self.assertEqual(
            [str(day) for day in days],
            ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"],
        )

    def test_29th_of_february_exists_in_leap_years_only(self):
        days = occurrences("yearly", date(2027, 1, 1), date(2028, 12, 31), 2, 29)
        self.assertEqual([str(day) for day in days], ["2027-02-28", "2028-02-29"])
        self.assertEqual(day_of_month(2028, 2, 31), date(2028, 2, 29))

    def test_first_and_last_day_belong_to_the_plan_and_days_outside_do_not(self):
        quarter = ("quarterly", date(2026, 12, 31), date(2027, 3, 31))
        self.assertEqual(len(occurrences(*quarter)), 2)
        self.assertEqual(
            occurrences("quarterly", date(2027, 1, 1), date(2027, 3, 30)), []
        )
        self.assertEqual(
            occurrences("monthly", date(2027, 2, 1), date(2027, 1, 31)), []
        )

    def test_due_month_counts_from_the_first_month_of_the_period(self):
        days = occurrences("half_yearly", date(2027, 1, 1), date(2027, 12, 31), 1, 10)
        self.assertEqual([str(day) for day in days], ["2027-01-10", "2027-07-10"])

    def test_work_begins_within_the_plan_and_not_after_its_deadline(self):
        dice = random.Random(7)
        for _each in range(CASES):
            start = date(2027, 1, 1) + timedelta(days=dice.randrange(400))
            deadline = start + timedelta(days=dice.randrange(120))
            lead = dice.randrange(60)
            begin, kept = work_days(deadline, lead, start)
            self.assertEqual(kept, deadline)
            self.assertTrue(start <= begin <= deadline)
            if (deadline - start).days >= lead:
                self.assertEqual((deadline - begin).days, lead)
