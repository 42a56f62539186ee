from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users

from .commitment_common import NOW, CommitmentCase


@tagged("post_install", "-at_install")
class TestServicePolicies(CommitmentCase):
    """Which policy promises what to whom, and what nobody can save."""

    def _find(self, profile=None, kind="complaint", target="solution", at=NOW):
        profile = profile or self.profile
        found = self.env["customer.service.policy"]._find(
            profile, kind, target, self._at(at)
        )
        return found.get(profile)

    # === WHAT IS SHIPPED === #

    def test_shipped_hours_are_those_of_the_requirements(self):
        potential = self._create_profile("Potential", code="B")
        for profile, kind, target, hours in (
            (potential, "visit", "minutes", 24),
            (potential, "complaint", "confirmation", 72),
            (potential, "enquiry", "acknowledge", 2),
            (potential, "complaint", "acknowledge", 24),
            (potential, "urgent", "acknowledge", 0.5),
            (potential, "complaint", "judgement", 24),
            (self.profile, "complaint", "acknowledge", 2),
            (self.profile, "enquiry", "solution", 24),
            (self.profile, "urgent", "acknowledge", 0.5),
        ):
            with self.subTest(tier=profile.tier_id.code, kind=kind, target=target):
                self.assertEqual(self._find(profile, kind, target).hours, hours)

    def test_nothing_is_promised_where_no_policy_is(self):
        potential = self._create_profile("Potential", code="B")
        self.assertIsNone(self._find(potential, "suggestion", "acknowledge"))
        self.assertFalse(
            self._start(profile=potential, kind="suggestion", target="acknowledge")
        )

    def test_what_happened_before_a_policy_was_in_force_has_no_clock(self):
        policy = self._create_policy(8, date_from="2026-11-20")
        self._keep_only(policy)
        self.assertEqual(self._find(at="2026-11-20 00:00:00"), policy)
        self.assertIsNone(self._find(at="2026-11-19 23:59:59"))

    # === THE STRICTEST WINS === #

    def test_the_policy_that_is_due_first_counts(self):
        self._create_policy(20)
        strict = self._create_policy(12)
        self.assertEqual(self._find(), strict)

    def test_working_hours_are_compared_by_when_they_are_due(self):
        # 10 working hours from Friday 10:00 are due on Monday, 20 hours on Saturday
        around_the_clock = self._create_policy(20)
        office = self._create_policy(
            10, is_working_time=True, calendar_id=self.calendar.id
        )
        self._keep_only(around_the_clock | office)
        self.assertEqual(self._find(), around_the_clock)
        self.assertEqual(self._find(at="2026-11-19 08:00:00"), around_the_clock)
        short = self._create_policy(
            3, is_working_time=True, calendar_id=self.calendar.id
        )
        self.assertEqual(self._find(), short)

    def test_a_tie_goes_to_the_company_s_own_policy(self):
        self._create_policy(12, sequence=1)
        own = self._create_policy(12, company_id=self.company.id, sequence=90)
        foreign = self._create_policy(1, company_id=self.other_company.id)
        self.assertEqual(self._find(), own)
        stranger = self._create_profile("Far", company=self.other_company)
        self.assertEqual(self._find(stranger), foreign)

    def test_tiers_and_kinds_narrow_a_policy(self):
        narrow = self._create_policy(1, tier_codes="S", kind="complaint")
        top = self._create_profile("Core", code="S")
        self.assertEqual(self._find(top), narrow)
        self.assertNotEqual(self._find(top, kind="enquiry"), narrow)
        self.assertNotEqual(self._find(), narrow)

    def test_a_customer_without_tier_gets_what_everybody_gets(self):
        nobody = self._create_profile("New")
        nobody.tier_id = False
        self.assertEqual(self._find(nobody, "visit", "minutes").hours, 24)
        self.assertIsNone(self._find(nobody, "complaint", "solution"))

    # === BAD INPUT === #

    def test_hours_that_nobody_can_keep_are_refused(self):
        for values in (
            {"hours": -1},
            {"hours": 0},
            {"hours": 8761},
            {"hours": 8, "escalate_hours": -1},
            {"hours": 8, "escalate_hours": 8},
            {"hours": float("nan")},
            {"hours": 8, "tier_codes": "S, Z"},
            {"hours": 8, "kind": "visit"},
            {"hours": 8, "target": "minutes", "kind": "complaint"},
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                self._create_policy(**{"hours": 1, **values})

    def test_an_action_may_be_due_at_its_deadline_itself(self):
        self.assertTrue(self._create_policy(0, target="action", escalate_hours=24))

    def test_working_hours_in_which_nobody_works_are_refused(self):
        self.calendar.attendance_ids = [Command.clear()]
        with self.assertRaisesRegex(ValidationError, "“Office” hold no hours"):
            self._create_policy(8, is_working_time=True, calendar_id=self.calendar.id)
        flexible = self.env["resource.calendar"].create(
            {"name": "Any time", "schedule_type": "flexible"}
        )
        with self.assertRaisesRegex(ValidationError, "“Any time” hold no hours"):
            self._create_policy(8, is_working_time=True, calendar_id=flexible.id)

    def test_a_policy_with_promises_is_archived_not_deleted(self):
        policy = self._create_policy(1)
        self._start()
        with self.assertRaisesRegex(UserError, "archive it instead"):
            policy.unlink()
        self._create_policy(3).unlink()

    def test_promises_keep_their_hours_when_the_policy_changes(self):
        policy = self._create_policy(6)
        promise = self._start()
        policy.hours = 2
        promise._recompute_due()
        self.assertEqual(promise.due_datetime, self._at("2026-11-20 16:00:00"))

    # === WHO === #

    @users("promise_owner")
    def test_users_read_policies_and_change_none(self):
        policies = self.env["customer.service.policy"].search([])
        self.assertTrue(policies)
        with self.assertRaises(AccessError):
            policies[0].hours = 1
        with self.assertRaises(AccessError):
            self.env["customer.working.day"].create(
                {"name": "Saturday", "date": "2026-11-21"}
            )
