from odoo.tests import tagged

from .care_work_common import CareWorkCase


@tagged("post_install", "-at_install")
class TestCareWorkReport(CareWorkCase):
    """Plan compliance (KPI-14), and what comes from alerts and meetings."""

    def setUp(self):
        super().setUp()
        self.department = self.env["customer.department"].create(
            {"name": "Test department", "code": "test_department"}
        )

    def _make_all(self):
        """Create one action of each outcome; 100 planned each, 80 spent on one."""
        days = {
            "in_time": "2026-11-21",
            "done_late": "2026-11-20",
            "late": "2026-11-20",
            "unmet": "2026-11-30",
            "pending": "2026-11-21",
            "cancelled": "2026-11-20",
        }
        made = {
            name: self._create_action(
                name, day, budget_amount=100, department_id=self.department.id
            )
            for name, day in days.items()
        }
        self._do(made["in_time"], has_actual=True, actual_amount=80)
        self._do(made["done_late"])
        self._miss(made["unmet"], is_again=False)
        made["cancelled"].action_cancel()
        return made

    def _read(self, groupby):
        self.env.flush_all()
        return self.env["customer.care.report"].with_user(self.sales)._read_group(
            [("profile_id", "=", self.profile.id)],
            groupby,
            [
                "due_count:sum", "in_time_count:sum", "done_late_count:sum",
                "late_count:sum", "unmet_count:sum", "in_time_rate:avg",
                "budget_planned:sum", "budget_actual:sum",
            ],
        )  # fmt: skip

    def test_every_action_has_its_outcome(self):
        made = self._make_all()
        self.env.flush_all()
        rows = self.env["customer.care.report"].with_user(self.sales)
        for name, action in made.items():
            with self.subTest(name):
                self.assertEqual(rows.browse(action.id).outcome, name)

    def test_due_ones_count_and_their_share_in_time(self):
        self._make_all()
        # due: in time, late done, late, unmet; one of four in time; cancelled
        # ones have no budget any more
        self.assertEqual(
            self._read(["tier_code"]), [("S", 4, 1, 1, 1, 1, 0.25, 500.0, 80.0)]
        )
        [row] = self._read(["department_id"])
        self.assertEqual((row[0], row[1]), (self.department, 4))

    def test_unmet_ones_are_counted_by_cause(self):
        self._make_all()
        counts = {cause: row[3] for cause, *row in self._read(["cause_id"])}
        self.assertEqual(counts[self.cause], 0)  # late ones
        unmet = {cause: row[4] for cause, *row in self._read(["cause_id"])}
        self.assertEqual(unmet[self.cause], 1)

    def test_stranger_counts_nothing(self):
        self._make_all()
        self.env.flush_all()
        rows = self.env["customer.care.report"].with_user(self.stranger)
        self.assertFalse(rows.search([("profile_id", "=", self.profile.id)]))

    # === MEETING === #

    def test_meeting_planned_for_an_action_is_confirmed_not_doubled(self):
        action = self._create_action()
        context = action.action_meet()["context"]
        self.assertEqual(context["default_start"], "2026-11-24 10:00:00")
        event = (
            self.env["calendar.event"]
            .with_user(self.sales)
            .with_context(**context)
            .create(
                {
                    "name": "Talk",
                    "start": "2026-11-20 10:00:00",
                    "stop": "2026-11-20 11:00:00",
                    "partner_ids": [(6, 0, (self.contact | self.sales.partner_id).ids)],
                }
            )
        )
        self.assertEqual(action.calendar_event_id, event)
        self.assertEqual(action.action_meet()["res_id"], event.id)
        proposal = self.env["customer.interaction"].create(
            {
                "profile_id": self.profile.id,
                "interaction_datetime": event.start,
                "calendar_event_id": event.id,
                "partner_ids": [(6, 0, self.contact.ids)],
                "state": "proposed",
            }
        )
        self._do(action, feedback="Good")
        self.assertEqual(self._get_talks(), proposal)
        self.assertRecordValues(
            proposal,
            [
                {
                    "state": "confirmed",
                    "feedback": "Good",
                    "partner_ids": self.contact.ids,
                }
            ],
        )

    # === ALERT === #

    def test_playbook_answers_an_alert_with_a_plan(self):
        rule = self.env.ref("customer_success.customer_alert_rule_no_order_months")
        alert = self.env["customer.alert"].create(
            {
                "profile_id": self.profile.id,
                "rule_id": rule.id,
                "signal": rule.signal,
                "key": "x",
                "date": "2026-11-20",
                "severity": rule.severity,
            }
        )
        playbook = self._create_playbook(
            {"name": "Call the boss", "recurrence": "once", "offset_days": 2},
            trigger="alert",
            is_automatic=False,
            tier_codes=False,
            alert_rule_ids=[(6, 0, rule.ids)],
        )
        other = self._create_playbook(
            {"recurrence": "once"},
            trigger="alert",
            is_automatic=False,
            alert_rule_ids=[
                (
                    6,
                    0,
                    self.env["customer.alert.rule"]
                    .search([("signal", "!=", rule.signal)], limit=1)
                    .ids,
                )
            ],
        )
        form = self._open(alert.with_user(self.sales).action_plan())
        possible = form.possible_playbook_ids[:]
        self.assertIn(playbook, possible)
        self.assertNotIn(other, possible)
        form.playbook_id = playbook
        self.assertIn("11/23/2026  Call the boss", form.playbook_text)
        action = form.save().action_plan()
        plan = self.plans.browse(action["res_id"])
        self.assertEqual((plan.alert_id, plan.playbook_id), (alert, playbook))
        self.assertEqual(plan.action_ids.alert_id, alert)
        self.assertEqual(alert.state, "acting")
