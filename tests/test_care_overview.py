from odoo.tests import tagged

from .care_work_common import CareWorkCase
from .common import DAY


@tagged("post_install", "-at_install")
class TestCareOverview(CareWorkCase):
    """What a person sees of his actions: start screen, customer, columns of the day."""

    def setUp(self):
        super().setUp()
        self.env["customer.run"].create(
            {
                "job": "refresh",
                "company_id": self.company.id,
                "date": DAY,
                "state": "done",
                "end_datetime": f"{DAY} 02:00:00",
            }
        )

    def _get_overview(self, user=None):
        overview = self.env["customer.overview"].with_user(user or self.sales)
        return overview.get_overview("mine")

    # === START SCREEN === #

    def test_late_action_needs_me_today_and_is_done_from_there(self):
        late = self._create_action("Send the offer", deadline="2026-11-18")
        self._create_action("Ask again", deadline="2026-11-21")
        [row] = self._get_overview()["urgent"]["rows"]
        self.assertEqual(row["id"], self.profile.id)
        self.assertEqual(row["why"], "Late: Send the offer")
        self.assertEqual(row["next"], "Send the offer")
        self.assertEqual((row["due"], row["is_late"]), ("11/18/2026", True))
        self.assertEqual(
            row["button"],
            {
                "model": "customer.care.action",
                "id": late.id,
                "method": "action_done",
                "label": "Mark Done",
            },
        )

    def test_action_of_tomorrow_or_of_a_colleague_does_not_need_me(self):
        self._create_action(deadline="2026-11-22")
        self._create_action(deadline="2026-11-20", user_id=self.leader.id)
        rows = self._get_overview()["urgent"]["rows"]
        self.assertFalse([row for row in rows if row.get("care_action")])

    def test_tile_counts_late_actions_of_the_customers_and_opens_them(self):
        late = self._create_action(deadline="2026-11-20", user_id=self.leader.id)
        due = self._create_action(deadline="2026-11-21")
        self._create_action(deadline="2026-11-22")
        number = self._get_overview()["actions"]
        self.assertEqual((number["count"], number["today"]["count"]), (1, 1))
        actions = self.actions.with_user(self.sales)
        self.assertEqual(actions.search(number["domain"]), late)
        self.assertEqual(actions.search(number["today"]["domain"]), due)
        self.assertEqual(number["action"]["res_model"], "customer.care.action")

    # === COLUMNS === #

    def test_deadlines_lie_in_the_columns_of_the_day(self):
        days = {
            "late": "2026-11-20",
            "today": "2026-11-21",  # a Saturday
            "week": "2026-11-22",
            "later": "2026-11-23",
        }
        made = {key: self._create_action(deadline=day) for key, day in days.items()}
        made["finished"] = self._create_action(deadline="2026-11-20")
        self._do(made["finished"])
        everything = self.actions.browse([action.id for action in made.values()])
        for key, action in made.items():
            with self.subTest(key):
                self.assertEqual(action.deadline_bucket, key)
                found = everything.search(
                    [("id", "in", everything.ids), ("deadline_bucket", "=", key)]
                )
                self.assertEqual(found, action.sudo())
                self.assertEqual(
                    everything.filtered_domain([("deadline_bucket", "=", key)]), found
                )
        groups = everything._read_group(
            [("id", "in", everything.ids)], ["deadline_bucket"], ["__count"]
        )
        self.assertEqual(dict(groups), dict.fromkeys(made, 1))

    def test_kanban_shows_the_four_columns_of_open_work_in_order(self):
        self._create_action(deadline="2026-11-23")
        result = (
            self.actions.with_user(self.sales)
            .with_context(read_group_expand=True)
            .web_read_group([("user_id", "=", self.sales.id)], ["deadline_bucket"], [])
        )
        self.assertEqual(
            [group["deadline_bucket"] for group in result["groups"]],
            ["late", "today", "week", "later"],
        )

    # === CUSTOMER === #

    def test_panel_names_plan_goal_and_next_actions(self):
        playbook = self._create_playbook(
            {"name": "Welcome", "recurrence": "once", "offset_days": 2},
            goal_ids=[(0, 0, {"name": "Content", "metric": "manual", "target": 90})],
        )
        plan = self.profile._launch_plan(playbook, self._to_date(DAY))
        self._create_action("Old promise", deadline="2026-11-18")
        profile = self.profile.with_user(self.sales)
        card = profile.get_relation_card()["care"]
        [row] = card["plans"]
        self.assertEqual((row["id"], row["name"]), (plan.id, "Test playbook"))
        self.assertEqual(row["until"], "until 11/20/2027")
        self.assertEqual(row["done"], "0% done")
        self.assertEqual(row["goals"], ["Content: to be evaluated of 90"])
        self.assertEqual(
            [(one["name"], one["days"], one["is_late"]) for one in card["actions"]],
            [("Old promise", -3, True), ("Welcome", 2, False)],
        )
        self.assertEqual(card["actions"][0]["user"], self.sales.name)

    def test_panel_costs_as_much_for_twenty_actions_as_for_two(self):
        self._create_action()
        self._create_action()
        profile = self.profile.with_user(self.sales)
        profile.get_relation_card()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            profile._get_care_card()
            return self.cr.sql_log_count - before

        first = count()
        for number in range(18):
            self._create_action(f"Action {number}")
        self.assertLessEqual(count(), first)

    # === HAND-OVER === #

    def test_handover_sheet_says_what_is_promised(self):
        self._create_action("Send the offer", deadline="2026-11-25")
        self._create_action("Visit", deadline="2026-12-01")
        handover = self.env["customer.handover"].create(
            {"from_user_id": self.sales.id, "to_user_id": self.leader.id}
        )
        [row] = handover._get_sheet()["rows"]
        self.assertIn(
            "Send the offer until 11/25/2026, and 1 more actions", row["points"]
        )
