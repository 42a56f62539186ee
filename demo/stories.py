"""Who the customers of the demo company are and what they did, in days before today.

No ORM and no chance: every amount and day follows from the numbers below. A new story
is a contact in ``res.partner.csv`` and a :class:`Story` here. Twelve months have 365
or 366 days: no document lies in between (364 days ago is in, 367 days ago is out).
"""

from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from .festivals import days_before_festivals

# What one order of a rhythm is worth compared with the next.
SWING = (1.0, 0.9, 1.1, 0.95, 1.05)
# Orders of the pastry shop: days before the festival, amount of each.
FESTIVE_AHEAD, FESTIVE_AMOUNT = 24, 3000


class Stage(NamedTuple):
    """An instalment of a project."""

    day: int
    share: float
    name: str


class Sale(NamedTuple):
    """Orders of some days, invoiced together on the last of them or in stages."""

    days: tuple  # days before today, oldest first
    amount: float  # untaxed, of each order, in company currency
    late: int | None = 0  # days from due date to payment; None: not paid
    terms: int = 30  # days from invoice to due date
    share: float = 1.0  # part of the invoice that was paid
    credit: float = 0.0  # amount credited twelve days after the invoice
    contact: str | None = None  # who ordered, when it was not the company itself
    currency: str | None = None  # foreign one, at the rate of the day
    stages: tuple = ()

    def get_stages(self):
        return self.stages or (Stage(self.days[-1], 1.0, ""),)


class Refund(NamedTuple):
    """A credit note without an invoice."""

    day: int
    amount: float


class Story(NamedTuple):
    """One customer: documents, entries on the customer record, opening amounts."""

    documents: tuple
    entries: dict = {}  # days and months before today where the field is a date
    openings: tuple = ()  # (months before this one, amount, orders)


def rhythm(
    first, last, every, amount, growth=0.0, together=1, contacts=(None,), **sale
):
    """Return sales every so many days, from ``first`` to ``last`` days before today.

    :param growth: change of the amount per year, as a share
    :param together: orders on one invoice
    :param contacts: who orders, in turns
    """
    days = range(first, last - 1, -every)
    return tuple(
        Sale(
            tuple(days[start : start + together]),
            round(
                amount
                * (1 + growth) ** ((first - days[start]) / 365)
                * SWING[number % len(SWING)],
                2,
            ),
            contact=contacts[number % len(contacts)],
            **sale,
        )
        for number, start in enumerate(range(0, len(days), together))
    )


def spread(total, first, last, every, together=1, contacts=(None,), **sale):
    """Return sales every so many days that add up to ``total``; else as above."""
    sales = rhythm(first, last, every, 1, 0.0, together, contacts, **sale)
    unit = total / sum(sale.amount * len(sale.days) for sale in sales)
    sales = [
        sale._replace(amount=100.0 * round(sale.amount * unit / 100)) for sale in sales
    ]
    rest = total - sum(sale.amount * len(sale.days) for sale in sales)
    sales[-1] = sales[-1]._replace(amount=sales[-1].amount + rest / len(sales[-1].days))
    return tuple(sales)


def rated(outlook, expansion, days=100, **entries):
    """Return entries with ratings of outlook and expansion made some days ago."""
    return {
        "outlook_rating": outlook,
        "outlook_date": timedelta(days=days),
        "expansion_rating": expansion,
        "expansion_date": timedelta(days=days),
        **entries,
    }


# === THE FIVE STORIES === #


def get_stories(today):
    """Return the customers that the demo is about, by the name of their contact."""
    return {
        "huadong": model_customer(),
        "hengtong": silent_customer(),
        "jinqiao": late_payer(),
        "zhongke": project_customer(today),
        "fumanlou": seasonal_customer(today),
        "xinrui": new_customer(),
    }


def model_customer():
    """S: 1.86 M in 12 months, 6.5 years, 34 orders a year, pays two days late."""
    buyers = {"contacts": ("huadong_buyer", None), "terms": 90, "late": 2}
    return Story(
        (
            *spread(1400000, 1090, 760, 55, **buyers),
            *spread(1690000, 710, 384, 22, **buyers),
            *spread(1860000, 364, 1, 11, together=2, **buyers),
        ),
        rated(9, 9, is_strategic=True, date_customer_since=relativedelta(months=78)),
    )


def silent_customer():
    """A: every 21 days, now silent for 63; 640 k against 910 k; pays ever later."""
    return Story(
        (
            *spread(760000, 1071, 735, 21, 2, late=3),
            *spread(910000, 714, 378, 21, 2, late=9),
            *spread(640000, 357, 63, 21, 2, late=16),
        ),
        rated(7, 6, date_customer_since=relativedelta(months=70)),
    )


def late_payer():
    """B: 964 k, 31 days late, 12% overdue on four invoices; punctual he would be A.

    Of 450,000 open 4 x 13,500 are overdue, on average 31 days like all he has paid.
    """
    return Story(
        (
            *spread(800000, 1040, 752, 72, late=31),
            *spread(1048000, 715, 400, 45, late=31),
            Sale((340,), 250000, late=31),
            Sale((230,), 222000, late=31, credit=12000),
            Sale((136,), 67500, late=31, terms=90, share=0.8),
            Sale((96,), 13500, late=None, terms=60),
            Sale((71,), 13500, late=None, terms=45, currency="CNY"),
            Sale((46,), 13500, late=None),
            Sale((58,), 216000, late=None, terms=75),
            Sale((34,), 180000, late=None, terms=60),
        ),
        rated(3, 3, 150),
    )


def project_customer(today):
    """A: one project a year in three instalments, the last accepted last month."""
    accepted = (today - (today - relativedelta(months=1)).replace(day=15)).days

    def project(before, length, amount):
        last = accepted + before
        stages = (
            Stage(last + length, 0.3, "预付款 (Down payment)"),
            Stage(last + length // 3, 0.5, "发货款 (Delivery)"),
            Stage(last, 0.2, "验收款 (Acceptance)"),
        )
        return Sale((last + length,), amount, terms=60, stages=stages)

    return Story(
        (
            project(760, 180, 340000),
            project(400, 150, 380000),
            project(0, 190, 420000),
        ),
        rated(8, 7, 60, date_customer_since=relativedelta(months=50)),
    )


def seasonal_customer(today):
    """C: orders only before two festivals, pays after them; an old rest is disputed."""
    days = days_before_festivals(today, FESTIVE_AHEAD, back=1100)
    return Story(
        tuple(
            Sale((day,), FESTIVE_AMOUNT, late=50, share=0.75 if number == 3 else 1.0)
            for number, day in enumerate(days)
        ),
        rated(3, 2, 90),
    )


def new_customer():
    """Two orders, nothing due yet, nobody has judged him: half of the data unknown."""
    return Story(
        (
            Sale((24,), 24000, late=None, terms=45),
            Sale((4,), 7500, late=None, terms=45),
        )
    )
