import doctest
from datetime import date

from odoo.tests import BaseCase, tagged

from .. import grading
from .common import CustomerSuccessCase

DAY = date(2016, 6, 30)
KNOWN = date(2016, 4, 1)  # 90 days before


@tagged("post_install", "-at_install")
class TestGrading(BaseCase):
    """Arithmetic without records."""

    def test_examples(self):
        result = doctest.testmod(grading)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)

    def test_few_alerts_suggest_nothing(self):
        figures = [(50, 2, 8), (60, 8, 1)]
        self.assertIsNone(grading.suggest_threshold(figures, "amount_drop"))
        figures = [(50, 2, 8), (60, 9, 1)]
        self.assertIsNone(grading.suggest_threshold(figures, "amount_drop"))
        figures = [(50, 1, 8), (60, 10, 1)]
        self.assertEqual(
            grading.suggest_threshold(figures, "amount_drop"), (60, 8, 9, 1, 11)
        )

    def test_two_false_alarms_suggest_nothing(self):
        figures = [(50, 0, 2), (60, 40, 0)]
        self.assertIsNone(grading.suggest_threshold(figures, "amount_drop"))

    def test_signals_without_a_threshold_of_their_figure_get_none(self):
        figures = [(50, 0, 20), (60, 20, 0)]
        self.assertIsNone(grading.suggest_threshold(figures, "contact_left"))
        self.assertIsNone(grading.suggest_threshold(figures, "no_order_months"))

    def test_a_threshold_that_leaves_everything_out_is_none(self):
        self.assertIsNone(grading.suggest_threshold([(61, 0, 30)], "no_order_days"))


