"""Who the customers of the demo company are and what they did, in days before today.

No ORM and no chance: every amount and day follows from the numbers below. A new story
is a contact in ``res.partner.csv`` and a :class:`Story` here.
"""

from typing import NamedTuple

# What one order of a rhythm is worth compared with the next.
SWING = (1.0, 0.9, 1.1, 0.95, 1.05)


class Sale(NamedTuple):
    """Orders of some days, invoiced together on the last of them."""

    days: tuple  # days before today, oldest first
    amount: float  # untaxed, of each order, in the currency
    late: int | None = 0  # days from due date to payment; None: not paid
    terms: int = 30  # days from invoice to due date
    share: float = 1.0  # part of the invoice that was paid
    credit: float = 0.0  # part of the invoice credited twelve days after it
    contact: str | None = None  # who ordered, when it was not the company itself
    currency: str | None = None


class Refund(NamedTuple):
    """A credit note without an invoice."""

    day: int
    amount: float


class Story(NamedTuple):
    """One customer: documents, entries on the customer record, opening amounts."""

    documents: tuple
    entries: dict = {}
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


def rated(outlook, expansion, days=100, **entries):
    """Return entries with ratings of outlook and expansion made some days ago."""
    return {
        "outlook_rating": outlook,
        "outlook_date": days,
        "expansion_rating": expansion,
        "expansion_date": days,
        **entries,
    }


MAIN = {
    # 34 orders a year, paid two days late
    "huadong": Story(
        (
            *rhythm(1090, 405, 57, 190000, 0.1, late=4),
            *rhythm(380, 6, 11, 54000, 0.0, 3, ("huadong_buyer", None), late=2),
        ),
        rated(8, 8, is_strategic=True, date_customer_since=2375),
    ),
    # every 21 days, but now silent for 63
    "hengtong": Story(
        (
            *rhythm(1080, 520, 80, 190000, late=3),
            *rhythm(483, 63, 21, 45000, -0.1, 3, late=3),
        ),
        rated(6, 5, date_customer_since=2100),
    ),
    "ruian": Story(
        rhythm(1080, 12, 60, 44000, 0.3, contacts=("ruian_buyer",), late=1),
        rated(9, 8, 60),
    ),
    "lanhai": Story(
        rhythm(1060, 20, 80, 62000, 0.1, late=5),
        rated(8, 7, 200, is_strategic=True, date_customer_since=1900),
    ),
    # four open overdue invoices, a partial payment, a credit note, one in yuan
    "jinqiao": Story(
        (
            *rhythm(1085, 210, 97, 110000, 0.05, late=31),
            Sale((165,), 61000, late=20, share=0.6, terms=45),
            Sale((140,), 82000, late=34),
            Sale((118,), 22000, late=None),
            Sale((96,), 30500, late=25, credit=0.1),
            Sale((75,), 105000, late=None, currency="CNY"),
            Sale((58,), 19500, late=None),
            Sale((24,), 96000, late=None),
        ),
        rated(6, 6, 150),
    ),
    # pays in yuan
    "nanyang": Story(
        rhythm(1000, 30, 97, 245000, 0.08, late=6, currency="CNY"),
        rated(6, 5, 120),
    ),
    # few large projects, the last one accepted a month ago
    "zhongke": Story(
        (
            Sale((940,), 120000, late=12, terms=60),
            Sale((610,), 165000, late=8, terms=60),
            Sale((330,), 90000, late=10, terms=60),
            Sale((32,), 140000, late=None, terms=60),
        ),
        rated(7, 7, 40),
    ),
    # an old customer with amounts from before the first order kept here
    "mingda": Story(
        rhythm(900, 45, 95, 14000, late=9),
        rated(5, 4, 210),
        tuple((months, 9000 + 500 * (months % 4), 1) for months in range(46, 34, -1)),
    ),
    # growing from small beginnings
    "tiancheng": Story(
        rhythm(800, 15, 78, 6200, 0.9, contacts=("tiancheng_buyer", None)),
        rated(8, 9, 30),
    ),
    # orders only before two festivals
    "fumanlou": Story(
        (
            Sale((1030,), 6200, late=14),
            Sale((795,), 9800, late=20),
            Sale((665,), 5900, late=18),
            Sale((430,), 9100, late=22),
            Sale((300,), 4300, late=36),
            Sale((68,), 5200, late=35),
        ),
        rated(3, 2, 90),
    ),
    # a customer of a few weeks: half of the figures are unknown
    "xinrui": Story((Sale((24,), 18000, late=None), Sale((4,), 7500, late=None))),
    # credit notes only
    "hongyuan": Story((Refund(260, 1450), Refund(85, 620))),
    # a good customer until two years ago
    "jiugang": Story(rhythm(1090, 560, 106, 42000, late=11)),
    # nothing bought for ten months, invoices open as long
    "dingsheng": Story(
        (
            *rhythm(1020, 480, 180, 34000, -0.2, late=40),
            Sale((345,), 12500, late=60, share=0.3),
            Sale((310,), 9800, late=None),
        ),
        rated(2, 2, 180),
    ),
    # an affiliate that is left out
    "wuye": Story(rhythm(700, 100, 200, 3000), {"is_not_rated": True}),
    # moved up and down with one large order
    "yuanshan": Story(
        (
            *rhythm(1050, 560, 98, 8000, late=4),
            Sale((520,), 260000, late=6),
            *rhythm(450, 50, 100, 7000, late=28),
        ),
        rated(4, 4, 70),
    ),
}

