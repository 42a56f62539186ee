from datetime import datetime, time, timedelta

from odoo.tools import SQL

from .common import DAY, CustomerSuccessCase


class ChurnFitCase(CustomerSuccessCase):
    """Shops of a company of their own, made by hand, with orders written in one go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = cls._to_date(DAY)
        cls.shop = cls.env["res.company"].create({"name": "Small Shop"})
        cls.shop.customer_tz = "UTC"
        cls.fits = cls.env["customer.churn.fit"]

    @classmethod
    def _sell(cls, *customers, amount=100):
        """Create one customer per list of days, counted back from the day of tests."""
        partners = cls.env["res.partner"].create(
            [{"name": f"Buyer {number}"} for number in range(len(customers))]
        )
        cls.env.flush_all()
        partner_ids, instants = [], []
        for partner, days in zip(partners, customers, strict=True):
            for days_before in days:
                partner_ids.append(partner.id)
                day = cls.day - timedelta(days=days_before)
                instants.append(datetime.combine(day, time(12)))
        cls.env.cr.execute(
            SQL(
                """INSERT INTO sale_order (name, state, company_id, currency_id,
                          partner_id, partner_invoice_id, partner_shipping_id,
                          date_order, amount_untaxed)
                   SELECT 'Order', 'sale', %(company)s, %(currency)s,
                          new.partner_id, new.partner_id, new.partner_id,
                          new.instant, %(amount)s
                     FROM UNNEST(%(partners)s, %(instants)s::timestamp[])
                       AS new (partner_id, instant)""",
                company=cls.shop.id,
                currency=cls.shop.currency_id.id,
                partners=partner_ids,
                instants=instants,
                amount=amount,
            )
        )
        return partners

    @classmethod
    def _sell_steadily(cls, customers, interval, days, until=0):
        """Create customers who order every ``interval`` days, each on days of his own.

        Every third of them left after his second order.
        """
        return cls._sell(
            *(
                list(range(until + number % interval, days, interval))
                if number % 3
                else [
                    days - 1 - number % interval,
                    days - 1 - number % interval - interval,
                ]
                for number in range(customers)
            )
        )

    def _fit(self, days_later=0):
        """Fit the shop on the day of tests, or later, as the nightly job does."""
        return self.fits._fit_if_due(self.shop, self.day + timedelta(days=days_later))
