from odoo.tests import tagged

from .alert_common import AlertCase

DAY = "2026-11-21"


@tagged("post_install", "-at_install")
class TestAlertSignalsState(AlertCase):
    """Health, tier, contracts and people, at, just under and just over a threshold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._create_alerted("State", tier_id=cls.tiers["A"].id)

    def _score(self, day, total, kind="health", card=None, profile=None, **values):
        card = card or (self.health_card if kind == "health" else self.tier_card)
        return self.env["customer.score"].create(
            {
                "profile_id": (profile or self.profile).id,
                "company_id": self.company.id,
                "kind": kind,
                "date": day,
                "scorecard_id": card.id,
                "total": total,
                **values,
            }
        )

    def _is_found(self, rule, day=DAY, **values):
        return self.profile.id in self._detect(rule, day, **values)

    # === HEALTH === #

    def test_health_falls_from_fifteen_points_on(self):
        rule = self._create_rule("health_drop")
        self._score("2026-09-01", 80)
        row = self._score("2026-11-10", 65.01)
        self.assertFalse(self._is_found(rule))
        row.total = 65
        found = self._detect(rule, DAY)[self.profile.id]
        self.assertEqual(
            found["evidence"],
            {"health": 65.0, "before": 80.0, "days": 30, "score_id": row.id},
        )
        self.assertEqual(found["key"], "2026-11-10")
        row.total = 64.99
        self.assertTrue(self._is_found(rule))

    def test_fall_of_the_thirtieth_day_counts_and_older_ones_do_not(self):
        rule = self._create_rule("health_drop")
        self._score("2026-09-01", 80)
        self._score("2026-10-20", 60)
        self.assertTrue(self._is_found(rule, "2026-11-18"))
        self.assertFalse(self._is_found(rule, "2026-11-19"))

    def test_health_that_rose_and_fell_within_the_days_has_fallen(self):
        rule = self._create_rule("health_drop")
        self._score("2026-09-01", 60)
        self._score("2026-11-01", 76)
        self._score("2026-11-10", 61)
        found = self._detect(rule, DAY)[self.profile.id]["evidence"]
        self.assertEqual((found["before"], found["days"]), (76.0, 20))

    def test_another_scorecard_is_no_fall(self):
        rule = self._create_rule("health_drop")
        other = self.health_card.copy({"company_id": self.company.id})
        self._score("2026-09-01", 90)
        self._score("2026-11-10", 50, card=other)
        self.assertFalse(self._is_found(rule))

    def test_scores_of_tomorrow_are_not_seen(self):
        rule = self._create_rule("health_drop")
        self._score("2026-09-01", 90)
        self._score("2026-11-22", 50)
        self.assertFalse(self._is_found(rule))

    # === TIER === #

    def test_tier_is_at_risk_when_the_review_is_45_days_away(self):
        rule = self._create_rule("tier_at_risk")
        self.profile.write(
            {"tier_today_id": self.tiers["B"].id, "date_next_review": "2026-12-31"}
        )
        for day, is_found in (
            ("2026-11-15", False),
            ("2026-11-16", True),
            ("2026-12-31", True),
            ("2027-01-01", False),
        ):
            with self.subTest(day=day):
                self.assertEqual(self._is_found(rule, day, live=True), is_found)
        self.assertEqual(
            self._detect(rule, DAY, live=True)[self.profile.id]["evidence"],
            {
                "tier_id": self.tiers["A"].id,
                "today_id": self.tiers["B"].id,
                "date_review": "2026-12-31",
            },
        )

    def test_tier_that_would_stay_or_rise_is_not_at_risk(self):
        rule = self._create_rule("tier_at_risk")
        for code in "SA":
            self.profile.write(
                {"tier_today_id": self.tiers[code].id, "date_next_review": "2026-12-31"}
            )
            with self.subTest(code=code):
                self.assertFalse(self._is_found(rule, live=True))

    def test_tier_that_an_approved_request_holds_is_not_at_risk(self):
        rule = self._create_rule("tier_at_risk")
        self.profile.write(
            {"tier_today_id": self.tiers["B"].id, "date_next_review": "2026-12-31"}
        )
        request = self.env["customer.tier.request"].create(
            {
                "profile_id": self.profile.id,
                "wished_tier_id": self.tiers["A"].id,
                "reason": "Strategic",
                "date_end": "2026-12-31",
                "requester_id": self.env.uid,
                "requested_datetime": "2026-11-01 12:00:00",
            }
        )
        self.assertTrue(self._is_found(rule, live=True))
        request.state = "approved"
        self.assertFalse(self._is_found(rule, live=True))
        request.date_end = "2026-12-30"  # the review decides again
        self.assertTrue(self._is_found(rule, live=True))

    def test_tier_of_a_past_day_comes_from_scores_and_changes(self):
        rule = self._create_rule("tier_at_risk")
        score = self._score("2026-08-20", 20, "tier", tier_id=self.tiers["B"].id)
        self._score("2026-10-20", 30, "tier", tier_id=self.tiers["A"].id)
        self.assertTrue(self._is_found(rule, "2026-09-01"))  # A today, B by figures
        self.assertFalse(self._is_found(rule))
        self.env["customer.tier.change"].create(
            {
                "profile_id": self.profile.id,
                "company_id": self.company.id,
                "date": "2026-10-01",
                "direction": "up",
                "reason": "review",
                "from_tier_id": self.tiers["B"].id,
                "to_tier_id": self.tiers["A"].id,
                "score_id": score.id,
            }
        )
        self.assertFalse(self._is_found(rule, "2026-09-01"))  # B then

    # === CONTRACTS === #

    def _create_renewal(self, day, **values):
        return self.env["customer.milestone"].create(
            {
                "profile_id": self.profile.id,
                "kind": "renewal",
                "date_end": day,
                **values,
            }
        )

    def _talk(self, day, **values):
        return self.env["customer.interaction"].create(
            {
                "profile_id": self.profile.id,
                "interaction_datetime": f"{day} 12:00:00",
                **values,
            }
        )

    def test_contract_is_near_from_sixty_days_before_its_end_on(self):
        rule = self._create_rule("renewal_near")
        renewal = self._create_renewal("2027-01-20")
        for day, is_found in (
            ("2026-11-20", False),
            ("2026-11-21", True),
            ("2027-01-20", True),
            ("2027-01-21", False),
        ):
            with self.subTest(day=day):
                self.assertEqual(self._is_found(rule, day), is_found)
        found = self._detect(rule, DAY)[self.profile.id]
        self.assertEqual(found["key"], str(renewal.id))
        self.assertEqual(
            found["evidence"],
            {"milestone_id": renewal.id, "days": 60, "date_end": "2027-01-20"},
        )

    def test_of_two_contracts_the_one_that_ends_first_is_said(self):
        rule = self._create_rule("renewal_near")
        self._create_renewal("2027-01-10")
        first = self._create_renewal("2026-12-10")
        self.assertEqual(self._detect(rule, DAY)[self.profile.id]["key"], str(first.id))

    def test_contract_somebody_talked_about_lately_is_planned(self):
        rule = self._create_rule("renewal_near")
        self._create_renewal("2027-01-10")
        talk = self._talk("2026-09-22")
        self.assertTrue(self._is_found(rule))  # sixty days ago
        talk.interaction_datetime = "2026-09-23 12:00:00"
        self.assertFalse(self._is_found(rule))
        talk.is_bulk = True
        self.assertTrue(self._is_found(rule))

    def test_contract_with_an_open_next_step_is_planned(self):
        rule = self._create_rule("renewal_near")
        self._create_renewal("2027-01-10")
        talk = self._talk("2026-06-01", next_step="Offer", date_next_step="2026-12-01")
        self.assertFalse(self._is_found(rule))
        talk.next_step_state = "done"
        self.assertTrue(self._is_found(rule))

    def test_reminder_of_the_system_is_no_plan_but_an_activity_is(self):
        rule = self._create_rule("renewal_near")
        renewal = self._create_renewal("2027-01-10")
        activity = renewal.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.env.uid
        )
        self.assertTrue(activity.automated)
        self.assertTrue(self._is_found(rule))
        activity.automated = False
        self.assertFalse(self._is_found(rule))

    def test_decided_contract_is_not_near(self):
        rule = self._create_rule("renewal_near")
        renewal = self._create_renewal("2027-01-10")
        renewal.write({"renewal_state": "renewed", "date_decided": "2026-11-21"})
        self.assertFalse(self._is_found(rule))
        self.assertTrue(self._is_found(rule, "2026-11-20"))  # not decided then

    # === PEOPLE === #

    def test_contacts_who_left_within_the_days_are_found_once_each(self):
        rule = self._create_rule("contact_left")
        rows = self.env["customer.stakeholder"]
        for name, day, reason in (
            ("Ada", "2026-10-23", "left"),
            ("Ben", "2026-11-21", "bounced"),
            ("Cem", "2026-10-22", "left"),  # too long ago
            ("Dan", "2026-11-20", "changed"),  # has another task
        ):
            contact = self._create_partner(
                name, parent_id=self.profile.partner_id.id, is_company=False
            )
            rows |= rows.create(
                {
                    "profile_id": self.profile.id,
                    "partner_id": contact.id,
                    "date_from": "2026-01-01",
                    "date_to": day,
                    "end_reason": reason,
                }
            )
        found = rule._detect(self.company, self._to_date(DAY))
        mine = [row for row in found if row["profile_id"] == self.profile.id]
        self.assertEqual(
            sorted(row["key"] for row in mine),
            sorted(
                [
                    f"{rows[0].partner_id.id}:2026-10-23",
                    f"{rows[1].partner_id.id}:2026-11-21",
                ]
            ),
        )
