"""Turns stories into orders, invoices, credit notes and payments of one company."""

from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from odoo import Command

from .stories import Refund


def ref(env, name):
    return env.ref(f"customer_success.{name}_demo")


class Ledger:
    """Writes the documents of one company."""

    def __init__(self, env, company):
        self.env = env
        self.company = company
        self.today = company._get_customer_today()
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
        # Documents are numbered in the order of their days.
        sales.sort(key=lambda item: -item[1].days[-1])
        invoices = self._create_invoices(sales, self._create_orders(sales))
        self._create_refunds(sales, invoices, refunds)
        self._register_payments(sales, invoices)

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
                    field: self._day(value) if "date" in field else value
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
                        "price_unit": sale.amount,
                        "tax_ids": False,
                    }
                )
            ],
        }

    def _create_invoices(self, sales, orders_by_sale):
        invoices = self.env["account.move"].create(
            [
                self._prepare_move(
                    orders.partner_invoice_id[:1] or customer,
                    self._day(sale.days[-1]),
                    [
                        {
                            "product_id": line.product_id.id,
                            "price_unit": line.price_unit,
                            "sale_line_ids": [Command.set(line.ids)],
                        }
                        for line in orders.order_line
                    ],
                    currency_id=orders.currency_id.id,
                    invoice_user_id=customer.user_id.id,
                    invoice_origin=", ".join(orders.mapped("name")),
                    invoice_date_due=self._day(sale.days[-1] - sale.terms),
                )
                for (customer, sale), orders in zip(sales, orders_by_sale, strict=True)
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

    def _create_refunds(self, sales, invoices, refunds):
        """Post credit notes: those of a sale are set off against its invoice."""
        credited = [
            (invoice, customer, sale)
            for invoice, (customer, sale) in zip(invoices, sales, strict=True)
            if sale.credit
        ]
        service = self.products[-1]
        moves = self.env["account.move"].create(
            [
                self._prepare_move(
                    invoice.partner_id,
                    self._day(sale.days[-1] - 12),
                    [
                        {
                            "product_id": service.id,
                            "price_unit": invoice.amount_untaxed * sale.credit,
                        }
                    ],
                    move_type="out_refund",
                    reversed_entry_id=invoice.id,
                )
                for invoice, _customer, sale in credited
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
        for (invoice, _customer, _sale), move in zip(credited, moves, strict=False):
            (invoice | move).line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            ).reconcile()

    # === PAYMENTS === #

    def _register_payments(self, sales, invoices):
        """Post what was paid up to today, and set it off against the invoices.

        All at once: the wizard of the invoice takes one day at a time, four times
        slower.
        """
        paid = [
            (invoice, self._day(days), sale.share)
            for invoice, (_customer, sale) in zip(invoices, sales, strict=True)
            if sale.late is not None
            and (days := sale.days[-1] - sale.terms - sale.late) >= 0
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
