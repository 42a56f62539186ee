"""Days of the two festivals before which one customer of the demo company orders."""

from datetime import date, timedelta

# Lunar holidays have no formula that is worth writing here: first day of each.
SPRING_FESTIVALS = (
    date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29),
    date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13),
    date(2030, 2, 3), date(2031, 1, 23), date(2032, 2, 11), date(2033, 1, 31),
    date(2034, 2, 19), date(2035, 2, 8), date(2036, 1, 28), date(2037, 2, 15),
)  # fmt: skip
MID_AUTUMN_FESTIVALS = (
    date(2022, 9, 10), date(2023, 9, 29), date(2024, 9, 17), date(2025, 10, 6),
    date(2026, 9, 25), date(2027, 9, 15), date(2028, 10, 3), date(2029, 9, 22),
    date(2030, 9, 12), date(2031, 10, 1), date(2032, 9, 19), date(2033, 9, 8),
    date(2034, 9, 27), date(2035, 9, 16), date(2036, 10, 4), date(2037, 9, 24),
)  # fmt: skip


def days_before_festivals(today, ahead, back):
    """Return the days ago that lay some days ahead of a festival, oldest first.

    :param ahead: days before the festival
    :param back: days looked back from today

    >>> days_before_festivals(date(2026, 11, 21), ahead=24, back=400)
    [301, 81]
    """
    days = [
        (today - festival + timedelta(days=ahead)).days
        for festival in (*SPRING_FESTIVALS, *MID_AUTUMN_FESTIVALS)
    ]
    return sorted((day for day in days if 0 < day <= back), reverse=True)
