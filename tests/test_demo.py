import logging
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from logging.handlers import BufferingHandler

from dateutil.relativedelta import relativedelta
from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file

from ..demo.company import _carry_out
from ..demo.festivals import MID_AUTUMN_FESTIVALS, SPRING_FESTIVALS


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

    def _get_figures(self, name):
        """Return what the scorecard of today sees of a customer, by metric code."""
        customer = self._get_customer(name)
        score = customer.score_ids.filtered(lambda row: row.kind == "tier")[:1]
        metrics = score.scorecard_id.dimension_ids.metric_ids
        values = score.detail["metrics"]
        return {metric.code: values[str(metric.id)][0] for metric in metrics}

    def _assert_story(self, name, tier, total, health, **figures):
        customer = self._get_customer(name)
        self.assertEqual(
            (customer.tier_id.code, customer.tier_today_id.code), (tier, tier)
        )
        self.assertEqual((customer.tier_score, customer.health), (total, health))
        found = self._get_figures(name)
        self.assertEqual({code: found[code] for code in figures}, figures)
        return customer

    # === THE FIVE STORIES: expected figures are those of the issue === #

    def test_model_customer_is_s(self):
        # 40 x (9 + 8.5 + 8 + 9.5) / 40: 9; 8 and 9; 9, 9 and 6; 10 and 9
        customer = self._assert_story(
            "huadong", "S", 35.0, "healthy", amount_12m=1860000, tenure_years=6.5,
            orders_12m=34, late_days=2, overdue_rate=0, growth_rate=0.1006,
        )  # fmt: skip
        self.assertTrue(customer.is_strategic)

    def test_customer_falling_silent_is_a_and_watched(self):
        # 8; 8 and 7; 7, 6 and 3: 640 k against 910 k; 10 and 6
        customer = self._assert_story(
            "hengtong", "A", 28.8, "watch", amount_12m=640000, orders_12m=15,
            growth_rate=-0.2967, overdue_rate=0,
        )  # fmt: skip
        self.assertEqual(customer.amount_prev_12m, 910000)
        self.assertEqual(customer.date_last_sale, self.today - timedelta(days=63))
        orders = self.env["sale.order"].search(
            [("partner_id", "=", customer.partner_id.id)], order="date_order"
        )
        days = [order.date_order.date() for order in orders]
        self.assertEqual(
            {(day - before).days for before, day in pairwise(days)},
            {21},
        )
        totals = customer.score_ids.filtered(lambda row: row.kind == "tier")
        self.assertGreater(max(totals.mapped("total")), 32)

    def test_late_payer_is_b_and_payment_alone_makes_him_a(self):
        # 8; 5 and 5; 3, 3 and 4; 6 and 4. On time: 6 and 10, so 24.3 in all.
        customer = self._assert_story(
            "jinqiao", "B", 21.3, "watch", amount_12m=964000, late_days=31,
            overdue_rate=0.12, orders_12m=8,
        )  # fmt: skip
        explained = self.env["customer.explanation"]._explain_profiles(customer)
        lift = explained[customer.id, "tier"]["lift"]
        self.assertEqual(
            (lift["title"], lift["moves"], lift["note"]),
            (
                "To reach A (key)",
                ["Days late, on average: from 31 days to at most 0 days"],
                "nothing else alone reaches A (key)",
            ),
        )

    def test_late_payers_ledger_holds_all_the_trouble(self):
        customer = self._get_customer("jinqiao")
        # sudo: exact ledger figures; 12% of 450,000
        snapshot_sudo = customer.sudo().snapshot_id
        self.assertEqual(snapshot_sudo.receivable_residual, 450000)
        self.assertEqual(snapshot_sudo.overdue_residual, 54000)
        moves = self.env["account.move"].search(
            [("commercial_partner_id", "=", customer.partner_id.id)]
        )
        overdue = moves.filtered(
            lambda move: move.amount_residual and move.invoice_date_due < self.today
        )
        self.assertEqual(overdue.mapped("amount_residual_signed"), [13500.0] * 4)
        self.assertEqual(
            len(overdue.filtered(lambda m: m.payment_state == "partial")), 1
        )
        self.assertEqual(overdue.currency_id.mapped("name"), ["USD", "CNY"])
        refund = moves.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(refund.mapped("amount_untaxed"), [12000.0])

    def test_project_customer_pays_by_instalments_accepted_last_month(self):
        customer = self._assert_story(
            "zhongke", "A", 28.5, "watch", amount_12m=420000, orders_12m=1,
        )  # fmt: skip
        last = self.env["account.move"].search(
            [
                ("partner_id", "=", customer.partner_id.id),
                ("move_type", "=", "out_invoice"),
            ],
            order="invoice_date desc",
            limit=1,
        )
        last_month = self.today - relativedelta(months=1)
        self.assertEqual(last.invoice_date, last_month.replace(day=15))
        # 20% of 420,000
        self.assertEqual(last.amount_untaxed, 84000)
        self.assertEqual(last.invoice_line_ids.name, "验收款 (Acceptance)")
        orders = last.line_ids.sale_line_ids.order_id
        self.assertEqual(orders.invoice_status, "invoiced")

    def test_seasonal_customer_orders_only_before_the_festivals(self):
        customer = self._get_customer("fumanlou")
        self.assertEqual(
            (customer.tier_id.code, customer.tier_today_id.code), ("C", "C")
        )
        orders = self.env["sale.order"].search(
            [("partner_id", "=", customer.partner_id.id)]
        )
        self.assertIn(len(orders), (5, 6, 7))
        for order in orders:
            # 24 days before Spring Festival or Mid-Autumn
            festival = order.date_order.date() + timedelta(days=24)
            self.assertIn(festival, SPRING_FESTIVALS + MID_AUTUMN_FESTIVALS)

    def test_half_of_the_new_customers_data_is_unknown(self):
        # 4; 1 and 3; 5.5 twice for what is unknown
        customer = self._assert_story(
            "xinrui", "B", 17.0, "watch", amount_12m=31500, growth_rate=None,
            outlook_rating=None, expansion_rating=None, overdue_rate=None,
            late_days=None,
        )  # fmt: skip
        self.assertEqual(customer.tier_confidence, 0.5)
        # activity 1, service 0.5, CSAT without NPS 0.25: 1.75 of 4, too little to call
        # him healthy
        self.assertEqual(customer.health_confidence, 0.4375)

    def test_customers_around_them(self):
        expected = {
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

    # === THE WHOLE COMPANY === #

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

    def test_alerts_wait_are_taken_snoozed_and_saved(self):
        alerts = self.env["customer.alert"].search(
            [("profile_id", "in", self.customers.ids)]
        )
        waiting = alerts.filtered(lambda a: a.state != "closed" and not a.is_snoozed)
        self.assertGreaterEqual(len(set(waiting.mapped("signal"))), 5)
        # of customers, contracts, complaints and answers: a heap is not read
        self.assertLessEqual(len(waiting), 1.25 * len(self.customers))
        silent = waiting.filtered(
            lambda a: (
                a.profile_id == self._get_customer("hengtong")
                and a.signal == "churn_watch"
            )
        )
        self.assertIn(
            "Usually orders every 21 days; 63 days since the last order, 3 times the"
            " usual interval; about ",
            silent.sentence,
        )
        self.assertEqual(
            alerts.filtered("is_snoozed").profile_id.user_id.login, "csmanager"
        )
        self.assertIn("acknowledged", alerts.mapped("state"))
        saved = alerts.filtered(lambda a: a.outcome == "saved")
        self.assertEqual(saved.profile_id, self._get_customer("ganzhou"))
        self.assertGreater(saved.profile_id.date_last_sale, saved.date)

    def test_care_has_actions_promises_and_evaluations_in_every_state(self):
        actions = self.env["customer.care.action"].search(
            [("profile_id", "in", self.customers.ids)]
        )
        self.assertLessEqual(
            {"planned", "due", "done", "unmet"}, set(actions.mapped("state"))
        )
        self.assertTrue(actions.filtered("is_late"))
        self.assertTrue(
            actions.filtered(
                lambda row: row.state == "due" and row.date_deadline == self.today
            )
        )
        self.assertTrue(
            actions.filtered(lambda row: row.state == "done" and row.feedback)
        )
        self.assertTrue(
            actions.filtered(lambda row: row.cause_id and row.replaced_by_id)
        )
        promises = self.env["customer.commitment"].search([])
        self.assertLessEqual(
            {"running", "met", "breached"}, set(promises.mapped("state"))
        )
        reviews = self.env["customer.review"].search([])
        self.assertEqual(set(reviews.mapped("state")), {"draft", "held"})
        self.assertTrue(reviews.decision_ids.action_id)
        self.assertTrue(self.env["customer.entitlement.use"].search_count([]))

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
