import random
from collections import Counter
from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .service_common import ServiceCase

START = "2026-09-21 02:00:00"  # Monday
WAITING = ("running", "paused", "breached")
OPEN = ("received", "acknowledged", "judged", "proposed", "solved")
# Those that come through the most steps; a hundred others were played as well.
SEEDS = (8, 9, 33, 44, 51)
STEPS = 18
# What usually comes next; half of the steps are any of all.
USUAL = {
    "received": ["answer", "answer_and_wait", "judge"],
    "acknowledged": ["judge", "propose", "solve"],
    "judged": ["propose", "solve"],
    "proposed": ["solve"],
    "solved": ["cause", "visit", "confirm", "close", "deny"],
    "confirmed": ["hear", "reopen", "kind"],
    "cancelled": ["reopen"],
}


@tagged("post_install", "-at_install")
class TestCaseSequences(ServiceCase):
    """Random sequences of everything that people do with cases, as a sales user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("case_sequences", "user", email="us@our.example")
        cls.other = cls._create_user("case_sequences_other", "user")
        cls.partner.email = "them@customer.example"
        cls.cause = cls.env.ref("customer_success.customer_case_cause_quality")
        cls.steps = [name for name in dir(cls) if name.startswith("_do_")]

    def test_promises_hold_whatever_people_do_in_whatever_order(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self._play(seed)

    def _play(self, seed):
        self.random = random.Random(seed)
        self.now = self._at(START)
        self.profile.tier_id = self.random.choice([False, self.tiers["A"]])
        is_known = self.random.random() < 0.8
        self.case = self._open(is_known)
        self.late, self.log, self.ends = {}, [], set()
        self._check()
        for _number in range(STEPS):
            self.now += self.random.choice(
                [timedelta(minutes=7), timedelta(hours=3), timedelta(days=2)]
            )
            name = self.random.choice(self.steps)
            if self.random.random() < 0.5:
                name = f"_do_{self.random.choice(USUAL[self.case.state])}"
            with freeze_time(self.now):
                try:
                    with self.env.cr.savepoint():
                        getattr(self, name)(self.case.with_user(self.user))
                        self.env.flush_all()
                    done = "ok"
                except (UserError, ValidationError) as error:
                    done = str(error)
                self.env.invalidate_all()
                self.log.append((str(self.now), name, done, self.case.state))
                self._check()

    def _open(self, is_known=True):
        with freeze_time(self.now):
            return (
                self.env["customer.case"]
                .with_user(self.user)
                .create(
                    {
                        "subject": "Broken",
                        "kind": self.random.choice(
                            ["enquiry", "complaint", "suggestion"]
                        ),
                        "profile_id": is_known and self.profile.id,
                        "partner_id": is_known and self.partner.id,
                        "contact_email": "them@customer.example",
                        "user_id": self.user.id,
                    }
                )
                .sudo(self.env.su)
                .with_user(self.env.user)
            )

    # === WHAT PEOPLE DO === #

    def _do_answer(self, case):
        case.env["customer.case.answer"].create(
            {"case_id": case.id, "body": "<p>Hello</p>"}
        ).action_send()

    def _do_answer_and_wait(self, case):
        case.env["customer.case.answer"].create(
            {
                "case_id": case.id,
                "is_phone": True,
                "answer_datetime": self.now - timedelta(minutes=5),
                "is_waiting": True,
                "waiting_reason": "Photos",
            }
        ).action_send()

    def _do_hear(self, case):
        case.sudo()._post_customer_message("Well?")

    def _do_confirm(self, case):
        case.sudo()._confirm_by_customer(True)

    def _do_deny(self, case):
        case.sudo()._confirm_by_customer(False, "No")

    def _do_judge(self, case):
        self._step(case, "judge")

    def _do_propose(self, case):
        self._step(case, "propose")

    def _do_solve(self, case):
        self._step(case, "solve")

    def _step(self, case, step):
        is_sent = self.random.random() < 0.3
        case.env["customer.case.step"].create(
            {"case_id": case.id, "step": step, "text": "So", "is_sent": is_sent}
        ).action_apply()

    def _do_wait(self, case):
        self._reason(case, "wait")

    def _do_withdraw(self, case):
        if self.random.random() < 0.5:
            self._reason(case, "withdraw")

    def _do_reopen(self, case):
        self._reason(case, "reopen")

    def _reason(self, case, step):
        case.env["customer.case.reason"].create(
            {"case_id": case.id, "step": step, "reason": "So"}
        ).action_apply()

    def _do_resume(self, case):
        case.action_resume()

    def _do_visit(self, case):
        results = ["confirmed", "not_satisfied", "not_reached"]
        case.env["customer.case.contact.try"].create(
            {"case_id": case.id, "result": self.random.choice(results)}
        )

    def _do_cause(self, case):
        case.cause_id = self.cause

    def _do_close(self, case):
        case.action_close()

    def _do_kind(self, case):
        case.kind = self.random.choice(["enquiry", "complaint", "suggestion"])

    def _do_urgency(self, case):
        case.urgency = self.random.choice(["urgent", "normal"])

    def _do_complex(self, case):
        case.is_complex = not case.is_complex

    def _do_assign(self, case):
        case._assign_sender(self.partner)

    def _do_hand_over(self, case):
        case.user_id = self.random.choice([self.user, self.other])

    def _do_escalate(self, case):
        case._escalate("Help", self.other)

    def _do_rate(self, case):
        case.sudo()._rate_by_customer(self.random.choice([1, 4]))

    def _do_holiday(self, case):
        calendar = self.company.resource_calendar_id
        start = self.now - timedelta(hours=self.random.choice([1, 30]))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": start,
                "date_to": start + timedelta(hours=20),
            }
        )

    def _do_job(self, case):
        self.env["customer.commitment"]._check_clocks(self.now)

    def _do_merge(self, case):
        duplicate = self._open(bool(case.profile_id))
        if self.random.random() < 0.5:
            duplicate, self.case = self.case, duplicate
            self.late, self.ends = {}, set()
        duplicate.with_user(self.user)._merge_into(self.case.with_user(self.user))
        self._check_ended(duplicate)

    # === WHAT HOLDS === #

    def _check(self):
        case, rows = self.case, self.case.commitment_ids
        waiting = rows.filtered(lambda row: row.state in WAITING)
        log = "\n".join(map(str, self.log))
        most = max(Counter(waiting.mapped("target")).values(), default=0)
        self.assertLessEqual(most, 1, log)
        if case.state not in OPEN:
            self._check_ended(case)
        for row in rows:
            self.assertGreaterEqual(row.start_datetime, case.received_datetime, log)
            if not row.is_breached:  # a duplicate may bring its delay along
                start = row.start_datetime
                self.assertGreaterEqual(row.due_datetime or start, start, log)
            if row.state == "met" and not row.is_breached:
                self.assertFalse(
                    row.due_datetime and row.met_datetime > row.due_datetime, log
                )
        self._check_late(rows, log)
        self._check_owed(waiting, log)
        self._check_shown(rows, log)

    def _check_ended(self, case):
        states = set(case.commitment_ids.mapped("state"))
        self.assertFalse(states & set(WAITING), self.log)
        self.assertFalse(case.is_waiting)
        self.assertTrue(case.closed_datetime)

    def _check_late(self, rows, log):
        for row_id, since in self.late.items():
            row = rows.browse(row_id)
            self.assertTrue(row.is_breached, log)
            self.assertEqual(row.breached_datetime, since, log)
        self.late |= {row.id: row.breached_datetime for row in rows if row.is_breached}
        self.assertEqual(self.case.was_late, any(rows.mapped("is_breached")), log)
        self.ends.add(self.case.reopened_datetime)  # late once a round, not twice
        counts = Counter(rows.filtered("is_breached").mapped("target"))
        self.assertLessEqual(max(counts.values(), default=0), len(self.ends), log)

    def _check_owed(self, waiting, log):
        case = self.case
        if case.state not in OPEN:
            return
        is_solved = case.state == "solved"
        owed = {
            "acknowledge": not case.acknowledged_datetime,
            "judgement": case._needs_judgement()
            and not case.judged_datetime
            and not case.proposed_datetime,
            "solution": not case.proposed_datetime,
            "confirmation": is_solved and not case.confirmation_result,
        }
        for target, is_owed in owed.items():
            promised = waiting.filtered(lambda row, target=target: row.target == target)
            if target == "judgement" and not is_owed and not case.proposed_datetime:
                # late when it was owed, whatever the case is by now
                promised = promised.filtered(lambda row: row.state != "breached")
            policy = self.env["customer.service.policy"]._find_each(
                [
                    (
                        case.profile_id,
                        case.company_id,
                        case._get_clock_kind(),
                        target,
                        self.now,
                    )
                ]
            )[0]
            if policy:
                self.assertEqual(bool(promised), is_owed, f"{target}\n{log}")
            elif not is_owed:
                self.assertFalse(promised, f"{target}\n{log}")
        rests = set(waiting.mapped("state")) & {"paused", "running"}
        self.assertIn(rests, [set(), {"paused" if case.is_waiting else "running"}], log)

    def _check_shown(self, rows, log):
        case = self.case
        waiting = rows.filtered(lambda row: row.state in ("running", "breached"))
        dues = list(filter(None, waiting.mapped("due_datetime")))
        self.assertEqual(case.next_due_datetime, min(dues, default=False), log)
        self.assertEqual(case.is_late, "breached" in rows.mapped("state"), log)
        is_solved = case.state in ("solved", "confirmed")
        self.assertEqual(
            case.is_first_contact,
            is_solved and case.reply_count <= 1 and not case.reopen_count,
            log,
        )
        for name in ("acknowledged", "judged", "proposed", "solved", "closed"):
            at = case[f"{name}_datetime"]
            self.assertFalse(at and at < case.received_datetime, log)
            self.assertFalse(at and at > self.now, log)
        if case.state == "confirmed":
            self.assertTrue(case.cause_id and case.confirmation_result, log)
