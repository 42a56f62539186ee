from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .overview_common import OverviewCase


@tagged("post_install", "-at_install")
class TestOverview(OverviewCase):
    """Every number of the start screen, by hand and as the sales user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # tier, health now; tier by today's figures, health a week ago and then
        cls.customers = {
            "calm": cls._create_rated("Calm", "S", "healthy", 90),
            "risky": cls._create_rated("Risky", "S", "at_risk", 20),
            "falling": cls._create_rated("Falling", "A", "watch", 60, today="B"),
            "sick": cls._create_rated("Sick", "B", "watch", 55, was_health=65),
            "stable": cls._create_rated("Stable", "B", "watch", 56, was_health=65),
            "late": cls._create_rated("Late", "C", "watch", 50, is_overdue=True),
            "debtor": cls._create_rated(
                "Debtor", "C", "watch", 50, is_overdue=True, was_overdue=0.3
            ),
        }
        cls.waiting = cls._create_profile("Waiting")
        cls.excluded = cls._create_profile("Excluded")
        cls.excluded.rating_state = "excluded"
        cls._create_rated("Foreign", "S", "at_risk", 20, user=cls.stranger)
        cls._create_rated("Elsewhere", "S", "at_risk", 20, company=cls.other_company)
        cls.env.flush_all()

    def _names(self, rows):
        return [row["name"] for row in rows]

    # === TILES === #

    def test_got_worse_names_those_who_would_fall_lost_health_or_are_newly_overdue(
        self,
    ):
        worse = self._get_overview()["worse"]
        self.assertEqual(worse["count"], 3)
        self.assertEqual(
            {row["name"]: row["why"] for row in worse["rows"]},
            {
                "Falling": "Would fall to B: Days late, on average 7 → 31",
                "Sick": "Health 65 → 55: Days since the last order 20 → 120",
                "Late": "Newly overdue",
            },
        )
        self.assertEqual(
            {row["name"]: row["button"]["method"] for row in worse["rows"]},
            {
                "Falling": "action_open_overdue",
                "Sick": "action_open_orders",
                "Late": "action_open_overdue",
            },
        )

    def test_at_risk_counts_the_two_highest_tiers_of_the_active_scorecard(self):
        at_risk = self._get_overview()["tiles"]["at_risk"]
        self.assertEqual(
            [(number["label"], number["count"]) for number in at_risk],
            [("S", 1), ("A", 0)],
        )
        card = self.tier_card.copy({"company_id": self.company.id})
        for tier in card.tier_ids:
            tier.code = {"S": "Gold", "A": "Silver"}.get(tier.code, tier.code)
        card.action_activate()
        at_risk = self._get_overview()["tiles"]["at_risk"]
        self.assertEqual([n["label"] for n in at_risk], ["Gold", "Silver"])

    def test_not_rated_says_why(self):
        number = self._get_overview()["tiles"]["not_rated"]
        self.assertEqual(number["count"], 2)
        self.assertEqual(
            [(reason["label"], reason["count"]) for reason in number["reasons"]],
            [("Waiting for the first run", 1), ("Not rated: left out", 1)],
        )

    def test_share_of_high_end_customers_and_how_it_moved(self):
        high = self._get_overview()["tiles"]["high"]
        # S, S, A of seven with a tier: 42.86%
        self.assertEqual(
            (high["label"], high["count"], high["share"]), ("S + A", 3, 43)
        )
        self.assertEqual(high["change"], 0)
        self._create_change("falling", "2026-09-30", "B", "A")
        self._create_change("calm", "2026-10-05", False, "S")
        # before the review: S of six with a tier, 16.67%
        high = self._get_overview()["tiles"]["high"]
        self.assertEqual(high["change"], 26.2)

    def test_share_adds_up_the_changes_of_a_customer_since_the_review_only(self):
        self._create_change("calm", "2026-09-29", "C", "S")
        self._create_change("risky", "2026-09-30", "B", "A")
        self._create_change("risky", "2026-11-01", "A", "S")
        # before the review: S, A of seven, 28.57%
        self.assertEqual(self._get_overview()["tiles"]["high"]["change"], 14.3)

    def test_bars_show_how_tiers_and_health_are_spread(self):
        overview = self._get_overview()
        self.assertEqual(
            [(bar["label"], bar["count"], bar["share"]) for bar in overview["tiers"]],
            [("S", 2, 29), ("A", 1, 14), ("B", 2, 29), ("C", 2, 29)],
        )
        self.assertEqual(
            [(bar["health"], bar["count"], bar["share"]) for bar in overview["health"]],
            [("healthy", 1, 14), ("watch", 5, 71), ("at_risk", 1, 14)],
        )

    def test_every_number_is_the_count_of_the_list_behind_it(self):
        self._create_change("falling", "2026-09-30", "S", "A")
        for user in (self.user, self.manager):
            for scope in ("mine", "team", "company"):
                with self.subTest(user=user.login, scope=scope):
                    self._assert_numbers_are_lists(user, scope)

    def _assert_numbers_are_lists(self, user, scope):
        overview = self._get_overview(user, scope)
        numbers = [
            overview["worse"],
            *overview["tiles"]["at_risk"],
            overview["tiles"]["not_rated"],
            *overview["tiles"]["not_rated"]["reasons"],
            overview["tiles"]["high"],
            *overview["tiers"],
            *overview["health"],
        ]
        profiles = self.env["customer.profile"].with_user(user)
        with freeze_time("2026-11-21 12:00:00"):
            for number in numbers:
                found = profiles.search_count(number["domain"])
                self.assertEqual(number["count"], found, number["title"])
        changes = self.env["customer.tier.change"].with_user(user)
        for number in overview["moves"]["numbers"]:
            self.assertEqual(number["count"], changes.search_count(number["domain"]))

    # === MOVED === #

    def test_moved_since_the_last_review_with_direction_and_reason(self):
        self._create_change("falling", "2026-09-29", "B", "A")
        self._create_change("risky", "2026-09-30", "A", "S")
        self._create_change("stable", "2026-09-30", "A", "B")
        self._create_change("late", "2026-09-30", False, "C")
        self._create_score("stable", "2026-06-30", amount=96000)
        self._create_score("stable", "2026-09-30", amount=41000)
        moves = self._get_overview()["moves"]
        self.assertEqual(moves["since"], "2026-09-30")
        self.assertEqual(
            [(number["direction"], number["count"]) for number in moves["numbers"]],
            [("up", 1), ("down", 1)],
        )
        self.assertEqual(
            [(row["name"], row["from"], row["to"]) for row in moves["rows"]],
            [("Risky", "A", "S"), ("Stable", "A", "B")],
        )
        self.assertEqual(
            moves["rows"][1]["why"],
            "Amount of 12 months $\xa096,000 → $\xa041,000",
        )

    # === SCOPE === #

    def test_scopes_show_mine_the_teams_with_unassigned_and_all(self):
        self._create_team(self.user, self.colleague)
        self._create_rated("Colleague", "C", "healthy", 90, user=self.colleague)
        self._create_rated("Nobody's", "C", "healthy", 90, user=self.env["res.users"])
        manager_sees = {"mine": 0, "team": 1, "company": 10}
        user_sees = {"mine": 7, "team": 9, "company": 7}
        for user, sees in ((self.user, user_sees), (self.manager, manager_sees)):
            for scope, count in sees.items():
                with self.subTest(user=user.login, scope=scope):
                    tiers = self._get_overview(user, scope)["tiers"]
                    self.assertEqual(sum(bar["count"] for bar in tiers), count)

    def test_only_who_sees_all_is_offered_the_company(self):
        scopes = [scope["key"] for scope in self._get_overview()["scopes"]]
        self.assertEqual(scopes, ["mine", "team"])
        overview = self._get_overview(self.manager)
        self.assertEqual(overview["scope"], "company")
        self.assertEqual(len(overview["scopes"]), 3)

    def test_a_scope_that_is_none_gives_the_default(self):
        for scope in (None, "", "everything", 5, [], ["mine"], {}):
            self.assertEqual(self._get_overview(scope=scope)["scope"], "mine")

    def test_another_company_shows_its_own_customers_only(self):
        self._create_run(self.other_company)
        self.manager.company_ids = [Command.link(self.other_company.id)]
        overview = self._get_overview(self.manager, company=self.other_company)
        self.assertEqual(sum(bar["count"] for bar in overview["tiers"]), 1)
        self.assertEqual(self._names(overview["urgent"]["rows"]), ["Elsewhere"])

    def test_who_works_in_two_companies_sees_the_current_one(self):
        self.manager.company_ids = [Command.link(self.other_company.id)]
        overview = self.env["customer.overview"].with_user(self.manager)
        both = (self.company | self.other_company).ids
        with freeze_time("2026-11-21 12:00:00"):
            overview = overview.with_context(allowed_company_ids=both).get_overview()
        self.assertEqual(sum(bar["count"] for bar in overview["tiers"]), 8)
        self.assertNotIn("Elsewhere", self._names(overview["urgent"]["rows"]))

    # === WHO MAY === #

    def test_nobody_without_the_role_gets_a_figure(self):
        for groups in ("base.group_portal", "base.group_user", "base.group_public"):
            user = self._create_user(f"overview_{groups}", groups)
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                self._get_overview(user)
            self.env["customer.run"].search([]).state = "queued"
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                self._get_overview(user)  # nor whether there are any
            self.env["customer.run"].search([]).state = "done"

    def test_run_status_is_for_managers(self):
        self.assertFalse(self._get_overview()["operation"])
        operation = self._get_overview(self.manager)["operation"]
        self.assertEqual(operation["trouble"], "")
        self._create_run(self.company, state="failed")
        operation = self._get_overview(self.manager)["operation"]
        self.assertEqual(operation["trouble"], "The last scoring run failed")

    def test_a_run_that_is_late_is_said_to_managers(self):
        with freeze_time("2026-11-23 12:00:00"):
            overview = self.env["customer.overview"].with_user(self.manager)
            operation = overview.get_overview()["operation"]
        self.assertEqual(operation["trouble"], "The last scoring run is late")

    def test_without_a_finished_run_there_are_no_figures(self):
        self.env["customer.run"].search([]).state = "queued"
        overview = self._get_overview()
        self.assertEqual(set(overview), {"is_manager", "company", "date"})
        self.assertFalse(overview["date"])
