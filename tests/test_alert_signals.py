from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .alert_common import AlertCase

DAY = "2026-11-21"


@tagged("post_install", "-at_install")
class TestAlertSignals(AlertCase):
    """Figures that became worse, at, just under and just over each threshold."""

    def _write_snapshot(self, profile, **values):
        """Write the stored figures of a customer as a run would."""
        snapshot = self.env["customer.snapshot"].search(
            [("profile_id", "=", profile.id)]
        ) or self.env["customer.snapshot"].create(
            {"profile_id": profile.id, "company_id": profile.company_id.id}
        )
        snapshot.write(values)
        self.env.flush_all()

    def _is_found(self, rule, profile, day=DAY, live=True):
        return profile.id in self._detect(rule, day, live=live)

    # === ORDERS === #

    def test_orders_fall_when_six_months_have_clearly_fewer_than_the_six_before(self):
        """(before - recent) / sqrt(before + recent): 5, 1: 1.633; 6, 1: 1.890."""
        rule = self._create_rule("frequency_drop")
        under, over = self._create_alerted("5 to 1"), self._create_alerted("6 to 1")
        days = ["2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]
        self._order(under, *days, "2026-06-01")
        self._order(over, *days, "2026-05-01", "2026-06-01")
        self.assertFalse(self._is_found(rule, under))
        found = self._detect(rule, DAY)[over.id]
        self.assertEqual(found["evidence"], {"recent": 1, "before": 6, "months": 6})
        self.assertEqual(float(found["value"]), 1.89)
        self.assertEqual(found["key"], DAY)

    def test_threshold_of_the_fall_belongs_to_the_alert(self):
        """4 orders before and none since: 4 / 2 = 2."""
        profile = self._create_alerted("4 to 0")
        self._order(profile, "2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01")
        self.assertTrue(
            self._is_found(self._create_rule("frequency_drop", threshold=2), profile)
        )
        self.assertFalse(
            self._is_found(self._create_rule("frequency_drop", threshold=2.01), profile)
        )

    def test_three_orders_before_are_too_few_to_fall(self):
        rule = self._create_rule("frequency_drop")
        profile = self._create_alerted("3 to 0")
        self._order(profile, "2025-12-01", "2026-01-01", "2026-02-01")
        self.assertFalse(self._is_found(rule, profile))
        self._order(profile, "2026-02-01")  # the same day is the same decision
        self.assertFalse(self._is_found(rule, profile))
        self._order(profile, "2026-02-02")
        self.assertTrue(self._is_found(rule, profile))

    def test_windows_of_orders_end_on_the_day_and_start_after_the_same_day(self):
        rule = self._create_rule("frequency_drop")
        first, last = self._create_alerted("First"), self._create_alerted("Last")
        days = ["2026-01-01", "2026-02-01", "2026-03-01"]
        self._order(first, "2025-11-21", *days)  # twelve months ago: outside
        self._order(last, "2026-05-21", *days)  # six months ago: still before
        self.assertFalse(self._is_found(rule, first))
        self.assertTrue(self._is_found(rule, last))
        self._order(last, "2026-05-22")  # recent: 4 to 1 is 1.34
        self.assertFalse(self._is_found(rule, last))

    def test_orders_of_tomorrow_and_cancelled_ones_do_not_hide_a_fall(self):
        rule = self._create_rule("frequency_drop")
        profile = self._create_alerted("Future")
        self._order(profile, "2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01")
        self._order(profile, "2026-11-22")
        self._order(profile, "2026-10-22").state = "cancel"
        self.assertTrue(self._is_found(rule, profile))

    def test_invoices_count_for_frequency_only_without_any_order(self):
        rule = self._create_rule("frequency_drop")
        profile = self._create_alerted("Invoices")
        for day in ("2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"):
            self._create_invoice(profile.partner_id, day, 10)
        self.assertTrue(self._is_found(rule, profile))
        self._order(profile, "2024-01-01")
        self.assertFalse(self._is_found(rule, profile))

    # === AMOUNTS === #

    def test_amount_falls_from_the_threshold_on(self):
        """Of 1,000: 29.99, 30 and 30.01% less."""
        rule = self._create_rule("amount_drop")
        for amount, is_found in ((700.1, False), (700, True), (699.9, True)):
            profile = self._create_alerted(f"Amount {amount}")
            self._write_snapshot(
                profile,
                amount_12m=amount,
                amount_12m_state="known",
                amount_prev_12m=1000,
                amount_prev_12m_state="known",
                order_count_12m=2,
            )
            with self.subTest(amount=amount):
                self.assertEqual(self._is_found(rule, profile), is_found)
        self._write_snapshot(profile, order_count_12m=1)
        self.assertFalse(self._is_found(rule, profile))

    def test_unknown_or_negative_amounts_before_raise_nothing(self):
        rule = self._create_rule("amount_drop")
        for number, (before, state) in enumerate(
            [(0, "known"), (-50, "known"), (1000, "no_rate"), (1000, "before_history")]
        ):
            profile = self._create_alerted(f"Unknown {number}")
            self._write_snapshot(
                profile,
                amount_12m=-10,
                amount_12m_state="known",
                amount_prev_12m=before,
                amount_prev_12m_state=state,
                order_count_12m=9,
            )
            with self.subTest(before=before, state=state):
                self.assertFalse(self._is_found(rule, profile))

    def test_amounts_of_a_past_day_come_from_the_documents(self):
        rule = self._create_rule("amount_drop")
        profile = self._create_alerted("Documents")
        self._create_invoice(profile.partner_id, "2025-06-01", 1000)
        self._create_invoice(profile.partner_id, "2026-06-01", 300)
        self._create_invoice(profile.partner_id, "2026-07-01", 400)
        self._create_invoice(profile.partner_id, "2026-12-01", 5000)
        found = self._detect(rule, DAY)[profile.id]
        self.assertEqual(
            found["evidence"], {"amount": 700.0, "before": 1000.0, "rate": -0.3}
        )
        self.assertFalse(self._is_found(rule, profile, "2026-12-01", live=False))

    # === PAYMENT === #

    def test_payment_needs_the_share_and_the_days(self):
        """Overdue 300 of 1,000; due days before: 15 days at the day 2026-11-06."""
        rule = self._create_rule("overdue_payment")
        cases = [
            (299.9, 15, False),
            (300, 15, True),
            (300, 14, False),
            (300.1, 16, True),
            (0, 0, False),
        ]
        day = self._to_date(DAY)
        for overdue, days, is_found in cases:
            profile = self._create_alerted(f"Overdue {overdue} {days}")
            due = (day - self._to_date("2000-01-01")).days - days
            self._write_snapshot(
                profile,
                receivable_residual=1000,
                overdue_residual=overdue,
                overdue_maturity_weight=overdue * due,
            )
            with self.subTest(overdue=overdue, days=days):
                self.assertEqual(self._is_found(rule, profile), is_found)
                if is_found:
                    evidence = self._detect(rule, DAY, live=True)[profile.id][
                        "evidence"
                    ]
                    self.assertEqual(
                        evidence,
                        {"overdue_rate": round(overdue / 1000, 4), "late_days": days},
                    )

    def test_payment_of_a_past_day_comes_from_the_ledger(self):
        rule = self._create_rule("overdue_payment")
        profile = self._create_alerted("Ledger")
        invoice = self._create_invoice(
            profile.partner_id, "2026-10-01", 300, due="2026-11-06"
        )
        self._create_invoice(profile.partner_id, "2026-10-01", 700, due="2026-12-31")
        self.assertFalse(self._is_found(rule, profile, "2026-11-20", live=False))
        self.assertTrue(self._is_found(rule, profile, DAY, live=False))
        self._pay(invoice, DAY)
        self.assertFalse(self._is_found(rule, profile, DAY, live=False))

    # === CONTACT === #

    def test_contact_is_too_little_below_half_of_what_the_tier_asks_for(self):
        """Tier A asks for 2 a month: 6 in three months, 3 of them are half."""
        rule = self._create_rule("few_interactions")
        for count, state, is_found in (
            (3, "known", False),
            (2, "known", True),
            (2, "not_recorded", False),
            (2, "none_required", False),
        ):
            profile = self._create_alerted(f"Talks {count} {state}")
            self._write_snapshot(
                profile,
                date_first_fact="2024-01-01",
                interaction_count_3m=count,
                interaction_state=state,
                interaction_target=2,
            )
            with self.subTest(count=count, state=state):
                self.assertEqual(self._is_found(rule, profile), is_found)

    def test_customer_of_two_months_cannot_have_had_too_little_contact(self):
        rule = self._create_rule("few_interactions")
        for first, is_found in (("2026-08-21", True), ("2026-08-22", False)):
            profile = self._create_alerted(f"First {first}")
            self._write_snapshot(
                profile,
                date_first_fact=first,
                interaction_count_3m=0,
                interaction_state="known",
                interaction_target=2,
            )
            with self.subTest(first=first):
                self.assertEqual(self._is_found(rule, profile), is_found)

    def test_rule_of_tiers_finds_customers_of_these_tiers_only(self):
        rule = self._create_rule("few_interactions", tier_codes="S, A")
        found = {}
        for code in "SAB":
            profile = self._create_alerted(f"Tier {code}", tier_id=self.tiers[code].id)
            self._write_snapshot(
                profile,
                date_first_fact="2024-01-01",
                interaction_count_3m=0,
                interaction_state="known",
                interaction_target=2,
            )
            found[code] = self._is_found(rule, profile)
        self.assertEqual(found, {"S": True, "A": True, "B": False})

    # === EVERY SIGNAL === #

    @freeze_time(f"{DAY} 12:00:00")
    def test_every_signal_runs_for_a_day_and_for_the_night(self):
        signals = self.env["customer.alert.rule"]._get_signals()
        for signal in signals:
            rule = self._create_rule(signal)
            for live in (True, False):
                with self.subTest(signal=signal, live=live):
                    self._detect(rule, DAY, live=live)
        self.assertEqual(len(signals), 16)
        self.assertFalse(
            self.env.execute_query(SQL("SELECT id FROM customer_alert LIMIT 1"))
        )
