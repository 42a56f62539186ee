"""When a promise is due: working time, 24/7, pauses. No ORM: tested without Odoo.

Instants are naive UTC to the second, as Odoo stores them; a span is ``(start, end)``
with its end left out. A shift is kept by the clock on the wall: in a night without an
hour it is shorter, in one with an hour twice it is longer, exactly by that hour.
"""

from bisect import bisect_right
from datetime import datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

CHUNK = timedelta(days=14)
# As far as Odoo looks ahead for working time; a promise without an end is none.
MAX_CHUNKS = 100
EPOCH = datetime(2000, 1, 3)  # a Monday
FOR_EVER = datetime.max
SECOND = timedelta(seconds=1)


class Shift(NamedTuple):
    """Hours of a weekday (0 Monday); of every week or of every other one (0, 1)."""

    weekday: int
    start: float
    end: float
    week: int | None = None


def hours_to_delta(hours):
    """Return hours as a duration, to the second.

    >>> hours_to_delta(0.5)
    datetime.timedelta(seconds=1800)
    """
    return timedelta(seconds=round(hours * 3600))


def day_end_utc(day, zone):
    """Return the last second of a local day as a naive UTC instant.

    >>> day_end_utc(datetime(2026, 11, 30).date(), "Asia/Shanghai")
    datetime.datetime(2026, 11, 30, 15, 59, 59)
    """
    tomorrow = datetime.combine(day + timedelta(days=1), time.min)
    local = tomorrow.replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(timezone.utc).replace(tzinfo=None) - SECOND


def merge(spans):
    """Return spans in order, joined where they touch or overlap; empty ones left out.

    >>> at = lambda hour: datetime(2026, 11, 20, hour)
    >>> [(s.hour, e.hour) for s, e in merge([(at(3), at(5)), (at(1), at(3))])]
    [(1, 5)]
    """
    merged = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def subtract(spans, holes):
    """Return what is left of merged spans outside of merged holes.

    >>> at = lambda hour: datetime(2026, 11, 20, hour)
    >>> [(s.hour, e.hour) for s, e in subtract([(at(8), at(17))], [(at(12), at(13))])]
    [(8, 12), (13, 17)]
    """
    ends = [end for _start, end in holes]
    left = []
    for start, end in spans:
        for hole in holes[bisect_right(ends, start) :]:
            if hole[0] >= end:
                break
            if start < hole[0]:
                left.append((start, hole[0]))
            start = max(start, hole[1])
        if start < end:
            left.append((start, end))
    return left


def clean_pauses(pauses):
    """Return pauses merged; one that goes on (no end) lasts for ever."""
    return merge((start, end or FOR_EVER) for start, end in pauses)


def week_of(day):
    """Return which of two alternating weeks a day lies in (0, 1), as Odoo counts.

    >>> week_of(datetime(2026, 11, 20)), week_of(datetime(2026, 11, 27))
    (1, 0)
    """
    return (day.toordinal() - 1) // 7 % 2


def offset_spans(start, end, zone):
    """Return the spans of one offset to UTC, each with it: ``(start, end, offset)``.

    >>> [offset.seconds // 3600 for _start, _end, offset in offset_spans(
    ...     datetime(2026, 10, 25), datetime(2026, 10, 26), ZoneInfo("Europe/Berlin"))]
    [2, 1]
    """
    spans = []
    while start < end:
        offset = _get_offset(start, zone)
        stop = min(start + timedelta(days=1), end)
        if _get_offset(stop - SECOND, zone) != offset:
            stop = _find_change(start, stop - SECOND, zone)
        if spans and spans[-1][2] == offset:
            spans[-1] = (spans[-1][0], stop, offset)
        else:
            spans.append((start, stop, offset))
        start = stop
    return spans


def _get_offset(instant, zone):
    return instant.replace(tzinfo=timezone.utc).astimezone(zone).utcoffset()


