"""Yearly days and the renewal rate. No ORM: importable and tested without Odoo."""

from calendar import isleap
from datetime import date, timedelta
from typing import NamedTuple

from .periods import months_before

# Contracts that ended in this many months count for the renewal rate.
RENEWAL_MONTHS = 24


class RenewalRate(NamedTuple):
    """How many contracts ended, and how many of these were renewed in time."""

    ended: int
    renewed: int

    @property
    def rate(self):
        """Return the share renewed (0-1), or None when no contract ended."""
        return self.renewed / self.ended if self.ended else None


def yearly_day(day, year):
    """Return the day of a year on which a day is remembered.

    The 29th of February is remembered on the 28th where it is missing.

    >>> yearly_day(date(2020, 2, 29), 2027), yearly_day(date(2020, 2, 29), 2028)
    (datetime.date(2027, 2, 28), datetime.date(2028, 2, 29))
    """
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def remembered_days(start, days):
    """Return the yearly days that fall on ``start`` or within ``days`` after it.

    As ``{month * 100 + day: date}``; the 29th of February is among them when it is
    remembered then.

    >>> remembered_days(date(2027, 2, 27), 1)
    {227: datetime.date(2027, 2, 27), 228: datetime.date(2027, 2, 28), 229: datetime.date(2027, 2, 28)}
    """
    found = {}
    for offset in range(days + 1):
        day = start + timedelta(days=offset)
        found[day.month * 100 + day.day] = day
        if (day.month, day.day) == (2, 28) and not isleap(day.year):
            found[229] = day
    return found


def renewal_rate(renewals, day):
    """Return the :class:`RenewalRate` of a day.

    Counted are contracts whose end lies in ``(day - 24 months, day]``; renewed are
    those decided as renewed on or before their end.

    >>> renewal_rate([(date(2026, 3, 31), "renewed", date(2026, 3, 31))],
    ...              date(2026, 11, 21)).rate
    1.0
    >>> renewal_rate([], date(2026, 11, 21)).rate is None
    True

    :param renewals: tuples of end, state (open, renewed, lost) and day of decision
    """
    start = months_before(day, RENEWAL_MONTHS)
    ended = [row for row in renewals if start < row[0] <= day]
    renewed = [
        end
        for end, state, decided in ended
        if state == "renewed" and decided and decided <= end
    ]
    return RenewalRate(len(ended), len(renewed))
