from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import DAY
from .interaction_common import InteractionCase


@tagged("post_install", "-at_install")
class TestInteractionFigures(InteractionCase):
    """Targets per tier, the card, executive visits, and merges."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tiers["B"].interaction_target = 2
        cls.profile.sudo().tier_id = cls.tiers["B"]

    def _log_on(self, day, effective=True, **values):
        return self._log(
            interaction_datetime=f"{day} 10:00:00",
            feedback="Fine" if effective else False,
            **values,
        )

    # === TARGET === #

    def test_the_month_is_measured_against_the_target_of_the_tier(self):
        with freeze_time(f"{DAY} 12:00:00"):
            profiles = self.env["customer.profile"].with_user(self.sales)
            mine = profiles.browse(self.profile.id)
            below = [
                ("is_below_interaction_target", "=", True),
                ("id", "=", mine.id),
            ]
            self._log_on("2026-11-01")
            self._log_on("2026-11-02", effective=False)
            self._log_on("2026-10-31")
            self.assertEqual(mine.interaction_text, "1 of 2")
            self.assertTrue(mine.is_below_interaction_target)
            self.assertEqual(profiles.search(below), mine)
            self._log_on("2026-11-21")
            mine.invalidate_recordset()
            self.assertEqual(mine.interaction_text, "2 of 2")
            self.assertFalse(mine.is_below_interaction_target)
            self.assertFalse(profiles.search(below))
            reached = [("is_below_interaction_target", "=", False)]
            self.assertIn(mine, profiles.search(reached))
            self.tiers["B"].interaction_target = 3
            self.assertEqual(profiles.search(below), mine)

    def test_a_customer_without_a_tier_owes_nothing(self):
        self.profile.sudo().tier_id = False
        self.assertEqual(self.profile.interaction_text, "0 of 0")
        self.assertFalse(self.profile.is_below_interaction_target)

    def test_the_analysis_counts_customers_without_a_word_too(self):
        silent = self._get_profile(self._create_partner("Silent"))
        silent.tier_id = self.tiers["B"]
        with freeze_time(f"{DAY} 12:00:00"):
            for day in ("2026-10-05", "2026-10-06", "2026-11-03"):
                self._log_on(day)
            groups = (
                self.env["customer.interaction.report"]
                .with_user(self.sales)
                ._read_group(
                    [("profile_id", "in", (self.profile | silent).ids)],
                    ["tier_id", "month:month"],
                    ["effective_count:avg", "reached_rate:avg", "target:avg"],
                )
            )
        self.assertEqual(
            [(str(month), *figures) for _tier, month, *figures in groups],
            [
                ("2026-08-01", 0, 0, 2),
                ("2026-09-01", 0, 0, 2),
                ("2026-10-01", 1, 0.5, 2),
                ("2026-11-01", 0.5, 0, 2),
            ],
        )

    # === CARD === #

    def test_the_card_says_what_was_said_last_and_how_often(self):
        with freeze_time(f"{DAY} 12:00:00"):
            for day in ("2026-08-01", "2026-09-02", "2026-10-31", "2026-10-03"):
                self._log_on(day)
            self._log_on("2026-07-31")
            self._log_on("2026-11-20", state="proposed")
            self._log_on("2026-11-19", state="dismissed")
            self._log_on(
                "2026-11-12",
                name="Budget",
                content=f"<p>Waiting for <b>budget</b></p><p>{'x' * 200}</p>",
                next_step="Offer",
                date_next_step="2026-11-20",
            )
            self.env.flush_all()
            self.env.invalidate_all()
            mine = self.profile.with_user(self.sales)
            mine.company_id.customer_tz
            with self.assertQueryCount(3):
                card = mine._get_interaction_card()
        first, second, third = card.pop("interactions")
        self.assertEqual(
            card,
            {
                "proposed_count": 1,
                "effective_month": 1,
                "target": 2,
                "average_3m": 1.3,
                "is_below_target": True,
                "executive_visits": {
                    "total": 0,
                    "outgoing": 0,
                    "incoming": 0,
                    "both": 0,
                },
            },
        )
        self.assertEqual(first["date"], "2026-11-12")
        self.assertEqual((first["channel"], first["name"]), ("Phone", "Budget"))
        self.assertEqual(first["ours"], [self.sales.name])
        self.assertEqual(first["theirs"], [self.contact.name])
        self.assertTrue(first["content"].startswith("Waiting for *budget* xxx"))
        self.assertEqual(len(first["content"]), 121)
        self.assertEqual(first["next_step"], "Offer")
        self.assertEqual(first["date_next_step"], "2026-11-20")
        self.assertTrue(first["is_late"])
        self.assertEqual((second["date"], third["date"]), ("2026-10-31", "2026-10-03"))
        self.assertFalse(second["is_late"])

    def test_the_card_of_a_customer_nobody_talked_to_is_empty(self):
        card = self.profile._get_interaction_card()
        self.assertEqual(card["interactions"], [])
        self.assertEqual((card["proposed_count"], card["average_3m"]), (0, 0))

    # === EXECUTIVE VISITS === #

    def _make_executives(self):
        member = self.env["customer.team.member"].create(
            {
                "profile_id": self.profile.id,
                "user_id": self.sales.id,
                "role_id": self.env["customer.team.role"]
                .create({"name": "Boss", "code": "boss", "is_executive": True})
                .id,
                "date_from": "2026-01-01",
            }
        )
        role = self.env["customer.stakeholder.role"].create(
            {"name": "Chief", "code": "chief"}
        )
        stakeholder = self.env["customer.stakeholder"].create(
            {
                "profile_id": self.profile.id,
                "partner_id": self.contact.id,
                "role_id": role.id,
                "is_executive": True,
                "date_from": "2026-01-01",
            }
        )
        return member, stakeholder

    def test_an_executive_visit_needs_an_executive_of_each_side_that_day(self):
        member, stakeholder = self._make_executives()
        visit = self._log_on("2026-06-01", channel="visit")
        early = self._log_on("2025-12-31", channel="visit")
        call = self._log_on("2026-06-01", channel="phone")
        proposed = self._log_on("2026-06-02", channel="visit", state="proposed")
        other = self._log_on(
            "2026-06-01", channel="visit", user_ids=[Command.set(self.colleague.ids)]
        )
        self.assertTrue(visit.is_executive_visit)
        for interaction in (early, call, proposed, other):
            self.assertFalse(interaction.is_executive_visit)
        proposed.action_confirm()
        self.assertTrue(proposed.is_executive_visit)
        stakeholder.write({"date_to": "2026-06-02", "end_reason": "left"})
        self.assertFalse(proposed.is_executive_visit)
        self.assertTrue(visit.is_executive_visit)
        member.date_from = "2026-06-02"
        self.assertFalse(visit.is_executive_visit)
        member.date_from = "2025-01-01"
        self.assertTrue(visit.is_executive_visit)
        stakeholder.is_executive = False
        self.assertFalse(visit.is_executive_visit)

    def test_executive_visits_are_counted_in_both_directions(self):
        self._make_executives()
        with freeze_time(f"{DAY} 12:00:00"):
            for day, direction in (
                ("2026-06-01", "outgoing"),
                ("2026-07-01", "outgoing"),
                ("2026-08-01", "incoming"),
                ("2026-09-01", "both"),
                ("2025-11-21", "outgoing"),
            ):
                self._log_on(day, channel="visit", direction=direction)
            visits = self.profile._get_interaction_card()["executive_visits"]
        self.assertEqual(visits, {"total": 4, "outgoing": 2, "incoming": 1, "both": 1})

    # === MERGE === #

    def _merge(self, source, target):
        wizard = (
            self.env["base.partner.merge.automatic.wizard"]
            .with_context(active_model="res.partner", active_ids=(source | target).ids)
            .create({"dst_partner_id": target.id})
        )
        wizard.action_merge()
        self.env.invalidate_all()

    def test_merged_customers_keep_every_interaction_and_no_meeting_twice(self):
        twin = self._create_partner("Inter Twin")
        twin_profile = self._get_profile(twin)
        ben = self._create_contact("Ben", twin)
        event = self._create_event(people=self.contact | ben)
        self._propose()
        mine, theirs = self._get_proposals(), self._get_proposals(twin_profile)
        theirs.write({"state": "confirmed", "feedback": "Good"})
        call = self._log(
            profile=twin_profile,
            user=self.env.user,
            partner_ids=[Command.set(ben.ids)],
            user_ids=[Command.set(self.sales.ids)],
            feedback="x",
        )
        self._merge(twin, self.partner)
        rows = self.env["customer.interaction"].with_context(active_test=False)
        family = rows.search([("profile_id", "=", self.profile.id)])
        self.assertEqual(family, mine | theirs | call)
        self.assertEqual(family.filtered("active"), theirs | call)
        self.assertEqual(theirs.partner_ids, ben)
        self.assertEqual(theirs.calendar_event_id, event)
        self.assertTrue(call.is_effective)
        self.assertFalse(self._propose())

    def test_what_the_merged_customer_logged_first_stays_in_use(self):
        twin_profile = self._get_profile(self._create_partner("Inter Twin"))
        event = self._create_event(people=self.contact)
        theirs, mine = (
            self._log(
                profile=profile,
                user=self.env.user,
                partner_ids=[],
                calendar_event_id=event.id,
            )
            for profile in (twin_profile, self.profile)
        )
        self._merge(twin_profile.partner_id, self.partner)
        self.assertEqual((theirs | mine).profile_id, self.profile)
        self.assertEqual((theirs | mine).filtered("active"), theirs)

    def test_merged_contacts_stay_in_what_they_took_part_in(self):
        double = self._create_contact("Ann Double", self.partner)
        both = self._log(
            feedback="x", partner_ids=[Command.set((self.contact | double).ids)]
        )
        one = self._log(feedback="x", partner_ids=[Command.set(double.ids)])
        self._merge(double, self.contact)
        self.assertEqual(both.partner_ids, self.contact)
        self.assertEqual(one.partner_ids, self.contact)
        self.assertTrue(both.is_effective and one.is_effective)
