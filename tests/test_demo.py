import logging
from collections import Counter
from datetime import timedelta
from logging.handlers import BufferingHandler

from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file

from ..demo.company import _carry_out


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo company, loaded as at installation. Days count back from today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.today = cls.company._get_customer_today()
        cls.log = BufferingHandler(1000)
        cls.log.setLevel(logging.WARNING)
        logging.getLogger().addHandler(cls.log)
        cls.addClassCleanup(logging.getLogger().removeHandler, cls.log)
        for path in Manifest.for_addon("customer_success")["demo"]:
            convert_file(
                cls.env, "customer_success", path, {}, mode="init", noupdate=True
            )
        cls.env.flush_all()
        cls.messages = [record.getMessage() for record in cls.log.buffer]
        cls.europe = cls.env.ref("customer_success.company_europe_demo")
        names = cls.env["ir.model.data"].search(
            [
                ("module", "=", "customer_success"),
                ("model", "=", "res.partner"),
                ("name", "=like", "partner\\_%\\_demo"),
            ]
        )
        cls.partners = cls.env["res.partner"].browse(names.mapped("res_id"))
        cls.customers = cls._get_customers(cls.company)
        cls.rated = cls.customers.filtered("tier_id")

    @classmethod
    def _get_customers(cls, company):
        return cls.env["customer.profile"].search(
            [("partner_id", "in", cls.partners.ids), ("company_id", "=", company.id)]
        )

    def _get_customer(self, name, company=None):
        partner = self.env.ref(f"customer_success.partner_{name}_demo")
        customers = self._get_customers(company or self.company)
        return customers.filtered(lambda profile: profile.partner_id == partner)

    def test_loading_logs_no_warning(self):
        self.assertEqual(self.messages, [])

    def test_c_is_the_largest_group_and_s_at_most_five_percent(self):
        self.assertGreaterEqual(len(self.rated), 40)
        tiers = Counter(profile.tier_id.code for profile in self.rated)
        self.assertEqual(tiers.most_common(1)[0][0], "C")
        self.assertGreaterEqual(tiers["S"], 1)
        self.assertLessEqual(tiers["S"], 0.05 * len(self.rated))
        self.assertGreaterEqual(tiers["A"], 2)
        self.assertGreaterEqual(tiers["B"], 3)
        health = set(self.rated.mapped("health"))
        self.assertLessEqual({"healthy", "watch", "at_risk"}, health)

    def test_characters_come_out_as_they_were_written(self):
        expected = {
            # 33 orders and 1 group of 2 since the statement of 358 days ago:
            # 3 x 54,000 x 11.0 + 2 x 54,000 x 0.9
            "huadong": ("S", "rated", 1879200.0),
            # 4,300 + 5,200
            "fumanlou": ("C", "rated", 9500.0),
            # 18,000 + 7,500
            "xinrui": ("B", "rated", 25500.0),
            # credit notes only
            "hongyuan": ("C", "rated", -2070.0),
            "jiugang": ("C", "rated", 0.0),
            "wuye": (False, "excluded", 6150.0),
        }
        for name, values in expected.items():
            with self.subTest(customer=name):
                customer = self._get_customer(name)
                self.assertEqual(
                    (
                        customer.tier_id.code,
                        customer.rating_state,
                        customer.amount_12m,
                    ),
                    values,
                )
        self.assertTrue(self._get_customer("jiugang").is_dormant)
        self.assertTrue(self._get_customer("huadong").is_strategic)
        self.assertTrue(self._get_customer("jinqiao").is_overdue)

    def test_ledger_holds_what_a_real_one_holds(self):
        moves = self.env["account.move"].search(
            [
                ("commercial_partner_id", "in", self.partners.ids),
                ("company_id", "=", self.company.id),
                ("state", "=", "posted"),
            ]
        )
        invoices = moves.filtered(lambda move: move.move_type == "out_invoice")
        states = set(invoices.mapped("payment_state"))
        self.assertIn("not_paid", states)
        self.assertIn("partial", states)
        self.assertTrue(states & {"paid", "in_payment"})
        self.assertGreaterEqual(
            len(moves.filtered(lambda move: move.move_type == "out_refund")), 3
        )
        foreign = invoices.filtered(lambda move: move.currency_id.name == "CNY")
        self.assertNotIn(1.0, foreign.mapped("invoice_currency_rate"))
        self.assertLess(
            min(invoices.mapped("invoice_date")), self.today - timedelta(days=1000)
        )
        buyer = self.env.ref("customer_success.partner_huadong_buyer_demo")
        orders = self.env["sale.order"].search([("partner_id", "=", buyer.id)])
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertEqual(set(orders.mapped("invoice_status")), {"invoiced"})

    def test_past_quarters_are_scored_and_tiers_have_moved(self):
        history = self._get_customer("huadong").score_ids
        dates = history.filtered(lambda score: score.kind == "tier").mapped("date")
        self.assertGreaterEqual(len(dates), 6)
        directions = Counter(
            change.direction for change in self.customers.tier_change_ids
        )
        self.assertGreaterEqual(directions["up"], 3)
        self.assertGreaterEqual(directions["down"], 3)

    def test_nightly_run_of_today_is_finished(self):
        for company in self.company | self.europe:
            with self.subTest(company=company.name):
                customers = self._get_customers(company)
                self.assertEqual(set(customers.mapped("date_figures")), {self.today})
                self.assertNotIn("waiting", customers.mapped("rating_state"))
                _carry_out(self.env, "refresh", company, self.today)
                run = self.env["customer.run"].search([], limit=1, order="id desc")
                self.assertEqual(run.staged_count, 0)

    def test_second_company_has_euro_amounts_of_its_own(self):
        customers = self._get_customers(self.europe)
        self.assertEqual(self.europe.currency_id.name, "EUR")
        self.assertEqual(len(customers), 5)
        self.assertEqual(set(customers.mapped("amount_12m_state")), {"known"})
        # 7,000 of 250 days ago
        self.assertEqual(self._get_customer("alpen", self.europe).amount_12m, 7000.0)
        cards = customers.score_ids.scorecard_id.filtered("company_id")
        self.assertEqual(cards.company_id, self.europe)
        self.assertEqual(cards.currency_id, self.europe.currency_id)

    def test_sales_people_see_their_own_and_unassigned_customers(self):
        for login, own, other in (
            ("sales", "huadong", "lanhai"),
            ("sales2", "lanhai", "huadong"),
        ):
            with self.subTest(login=login):
                user = self.env.ref(f"customer_success.user_{login}_demo")
                seen = self.customers.with_user(user)._filtered_access("read")
                self.assertIn(self._get_customer(own), seen)
                self.assertIn(self._get_customer("datong"), seen)
                self.assertNotIn(self._get_customer(other), seen)

    def test_loading_again_changes_nothing(self):
        before = self.env["sale.order"].search_count([])
        self.env["customer.run"]._load_demo()
        self.assertEqual(self.env["sale.order"].search_count([]), before)
