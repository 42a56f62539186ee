from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .retention_common import RetentionCase

DAY = date(2016, 6, 30)  # 91 days after the end of March
RAISED = "2016-03-31"


@tagged("post_install", "-at_install")
class TestAlertGrade(RetentionCase):
    """Right or false, and what that says about the rule."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_churn_horizon = 90
        rules = cls.env["customer.alert.rule"]
        cls.silence = rules.create(
            {"name": "Silence", "signal": "no_order_days", "threshold": 60}
        )
        cls.level = rules.create(
            {"name": "Amount", "signal": "amount_drop", "threshold": 30}
        )
        cls.user = cls._create_user("grade_user", "user")

    def _raise(self, partner, rule=None, day=RAISED, **values):
        rule = rule or self.silence
        return self.env["customer.alert"].create(
            {
                "profile_id": self._get_profile(partner).id,
                "rule_id": rule.id,
                "signal": rule.signal,
                "key": values.pop("key", day),
                "date": day,
                "severity": "low",
                **values,
            }
        )

    def _grade(self, day=DAY):
        changed = self.env["customer.alert"]._grade_alerts(self.company, day)
        self.env.invalidate_all()
        return changed

    def _close(self, alert, outcome, day="2016-04-10"):
        with freeze_time(f"{day} 12:00:00"):
            alert._set_closed(outcome, self._to_date(day), self.user)

    # === SILENCE === #

    def test_who_orders_nothing_in_the_horizon_makes_the_alert_right(self):
        silent = self._raise(self._buy("Silent", "2016-01-10", "2016-06-30"))
        ordered = self._raise(self._buy("Ordered", "2016-01-10", "2016-06-29"))
        same_day = self._raise(self._buy("On the day", RAISED))
        self._grade()
        # the 90 days after 31 March end on 29 June
        self.assertEqual(silent.verdict, "right")
        self.assertEqual(silent.date_verdict, DAY)
        self.assertEqual(ordered.verdict, "wrong")
        self.assertEqual(same_day.verdict, "right")

    def test_until_the_horizon_is_over_it_is_too_early_to_say(self):
        alert = self._raise(self._buy("Ordered at once", "2016-01-10", "2016-04-01"))
        self._grade(date(2016, 6, 28))
        self.assertEqual(alert.verdict, "pending")
        self._grade(date(2016, 6, 29))
        self.assertEqual(alert.verdict, "wrong")

    def test_lead_is_what_is_left_of_twice_the_horizon_of_silence(self):
        early = self._raise(self._buy("Early", "2016-01-31"))  # 60 days of silence
        late = self._raise(self._buy("Late", "2015-09-01"))  # 212 days
        wrong = self._raise(self._buy("Wrong", "2016-01-31", "2016-04-01"))
        self._grade()
        self.assertEqual((early.lead_days, late.lead_days), (120, 0))
        self.assertFalse(wrong.lead_days)

    def test_invoices_stand_in_for_customers_without_orders(self):
        partner = self._create_partner("Invoiced")
        self._create_invoice(partner, "2016-01-10", 100)
        alert = self._raise(partner)
        self._create_invoice(partner, "2016-05-10", 100)
        self._grade()
        self.assertEqual(alert.verdict, "wrong")

    # === PEOPLE === #

    def test_what_people_answer_counts_at_once_and_beats_the_orders(self):
        expected = {
            "saved": "right",
            "lost": "right",
            "known": "right",
            "false_alarm": "wrong",
        }
        alerts = {}
        for outcome, verdict in expected.items():
            days = ["2016-01-10"]
            if verdict == "right":
                days.append("2016-05-01")  # the orders would say the opposite
            alerts[outcome] = self._raise(self._buy(outcome, *days))
            self._close(alerts[outcome], outcome)
        for outcome, verdict in expected.items():
            with self.subTest(outcome=outcome):
                alert = alerts[outcome]
                self.assertEqual(alert.verdict, verdict)
                self.assertEqual(alert.date_verdict, date(2016, 4, 10))
        self._grade()
        for outcome, verdict in expected.items():
            self.assertEqual(alerts[outcome].verdict, verdict, outcome)

    def test_reopening_takes_the_verdict_back_and_recovering_gives_none(self):
        alert = self._raise(self._buy("Reopened", "2016-01-10"))
        self._close(alert, "false_alarm")
        alert.action_reopen()
        self.assertEqual((alert.verdict, alert.date_verdict), ("pending", False))
        self._close(alert, "recovered")
        self.assertEqual(alert.verdict, "pending")

    def test_nobody_writes_a_verdict_himself(self):
        alert = self._raise(self._buy("Own", "2016-01-10"))
        with self.assertRaises(AccessError):
            alert.with_user(self.user).write({"verdict": "right"})

    # === OTHER SIGNALS === #

    def test_a_level_is_right_when_it_lasts_or_the_customer_stops(self):
        orders = ("2016-01-10", "2016-05-10")
        lasts = self._raise(self._buy("Lasts", *orders), self.level)
        later = self._raise(
            self._buy("Over later", *orders), self.level, date_over="2016-06-30"
        )
        over = self._raise(
            self._buy("Over", *orders), self.level, date_over="2016-06-29"
        )
        stopped = self._raise(
            self._buy("Stopped", "2016-01-10"), self.level, date_over="2016-04-10"
        )
        self._grade()
        self.assertEqual(
            [alert.verdict for alert in (lasts, later, over, stopped)],
            ["right", "right", "wrong", "right"],
        )

    def test_a_tier_at_risk_is_right_when_it_fell(self):
        rule = self.env["customer.alert.rule"].create(
            {"name": "Tier", "signal": "tier_at_risk", "threshold": 45}
        )
        orders = ("2016-01-10", "2016-05-10")
        fell, kept = self._buy("Fell", *orders), self._buy("Kept", *orders)
        self._set_tier(fell, "B", RAISED)
        self._set_tier(fell, "C", "2016-06-29", "down")
        alerts = self._raise(fell, rule) | self._raise(kept, rule)
        self._grade()
        self.assertEqual(alerts.mapped("verdict"), ["right", "wrong"])

    def test_a_renewal_is_false_only_when_the_contract_was_renewed(self):
        rule = self.env["customer.alert.rule"].create(
            {"name": "Renewal", "signal": "renewal_near", "threshold": 60}
        )
        alerts = []
        for state in ("renewed", "lost"):
            partner = self._buy(state, "2016-01-10", "2016-05-10")
            milestone = self.env["customer.milestone"].create(
                {
                    "profile_id": self._get_profile(partner).id,
                    "kind": "renewal",
                    "date_end": "2016-05-01",
                    "renewal_state": state,
                    "date_decided": "2016-04-20",
                }
            )
            alerts.append(self._raise(partner, rule, key=str(milestone.id)))
        self._grade()
        self.assertEqual([alert.verdict for alert in alerts], ["wrong", "right"])

    # === AGAIN === #

    def test_an_unchanged_day_writes_nothing(self):
        alert = self._raise(self._buy("Silent", "2016-01-10"))
        self.assertEqual(self._grade(), 1)
        written = alert.write_date
        self.assertEqual(self._grade(), 0)
        self.assertEqual(self._grade(date(2016, 7, 1)), 0)
        self.assertEqual((alert.write_date, alert.date_verdict), (written, DAY))

    def test_a_late_order_changes_a_verdict_for_two_weeks(self):
        alert = self._raise(self._buy("Entered late", "2016-01-10"))
        self._grade(date(2016, 6, 29))
        self.assertEqual(alert.verdict, "right")
        self._create_order(alert.profile_id.partner_id, "2016-06-01", 100)
        self._grade(date(2016, 7, 14))
        self.assertEqual(alert.verdict, "right")
        self._grade(date(2016, 7, 13))
        self.assertEqual(alert.verdict, "wrong")

    def test_alerts_and_orders_of_another_company_do_not_count(self):
        partner = self._buy("Two companies", "2016-01-10")
        alert = self._raise(partner)
        self._create_order(partner, "2016-05-01", 100, company=self.other_company)
        self.env["customer.alert"]._grade_alerts(self.other_company, DAY)
        self.assertEqual(alert.verdict, "pending")
        self._grade()
        self.assertEqual(alert.verdict, "right")
