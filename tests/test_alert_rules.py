from contextlib import contextmanager

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .alert_common import AlertCase

DAY = "2026-10-10"


@tagged("post_install", "-at_install")
class TestAlertRules(AlertCase):
    """What a rule says, what it refuses, whose rules count, who may do what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_user("alert_manager", "manager")
        cls.user = cls._create_user("alert_user", "user")

    @contextmanager
    def _assert_refused(self):
        """Check that the database refuses what is written."""
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            yield

    # === NUMBERS === #

    def test_numbers_outside_their_limits_are_refused_with_the_unit(self):
        rule = self._create_rule("amount_drop")
        for values, text in (
            ({"threshold": 0}, "between 1 and 100 %"),
            ({"threshold": 100.5}, "between 1 and 100 %"),
            ({"threshold": 4, "hysteresis": 5}, "larger than the threshold"),
            ({"threshold": float("nan")}, "not a number"),
            ({"threshold": float("inf")}, "not a number"),
            ({"hysteresis": float("nan")}, "not a number"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, text),
            ):
                rule.write(values)
        rule.write({"threshold": 5, "hysteresis": 5})

    def test_database_refuses_negative_numbers_and_endless_days(self):
        for values in (
            {"threshold": -1},
            {"hysteresis": -1},
            {"window_days": -1},
            {"window_days": 3651},
            {"cooldown_days": -1},
            {"min_count": -1},
        ):
            rule = self._create_rule("churn_watch")
            with self.subTest(values=values), self._assert_refused():
                rule.write(values)
                rule.flush_recordset()

    def test_codes_that_no_tier_has_are_refused_and_others_put_in_one_way(self):
        rule = self._create_rule("amount_drop", tier_codes=" S ，A、 S,")
        self.assertEqual(rule.tier_codes, "S, A")
        with self.assertRaisesRegex(ValidationError, "no tier has the code X"):
            rule.tier_codes = "S, X"
        rule.tier_codes = False
        self.assertEqual(rule._get_tier_codes(), [])

    # === WORDS === #

    def test_rule_says_in_words_what_it_does(self):
        rule = self._create_rule("amount_drop", tier_codes="S, A")
        self.assertEqual(
            rule.summary,
            "Warns when the amount of the last 12 months is at least 30% below that of"
            " the 12 months before, of customers with at least 2 orders in the last 12"
            " months. Over when the figure is better than that by 5"
            " points of per cent. Only tiers S, A.",
        )
        self.assertEqual(rule.threshold_unit, "%")

    def test_every_signal_has_words_and_shipped_rules_have_sensible_ones(self):
        for signal in self.env["customer.alert.rule"]._get_signals():
            with self.subTest(signal=signal):
                summary = self._create_rule(signal).summary
                self.assertRegex(summary, "^(Warns|Names)")
                self.assertNotIn("%(", summary)

    def test_another_signal_proposes_its_own_numbers(self):
        with Form(self.env["customer.alert.rule"].with_user(self.manager)) as form:
            form.name = "New"
            form.signal = "amount_drop"
            self.assertEqual((form.threshold, form.hysteresis), (30, 5))
            form.signal = "health_drop"
            self.assertEqual((form.threshold, form.window_days), (15, 30))

    def test_shipped_rules_are_one_for_each_signal_and_some_are_off(self):
        rules = self.env["customer.alert.rule"].with_context(active_test=False)
        shipped = rules.browse(
            self.env["ir.model.data"]
            .search(
                [
                    ("module", "=", "customer_success"),
                    ("model", "=", "customer.alert.rule"),
                ]
            )
            .mapped("res_id")
        )
        signals = set(rules._get_signals())
        self.assertEqual(set(shipped.mapped("signal")), signals)
        self.assertEqual(len(shipped), len(signals))
        self.assertFalse(shipped.company_id)

    # === WHOSE RULES COUNT === #

    def test_own_rules_of_a_company_replace_the_shared_ones_of_the_signal(self):
        rules = self.env["customer.alert.rule"]
        shared = self._create_rule("amount_drop")
        other = self._create_rule("health_drop")
        own = self._create_rule("amount_drop", company_id=self.company.id)
        self.assertEqual(rules._get_in_force(self.company), other | own)
        self.assertEqual(rules._get_in_force(self.other_company), shared | other)
        own.active = False
        self.assertEqual(rules._get_in_force(self.company), shared | other)
        self.assertEqual(rules._get_in_force(self.company, "health_drop"), other)

    def test_rule_with_alerts_keeps_its_signal_and_cannot_be_deleted(self):
        rule = self._create_rule("no_order_days")
        profile = self._create_alerted("Silent")
        self._order(profile, "2026-08-01")
        self._raise(DAY)
        for act in (rule.unlink, lambda: rule.write({"signal": "amount_drop"})):
            with self.assertRaisesRegex(UserError, "archive it"):
                act()
        rule.write({"signal": "no_order_days", "threshold": 90})
        self._create_rule("amount_drop").unlink()

    # === RIGHTS === #

    def test_managers_write_rules_but_not_what_the_detection_keeps(self):
        rule = self._create_rule("no_order_days").with_user(self.manager)
        rule.write({"threshold": 45, "last_error": "Forged", "date_error": DAY})
        self.assertRecordValues(
            rule, [{"threshold": 45, "last_error": False, "date_error": False}]
        )
        with self.assertRaises(AccessError):
            rule.with_user(self.user).threshold = 1

    def test_nobody_creates_deletes_or_rewrites_alerts(self):
        rule = self._create_rule("no_order_days")
        profile = self._create_alerted("Mine", user_id=self.user.id)
        self._order(profile, "2026-08-01")
        self._raise(DAY)
        alert = self._get_alerts(profile)
        for user in (self.user, self.manager):
            mine = alert.with_user(user)
            self.assertTrue(mine.has_access("write"))
            for name in self.alerts._get_system_fields():
                with self.subTest(name=name), self.assertRaises(AccessError):
                    mine.write({name: mine[name] or 1})
            with self.assertRaises(AccessError):
                mine.unlink()
            with self.assertRaises(AccessError):
                mine.create(
                    {
                        "profile_id": profile.id,
                        "rule_id": rule.id,
                        "signal": rule.signal,
                        "key": "forged",
                        "date": DAY,
                        "severity": "low",
                    }
                )

    def test_sales_people_of_another_team_see_no_alert(self):
        stranger = self._create_user("alert_stranger", "user")
        foreigner = self._create_user(
            "alert_foreigner", "manager", company=self.other_company
        )
        self._create_rule("no_order_days")
        profile = self._create_alerted("Mine", user_id=self.user.id)
        self._order(profile, "2026-08-01")
        self._raise(DAY)
        alert = self._get_alerts(profile)
        for user in (stranger, foreigner):
            mine = self.alerts.with_user(user)
            self.assertFalse(mine.search([("profile_id", "=", profile.id)]))
            with self.assertRaises(AccessError):
                mine.browse(alert.id).read(["evidence"])
        self.assertTrue(alert.with_user(self.user).read(["evidence"]))

    def test_database_holds_one_alert_for_a_gap_and_one_that_is_not_over(self):
        rule = self._create_rule("no_order_days")
        profile = self._create_alerted("Twice")
        vals = {
            "profile_id": profile.id,
            "rule_id": rule.id,
            "signal": rule.signal,
            "key": "2026-08-01",
            "date": DAY,
            "severity": "low",
        }
        first = self.alerts.create(vals)
        for values in ({"key": "2026-09-01"}, {"date_over": DAY}):
            with self._assert_refused():
                self.alerts.create({**vals, **values})
        with self._assert_refused():
            first.date_over = "2026-10-09"
            first.flush_recordset()
        first.date_over = DAY
        first.flush_recordset()
        self.alerts.create({**vals, "key": "2026-09-01"})
        self.alerts.create({**vals, "key": "event", "is_event": True})
