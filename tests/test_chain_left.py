from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .chain_common import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21 12:00:00")
class TestChainLeft(ChainCase):
    """Contacts who leave, by any way, and who is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile.tier_id = cls.tiers["A"]
        cls.boss = cls._add("Boss", "decision_maker")
        cls.ada = cls._add("Ada", "champion", cls.boss)
        cls.ada_user = cls._add(cls.ada.partner_id, "user")
        cls.contact = cls.ada.partner_id
        cls.today = cls._to_date("2026-11-21")

    def _assert_gone(self, reason):
        self.assertRecordValues(
            self.ada | self.ada_user,
            [{"date_to": self.today, "end_reason": reason, "is_current": False}] * 2,
        )
        self.assertRecordValues(self.boss, [{"date_to": False, "is_current": True}])
        alert = self._get_left_alerts()
        self.assertRecordValues(
            alert,
            [
                {
                    "user_id": self.sales.id,
                    "key": f"{self.contact.id}:2026-11-21",
                    "date": self.today,
                    "date_over": False,
                    "state": "open",
                    "severity": "high",
                }
            ],
        )
        self.assertEqual(
            alert.evidence,
            {
                "stakeholder_ids": sorted((self.ada | self.ada_user).ids),
                "reason": reason,
                "date": "2026-11-21",
            },
        )
        self.assertEqual(len(alert.activity_ids), 1)
        self.assertEqual(alert.activity_ids.user_id, self.sales)
        return alert

    def _get_note(self, alert):
        return " ".join(alert.message_ids.mapped("body"))

    # === WAYS TO LEAVE === #

    def test_archived_contact_ends_his_roles_and_tells_the_responsible_person_once(
        self,
    ):
        self._create_contact("Successor")
        clerk = self._create_user(
            "chain_clerk", "base.group_user,base.group_partner_manager"
        )
        self.contact.with_user(clerk).active = False  # sees no customer at all
        note = self._get_note(self._assert_gone("archived"))
        self.assertIn("Champion", note)  # not covered any more
        self.assertIn("Economic buyer", note)
        self.assertIn("Successor", note)
        self.assertNotIn("Key decision maker", note)

    def test_has_left_on_a_role_ends_every_role_of_the_person(self):
        self.ada_user.with_user(self.sales).action_has_left()
        self._assert_gone("left")
        self.assertTrue(self.contact.active)

    def test_has_left_on_the_contact_does_the_same(self):
        self.contact.with_user(self.sales).action_has_left()
        self._assert_gone("left")
        with self.assertRaises(UserError):
            self.contact.with_user(self.sales).action_has_left()

    def test_change_of_employer_ends_the_roles(self):
        self.contact.parent_id = self._create_partner("New Employer")
        self._assert_gone("employer")

    def test_boss_of_a_department_who_moves_takes_his_people_along(self):
        department = self._create_contact("Department")
        self.contact.parent_id = department
        self.assertFalse(self.ada.date_to)  # the same customer still
        department.parent_id = self._create_partner("New Employer")
        self._assert_gone("employer")

    def test_mails_that_came_back_end_the_roles_at_the_limit_of_the_company(self):
        self.contact.message_bounce = 2
        self.assertFalse(self.ada.date_to)
        self.contact.message_bounce = 3
        self._assert_gone("bounced")

    def test_limit_of_zero_switches_returned_mails_off(self):
        self.company.customer_bounce_limit = 0
        self.contact.message_bounce = 50
        self.assertFalse(self.ada.date_to)

    def test_only_mails_count_that_came_back_since_the_role_started(self):
        other = self._create_contact("Old Address", message_bounce=7)
        row = self._add(other)
        other.message_bounce = 9
        self.assertFalse(row.date_to)
        other.message_bounce = 10
        self.assertEqual(row.end_reason, "bounced")

    def test_one_role_can_end_while_the_person_stays(self):
        self.ada_user.with_user(self.sales).action_end()
        self.assertEqual(self.ada_user.end_reason, "changed")
        self.assertFalse(self.ada.date_to)
        self.assertFalse(self._get_left_alerts())

    def test_role_that_starts_tomorrow_ends_on_its_first_day(self):
        late = self._add("Late", date_from="2026-12-01")
        late.partner_id.active = False
        self.assertEqual(late.date_to, self._to_date("2026-12-01"))
        self.assertFalse(late._check_contacts())  # and not every night again

    # === WHO IS TOLD === #

    def test_rule_that_is_switched_off_tells_nobody(self):
        rule = self.env.ref("customer_success.customer_alert_rule_contact_left")
        rule.active = False
        self.contact.active = False
        self.assertTrue(self.ada.date_to)
        self.assertFalse(self._get_left_alerts())

    def test_rule_of_some_tiers_tells_nobody_about_others(self):
        rule = self.env.ref("customer_success.customer_alert_rule_contact_left")
        rule.tier_codes = "S"
        self.contact.active = False
        self.assertFalse(self._get_left_alerts())
        rule.tier_codes = "S, A"
        self.boss.partner_id.active = False
        self.assertEqual(len(self._get_left_alerts()), 1)

    def test_second_person_who_leaves_is_an_alert_of_his_own(self):
        self.contact.active = False
        self.boss.partner_id.active = False
        self.assertEqual(len(self._get_left_alerts()), 2)

    def test_alert_is_over_when_others_hold_the_roles(self):
        self.contact.active = False
        alerts = self.env["customer.alert"]
        successor = self._create_contact("Successor")
        with freeze_time("2026-11-22 12:00:00"):
            self._add(successor, "champion", date_from="2026-11-22")
            alerts._raise_alerts(self._to_date("2026-11-22"), self.company)
            self.assertFalse(self._get_left_alerts().date_over)  # and a user
            self._add(successor, "user", date_from="2026-11-22")
            alerts._raise_alerts(self._to_date("2026-11-22"), self.company)
        self.assertEqual(self._get_left_alerts().date_over, self._to_date("2026-11-22"))

    def test_nobody_is_told_about_a_customer_who_is_archived(self):
        self.profile.active = False
        self.contact.active = False
        self.assertTrue(self.ada.date_to)
        self.assertFalse(self._get_left_alerts())

    def test_our_match_is_named(self):
        self.env["customer.team.member"].create(
            {
                "profile_id": self.profile.id,
                "user_id": self.sales.id,
                "role_id": self.team_roles["account_manager"].id,
                "stakeholder_id": self.ada.id,
            }
        )
        self.contact.active = False
        self.assertIn(self.sales.name, self._get_note(self._get_left_alerts()))

    # === COMING BACK === #

    def test_restored_contact_has_no_role_until_somebody_resumes_it(self):
        with freeze_time("2026-11-01 12:00:00"):
            self.contact.active = False
        self.contact.active = True
        self.assertTrue(self.ada.date_to)
        new = self.ada.with_user(self.sales).action_resume()
        self.assertRecordValues(
            self.ada | new,
            [
                {"date_to": self._to_date("2026-11-01"), "end_reason": "archived"},
                {"date_to": False, "end_reason": False},
            ],
        )
        self.assertEqual(new.date_from, self.today)
        self.assertEqual(new.reports_to_id, self.boss)
        with self.assertRaisesRegex(UserError, "has not ended"):
            new.action_resume()

    def test_role_that_ended_today_goes_on_without_a_gap(self):
        self.contact.active = False
        self.contact.active = True
        self.assertEqual(self.ada.action_resume(), self.ada)
        self.assertRecordValues(self.ada, [{"date_to": False, "end_reason": False}])

    def test_archived_contact_cannot_resume(self):
        self.contact.active = False
        with self.assertRaisesRegex(UserError, "Ada is archived"):
            self.ada.action_resume()

    # === NIGHTLY === #

    def test_job_catches_what_raw_statements_did_and_ten_more_runs_change_nothing(self):
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE res_partner SET active = FALSE WHERE id = %s RETURNING id",
                self.contact.id,
            )
        )
        self.env.invalidate_all()
        self._run_cron("check_contacts")
        self._assert_gone("archived")
        before = self._dump()
        for _time in range(10):
            self._run_cron("check_contacts")
        self.assertEqual(self._dump(), before)

    def _dump(self):
        self.env.flush_all()
        return self.env.execute_query(
            SQL("SELECT * FROM customer_stakeholder ORDER BY id")
        ), self.env["mail.activity"].search_count([])

    def test_job_takes_people_whole_when_it_works_in_ranges(self):
        self._add(self.boss.partner_id, "economic_buyer")
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE res_partner SET active = FALSE WHERE id = ANY(%s) RETURNING id",
                [self.contact.id, self.boss.partner_id.id],
            )
        )
        self.env.invalidate_all()
        rows = self.env["customer.stakeholder"].sudo()
        counts = [rows._check_contacts(company=self.company, limit=1) for _ in range(3)]
        self.assertEqual(counts, [2, 2, 0])
        self.assertEqual(len(self._get_left_alerts()), 2)

    @mute_logger("odoo.sql_db")
    def test_somebody_whose_roles_cannot_be_ended_does_not_stop_the_job(self):
        people = [self._add(f"Gone {number}") for number in range(3)]
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE customer_stakeholder ADD CONSTRAINT poison"
            " CHECK (id <> %s OR date_to IS NULL)",
            [people[1].id],
        )
        self._archive_silently(people)
        with self.assertLogs("odoo.addons.customer_success.batches", "ERROR") as log:
            self._run_cron("check_contacts", "2026-11-21")
        self.assertEqual([bool(row.date_to) for row in people], [True, False, True])
        self.assertEqual(len(log.output), 1)
        self.assertEqual(len(self._get_left_alerts()), 2)
        self.env.cr.execute("ALTER TABLE customer_stakeholder DROP CONSTRAINT poison")
        for _run in range(3):
            self._run_cron("check_contacts", "2026-11-22")
        self.assertTrue(people[1].date_to)
        self.assertEqual(len(self._get_left_alerts()), 3)

    def _archive_silently(self, rows):
        self.env.execute_query(
            SQL(
                "UPDATE res_partner SET active = FALSE WHERE id = ANY(%s) RETURNING id",
                [row.partner_id.id for row in rows],
            )
        )
        self.env.invalidate_all()
