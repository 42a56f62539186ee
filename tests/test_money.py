from odoo.tests import tagged

from .common import CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestMoney(CustomerSuccessCase):
    """What the amount of 12 months holds, by source, document, partner and company."""

    def _assert_amount(self, partner, amount, day="2026-11-21", company=None):
        row = self._measure(partner, day, company)
        self.assertEqual(row["amount_12m_state"], "known")
        self.assertEqual(row["amount_12m"], amount)

    def test_invoiced_amount_is_untaxed_invoices_and_receipts_less_refunds(self):
        tax = self.env["account.tax"].create(
            {"name": "Tenth", "amount": 10, "company_id": self.company.id}
        )
        partner = self._create_partner("Invoiced")
        invoice = self._create_invoice(partner, "2026-03-01", 1000)
        invoice.button_draft()
        invoice.invoice_line_ids.tax_ids = tax
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 1100)
        self._create_invoice(partner, "2026-04-01", 150, move_type="out_refund")
        self._create_invoice(partner, "2026-05-01", 30, move_type="out_receipt")
        self._create_invoice(partner, "2026-06-01", 500).button_draft()
        self._create_invoice(partner, "2026-06-02", 9000, move_type="in_invoice")
        self._create_order(partner, "2026-07-01", 5000)
        self._assert_amount(partner, 880)

    def test_window_of_invoices_excludes_its_first_day_and_includes_the_last(self):
        partner = self._create_partner("Invoice window")
        for day, amount in (
            ("2024-11-21", 1),
            ("2024-11-22", 10),
            ("2025-11-21", 100),
            ("2025-11-22", 1000),
            ("2026-11-21", 10000),
            ("2026-11-22", 100000),
        ):
            self._create_invoice(partner, day, amount)
        row = self._measure(partner)
        self.assertEqual(row["amount_12m"], 11000)
        self.assertEqual(row["amount_prev_12m"], 110)

    def test_ordered_amount_counts_confirmed_orders_and_no_invoice(self):
        self.company.customer_money_source = "ordered"
        partner = self._create_partner("Ordered")
        for day, amount in (
            ("2024-11-22", 10),
            ("2025-11-21", 100),
            ("2025-11-22", 1000),
            ("2026-11-21", 10000),
            ("2026-11-22", 100000),
        ):
            self._create_order(partner, day, amount)
        self._create_order(partner, "2026-05-01", 7)._action_cancel()
        self._create_invoice(partner, "2026-05-01", 777)
        row = self._measure(partner)
        self.assertEqual(row["amount_12m"], 11000)
        self.assertEqual(row["amount_prev_12m"], 110)
        # (11,000 - 110) / 110
        self.company.customer_money_source = "invoiced"
        self._assert_amount(partner, 777)

    def test_money_source_changes_value_and_growth_only(self):
        partner = self._create_partner("Both")
        self._create_order(partner, "2026-05-01", 20000)
        self._create_invoice(partner, "2026-05-02", 5000)
        invoiced = self._measure(partner)["values"]
        self.company.customer_money_source = "ordered"
        ordered = self._measure(partner)["values"]
        self.assertEqual(invoiced.pop("amount_12m"), (5000, 2, None))
        self.assertEqual(ordered.pop("amount_12m"), (20000, 4, None))
        self.assertEqual(invoiced, ordered)

    def test_customer_with_refunds_only_is_rated_with_one_point_and_dormant(self):
        partner = self._create_partner("Refunds only")
        self._create_invoice(partner, "2026-05-01", 300, move_type="out_refund")
        row = self._measure(partner)
        self.assertEqual(row["rating_state"], "rated")
        self.assertEqual(row["values"]["amount_12m"], (-300, 1, None))
        self.assertEqual(row["values"]["orders_12m"], (0, 1, None))
        self.assertEqual(row["values"]["overdue_rate"], (None, None, "none_due"))
        self.assertTrue(row["is_dormant"])

    def test_negative_turnover_has_one_point_for_value(self):
        partner = self._create_partner("Negative")
        self._create_invoice(partner, "2026-05-01", 300)
        self._create_invoice(partner, "2026-05-02", 1000, move_type="out_refund")
        row = self._measure(partner)
        self.assertEqual(row["values"]["amount_12m"], (-700, 1, None))
        self.assertFalse(row["is_dormant"])

    def test_one_order_of_a_million_million_is_scored(self):
        self.company.customer_money_source = "ordered"
        partner = self._create_partner("Giant")
        self._create_order(partner, "2026-05-01", 1_000_000_000_000)
        profile = self._score(partner)
        self.assertEqual(
            self._get_values(profile)["amount_12m"], (1_000_000_000_000, 10, None)
        )
        self.assertEqual(profile.amount_12m, 1_000_000_000_000)
        # Half a year and one order are 2 points: 40 x (10 + 2 + 5.5 + 5.5) / 40
        self.assertEqual(profile.tier_score, 23.0)
        self.assertFalse(profile.is_quarantined)

    # === WHO === #

    def test_documents_of_a_child_contact_belong_to_its_company(self):
        partner = self._create_partner("Parent")
        child = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": partner.id}
        )
        self._create_order(child, "2026-05-01", 100)
        self._create_invoice(child, "2026-05-01", 100)
        self._create_invoice(partner, "2026-06-01", 11)
        row = self._measure(partner)
        self.assertEqual(row["amount_12m"], 111)
        self.assertEqual(row["order_count_12m"], 1)
        self._run_cron()
        profiles = self.env["customer.profile"].search(
            [("partner_id", "in", (partner | child).ids)]
        )
        self.assertEqual(profiles.partner_id, partner)

    def test_a_branch_that_is_a_company_is_a_customer_of_its_own(self):
        partner = self._create_partner("Holding")
        branch = self._create_partner("Branch", parent_id=partner.id)
        self._create_invoice(branch, "2026-05-01", 100)
        self._create_invoice(partner, "2026-05-01", 7)
        self._assert_amount(partner, 7)
        self._assert_amount(branch, 100)

    def test_orders_follow_a_contact_to_his_company_of_today(self):
        old, new = self._create_partner("Old firm"), self._create_partner("New firm")
        person = self.env["res.partner"].create({"name": "Person", "parent_id": old.id})
        self._create_invoice(person, "2026-05-01", 100)
        self._assert_amount(old, 100)
        person.parent_id = new
        self._assert_amount(old, 0)
        self._assert_amount(new, 100)

    def test_invoice_of_another_company_counts_there_only(self):
        partner = self._create_partner("Two companies")
        self._create_invoice(partner, "2026-05-01", 100)
        self._create_invoice(partner, "2026-05-01", 7, company=self.other_company)
        self._create_order(partner, "2026-05-01", 7, company=self.other_company)
        self._assert_amount(partner, 100)
        self._assert_amount(partner, 7, company=self.other_company)
        self.assertEqual(self._measure(partner)["order_count_12m"], 1)

    def test_invoice_belongs_to_the_invoiced_partner(self):
        partner, payer = self._create_partner("Orders"), self._create_partner("Pays")
        order = self._create_order(partner, "2026-05-01", 100)
        order.partner_invoice_id = payer
        invoice = order._create_invoices()
        invoice.write({"invoice_date": "2026-05-02"})
        invoice.action_post()
        self.assertEqual(self._measure(partner)["amount_12m"], 0)
        self.assertEqual(self._measure(partner)["order_count_12m"], 1)
        self._assert_amount(payer, 100)
