from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .feedback_figures_common import FeedbackFiguresCase


@tagged("post_install", "-at_install")
class TestCaseReport(FeedbackFiguresCase):
    """Case analysis, the figures between two days and their papers."""

    def _read(self, groups, measures, user=None, domain=()):
        rows = self.env["customer.case.report"].with_user(user or self.user)
        return {
            row[0]: tuple(
                None if value is False else round(value, 2) for value in row[1:]
            )
            for row in rows._read_group(
                [("company_id", "=", self.shop.id), *domain], groups, measures
            )
        }

    # === CASES === #

    def test_shares_are_of_the_cases_a_question_makes_sense_for(self):
        answered = {"acknowledged_datetime": "2026-08-01 10:00:00"}
        self._receive("2026-08-01 08:00:00")
        self._set(self._receive("2026-08-01 08:00:00"), **answered, is_calmed=True)
        self._set(
            self._receive("2026-08-01 06:00:00", kind="enquiry"),
            **answered,
            solved_datetime="2026-08-02 06:00:00",
            state="confirmed",
            csat=4,
            csat_state="known",
        )
        self._set(self._receive("2026-08-01 08:00:00"), state="cancelled")
        measures = [
            "response_hours:avg",
            "solution_hours:avg",
            "calmed_percent:avg",
            "first_contact_percent:avg",
            "reopened_percent:avg",
            "csat:avg",
            "__count",
        ]
        found = self._read(["kind"], measures)
        self.assertEqual(found["complaint"], (2, None, 100, None, None, None, 2))
        self.assertEqual(found["enquiry"], (4, 24, None, 100, 0, 4, 1))

    def test_promises_in_time_by_handler_and_month_of_the_company(self):
        early = self._create_case("2026-07-31 15:59:00", profile=self.alpha)
        late = self._create_case("2026-07-31 16:01:00", profile=self.alpha)
        self._set(early | late, user_id=self.user.id)
        self._set(early.commitment_ids, state="met", met_datetime="2026-07-31 16:05:00")
        first = late.commitment_ids[0]
        self._set(
            first, is_breached=True, breached_datetime="2026-08-05", state="breached"
        )
        self._set(
            late.commitment_ids[1:2], state="met", met_datetime="2026-08-01 01:00:00"
        )
        found = self._read(["date:month"], ["in_time_percent:avg", "late_count:sum"])
        self.assertEqual(found, {date(2026, 7, 1): (100, 0), date(2026, 8, 1): (50, 1)})
        self.assertEqual(
            self._read(["user_id"], ["in_time_percent:avg"])[self.user], (75,)
        )

    def test_rows_show_to_who_may_see_the_case(self):
        case = self._receive("2026-08-01 08:00:00")
        unknown = self._receive("2026-08-01 08:00:00")
        self._set(unknown, profile_id=False)
        rows = self.env["customer.case.report"]
        for user, seen in (
            (self.user, case | unknown),
            (self.stranger, unknown),
            (self.manager, case | unknown),
        ):
            own = rows.with_user(user).search([("company_id", "=", self.shop.id)])
            self.assertEqual(own.sudo().case_id, seen)
        row = rows.browse(case.id).with_user(self.stranger)
        with self.assertRaises(AccessError):
            row.read(["response_hours"])
        with self.assertRaises(AccessError):
            row.action_open_case()
        case.sudo().group_user_ids = [Command.link(self.stranger.id)]
        self.assertEqual(row.action_open_case()["res_id"], case.id)

    # === FIGURES BETWEEN TWO DAYS === #

    def _open(self, **vals):
        periods = self.env["customer.service.period"].with_user(self.manager)
        return periods.create(
            {"date_from": "2026-07-01", "date_to": "2026-09-30", **vals}
        )

    def test_managers_choose_two_days_and_see_figures_and_records(self):
        case = self._receive("2026-08-01 08:00:00")
        period = self._open()
        rows = {row.key: row for row in period.line_ids}
        self.assertEqual(rows["complaints"].value_text, "1")
        self.assertTrue(rows["complaint_rate"].is_missed)
        action = rows["complaints"].action_open_records()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), case)
        period.date_to = "2026-07-31"
        rows = {row.key: row.value_text for row in period.line_ids}
        self.assertEqual(rows["complaints"], "0")
        period.write({"line_ids": [Command.clear()]})
        self.assertEqual(len(period.line_ids), 16)

    def test_days_and_companies_of_others_are_refused(self):
        for vals in (
            {"date_from": "2026-10-01"},
            {"date_to": "2026-11-04"},
            {"date_from": "2024-01-01"},
            {"company_id": self.company.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._open(**vals)
        with self.assertRaises(AccessError):
            self.env["customer.service.period"].with_user(self.user).create({})

    # === PAPERS === #

    def _print(self, name, records, lang="en_US", user=None):
        report = self.env["ir.actions.report"].with_user(user or self.manager)
        html, _kind = report.with_context(lang=lang)._render_qweb_html(
            f"customer_success.{name}", records.ids
        )
        return html.decode()

    def test_complaint_report_names_the_complaints_and_escapes_them(self):
        case = self._receive(
            "2026-08-01 08:00:00", subject="<script>alert(1)</script> broken"
        )
        self._receive("2026-08-01 08:00:00", kind="enquiry", subject="Just asking")
        html = self._print("report_customer_complaints", self._open())
        self.assertIn("Complaint Report", html)
        self.assertIn(case.name, html)
        self.assertIn("&lt;script&gt;alert(1)", html)
        self.assertNotIn("<script>alert(1)", html)
        self.assertIn("50%", html)
        self.assertNotIn("Just asking", html)

    def test_satisfaction_report_shows_tiers_drivers_and_plans(self):
        self._say("2026-08-01", value=4)
        self._say("2026-08-01", "nps", 9)
        self.env["customer.improvement"].create(
            {
                "profile_id": self.beta.id,
                "name": "Faster delivery",
                "date_deadline": "2026-11-01",
            }
        )
        html = self._print("report_customer_satisfaction", self._open())
        for text in (
            "Satisfaction Report",
            "2026-08",
            "100",
            "Faster delivery",
            "past due",
        ):
            self.assertIn(text, html)

    def test_minutes_of_a_meeting_print_for_who_took_part(self):
        meeting = self.env["customer.feedback.meeting"].create(
            {
                "company_id": self.shop.id,
                "user_ids": self.user.ids,
                "resolution_ids": [
                    Command.create(
                        {
                            "name": "Answer faster",
                            "user_id": self.user.id,
                            "date_deadline": "2026-12-01",
                        }
                    )
                ],
            }
        )
        html = self._print("report_customer_feedback_meeting", meeting, user=self.user)
        self.assertIn("Answer faster", html)
        self.assertIn("Average first response (hours)", html)
        with self.assertRaises(AccessError):
            self._print("report_customer_feedback_meeting", meeting, user=self.stranger)
