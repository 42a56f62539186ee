import doctest

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..reports import customer_tracking_reader
from .common import DAY
from .tracking_common import TrackingCase

FIELDS = (
    "partner_id", "tier_id", "decision_maker_text", "goal_text", "action_text",
    "responsible_text", "deadline_text", "feedback_text", "effect_text",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestTracking(TrackingCase):
    """The strategy tracking table: nine columns, one line per customer and month."""

    def test_line_says_who_decides_what_for_what_who_until_when_and_what_came(self):
        self._create_decision_maker("Gao")
        self._create_decision_maker("Gone", date_to="2026-06-01")
        self._create_action("Business review", "2026-11-30")
        self._create_action(
            "Deep visit", "2026-11-20", user_id=self.leader.id
        )._set_done({"feedback": "Very content", "date_done": "2026-11-19"})
        self._create_action("Card", "2026-11-20", is_core=False)
        self._create_action("Next year", "2027-01-10")
        row = self._track()
        self.assertEqual(
            (row.partner_id.name, row.tier_id.code, row.decision_maker_text),
            ("Customer", "S", "Gao"),
        )
        self.assertEqual(row.goal_text, "More: 15% (so far to be evaluated)")
        self.assertEqual(row.action_text, "1. Deep visit\n2. Business review")
        self.assertEqual(
            row.responsible_text, f"1. {self.leader.name}\n2. {self.sales.name}"
        )
        self.assertEqual(row.deadline_text, "1. 11/20/2026 (done)\n2. 11/30/2026")
        self.assertEqual(row.feedback_text, "1. Very content")
        self.assertEqual(row.effect_text, "To be evaluated")
        self.assertTrue(row.has_plan)
        self.assertFalse(row.is_late)

    def test_what_is_late_from_before_stands_in_the_current_month_too(self):
        self._create_action("Forgotten", "2026-10-15")
        self._create_action("Given up", "2026-10-16")._set_cancelled()
        row = self._track()
        self.assertEqual(row.action_text, "Forgotten")
        self.assertEqual(row.deadline_text, "10/15/2026 (late)")
        self.assertTrue(row.is_late)
        before = self._track(month="2026-10-01")
        self.assertEqual(before.action_text, "Forgotten")
        self.assertFalse(before.has_plan)
        self.assertFalse(self._track(month="2026-12-01").action_text)

    def test_customer_without_actions_shows_his_owner_and_what_he_said_last(self):
        for day, text in (("2026-11-12", "Waits for budget"), ("2026-12-01", "Later")):
            self.env["customer.interaction"].create(
                {
                    "profile_id": self.profile.id,
                    "interaction_datetime": f"{day} 08:00:00",
                    "feedback": text,
                }
            )
        row = self._track()
        self.assertEqual(row.action_text, "")
        self.assertEqual(row.responsible_text, self.sales.name)
        self.assertEqual(row.feedback_text, "11/12/2026 Waits for budget")

    def test_the_care_of_a_birthday_stays_out(self):
        self._create_action("Canary", "2026-11-25").sudo().is_personal = True
        row = self._track()
        self.assertEqual(row.action_text, "")
        self.assertFalse(row.department_ids)

    def test_months_reach_a_year_back_and_a_quarter_ahead(self):
        trackings = self.env["customer.tracking"].with_user(self.sales)
        with freeze_time(f"{DAY} 12:00:00"):
            months = trackings.search([("profile_id", "=", self.profile.id)]).mapped(
                "month"
            )
        self.assertEqual(len(months), 16)
        self.assertEqual(str(min(months)), "2025-11-01")
        self.assertEqual(str(max(months)), "2027-02-01")

    def test_filters_by_tier_owner_department_plan_and_search_view(self):
        other = self._create_customer("Other", "A", user_id=self.leader.id)
        plan = self._launch(other)
        self._create_action("Training", "2026-11-25", department_id=self.department.id)
        self._create_action("Old", "2026-09-25", plan, department_id=self.department.id)
        bare = self._create_customer("Bare", "B")
        self.env.flush_all()
        names = lambda rows: rows.mapped("profile_id.partner_id.name")  # noqa: E731
        self.assertEqual(names(self._track()), ["Customer", "Other", "Bare"])
        self.assertEqual(names(self._track(("tier_id.code", "=", "A"))), ["Other"])
        self.assertEqual(
            names(self._track(("user_id", "=", self.leader.id))), ["Other"]
        )
        self.assertEqual(
            names(self._track(("has_plan", "=", True))), ["Customer", "Other"]
        )
        self.assertFalse(self._track(("profile_id", "=", bare.id)).has_plan)
        # what is late from before is this month's work as well
        condition = ("department_ids", "in", self.department.ids)
        self.assertEqual(names(self._track(condition)), ["Customer", "Other"])
        self.assertEqual(names(self._track(condition, month="2026-09-01")), [])
        self.assertEqual(
            names(self._track(("department_ids", "ilike", self.department.name))),
            ["Customer", "Other"],
        )
        self.assertEqual(
            names(self._track(("department_ids", "not in", self.department.ids))),
            ["Bare"],
        )
        row = self._track(("profile_id", "=", self.profile.id))
        self.assertEqual(row.department_ids, self.department)

    def test_this_last_and_next_month_of_the_search_view_find_a_month_each(self):
        trackings = self.env["customer.tracking"].with_user(self.sales)
        for domain, month in (
            ([("month", "=", "today =1d")], "2026-11-01"),
            ([("month", "=", "today =1d -1m")], "2026-10-01"),
            ([("month", "=", "today =1d +1m")], "2026-12-01"),
        ):
            with self.subTest(month=month), freeze_time(f"{DAY} 12:00:00"):
                found = trackings.search(domain)
                self.assertEqual([str(day) for day in found.mapped("month")], [month])

    def test_rows_group_by_tier_owner_and_month(self):
        trackings = self.env["customer.tracking"].with_user(self.sales)
        with freeze_time(f"{DAY} 12:00:00"):
            for name in ("tier_id", "user_id", "month:month"):
                groups = trackings.formatted_read_group(
                    [("month", "=", "2026-11-01")], [name], ["__count"]
                )
                self.assertEqual([group["__count"] for group in groups], [1])

    def test_export_gives_the_nine_columns_as_text(self):
        self._create_action("Business review", "2026-11-30")
        self.sales.group_ids += self.env.ref("base.group_allow_export")
        row = self._track()
        names = [name if name[-3:] != "_id" else f"{name}/name" for name in FIELDS]
        [values] = row.export_data(names)["datas"]
        self.assertEqual(len(values), 9)
        self.assertEqual(values[0], "Customer")
        self.assertEqual(values[4], "Business review")

    def test_buttons_open_the_customer_his_plan_and_the_actions(self):
        action = self._create_action("Business review", "2026-11-30")
        with freeze_time(f"{DAY} 12:00:00"):
            row = self._track()
            self.assertEqual(row.action_open_customer()["res_id"], self.profile.id)
            self.assertEqual(row.action_open_plan()["res_id"], self.plan.id)
            domain = row.action_open_actions()["domain"]
        self.assertEqual(self.env["customer.care.action"].search(domain), action)

    def test_doctests_of_the_reader_hold(self):
        results = doctest.testmod(customer_tracking_reader)
        self.assertGreater(results.attempted, 0)
        self.assertFalse(results.failed)

    def test_others_see_no_row(self):
        row = self._track()
        for user in (
            self.stranger,
            self._create_user("tracking_plain", "base.group_user"),
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.with_user(user).read(["action_text"])
        self.assertFalse(self._track(user=self.stranger))

    def test_statements_do_not_depend_on_the_number_of_rows(self):
        profiles = self.profile.browse()
        for number in range(12):
            profiles |= self._create_customer(f"Many {number}", "B")
        for plan in self._launch(profiles):
            self._create_action("Visit", "2026-11-25", plan)
            self._create_decision_maker("Boss", plan.profile_id)
        counts = [
            self._count(profiles[:2].ids),
            self._count(profiles[:2].ids),
            self._count(profiles.ids),
        ]
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], 26)

    def _count(self, ids):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        rows = self._track(("profile_id", "in", ids))
        rows.read(FIELDS)
        self.assertEqual(len(rows), len(ids))
        return self.cr.sql_log_count - before
