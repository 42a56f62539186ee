from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .alert_mail_common import AlertMailCase
from .common import DAY

NEXT_DAY, LATER = "2026-11-22", "2026-12-02"


@tagged("post_install", "-at_install")
class TestAlertSummaryManagers(AlertMailCase):
    """What managers, colleagues who take over and readers of Chinese are told."""

    # === THE MANAGERS' LIST === #

    def test_managers_are_told_how_many_are_left_over(self):
        self._create_alert("Full list", self.owner, is_overflow=True)
        self._create_alert("Nobody has it")
        self._send()
        mail = self._get_mails(self.manager)
        self.assertEqual(mail.subject, "Alerts on the managers' list, 11/21/2026: 2")
        self.assertIn("is full: 2.", mail.body)
        self.assertNotIn("Full list", mail.body)
        self.assertFalse(self._get_mails(self.owner))

    def test_managers_hear_again_only_when_the_list_grew(self):
        first = self._create_alert("First", is_overflow=True)
        self._create_alert("Second", is_overflow=True)
        self._send()
        self._send(NEXT_DAY)
        self.assertEqual(len(self._get_mails(self.manager)), 1)
        first._set_closed("known", date(2026, 11, 23))
        self._send("2026-11-23")
        self.assertEqual(len(self._get_mails(self.manager)), 1)
        self._create_alert("Third", is_overflow=True)
        self._send("2026-11-24")
        mails = self._get_mails(self.manager)
        self.assertEqual(len(mails), 2)
        self.assertIn("is full: 2.", mails[-1].body)

    def test_manager_with_alerts_of_his_own_gets_both_in_one_mail(self):
        self._create_alert("Alpha", self.manager)
        self._create_alert("Left", is_overflow=True)
        self._send()
        mail = self._get_mails(self.manager)
        self.assertEqual(len(mail), 1)
        self.assertIn("Alpha", mail.body)
        self.assertIn("is full: 1.", mail.body)

    def test_manager_hears_of_his_own_companies_only(self):
        profile = self._create_alerted("Elsewhere", company=self.other_company)
        self._create_alert("Elsewhere", profile=profile)
        self._send()
        self.assertFalse(self._get_mails(self.manager))

    # === BACK AND HANDED OVER === #

    def test_the_end_of_a_snooze_is_told_as_such(self):
        alert = self._create_alert("Alpha", self.owner)
        self._send()
        with freeze_time(f"{DAY} 09:00:00"):
            alert.with_user(self.owner)._set_snoozed(
                "date", date(2026, 12, 2), "Trade fair"
            )
        self._send(NEXT_DAY)
        self.assertEqual(len(self._get_mails(self.owner)), 1)
        alert._wake()
        self._send(LATER)
        first, second = self._get_mails(self.owner)
        self.assertNotIn("Snooze is over", first.body)
        self.assertIn("Snooze is over", second.body)
        self._send("2026-12-03")
        self.assertEqual(len(self._get_mails(self.owner)), 2)

    def test_snooze_of_what_he_had_taken_is_told_as_well(self):
        alert = self._create_alert("Alpha", self.owner)
        alert.with_user(self.owner).action_take()
        alert._set_snoozed("date", date(2026, 11, 22), "Short")
        alert._wake()
        self._send(NEXT_DAY)
        self.assertIn("Snooze is over", self._get_mails(self.owner).body)

    def test_who_takes_it_back_himself_is_not_told(self):
        alert = self._create_alert("Alpha", self.owner)
        alert._set_snoozed("date", date(2026, 11, 22), "Short")
        alert.with_user(self.owner).action_take()
        self._send(NEXT_DAY)
        self.assertFalse(self._get_mails(self.owner))

    def test_whoever_gets_it_next_is_told(self):
        alert = self._create_alert("Alpha", self.owner)
        self._send()
        alert.profile_id.user_id = self.colleague
        alert.user_id = self.colleague
        self._send(NEXT_DAY)
        self.assertIn("Alpha", self._get_mails(self.colleague).body)
        self.assertEqual(len(self._get_mails(self.owner)), 1)

    # === LANGUAGE === #

    def test_each_person_reads_his_own_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._get("customer_success")._update_translations(
            "zh_CN"
        )
        self.colleague.lang = "zh_CN"
        self._create_alert("Alpha", self.owner)
        self._create_alert("Beta", self.colleague)
        self._send()
        chinese = self._get_mails(self.colleague)
        self.assertIn("预警", chinese.subject)
        for text in ("客户", "等级", "风险金额"):
            self.assertIn(text, chinese.body)
        english = self._get_mails(self.owner)
        self.assertIn("What was seen", english.body)

    # === ODOO'S OWN DIGEST === #

    def _get_kpis(self, user):
        digest = self.env["digest.digest"].create(
            {
                "name": "Digest",
                "user_ids": [Command.link(user.id)],
                "kpi_customer_alert": True,
                "kpi_customer_at_risk": True,
            }
        )
        # the columns are those of now: the last day, week and month
        with freeze_time(f"{DAY} 12:00:00"):
            kpis = digest._compute_kpis(user.company_id, user)
        return {kpi["kpi_name"]: kpi for kpi in kpis}

    def test_digest_counts_alerts_and_customers_at_risk_as_the_reader_sees_them(self):
        alert = self._create_alert("Alpha", self.owner)
        self._create_alert("Beta", self.colleague)
        closed = self._create_alert("Gamma", self.owner)
        closed._set_closed("known", date(2026, 11, 21))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_alert SET create_date = %s", [f"{DAY} 02:00:00"]
        )
        self.env.invalidate_all()
        for profile in self.alerts.search([]).profile_id:
            self.env.cr.execute(
                """INSERT INTO customer_churn
                          (profile_id, company_id, state, percent_state)
                   VALUES (%s, %s, 'at_risk', 'hidden')""",
                [profile.id, profile.company_id.id],
            )
        kpis = self._get_kpis(self.owner)
        self.assertEqual(kpis["kpi_customer_alert"]["kpi_col1"]["value"], 1)
        self.assertEqual(kpis["kpi_customer_at_risk"]["kpi_col1"]["value"], 2)
        self.assertIn("customer_alert_action", kpis["kpi_customer_alert"]["kpi_action"])
        kpis = self._get_kpis(self.manager)
        self.assertEqual(kpis["kpi_customer_alert"]["kpi_col1"]["value"], 2)
        self.assertEqual(kpis["kpi_customer_at_risk"]["kpi_col1"]["value"], 3)
        self.assertTrue(alert)

    def test_digest_of_somebody_without_the_role_leaves_them_out(self):
        plain = self._create_user("mail_plain", "base.group_user")
        self.assertFalse(self._get_kpis(plain))
