from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import DAY
from .overview_common import OverviewCase


@tagged("post_install", "-at_install")
class TestOverviewUrgent(OverviewCase):
    """Who needs somebody today, why, and the button of that very thing."""

    def _get_rows(self, user=None, scope=None):
        rows = self._get_overview(user, scope)["urgent"]["rows"]
        return {row["name"]: row for row in rows}

    def _plan(self, profile, day, user=None):
        activity = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("customer.profile"),
                "res_id": profile.id,
                "summary": "Call him",
                "date_deadline": day,
                "user_id": (user or self.user).id,
            }
        )
        return activity

    def test_order_of_urgency(self):
        nobody = self.env["res.users"]
        self._create_team(self.user)
        self._create_rated("Nobody's", "S", "healthy", 90, user=nobody)
        self._create_profile("New")
        expired = self._create_rated("Expired", "B", "healthy", 80)
        expired.write({"outlook_rating": 7, "outlook_date": "2025-11-21"})
        fresh = self._create_rated("Fresh", "B", "healthy", 80)
        fresh.write({"outlook_rating": 7, "outlook_date": "2025-11-22"})
        self._create_rated("At risk, C", "C", "at_risk", 30)
        self._create_rated("Overdue, C", "C", "watch", 45, is_overdue=True)
        self._create_rated("Overdue, B", "B", "watch", 45, is_overdue=True)
        planned = self._create_rated("Planned", "C", "healthy", 90)
        self._plan(planned, "2026-11-21")
        later = self._create_rated("Later", "C", "healthy", 90)
        self._plan(later, "2026-11-22")
        others = self._create_rated("Others'", "C", "healthy", 90)
        self._plan(others, "2026-11-01", self.colleague)
        self._create_rated("Falling", "A", "healthy", 80, today="B")
        self._create_rated("At risk, A", "A", "at_risk", 10)
        self._create_rated("At risk, S", "S", "at_risk", 30)
        rows = self._get_rows(scope="team")
        self.assertEqual(
            [(row["name"], row["button"]["method"]) for row in rows.values()],
            [
                ("At risk, S", "action_open_orders"),
                ("At risk, A", "action_open_orders"),
                ("Falling", "action_open_overdue"),
                ("Planned", False),
                ("Overdue, B", "action_open_overdue"),
                ("Overdue, C", "action_open_overdue"),
                ("At risk, C", "action_open_orders"),
                ("Expired", "action_rate"),
                ("New", "action_score_now"),
                ("Nobody's", "action_assign_me"),
            ],
        )

    def test_activity_of_a_milestone_counts_for_its_customer(self):
        calm = self._create_rated("Renewing", "C", "healthy", 90)
        milestone = self.env["customer.milestone"].create(
            {
                "profile_id": calm.id,
                "kind": "renewal",
                "date_end": "2026-12-31",
            }
        )
        self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("customer.milestone"),
                "res_id": milestone.id,
                "summary": "Renew the contract",
                "date_deadline": "2026-11-20",
                "user_id": self.user.id,
            }
        )
        row = self._get_rows()["Renewing"]
        self.assertEqual(row["why"], "Due: Renew the contract")
        self.assertEqual((row["next"], row["is_late"]), ("Renew the contract", True))

    def test_each_row_says_why_and_what_comes_next(self):
        self._create_rated("At risk", "A", "at_risk", 30, was_health=60)
        overdue = self._create_rated("Overdue", "C", "watch", 45, is_overdue=True)
        self._plan(overdue, "2026-11-20", self.colleague)
        rows = self._get_rows()
        self.assertEqual(
            {key: rows["At risk"][key] for key in ("why", "next", "due", "is_late")},
            {
                "why": "At risk: Days since the last order 20 → 120",
                "next": "Tier review",
                "due": "12/31/2026",
                "is_late": False,
            },
        )
        self.assertEqual(rows["At risk"]["button"]["label"], "Open orders")
        self.assertEqual(rows["Overdue"]["why"], "Overdue")
        self.assertEqual(
            (
                rows["Overdue"]["next"],
                rows["Overdue"]["due"],
                rows["Overdue"]["is_late"],
            ),
            ("Call him", "11/20/2026", True),
        )

    def test_without_an_older_score_the_weakest_metric_is_named(self):
        profile = self._create_rated("New", "A", "at_risk", 30)
        profile.score_ids.filtered(lambda row: str(row.date) < DAY[:8] + "15").unlink()
        row = self._get_rows()["New"]
        self.assertEqual(row["why"], "At risk: Days since the last order 20")

    def test_another_scorecard_is_no_reason_for_having_got_worse(self):
        self._create_rated("Sick", "B", "watch", 55, was_health=65)
        fallen = self._create_rated("Falling", "A", "watch", 60, today="B")
        self.assertEqual(self._get_overview()["worse"]["count"], 2)
        old = (fallen.score_ids | self._get_rated("Sick").score_ids).filtered(
            lambda row: str(row.date) == "2026-11-11"
        )
        for kind, card in (("tier", self.tier_card), ("health", self.health_card)):
            other = card.copy()
            rows = old.filtered(lambda row, kind=kind: row.kind == kind)
            rows.write({"scorecard_id": other.id})
            for row in rows.filtered("tier_id"):
                code = row.tier_id.code
                row.tier_id = other.tier_ids.filtered(lambda t, c=code: t.code == c)
        self.assertEqual(self._get_overview()["worse"]["count"], 0)

    def test_customers_of_each_company_got_worse_under_its_own_scorecard(self):
        own = self.tier_card.copy({"company_id": self.other_company.id})
        own.action_activate()
        both = self.company | self.other_company
        self.user.company_ids = both
        here = self._create_rated("Here", "A", "watch", 60, today="B")
        there = self._create_rated(
            "There", "A", "watch", 60, today="B", company=self.other_company
        )
        tiers = {tier.code: tier.id for tier in own.tier_ids}
        there.write({"tier_id": tiers["A"], "tier_today_id": tiers["B"]})
        for row in there.score_ids.filtered("tier_id"):
            row.write({"scorecard_id": own.id, "tier_id": tiers[row.tier_id.code]})
        self.env.flush_all()
        profiles = self.env["customer.profile"].with_user(self.user)
        for ids in (both.ids, both.ids[::-1]):
            with freeze_time(f"{DAY} 12:00:00"):
                found = profiles.with_context(allowed_company_ids=ids).search(
                    [("has_got_worse", "=", True), ("id", "in", (here | there).ids)]
                )
            self.assertEqual(found, here | there)

    def _get_rated(self, name):
        return self.env["customer.profile"].search([("partner_id.name", "=", name)])

    def test_who_would_have_fallen_a_week_ago_has_not_got_worse(self):
        profile = self._create_rated("Falling", "A", "watch", 60, today="B")
        self.assertTrue(profile.with_user(self.user).would_fall)
        old = profile.score_ids.filtered(
            lambda row: str(row.date) == "2026-11-11" and row.kind == "tier"
        )
        old.tier_id = self.tiers["B"]
        self.assertEqual(self._get_overview()["worse"]["count"], 0)
        self.assertIn("Falling", self._get_rows())
        profile.tier_today_id = self.tiers["C"]
        self.assertEqual(self._get_overview()["worse"]["count"], 1)

    def test_who_is_held_by_a_request_would_not_fall(self):
        profile = self._create_rated("Falling", "A", "watch", 60, today="B")
        request = self.env["customer.tier.request"].create(
            {
                "profile_id": profile.id,
                "wished_tier_id": profile.tier_id.id,
                "reason": "They move to a new plant.",
                "date_end": "2027-03-31",
                "requester_id": self.user.id,
                "state": "approved",
            }
        )
        profile.tier_request_id = request
        self.env.flush_all()
        mine = profile.with_user(self.user)
        self.assertFalse(mine.would_fall)
        self.assertEqual(self._get_overview()["worse"]["count"], 0)
        self.assertNotIn("Falling", self._get_rows())

    def test_filters_find_those_who_got_worse_and_the_others(self):
        worse = self._create_rated("Sick", "B", "watch", 55, was_health=65)
        calm = self._create_rated("Calm", "B", "watch", 56, was_health=65)
        profiles = self.env["customer.profile"].with_user(self.user)
        ours = [("id", "in", (worse | calm).ids)]
        with freeze_time(f"{DAY} 12:00:00"):
            found = profiles.search([*ours, ("has_got_worse", "=", True)])
            others = profiles.search([*ours, ("has_got_worse", "=", False)])
            self.assertTrue(worse.has_got_worse)
            self.assertFalse(calm.has_got_worse)
        self.assertEqual((found, others), (worse, calm))

    # === BUTTONS === #

    def test_overdue_button_opens_exactly_the_overdue_documents(self):
        partner = self._create_partner("Debtor", user_id=self.user.id)
        late = self._create_invoice(partner, "2026-09-01", 100, due="2026-10-01")
        self._create_invoice(partner, "2026-11-01", 100, due="2026-12-01")
        paid = self._create_invoice(partner, "2026-08-01", 100, due="2026-09-01")
        self._pay(paid, "2026-09-15")
        profile = self._score(partner)
        with freeze_time(f"{DAY} 12:00:00"):
            action = profile.with_user(self.user).action_open_overdue()
        self.assertEqual(self.env["account.move"].search(action["domain"]), late)

    def test_assign_me_takes_a_customer_nobody_has_and_no_other(self):
        profile = self._create_profile("Nobody's", self.env["res.users"])
        profile.with_user(self.user).action_assign_me()
        self.assertEqual(profile.user_id, self.user)
        self.assertTrue(profile.is_user_manual)
        with self.assertRaisesRegex(UserError, "responsible for Nobody's already"):
            profile.with_user(self.manager).action_assign_me()

    def test_buttons_are_refused_for_a_customer_of_others(self):
        profile = self._create_profile("Theirs", self.stranger).with_user(self.user)
        for name in ("action_open_overdue", "action_rate", "action_assign_me"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                getattr(profile, name)()

    def test_rating_in_the_dialog_is_dated(self):
        profile = self._create_rated("Expired", "B", "healthy", 80)
        action = profile.with_user(self.user).action_rate()
        self.assertEqual((action["target"], action["res_id"]), ("new", profile.id))
        with freeze_time(f"{DAY} 12:00:00"):
            profile.with_user(self.user).outlook_rating = 8
        self.assertEqual(str(profile.outlook_date), DAY)

    # === STATEMENTS === #

    def test_statements_do_not_depend_on_the_number_of_customers(self):
        self._create_many(0, 50)
        few = self._count_statements()
        self._create_many(50, 500)
        self.assertEqual(self._count_statements(), few)
        self.assertLess(few, 70)

    def _create_many(self, start, end):
        kinds = [("S", "at_risk", "S"), ("A", "watch", "B"), ("C", "healthy", "C")]
        for number in range(start, min(end, start + 60)):
            tier, health, today = kinds[number % 3]
            self._create_rated(
                f"Many {number}", tier, health, 50, today=today, was_health=70
            )
        partners = self.env["res.partner"].create(
            [
                {"name": f"More {number}", "is_company": True, "user_id": self.user.id}
                for number in range(start + 60, end)
            ]
        )
        self.env["customer.profile"]._get_or_create(partners, self.company)

    def _count_statements(self):
        for _time in range(2):  # what Odoo keeps between requests
            self._get_overview()
        before = self.cr.sql_log_count
        self._get_overview()
        return self.cr.sql_log_count - before
