"""Turns stories into orders, invoices, credit notes and payments of one company."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from odoo import Command, models

from .stories import Refund, Sale, Stage


def ref(env, name):
    return env.ref(f"customer_success.{name}_demo")


class Bill(NamedTuple):
    """What is invoiced on one day."""

    customer: models.BaseModel
    sale: Sale
    orders: models.BaseModel
    stage: Stage


class Ledger:
    """Writes the documents of one company."""

    def __init__(self, env, company, today):
        self.env = env
        self.company = company
        self.today = today
        self.products = [
            ref(env, f"product_{name}") for name in ("drive", "sensor", "service")
        ]

    def add(self, stories):
        customers = {name: ref(self.env, f"partner_{name}") for name in stories}
        self._create_profiles(stories, customers)
        sales, refunds = [], []
        for name, story in stories.items():
            for document in story.documents:
                group = refunds if isinstance(document, Refund) else sales
                group.append((customers[name], document))
        bills = [
            Bill(customer, sale, orders, stage)
            for (customer, sale), orders in zip(
                sales, self._create_orders(sales), strict=True
            )
            for stage in sale.get_stages()
        ]
        # Documents are numbered in the order of their days.
        bills.sort(key=lambda bill: -bill.stage.day)
        invoices = self._create_invoices(bills)
        self._create_refunds(bills, invoices, refunds)
        self._register_payments(bills, invoices)

    def _day(self, days):
        return self.today - timedelta(days=days)

    # === CUSTOMERS === #

    def _create_profiles(self, stories, customers):
        profiles = self.env["customer.profile"]
        for name, story in stories.items():
            if not story.entries and not story.openings:
                continue  # the scoring run creates the customer
            profile = profiles._get_or_create(customers[name], self.company)
            profile.write(
                {
                    field: self.today - value if "date" in field else value
                    for field, value in story.entries.items()
                }
            )
            self.env["customer.opening"].create(
                [
                    {
                        "profile_id": profile.id,
                        "company_id": self.company.id,
                        "month": self.today - relativedelta(months=months, day=1),
                        "amount": amount,
                        "orders": orders,
                    }
                    for months, amount, orders in story.openings
                ]
            )

    # === DOCUMENTS === #

    def _create_orders(self, sales):
        """Create and confirm the orders; returns them by sale, in order."""
        plans = [
            (number, customer, sale, datetime.combine(self._day(days), time(9, 30)))
            for number, (customer, sale) in enumerate(sales)
            for days in sale.days
        ]
        plans.sort(key=lambda plan: plan[-1])
        orders = self.env["sale.order"].create(
            [self._prepare_order(number, *plan) for number, *plan in plans]
        )
        orders.action_confirm()
        result = [self.env["sale.order"] for _sale in sales]
        for order, (number, _customer, _sale, instant) in zip(
            orders, plans, strict=True
        ):
            order.date_order = instant  # confirming has set it to now
            result[number] |= order
        return result

    def _prepare_order(self, number, customer, sale, instant):
        buyer = ref(self.env, f"partner_{sale.contact}") if sale.contact else customer
        return {
            "partner_id": buyer.id,
            "company_id": self.company.id,
            "user_id": customer.user_id.id,
            "date_order": instant,
            "pricelist_id": sale.currency
            and ref(self.env, f"pricelist_{sale.currency.lower()}").id,
            "payment_term_id": False,
            "order_line": [
                Command.create(
                    {
                        "product_id": self.products[number % len(self.products)].id,
                        "product_uom_qty": 1,
                        "price_unit": self._to_currency(sale, instant.date()),
                        "tax_ids": False,
                    }
                )
            ],
        }

    def _to_currency(self, sale, day):
        """Return the amount of a sale in its currency at the rate of a day."""
        if not sale.currency:
            return sale.amount
        currency = self.env.ref(f"base.{sale.currency}")
        return self.company.currency_id._convert(
            sale.amount, currency, self.company, day
        )

    def _create_invoices(self, bills):
        invoices = self.env["account.move"].create(
            [
                self._prepare_move(
                    bill.orders.partner_invoice_id[:1] or bill.customer,
                    self._day(bill.stage.day),
                    [
                        {
                            "product_id": line.product_id.id,
                            "name": bill.stage.name or line.name,
                            "quantity": bill.stage.share,
                            "price_unit": line.price_unit,
                            "sale_line_ids": [Command.set(line.ids)],
                        }
                        for line in bill.orders.order_line
                    ],
                    currency_id=bill.orders.currency_id.id,
                    invoice_user_id=bill.customer.user_id.id,
                    invoice_origin=", ".join(bill.orders.mapped("name")),
                    invoice_date_due=self._day(bill.stage.day - bill.sale.terms),
                )
                for bill in bills
            ]
        )
        invoices.action_post()
        return invoices

    def _prepare_move(self, partner, day, lines, **values):
        return {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "company_id": self.company.id,
            "invoice_date": day,
            "date": day,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                Command.create({"quantity": 1, "tax_ids": False, **line})
                for line in lines
            ],
            **values,
        }

    def _create_refunds(self, bills, invoices, refunds):
        """Post credit notes: those of a sale are set off against its invoice."""
        credited = [
            (invoice, bill)
            for invoice, bill in zip(invoices, bills, strict=True)
            if bill.sale.credit
        ]
        service = self.products[-1]
        moves = self.env["account.move"].create(
            [
                self._prepare_move(
                    invoice.partner_id,
                    self._day(bill.stage.day - 12),
                    [{"product_id": service.id, "price_unit": bill.sale.credit}],
                    move_type="out_refund",
                    reversed_entry_id=invoice.id,
                )
                for invoice, bill in credited
            ]
            + [
                self._prepare_move(
                    customer,
                    self._day(refund.day),
                    [{"product_id": service.id, "price_unit": refund.amount}],
                    move_type="out_refund",
                )
                for customer, refund in refunds
            ]
        )
        moves.action_post()
        for (invoice, _bill), move in zip(credited, moves, strict=False):
            (invoice | move).line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            ).reconcile()

    # === PAYMENTS === #

    def _register_payments(self, bills, invoices):
        """Post what was paid up to today, and set it off against the invoices.

        All at once: the wizard of the invoice takes one day at a time, four times
        slower.
        """
        paid = [
            (invoice, self._day(days), bill.sale.share)
            for invoice, bill in zip(invoices, bills, strict=True)
            if bill.sale.late is not None
            and (days := bill.stage.day - bill.sale.terms - bill.sale.late) >= 0
        ]
        payments = self.env["account.payment"].create(
            [self._prepare_payment(*part) for part in paid]
        )
        payments.action_post()
        # In one plan: a reconciliation of its own costs as much as the payment.
        self.env["account.move.line"]._reconcile_plan(
            [
                (payment.move_id | invoice).line_ids.filtered(
                    lambda line: line.account_id.account_type == "asset_receivable"
                )
                for payment, (invoice, _day, _share) in zip(payments, paid, strict=True)
            ]
        )

    def _prepare_payment(self, invoice, day, share):
        """Return the payment of what is still open, or of a share of it."""
        currency = invoice.currency_id
        return {
            "date": day,
            "amount": currency.round(invoice.amount_residual * share),
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": invoice.commercial_partner_id.id,
            "company_id": self.company.id,
            "currency_id": currency.id,
            "memo": invoice.name,
            "destination_account_id": invoice.line_ids.account_id.filtered(
                lambda account: account.account_type == "asset_receivable"
            ).id,
        }
