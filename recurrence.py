"""Days on which a recurring step falls due. No ORM: importable and tested without Odoo.

Periods are those of the calendar: months, quarters from January, half years, years.
"""

from calendar import monthrange
from datetime import date, timedelta

# Months of the period of each recurrence; the others have none.
PERIOD_MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}


def day_of_month(year, month, day):
    """Return a day of a month, its last one where the month is shorter.

    >>> day_of_month(2027, 2, 31), day_of_month(2028, 2, 29), day_of_month(2027, 4, 30)
    (datetime.date(2027, 2, 28), datetime.date(2028, 2, 29), datetime.date(2027, 4, 30))
    """
    return date(year, month, min(day, monthrange(year, month)[1]))


def occurrences(recurrence, start, end, due_month=None, due_day=31):
    """Return the days in ``[start, end]`` on which a recurring step falls due, ascending.

    One day in each period of the calendar. An empty list when ``end`` is before
    ``start``.

    >>> occurrences("quarterly", date(2026, 11, 21), date(2027, 6, 30))
    [datetime.date(2026, 12, 31), datetime.date(2027, 3, 31), datetime.date(2027, 6, 30)]
    >>> occurrences("half_yearly", date(2026, 11, 21), date(2027, 11, 20), 5, 15)
    [datetime.date(2027, 5, 15), datetime.date(2027, 11, 15)]
    >>> occurrences("monthly", date(2027, 1, 31), date(2027, 3, 30), 1, 31)
    [datetime.date(2027, 1, 31), datetime.date(2027, 2, 28)]

    :param recurrence: a key of ``PERIOD_MONTHS``
    :param due_month: month of the period, from 1; the last one unless said
    :param due_day: day of that month, 31 for the last one
    """
    months = PERIOD_MONTHS[recurrence]
    due_month = due_month or months
    days = (
        day_of_month(year, first + due_month - 1, due_day)
        for year in range(start.year, end.year + 1)
        for first in range(1, 13, months)
    )
    return [day for day in days if start <= day <= end]


def work_days(deadline, lead_days, start):
    """Return the day from which work is shown and its deadline.

    ``lead_days`` before the deadline, but not before the plan starts.

    >>> work_days(date(2026, 12, 31), 14, date(2026, 11, 21))
    (datetime.date(2026, 12, 17), datetime.date(2026, 12, 31))
    >>> work_days(date(2026, 11, 30), 14, date(2026, 11, 21))
    (datetime.date(2026, 11, 21), datetime.date(2026, 11, 30))
    """
    begin = deadline - timedelta(days=lead_days)
    return min(max(begin, start), deadline), deadline
