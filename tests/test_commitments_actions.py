from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged

from .commitment_common import NOW, CommitmentCase

ACTION = "odoo.addons.customer_success.models.customer_commitment_action"


@tagged("post_install", "-at_install")
class TestCommitmentsActions(CommitmentCase):
    """Each action that is to do is a promise until the end of its deadline."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["customer.action.kind"].search(
            [("is_bulk", "=", False), ("is_visit", "=", False)], limit=1
        )
        cls.cause = cls.env["customer.unmet.cause"].search([], limit=1)

    def _create_action(self, deadline="2026-11-25", profile=None, **values):
        profile = profile or self.profile
        return (
            self.env["customer.care.action"]
            .with_user(self.owner)
            .create(
                {
                    "profile_id": profile.id,
                    "kind_id": self.kind.id,
                    "name": "Monthly brief",
                    "date_start": "2026-11-20",
                    "date_deadline": deadline,
                    "user_id": self.owner.id,
                    **values,
                }
            )
        )

    def _get_promises(self, action):
        return self.Promise.search([("action_id", "=", action.id)], order="round")

    # === DUE === #

    @freeze_time(NOW)
    def test_an_action_is_due_at_the_end_of_its_deadline_in_the_company_s_zone(self):
        self.company.customer_tz = "Asia/Shanghai"
        promise = self._get_promises(self._create_action())
        self.assertRecordValues(
            promise,
            [
                {
                    "state": "running",
                    "target": "action",
                    "user_id": self.owner.id,
                    "res_model": "customer.care.action",
                    "due_datetime": self._at("2026-11-25 15:59:59"),
                    # a customer of tier A: his leader hears of it a day before
                    "escalate_datetime": self._at("2026-11-24 15:59:59"),
                    "escalate_to": "leader",
                }
            ],
        )
        self.assertIn("Monthly brief", promise.with_user(self.owner).title)

    @freeze_time(NOW)
    def test_another_time_zone_of_the_company_moves_the_due_time(self):
        promise = self._get_promises(self._create_action())
        self.assertEqual(promise.due_datetime, self._at("2026-11-25 23:59:59"))
        self.company.customer_tz = "America/New_York"
        self.Promise._check_clocks(self._at(NOW))
        self.assertEqual(promise.due_datetime, self._at("2026-11-26 04:59:59"))

    @freeze_time(NOW)
    def test_without_a_policy_an_action_is_due_all_the_same_and_nobody_is_warned(self):
        self.env["customer.service.policy"].search(
            [("target", "=", "action")]
        ).active = False
        promise = self._get_promises(self._create_action())
        self.assertEqual(promise.due_datetime, self._at("2026-11-25 23:59:59"))
        self.assertFalse(promise.policy_id)
        self.assertFalse(promise.escalate_datetime)

    @freeze_time(NOW)
    def test_a_clock_starts_when_the_action_is_to_do_not_when_it_is_planned(self):
        action = self._create_action("2026-12-31", date_start="2026-12-15")
        self.assertEqual(action.state, "planned")
        self.assertFalse(self._get_promises(action))
        action.sudo().state = "due"
        self.Promise._refresh(self.company, fields.Date.to_date("2026-12-15"))
        self.assertEqual(self._get_promises(action).state, "running")
        self.Promise._refresh(self.company, fields.Date.to_date("2026-12-15"))
        self.assertEqual(len(self._get_promises(action)), 1)

    @freeze_time(NOW)
    def test_birthdays_and_broadcasts_have_no_clock(self):
        action = self._create_action()
        self._get_promises(action).unlink()
        action.sudo().is_personal = True
        self.Promise._follow_actions(action)
        self.assertFalse(self._get_promises(action))
        bulk = self.env["customer.action.kind"].search(
            [("is_bulk", "=", True)], limit=1
        )
        self.assertFalse(self._get_promises(self._create_action(kind_id=bulk.id)))

    # === DONE, UNMET, MOVED === #

    def test_done_by_the_deadline_is_kept_also_when_written_down_later(self):
        with freeze_time(NOW):
            first, second, third = (self._create_action() for _n in range(3))
        with freeze_time("2026-11-25 20:00:00"):
            first._set_done()
        with freeze_time("2026-11-26 08:00:00"):
            second._set_done({"date_done": "2026-11-25"})
            third._set_done()
        self.assertEqual(
            [
                (promise.state, promise.is_breached, promise.met_datetime)
                for action in (first, second, third)
                for promise in self._get_promises(action)
            ],
            [
                ("met", False, self._at("2026-11-25 20:00:00")),
                ("met", False, self._at("2026-11-25 23:59:59")),
                ("met", True, self._at("2026-11-26 08:00:00")),
            ],
        )
        self.assertEqual(self._get_promises(second).kept_rate, 1)
        self.assertEqual(self._get_promises(third).kept_rate, 0)

    @freeze_time(NOW)
    def test_cancelled_and_unmet_actions_stop_their_clock(self):
        cancelled, unmet = self._create_action(), self._create_action()
        cancelled._set_cancelled()
        unmet._set_unmet(self.cause)
        states = (self._get_promises(cancelled) | self._get_promises(unmet)).mapped(
            "state"
        )
        self.assertEqual(states, ["cancelled", "cancelled"])

    def test_what_was_overdue_stays_so_when_the_deadline_moves(self):
        with freeze_time(NOW):
            action = self._create_action()
        promise = self._get_promises(action)
        self.Promise._check_clocks(self._at("2026-11-26 00:00:00"))
        with freeze_time("2026-11-26 08:00:00"):
            action.write({"date_deadline": "2026-12-24", "user_id": self.leader.id})
            self.assertEqual(promise.user_id, self.leader)
            self.assertEqual(promise.state, "breached")
            self.assertEqual(promise.date_deadline, fields.Date.to_date("2026-11-25"))
            action._set_done()
        self.assertEqual((promise.state, promise.is_breached), ("met", True))

    @freeze_time(NOW)
    def test_a_clock_follows_the_deadline_and_the_responsible_person(self):
        action = self._create_action()
        promise = self._get_promises(action)
        action.write({"date_deadline": "2026-11-27", "user_id": self.leader.id})
        self.assertEqual(promise.due_datetime, self._at("2026-11-27 23:59:59"))
        self.assertEqual(promise.user_id, self.leader)

    @freeze_time(NOW)
    def test_an_action_taken_up_again_gets_a_second_round(self):
        action = self._create_action()
        action._set_done()
        action._reopen()
        promises = self._get_promises(action)
        self.assertEqual(promises.mapped("state"), ["met", "running"])
        self.assertEqual(promises.mapped("round"), [1, 2])

    @freeze_time(NOW)
    def test_a_deleted_action_leaves_no_clock_behind(self):
        action = self._create_action()
        promise = self._get_promises(action)
        action.sudo().unlink()
        self.assertEqual(promise.state, "cancelled")

    # === MANY === #

    @freeze_time(NOW)
    def test_the_night_goes_on_where_its_slice_ended(self):
        actions = [self._create_action() for _n in range(3)]
        promises = self.Promise.union(*map(self._get_promises, actions))
        promises.unlink()
        with (
            patch(f"{ACTION}.ACTION_BATCH", 1),
            patch(f"{ACTION}.keep_progress", return_value=0),
        ):
            day = fields.Date.to_date("2026-11-20")
            self.assertIs(self.Promise._refresh(self.company, day), False)
            self.assertEqual(len(self._get_promises(actions[0])), 1)
            self.assertFalse(self._get_promises(actions[1]))
            self.Promise._refresh(self.company, day)
            self.assertIs(self.Promise._refresh(self.company, day), True)
        self.assertEqual([len(self._get_promises(act)) for act in actions], [1, 1, 1])

    @freeze_time(NOW)
    def test_hundreds_of_actions_cost_a_handful_of_statements(self):
        actions = self.env["customer.care.action"]
        values = {
            "profile_id": self.profile.id,
            "kind_id": self.kind.id,
            "name": "Brief",
            "date_start": "2026-11-20",
            "date_deadline": fields.Date.to_date("2026-11-25") + timedelta(days=3),
            "user_id": self.owner.id,
            "state": "due",
        }
        actions = actions.create([values] * 300)
        self.Promise.search([("action_id", "in", actions.ids)]).unlink()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.Promise._follow_actions(actions)
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 20)
        promises = self.Promise.search([("action_id", "in", actions.ids)])
        self.assertEqual(len(promises), 300)
        self.assertEqual(
            set(promises.mapped("due_datetime")), {self._at("2026-11-28 23:59:59")}
        )
