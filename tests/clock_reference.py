"""A slow clock, minute by minute, and random calendars to try the fast one on.

It asks of every minute what the clock on the wall shows and shares no line with
``clock.py``. ``./dev bench`` runs more cases than the suite.
"""

import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from ..clock import Shift, WorkTime

CASES = 300
MINUTE = timedelta(minutes=1)
# Around changes of the clocks (one of half an hour), year ends, a leap day, no change.
MOMENTS = (
    ("Europe/Berlin", datetime(2026, 3, 28, 6)),
    ("Europe/Berlin", datetime(2026, 10, 24, 6)),
    ("America/New_York", datetime(2026, 3, 7, 18)),
    ("America/New_York", datetime(2026, 10, 31, 18)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 0)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 0)),
    ("America/St_Johns", datetime(2026, 10, 31, 12)),
    ("Africa/Casablanca", datetime(2026, 2, 14, 12)),
    ("Asia/Shanghai", datetime(2026, 12, 30, 6)),
    ("UTC", datetime(2028, 2, 28, 6)),
    ("Asia/Kathmandu", datetime(2026, 6, 5, 3)),
)


class SlowClock:
    """Looks at every minute: working or not."""

    def __init__(self, zone, shifts, leaves, extra_days):
        self.zone = ZoneInfo(zone)
        self.shifts, self.leaves, self.extra_days = shifts, leaves, extra_days
        self.seen = {}

    def works(self, minute):
        if self.shifts is None:
            return True
        if minute not in self.seen:
            self.seen[minute] = self._look(minute)
        return self.seen[minute]

    def _look(self, minute):
        wall = minute.replace(tzinfo=timezone.utc).astimezone(self.zone)
        hour = wall.hour + wall.minute / 60
        for first, last in self.extra_days.get(wall.date(), ()):
            if first <= hour < last:
                return True
        if any(start <= minute < end for start, end in self.leaves):
            return False
        monday = date(1, 1, 1) + timedelta(days=7)
        week = (wall.date() - monday).days // 7 % 2
        # weeks count from the first one of year 1, which was even
        week = (week + 1) % 2
        return any(
            shift.weekday == wall.weekday()
            and shift.week in (None, week)
            and shift.start <= hour < shift.end
            for shift in self.shifts
        )

    def due(self, start, minutes, pauses, limit):
        """Return the end of the last minute that was needed, None beyond the limit."""
        minute = start
        while minutes and minute < limit:
            minutes -= self.counts(minute, pauses)
            minute += MINUTE
        return None if minutes else minute

    def before(self, end, minutes, pauses, limit):
        minute = end
        while minutes and minute > limit:
            minute -= MINUTE
            minutes -= self.counts(minute, pauses)
        return None if minutes else minute

    def counts(self, minute, pauses):
        if any(start <= minute < (end or datetime.max) for start, end in pauses):
            return False
        return self.works(minute)


def _draw_shifts(rng):
    """Return a week: offices, night shifts until and from midnight, odd weeks, 24/7."""
    kind = rng.choice(("office", "office", "night", "odd", "random", "always"))
    if kind == "always":
        return None
    if kind == "office":
        hours = [(8, 12), (13, 17)]
        return [Shift(day, *part) for day in range(rng.randint(1, 6)) for part in hours]
    if kind == "night":
        return [
            Shift((day + late) % 7, *((0, 3.5) if late else (21, 24)))
            for day in rng.sample(range(7), 4)
            for late in (0, 1)
        ]
    week = (lambda: rng.choice((0, 1))) if kind == "odd" else (lambda: None)
    shifts = []
    for day in range(7):
        start = rng.randint(0, 40) / 2
        shifts.append(
            Shift(day, start, min(24, start + rng.randint(1, 16) / 4), week())
        )
    return shifts


def _draw_spans(rng, start, count, hours):
    spans = []
    for _number in range(rng.randint(0, count)):
        begin = start + timedelta(minutes=15 * rng.randint(-60, 200))
        spans.append((begin, begin + timedelta(minutes=15 * rng.randint(1, hours * 4))))
    return spans


def draw_case(rng):
    """Return one case: (zone, shifts, leaves, extra days, start, minutes, pauses)."""
    zone, moment = rng.choice(MOMENTS)
    if rng.random() < 0.5:  # on the edges of shifts
        start = moment + timedelta(minutes=30 * rng.randint(-20, 60))
        minutes = 30 * rng.randint(1, 16)
    else:
        start = moment + timedelta(minutes=rng.randint(-600, 1800))
        minutes = rng.randint(1, 480)
    leaves = _draw_spans(rng, start, 2, 30)
    extra = {
        (start + timedelta(days=rng.randint(0, 2))).date(): [(9, 12), (12.5, 23)]
        for _number in range(rng.randint(0, 1))
    }
    pauses = _draw_spans(rng, start, 3, 12)
    if rng.random() < 0.1:
        pauses.append((start + timedelta(minutes=rng.randint(0, 2000)), None))
    return zone, _draw_shifts(rng), leaves, extra, start, minutes, pauses


def find_differences(count=CASES, seed=6):
    """Return the cases in which the fast and the slow clock do not agree."""
    rng = random.Random(seed)
    return [case for case in (draw_case(rng) for _n in range(count)) if _differs(*case)]


def _differs(zone, shifts, leaves, extra, start, minutes, pauses):
    fast = WorkTime(zone, shifts, leaves, extra)
    slow = SlowClock(zone, shifts, leaves, extra)
    due = fast.due(start, minutes / 60, pauses)
    limit = start + timedelta(days=6)
    if due is None or due > limit:
        return slow.due(start, minutes, pauses, limit) is not None
    if slow.due(start, minutes, pauses, limit) != due:
        return True
    if round(fast.worked(start, due, pauses) * 60) != minutes:
        return True
    back = fast.before(due, minutes / 60, pauses)
    return back != slow.before(due, minutes, pauses, start - timedelta(days=1))
