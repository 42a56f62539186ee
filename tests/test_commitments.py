import psycopg2
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .commitment_common import NOW, CommitmentCase


@tagged("post_install", "-at_install")
class TestCommitments(CommitmentCase):
    """The clock of a promise: start, pause, keep, reopen, take back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_policy(4, escalate_hours=1)
        cls._keep_only(cls.policy)

    # === START === #

    def test_a_promise_takes_over_what_its_policy_says(self):
        promise = self._start()
        self.assertRecordValues(
            promise,
            [
                {
                    "state": "running",
                    "policy_id": self.policy.id,
                    "hours": 4,
                    "user_id": self.owner.id,
                    "tier_id": self.tiers["A"].id,
                    "company_id": self.company.id,
                    "start_datetime": self._at(NOW),
                    "due_datetime": self._at("2026-11-20 14:00:00"),
                    "escalate_datetime": self._at("2026-11-20 13:00:00"),
                    "round": 1,
                    "is_breached": False,
                }
            ],
        )

    def test_a_clock_starts_once_however_often_it_is_asked(self):
        first = self._start()
        self.assertFalse(self._start())
        self.assertEqual(first.search_count([("profile_id", "=", self.profile.id)]), 1)

    def test_one_record_has_several_targets_with_clocks_of_their_own(self):
        answer = self._start(target="acknowledge")
        solution = self._start()
        answer._meet(self._at("2026-11-20 11:00:00"))
        self.assertEqual((answer | solution).mapped("state"), ["met", "running"])
        self.assertEqual(answer.due_datetime, self._at("2026-11-20 12:00:00"))

    def test_many_promises_cost_as_many_statements_as_few(self):
        def start(count):
            profiles = self.env["customer.profile"].union(
                *(
                    self._create_profile(f"{count} {n}", self.owner)
                    for n in range(count)
                )
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Promise._start(
                [
                    {
                        "profile_id": profile.id,
                        "kind": "complaint",
                        "target": "solution",
                        "res_model": "customer.profile",
                        "res_id": profile.id,
                        "start_datetime": NOW,
                    }
                    for profile in profiles
                ]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        start(2)
        self.assertLessEqual(start(40), start(4) + 3)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_the_same_promise_twice(self):
        promise = self._start()
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            promise.copy()

    # === PAUSE === #

    def test_a_pause_moves_the_due_time_by_as_much(self):
        promise = self._start()
        promise._pause("Waits for a sample", self._at("2026-11-20 11:00:00"))
        self.assertEqual(promise.state, "paused")
        self.assertFalse(promise.due_datetime)
        self.assertFalse(promise.escalate_datetime)
        promise._resume(self._at("2026-11-21 11:00:00"))
        self.assertEqual(promise.state, "running")
        self.assertEqual(promise.due_datetime, self._at("2026-11-21 14:00:00"))
        self.assertEqual(promise.escalate_datetime, self._at("2026-11-21 13:00:00"))

    def test_kept_during_a_pause_is_kept_in_time(self):
        promise = self._start()
        promise._pause("Waits", self._at("2026-11-20 13:59:00"))
        promise._meet(self._at("2026-12-24 12:00:00"))
        self.assertEqual(promise.state, "met")
        self.assertFalse(promise.is_breached)
        self.assertEqual(promise.due_datetime, self._at("2026-12-24 12:01:00"))

    def test_a_pause_of_an_overdue_promise_changes_nothing(self):
        promise = self._start()
        self.Promise._check_clocks(self._at("2026-11-20 15:00:00"))
        promise._pause("Too late", self._at("2026-11-20 15:00:00"))
        self.assertEqual(promise.state, "breached")
        self.assertFalse(promise.pause_ids)

    @freeze_time("2026-11-20 11:00:00")
    def test_people_pause_with_a_reason_and_resume_by_button(self):
        promise = self._start().with_user(self.owner)
        action = promise.action_pause()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.owner)
            .with_context(**action["context"])
        )
        form.reason = "Waits for the customer"
        pause = form.save()
        self.assertEqual(promise.state, "paused")
        self.assertEqual(pause.start_datetime, self._at("2026-11-20 11:00:00"))
        with self.assertRaisesRegex(UserError, "does not run: Paused"):
            form.save().copy()
        with freeze_time("2026-11-20 12:30:00"):
            promise.action_resume()
        self.assertEqual(promise.due_datetime, self._at("2026-11-20 15:30:00"))

    @freeze_time("2026-11-20 11:00:00")
    def test_nobody_invents_or_deletes_the_time_of_a_pause(self):
        promise = self._start().with_user(self.owner)
        pauses = self.env["customer.commitment.pause"].with_user(self.owner)
        with self.assertRaisesRegex(UserError, "Say why"):
            pauses.create({"commitment_id": promise.id, "reason": " "})
        pause = pauses.create(
            {
                "commitment_id": promise.id,
                "reason": "Waits",
                "start_datetime": "2026-11-01 00:00:00",
                "end_datetime": "2026-11-20 10:59:00",
            }
        )
        self.assertEqual(pause.start_datetime, self._at("2026-11-20 11:00:00"))
        self.assertFalse(pause.end_datetime)
        for vals in ({"end_datetime": NOW}, {"start_datetime": NOW}):
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                pause.write(vals)
        with self.assertRaises(AccessError):
            pause.unlink()

    # === KEPT AND OVERDUE === #

    def test_the_due_second_itself_is_in_time(self):
        for second, is_late in (("14:00:00", False), ("14:00:01", True)):
            with self.subTest(second=second):
                promise = self._start(round=2 if is_late else 1)
                promise._meet(self._at(f"2026-11-20 {second}"))
                self.assertEqual(promise.state, "met")
                self.assertEqual(promise.is_breached, is_late)
                self.assertEqual(promise.kept_rate, 0 if is_late else 1)

    def test_an_overdue_promise_stays_so_when_it_is_kept_later(self):
        promise = self._start()
        self.Promise._check_clocks(self._at("2026-11-20 14:00:01"))
        self.assertRecordValues(
            promise,
            [
                {
                    "state": "breached",
                    "is_breached": True,
                    "breached_datetime": self._at("2026-11-20 14:00:00"),
                    "light": "late",
                }
            ],
        )
        promise._meet(self._at("2026-11-20 16:00:00"))
        self.assertRecordValues(
            promise,
            [
                {
                    "state": "met",
                    "is_breached": True,
                    "breached_datetime": self._at("2026-11-20 14:00:00"),
                    "met_datetime": self._at("2026-11-20 16:00:00"),
                    "light": "kept_late",
                }
            ],
        )

    def test_a_kept_promise_stays_kept(self):
        promise = self._start()
        promise._meet(self._at("2026-11-20 11:00:00"))
        promise._meet(self._at("2026-11-20 18:00:00"))
        promise._cancel()
        self.assertEqual(promise.state, "met")
        self.assertEqual(promise.met_datetime, self._at("2026-11-20 11:00:00"))

    @freeze_time(NOW)
    def test_a_promise_taken_back_is_no_longer_checked(self):
        promise = self._start()
        promise._cancel()
        self.Promise._check_clocks(self._at("2026-12-20 14:00:00"))
        self.assertEqual(promise.state, "cancelled")
        self.assertFalse(promise.is_breached)

    # === REOPENED === #

    def test_reopening_starts_another_round_and_keeps_the_first(self):
        first = self._start()
        first._meet(self._at("2026-11-20 12:00:00"))
        second = first._reopen(self._at("2026-11-21 09:00:00"))
        self.assertEqual(second.round, 2)
        self.assertEqual(second.due_datetime, self._at("2026-11-21 13:00:00"))
        self.assertEqual((first | second).mapped("state"), ["met", "running"])
        self.assertFalse(first._reopen(self._at("2026-11-21 10:00:00")))
        second._meet(self._at("2026-11-21 14:00:00"))
        third = first._reopen(self._at("2026-11-22 09:00:00"))
        self.assertEqual(third.round, 3)
        self.assertFalse(first.is_breached)
        self.assertTrue(second.is_breached)

    # === WHAT PEOPLE SEE AND MAY DO === #

    def test_the_light_turns_yellow_before_and_red_after_the_due_time(self):
        promise = self._start()
        for now, light in (
            ("2026-11-20 12:59:59", "fine"),
            ("2026-11-20 13:00:00", "soon"),
            ("2026-11-20 14:00:00", "soon"),
            ("2026-11-20 14:00:01", "late"),
        ):
            with self.subTest(now=now), freeze_time(now):
                self.assertEqual(promise._get_light(self._at(now)), light)
                found = self.Promise.search(
                    [("light", "=", light), ("profile_id", "=", self.profile.id)]
                )
                self.assertEqual(found, promise)
                others = self.Promise.search([("light", "!=", light)])
                self.assertNotIn(promise, others)

    def test_people_say_why_a_promise_was_late_and_change_nothing_else(self):
        promise = self._start().with_user(self.owner)
        promise.write({"breach_reason": "workload", "breach_note": "Fair week"})
        for vals in (
            {"state": "met"},
            {"due_datetime": "2027-01-01 00:00:00"},
            {"is_breached": False},
            {"user_id": self.leader.id},
            {"hours": 99},
            {"round": 7},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                promise.write(vals)
        with self.assertRaises(AccessError):
            promise.unlink()

    @freeze_time("2026-11-20 15:30:00")
    def test_the_panel_says_what_is_promised_late_first(self):
        late = self._start()
        self._start(target="confirmation", kind="complaint")
        self.Promise._check_clocks(self._at("2026-11-20 15:30:00"))
        card = self.profile.with_user(self.owner)._get_commitment_card()
        self.assertEqual(
            [(row["light"], row["when"].split(",")[0]) for row in card["rows"]],
            [("late", "late by 1 h"), ("fine", "due 11/23/26")],
        )
        self.assertEqual(card["rows"][0]["id"], late.id)
        self.assertFalse(card["gap"])
        self.env["customer.service.policy"].search(
            [("target", "=", "minutes")]
        ).active = False
        card = self.profile.with_user(self.owner)._get_commitment_card()
        self.assertIn("no service policy is about this customer", card["gap"])
