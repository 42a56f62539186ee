"""Days, windows and quarter ends. No ORM: importable and tested without Odoo.

A day D is a day in the company's time zone and belongs to its window: the twelve
months of D are ``(D - 12 months, D]``. Instants are naive UTC, as Odoo stores them.
"""

from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta


class Window(NamedTuple):
    """The twelve months up to ``date`` and the twelve months before.

    Dates are exclusive starts, instants are inclusive starts and an exclusive end.
    """

    date: date
    start: date
    prev_start: date
    start_utc: datetime
    prev_start_utc: datetime
    end_utc: datetime


def local_day(instant, zone):
    """Return the calendar day of a naive UTC instant in a time zone.

    >>> local_day(datetime(2026, 11, 20, 18, 10), "Asia/Shanghai")
    datetime.date(2026, 11, 21)
    """
    return instant.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone)).date()


def day_start_utc(day, zone):
    """Return the naive UTC instant at which a local day begins.

    >>> day_start_utc(date(2026, 11, 21), "Asia/Shanghai")
    datetime.datetime(2026, 11, 20, 16, 0)
    """
    local = datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))
    return local.astimezone(timezone.utc).replace(tzinfo=None)


def months_before(day, months):
    """Return the day ``months`` earlier, the last of the month where it is missing.

    >>> months_before(date(2024, 2, 29), 12)
    datetime.date(2023, 2, 28)
    """
    return day - relativedelta(months=months)


def window(day, zone, months=12):
    """Return the :class:`Window` of a day.

    >>> window(date(2026, 11, 21), "UTC").start
    datetime.date(2025, 11, 21)
    >>> window(date(2026, 11, 21), "UTC").start_utc
    datetime.datetime(2025, 11, 22, 0, 0)
    """
    next_day = timedelta(days=1)
    start = months_before(day, months)
    prev_start = months_before(day, 2 * months)
    return Window(
        date=day,
        start=start,
        prev_start=prev_start,
        start_utc=day_start_utc(start + next_day, zone),
        prev_start_utc=day_start_utc(prev_start + next_day, zone),
        end_utc=day_start_utc(day + next_day, zone),
    )


def month_end(day):
    """Return the last day of the month of ``day``.

    >>> month_end(date(2024, 2, 3))
    datetime.date(2024, 2, 29)
    """
    return day + relativedelta(day=31)


def quarter_end(day):
    """Return the last day of the calendar quarter of ``day``.

    >>> quarter_end(date(2026, 11, 21)), quarter_end(date(2026, 12, 31))
    (datetime.date(2026, 12, 31), datetime.date(2026, 12, 31))
    """
    return month_end(day + relativedelta(month=3 * ((day.month - 1) // 3) + 3, day=1))


def next_quarter_end(day):
    """Return the first quarter end after ``day``.

    >>> next_quarter_end(date(2026, 12, 31))
    datetime.date(2027, 3, 31)
    """
    return quarter_end(day + timedelta(days=1))


def past_quarter_ends(day, count):
    """Return the ``count`` quarter ends before ``day``, oldest first.

    >>> past_quarter_ends(date(2026, 11, 21), 2)
    [datetime.date(2026, 6, 30), datetime.date(2026, 9, 30)]
    """
    this_quarter = quarter_end(day)
    return [
        month_end(this_quarter - relativedelta(months=3 * index, day=1))
        for index in range(count, 0, -1)
    ]


def next_instant(now, hour, zone):
    """Return the next naive UTC instant after ``now`` at a local hour of the day.

    >>> next_instant(datetime(2026, 11, 21, 18, 30), 2, "Asia/Shanghai")
    datetime.datetime(2026, 11, 22, 18, 0)
    """
    day = local_day(now, zone)
    for offset in (0, 1):
        local = datetime.combine(
            day + timedelta(days=offset), time(hour), tzinfo=ZoneInfo(zone)
        )
        instant = local.astimezone(timezone.utc).replace(tzinfo=None)
        if instant > now:
            return instant
    raise ValueError("an hour of tomorrow always lies after now")


def expected_days(last, interval, until, seasons=()):
    """Return the days on which orders were to be expected after the last one.

    Days of closed seasons do not count.

    >>> expected_days(date(2026, 1, 1), 10, date(2026, 1, 25))
    [datetime.date(2026, 1, 11), datetime.date(2026, 1, 21)]
    >>> expected_days(
    ...     date(2026, 1, 1), 10, date(2026, 1, 25),
    ...     [(date(2026, 1, 5), date(2026, 1, 8))],
    ... )
    [datetime.date(2026, 1, 15), datetime.date(2026, 1, 25)]
    """
    days, passed, day = [], 0, last
    step = max(interval, 1)
    while day < until:
        day += timedelta(days=1)
        if any(first <= day <= end for first, end in seasons):
            continue
        passed += 1
        if passed >= step * (len(days) + 1):
            days.append(day)
    return days


def last_period(day, months):
    """Return first and last day of the last period that has ended by ``day``.

    Periods of some months are counted from January: months, quarters, half-years.

    >>> last_period(date(2026, 11, 29), 1), last_period(date(2026, 11, 30), 1)[1]
    ((datetime.date(2026, 10, 1), datetime.date(2026, 10, 31)), datetime.date(2026, 11, 30))
    >>> last_period(date(2026, 11, 30), 3)
    (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    >>> last_period(date(2026, 6, 30), 6)
    (datetime.date(2026, 1, 1), datetime.date(2026, 6, 30))
    """
    next_day = day + timedelta(days=1)
    start = next_day.replace(day=1) - relativedelta(
        months=(12 * next_day.year + next_day.month - 1) % months
    )
    return start - relativedelta(months=months), start - timedelta(days=1)


def period_before(start, end):
    """Return the first day of the period before ``[start, end]``, as long as it is.

    Whole months before whole months, else as many days.

    >>> period_before(date(2026, 2, 1), date(2026, 2, 28))
    datetime.date(2026, 1, 1)
    >>> period_before(date(2026, 7, 1), date(2026, 12, 31))
    datetime.date(2026, 1, 1)
    >>> period_before(date(2026, 11, 11), date(2026, 11, 20))
    datetime.date(2026, 11, 1)
    """
    if start.day == 1 and end == month_end(end):
        months = 12 * (end.year - start.year) + end.month - start.month + 1
        return start - relativedelta(months=months)
    return start - (end - start) - timedelta(days=1)
