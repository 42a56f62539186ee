from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from .retention_common import RetentionMonthsCase


@tagged("post_install", "-at_install")
class TestRetentionMonths(RetentionMonthsCase):
    """The months that are stored."""

    # === WRITING === #

    def test_a_month_has_a_row_per_tier_stage_and_person(self):
        self._set_tier(self.stays, "S", "2015-06-30")
        self._set_tier(self.silent, "S", "2015-08-30")
        self._set_stage(self.silent, "new", "2015-08-30")
        self.assertEqual(self._write(), 3)
        new = self.env.ref("customer_success.customer_lifecycle_stage_new")
        rows = self._get_rows().sorted(lambda row: (row.user_id.id, row.stage_id.id))
        expected = {
            "date_start": date(2015, 12, 31),
            "start_count": 1,
            "state": "known",
        }
        self.assertRecordValues(
            rows,
            [
                {**expected, "user_id": self.seller.id, "tier_id": self.tiers["S"].id,
                 "is_top_tier": True, "stage_id": False, "churned_count": 0,
                 "retention_rate": 1, "churn_rate": 0},
                {**expected, "user_id": self.seller.id, "tier_id": self.tiers["S"].id,
                 "is_top_tier": True, "stage_id": new.id, "churned_count": 1,
                 "retention_rate": 0, "churn_rate": 1},
                {**expected, "user_id": self.other.id, "tier_id": False,
                 "is_top_tier": False, "stage_id": False, "churned_count": 0,
                 "retention_rate": 1, "churn_rate": 0},
            ],
        )  # fmt: skip

    def test_an_unchanged_month_writes_nothing_and_a_changed_one_its_rows(self):
        self._write()
        before = {row.id: row.write_date for row in self._get_rows()}
        self.assertEqual(self._write(), 0)
        self._create_order(self.silent, "2016-12-31", 100)
        self.assertEqual(self._write(), 1)
        self.assertEqual(set(self._get_rows().ids), set(before))
        self.assertEqual(sum(self._get_rows().mapped("churned_count")), 0)
        self.profiles[self.silent].user_id = self.other
        self.assertEqual(self._write(), 2)

    def test_slices_with_time_for_one_month_count_all_of_them(self):
        months = self.env["customer.retention"].with_context(ir_cron_progress_id=1)
        date_to, slices = date(2016, 12, 31), 0
        missing = len(months._get_months(self.company, date_to))
        self.assertGreater(missing, 2)
        with patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 0
        ):
            while months._write_months(self.company, date_to) is False:
                slices += 1
                self.assertLessEqual(slices, missing)
        self.assertFalse(months._get_months(self.company, date_to)[1:])

    def test_a_month_without_anybody_says_so_and_has_no_rate(self):
        self.assertEqual(self._write("2015-12-31"), 1)
        row = self._get_rows()
        self.assertEqual((row.state, row.start_count), ("nobody", 0))
        [[rate]] = row._read_group([("id", "=", row.id)], [], ["retention_rate:avg"])
        self.assertIs(rate, False)
        self.assertEqual(self._write("2015-12-31"), 0)

    def test_a_group_has_the_rate_of_its_customers_and_not_the_mean_of_rates(self):
        self._buy("Silent too", "2015-07-01")
        self._write()
        [[retention, churn]] = self.env["customer.retention"]._read_group(
            [("company_id", "=", self.company.id)],
            [],
            ["retention_rate:avg", "churn_rate:avg"],
        )
        self.assertAlmostEqual(retention, 0.5, 4)  # 2 of 4; the mean of rates is 0.5
        self.assertAlmostEqual(churn, 0.5, 4)
        self._buy("And one more", "2015-07-02", "2016-07-02")
        self._write()
        [[retention]] = self.env["customer.retention"]._read_group(
            [("company_id", "=", self.company.id)], [], ["retention_rate:avg"]
        )
        self.assertAlmostEqual(retention, 0.6, 4)  # 3 of 5; the mean of rates is 2/3

    def test_the_job_fills_in_missing_months_and_a_second_run_writes_nothing(self):
        rows = self._write_all("2017-02-15")
        # the first order was in June 2015: the first start is the end of June 2015
        self.assertEqual(
            sorted(set(rows.mapped("date_end"))),
            [
                date(2016, month, 30 if month in (6, 9, 11) else 31)
                for month in range(6, 13)
            ]
            + [date(2017, 1, 31)],
        )
        june = rows.filtered(lambda row: row.date_end == date(2016, 6, 30))
        self.assertEqual((june.start_count, june.churned_count), (1, 0))
        before = {row.id: row.write_date for row in rows}
        rows = self._write_all("2017-02-15")
        self.assertEqual({row.id: row.write_date for row in rows}, before)

    def test_the_last_month_is_counted_again_and_older_ones_are_not(self):
        self._write_all("2017-01-31")
        self._create_order(self.silent, "2016-12-31", 100)
        rows = self._write_all("2017-02-01")
        churned = {
            end: sum(parts.mapped("churned_count"))
            for end, parts in rows.grouped("date_end").items()
        }
        self.assertEqual(churned[date(2016, 12, 31)], 1)
        self.assertEqual(churned[date(2017, 1, 31)], 0)

    def test_another_period_counts_every_month_again(self):
        self._write_all("2016-12-31")
        self.company.customer_retention_period_months = 6
        rows = self._write_all("2016-12-31")
        self.assertEqual(set(rows.mapped("period_months")), {6})
        december = rows.filtered(lambda row: row.date_end == date(2016, 12, 31))
        self.assertEqual(set(december.mapped("date_start")), {date(2016, 6, 30)})
        self.assertEqual(sum(december.mapped("start_count")), 3)

    def test_month_ends_meet_month_ends(self):
        retention = self.env["customer.retention"]
        for end, months, start in (
            (date(2016, 2, 29), 12, date(2015, 2, 28)),
            (date(2017, 2, 28), 12, date(2016, 2, 29)),
            (date(2016, 4, 30), 1, date(2016, 3, 31)),
            (date(2016, 5, 31), 3, date(2016, 2, 29)),
        ):
            self.company.customer_retention_period_months = months
            with self.subTest(end=end, months=months):
                self.assertEqual(retention._get_start(self.company, end), start)

    def test_a_company_without_sales_has_no_months(self):
        self.assertEqual(
            self.env["customer.retention"]._get_months(
                self.company, self._to_date("2015-05-31")
            ),
            [],
        )

    def test_months_before_the_history_start_are_not_counted(self):
        self.company.customer_history_start = "2015-06-01"
        months = self.env["customer.retention"]._get_months(
            self.company, self._to_date("2017-07-15")
        )
        # the months before a start are all there from the end of May 2016 on
        self.assertEqual(
            (months[0], months[-1]), (date(2017, 6, 30), date(2017, 5, 31))
        )

    def test_a_scorecard_that_replaces_another_one_takes_the_months_over(self):
        self._set_tier(self.stays, "S", "2015-06-30")
        self._write()
        card = self.tier_card.copy()
        self.tier_card.env["customer.tier.change"]._carry_over(self.tier_card, card)
        tiers = self._get_rows().tier_id
        self.assertEqual((tiers.code, tiers.scorecard_id), ("S", card))
