from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import DAY
from .satisfaction_common import SatisfactionCase

# What a batch leaves out is told here.
LOG = "odoo.addons.customer_success.batches"


@tagged("post_install", "-at_install")
class TestSurveyInvitations(SatisfactionCase):
    """Who is invited when, by the scheduler; nobody twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_survey_auto = True
        cls.other_company.customer_survey_auto = False
        cls.env["customer.profile"].search([("id", "!=", cls.profile.id)]).write(
            {"is_not_rated": True}
        )

    def _send(self, day=DAY):
        """Let the scheduler run; return the invitations of our customer."""
        self._run_cron("send_surveys", day)
        return self._invitations()

    def _invitations(self, profile=None):
        return self.env["customer.survey.invitation"].search(
            [("profile_id", "=", (profile or self.profile).id)], order="date, id"
        )

    def _mails(self):
        return self.env["mail.mail"].search(
            [("model", "=", "customer.survey.invitation")], order="id"
        )

    # === INVITED === #

    def test_a_customer_who_is_due_gets_one_queued_mail_with_his_link(self):
        self.contact.lang = "en_US"
        invitation = self._send()
        self.assertRecordValues(
            invitation,
            [
                {
                    "partner_id": self.contact.id,
                    "survey_id": self.survey.id,
                    "state": "sent",
                    "period": self._to_date("2026-10-01"),
                    "date": self._to_date(DAY),
                    "date_reminder": self._to_date("2026-11-28"),
                    "date_expiry": self._to_date("2027-01-20"),
                }
            ],
        )
        mail = self._mails()
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.contact)
        self.assertIn(invitation.user_input_id.access_token, mail.body_html)
        run = self.env["customer.run"].search([("job", "=", "survey")], limit=1)
        self.assertEqual(run.state, "done")

    def test_a_second_run_invites_and_writes_nothing(self):
        first = self._send()
        count = self.env["survey.user_input"].search_count([])
        self._send()
        self.env["customer.survey.invitation"]._invite_due(
            self.company, self._to_date(DAY)
        )
        self.assertEqual(self._invitations(), first)
        self.assertEqual(self.env["survey.user_input"].search_count([]), count)
        self.assertEqual(len(self._mails()), 1)

    def test_nobody_is_asked_before_it_is_switched_on(self):
        self.company.customer_survey_auto = False
        self.assertFalse(self._send())

    def test_after_the_months_of_the_cadence_he_is_due_again(self):
        self._send()
        self.assertEqual(len(self._send("2027-02-20")), 1)
        again = self._send("2027-02-21")
        self.assertEqual(len(again), 2)
        self.assertEqual(again[1].period, self._to_date("2027-01-01"))

    def test_the_tier_decides_the_cadence(self):
        self.profile.tier_id = self.tiers["C"]
        self._send()
        self.assertEqual(len(self._send("2027-11-20")), 1)
        self.assertEqual(len(self._send("2027-11-21")), 2)

    def test_a_cadence_of_the_company_beats_the_shared_one(self):
        self.env["customer.survey.cadence"].create(
            {
                "name": "Ours",
                "company_id": self.company.id,
                "survey_id": self.survey.id,
                "months": 6,
                "sequence": 99,
            }
        )
        self.assertEqual(self._send().cadence_id.name, "Ours")
        self.assertEqual(len(self._send("2027-03-21")), 1)

    # === LEFT OUT === #

    def test_who_does_not_want_it_or_cannot_be_reached_is_left_out(self):
        blacklist = self.env["mail.blacklist"].create({"email": "asked@example.com"})
        for name, change, back in (
            ("blacklisted", lambda: None, blacklist.unlink),
            (
                "refused",
                lambda: self.contact.write({"is_survey_refused": True}),
                lambda: self.contact.write({"is_survey_refused": False}),
            ),
            (
                "archived",
                lambda: self.contact.write({"active": False}),
                lambda: self.contact.write({"active": True}),
            ),
            (
                "without an address",
                lambda: self.contact.write({"email": False}),
                lambda: self.contact.write({"email": "asked@example.com"}),
            ),
            (
                "not rated",
                lambda: self.profile.write({"is_not_rated": True}),
                lambda: self.profile.write({"is_not_rated": False}),
            ),
            (
                "archived customer",
                lambda: self.profile.write({"active": False}),
                lambda: self.profile.write({"active": True}),
            ),
        ):
            with self.subTest(name=name):
                change()
                self.assertFalse(self._get_due())
                back()
                self.assertEqual(len(self._get_due()), 1)

    def _get_due(self, day=DAY, company=None):
        due = self.env["customer.survey.invitation"]._get_due(
            company or self.company, self._to_date(day)
        )
        return [(profile_id, partner_id) for _cadence, profile_id, partner_id in due]

    def test_our_own_people_are_never_asked(self):
        self.owner.partner_id.write({"parent_id": self.profile.partner_id.id})
        self.owner.partner_id.email = "owner@example.com"
        self.contact.active = False
        self.assertFalse(self._get_due())

    def test_a_person_gets_no_second_questionnaire_within_thirty_days(self):
        self._send()
        other = self._create_asked("Second customer", "asked@example.com")
        self.assertFalse(self._get_due("2026-12-20"))
        self.assertEqual(
            self._get_due("2026-12-21"),
            [(other.id, other.partner_id.child_ids.id)],
        )

    def test_the_guard_holds_over_companies(self):
        self._send()
        there = self._create_asked(
            "There", "asked@example.com", company=self.other_company
        )
        self.assertFalse(self._get_due(DAY, self.other_company))
        due = self._get_due("2026-12-21", self.other_company)
        self.assertEqual([profile_id for profile_id, _partner_id in due], [there.id])

    def test_two_customers_with_one_address_are_asked_once(self):
        self._create_asked("Twin", "asked@example.com")
        self.assertEqual(len(self._get_due()), 1)

    def test_nobody_is_asked_more_often_than_allowed_in_a_year(self):
        cadence = self.env.ref("customer_success.customer_survey_cadence_s")
        cadence.write({"max_per_year": 1})
        self._send()
        self.assertFalse(self._get_due("2027-06-01"))
        self.assertTrue(self._get_due("2027-11-21"))

    def test_an_answer_by_phone_counts_as_asked(self):
        wizard = self.env["customer.satisfaction.phone"].with_user(self.owner)
        with freeze_time(f"{DAY} 12:00:00"):
            dialog = wizard.create({"profile_id": self.profile.id, "attitude": "4"})
            dialog.action_save()
        self.assertFalse(self._get_due("2027-02-20"))
        self.assertTrue(self._get_due("2027-02-21"))

    def test_the_contact_of_the_decision_chain_is_asked(self):
        other = self._create_partner(
            "Purchasing",
            parent_id=self.profile.partner_id.id,
            is_company=False,
            email="purchasing@example.com",
        )
        self.assertEqual(self._get_due(), [(self.profile.id, self.contact.id)])
        self.env["customer.stakeholder"].create(
            {
                "profile_id": self.profile.id,
                "partner_id": other.id,
                "date_from": "2026-01-01",
            }
        )
        self.assertEqual(self._get_due(), [(self.profile.id, other.id)])

    # === REMINDED, ANSWERED, EXPIRED === #

    def test_who_has_not_answered_is_reminded_once(self):
        self._send()
        self._send("2026-11-27")
        self.assertEqual(len(self._mails()), 1)
        invitation = self._send("2026-11-28")
        self.assertRecordValues(
            invitation,
            [{"state": "reminded", "date_reminded": self._to_date("2026-11-28")}],
        )
        self.assertEqual(len(self._mails()), 2)
        self._send("2026-12-05")
        self.assertEqual(len(self._mails()), 2)

    def test_who_has_answered_is_not_reminded(self):
        invitation = self._send()
        row = self._fill(invitation.user_input_id, attitude=5)["csat"]
        self.assertEqual(invitation.state, "answered")
        self.assertEqual(row.profile_id, self.profile)
        self._send("2026-11-28")
        self.assertEqual(len(self._mails()), 1)

    def test_who_was_blocked_meanwhile_is_not_reminded(self):
        invitation = self._send()
        self.env["mail.blacklist"].create({"email": "asked@example.com"})
        self._send("2026-11-28")
        self.assertEqual(len(self._mails()), 1)
        self.assertEqual(invitation.state, "sent")
        self._send("2027-01-20")
        self.assertEqual(invitation.state, "sent")
        self._send("2027-01-21")
        self.assertEqual(invitation.state, "expired")

    def test_an_invited_person_is_known_also_when_the_link_is_public(self):
        self.survey.access_mode = "public"
        invitation = self._send()
        row = self._fill(invitation.user_input_id, attitude=4)["csat"]
        self.assertFalse(row.is_anonymous)
        self.assertEqual(row.partner_id, self.contact)

    # === ONE THAT FAILS === #

    def test_one_that_fails_stops_only_itself(self):
        good = self._create_asked("Good", "good@example.com")
        model = type(self.env["customer.survey.invitation"])
        queue = model._queue_mail

        def fail(records, template):
            if self.profile in records.profile_id:
                raise ValueError("template")
            return queue(records, template)

        with patch.object(model, "_queue_mail", fail), mute_logger(LOG):
            self._send()
        self.assertFalse(self._invitations())
        self.assertEqual(len(self._invitations(good)), 1)
        self.assertEqual(len(self._send("2026-11-22")), 1)

    # === POLICY === #

    def test_a_cadence_needs_a_customer_questionnaire_and_sane_figures(self):
        cadence = self.env.ref("customer_success.customer_survey_cadence_s")
        with self.assertRaises(ValidationError):
            cadence.tier_codes = "X"
        with self.assertRaises(ValidationError):
            cadence.reminder_days = 60
        with self.assertRaises(ValidationError):
            cadence.survey_id = self._create_survey("attitude", customer_kind=False)
