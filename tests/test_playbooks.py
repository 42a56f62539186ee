from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .playbook_common import PlaybookCase


@tagged("post_install", "-at_install")
class TestPlaybooks(PlaybookCase):
    """What a playbook and its steps refuse, how steps are dated, who may do what."""

    # === STEPS === #

    def test_wrong_steps_are_refused_with_playbook_step_and_field(self):
        step = self._create_step(name="Visit")
        for values, field, problem in (
            ({"budget_amount": -1}, "Budget", "not negative"),
            ({"budget_amount": 5, "has_budget": False}, "Has a Budget", "an amount"),
            ({"due_day": 0}, "Due on Day", "between 1 and 31"),
            ({"due_day": 32}, "Due on Day", "between 1 and 31"),
            ({"due_month": 0}, "Due in Month", "between 1 and 3"),
            ({"due_month": 4}, "Due in Month", "between 1 and 3"),
            ({"lead_days": -1}, "Shown Before", "between 0 and 366"),
            ({"lead_days": 367}, "Shown Before", "between 0 and 366"),
            ({"recurrence": "milestone"}, "Kind of Milestone", "which milestones"),
            (
                {"recurrence": "once", "offset_days": -1},
                "Days After",
                "before the plan",
            ),
            ({"recurrence": "once", "offset_days": 373}, "Days After", "at most 372"),
            ({"responsible_rule": "role"}, "Role", "which role"),
            ({"responsible_rule": "department"}, "Department", "which department"),
            ({"completion_standard": " "}, "Completion Standard", "how one sees"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(ValidationError) as caught,
            ):
                step.write(values)
            text = str(caught.exception)
            self.assertIn("Play, step Visit, field", text)
            self.assertIn(field, text)
            self.assertIn(problem, text)

    def test_budget_that_is_no_number_is_refused(self):
        step = self._create_step()
        for amount in ("nan", "inf"):
            with self.assertRaisesRegex(ValidationError, "not a number"):
                step.budget_amount = float(amount)

    def test_budget_with_an_amount_is_known_and_zero_can_be_known_too(self):
        self.assertFalse(self._create_step().has_budget)
        self.assertTrue(self._create_step(budget_amount=100).has_budget)
        free = self._create_step(has_budget=True)
        self.assertEqual((free.has_budget, free.budget_amount), (True, 0))

    def test_due_month_is_the_last_one_of_the_period_until_somebody_says_otherwise(
        self,
    ):
        step = self._create_step()
        self.assertEqual(step.due_month, 3)
        step.recurrence = "yearly"
        self.assertEqual(step.due_month, 12)
        step.due_month = 5
        step.name = "Other"
        self.assertEqual(step.due_month, 5)

    def test_steps_are_dated_in_the_period_of_the_plan(self):
        start, end = date(2026, 11, 21), date(2027, 11, 20)
        for values, expected in (
            (
                {"recurrence": "quarterly", "lead_days": 30},
                "2026-12-01 2026-12-31, 2027-03-01 2027-03-31,"
                " 2027-05-31 2027-06-30, 2027-08-31 2027-09-30",
            ),
            (
                {"recurrence": "half_yearly", "due_month": 5, "due_day": 15},
                "2027-05-01 2027-05-15, 2027-11-01 2027-11-15",
            ),
            (
                {"recurrence": "yearly", "due_month": 11, "due_day": 30},
                "2026-11-21 2026-11-30",
            ),
            (
                {"recurrence": "once", "offset_days": 7, "lead_days": 3},
                "2026-11-25 2026-11-28",
            ),
            ({"recurrence": "once", "offset_days": 370}, "2027-11-06 2027-11-20"),
            ({"recurrence": "milestone", "milestone_kind": "birthday"}, ""),
        ):
            step = self._create_step(**values)
            dates = self.playbook._get_dates(step, start, end)
            text = ", ".join(f"{begin} {deadline}" for begin, deadline in dates)
            self.assertEqual(text, expected)

    def test_step_says_in_words_when_it_is_due(self):
        for values, text in (
            ({"recurrence": "once", "offset_days": 7}, "By day 7 after the start"),
            ({"recurrence": "monthly", "due_day": 10}, "Every month, by day 10"),
            ({"recurrence": "monthly"}, "Every month, by its last day"),
            ({"due_month": 2}, "Every quarter, by the last day of month 2"),
            ({"due_day": 5}, "Every quarter, by day 5 of month 3"),
            ({**self.renewal, "offset_days": -60}, "Days before Contract Renewal: 60"),
            ({**self.renewal, "offset_days": 7}, "Days after Contract Renewal: 7"),
            (self.renewal, "On the day: Contract Renewal"),
        ):
            self.assertEqual(self._create_step(**values).when_text, text)

    def test_step_says_who_does_it(self):
        role = self.env.ref("customer_success.customer_team_role_executive")
        step = self._create_step(responsible_rule="leader")
        self.assertEqual(step.responsible_text, "Leader of his sales team")
        step.write({"responsible_rule": "role", "role_id": role.id})
        self.assertEqual(step.responsible_text, "Executive sponsor")

    # === PLAYBOOKS === #

    def test_wrong_playbooks_are_refused_with_name_and_field(self):
        for values, text in (
            ({"tier_codes": "S, X"}, "Play, field Tiers: no tier has the code X"),
            ({"period_months": 0}, "Play, field Months"),
            ({"period_months": 61}, "Play, field Months"),
            ({"trigger": "stage"}, "Play, field Lifecycle Stages"),
            ({"trigger": "milestone"}, "Play, field Kind of Milestone"),
            ({"trigger": "insight"}, "Play, field Kind of Insight"),
            ({"is_automatic": True}, "Play, field Launched by Itself"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, text),
                self.cr.savepoint(),
            ):
                self.playbook.write(values)

    def test_wrong_goals_are_refused_with_playbook_goal_and_field(self):
        for metric, kind, target, problem in (
            ("satisfaction", "value", 101, "at most 100 can be reached"),
            ("chain_coverage", "value", 1.01, "at most 100% can be reached"),
            ("amount_12m", "growth", -0.1, "not negative"),
            ("manual", "growth", 0.1, "it has no growth"),
        ):
            values = {"metric": metric, "target_kind": kind, "target": target}
            with (
                self.subTest(metric=metric),
                self.assertRaisesRegex(
                    ValidationError, f"Play, goal Aim, field Target: .*{problem}"
                ),
                self.cr.savepoint(),
            ):
                self._create_goal(**values)
        self._create_goal(metric="amount_12m", target_kind="growth", target=1.5)

    def test_tier_codes_are_written_in_one_way(self):
        self.playbook.tier_codes = "S，A、B ,S"
        self.assertEqual(self.playbook.tier_codes, "S, A, B")
        self.assertEqual(self.playbook._get_tier_codes(), ["S", "A", "B"])

    def test_playbook_of_tiers_launches_itself_and_others_when_somebody_says_so(self):
        form = Form(self.env["customer.playbook"].with_user(self.manager))
        form.name = "Mine"
        self.assertFalse(form.is_automatic)
        form.trigger = "tier"
        self.assertTrue(form.is_automatic)
        form.trigger = "alert"
        self.assertFalse(form.save().is_automatic)

    def test_copy_has_all_steps_and_goals_and_launches_nothing(self):
        shipped = self.env.ref("customer_success.customer_playbook_tier_s")
        shipped.step_ids[0].active = False
        copy = shipped.with_user(self.manager).copy()
        self.assertEqual(copy.name, "Tier S: key account care (copy)")
        self.assertEqual((copy.is_automatic, copy.code), (False, False))
        self.assertEqual(copy.step_ids.mapped("name"), shipped.step_ids.mapped("name"))
        self.assertEqual(copy.step_ids[2].content, shipped.step_ids[2].content)
        self.assertEqual(copy.step_count, len(shipped.step_ids) - 1)
        self.assertEqual(copy.goal_ids.mapped("target"), [0.15])

    # === WHO MAY DO WHAT === #

    def test_users_read_playbooks_and_managers_change_them(self):
        step = self._create_step()
        self.assertEqual(step.with_user(self.user).name, "Step")
        for record in (self.playbook, step, self._create_goal()):
            with self.assertRaises(AccessError):
                record.with_user(self.user).write({"name": "Mine"})
            record.with_user(self.manager).name = "Ours"

    def test_playbook_of_another_company_is_not_seen(self):
        self.playbook.company_id = self.other_company
        with self.assertRaises(AccessError):
            self.playbook.with_user(self.manager).read(["name"])

    def test_department_of_another_company_is_refused(self):
        department = self.env["customer.department"].create(
            {"name": "Theirs", "code": "theirs", "company_id": self.other_company.id}
        )
        self.playbook.company_id = self.company
        with self.assertRaises(UserError):
            self._create_step(department_id=department.id)
