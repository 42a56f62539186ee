from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .service_common import ServiceCase

RECEIVED = "2026-11-16 02:00:00"  # Monday


@tagged("post_install", "-at_install")
class TestCasePeople(ServiceCase):
    """Who handles a case, who sees it, and who is asked for help."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls._create_user("people_owner", "user")
        cls.stranger = cls._create_user("people_stranger", "user")
        cls.leader = cls._create_user("people_leader", "user")
        cls.manager = cls._create_user("people_manager", "manager")
        team = cls.env["crm.team"].create(
            {"name": "Service", "user_id": cls.leader.id, "company_id": False}
        )
        cls.env["crm.team.member"].create(
            {"crm_team_id": team.id, "user_id": cls.owner.id}
        )
        cls.profile.user_id = cls.owner
        cls.case = cls._create_case(RECEIVED)

    # === HANDLER === #

    def test_the_first_responsible_person_handles_a_case(self):
        self.assertEqual(self.case.user_id, self.owner)
        self.assertIn(self.owner.partner_id, self.case.message_partner_ids)
        todo = self.case.activity_ids
        self.assertRecordValues(
            todo, [{"user_id": self.owner.id, "summary": "Answer the complaint"}]
        )

    def test_without_one_the_desk_and_then_the_head_of_the_department_do(self):
        desk = self.env["customer.service.desk"].create(
            {"name": "Desk", "company_id": self.company.id, "user_id": self.leader.id}
        )
        department = self.env["customer.department"].create(
            {"name": "Repairs", "code": "repairs", "user_id": self.manager.id}
        )
        category = self.env["customer.case.category"].create(
            {"name": "Broken", "code": "broken", "department_id": department.id}
        )
        vals = {"profile_id": False, "category_id": category.id}
        case = self._create_case(RECEIVED, desk_id=desk.id, **vals)
        self.assertEqual((case.user_id, case.department_id), (self.leader, department))
        case = self._create_case(RECEIVED, **vals)
        self.assertEqual(case.user_id, self.manager)

    def test_nobody_who_left_is_made_handler(self):
        self.owner.active = False
        self.assertFalse(self._create_case(RECEIVED).user_id)

    def test_a_new_handler_gets_promises_and_to_dos(self):
        self.case.with_user(self.owner).user_id = self.leader
        self.assertEqual(self.case.commitment_ids.user_id, self.leader)
        self.assertEqual(self.case.activity_ids.user_id, self.leader)

    def test_open_cases_follow_the_first_responsible_person_ended_ones_stay(self):
        ended = self._create_case(RECEIVED)
        ended._withdraw("A mistake")
        other = self._create_case(RECEIVED, user_id=self.manager.id)
        self.profile.user_id = self.leader
        self.assertEqual(self.case.user_id, self.leader)
        self.assertEqual(ended.user_id, self.owner)
        self.assertEqual(other.user_id, self.manager)

    def test_by_night_cases_follow_whom_a_statement_made_responsible(self):
        nobody = self._create_case(RECEIVED, user_id=self.manager.id)
        self.manager.active = False
        self.env.cr.execute(
            "UPDATE customer_profile SET user_id = %s WHERE id = %s",
            [self.leader.id, self.profile.id],
        )
        self.env.invalidate_all()
        self.env["customer.commitment"]._refresh(
            self.company, self._at(RECEIVED).date()
        )
        self.assertEqual((self.case | nobody).user_id, self.leader)
        self.assertEqual(self.case.activity_ids.user_id, self.leader)

    def test_the_to_do_goes_when_the_case_is_solved(self):
        self.case._solve({"result": "Done"})
        self.assertFalse(self.case.activity_ids)

    # === WHO SEES IT === #

    def test_cases_of_unknown_senders_are_for_everybody(self):
        case = self._create_case(
            RECEIVED, profile_id=False, user_id=self.manager.id, contact_name="Who"
        )
        found = case.with_user(self.stranger).search([("id", "=", case.id)])
        self.assertEqual(found, case)
        self.assertTrue(case.with_user(self.stranger).has_access("write"))

    def test_cases_of_somebody_elses_customer_are_hidden(self):
        self.assertFalse(self.case.with_user(self.stranger).has_access("read"))
        self.assertTrue(self.case.with_user(self.owner).has_access("write"))
        self.assertTrue(self.case.with_user(self.manager).has_access("write"))

    def test_members_of_the_group_work_on_a_case_of_any_customer(self):
        self.case.with_user(self.owner).group_user_ids = [
            Command.link(self.stranger.id)
        ]
        theirs = self.case.with_user(self.stranger)
        self.assertTrue(theirs.has_access("write"))
        self.assertFalse(self.profile.with_user(self.stranger).has_access("read"))
        self.assertIn(self.stranger.partner_id, self.case.message_partner_ids)
        theirs._judge({"judgement": "Ours"})
        theirs.action_open_commitments()
        self.assertEqual(
            theirs.web_read({"profile_id": {"fields": {"display_name": {}}}})[0][
                "profile_id"
            ]["display_name"],
            "Served",
        )
        with self.assertRaises(AccessError):
            theirs.action_open_customer()

    def test_nobody_opens_a_dialog_about_a_case_he_may_not_write(self):
        for name, vals in (
            ("answer", {}),
            ("step", {"step": "judge"}),
            ("reason", {"step": "wait"}),
            ("escalation", {}),
            ("sender", {}),
            ("merge", {"case_ids": [Command.link(self.case.id)]}),
        ):
            dialogs = self.env[f"customer.case.{name}"].with_user(self.stranger)
            vals = vals if name == "merge" else {"case_id": self.case.id, **vals}
            with self.subTest(name=name), self.assertRaises(AccessError):
                dialogs.create(vals)

    def test_dialogs_show_nothing_of_a_case_before_they_are_saved(self):
        self.case.judgement = "SECRET"
        dialogs = self.env["customer.case.step"].with_user(self.stranger)
        spec = {"text": {}, "case_id": {}, "step": {}}
        with self.assertRaises(AccessError):
            dialogs.onchange(
                {"case_id": self.case.id, "step": "judge"}, ["case_id", "step"], spec
            )

    # === ESCALATION === #

    def test_escalating_asks_the_leader_raises_an_alert_and_lets_him_in(self):
        dialog = self.env["customer.case.escalation"].with_user(self.owner)
        dialog = dialog.create({"case_id": self.case.id, "receiver": "leader"})
        self.assertEqual(dialog.user_id, self.leader)
        with self.assertRaisesRegex(UserError, "Say why"):
            dialog.action_escalate()
        dialog.reason = "He calls every hour"
        with freeze_time("2026-11-16 03:00:00"):
            dialog.action_escalate()
        self.assertRecordValues(
            self.case,
            [
                {
                    "is_escalated": True,
                    "escalated_datetime": self._at("2026-11-16 03:00:00"),
                    "escalated_user_id": self.leader.id,
                    "escalation_reason": "He calls every hour",
                }
            ],
        )
        self.assertTrue(self.case.with_user(self.leader).has_access("write"))
        self.assertIn(self.leader, self.case.activity_ids.user_id)
        alerts = self.env["customer.alert"].search(
            [
                ("profile_id", "=", self.profile.id),
                ("signal", "=", "complaint_escalated"),
            ]
        )
        self.assertEqual(len(alerts), 1)

    def test_an_enquiry_raises_no_alert(self):
        case = self._create_case(RECEIVED, kind="enquiry")
        case._escalate("Help", self.leader)
        self.assertFalse(
            self.env["customer.alert"].search(
                [
                    ("profile_id", "=", self.profile.id),
                    ("signal", "=", "complaint_escalated"),
                ]
            )
        )

    def test_without_a_leader_the_manager_is_asked(self):
        case = self._create_case(RECEIVED, user_id=self.stranger.id)
        receiver = case.with_user(self.owner)._get_receiver("leader")
        self.assertTrue(
            receiver.has_group("customer_success.group_customer_success_manager")
        )

    # === REWARD === #

    def test_a_good_suggestion_is_rewarded_by_a_manager_and_logged(self):
        case = self._create_case(RECEIVED, kind="suggestion")
        with self.assertRaisesRegex(UserError, "no suggestion"):
            self.case.action_propose_reward()
        case.with_user(self.owner).action_propose_reward()
        with self.assertRaises(AccessError):
            case.with_user(self.owner).action_grant_reward()
        case.reward_note = "A voucher"
        case.with_user(self.manager).action_grant_reward()
        self.assertEqual(case.reward_state, "granted")
        talk = self.env["customer.interaction"].search(
            [("profile_id", "=", self.profile.id)]
        )
        self.assertEqual(talk.direction, "outgoing")
