from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DAY
from .satisfaction_common import SatisfactionCase


@tagged("post_install", "-at_install")
class TestSatisfactionRights(SatisfactionCase):
    """Who sees and changes answers; merges of customers; persons who are erased."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._create_user("satisfaction_stranger", "user")
        cls.everyone = cls._create_user("satisfaction_all", "user_all")
        cls.manager = cls._create_user("satisfaction_boss", "manager,personal_reader")

    def _answer(self, **values):
        return self._fill(self._start(self.contact), **(values or {"attitude": 4}))

    # === RIGHTS === #

    def test_an_answer_is_read_by_the_people_of_the_customer_an_anonymous_by_nobody(
        self,
    ):
        named = self._answer()["csat"]
        self.survey.access_mode = "public"
        anonymous = self._answer(attitude=1)["csat"]
        # a plan would tell that somebody has just said so
        self.assertFalse(anonymous.improvement_ids)
        case = self.env["customer.case"].create({"subject": "Who?"})
        case._solve({"result": "Done"})
        case._rate_by_customer(2)
        unknown = case.satisfaction_ids
        answers = named | anonymous | unknown
        for user, seen in (
            (self.owner, named | unknown),
            (self.stranger, unknown),
            (self.everyone, named | unknown),
            (self.manager, named | unknown),
        ):
            mine = answers.with_user(user)
            self.assertEqual(mine._filtered_access("read"), seen, user.login)
            self.assertEqual(set(mine.search([("id", "in", answers.ids)])), set(seen))
            lines = answers.line_ids.with_user(user)
            self.assertEqual(lines._filtered_access("read"), seen.line_ids)
            plans = unknown.improvement_ids.with_user(user)
            self.assertTrue(plans.has_access("write"))

    def test_nobody_writes_what_a_customer_said(self):
        row = self._answer()["csat"]
        for values in (
            {"value": 5},
            {"score": 100},
            {"band": "good"},
            {"comment": "Great"},
            {"partner_id": False},
            {"line_ids": [Command.clear()]},
        ):
            for user in (self.owner, self.manager):
                with self.subTest(values=values), self.assertRaises(AccessError):
                    row.with_user(user).write(values)
        row.with_user(self.owner).write({"note": "Called him back"})
        row.with_user(self.owner).message_post(body="Called him back")

    def test_nobody_creates_an_answer_by_hand(self):
        rows = self.env["customer.satisfaction"]
        values = {
            **rows._prepare_measure_vals("csat", 5, (1, 5)),
            "answered_datetime": f"{DAY} 12:00:00",
            "date": DAY,
            "source": "phone",
        }
        for user in (self.owner, self.manager):
            with self.assertRaises(AccessError):
                rows.with_user(user).create(values)

    def test_a_phone_answer_is_for_ones_own_customers(self):
        wizard = self.env["customer.satisfaction.phone"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            wizard.create({"profile_id": self.profile.id, "nps": "5"}).action_save()
        self.assertFalse(
            self.env["customer.satisfaction"].search(
                [("profile_id", "=", self.profile.id)]
            )
        )

    def test_a_dialog_saves_one_answer(self):
        wizard = self.env["customer.satisfaction.phone"].with_user(self.owner)
        values = {"profile_id": self.profile.id, "date": fields.Date.today()}
        with self.assertRaisesRegex(UserError, "at least one"):
            wizard.create(values).action_save()
        dialog = wizard.create({**values, "attitude": "5", "nps": "0"})
        dialog.action_save()
        with self.assertRaisesRegex(UserError, "saved already"):
            dialog.action_save()
        rows = self.env["customer.satisfaction"].search(
            [("profile_id", "=", self.profile.id)], order="measure"
        )
        self.assertRecordValues(
            rows,
            [
                {"measure": "csat", "value": 5, "asked_by_id": self.owner.id},
                {"measure": "nps", "value": 0, "asked_by_id": self.owner.id},
            ],
        )

    def test_the_keys_of_an_answer_are_nobodys(self):
        row = self._answer()["csat"]
        invitation = self.env["customer.survey.invitation"].create(
            {
                "profile_id": self.profile.id,
                "partner_id": self.contact.id,
                "survey_id": self.survey.id,
                "user_input_id": row.user_input_id.id,
                "period": DAY,
                "date": DAY,
                "date_expiry": "2027-01-20",
            }
        )
        for record, names in (
            (row, ["user_input_id", "rating_id"]),
            (invitation, ["user_input_id", "url"]),
        ):
            for name in names:
                for user in (self.owner, self.everyone, self.manager):
                    mine = record.with_user(user)
                    with self.subTest(field=name), self.assertRaises(AccessError):
                        mine.read([name])
                    if name != "url":
                        with self.assertRaises(AccessError):
                            mine.search([(name, "!=", False)])
                        with self.assertRaises(AccessError):
                            mine._read_group([], [name], ["__count"])

    def test_a_plan_cannot_pretend_to_be_started_by_itself(self):
        plans = self.env["customer.improvement"].with_user(self.owner)
        values = {"name": "Mine", "profile_id": self.profile.id}
        with self.assertRaises(AccessError):
            plans.create({**values, "origin_key": "case-1-0"})
        plan = plans.with_context(default_origin_key="case-1-0").create(values)
        self.assertFalse(plan.origin_key)
        with self.assertRaises(AccessError):
            plan.write({"origin_key": "case-1-0"})
        with self.assertRaises(AccessError):
            plans.with_user(self.stranger).create(values)

    # === MERGE === #

    def test_answers_plans_and_invitations_follow_a_merged_customer(self):
        other = self._create_asked("Survivor", "survivor@example.com")
        row = self._answer(attitude=2)["csat"]
        plan = row.improvement_ids
        invitations = self.env["customer.survey.invitation"]
        rows = {
            profile: invitations.create(
                {
                    "profile_id": profile.id,
                    "partner_id": profile.partner_id.child_ids.id,
                    "survey_id": self.survey.id,
                    "period": period,
                    "date": DAY,
                    "date_expiry": "2027-01-20",
                    "state": state,
                }
            )
            for profile, period, state in (
                (other, "2026-10-01", "sent"),
                (self.profile, "2026-10-01", "answered"),
            )
        }
        own = invitations.create(
            {
                "profile_id": self.profile.id,
                "partner_id": self.contact.id,
                "survey_id": self.survey.id,
                "period": "2026-07-01",
                "date": "2026-07-02",
                "date_expiry": "2026-09-01",
            }
        )
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.profile.partner_id | other.partner_id).ids, other.partner_id
        )
        self.assertEqual(row.profile_id, other)
        self.assertEqual(plan.profile_id, other)
        self.assertEqual(own.profile_id, other)
        # of two to the same questionnaire and period the answered one stays
        self.assertFalse(rows[other].exists())
        self.assertEqual(rows[self.profile].profile_id, other)

    # === PERSONS === #

    def test_the_report_about_a_person_holds_his_answers_and_erasure_their_words(self):
        answer = self._start(self.contact)
        row = self._fill(answer, attitude=4, suggestions="Call me Canary")["csat"]
        source = self.env["customer.personal.source"]
        report = source._get_person_report(self.contact, self.company)
        found = {part["model"]: str(part) for part in report}
        self.assertIn("Call me Canary", found["customer.satisfaction"])
        terms = source._get_terms(self.contact)
        decisions = source._get_decisions(self.contact, terms, self.company)
        source._erase_person(self.contact, terms, self.company, decisions)
        self.assertNotIn("Canary", row.comment or "")
        self.assertFalse(row.partner_id)
        self.assertRecordValues(row, [{"value": 4, "profile_id": self.profile.id}])
        self.assertFalse(answer.partner_id or answer.email or answer.nickname)
        texts = answer.user_input_line_ids.mapped("value_text_box")
        self.assertNotIn("Call me Canary", texts)

    # === PANEL === #

    def test_the_panel_says_what_they_think_and_what_we_change(self):
        card = self.profile.with_user(self.owner)._get_satisfaction_card()
        self.assertEqual(card, {"summary": False, "answers": [], "plans": []})
        today = self.company._get_customer_today()
        self._fill(self._start(self.contact), str(today), attitude=3, nps=10)
        profile = self.profile.with_user(self.owner)
        self.env.flush_all()
        (profile.company_id.customer_tz, profile.env.user.lang)  # as every card reads
        before = self.cr.sql_log_count
        card = profile._get_satisfaction_card()
        self.assertEqual(self.cr.sql_log_count - before, 1)
        self.assertEqual(
            card["summary"],
            "Satisfaction 3 of 5 in 12 months (answers: 1) · NPS +100 (answers: 1)",
        )
        self.assertEqual(
            {(row["measure"], row["value"]) for row in card["answers"]},
            {("", "3 / 5"), ("NPS", "10 / 10")},
        )
        self.assertEqual(len(card["plans"]), 1)
        self.assertFalse(card["plans"][0]["is_late"])
