import re
from datetime import date

from odoo.tests import tagged
from odoo.tools import html2plaintext

from .playbook_common import PlaybookCase

YEAR = (date(2027, 1, 1), date(2027, 12, 31))
# By hand from the requirements: kind and how often in a year (PLAN-03 to PLAN-12).
TIERS = {
    "S": {
        ("business_review", 4),
        ("meeting", 1),
        ("technical", 4),
        ("training", 2),
        ("matchmaking", 2),
        ("message", 12),
        ("internal", 1),
    },
    "A": {
        ("brief", 12),
        ("deep_visit", 2),
        ("executive_visit", 4),
        ("call", 1),
        ("return_visit", 4),
    },
    "B": {
        ("care_mail", 4),
        ("deep_return_visit", 2),
        ("survey", 1),
        ("return_visit", 1),
    },
    "C": {("care_mail", 4), ("survey", 1), ("return_visit", 1), ("call", 1)},
}


@tagged("post_install", "-at_install")
class TestPlaybooksShipped(PlaybookCase):
    """The playbooks that come with the addon do what the method asks for."""

    def _get(self, code):
        return self.env.ref(f"customer_success.customer_playbook_{code}")

    def _get_step(self, code, kind):
        steps = self._get(code).step_ids
        return steps.filtered(lambda step: step.kind_id.code == kind)[:1]

    def _get_text(self, code, kind):
        return html2plaintext(self._get_step(code, kind).content)

    # === TIERS === #

    def test_tiers_get_exactly_the_actions_of_the_method(self):
        for tier, expected in TIERS.items():
            playbook = self._get(f"tier_{tier.lower()}")
            self.assertEqual((playbook.tier_codes, playbook.period_months), (tier, 12))
            self.assertTrue(playbook.is_automatic)
            found = {
                (step.kind_id.code, len(playbook._get_dates(step, *YEAR)))
                for step in playbook.step_ids
                if step.recurrence != "milestone"
            }
            self.assertEqual(found, expected)

    def test_quarterly_business_review_of_s_is_due_at_the_end_of_each_quarter(self):
        step = self._get_step("tier_s", "business_review")
        dates = [str(deadline) for _begin, deadline in step._get_dates(*YEAR)]
        self.assertEqual(
            dates, ["2027-03-31", "2027-06-30", "2027-09-30", "2027-12-31"]
        )
        self.assertTrue(step.is_core and step.is_customer_visible)
        self.assertTrue(step.kind_id.is_review and step.kind_id.is_visit)

    def test_s_gets_a_card_and_a_gift_on_birthdays_and_holidays_others_a_greeting(self):
        def get_milestones(code, kind):
            steps = self._get(code).step_ids.filtered(
                lambda step: step.kind_id.code == kind
            )
            return set(steps.mapped("milestone_kind"))

        self.assertEqual(get_milestones("tier_s", "gift"), {"birthday", "holiday"})
        self.assertEqual(get_milestones("tier_s", "greeting"), {"anniversary"})
        self.assertEqual(
            get_milestones("tier_a", "greeting"),
            {"birthday", "holiday", "anniversary"},
        )
        self.assertTrue(self._get_step("tier_s", "gift").kind_id.is_gift)
        self.assertIn("last three", self._get_text("tier_s", "gift"))

    def test_goals_are_15_percent_for_s_and_90_points_for_b(self):
        for code, metric, target in (
            ("tier_s", "additional_purchase", 0.15),
            ("tier_b", "satisfaction", 90),
        ):
            goal = self._get(code).goal_ids
            self.assertEqual((goal.metric, goal.target), (metric, target))
            self.assertEqual(goal.target_kind, "value")

    def test_a_is_told_of_2_hours_and_24_hours(self):
        text = self._get_text("tier_a", "call")
        self.assertIn("within 2 hours", text)
        self.assertIn("within 24 hours we propose a solution", text)

    # === STAGES AND MOMENTS === #

    def test_every_stage_has_a_play_of_its_own(self):
        stages = self.env["customer.lifecycle.stage"].search([("rule", "!=", False)])
        plays = self.env["customer.playbook"].search([("trigger", "=", "stage")])
        self.assertEqual(plays.stage_ids, stages)
        self.assertEqual(len(plays), len(stages))
        names = [tuple(play.step_ids.mapped("name")) for play in plays]
        self.assertEqual(len(set(names)), len(plays))

    def test_plays_that_would_flood_people_wait_for_them(self):
        by_hand = self.env["customer.playbook"].search(
            [("is_automatic", "=", False), ("code", "!=", False)]
        )
        self.assertEqual(
            set(by_hand.mapped("code")),
            {
                "stage_prospect",  # an address book holds thousands
                "stage_lapsed",
                "alert_winback",  # whoever takes the alert decides
                "alert_complaint",
                "alert_contact_left",
                "insight_policy",  # noted for many customers at once
                "insight_industry",
                "insight_upgrade",
            },
        )
        for play in self.env["customer.playbook"].search(
            [("trigger", "=", "stage"), ("is_automatic", "=", True)]
        ):
            self.assertNotIn("C", play._get_tier_codes() or ["C"], play.name)

    def test_first_contact_shows_who_we_are_in_30_seconds_and_sells_nothing(self):
        for code in ("stage_new", "stage_prospect"):
            text = self._get_text(code, "first_contact")
            self.assertIn("first 30 seconds", text)
            self.assertIn("Needs first, no selling", text)
            self.assertIn("no price, no product in the first talk", text)
            standard = self._get_step(code, "first_contact").completion_standard
            self.assertIn("ithin 30 seconds", standard)

    def test_moments_of_the_method_have_a_play(self):
        for code, trigger, field, value in (
            ("milestone_renewal", "milestone", "milestone_kind", "renewal"),
            ("milestone_delivery", "milestone", "milestone_kind", "delivery"),
            ("insight_organisation", "insight", "insight_kind", "organisation"),
            ("insight_policy", "insight", "insight_kind", "policy_note"),
            ("insight_industry", "insight", "insight_kind", "industry_note"),
            ("insight_upgrade", "insight", "insight_kind", "latent_need"),
        ):
            play = self._get(code)
            self.assertEqual((play.trigger, play[field]), (trigger, value))
        self.assertTrue(self._get("alert_winback")._matches_signal("churn_at_risk"))
        self.assertTrue(self._get("alert_contact_left")._matches_signal("contact_left"))
        self.assertEqual(
            self._get("milestone_renewal").step_ids.mapped("offset_days"),
            [-90, -60, -45, -21, 14],
        )

    # === TEXTS === #

    def test_every_step_says_what_is_good_enough_and_who_answers_for_it(self):
        plays = self.env["customer.playbook"].search([("code", "!=", False)])
        for step in plays.step_ids:
            with self.subTest(step=step.display_name):
                self.assertGreater(len(step.completion_standard), 25)
                self.assertTrue(step.department_id)
                self.assertEqual(step.budget_amount, 0)  # no amount is invented
                if step.kind_id.is_bulk:
                    self.assertFalse(step.kind_id.is_contact)

    def test_texts_for_customers_hold_nothing_internal(self):
        words = r"\b(tier|score|health|budget|trust|stance|S|A|B|C)\b"
        plays = self.env["customer.playbook"].search([("customer_text", "!=", False)])
        self.assertGreater(len(plays), 5)
        for play in plays:
            text = play.customer_text.removeprefix("A ")
            self.assertFalse(re.search(words, text.replace(". A ", ". ")), play.name)