@tagged("post_install", "-at_install")
class TestAlertGradeRules(CustomerSuccessCase):
    """What the alerts of a rule come to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_churn_horizon = 90
        rules = cls.env["customer.alert.rule"]
        cls.rule = rules.create(
            {"name": "Amount", "signal": "amount_drop", "threshold": 30}
        )
        cls.silence = rules.create(
            {"name": "Silence", "signal": "no_order_days", "threshold": 60}
        )
        cls.user = cls._create_user("grade_rules_user", "user")
        partners = cls.env["res.partner"].create(
            [{"name": f"Customer {index}"} for index in range(25)]
        )
        profiles = cls.env["customer.profile"]._get_or_create(partners, cls.company)
        cls.profiles = profiles.sorted("id")

    def _raise(self, rule, *rows, company=None):
        """Create an alert for each (verdict, figure), the first in January 2016."""
        return self.env["customer.alert"].create(
            [
                {
                    "profile_id": profile.id,
                    "rule_id": rule.id,
                    "signal": rule.signal,
                    "key": str(index),
                    "date": "2016-01-01" if index == 0 else "2016-02-01",
                    "severity": "low",
                    "verdict": verdict,
                    "value": value,
                    "is_lapsed": verdict == "right",
                    "lead_days": 40 if verdict == "right" else 0,
                }
                for index, (profile, (verdict, value)) in enumerate(
                    zip(self.profiles, rows, strict=False)
                )
            ]
        )

    def _write_grades(self, day=DAY):
        return self.env["customer.alert.grade"]._write_grades(self.company, day)

    def _read(self, rule):
        rule.invalidate_recordset()
        return rule.with_user(self.user)

    def test_twenty_alerts_fourteen_right(self):
        self.assertEqual(self._read(self.rule).grade_text, "No alert yet")
        self.assertFalse(self.rule.is_graded)
        self._raise(self.rule, *[("right", 40)] * 14, *[("wrong", 40)] * 6)
        rule = self._read(self.rule)
        self.assertEqual(rule.grade_text, "20 alerts, 14 right")
        self.assertEqual(
            (rule.alert_count, rule.right_count, rule.wrong_count), (20, 14, 6)
        )
        self.assertAlmostEqual(rule.precision, 0.7, 9)
        self.assertEqual((rule.is_lead_known, rule.lead_days), (True, 40))

    def test_waiting_alerts_are_said_apart_and_do_not_count(self):
        alerts = self._raise(
            self.rule, *[("right", 40)] * 3, ("wrong", 40), *[("pending", 40)] * 5
        )
        rule = self._read(self.rule)
        self.assertEqual(rule.grade_text, "4 alerts, 3 right; 5 more too young to say")
        self.assertEqual((rule.pending_count, rule.precision), (5, 0.75))
        (alerts - alerts.filtered(lambda alert: alert.verdict == "pending")).unlink()
        self.assertEqual(self._read(self.rule).grade_text, "Alerts too young to say: 5")

    def test_all_rules_of_a_list_are_read_in_as_many_statements_as_one(self):
        self._raise(self.rule, ("right", 40))
        rules = self.env["customer.alert.rule"].search([])
        self._count_queries(rules)  # fills the caches
        self.assertEqual(self._count_queries(self.rule), self._count_queries(rules))

    def _count_queries(self, rules):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rules.mapped("grade_text")
        return self.env.cr.sql_log_count - before

    # === CUSTOMERS WHO STOPPED === #

    def _watch(self, profile, first, last, repeats=2):
        self.env["customer.churn"].create(
            {
                "profile_id": profile.id,
                "company_id": self.company.id,
                "state": "regular",
                "date_first_order": first,
                "date_last_order": last,
                "repeat_count": repeats,
                "percent_state": "hidden",
            }
        )

    def _watch_some(self):
        """Ten customers with a rhythm, four of whom stopped before April 2016."""
        self.env["customer.churn"].search([]).unlink()
        for profile in self.profiles[:6]:
            self._watch(profile, "2015-01-01", "2016-06-01")
        for profile in self.profiles[6:10]:
            self._watch(profile, "2015-01-01", "2016-01-15")
        # not watched: ordered once, lost long ago, new since
        self._watch(self.profiles[10], "2016-01-15", "2016-01-15", 0)
        self._watch(self.profiles[11], "2014-01-01", "2015-04-01")
        self._watch(self.profiles[12], "2016-04-01", "2016-06-01")

    def test_recall_is_the_share_of_the_customers_who_stopped_that_had_an_alert(self):
        self._watch_some()
        # raised for customers 0 to 9, for number 9 before his last order
        alerts = self._raise(self.silence, *[("wrong", 61)] * 6, *[("right", 61)] * 4)
        alerts[9].date = "2016-01-15"
        self._write_grades()
        rule = self._read(self.silence)
        self.assertTrue(rule.is_recall_known)
        self.assertAlmostEqual(rule.recall, 0.75, 9)
        # 10 customers watched for the 91 days from 1 January to 1 April; the first day
        # stands for 30, as in a backtest
        grade = self.env["customer.alert.grade"].search([("rule_id", "=", rule.id)])
        self.assertEqual((grade.lapse_count, grade.caught_count), (4, 3))
        self.assertAlmostEqual(grade.customer_years, 3.31, 2)
        self.assertAlmostEqual(rule.false_rate, 6 / 3.31, 2)

    def test_first_night_of_a_rule_is_no_year_of_false_alarms_in_a_day(self):
        self._watch_some()
        self._raise(self.silence, *[("wrong", 61)] * 6)
        self._write_grades(date(2016, 3, 31))  # 90 days after the first alert
        rule = self._read(self.silence)
        self.assertTrue(rule.is_rate_known)
        # 11 customers (number 11 had bought in April) for the 30 days that the first
        # day stands for
        self.assertAlmostEqual(rule.false_rate, 6 / 0.90, 2)

    def test_recall_is_unknown_for_some_tiers_other_signals_and_young_rules(self):
        self._watch_some()
        self._raise(self.silence, ("right", 61))
        self._raise(self.rule, ("right", 40))
        self._write_grades()
        self.assertTrue(self._read(self.silence).is_recall_known)
        self.assertFalse(self._read(self.rule).is_recall_known)
        self.silence.tier_codes = "S, A"
        self.assertFalse(self._read(self.silence).is_recall_known)
        self.silence.tier_codes = False
        self.env["customer.alert.grade"].search([]).unlink()
        self._write_grades(date(2016, 3, 30))  # 89 days after the first alert
        self.assertFalse(self._read(self.silence).is_recall_known)
        self.assertFalse(self._read(self.silence).is_rate_known)

    def test_the_same_day_again_writes_nothing(self):
        self._watch_some()
        self._raise(self.silence, *[("right", 75)] * 18, *[("wrong", 61)] * 4)
        self.assertEqual(self._write_grades(), 1)
        grade = self.env["customer.alert.grade"].search(
            [("rule_id", "=", self.silence.id)]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT xmin FROM customer_alert_grade WHERE id = %s", [grade.id]
        )
        before = self.env.cr.fetchone()
        self.assertEqual(self._write_grades(), 0)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT xmin FROM customer_alert_grade WHERE id = %s", [grade.id]
        )
        self.assertEqual(self.env.cr.fetchone(), before)

    # === COMPARED === #

    def test_a_rule_is_compared_with_the_one_of_the_settings(self):
        self.company.customer_alert_baseline_id = self.silence
        self.assertIn(
            "nothing to compare with yet", self._read(self.rule).baseline_text
        )
        self._watch_some()
        self._raise(self.silence, *[("wrong", 61)] * 5, *[("right", 61)] * 3)
        self._write_grades()
        self.assertEqual(
            self._read(self.rule).baseline_text,
            "Silence: 8 alerts, 3 right; 1.51 false alarms per customer and year,"
            " 40 days early",
        )
        self.assertFalse(self._read(self.silence).baseline_text)

    def test_without_a_setting_it_is_no_order_for_days_although_switched_off(self):
        self.company.customer_alert_baseline_id = False
        self.silence.unlink()
        self.assertEqual(
            self.env["customer.alert.rule"]._get_baseline(self.company),
            self.env.ref("customer_success.customer_alert_rule_no_order_days"),
        )

    def test_a_better_threshold_is_suggested_in_words(self):
        self._watch_some()
        self._raise(
            self.rule, *[("wrong", 31)] * 6, ("right", 31), *[("right", 45)] * 13,
            ("wrong", 45),
        )  # fmt: skip
        self._write_grades()
        self.assertEqual(
            self._read(self.rule).suggestion_text,
            "With a threshold of 45 instead of 30, 6 of 7 false alarms would not have"
            " been raised; 1 of 14 right alerts would have been missed.",
        )
        self.rule.threshold = 45
        self.assertFalse(self._read(self.rule).suggestion_text)

    def test_a_rule_opens_its_alerts(self):
        action = self._read(self.rule).action_open_alerts()
        self.assertEqual(action["domain"], [("rule_id", "=", self.rule.id)])
