from datetime import date
from unittest.mock import patch

import psycopg2
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .alert_mail_common import AlertMailCase
from .common import DAY

NEXT_DAY = "2026-11-22"
SUMMARY = "odoo.addons.customer_success.models.customer_alert_summary"


@tagged("post_install", "-at_install")
class TestAlertSummary(AlertMailCase):
    """One mail a day to each person who has new alerts."""

    # === WHAT IT SAYS === #

    def test_person_gets_one_mail_about_all_his_new_alerts(self):
        alert = self._create_alert("Alpha", self.owner)
        self._create_alert("Beta", self.owner, value_at_risk=0)
        alert.profile_id.tier_id = self.tiers["A"]
        self._send()
        mail = self._get_mails(self.owner)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.subject, "Alerts at your customers, 11/21/2026: 2")
        for text in (
            "Alpha",
            "Beta",
            "A (key)",
            "Usually orders every 21 days; 63 days since the last order",
            "4,300.00",
            f"/mail/view?model=customer.alert&amp;res_id={alert.id}",
        ):
            self.assertIn(text, mail.body)
        self.assertEqual(mail.body.count("4,300.00"), 1)
        self.assertFalse(self._get_mails(self.colleague))

    def test_the_mail_waits_in_the_queue_of_outgoing_mail(self):
        self._create_alert("Alpha", self.owner)
        self._send()
        mail = self.env["mail.mail"].search(
            [("mail_message_id", "=", self._get_mails(self.owner).id)]
        )
        self.assertEqual(mail.mapped("state"), ["outgoing"])
        self.assertEqual(mail.recipient_ids, self.owner.partner_id)

    def test_who_reads_in_odoo_finds_it_there(self):
        self.owner.notification_type = "inbox"
        self._create_alert("Alpha", self.owner)
        self._send()
        note = self.env["mail.notification"].search(
            [("mail_message_id", "=", self._get_mails(self.owner).id)]
        )
        self.assertEqual(note.notification_type, "inbox")

    def test_most_urgent_alerts_come_first_and_the_rest_is_counted(self):
        for number in range(22):
            self._create_alert(f"Nr {number:02}", self.owner, priority=number)
        self._send()
        body = self._get_mails(self.owner).body
        self.assertIn("And 2 more, less urgent.", body)
        self.assertNotIn("Nr 01", body)
        self.assertLess(body.index("Nr 21"), body.index("Nr 02"))
        # all of them were told: tomorrow is quiet
        self._send(NEXT_DAY)
        self.assertEqual(len(self._get_mails(self.owner)), 1)

    def test_names_cannot_put_anything_into_the_mail(self):
        self._create_alert('<img src=x onerror="alert(1)"/>', self.owner)
        self._send()
        body = self._get_mails(self.owner).body
        self.assertNotIn("<img", body)
        self.assertIn("&lt;img", body)

    # === NEVER TWICE === #

    def test_nothing_is_told_twice_on_the_same_or_another_day(self):
        alert = self._create_alert("Alpha", self.owner)
        for day, at in ((DAY, "08:00:00"), (DAY, "09:00:00"), (NEXT_DAY, "08:00:00")):
            self._send(day, at)
        self.assertEqual(len(self._get_mails(self.owner)), 1)
        self.assertEqual(alert.told_user_id, self.owner)
        self.assertEqual(alert.date_notified, date(2026, 11, 21))

    def test_what_comes_later_in_the_day_waits_for_the_next_mail(self):
        self._create_alert("Alpha", self.owner)
        self._send()
        self._create_alert("Beta", self.owner)
        self._send(at="15:00:00")
        self.assertEqual(len(self._get_mails(self.owner)), 1)
        self._send(NEXT_DAY)
        first, second = self._get_mails(self.owner)
        self.assertIn("Alpha", first.body)
        self.assertIn("Beta", second.body)
        self.assertNotIn("Alpha", second.body)

    def test_database_keeps_one_row_for_a_person_and_day(self):
        self._create_alert("Alpha", self.owner)
        self._send()
        row = self.env["customer.alert.summary"].search([])
        self.assertRecordValues(
            row,
            [
                {
                    "user_id": self.owner.id,
                    "date": date(2026, 11, 21),
                    "alert_count": 1,
                    "overflow_count": 0,
                }
            ],
        )
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
        ):
            row.copy()

    def test_person_of_two_companies_gets_one_mail(self):
        self.owner.company_ids |= self.other_company
        self._create_alert("Alpha", self.owner)
        profile = self._create_alerted(
            "Beta", company=self.other_company, user_id=self.owner.id
        )
        self._create_alert("Beta", self.owner, profile=profile)
        self._send()
        mail = self._get_mails(self.owner)
        self.assertEqual(len(mail), 1)
        self.assertIn("Alpha", mail.body)
        self.assertIn("Beta", mail.body)

    def test_mail_that_fails_is_sent_by_the_next_run_and_stops_nobody(self):
        self._create_alert("Alpha", self.owner)
        self._create_alert("Beta", self.colleague)
        sender = type(self.env["customer.alert.summary"])
        get_body = sender._get_body

        def fail(summary, alerts, overflow):
            if alerts.user_id == self.owner:
                raise ValueError("broken")
            return get_body(summary, alerts, overflow)

        with patch.object(sender, "_get_body", fail), mute_logger(SUMMARY):
            self._send()
        self.assertFalse(self._get_mails(self.owner))
        self.assertEqual(len(self._get_mails(self.colleague)), 1)
        # neither the alert nor the day counts as told
        self._send(at="09:00:00")
        self.assertEqual(len(self._get_mails(self.owner)), 1)
        self.assertEqual(len(self._get_mails(self.colleague)), 1)

    # === WHO GETS NONE === #

    def test_who_took_closed_or_snoozed_it_hears_nothing(self):
        taken, closed, snoozed = (
            self._create_alert(name, self.owner) for name in ("T", "C", "S")
        )
        taken.with_user(self.owner).action_take()
        closed._set_closed("known", date(2026, 11, 21), self.owner)
        snoozed._set_snoozed("date", date(2026, 12, 1), "Trade fair")
        self._send()
        self.assertFalse(self._get_mails(self.owner))

    def test_archived_person_and_one_without_address_stop_nobody(self):
        self._create_alert("Alpha", self.owner)
        self._create_alert("Beta", self.colleague)
        gone = self._create_user("mail_gone", "user")
        self._create_alert("Gamma", gone)
        gone.active = False
        self.owner.partner_id.email = False
        self._send()
        self.assertEqual(len(self._get_mails(self.colleague)), 1)
        self.assertFalse(self._get_mails(gone))

    def test_who_lost_the_right_to_see_the_customer_learns_nothing(self):
        self._create_alert("Alpha", self.owner)
        user = self.env.ref("customer_success.group_customer_success_user")
        self.owner.group_ids -= user
        with self.assertNoLogs(SUMMARY, "ERROR"):
            self._send()
        self.assertFalse(self._get_mails(self.owner))

    def test_company_that_wants_no_mail_gets_none(self):
        self.company.customer_alert_summary = False
        self._create_alert("Alpha", self.owner)
        self._create_alert("Left", is_overflow=True)
        self._send()
        self.assertFalse(self._get_mails(self.owner | self.manager))

    def test_clients_can_neither_write_who_was_told_nor_read_the_log(self):
        alert = self._create_alert("Alpha", self.owner)
        self._send()
        for name in ("told_user_id", "date_notified", "is_back"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                alert.with_user(self.owner).write({name: False})
        log = self.env["customer.alert.summary"]
        for user in (self.owner, self.manager):
            with self.assertRaises(AccessError):
                log.with_user(user).search([])
