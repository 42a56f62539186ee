"""Fill the template database: two companies and a ledger of three years.

Run by ``./dev`` through the Odoo shell. Everything is the same on every run: one random
seed, fixed dates from 2024-01 to 2026-10. Partners are named "Seed ...".
"""

import random
from datetime import date, datetime, time, timedelta

from odoo import Command

FIRST_DAY = date(2024, 1, 8)
LAST_DAY = date(2026, 10, 20)
# Units of the currency for one USD, at the start and per quarter after it.
RATES = {"USD": (1, 0), "EUR": (0.92, 0.004), "CNY": (6.9, 0.03)}
# Days between due date and payment, for each habit; None is unpaid.
HABITS = {
    "punctual": (-6, -2, 0, 0),
    "late": (3, 9, 18, 35),
    "very late": (25, 48, 75, None),
    "partial": (2, 10, 30, None),
    "unpaid": (None,),
}


def quarters():
    return [date(y, m, 1) for y in range(2023, 2027) for m in (1, 4, 7, 10)]


def prepare_companies(env):
    """Return the main company (USD) and a second one (EUR), both with a chart."""
    currencies = env["res.currency"].with_context(active_test=False)
    currencies = currencies.search([("name", "in", list(RATES))])
    currencies.active = True
    currency = {record.name: record for record in currencies}
    main = env.company
    main.write({"country_id": env.ref("base.us").id, "currency_id": currency["USD"].id})
    second = env["res.company"].create(
        {
            "name": "CS Second Company",
            "country_id": env.ref("base.de").id,
            "currency_id": currency["EUR"].id,
        }
    )
    users = env.ref("base.user_admin") | env.user
    users.write({"company_ids": [Command.link(second.id)]})
    env = env(context=dict(env.context, allowed_company_ids=[main.id, second.id]))
    for company in main, second:
        own = company.currency_id
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        company.currency_id = own
    env["res.currency.rate"].search([]).unlink()
    env["res.currency.rate"].create(
        [
            {
                "name": day,
                "currency_id": currency[name].id,
                "company_id": company.id,
                "company_rate": rate_of(name, number)
                / rate_of(company.currency_id.name, number),
            }
            for company in (main, second)
            for name in RATES
            if name != company.currency_id.name
            for number, day in enumerate(quarters())
        ]
    )
    return env, main, second, currency


def rate_of(name, number):
    start, step = RATES[name]
    return start + step * number


def create_customers(env):
    """Return 30 customers; every third has two contacts below it."""
    cities = ("us", "de", "cn", "fr")
    customers = env["res.partner"].create(
        [
            {
                "name": f"Seed Customer {number:02}",
                "is_company": True,
                "email": f"customer{number:02}@example.com",
                "country_id": env.ref(f"base.{cities[number % 4]}").id,
                "child_ids": [
                    Command.create(
                        {
                            "name": f"Seed Contact {number:02}{letter}",
                            "email": f"contact{number:02}{letter}@example.com",
                        }
                    )
                    for letter in ("a", "b")
                    if number % 3 == 0
                ],
            }
            for number in range(1, 31)
        ]
    )
    return customers


def order_days(rng, number):
    """Return the days a customer orders on: many, few, stopped long ago, or none."""
    count = (14, 9, 6, 4, 3, 2, 1, 11, 5, 0)[number % 10]
    last = LAST_DAY if number % 7 else date(2025, 3, 31)
    span = (last - FIRST_DAY).days
    return sorted(FIRST_DAY + timedelta(days=rng.randrange(span)) for _ in range(count))


def create_orders(env, company, plans, products, rng):
    """Create, confirm and date the orders of one company; plans are (partner, day, pricelist)."""
    orders = (
        env["sale.order"]
        .with_company(company)
        .create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "pricelist_id": pricelist.id,
                    "date_order": datetime.combine(day, time(10)),
                    "payment_term_id": False,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": rng.randint(1, 6),
                                "price_unit": rng.choice((120, 480, 950, 2300, 7800)),
                            }
                        )
                        for product in rng.sample(list(products), rng.randint(1, 3))
                    ],
                }
                for partner, day, pricelist in plans
            ]
        )
    )
    orders.action_confirm()
    for order, (_partner, day, _pricelist) in zip(orders, plans, strict=True):
        # Confirming sets the date to now.
        order.date_order = datetime.combine(day, time(10))
    return orders


