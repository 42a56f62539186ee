from datetime import timedelta
from decimal import Decimal

from odoo.tests import tagged

from .. import churn
from .churn_fit_common import ChurnFitCase


@tagged("post_install", "-at_install")
class TestChurnFitCheck(ChurnFitCase):
    """The self check of a fit, what a rejection does, and where a value comes from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_user("check_manager", "manager", company=cls.shop)
        cls.elsewhere = cls._create_user("check_elsewhere", "manager")

    def _stop_shop(self, customers=30):
        """Customers who ordered every 10 days until 90 days ago, then nobody."""
        return self._sell(
            *(list(range(90 + number % 10, 330, 10)) for number in range(customers))
        )

    def _get_notices(self):
        return self.env["mail.message"].search(
            [("subject", "like", "churn model of Small Shop")]
        )

    # === REJECTION === #

    def test_a_fit_that_predicted_the_last_weeks_wrongly_is_rejected_loudly(self):
        self._stop_shop()
        fit = self._fit()
        self.assertEqual(
            (fit.state, fit.rung, fit.reason), ("current", "prior", "self_check")
        )
        self.assertIn("percentages are not shown yet", fit.rung_reason)
        self.assertIn("was rejected", fit.next_reason)
        rejected = self.fits.search(
            [("company_id", "=", self.shop.id), ("state", "=", "rejected")]
        )
        self.assertRecordValues(
            rejected,
            [{"rung": "fitted", "reason": "self_check", "observed_rate": 0}],
        )
        self.assertGreater(rejected.predicted_rate, 0.8)
        self.assertIn("was rejected", rejected.rung_reason)
        notice = self._get_notices()
        self.assertEqual(notice.notified_partner_ids, self.manager.partner_id)
        self.assertIn("0% did", notice.body)

    def test_a_rejection_is_told_once_and_again_after_a_fit_that_held(self):
        self._stop_shop()
        self._fit()
        again = self._fit(days_later=7)
        self.assertEqual(again.reason, "self_check")
        self.assertEqual(len(self._get_notices()), 1)
        # somebody's fit held meanwhile
        again.reason = False
        self.assertEqual(self._fit(days_later=14).reason, "self_check")
        self.assertEqual(len(self._get_notices()), 2)

    def test_a_rejected_top_goes_down_rung_by_rung(self):
        self._stop_shop(120)
        fit = self._fit()
        self.assertEqual(fit.rung, "prior")
        rejected = self.fits.search(
            [("company_id", "=", self.shop.id), ("state", "=", "rejected")], order="id"
        )
        self.assertEqual(rejected.mapped("rung"), ["regular", "fitted"])
        self.assertEqual(len(self._get_notices()), 1)

    def test_the_managers_read_it_in_their_own_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.manager.lang = "zh_CN"
        self._stop_shop()
        self._fit()
        message = self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.manager.partner_id.ids)], limit=1
        )
        self.assertIn("Small Shop", message.subject)
        self.assertNotIn("0% did", message.body)

    def test_too_few_customers_of_the_past_say_nothing(self):
        # 20 repeat customers today, 9 of them 90 days ago, and none of these came back
        self._sell(*([200 + number, 150] for number in range(9)))
        self._sell(*([80 + number, 40, 10] for number in range(11)))
        fit = self._fit()
        self.assertEqual((fit.rung, fit.check_count), ("fitted", 9))
        self.assertEqual(fit.observed_rate, 0)

    def test_the_check_sees_customers_as_they_were_a_horizon_ago(self):
        # 90 days ago: 12 had 1 repeat order each, the other 8 had none
        self._sell(*([150 + number, 120, 30] for number in range(12)))
        self._sell(*([100 + number, 60, 50] for number in range(8)))
        rows = self.fits._read_outcomes(self.shop, self.day, 90, 20)
        self.assertEqual(sorted({row[0] for row in rows}), [0, 1])
        self.assertEqual(sum(1 for row in rows if row[0] == 1), 12)
        self.assertTrue(all(row[3] for row in rows))
        # 100 until then on each order day, and since
        first = next(row for row in rows if row[0] == 1)
        self.assertEqual([float(value) for value in first[4:]], [200, 100, 200])

    # === VALUE === #

    def test_the_value_comes_from_the_model_where_it_was_the_nearer_one(self):
        parameters = churn.prior(30)
        orders = churn.expected_orders(parameters, 1, 30, 60, 90)
        # one customer: his value per order is that of all, 100 on 2 order days
        values = self.fits._compare_values(
            [(1, 30, 60, True, 200, orders * 100 + 5, 365)], parameters, 90, 365
        )
        # 90 expected at the run rate, the model 5 off
        self.assertAlmostEqual(values["value_error"], 5)
        self.assertAlmostEqual(values["run_rate_error"], abs(90 - orders * 100 - 5))
        self.assertEqual(values["is_value_earned"], abs(85 - orders * 100) >= 5)
        worse = self.fits._compare_values(
            [(1, 30, 60, True, 200, 90, 365)], parameters, 90, 365
        )
        self.assertFalse(worse["is_value_earned"])
        self.assertEqual(worse["run_rate_error"], 0)

    def test_amounts_without_a_rate_are_left_out_of_the_comparison(self):
        rows = [
            (1, 30, 60, True, None, 100, 0),
            (1, 30, 60, True, 200, None, 0),
            (1, 30, 60, True, Decimal("NaN"), 100, 0),
        ]
        values = self.fits._compare_values(rows, churn.prior(30), 90, 365)
        self.assertEqual(values, {"is_value_earned": False, "value_count": 0})

    def test_a_value_needs_a_year_of_history_and_the_top_rung(self):
        self._sell_steadily(100, 30, 364)
        values = self.fits._prepare_fit(self.shop, self.day)
        self.assertEqual((values["rung"], values["history_days"]), ("regular", 364))
        self.assertNotIn("value_count", values)
        values = self.fits._prepare_fit(self.shop, self.day + timedelta(days=1))
        self.assertEqual(values["value_count"], 100)
        self.assertEqual(
            values["is_value_earned"],
            values["value_error"] <= values["run_rate_error"],
        )

    def test_below_the_top_the_value_stays_the_run_rate(self):
        self._sell_steadily(60, 30, 400)
        values = self.fits._prepare_fit(self.shop, self.day)
        self.assertEqual(values["rung"], "fitted")
        self.assertNotIn("is_value_earned", values)
