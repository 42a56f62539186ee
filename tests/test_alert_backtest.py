from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .retention_common import RetentionCase


@tagged("post_install", "-at_install")
class TestAlertBacktest(RetentionCase):
    """Rules replayed on the ends of February, March and April 2016."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_churn_horizon = 90
        rules = cls.env["customer.alert.rule"]
        cls.rule = rules.create(
            {"name": "Silence", "signal": "no_order_days", "threshold": 60}
        )
        cls.baseline = rules.create(
            {"name": "Long silence", "signal": "no_order_days", "threshold": 90}
        )
        cls.company.customer_alert_baseline_id = cls.baseline
        cls.manager = cls._create_user("backtest_manager", "manager")
        # 62 days of silence on 29 February, no order in the 90 days after it
        cls.stopped = cls._buy("Stopped", "2015-10-01", "2015-12-29")
        # 80 days of silence at the end of March, orders 10 days later
        cls.slow = cls._buy("Slow", "2015-10-01", "2016-01-11", "2016-04-10")
        # never silent for long until the end of April, and orders on
        cls.regular = cls._buy(
            "Regular",
            "2016-01-15",
            "2016-02-20",
            "2016-04-05",
            "2016-05-20",
            "2016-07-20",
        )
        # ordered once: alerts count, but nobody counts on him
        cls.once = cls._buy("Once", "2016-01-20")
        partners = cls.stopped | cls.slow | cls.regular | cls.once
        profiles = cls.env["customer.profile"]._get_or_create(partners, cls.company)
        profiles.write({"rating_state": "rated"})

    def _start(self, rules=None, user=None, **values):
        rules = rules or self.rule
        with freeze_time("2016-12-31 12:00:00"):
            action = rules.with_user(user or self.manager).action_backtest()
            backtest = (
                self.env["customer.alert.backtest"]
                .with_user(user or self.manager)
                .browse(action["res_id"])
            )
            backtest.write(
                {"date_from": "2016-02-01", "date_to": "2016-04-30", **values}
            )
            backtest.action_start()
        return backtest

    def _get_line(self, backtest, rule=None):
        return backtest.line_ids.filtered(
            lambda line: line.rule_id == (rule or self.rule)
        )

    def test_the_figures_of_a_rule_are_those_of_its_alerts(self):
        backtest = self._start()
        self.assertEqual((backtest.state, backtest.progress), ("done", 100))
        line = self._get_line(backtest)
        names = line.name_ids
        self.assertRecordValues(
            names.sorted(lambda name: (name.date, name.profile_id.id)),
            [
                {"profile_id": self._get_profile(self.stopped).id, "date": date(2016, 2, 29),
                 "value": 62, "date_last": date(2015, 12, 29), "date_next": False,
                 "verdict": "right", "lead_days": 118},
                {"profile_id": self._get_profile(self.slow).id, "date": date(2016, 3, 31),
                 "value": 80, "date_last": date(2016, 1, 11),
                 "date_next": date(2016, 4, 10), "verdict": "wrong", "lead_days": 0},
                {"profile_id": self._get_profile(self.once).id, "date": date(2016, 3, 31),
                 "value": 71, "date_last": date(2016, 1, 20), "date_next": False,
                 "verdict": "right", "lead_days": 109},
            ],
        )  # fmt: skip
        self.assertRecordValues(
            line,
            [{"alert_count": 3, "right_count": 2, "wrong_count": 1,
              # of two who stopped one was found: not "Slow", who stopped after April 10
              "lapse_count": 2, "caught_count": 1}],
        )  # fmt: skip
        self.assertAlmostEqual(line.precision, 2 / 3, 9)
        self.assertEqual(line.recall, 0.5)
        self.assertAlmostEqual(line.lead_days, 113.5, 1)
        # 3 customers watched at each day, of 30, 31 and 30 days
        self.assertAlmostEqual(line.customer_years, 0.75, 2)
        self.assertAlmostEqual(line.false_rate, 1 / 0.75, 1)

    def test_the_rule_to_compare_with_stands_beside(self):
        backtest = self._start()
        line = self._get_line(backtest, self.baseline)
        self.assertTrue(line.is_baseline)
        self.assertEqual(backtest.line_ids[-1], line)
        # 93 days on 31 March, 101 on 30 April
        self.assertEqual(
            line.name_ids.mapped("profile_id.partner_id"), self.stopped | self.once
        )
        self.assertEqual((line.alert_count, line.wrong_count), (2, 0))
        self.assertEqual(self._get_line(backtest).is_baseline, False)

    def test_a_gap_counts_once_and_a_new_one_again(self):
        partner = self._buy("Twice", "2015-10-01", "2015-12-01", "2016-03-05")
        self._get_profile(partner)
        backtest = self._start(date_to="2016-06-30")
        names = self._get_line(backtest).name_ids.filtered(
            lambda name: name.profile_id.partner_id == partner
        )
        self.assertEqual(names.mapped("date"), [date(2016, 2, 29), date(2016, 5, 31)])
        self.assertEqual(
            names.mapped("date_due"), [date(2016, 2, 29), date(2016, 6, 30)]
        )
        self.assertEqual(names.mapped("verdict"), ["wrong", "right"])

    def test_a_level_counts_once_for_each_episode(self):
        rule = self.env["customer.alert.rule"].create(
            {
                "name": "Rarely",
                "signal": "frequency_drop",
                "threshold": 1,
                "min_count": 2,
            }
        )
        partner = self._buy(
            "Rarely", "2015-05-01", "2015-06-01", "2015-07-01", "2015-08-01"
        )
        self._get_profile(partner)
        backtest = self._start(rule, date_from="2015-12-31", date_to="2016-02-29")
        [name] = self._get_line(backtest, rule).name_ids
        self.assertEqual(
            (name.date, name.date_due), (date(2016, 1, 31), date(2016, 2, 29))
        )

    def test_nothing_is_raised_and_no_fit_is_stored(self):
        alerts = self.env["customer.alert"].search_count([])
        fits = self.env["customer.churn.fit"].search_count([])
        risk = self.env.ref("customer_success.customer_alert_rule_churn_at_risk")
        backtest = self._start(self.rule | risk)
        self.assertEqual(len(backtest.line_ids), 3)
        self.assertEqual(self.env["customer.alert"].search_count([]), alerts)
        self.assertEqual(self.env["customer.churn.fit"].search_count([]), fits)

    def test_an_order_after_the_horizon_does_not_make_an_alert_false(self):
        self._create_order(self.stopped, "2016-05-30", 100)  # 91 days after 29 February
        backtest = self._start()
        [name] = self._get_line(backtest).name_ids.filtered(
            lambda name: name.profile_id.partner_id == self.stopped
        )
        self.assertEqual(name.verdict, "right")
        self._create_order(self.stopped, "2016-05-29", 100)
        [name] = self._get_line(self._start()).name_ids.filtered(
            lambda name: name.profile_id.partner_id == self.stopped
        )
        self.assertEqual((name.verdict, name.date_next), ("wrong", date(2016, 5, 29)))

    # === CHOICE === #

    def test_days_are_the_last_one_and_every_month_back(self):
        form = self._form()
        self.assertEqual(form.date_to, date(2016, 9, 30))
        self.assertEqual(form.date_count, 12)
        form.date_from, form.date_to = date(2016, 1, 15), date(2016, 3, 20)
        self.assertEqual(
            form.save()._get_dates(),
            [date(2016, 1, 20), date(2016, 2, 20), date(2016, 3, 20)],
        )

    def _form(self):
        with freeze_time("2016-12-31 12:00:00"):
            return Form(self.env["customer.alert.backtest"].with_user(self.manager))

    def test_days_that_are_too_young_and_no_rule_say_what_to_choose(self):
        with self.assertRaisesRegex(UserError, "10/02/2016"):
            self._start(date_to="2016-10-03")
        self._start(date_from="2016-10-02", date_to="2016-10-02")
        with self.assertRaisesRegex(UserError, "not before the first"):
            self._start(date_from="2016-05-01")
        with self.assertRaisesRegex(UserError, "at least one rule"):
            self._start(rule_ids=[(5, 0, 0)])

    def test_users_have_no_backtest_and_managers_only_their_own(self):
        user = self._create_user("backtest_user", "user_all")
        with self.assertRaises(AccessError):
            self._start(user=user)
        backtest = self._start()
        other = self._create_user("backtest_other", "manager")
        with self.assertRaises(AccessError):
            backtest.with_user(other).read(["state"])
        name = backtest.line_ids.name_ids[:1]
        self.assertTrue(name.with_user(self.manager).has_access("read"))
        self.assertFalse(name.with_user(other).has_access("read"))
        action = name.with_user(self.manager).action_open_customer()
        self.assertEqual(action["res_id"], name.profile_id.id)

    # === IN THE BACKGROUND === #

    def test_many_days_are_worked_off_by_the_job_with_the_same_result(self):
        at_once = self._get_line(self._start())
        backtest = self._queue()
        self.assertEqual(backtest.progress, 0)
        self._run_cron("run_backtests")
        self.assertEqual((backtest.state, backtest.progress), ("done", 100))
        line = self._get_line(backtest)
        for name in ("alert_count", "right_count", "lapse_count", "caught_count"):
            self.assertEqual(line[name], at_once[name], name)

    def test_the_job_goes_on_where_it_stopped_and_ends_one_that_fails(self):
        backtest = self._queue()
        backtest._replay(date(2016, 2, 29))
        failing = self._queue(self.rule)
        failing.line_ids.sudo().rule_id.window_days = 3650
        self.env.flush_all()
        self.env.cr.execute(  # a figure that cannot be compared
            "UPDATE customer_alert_rule SET signal = 'gone' WHERE id = %s",
            [self.baseline.id],
        )
        self.env.invalidate_all()
        backtest.line_ids.filtered("is_baseline").sudo().unlink()
        with mute_logger(
            "odoo.addons.customer_success.wizards.customer_alert_backtest"
        ):
            self._run_cron("run_backtests")
        self.assertEqual((backtest.state, backtest.done_count), ("done", 3))
        self.assertEqual(self._get_line(backtest).alert_count, 3)
        self.assertEqual(failing.state, "failed")
        self.assertTrue(failing.message)

    def _queue(self, rules=None):
        """Prepare a backtest as one of many customers is."""
        backtest = self.env["customer.alert.backtest"].create(
            {
                "rule_ids": [(6, 0, (rules or self.rule).ids)],
                "date_from": "2016-02-01",
                "date_to": "2016-04-30",
            }
        )
        backtest._prepare_lines()
        backtest.state = "queued"
        return backtest
