from odoo.tests import freeze_time, tagged

from .common import DAY
from .robust import RobustCase

NOON = f"{DAY} 12:00:00"


@tagged("post_install", "-at_install")
class TestQuarantine(RobustCase):
    """One customer whose figures cannot be computed does not stop the others."""

    def _poison(self, value):
        """Make an opening amount unusable, past the checks of the database."""
        self._execute("ALTER TABLE customer_opening DROP CONSTRAINT IF EXISTS"
                      " customer_opening_figures_finite")  # fmt: skip
        self._execute(
            "UPDATE customer_opening SET amount = %s WHERE profile_id = %s",
            value,
            self._get_profile(self.partners[2]).id,
        )

    def _assert_only_third_quarantined(self, reason):
        run = self._get_runs()[0]
        self.assertRecordValues(run, [{"state": "done", "quarantine_count": 1}])
        third = self._get_profile(self.partners[2])
        quarantine = self.env["customer.quarantine"].search([])
        self.assertEqual(quarantine.profile_id, third)
        self.assertIn(reason, quarantine.reason_text)
        others = self._get_profiles() - third
        self.assertEqual(set(others.mapped("rating_state")), {"rated"})
        self.assertTrue(third.is_quarantined)
        return quarantine

    def test_customer_with_an_amount_that_is_no_number_is_left_out(self):
        self._poison("NaN")
        self._run_cron()
        quarantine = self._assert_only_third_quarantined("Amount in 12 Months")
        self.assertEqual(quarantine.profile_id.rating_state, "waiting")

    def test_customer_with_an_infinite_amount_is_left_out(self):
        for value in ("Infinity", "-Infinity"):
            with self.subTest(value=value):
                self._poison(value)
                self._run_cron()
                self._assert_only_third_quarantined("Amount in 12 Months")

    def test_customer_with_an_order_of_infinite_amount_is_left_out(self):
        self.company.customer_money_source = "ordered"
        order = self._create_order(self.partners[2], "2026-10-01", 10)
        for value in ("NaN", "Infinity", "-Infinity"):
            with self.subTest(value=value):
                self._execute(
                    "UPDATE sale_order SET amount_untaxed = %s WHERE id = %s",
                    value,
                    order.id,
                )
                self._run_cron()
                self._assert_only_third_quarantined("Amount in 12 Months")

    def test_customer_with_an_invoice_that_is_no_number_is_left_out(self):
        invoice = self._create_invoice(self.partners[2], "2026-10-01", 10)
        self._execute(
            "UPDATE account_move SET amount_untaxed_signed = 'NaN' WHERE id = %s",
            invoice.id,
        )
        self._run_cron()
        self._assert_only_third_quarantined("Amount in 12 Months")

    def test_order_before_all_time_is_left_out(self):
        order = self._create_order(self.partners[2], "2026-10-01", 10)
        self._execute(
            "UPDATE sale_order SET date_order = '-infinity' WHERE id = %s", order.id
        )
        self._run_cron()
        self._assert_only_third_quarantined("First Fact")

    def test_order_after_all_time_does_not_count_yet(self):
        order = self._create_order(self.partners[2], "2026-10-01", 10)
        self._execute(
            "UPDATE sale_order SET date_order = 'infinity' WHERE id = %s", order.id
        )
        self._run_cron()
        self.assertFalse(self.env["customer.quarantine"].search_count([]))
        self.assertEqual(self._get_profile(self.partners[2]).order_count_12m, 3)

    def _break_the_statement(self, partner):
        """Let the sum of opening orders leave the range of an integer."""
        self._execute(
            "UPDATE customer_opening SET orders = 2147483647 WHERE profile_id = %s",
            self._get_profile(partner).id,
        )
        self._create_opening(partner, "2026-03-01", 0, 1)

    def test_customer_who_breaks_the_statement_itself_is_left_out(self):
        self._break_the_statement(self.partners[2])
        self._run_cron()
        self._assert_only_third_quarantined("integer out of range")

    def test_two_customers_who_break_the_statement_are_both_found(self):
        self._break_the_statement(self.partners[0])
        self._break_the_statement(self.partners[5])
        self._run_cron()
        self.assertEqual(
            self.env["customer.quarantine"].search([]).profile_id.partner_id,
            self.partners[0] | self.partners[5],
        )
        self.assertEqual(
            self._get_profiles(self.partners[1:5]).mapped("rating_state"), ["rated"] * 4
        )

    def test_customer_whose_results_cannot_be_written_is_left_out(self):
        self._execute("ALTER TABLE customer_snapshot ADD CONSTRAINT robust_test"
                      " CHECK (amount_12m <> 3000)")  # fmt: skip
        self._run_cron()
        self._assert_only_third_quarantined("robust_test")

    def test_second_run_does_not_write_the_same_reason_again(self):
        self._poison("NaN")
        self._break_the_statement(self.partners[4])
        self._run_cron()
        before = self._dump(("customer_quarantine",))
        self._run_cron()
        self.assertEqual(self._dump(("customer_quarantine",)), before)

    def test_quarantined_customer_keeps_his_old_results(self):
        self._run_cron()
        third = self._get_profile(self.partners[2])
        before = third.read(["tier_id", "tier_score", "health", "amount_12m"])
        self._poison("NaN")
        self._run_cron()
        self._assert_only_third_quarantined("Amount in 12 Months")
        self.assertEqual(
            third.read(["tier_id", "tier_score", "health", "amount_12m"]), before
        )

    def test_retry_releases_a_customer_after_repair(self):
        manager = self._create_user("robust_manager", "manager")
        self._break_the_statement(self.partners[2])
        self._run_cron()
        quarantine = self._assert_only_third_quarantined("integer out of range")
        with freeze_time(NOON):
            action = quarantine.with_user(manager).action_retry()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertTrue(quarantine.exists())
        self._execute("UPDATE customer_opening SET orders = 1 WHERE orders > 1000")
        with freeze_time(NOON):
            action = quarantine.with_user(manager).action_retry()
        self.assertEqual(action["params"]["type"], "success")
        self.env.invalidate_all()
        self.assertFalse(quarantine.exists())
        self.assertEqual(self._get_profile(self.partners[2]).rating_state, "rated")

    def test_next_run_releases_a_customer_after_repair(self):
        self._poison("NaN")
        self._run_cron()
        self._execute("UPDATE customer_opening SET amount = 5 WHERE amount = 'NaN'")
        self._run_cron()
        self.assertFalse(self.env["customer.quarantine"].search_count([]))
        self.assertEqual(self._get_runs()[0].quarantine_count, 0)

    def test_archived_customer_no_longer_counts_as_left_out(self):
        self._poison("NaN")
        self._run_cron()
        self.partners[2].active = False
        self._run_cron()
        self.assertEqual(self._get_runs()[0].quarantine_count, 0)

    # === CUSTOMERS THAT CANNOT BE CREATED === #

    def _create_new_and_refuse_one(self):
        """Return two contacts with orders; PostgreSQL refuses a customer of a third."""
        partners = self.env["res.partner"].create(
            [{"name": f"Robust new {n}", "is_company": True} for n in range(3)]
        )
        for partner in partners:
            self._create_order(partner, "2026-10-01", 100)
        self._execute(
            "ALTER TABLE customer_profile"
            " ADD CONSTRAINT refused CHECK (partner_id <> %s)",
            partners[2].id,
        )
        return partners[:2]

    def test_customer_who_cannot_be_created_does_not_stop_the_others(self):
        partners = self._create_new_and_refuse_one()
        self._run_cron()
        run = self._get_runs()
        self.assertEqual(run.state, "done")
        self.assertIn("Robust new 2 could not become a customer", run.message)
        self.assertEqual(
            self._get_profiles(partners).mapped("rating_state"), ["rated"] * 2
        )

    def test_customer_created_by_hand_meanwhile_gets_the_figures(self):
        partners = self._create_new_and_refuse_one()
        with self._slice():
            while not self._get_runs().is_staged:
                self._call()
        self.assertFalse(self._get_profiles(partners))
        by_hand = self.env["customer.profile"].create(
            {"partner_id": partners[0].id, "company_id": self.company.id}
        )
        self._run_cron()
        self.assertEqual(by_hand.rating_state, "rated")
        self.assertEqual(len(self._get_profiles(partners)), 2)
