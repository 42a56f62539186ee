from datetime import datetime

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import DAY
from .sheet_common import SheetCase

CANARY = "Kanarienvogel"


@tagged("post_install", "-at_install")
class TestSheetRelation(SheetCase):
    """Who decides, what they need and what was said, on paper."""

    def _create_relation(self, profile):
        with freeze_time(f"{DAY} 12:00:00"):
            contact = self._create_partner(
                "高志远 (Gao)",
                parent_id=profile.partner_id.id,
                is_company=False,
                function="General manager",
            )
            role = self.env["customer.stakeholder.role"].search(
                [("code", "=", "decision_maker")]
            )
            person = self.env["customer.stakeholder"].create(
                {
                    "profile_id": profile.id,
                    "partner_id": contact.id,
                    "role_id": role.id,
                    "stance": "supportive",
                    "date_from": "2026-01-01",
                }
            )
            self.env["customer.team.member"].create(
                {
                    "profile_id": profile.id,
                    "user_id": self.sales.id,
                    "role_id": self.env["customer.team.role"].search([], limit=1).id,
                    "stakeholder_id": person.id,
                    "date_from": "2026-01-01",
                }
            )
            self.env["customer.interaction"].create(
                {
                    "profile_id": profile.id,
                    "interaction_datetime": datetime(2026, 11, 12, 8),
                    "user_ids": [Command.set(self.sales.ids)],
                    "partner_ids": [Command.set(contact.ids)],
                    "feedback": "Waiting for budget",
                    "next_step": "Offer for service",
                }
            )
            self.env["customer.insight"].create(
                {"profile_id": profile.id, "name": "Downtime costs 4,000 an hour"}
            )
            self.env["customer.agreement"].create(
                {
                    "profile_id": profile.id,
                    "name": "Frame contract",
                    "stage": "after_sales",
                    "date_end": "2027-01-02",
                }
            )
            data = self.env["customer.personal.data"].create(
                {
                    "profile_id": profile.id,
                    "partner_id": contact.id,
                    "consent": "given",
                    "purpose": f"{CANARY} purpose",
                    "birthday_day": 23,
                    "birthday_month": 11,
                    "interests": f"{CANARY} interests",
                    "trust": 4,
                    "notes": f"{CANARY} notes",
                }
            )
            self.env["customer.gift"].create(
                {"personal_data_id": data.id, "name": f"{CANARY} gift", "amount": 20}
            )
            milestones = self.env["customer.milestone"]
            milestones._create_automatic(
                milestones._get_due_birthdays(
                    self.company, datetime(2026, 11, 21).date()
                )
            )
        return profile

    def _create_birthday_care(self, profile):
        """Create the unmet care of a birthday and an evaluation of its month."""
        with freeze_time(f"{DAY} 12:00:00"):
            action = self.env["customer.care.action"].create(
                {
                    "profile_id": profile.id,
                    "name": f"{CANARY} card",
                    "kind_id": self.env["customer.action.kind"].search([], limit=1).id,
                    "user_id": self.sales.id,
                    "date_start": "2026-11-01",
                    "date_deadline": "2026-11-20",
                    "is_core": True,
                    "is_customer_visible": True,
                    "is_personal": True,
                }
            )
            action._set_unmet(
                self.env["customer.unmet.cause"].search([], limit=1), f"{CANARY} why"
            )
            return self.env["customer.review"].create(
                {
                    "profile_id": profile.id,
                    "date_from": "2026-11-01",
                    "date_to": "2026-11-30",
                }
            )

    def test_sheet_says_who_decides_and_what_was_said_on_one_page(self):
        profile = self._create_relation(self._create_customer("Azure Sheet"))
        [page] = self._print_pages(profile)
        for text in (
            "Who decides",
            "高志远 (Gao), General manager",
            "Key decision maker · Supportive",
            "Needs",
            "Downtime costs 4,000 an hour",
            "Last said",
            "11/12/2026",
            "Waiting for budget",
            "Offer for service",
            "01/02/2027 Frame contract",
            "Contracts and projects",
            "Sally",
        ):
            self.assertIn(text, page)

    def test_customer_without_relation_has_no_empty_headings(self):
        [page] = self._print_pages(self._create_customer("Azure Sheet"))
        self.assertNotIn("Who decides", page)
        self.assertNotIn("Last said", page)

    def test_no_relationship_data_is_in_any_report_of_the_addon(self):
        profile = self._create_relation(self._create_customer("Azure Sheet"))
        birthday = self.env["customer.milestone"].search(
            [("profile_id", "=", profile.id), ("kind", "=", "birthday")]
        )
        self.assertTrue(birthday)
        # the first responsible person himself, who may read all of it on screen
        names = {
            row["kind"] for row in profile.with_user(self.sales)._get_milestone_card()
        }
        self.assertIn("birthday", names)
        handover = self.env["customer.handover"].create(
            {
                "from_user_id": self.sales.id,
                "to_user_id": self.colleague.id,
                "profile_ids": [Command.set(profile.ids)],
            }
        )
        rule = self.env.ref("customer_success.customer_alert_rule_contact_left")
        alert = self.env["customer.alert"].create(
            {
                "profile_id": profile.id,
                "rule_id": rule.id,
                "signal": rule.signal,
                "key": "left",
                "date": "2026-11-21",
                "severity": rule.severity,
            }
        )
        review = self._create_birthday_care(profile)
        with freeze_time(f"{DAY} 12:00:00"):
            tracking = self.env["customer.tracking"].search(
                [("profile_id", "=", profile.id), ("month", "=", "2026-11-01")]
            )
            base_review = self.env["customer.base.review"].create({})
        records = {
            "customer.alert": alert,
            "customer.base.review": base_review,
            "customer.feedback.meeting": self.env["customer.feedback.meeting"].create(
                {"date_from": "2026-07-01", "date_to": "2026-09-30"}
            ),
            "customer.service.desk": self.env["customer.service.desk"].search(
                [("company_id", "=", self.company.id)], limit=1
            ),
            "customer.service.period": self.env["customer.service.period"].create(
                {"date_from": "2026-07-01", "date_to": "2026-09-30"}
            ),
            "customer.review": review,
            "customer.tracking": tracking,
            "customer.profile": profile,
            "customer.handover": handover,
            "customer.tier.review.print": self.env["customer.tier.review.print"].create(
                {}
            ),
        }
        names = self.env["ir.model.data"].search(
            [("module", "=", "customer_success"), ("model", "=", "ir.actions.report")]
        )
        reports = self.env["ir.actions.report"].browse(names.mapped("res_id"))
        # what is kept about a person is printed for that person only, by its readers
        reports = reports.filtered(lambda r: r.model != "customer.personal.report")
        self.assertEqual(set(reports.mapped("model")), set(records))
        for report in reports:
            with (
                self.subTest(report=report.report_name),
                freeze_time(f"{DAY} 12:00:00"),
            ):
                html, _kind = report.with_context(lang="en_US")._render_qweb_html(
                    report.report_name, records[report.model].ids
                )
                text = html.decode()
                self.assertIn("o_customer", text)
                self.assertNotIn(CANARY, text)
                self.assertNotIn("irthday", text)
                self.assertNotIn("11/23", text)
