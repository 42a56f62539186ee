from odoo.tests import freeze_time, tagged

from .common import CustomerSuccessCase

FIGURES = ("total", "confidence", "signature", "detail", "tier_id", "health")


@tagged("post_install", "-at_install")
class TestAsOf(CustomerSuccessCase):
    """A day is a local one, and any past day can be worked out again."""

    # === THE DAY === #

    def test_run_at_ten_past_two_in_shanghai_is_of_the_local_day(self):
        self.company.customer_tz = "Asia/Shanghai"
        partner = self._create_partner("Shanghai")
        inside, outside = "2026-11-21 15:59:59", "2026-11-21 16:00:00"
        first, before = "2025-11-21 16:00:00", "2025-11-21 15:59:59"
        for instant in (inside, outside, first, before):
            self._create_order(partner, "2026-01-01", 100).date_order = instant
        # 02:10 on the 21st in Shanghai is 18:10 on the 20th in UTC.
        self._run_cron(day="2026-11-20", at="18:10:00")
        run = self.env["customer.run"].search(
            [("company_id", "=", self.company.id), ("job", "=", "refresh")], limit=1
        )
        self.assertEqual((str(run.date), run.state), ("2026-11-21", "done"))
        profile = self.env["customer.profile"].search([("partner_id", "=", partner.id)])
        self.assertEqual(profile.order_count_12m, 2)
        self.assertEqual(str(profile.date_last_sale), "2026-11-21")
        self.assertEqual(str(profile.date_first_fact), "2025-11-21")
        self.assertEqual(
            {str(day) for day in profile.score_ids.mapped("date")}, {"2026-11-21"}
        )

    def test_zone_of_the_company_contact_counts_when_none_is_set(self):
        self.company.customer_tz = False
        self.company.partner_id.tz = "Asia/Shanghai"
        with freeze_time("2026-11-20 18:10:00"):
            self.assertEqual(str(self.company._get_customer_today()), "2026-11-21")
            self.company.partner_id.tz = False
            self.assertEqual(str(self.company._get_customer_today()), "2026-11-20")

    # === AS OF === #

    def test_payment_after_the_day_leaves_the_invoice_open_then(self):
        partner = self._create_partner("Paid later")
        invoice = self._create_invoice(partner, "2026-01-10", 1000, due="2026-02-10")
        self._pay(invoice, "2026-02-20", 400)
        self._pay(invoice, "2026-03-10")
        for day, receivable, overdue, paid in (
            ("2026-01-09", 0, 0, 0),
            ("2026-02-10", 1000, 0, 0),
            ("2026-02-11", 1000, 1000, 0),
            ("2026-02-20", 600, 600, 400),
            ("2026-03-09", 600, 600, 400),
            ("2026-03-10", 0, 0, 1000),
        ):
            row = self._measure(partner, day)
            self.assertEqual(row["receivable_residual"], receivable, day)
            self.assertEqual(row["overdue_residual"], overdue, day)
            self.assertEqual(row["paid_amount_12m"], paid, day)
        values = self._measure(partner, "2026-03-01")["values"]
        # (400 x 10 + 600 x 19) / 1,000
        self.assertEqual(values["late_days"], (15.4, 6, None))
        self.assertEqual(values["overdue_rate"], (1, 1, None))

    def test_documents_after_the_day_do_not_count(self):
        partner = self._create_partner("Future documents")
        self._create_invoice(partner, "2026-03-31", 5000)
        self._create_order(partner, "2026-03-31", 5000)
        before = self._measure(partner, "2026-03-31")
        self._create_invoice(partner, "2026-04-01", 90000)
        self._create_invoice(partner, "2026-04-01", 100, move_type="out_refund")
        self._create_order(partner, "2026-04-01", 90000)
        self._create_opening(partner, "2026-04-01", 100, 9)
        self.assertEqual(self._measure(partner, "2026-03-31"), before)

    # === REPLAY === #

    def _create_history(self):
        """Return a customer with a mixed ledger up to 2026-06-30."""
        partner = self._create_partner("History")
        for day in ("2023-02-11", "2024-08-30", "2025-03-15", "2025-12-24"):
            self._create_order(partner, day, 7777.77)
            invoice = self._create_invoice(partner, day, 7777.77)
            self._pay(invoice, day, 3333.33)
        return partner, invoice

    def test_replay_of_a_past_day_gives_the_same_figures_bit_for_bit(self):
        partner, invoice = self._create_history()
        self._run_cron(day="2026-06-30")
        profile = self._get_profile(partner)
        rows = {row.kind: row.read(FIGURES)[0] for row in profile.score_ids}
        self.assertEqual(rows.keys(), {"tier", "health"})

        self._pay(invoice, "2026-07-15")
        self._create_order(partner, "2026-08-01", 500000)
        self._create_invoice(partner, "2026-08-01", 500000)
        self._run_cron(day="2026-11-21")
        self.assertEqual(len(profile.score_ids), 4)

        # Forget the day, then work it out again.
        first = profile.score_ids.filtered(lambda row: str(row.date) == "2026-06-30")
        self.env.cr.execute(
            "UPDATE customer_tier_change SET score_id = NULL WHERE profile_id = %s",
            [profile.id],
        )
        self.env.invalidate_all()
        first.unlink()
        self._backfill(2)
        self._run_cron(day="2026-11-21", at="12:30:00")
        again = {
            row.kind: row.read(FIGURES)[0]
            for row in profile.score_ids
            if str(row.date) == "2026-06-30"
        }
        for kind, row in rows.items():
            row.pop("id"), again[kind].pop("id")
            self.assertEqual(again[kind], row)

    # === BACK-FILL === #

    def _backfill(self, quarters):
        manager = self.env["res.users"].search([("login", "=", "backfill_manager")])
        manager = manager or self._create_user("backfill_manager", "manager")
        with freeze_time("2026-11-21 12:00:00"):
            wizard = (
                self.env["customer.backfill"]
                .with_user(manager)
                .create({"quarter_count": quarters})
            )
            wizard.action_backfill()

    def test_run_writes_a_score_again_that_a_back_fill_has_overtaken(self):
        partner = self._create_partner("Overtaken")
        self._create_order(partner, "2026-09-01", 100)
        profile = self._score(partner, "2026-09-15")
        self._create_invoice(partner, "2026-09-20", 40000, due="2027-01-01")
        self._create_invoice(
            partner, "2026-10-10", 40000, due="2027-01-01", move_type="out_refund"
        )
        self._run_cron()
        self.assertEqual(self._get_tier_days(profile), ["2026-09-15"])
        self._backfill(1)
        self._run_cron(at="12:30:00")
        self.assertEqual(self._get_tier_days(profile), ["2026-09-15", "2026-09-30"])
        self._run_cron(day="2026-11-22")
        self.assertEqual(
            self._get_tier_days(profile), ["2026-09-15", "2026-09-30", "2026-11-22"]
        )

    def _get_tier_days(self, profile):
        rows = profile.score_ids.filtered(lambda row: row.kind == "tier")
        return sorted(str(row.date) for row in rows)

    def test_back_fill_writes_score_rows_of_past_quarter_ends_and_nothing_else(self):
        partner = self._create_partner("Back-fill")
        self._create_opening(partner, "2026-05-01", 20000, 1)
        self._create_invoice(partner, "2026-08-01", 30000, due="2027-01-01")
        self._run_cron()
        profile = self._get_profile(partner)
        before = self._read_state(profile)
        self._backfill(3)
        self._run_cron(at="12:30:00")
        rows = profile.score_ids.filtered(lambda row: row.kind == "tier").sorted("date")
        self.assertRecordValues(
            rows,
            [
                # 20,000: 4 points; 1 order and a month: 1.5; twice unknown
                {"total": 16.5, "tier_id": self.tiers["B"].id},
                # 50,000: 5 points; the invoice counts as an order: 3 and 1
                {"total": 18.0, "tier_id": self.tiers["B"].id},
                {"total": 18.5, "tier_id": self.tiers["B"].id},
            ],
        )
        self.assertEqual(
            [str(day) for day in rows.mapped("date")],
            ["2026-06-30", "2026-09-30", "2026-11-21"],
        )
        self.assertEqual(self._read_state(profile), before)
        runs = self.env["customer.run"].search(
            [("job", "=", "backfill"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(
            sorted((str(run.date), run.state) for run in runs),
            [("2026-03-31", "done"), ("2026-06-30", "done"), ("2026-09-30", "done")],
        )

    def _read_state(self, profile):
        """Return all of a customer but his score rows."""
        # has_got_worse compares with score rows
        skipped = {"score_ids", "score_count", "has_got_worse"}
        names = set(profile._fields) - skipped
        return (
            profile.read(sorted(names)),
            profile.snapshot_id.read(),
            profile.tier_change_ids.read(),
        )

    def test_second_back_fill_writes_nothing(self):
        partner = self._create_partner("Back-fill twice")
        self._create_order(partner, "2026-05-01", 100)
        self._run_cron()
        rows = []
        for at in ("12:30:00", "12:45:00"):
            self._backfill(3)
            self._run_cron(at=at)
            rows.append(self._get_profile(partner).score_ids.read())
        self.assertEqual(rows[0], rows[1])
