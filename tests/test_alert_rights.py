from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .alert_people_common import AlertPeopleCase
from .common import DAY


@tagged("post_install", "-at_install")
class TestAlertRights(AlertPeopleCase):
    """Who may not see an alert, and what nobody writes by hand."""

    def setUp(self):
        super().setUp()
        self.profile = self._create_customer("Azure")
        self.alert = self._create_alert(self.profile)
        self._assign()
        self.mine = self.alert.with_user(self.sales)

    def test_sales_person_of_another_team_neither_reads_nor_acts(self):
        theirs = self.alert.with_user(self.stranger)
        for button in (
            "action_take", "action_plan", "action_snooze", "action_wake",
            "action_close", "action_reopen", "action_open_evidence",
            "action_open_customer", "get_rhythm",
        ):  # fmt: skip
            with self.subTest(button=button), self.assertRaises(AccessError):
                getattr(theirs, button)()
        with self.assertRaises(AccessError):
            theirs.read(["sentence"])
        with self.assertRaises(AccessError):
            self.profile.with_user(self.stranger).get_rhythm()
        with self.assertRaises(AccessError):
            self.profile.with_user(self.stranger).action_open_alerts()

    def test_dialogs_refuse_alerts_of_another_team(self):
        for model, button in (
            ("customer.alert.close", "action_close"),
            ("customer.alert.snooze", "action_snooze"),
            ("customer.alert.plan", "action_plan"),
        ):
            values = {"alert_ids": [Command.set(self.alert.ids)]}
            if model == "customer.alert.close":
                values["outcome"] = "lost"
            with self.subTest(model=model), self.assertRaises(UserError):
                dialog = self.env[model].with_user(self.stranger).create(values)
                self.assertNotIn("21 days", str(dialog.read()))
                getattr(dialog, button)()
        self.assertEqual(self.alert.state, "open")

    def test_client_writes_nothing_but_who_has_it(self):
        for name, value in (
            ("state", "closed"), ("outcome", "saved"), ("priority", 99),
            ("is_snoozed", True), ("snooze_until", "2027-01-01"), ("is_overflow", True),
            ("value_at_risk", 5), ("date_closed", DAY), ("is_winback", True),
            ("close_user_id", self.sales.id), ("raised_user_id", self.leader.id),
            ("owner_then_id", self.leader.id), ("date_won_back", DAY),
        ):  # fmt: skip
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.mine.write({name: value})

    def test_alert_is_handed_over_to_who_sees_the_customer(self):
        self.mine.write({"user_id": self.leader.id})
        self.assertEqual(self.alert.state, "acknowledged")
        self.assertEqual(self._get_activities(self.alert).user_id, self.leader)
        with self.assertRaisesRegex(UserError, "does not see this customer"):
            self.mine.write({"user_id": self.stranger.id})
        nobody = self._create_user("alert_nobody", "base.group_user")
        with self.assertRaisesRegex(UserError, "no Customer Success role"):
            self.mine.write({"user_id": nobody.id})

    def test_step_of_a_plan_goes_only_to_who_sees_the_customer(self):
        portal = self._create_user("alert_portal", "base.group_portal")
        for user in (self.stranger, portal):
            plan = self.mine.env["customer.alert.plan"].create(
                {"alert_ids": [Command.set(self.alert.ids)]}
            )
            plan.line_ids.is_chosen = False
            plan.line_ids = [
                Command.create({"summary": "Visit", "user_id": user.id}),
            ]
            with self.subTest(user=user.login), self.assertRaises(UserError):
                plan.action_plan()
            self.assertNotIn(user.partner_id, self.alert.message_partner_ids)
        self.assertEqual(self.alert.state, "open")
