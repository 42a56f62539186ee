from datetime import date

from odoo.tests import mute_logger, tagged

from .alert_people_common import AlertPeopleCase


@tagged("post_install", "-at_install")
class TestAlertAssign(AlertPeopleCase):
    """Who has which alert: by the rule, as many as he can look after, one activity."""

    def test_alert_goes_to_the_first_responsible_with_one_activity(self):
        alert = self._create_alert(self._create_customer("Azure"))
        self._assign()
        self.assertEqual(alert.user_id, self.sales)
        activity = self._get_activities(alert)
        self.assertRecordValues(
            activity,
            [
                {
                    "user_id": self.sales.id,
                    "summary": "churn_at_risk",
                    "date_deadline": date(2026, 11, 24),
                    "activity_type_id": self.env.ref(
                        "customer_success.mail_activity_type_alert"
                    ).id,
                }
            ],
        )
        self.assertIn("Usually orders every 21 days", activity.note)

    @mute_logger("odoo.addons.customer_success.batches")
    def test_alert_that_cannot_be_told_stops_no_other(self):
        broken = self._create_alert(
            self._create_customer("Broken"), evidence={"silence": "?"}
        )
        whole = self._create_alert(self._create_customer("Whole"))
        self._assign()
        self.assertFalse(self._get_activities(broken))
        self.assertEqual(self._get_activities(whole).user_id, self.sales)

    def test_second_run_of_a_day_writes_nothing(self):
        for number in range(3):
            self._create_alert(self._create_customer(f"Azure {number}"))
        self._assign()
        before = self.env["mail.activity"].search_count([])
        self.env.cr.execute("SELECT id, xmin::text FROM customer_alert ORDER BY id")
        rows = self.env.cr.fetchall()
        self._assign()
        self.env.cr.execute("SELECT id, xmin::text FROM customer_alert ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), rows)
        self.assertEqual(self.env["mail.activity"].search_count([]), before)

    def test_rule_names_who_gets_it(self):
        leader_rule = self._create_rule("amount_drop", owner_rule="leader")
        manager_rule = self._create_rule("health_drop", owner_rule="manager")
        profile = self._create_customer("Azure")
        by_leader = self._create_alert(profile, leader_rule)
        by_manager = self._create_alert(profile, manager_rule)
        alone = self._create_alert(
            self._create_customer("Alone", self.stranger), leader_rule
        )
        self._assign()
        self.assertEqual(by_leader.user_id, self.leader)
        self.assertEqual(by_manager.user_id, self.manager)
        self.assertEqual(alone.user_id, self.stranger)  # he has no leader

    def test_customer_without_responsible_goes_to_the_manager(self):
        alert = self._create_alert(
            self._create_customer("Azure", self.env["res.users"])
        )
        self._assign()
        self.assertEqual(alert.user_id, self.manager)

    def test_archived_person_hands_over_to_his_leader_with_a_new_activity(self):
        alert = self._create_alert(self._create_customer("Azure"))
        self._assign()
        alert.with_user(self.sales).action_take()
        self.sales.action_archive()
        self._assign()
        self.assertEqual(alert.user_id, self.leader)
        self.assertEqual(self._get_activities(alert).user_id, self.leader)

    def test_customer_who_changes_hands_takes_his_alerts_along(self):
        profile = self._create_customer("Azure")
        alert = self._create_alert(profile)
        self._assign()
        alert.with_user(self.sales).action_take()
        profile.user_id = self.stranger
        self._assign()
        self.assertEqual(alert.user_id, self.stranger)
        self.assertEqual(alert.state, "acknowledged")
        self.assertEqual(self._get_activities(alert).user_id, self.stranger)

    def test_what_a_colleague_took_stays_with_him(self):
        alert = self._create_alert(self._create_customer("Azure"))
        self._assign()
        alert.with_user(self.leader).action_take()
        self._assign()
        self.assertEqual(alert.user_id, self.leader)
        self.assertEqual(self._get_activities(alert).user_id, self.leader)

    def test_least_urgent_alerts_over_the_limit_go_to_the_managers_list(self):
        self.company.customer_alert_cap = 2
        alerts = [
            self._create_alert(self._create_customer(f"{tier} customer", tier=tier))
            for tier in ("C", "S", "A")
        ]
        self._assign()
        self.assertEqual([alert.is_overflow for alert in alerts], [True, False, False])
        self.assertEqual(alerts[0].user_id, self.sales)
        self.assertFalse(self._get_activities(alerts[0]))
        # one is done: the next one comes up
        alerts[1]._set_closed("known", self.date)
        self._assign()
        self.assertFalse(alerts[0].is_overflow)
        self.assertEqual(self._get_activities(alerts[0]).user_id, self.sales)

    def test_what_somebody_took_counts_first_and_never_overflows(self):
        self.company.customer_alert_cap = 1
        minor = self._create_alert(self._create_customer("Minor", tier="C"))
        other = self._create_alert(self._create_customer("Other", tier="C"))
        (minor | other).with_user(self.sales).action_take()
        urgent = self._create_alert(self._create_customer("Urgent", tier="S"))
        self._assign()
        self.assertEqual((minor | other).mapped("is_overflow"), [False, False])
        self.assertTrue(urgent.is_overflow)

    def test_dismissed_activity_does_not_come_back(self):
        alert = self._create_alert(self._create_customer("Azure"))
        self._assign()
        self._get_activities(alert).unlink()
        self._assign()
        self.assertFalse(self._get_activities(alert))

    def test_event_is_given_to_somebody_at_once(self):
        rule = self._create_rule("contact_left")
        profile = self._create_customer("Azure")
        alert = self.alerts._raise_event(profile, "contact_left", "7", {})
        self.assertEqual((alert.rule_id, alert.user_id), (rule, self.sales))
        self.assertEqual(self._get_activities(alert).user_id, self.sales)
        self.assertGreater(alert.priority, 0)

    def test_alert_that_recovers_before_anybody_took_it_is_closed(self):
        untouched = self._create_alert(self._create_customer("Untouched"))
        taken = self._create_alert(self._create_customer("Taken"))
        self._assign()
        taken.with_user(self.sales).action_take()
        (untouched | taken)._set_over(self.date)
        self.assertRecordValues(
            untouched | taken,
            [
                {"state": "closed", "outcome": "recovered", "date_closed": self.date},
                {"state": "acknowledged", "outcome": False, "date_closed": False},
            ],
        )
        self.assertFalse(untouched.close_user_id)
        self.assertFalse(self._get_activities(untouched))

    def test_day_before_the_alert_changes_nothing(self):
        alert = self._create_alert(self._create_customer("Azure"))
        self._assign(days=-1)
        self.assertFalse(alert.user_id)
        self.assertFalse(self._get_activities(alert))

    def test_archived_customer_needs_nobody(self):
        profile = self._create_customer("Azure")
        alert = self._create_alert(profile)
        self._assign()
        profile.active = False
        self._assign()
        self.assertFalse(self._get_activities(alert))

    # === PRIORITY === #

    def _create_stakes(self, name, tier, value, **values):
        """Create a customer with a usual value of the horizon of 90 days."""
        profile = self._create_customer(name, tier=tier)
        churn = self.env["customer.churn"].create(
            {
                "profile_id": profile.id,
                "company_id": self.company.id,
                "state": "at_risk",
                "percent_state": "hidden",
                "usual_value": value,
                "value_at_risk": value / 2,
                **values,
            }
        )
        profile.churn_id = churn
        return profile

    def test_priority_multiplies_severity_tier_value_and_renewal(self):
        self.company.customer_high_value_amount = 36500  # 9,000 in 90 days
        critical = self._create_rule("churn_lost", severity="critical")
        low = self._create_rule("churn_watch", severity="low")
        contact = self._create_rule("contact_left", severity="medium")
        best = self._create_stakes("Best", "S", 18000)
        self.env["customer.milestone"].create(
            {"profile_id": best.id, "kind": "renewal", "date_end": "2026-12-21"}
        )
        half = self._create_stakes("Half", "A", 4500)
        cases = [
            (best, critical, 9000, 100),  # 1 × 1 × 1 × 1
            (best, contact, 18000, 50),  # 0.5 × 1 × 1 × 1, the whole usual value
            (half, critical, 2250, 40),  # 1 × 0.8 × (0.5 + 0.5 × 0.25) × 0.8
            (half, low, 2250, 10),  # 0.25 × 0.8 × 0.625 × 0.8
            (
                self._create_customer("None", tier="C"),
                low,
                0,
                4,
            ),  # 0.25 × 0.4 × 0.5 × 0.8
        ]
        alerts = [self._create_alert(profile, rule) for profile, rule, *_rest in cases]
        self._assign()
        for alert, (_profile, _rule, value, priority) in zip(
            alerts, cases, strict=True
        ):
            with self.subTest(alert=alert.display_name):
                self.assertEqual(alert.value_at_risk, value)
                self.assertEqual(alert.priority, priority)

    def test_value_at_risk_stays_that_of_the_day_it_was_raised(self):
        profile = self._create_stakes("Azure", "A", 4000)
        alert = self._create_alert(profile)
        self._assign()
        profile.churn_id.value_at_risk = 9999
        self._assign(days=1)
        self.assertEqual(alert.value_at_risk, 2000)
