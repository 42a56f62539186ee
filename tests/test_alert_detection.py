from odoo.tests import freeze_time, tagged

from .alert_common import AlertCase

DAY = "2026-10-10"


@tagged("post_install", "-at_install")
class TestAlertDetection(AlertCase):
    """Raising, ending and not raising again: a day twice is as once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule("no_order_days", severity="high")
        cls.profile = cls._create_alerted("Silent", tier_id=cls.tiers["A"].id)
        cls._order(cls.profile, "2026-06-01", "2026-07-01", "2026-08-01")

    # === RAISING === #

    def test_alert_keeps_what_was_seen_on_its_day(self):
        self.assertGreaterEqual(self._raise(DAY), 1)
        alert = self._get_alerts(self.profile)
        self.assertRecordValues(
            alert,
            [
                {
                    "rule_id": self.rule.id,
                    "signal": "no_order_days",
                    "key": "2026-08-01",
                    "date": self._to_date(DAY),
                    "date_over": False,
                    "value": 70,
                    "severity": "high",
                    "tier_id": self.tiers["A"].id,
                    "state": "open",
                    "is_event": False,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(alert.evidence["silence"], 70)
        self.assertFalse(alert.message_ids)
        self.assertFalse(alert.message_follower_ids)
        self.rule.write({"severity": "low", "threshold": 10})
        self.assertEqual((alert.severity, alert.value), ("high", 70))

    def test_same_day_twenty_times_raises_and_writes_nothing(self):
        self._create_rule("amount_drop")
        self._create_rule("frequency_drop")
        self._raise(DAY)
        before = self._dump()
        for _time in range(20):
            self.assertEqual(self._raise(DAY), 0)
        self.assertEqual(self._dump(), before)

    def test_next_days_of_the_same_gap_raise_nothing(self):
        self._raise(DAY)
        for day in ("2026-10-11", "2026-11-10", "2027-02-10"):
            self.assertEqual(self._raise(day), 0)
        self.assertEqual(len(self._get_alerts(self.profile)), 1)

    def test_without_a_company_every_company_is_looked_at(self):
        other = self._create_alerted("Other company", self.other_company)
        self._order(other, "2026-08-01")
        self.alerts._raise_alerts(self._to_date(DAY))
        self.assertEqual(len(self._get_alerts(self.profile)), 1)
        self.assertEqual(self._get_alerts(other).company_id, self.other_company)

    def test_company_does_not_see_what_others_ordered(self):
        other = self._create_alerted("Other company", self.other_company)
        self._order(other, "2026-08-01")
        twin = self.env["customer.profile"]._get_or_create(
            self.profile.partner_id, self.other_company
        )
        self._order(twin, "2026-10-01")
        self._raise(DAY)
        self.assertFalse(self._get_alerts(other))
        self.assertEqual(len(self._get_alerts(self.profile)), 1)

    def test_customers_who_are_gone_or_left_out_get_none(self):
        for name, values in {
            "Archived": {"active": False},
            "Unrated": {"is_not_rated": True},
            "Excluded": {"rating_state": "excluded"},
        }.items():
            profile = self._create_alerted(name)
            self._order(profile, "2026-08-01")
            profile.write(values)
        self.assertEqual(
            set(self._detect(self.rule, DAY)) - self._get_seeded(), {self.profile.id}
        )

    def _get_seeded(self):
        """Return the ids of customers that were there before the tests."""
        rows = self.env["customer.profile"].search([("id", "<", self.profile.id)])
        return set(rows.ids)

    def test_rule_of_stages_finds_customers_of_the_stage_on_the_day(self):
        stages = self.env["customer.lifecycle.stage"].search([], limit=2)
        with freeze_time("2026-01-01 12:00:00"):
            self.profile.lifecycle_stage_id = stages[0]
        self.rule.stage_ids = stages[0]
        self.assertIn(self.profile.id, self._detect(self.rule, DAY))
        with freeze_time("2026-11-21 12:00:00"):
            self.profile.lifecycle_stage_id = stages[1]  # after the day
        self.assertIn(self.profile.id, self._detect(self.rule, DAY))
        self.rule.stage_ids = stages[1]
        self.assertNotIn(self.profile.id, self._detect(self.rule, DAY))

    def test_three_customers_in_the_whole_company_are_enough(self):
        company = self.env["res.company"].create({"name": "Tiny"})
        self.env.user.company_ids |= company
        for number, day in enumerate(("2026-08-01", "2026-10-01", "2027-01-01")):
            profile = self._create_alerted(f"Tiny {number}", company)
            self._order(profile, day)
        risk = self._create_rule("churn_at_risk")
        self.assertEqual(self._raise(DAY, company), 1)
        self.assertFalse(risk.last_error)

    # === RECOVERY === #

    def test_new_order_ends_the_gap_and_the_next_gap_is_a_new_alert(self):
        self._raise(DAY)
        self._order(self.profile, "2026-10-15")
        self._raise("2026-10-14")
        alert = self._get_alerts(self.profile)
        self.assertFalse(alert.date_over)  # not ordered yet
        self._raise("2026-10-15")
        self.assertEqual(alert.date_over, self._to_date("2026-10-15"))
        self._raise("2026-12-15")
        self.assertEqual(
            self._get_alerts(self.profile).mapped("key"), ["2026-08-01", "2026-10-15"]
        )

    def test_gap_goes_on_when_the_order_that_ended_it_is_cancelled(self):
        self._raise(DAY)
        order = self._order(self.profile, "2026-10-15")
        self._raise("2026-10-15")
        alert = self._get_alerts(self.profile)
        self.assertRecordValues(alert, [{"state": "closed", "outcome": "recovered"}])
        order.state = "cancel"
        self._raise("2026-10-16")
        self.assertRecordValues(
            alert, [{"state": "open", "outcome": False, "date_over": False}]
        )
        self.assertEqual(self._get_alerts(self.profile), alert)
        before = self._dump()
        self._raise("2026-10-16")
        self.assertEqual(self._dump(), before)

    def test_figure_must_be_better_than_the_threshold_by_the_margin(self):
        """Threshold 30, margin 5: over from 25% on."""
        rule = self._create_rule("amount_drop")
        self._set_drop(35)
        self._raise(DAY, live=True)
        alert = self._get_alerts(self.profile, rule)
        for day, drop in (("2026-10-11", 29), ("2026-10-12", 25.01)):
            self._set_drop(drop)
            self._raise(day, live=True)
            self.assertFalse(alert.date_over)
        self._set_drop(25)
        self._raise("2026-10-13", live=True)
        self.assertEqual(alert.date_over, self._to_date("2026-10-13"))

    def test_unknown_figure_ends_nothing(self):
        rule = self._create_rule("amount_drop")
        self._set_drop(35)
        self._raise(DAY, live=True)
        self._set_drop(0, amount_12m_state="no_rate")
        self._raise("2026-10-11", live=True)
        self.assertFalse(self._get_alerts(self.profile, rule).date_over)

    def test_after_recovery_the_customer_is_left_alone_for_the_quiet_days(self):
        rule = self._create_rule("amount_drop", cooldown_days=30)
        self._set_drop(35)
        self._raise(DAY, live=True)
        self._set_drop(10)
        self._raise("2026-10-11", live=True)
        self._set_drop(35)
        self._raise("2026-11-09", live=True)
        self.assertEqual(len(self._get_alerts(self.profile, rule)), 1)
        self._raise("2026-11-10", live=True)
        self.assertEqual(len(self._get_alerts(self.profile, rule)), 2)

    def _set_drop(self, percent, **values):
        snapshots = self.env["customer.snapshot"]
        snapshot = snapshots.search([("profile_id", "=", self.profile.id)])
        snapshot = snapshot or snapshots.create(
            {"profile_id": self.profile.id, "company_id": self.company.id}
        )
        snapshot.write(
            {
                "amount_12m": 1000 - 10 * percent,
                "amount_12m_state": "known",
                "order_count_12m": 2,
                "amount_prev_12m": 1000,
                "amount_prev_12m_state": "known",
                **values,
            }
        )

    def test_alert_of_a_rule_that_was_switched_off_still_ends(self):
        self._raise(DAY)
        self.rule.active = False
        self._order(self.profile, "2026-10-15")
        self._raise("2026-10-15")
        self.assertTrue(self._get_alerts(self.profile).date_over)

    def test_alert_of_an_archived_customer_is_over(self):
        self._raise(DAY)
        self.profile.active = False
        self._raise("2026-10-11")
        self.assertTrue(self._get_alerts(self.profile).date_over)
