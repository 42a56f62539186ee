from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .playbook_common import PlaybookCase


@tagged("post_install", "-at_install")
class TestPlaybooksChoice(PlaybookCase):
    """Which playbook is taken, and that what is in use stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.playbook"].search([]).active = False
        stage = cls.env.ref("customer_success.customer_lifecycle_stage_growing")
        tier = {"trigger": "tier"}
        cls.shared = cls._create_playbook("Shared", sequence=1, **tier)
        cls.later = cls._create_playbook("Later", sequence=2, **tier)
        cls.staged = cls._create_playbook(
            "Staged", sequence=9, stage_ids=[Command.set(stage.ids)], **tier
        )
        cls.own = cls._create_playbook(
            "Own", sequence=9, company_id=cls.company.id, **tier
        )
        cls.theirs = cls._create_playbook(
            "Theirs", company_id=cls.other_company.id, **tier
        )

    # === CHOICE === #

    def test_own_playbooks_come_first_then_those_of_stages_then_the_order(self):
        chosen = self.env["customer.playbook"]._select_for(self.company)
        self.assertEqual(chosen.mapped("name"), ["Own", "Staged", "Shared", "Later"])

    def test_playbooks_by_hand_and_archived_ones_are_not_launched_by_the_job(self):
        self.own.is_automatic = False
        self.staged.active = False
        chosen = self.env["customer.playbook"]._select_for(self.company)
        self.assertEqual(chosen.mapped("name"), ["Shared", "Later"])

    def test_playbook_names_those_that_its_customers_get_instead(self):
        self.shared.tier_codes = "S"
        self.later.tier_codes = "S, A"
        (self.own | self.staged).active = False
        self.assertEqual(self.later.overlap_text, "Shared")
        self.assertFalse(self.shared.overlap_text)
        self.later.tier_codes = "A"
        self.assertFalse(self.later.overlap_text)

    def test_playbook_is_proposed_for_the_signals_of_its_rules(self):
        rules = self.env["customer.alert.rule"].with_context(active_test=False)
        rule = rules.search([("signal", "=", "churn_lost")], limit=1)
        rule.active = False
        play = self._create_playbook(
            "Back", trigger="alert", alert_rule_ids=[Command.set(rule.ids)]
        )
        self.assertTrue(play._matches_signal("churn_lost"))
        self.assertFalse(play._matches_signal("contact_left"))
        play.alert_rule_ids = False
        self.assertTrue(play._matches_signal("contact_left"))
        self.assertFalse(self.shared._matches_signal("contact_left"))

    def test_playbook_is_about_customers_of_its_tiers_and_stages(self):
        profile = self.env["customer.profile"].create(
            {
                "partner_id": self._create_partner("Customer").id,
                "company_id": self.company.id,
            }
        )
        profile.tier_id = self.tiers["A"]
        self.assertTrue(self.shared._is_about(profile))
        self.assertFalse(self.staged._is_about(profile))
        profile.lifecycle_stage_id = self.staged.stage_ids
        self.assertTrue(self.staged._is_about(profile))
        self.shared.tier_codes = "S, B"
        self.assertFalse(self.shared._is_about(profile))

    def test_list_says_in_words_for_whom_a_playbook_is(self):
        self.assertEqual(self.shared.for_text, "Every customer")
        self.staged.tier_codes = "S,A"
        self.assertEqual(self.staged.for_text, "Tier S, A · Growing")
        play = self._create_playbook(
            "Renewal", trigger="milestone", milestone_kind="renewal"
        )
        self.assertEqual(play.for_text, "Contract Renewal")

    # === IN USE === #

    def _launch(self):
        """Launch a plan with one action of every policy; return the action."""
        department = self.env.ref("customer_success.customer_department_sales")
        step = self._create_step(
            playbook_id=self.shared.id,
            recurrence="once",
            offset_days=7,
            department_id=department.id,
        )
        profile = self.env["customer.profile"].create(
            {
                "partner_id": self._create_partner("Customer").id,
                "company_id": self.company.id,
            }
        )
        plans = self.env["customer.care.plan"]._launch(
            self.shared, profile, date(2026, 11, 21)
        )
        action = plans.action_ids
        self.assertEqual(action.step_id, step)
        return action

    def test_playbook_and_step_of_a_plan_are_archived_not_deleted(self):
        step = self._launch().step_id
        with self.assertRaisesRegex(UserError, "launched from Shared: archive it"):
            self.shared.unlink()
        with self.assertRaisesRegex(UserError, "Shared, step Step: care plans have"):
            step.unlink()
        self.assertEqual(self.shared.plan_count, 1)
        step.active = False
        self.assertEqual((self.shared.step_ids, self.shared.step_count), (step, 0))
        self.later.unlink()

    def test_stages_and_rules_that_a_playbook_names_are_archived_not_deleted(self):
        stage = self.env["customer.lifecycle.stage"].create(
            {"name": "Asleep", "code": "asleep"}
        )
        rule = self.env["customer.alert.rule"].create(
            {"name": "Quiet", "signal": "no_order_days", "threshold": 90}
        )
        self.staged.stage_ids = stage
        self._create_playbook(
            "Wake", trigger="alert", alert_rule_ids=[Command.set(rule.ids)]
        ).active = False
        for record, text in (
            (stage, "Asleep is named in the playbook Staged"),
            (rule, "Quiet is named in the playbook Wake"),
        ):
            with self.assertRaisesRegex(UserError, text):
                record.with_user(self.manager).unlink()

    def test_words_in_use_are_archived_not_deleted(self):
        action = self._launch()
        cause = self.env.ref("customer_success.customer_unmet_cause_resources")
        action.sudo().cause_id = cause
        for word, text in (
            (action.kind_id, "Customer Visit is used in Playbook Step: archive it"),
            (action.department_id, "Sales Department is used in Playbook Step"),
            (cause, "unmet because of Lack of resources: archive it"),
        ):
            with self.assertRaisesRegex(UserError, text):
                word.with_user(self.manager).unlink()

    def test_words_used_in_actions_alone_stay_too(self):
        action = self._launch()
        other = self.kind.copy({"code": "other"})
        department = self.env["customer.department"].create(
            {"name": "Lab", "code": "lab"}
        )
        action.sudo().write({"kind_id": other.id, "department_id": department.id})
        for word, text in ((other, "Customer Visit"), (department, "Lab")):
            with self.assertRaisesRegex(
                UserError, f"{text} is used in Maintenance Action"
            ):
                word.with_user(self.manager).unlink()