def invoice_orders(orders):
    """Post one invoice for each order, three days after it, due in 30 days."""
    orders._create_invoices(grouped=True)
    for order in orders:
        day = order.date_order.date() + timedelta(days=3)
        order.invoice_ids.write(
            {
                "invoice_date": day,
                # A payment term would overwrite the due date.
                "invoice_payment_term_id": False,
                "invoice_date_due": day + timedelta(days=30),
            }
        )
    orders.invoice_ids.action_post()
    return orders.invoice_ids


def refund(invoice, days):
    """Credit the whole invoice some days after it."""
    wizard = (
        invoice.env["account.move.reversal"]
        .with_context(active_model="account.move", active_ids=invoice.ids)
        .create(
            {
                "date": invoice.invoice_date + timedelta(days=days),
                "reason": "Seed refund",
                "journal_id": invoice.journal_id.id,
            }
        )
    )
    wizard.refund_moves()
    wizard.new_move_ids.action_post()


def pay(invoice, day, share):
    """Register a payment for a share of what is open."""
    wizard = (
        invoice.env["account.payment.register"]
        .with_context(active_model="account.move", active_ids=invoice.ids)
        .create({"payment_date": day})
    )
    if share < 1:
        amount = invoice.currency_id.round(wizard.amount * share)
        wizard.write({"amount": amount, "payment_difference_handling": "open"})
    wizard.action_create_payments()


def settle(invoices, rng):
    """Pay or refund the invoices, each customer after its own habit."""
    habits = list(HABITS)
    for invoice in invoices.sorted(lambda move: (move.invoice_date, move.id)):
        customer = invoice.commercial_partner_id
        habit = habits[int(customer.name[-2:]) * 3 % len(habits)]
        if rng.random() < 0.06:
            refund(invoice, rng.randint(2, 20))
            continue
        days = rng.choice(HABITS[habit])
        if days is None:
            continue
        day = invoice.invoice_date_due + timedelta(days=days)
        if day > LAST_DAY + timedelta(days=10):
            continue
        pay(invoice, day, rng.choice((0.3, 0.5, 0.8)) if habit == "partial" else 1)


def seed(env):
    env = env(
        context=dict(env.context, tracking_disable=True, mail_create_nosubscribe=True)
    )
    rng = random.Random(19)
    env, main, second, currency = prepare_companies(env)
    pricelists = {
        (company, name): env["product.pricelist"].create(
            {
                "name": f"Seed {company.name} {name}",
                "currency_id": currency[name].id,
                "company_id": company.id,
            }
        )
        for company in (main, second)
        for name in RATES
    }
    products = env["product.product"].create(
        [
            {
                "name": f"Seed Service {name}",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 500,
            }
            for name in ("Care", "Parts", "Training", "Licence")
        ]
    )
    plans = {main: [], second: []}
    for number, customer in enumerate(create_customers(env), start=1):
        company = second if number % 5 == 0 else main
        name = ("EUR", "CNY")[number // 6 % 2] if number % 6 == 0 else None
        buyers = customer | customer.child_ids
        for day in order_days(rng, number):
            # Some customers of the main company buy from the second one, too.
            seller = second if number % 8 == 0 and rng.random() < 0.3 else company
            pricelist = pricelists[seller, name or seller.currency_id.name]
            plans[seller].append((rng.choice(buyers), day, pricelist))
    for company, company_plans in plans.items():
        orders = create_orders(env, company, company_plans, products, rng)
        # The last orders are not invoiced yet.
        invoiced = orders.filtered(lambda order: order.id % 12)
        settle(invoice_orders(invoiced), rng)
    env.cr.commit()  # pylint: disable=invalid-commit


seed(env)  # noqa: F821  # the shell's own
