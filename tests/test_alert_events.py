from odoo.tests import freeze_time, tagged

from .alert_common import AlertCase

DAY = "2026-11-21"
EVIDENCE = {"reason": "left", "date": DAY}


@tagged("post_install", "-at_install")
@freeze_time(f"{DAY} 12:00:00")
class TestAlertEvents(AlertCase):
    """Alerts raised at once, and what becomes of alerts when customers are merged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule("contact_left")
        cls.profile = cls._create_alerted("Event", tier_id=cls.tiers["A"].id)

    def _raise_event(self, key="1:2026-11-21", profiles=None):
        return self.alerts._raise_event(
            profiles or self.profile, "contact_left", key, EVIDENCE
        )

    # === EVENTS === #

    def test_event_raises_one_alert_for_each_customer_rule_and_key(self):
        alert = self._raise_event()
        self.assertRecordValues(
            alert,
            [
                {
                    "profile_id": self.profile.id,
                    "key": "1:2026-11-21",
                    "date": self._to_date(DAY),
                    "is_event": True,
                    "tier_id": self.tiers["A"].id,
                    "date_over": False,
                }
            ],
        )
        self.assertEqual(alert.evidence, EVIDENCE)
        self.assertFalse(self._raise_event())
        self.assertEqual(len(self._raise_event("2:2026-11-21")), 1)

    def test_event_is_not_raised_by_the_night(self):
        contact = self._create_partner("Ada", parent_id=self.profile.partner_id.id)
        self.env["customer.stakeholder"].create(
            {
                "profile_id": self.profile.id,
                "partner_id": contact.id,
                "date_from": "2026-01-01",
                "date_to": DAY,
                "end_reason": "left",
            }
        )
        self.assertIn(self.profile.id, self._detect(self.rule, DAY))
        self._raise(DAY)
        self.assertFalse(self._get_alerts(self.profile))

    def test_event_reaches_customers_of_the_rule_only(self):
        other = self._create_alerted("Tier B", tier_id=self.tiers["B"].id)
        gone = self._create_alerted("Gone", tier_id=self.tiers["A"].id, active=False)
        stage = self.env["customer.lifecycle.stage"].search([], limit=1)
        self.rule.tier_codes = "A"
        both = self.profile | other | gone
        self.assertEqual(self._raise_event(profiles=both).profile_id, self.profile)
        self.rule.write({"tier_codes": False, "stage_ids": [(6, 0, stage.ids)]})
        self.assertFalse(self._raise_event("3"))
        self.profile.lifecycle_stage_id = stage
        self.assertTrue(self._raise_event("3"))
        self.rule.active = False
        self.assertFalse(self._raise_event("4"))

    def test_event_of_two_companies_has_the_day_of_each(self):
        self.other_company.customer_tz = "Pacific/Kiritimati"
        theirs = self._create_alerted("Theirs", self.other_company)
        alerts = self._raise_event(profiles=self.profile | theirs)
        self.assertEqual(
            {alert.company_id: str(alert.date) for alert in alerts},
            {self.company: "2026-11-21", self.other_company: "2026-11-22"},
        )

    def test_event_of_a_later_day_is_not_ended_by_an_earlier_one(self):
        nobody = {"stakeholder_ids": []}  # whose roles all are held again
        early, late = (
            self._create_alert(self.profile, self.rule, day, date=day, evidence=nobody)
            for day in ("2026-11-01", "2026-11-20")
        )
        with self.assertNoLogs("odoo.addons.customer_success.batches", "ERROR"):
            self._raise("2026-11-10")  # nothing that the database refuses
        self.assertEqual(early.date_over, self._to_date("2026-11-10"))
        self.assertFalse(late.date_over)

    # === MERGE === #

    def _create_alert(self, profile, rule, key, **values):
        return self.alerts.create(
            {
                "profile_id": profile.id,
                "rule_id": rule.id,
                "signal": rule.signal,
                "key": key,
                "date": "2026-11-01",
                "severity": "low",
                "is_event": rule.is_event,
                **values,
            }
        )

    def test_alerts_go_to_the_survivor_and_what_both_have_ends_for_one(self):
        silent, falling = (
            self._create_rule("no_order_days"),
            self._create_rule("health_drop"),
        )
        old = self._create_alerted("Merged")
        kept = self._create_alert(self.profile, silent, "2026-08-01")
        same = self._create_alert(old, silent, "2026-08-01")
        moved = self._create_alert(old, falling, "2026-11-01")
        event = self._create_alert(old, self.rule, "7:2026-11-01")
        past = self._create_alert(old, silent, "2026-01-01", date_over="2026-11-10")
        old._merge_into(self.profile)
        self.assertEqual((moved | event | past).profile_id, self.profile)
        self.assertRecordValues(
            same, [{"profile_id": old.id, "state": "closed", "outcome": "known"}]
        )
        self.assertTrue(same.date_over)
        self.assertFalse((kept | moved | event).filtered("date_over"))
        self.assertEqual(str(past.date_over), "2026-11-10")

    def test_of_two_gaps_of_a_rule_that_of_the_survivor_goes_on(self):
        silent = self._create_rule("no_order_days")
        old = self._create_alerted("Merged")
        kept = self._create_alert(self.profile, silent, "2026-08-01")
        double = self._create_alert(old, silent, "2026-09-01")
        old._merge_into(self.profile)
        self.assertFalse(kept.date_over)
        self.assertRecordValues(
            double,
            [
                {
                    "profile_id": self.profile.id,
                    "state": "closed",
                    "outcome": "known",
                    "date_over": self._to_date(DAY),
                }
            ],
        )

    def test_two_merged_customers_do_not_clash_with_each_other(self):
        silent = self._create_rule("no_order_days")
        olds = self._create_alerted("One") | self._create_alerted("Two")
        alerts = self._create_alert(olds[0], silent, "2026-09-01")
        alerts |= self._create_alert(olds[1], silent, "2026-09-02")
        olds._merge_into(self.profile)
        self.assertEqual(alerts.profile_id, self.profile)
        self.assertEqual(len(alerts.filtered("date_over")), 1)
