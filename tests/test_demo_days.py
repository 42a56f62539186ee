import doctest
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from odoo.tests import BaseCase, tagged

from ..demo import festivals
from ..demo.stories import get_stories

FIRST_DAY = date(2024, 1, 1)
DAYS = 4 * 365 + 1


@tagged("post_install", "-at_install")
class TestDemoDays(BaseCase):
    """The stories of the demo hold on whatever day it is loaded."""

    def _each_day(self, name):
        """Yield (today, days of the last 12 months, of the 12 before, sales)."""
        for number in range(DAYS):
            today = FIRST_DAY + timedelta(days=number)
            if number % 7 and 1 < today.day < 28:
                continue  # month ends, firsts, 29 February and one day a week
            one, two = (
                (today - (today - relativedelta(months=months))).days
                for months in (12, 24)
            )
            sales = get_stories(today)[name].documents
            yield today, range(one), range(one, two), sales

    def _sum(self, sales, days):
        """Return what was invoiced on some days, as (amount, orders)."""
        amount = sum(
            sale.amount * len(sale.days) * stage.share - sale.credit
            for sale in sales
            for stage in sale.get_stages()
            if stage.day in days
        )
        orders = sum(day in days for sale in sales for day in sale.days)
        return round(amount, 2), orders

    def test_amounts_and_orders_are_those_of_the_stories_on_every_day(self):
        expected = {
            "huadong": ((1860000, 34), (1690000, 15)),
            "hengtong": ((640000, 15), (910000, 17)),
            "jinqiao": ((964000, 8), (1048000, 8)),
            "zhongke": ((420000, 1), (380000, 1)),
            "xinrui": ((31500, 2), (0, 0)),
        }
        for name, figures in expected.items():
            found = {
                (self._sum(sales, last), self._sum(sales, before))
                for _today, last, before, sales in self._each_day(name)
            }
            self.assertEqual(found, {figures}, name)

    def test_seasonal_customer_has_one_to_three_small_orders_a_year(self):
        counts = set()
        for today, last, _before, sales in self._each_day("fumanlou"):
            amount, orders = self._sum(sales, last)
            self.assertEqual(amount, 3000 * orders, today)
            self.assertLess(amount, 10000, today)
            counts.add(orders)
        self.assertEqual(counts, {1, 2, 3})

    def test_acceptance_is_always_in_the_month_before(self):
        for today, _last, _before, sales in self._each_day("zhongke"):
            accepted = today - timedelta(days=sales[-1].stages[-1].day)
            last_month = today - relativedelta(months=1)
            self.assertEqual(
                (accepted.year, accepted.month), (last_month.year, last_month.month)
            )

    def test_doctests_of_the_festivals(self):
        result = doctest.testmod(festivals)
        self.assertGreater(result.attempted, 0)
        self.assertFalse(result.failed)
