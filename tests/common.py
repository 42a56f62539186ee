from datetime import datetime, time

from odoo import Command
from odoo.tests import TransactionCase, freeze_time, new_test_user

# The day of most tests: a Saturday in November.
DAY = "2026-11-21"


class CustomerSuccessCase(TransactionCase):
    """Two companies with charts of accounts, users of every role, factories.

    No demo data is needed; every test makes its own customers. Days are given as
    text; a document of a day happens at noon UTC.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.env.ref("base.main_company")
        cls.company.customer_tz = "UTC"
        cls.other_company = cls.env["res.company"].search(
            [("id", "!=", cls.company.id), ("parent_id", "=", False)], limit=1
        ) or cls.env["res.company"].create({"name": "Second company"})
        for company in (cls.company, cls.other_company):
            if not company.chart_template:
                cls.env["account.chart.template"].try_loading(
                    "generic_coa", company=company, install_demo=False
                )
        cls.env.user.company_ids |= cls.company | cls.other_company
        cls.product = cls.env["product.product"].create(
            {"name": "Consulting", "type": "service", "taxes_id": False}
        )
        cls.tier_card = cls.env.ref("customer_success.customer_scorecard_tier")
        cls.health_card = cls.env.ref("customer_success.customer_scorecard_health")
        cls.tiers = {tier.code: tier for tier in cls.tier_card.tier_ids}

    # === USERS === #

    @classmethod
    def _create_user(cls, login, groups, **values):
        """Create a user; ``groups`` without module are those of this addon."""
        names = [
            name if "." in name else f"customer_success.group_customer_success_{name}"
            for name in groups.split(",")
        ]
        if "odoobot_state" in cls.env["res.users"]._fields:
            # his first message could reach the page when a tour has just ended
            values.setdefault("odoobot_state", "disabled")
        return new_test_user(
            cls.env,
            login,
            groups=",".join(names),
            company_id=values.pop("company", cls.company).id,
            **values,
        )

    # === FACTS === #

    @classmethod
    def _create_partner(cls, name, **values):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, **values}
        )

    @classmethod
    def _create_order(cls, partner, day, amount, company=None, currency=None, **values):
        """Create a confirmed order of a day, untaxed amount in its currency."""
        company = company or cls.company
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "product_uom_qty": 1,
                                "price_unit": amount,
                                "tax_ids": False,
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        if currency:
            pricelist = cls.env["product.pricelist"].create(
                {"name": currency.name, "currency_id": currency.id}
            )
            order.pricelist_id = pricelist
            order.order_line.price_unit = amount
        order.action_confirm()
        order.date_order = datetime.combine(cls._to_date(day), time(12))
        return order

    @classmethod
    def _create_invoice(
        cls, partner, day, amount, due=None, move_type="out_invoice", **values
    ):
        """Create a posted document of a day; due the same day unless said."""
        company = values.pop("company", cls.company)
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "invoice_date": day,
                    "date": day,
                    "invoice_payment_term_id": False,
                    "invoice_date_due": due or day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "quantity": 1,
                                "price_unit": amount,
                                "tax_ids": False,
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        move.action_post()
        return move

    @classmethod
    def _pay(cls, invoice, day, amount=None):
        """Register a payment of an invoice on a day, in full unless said."""
        values = {"payment_date": day}
        if amount:
            values["amount"] = amount
        wizard = (
            cls.env["account.payment.register"]
            .with_company(invoice.company_id)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(values)
        )
        return wizard._create_payments()

    @classmethod
    def _create_opening(cls, partner, month, amount=0, orders=0, company=None):
        """Create the opening amount of a month (its first day)."""
        return cls.env["customer.opening"].create(
            {
                "partner_id": partner.id,
                "company_id": (company or cls.company).id,
                "month": month,
                "amount": amount,
                "orders": orders,
            }
        )

    # === RUNS === #

    @classmethod
    def _to_date(cls, day):
        return datetime.strptime(day, "%Y-%m-%d").date()

    def _freeze(self, moment=f"{DAY} 12:00:00"):
        """Let one moment be now until the test ends."""
        freezer = freeze_time(moment)
        freezer.start()
        self.addCleanup(freezer.stop)

    def _get_profile(self, partner, company=None):
        return self.env["customer.profile"]._get_or_create(
            partner, company or self.company
        )

    def _score(self, partner, day=DAY, company=None):
        """Score one customer as of a day and return him."""
        profile = self._get_profile(partner, company)
        with freeze_time(f"{day} 12:00:00"):
            profile._score_now()
        return profile

    def _measure(self, partner, day=DAY, company=None, kind="tier"):
        """Work out one customer as of a day, writing nothing; returns the score row.

        The row of the statement that every run uses, with ``values`` (value, points
        and reason by metric code) and ``points`` (by dimension name).
        """
        company = company or self.company
        self._get_profile(partner, company)
        self.env.flush_all()
        formula, facts = self.env["customer.formula"], self.env["customer.facts"]
        cards = formula._get_cards(company)
        scope = facts._prepare_scope(
            company, self._to_date(day), partner.commercial_partner_id.ids
        )
        [row] = self.env.execute_query_dict(
            formula._select_scores(scope, facts._select_metrics(scope), cards)
        )
        detail = row[f"{kind}_detail"]
        dimensions = cards[kind].dimension_ids
        row["values"] = {
            metric.code: tuple(detail["metrics"][str(metric.id)])
            for metric in dimensions.metric_ids
        }
        row["points"] = {
            dimension.name: detail["dimensions"][str(dimension.id)]
            for dimension in dimensions
        }
        return row

    def _run_cron(self, name="refresh_scores", day=DAY, at="12:00:00"):
        """Let the scheduler's method of a job run on a day; returns the job."""
        cron = self.env.ref(f"customer_success.ir_cron_{name}")
        with freeze_time(f"{day} {at}"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(cron.failure_count)
        self.env.invalidate_all()
        return cron

    def _get_values(self, profile, kind="tier"):
        """Return value, points and reason by metric code of the latest score row."""
        score = profile.score_ids.filtered(lambda row: row.kind == kind)[:1]
        metrics = score.scorecard_id.dimension_ids.metric_ids
        return {
            metric.code: tuple(score.detail["metrics"][str(metric.id)])
            for metric in metrics
        }

    def _get_points(self, profile, kind="tier"):
        """Return points by dimension name of the latest score row."""
        score = profile.score_ids.filtered(lambda row: row.kind == kind)[:1]
        return {
            dimension.name: score.detail["dimensions"][str(dimension.id)]
            for dimension in score.scorecard_id.dimension_ids
        }