def _find_change(low, high, zone):
    """Return the first second with another offset than the low end."""
    offset = _get_offset(low, zone)
    while high - low > SECOND:
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if _get_offset(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high


class WorkTime:
    """The working time of a calendar, worked out as far ahead as somebody asks.

    :param zone: name of the time zone of the shifts
    :param shifts: :class:`Shift` of the week; None means around the clock
    :param leaves: spans in which nobody works, in UTC
    :param extra_days: hours ``(from, to)`` by day on which people work all the same,
        also within a leave (a make-up Saturday)
    """

    def __init__(self, zone, shifts, leaves=(), extra_days=None):
        self.zone = ZoneInfo(zone)
        self.shifts = shifts
        self.leaves = merge(leaves)
        self.extra_days = extra_days or {}
        self._chunks = {}

    def due(self, start, hours, pauses=()):
        """Return when so many hours have been worked from a start, without the pauses.

        The earliest such instant: the evening, not the next morning. None when the
        clock stands still for ever or there is no working time in 100 × 14 days.

        >>> week = [Shift(day, 8, 17) for day in range(5)]
        >>> friday = datetime(2026, 11, 20, 15)
        >>> WorkTime("UTC", week).due(friday, 8)
        datetime.datetime(2026, 11, 23, 14, 0)
        >>> WorkTime("UTC", None).due(friday, 8, [(friday, datetime(2026, 11, 21))])
        datetime.datetime(2026, 11, 21, 8, 0)
        """
        left = hours_to_delta(hours)
        if left < timedelta(0):
            raise ValueError("a promise cannot be due before it is given")
        if not left:
            return start
        holes = clean_pauses(pauses)
        number = self._get_number(start)
        for chunk in range(number, number + MAX_CHUNKS):
            if (
                holes
                and holes[-1][1] == FOR_EVER
                and holes[-1][0] <= self._begin(chunk)
            ):
                return None
            for begin, end in self._get_open(chunk, start, FOR_EVER, holes):
                if left <= end - begin:
                    return begin + left
                left -= end - begin
        return None

    def before(self, end, hours, pauses=()):
        """Return the instant from which so many hours are worked until an end.

        The latest such instant; None when there is no working time in 100 × 14 days.

        >>> week = [Shift(day, 8, 17) for day in range(5)]
        >>> WorkTime("UTC", week).before(datetime(2026, 11, 23, 9), 2)
        datetime.datetime(2026, 11, 20, 16, 0)
        """
        left = hours_to_delta(hours)
        if not left:
            return end
        holes = clean_pauses(pauses)
        number = self._get_number(end)
        for chunk in range(number, number - MAX_CHUNKS, -1):
            begin = self._begin(chunk)
            for start, stop in reversed(self._get_open(chunk, begin, end, holes)):
                if left <= stop - start:
                    return stop - left
                left -= stop - start
        return None

    def worked(self, start, end, pauses=()):
        """Return the hours worked between two instants, without the pauses.

        >>> week = [Shift(day, 8, 17) for day in range(5)]
        >>> WorkTime("UTC", week).worked(
        ...     datetime(2026, 11, 20, 15), datetime(2026, 11, 23, 14))
        8.0
        """
        total = timedelta(0)
        if end > start:
            holes = clean_pauses(pauses)
            for chunk in range(self._get_number(start), self._get_number(end) + 1):
                for begin, stop in self._get_open(chunk, start, end, holes):
                    total += stop - begin
        return total.total_seconds() / 3600

    # === PIECES === #

    def _get_number(self, instant):
        return (instant - EPOCH) // CHUNK

    def _begin(self, chunk):
        return EPOCH + chunk * CHUNK

    def _get_open(self, chunk, start, end, holes):
        """Return the spans of a chunk within two instants and outside of holes."""
        if chunk not in self._chunks:
            self._chunks[chunk] = self._work_out(
                self._begin(chunk), self._begin(chunk + 1)
            )
        spans = self._chunks[chunk]
        if start > self._begin(chunk) or end < self._begin(chunk + 1):
            spans = [(max(begin, start), min(stop, end)) for begin, stop in spans]
            spans = [span for span in spans if span[0] < span[1]]
        return subtract(spans, holes) if holes else spans

    def _work_out(self, start, end):
        if self.shifts is None:
            return [(start, end)]
        usual, extra = [], []
        for begin, stop, offset in offset_spans(start, end, self.zone):
            day = (begin + offset).date()
            while datetime.combine(day, time.min) - offset < stop:
                for spans, hours in (
                    (usual, self._get_hours(day)),
                    (extra, self.extra_days.get(day, ())),
                ):
                    spans += self._to_utc(day, hours, offset, begin, stop)
                day += timedelta(days=1)
        return merge(subtract(merge(usual), self.leaves) + extra)

    def _get_hours(self, day):
        week, weekday = week_of(day), day.weekday()
        return [
            (shift.start, shift.end)
            for shift in self.shifts
            if shift.weekday == weekday and shift.week in (None, week)
        ]

    def _to_utc(self, day, hours, offset, begin, stop):
        """Return hours of a local day as far as they lie in a span of one offset."""
        midnight = datetime.combine(day, time.min) - offset
        return [
            (
                max(begin, midnight + timedelta(minutes=round(first * 60))),
                min(stop, midnight + timedelta(minutes=round(last * 60))),
            )
            for first, last in hours
        ]
