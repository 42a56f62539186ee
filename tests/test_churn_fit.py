from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .. import churn
from .churn_fit_common import ChurnFitCase
from .common import DAY


@tagged("post_install", "-at_install")
class TestChurnFit(ChurnFitCase):
    """The model of a company: how far it gets on the ladder, and when it is made."""

    # === LADDER === #

    def test_a_company_without_any_order_uses_the_fixed_rule(self):
        fit = self._fit()
        self.assertRecordValues(
            fit,
            [
                {
                    "state": "current",
                    "rung": "fixed",
                    "reason": "customers",
                    "customer_count": 0,
                    "history_days": 0,
                    "mean_interval": 0,
                    "rung_reason": "Too little history: only the 60-day rule is used.",
                }
            ],
        )
        self.assertIsNone(fit._get_parameters())

    def test_three_customers_in_the_whole_company_use_the_fixed_rule(self):
        self._sell([300, 200, 100], [250, 20], [90, 60, 30])
        fit = self._fit()
        # 5 intervals: 200 + 230 + 60 days; the first order is 300 days old
        self.assertRecordValues(
            fit,
            [
                {
                    "rung": "fixed",
                    "customer_count": 3,
                    "repeat_order_count": 5,
                    "mean_interval": 98,
                    "history_days": 301,
                }
            ],
        )
        self.assertEqual(
            fit.next_reason,
            "The next step takes 5 customers with a repeat order; there are 3.",
        )

    def test_a_few_customers_are_ordered_by_the_prior_without_percentages(self):
        self._sell(*([400 - number, 370, 340] for number in range(5)))
        fit = self._fit()
        self.assertEqual((fit.rung, fit.reason), ("prior", "customers"))
        self.assertIn("percentages are not shown yet", fit.rung_reason)
        # (60 + 59 + 58 + 57 + 56) / 10 days, alpha 1.2 times that
        self.assertAlmostEqual(fit.mean_interval, 29)
        self.assertAlmostEqual(fit.alpha, 34.8)
        self.assertEqual((fit.r, fit.a, fit.b, fit.k), (0.7, 0.7, 1.5, 1))

    def test_twenty_customers_with_thirty_repeat_orders_are_fitted(self):
        self._sell_steadily(20, 30, 240)
        fit = self._fit()
        self.assertEqual((fit.rung, fit.reason), ("fitted", "customers"))
        self.assertEqual(
            fit.rung_reason, "Fitted to 20 customers; percentages are rough."
        )
        self.assertEqual(fit.k, 1)
        self.assertLess(fit.log_likelihood, 0)
        # those who had ordered twice 90 days before: all
        self.assertEqual(fit.check_count, 20)
        # 7 of them had left
        self.assertAlmostEqual(fit.observed_rate, 0.65, 4)
        self.assertFalse(fit.is_value_earned)

    def test_a_hundred_regular_customers_reach_the_top(self):
        self._sell_steadily(100, 30, 300)
        fit = self._fit()
        self.assertEqual(
            (fit.rung, fit.reason, fit.next_reason), ("regular", False, False)
        )
        # every 30 days to the day is as regular as the model knows
        self.assertEqual(fit.k, 3)
        self.assertRegex(
            fit.rung_reason,
            r"^Fitted to 100 customers; checked on the last 90 days: predicted \d+%,"
            r" observed 66%\.$",
        )
        self.assertEqual(sum(row["count"] for row in fit.calibration), 100)
        self.assertIn("365 days of history", fit.value_text)

    def test_all_orders_on_one_day_are_no_rhythm(self):
        self._sell(*([200, 200] for _number in range(30)))
        fit = self._fit()
        self.assertEqual((fit.rung, fit.customer_count), ("fixed", 0))

    def test_orders_within_a_closed_season_alone_do_not_break_the_fit(self):
        first = self.day - timedelta(days=320)
        self.env["customer.closed.season"].create(
            {"name": "Closed", "date_from": first, "date_to": self.day - timedelta(250)}
        )
        # every interval falls into the season and has no open day
        self._sell(*([300 - number % 5, 290, 280, 270] for number in range(120)))
        self._sell([400, 10])
        fit = self._fit()
        self.assertEqual(fit.state, "current")
        self.assertIn(fit.rung, ("prior", "fitted", "regular"))
        parameters = fit._get_parameters()
        self.assertTrue(0 <= churn.p_order(parameters, 3, 0, 200, 90) <= 1)

    def test_orders_of_tomorrow_and_cancelled_ones_do_not_exist(self):
        self._sell([300, 200, -5], [250, 20])
        cancelled = self._sell([240, 140])
        self.env.cr.execute(
            "UPDATE sale_order SET state = 'cancel' WHERE partner_id = %s",
            [cancelled.id],
        )
        fit = self._fit()
        self.assertEqual((fit.customer_count, fit.repeat_order_count), (2, 2))

    # === WHEN === #

    def test_little_history_is_fitted_every_day(self):
        first = self._fit()
        self.assertEqual(first.rung, "fixed")
        self.assertEqual(self._fit(), first)
        self.assertNotEqual(self._fit(days_later=1), first)

    def test_a_fit_is_used_for_a_week(self):
        self._sell_steadily(20, 30, 240)
        first = self._fit()
        self.assertEqual(first.rung, "fitted")
        self.assertEqual(self._fit(), first)
        self.assertEqual(self._fit(days_later=6), first)
        second = self._fit(days_later=7)
        self.assertNotEqual(second, first)
        self.assertEqual((first.state, second.state), ("past", "current"))
        self.assertEqual(self.fits._get_current(self.shop), second)

    def test_a_clock_set_back_gets_a_fit_of_its_own_day(self):
        later = self._fit(days_later=3)
        fit = self._fit()
        self.assertNotEqual(fit, later)
        self.assertEqual((fit.date, later.state), (self.day, "past"))

    def test_a_fit_can_be_prepared_for_any_day_without_writing(self):
        self._sell_steadily(20, 30, 240)
        self._fit()
        before = self.fits.search_count([])
        values = self.fits._prepare_fit(self.shop, self.day - timedelta(days=60))
        self.assertEqual(self.fits.search_count([]), before)
        self.assertEqual(values["rung"], "fitted")
        self.assertEqual(values["history_days"], 180)
        parameters = self.fits.new(values)._get_parameters()
        self.assertEqual(parameters.alpha, values["alpha"])

    def test_stored_parameters_give_the_same_scores_bit_for_bit(self):
        self._sell_steadily(20, 30, 240)
        values = self.fits._prepare_fit(self.shop, self.day)
        fit = self._fit()
        fit.flush_recordset()
        fit.invalidate_recordset()
        self.assertEqual(
            tuple(fit._get_parameters()),
            tuple(
                values[name] for name in ("r", "alpha", "a", "b", "k", "mean_interval")
            ),
        )

    def test_a_large_shop_is_fitted_to_a_sample_and_counted_in_full(self):
        self._sell_steadily(40, 30, 240)
        self.patch(churn, "sample_step", lambda count: 2)
        values = self.fits._prepare_fit(self.shop, self.day)
        self.assertEqual(values["customer_count"], 40)
        self.assertEqual(values["check_count"], 20)
        rows = self.fits._read_histories(self.shop, self.day).rows
        self.assertEqual(sum(row[3] for row in rows), 20)

    # === RIGHTS === #

    def test_only_managers_of_the_company_read_fits(self):
        fit = self._fit()
        for groups in ("base.group_user", "user", "user_all", "base.group_system"):
            user = self._create_user(f"fit_{groups}", groups, company=self.shop)
            with self.assertRaises(AccessError):
                fit.with_user(user).read(["rung"])
        manager = self._create_user("fit_manager", "manager", company=self.shop)
        self.assertEqual(fit.with_user(manager).rung, "fixed")
        with self.assertRaises(AccessError):
            fit.with_user(manager).write({"alpha": 1})
        foreigner = self._create_user("fit_foreigner", "manager")
        with self.assertRaises(AccessError):
            fit.with_user(foreigner).read(["rung"])

    def test_a_manager_fits_now_and_nobody_else(self):
        manager = self._create_user(
            "now_manager",
            "manager",
            company_ids=[Command.set((self.company | self.shop).ids)],
        )
        fits = self.fits.with_user(manager).with_company(self.shop)
        with freeze_time(f"{DAY} 12:00:00"):
            action = fits.action_fit_now()
        fit = self.fits.browse(action["res_id"])
        self.assertEqual((fit.company_id, fit.date), (self.shop, self.day))
        user = self._create_user("now_user", "user_all", company=self.shop)
        with self.assertRaises(AccessError):
            self.fits.with_user(user).action_fit_now()
        foreigner = self._create_user("now_foreigner", "manager")
        with self.assertRaises(AccessError):
            fit.with_user(foreigner).action_fit_now()
