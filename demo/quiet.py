"""The customers around the five stories, and those of the second company."""

from datetime import timedelta

from .stories import Refund, Sale, Story, rated, rhythm

OTHERS = {
    # growing and paying at once
    "ruian": Story(
        rhythm(1080, 12, 60, 44000, 0.3, contacts=("ruian_buyer",), late=1),
        rated(9, 8, 60),
    ),
    "lanhai": Story(
        rhythm(1060, 20, 80, 62000, 0.1, late=5),
        rated(8, 7, 200, is_strategic=True, date_customer_since=timedelta(days=1900)),
    ),
    # pays in yuan
    "nanyang": Story(
        rhythm(1000, 30, 97, 35000, 0.08, late=6, currency="CNY"),
        rated(6, 5, 120),
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

# Quiet customers: the last order long ago ...
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


QUIET = {
    name: make(number)
    for names, make in (
        (DORMANT, dormant_story),
        (FADING, fading_story),
        (STEADY, steady_story),
    )
    for number, name in enumerate(names)
}
# He was late once, and ordered again when somebody called.
QUIET["ganzhou"] = Story((*rhythm(680, 245, 145, 6600), Sale((80,), 6600)))

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
        (*rhythm(420, 60, 90, 12000, late=2), Sale((35,), 8800, currency="USD")),
        rated(7, 8, 45),
    ),
    "huadong": Story(rhythm(500, 25, 95, 16000, late=1), rated(7, 6, 90)),
}