# Quiet customers around them: the last order long ago ...
DORMANT = (
    "anhui", "beihai", "changzhou", "dalian", "ezhou", "fuzhou",
    "guilin", "haikou", "jinan", "kunming", "lanzhou", "mianyang",
)  # fmt: skip
# ... less from year to year, and paid late ...
FADING = (
    "nanchang", "ordos", "putian", "qingdao", "rizhao", "shantou", "taizhou",
    "urumqi", "weifang", "xuzhou", "yantai", "zhuhai", "baoding", "chengde",
)  # fmt: skip
# ... or small and regular.
STEADY = ("datong", "foshan", "ganzhou", "huzhou")


def dormant_story(number):
    last = 380 + 27 * number
    return Story(
        (Sale((last + 210,), 1800 + 240 * number, late=7), Sale((last,), 2200))
    )


def fading_story(number):
    latest = 40 + 13 * number
    amount = 2600 + 310 * number
    late = 18 + 3 * (number % 6)
    return Story(
        (
            Sale((latest + 700,), amount * 2, late=late),
            Sale((latest + 380,), amount * 1.6, late=late),
            Sale((latest,), amount, late=None if number % 2 else late, terms=15),
        ),
        rated(2 + number % 3, 2 + number % 2, 50 + 20 * number),
    )


def steady_story(number):
    return Story(rhythm(760 - 40 * number, 30 + 9 * number, 150, 4200 + 1200 * number))


MAIN.update(
    (name, make(number))
    for names, make in (
        (DORMANT, dormant_story),
        (FADING, fading_story),
        (STEADY, steady_story),
    )
    for number, name in enumerate(names)
)

# Customers of the second company, in euro; it keeps its ledger here for 20 months.
EUROPE_MONTHS = 20
EUROPE = {
    "rhein": Story(
        rhythm(590, 18, 44, 21000, 0.15, 2, late=4),
        rated(8, 7, 80),
        tuple((months, 30000, 2) for months in range(44, 20, -1)),
    ),
    "nordsee": Story(rhythm(570, 40, 106, 7800, late=15), rated(5, 5, 130)),
    "alpen": Story((Sale((470,), 9000, late=35), Sale((250,), 7000, late=None))),
    "zhongou": Story(
        (*rhythm(420, 60, 90, 12000, late=2), Sale((35,), 9500, currency="USD")),
        rated(7, 8, 45),
    ),
    "huadong": Story(rhythm(500, 25, 95, 16000, late=1), rated(7, 6, 90)),
}
