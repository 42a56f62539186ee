from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import DAY, CustomerSuccessCase

STRANGERS = {
    "public": "base.group_public",
    "portal": "base.group_portal",
    "plain": "base.group_user",
    "system": "base.group_system",
    "user": "user",
    "user_all": "user_all",
}


@tagged("post_install", "-at_install")
class TestChecklist(CustomerSuccessCase):
    """Each line of the checklist ticks itself off when its state is reached."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "New company"})
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.env.user.company_ids |= cls.company
        cls.manager = cls._create_user("checklist_manager", "manager", lang="en_US")
        cls.admin = cls._create_user(
            "checklist_admin", "manager,base.group_system", lang="en_US"
        )
        cls.seller = cls._create_user(
            "checklist_seller", "sales_team.group_sale_salesman", name="Selma Seller"
        )
        cls.customer = cls._create_partner("Buyer", user_id=cls.seller.id)

    def _get_list(self, user=None):
        """Return the lines of the new company by key."""
        self.env.flush_all()
        self.env.invalidate_all()
        checklist = self.env["customer.checklist"].with_user(user or self.manager)
        with freeze_time(f"{DAY} 12:00:00"):
            lines = checklist.with_company(self.company).get_checklist()
        return {line["key"]: line for line in lines}

    def _call(self, method, model="customer.checklist"):
        record = self.env[model].with_user(self.manager).with_company(self.company)
        with freeze_time(f"{DAY} 12:00:00"):
            return getattr(record, method)()

    def _assert_ticks(self, key, before="todo", after="done", step=None):
        self.assertEqual(self._get_list()[key]["state"], before)
        step()
        self.assertEqual(self._get_list()[key]["state"], after)

    def test_lines_stand_in_the_order_of_the_work(self):
        self.assertEqual(
            list(self._get_list()),
            ["people", "settings", "rates", "thresholds", "run", "owners", "history",
             "interactions", "alerts", "playbooks", "system"],
        )  # fmt: skip

    def test_people_who_sell_without_the_role_are_named_until_they_have_it(self):
        self._create_order(self.customer, "2026-10-01", 100, user_id=self.seller.id)
        line = self._get_list()["people"]
        self.assertEqual(line["state"], "todo")
        self.assertIn("Selling without the role: 1 (Selma Seller)", line["text"])
        self.assertIn("Ask an administrator", line["text"])
        self.assertFalse(line["buttons"])
        [button] = self._get_list(self.admin)["people"]["buttons"]
        self.assertEqual(button["action"]["domain"], [("id", "in", self.seller.ids)])
        group = self.env.ref("customer_success.group_customer_success_user")
        self._assert_ticks(
            "people", step=lambda: group.write({"user_ids": [(4, self.seller.id)]})
        )

    def test_who_sold_more_than_a_year_ago_is_not_asked_for(self):
        self._create_order(self.customer, "2025-11-20", 100, user_id=self.seller.id)
        self.assertEqual(self._get_list()["people"]["state"], "done")

    def test_settings_are_done_when_a_manager_has_confirmed_them(self):
        line = self._get_list()["settings"]
        self.assertIn("Money source: Invoiced. Time zone: UTC.", line["text"])
        self._assert_ticks("settings", step=lambda: self._call("confirm_settings"))
        self.assertEqual(str(self.company.customer_settings_date), DAY)
        self.assertFalse(self.env.ref("base.main_company").customer_settings_date)

    def test_documents_without_a_rate_of_their_day_are_counted_by_currency(self):
        currency = self.env["res.currency"].create(
            {"name": "XTS", "symbol": "T", "rate_ids": []}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "T", "currency_id": currency.id, "company_id": self.company.id}
        )
        for day in ("2026-10-01", "2026-09-01"):
            self._create_order(self.customer, day, 100, pricelist_id=pricelist.id)
        line = self._get_list()["rates"]
        self.assertIn("XTS: 2 documents from 09/01/2026", line["text"])
        rate = {"currency_id": currency.id, "rate": 2, "company_id": self.company.id}
        self.env["res.currency.rate"].create({**rate, "name": "2026-09-02"})
        line = self._get_list()["rates"]
        self.assertIn("XTS: 1 documents from 09/01/2026", line["text"])
        self._assert_ticks(
            "rates",
            step=lambda: self.env["res.currency.rate"].create(
                {**rate, "name": "2026-09-01"}
            ),
        )

    def test_order_in_the_night_has_the_rate_of_its_local_day(self):
        self.company.customer_tz = "Asia/Shanghai"
        currency = self.env["res.currency"].create(
            {"name": "XTS", "symbol": "T", "rate_ids": []}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "T", "currency_id": currency.id, "company_id": self.company.id}
        )
        order = self._create_order(
            self.customer, "2026-10-01", 100, pricelist_id=pricelist.id
        )
        order.date_order = "2026-10-01 20:00:00"  # 4 o'clock of the 2nd in Shanghai
        rate = {"currency_id": currency.id, "rate": 2, "company_id": self.company.id}
        self._assert_ticks(
            "rates",
            step=lambda: self.env["res.currency.rate"].create(
                {**rate, "name": "2026-10-02"}
            ),
        )

    def test_invoice_booked_at_1_is_told_until_it_is_posted_again(self):
        currency = self.env["res.currency"].create(
            {"name": "XTS", "symbol": "T", "rate_ids": []}
        )
        invoice = self._create_invoice(
            self.customer, "2026-10-01", 100, currency_id=currency.id
        )
        self.assertIn("No rate on or before", self._get_list()["rates"]["text"])
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "rate": 2,
                "company_id": self.company.id,
                "name": "2026-09-01",
            }
        )
        text = self._get_list()["rates"]["text"]
        self.assertRegex(text, "^Booked at the rate 1 .*XTS: 1 documents")

        def post_again():
            invoice.button_draft()
            invoice.invoice_date = "2026-10-02"  # takes the rate of its day
            invoice.action_post()

        self._assert_ticks("rates", step=post_again)

    def test_thresholds_are_done_when_confirmed(self):
        self._assert_ticks("thresholds", step=lambda: self._call("confirm_thresholds"))

    def test_rules_of_alerts_are_confirmed(self):
        rules = self.env["customer.alert.rule"]
        rules.search([]).active = False
        rules.create({"name": "Mine", "signal": "no_order_days", "threshold": 60})
        line = self._get_list()["alerts"]
        self.assertIn("Active rules: 1; alerts that wait: 0.", line["text"])
        self._assert_ticks("alerts", step=lambda: self._call("confirm_alert_rules"))

    def test_thresholds_are_done_with_a_scorecard_of_ones_own(self):
        card = self.tier_card.copy({"company_id": self.company.id})
        self._assert_ticks("thresholds", step=card.action_activate)

    def test_first_run_says_how_much_there_is_and_ticks_when_done(self):
        self._create_order(self.customer, "2026-10-01", 100)
        line = self._get_list()["run"]
        self.assertRegex(
            line["text"],
            r"^Customers: 1, orders and invoices: 1. Takes about \d+ seconds",
        )
        self.assertEqual(line["buttons"][0]["method"], "start_first_run")
        triggers = self.env["ir.cron.trigger"].search_count([])
        self._call("start_first_run")
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), triggers + 1)
        run = self.env["customer.run"].create(
            {"job": "refresh", "company_id": self.company.id, "date": DAY}
        )
        self.assertIn("at work: 0%", self._get_list()["run"]["text"])
        run.write({"state": "failed", "message": "Out of order"})
        self.assertIn("failed: Out of order", self._get_list()["run"]["text"])
        self._assert_ticks("run", step=lambda: run.write({"state": "done"}))

    def test_estimate_of_a_company_without_documents_is_a_second(self):
        text = self._get_list()["run"]["text"]
        self.assertIn(
            "Customers: 0, orders and invoices: 0. Takes about 1 seconds", text
        )

    def test_owners_are_done_when_nobody_is_unassigned(self):
        self.assertEqual(self._get_list()["owners"]["state"], "todo")
        profile = self.env["customer.profile"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "user_id": False,
            }
        )
        line = self._get_list()["owners"]
        self.assertIn("nobody is responsible for: 1.", line["text"])
        found = self.env["customer.profile"].search(
            line["buttons"][1]["action"]["domain"]
        )
        self.assertEqual(found, profile)
        self._assert_ticks(
            "owners", step=lambda: profile.write({"user_id": self.seller.id})
        )

    def test_history_is_done_when_past_quarters_were_scored(self):
        values = {
            "job": "backfill",
            "company_id": self.company.id,
            "date": "2026-09-30",
        }
        run = self.env["customer.run"].create(values)
        self._assert_ticks("history", step=lambda: run.write({"state": "done"}))

    def test_interactions_count_from_the_day_a_manager_says(self):
        self._assert_ticks(
            "interactions", step=lambda: self._call("start_interactions")
        )
        self.assertEqual(str(self.company.customer_interaction_start), DAY)
        self.company.customer_interaction_start = "2026-01-01"
        self._call("start_interactions")
        self.assertEqual(str(self.company.customer_interaction_start), "2026-01-01")

    def test_reading_the_checklist_and_the_checks_writes_nothing(self):
        self._get_list()
        self.env.flush_all()
        before = self._read_wal()
        self._get_list()
        self._call("run_checks", "customer.system.check")
        self.env.flush_all()
        self.assertEqual(self._read_wal(), before)

    def _read_wal(self):
        self.env.cr.execute(
            "SELECT SUM(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
        )
        return self.env.cr.fetchone()

    def test_only_managers_may_call_any_of_it(self):
        calls = (
            ("customer.checklist", "get_checklist"),
            ("customer.checklist", "confirm_settings"),
            ("customer.checklist", "confirm_thresholds"),
            ("customer.checklist", "confirm_alert_rules"),
            ("customer.checklist", "start_first_run"),
            ("customer.checklist", "start_interactions"),
            ("customer.system.check", "run_checks"),
        )
        for role, groups in STRANGERS.items():
            user = self._create_user(f"checklist_{role}", groups)
            for model, method in calls:
                record = self.env[model].with_user(user)
                with (
                    self.subTest(role=role, method=method),
                    self.assertRaises(AccessError),
                ):
                    getattr(record, method)()
