from odoo.tests import HttpCase, freeze_time, tagged

from .common import DAY, CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestSystemCheck(HttpCase, CustomerSuccessCase):
    """Each check of the system, in order and out of order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_user("system_manager", "manager", lang="en_US")
        cls.admin = cls._create_user(
            "system_admin", "manager,base.group_system", lang="en_US"
        )
        cls.crons = cls.env["ir.cron"].browse(
            [
                cls.env.ref(f"customer_success.ir_cron_{name}").id
                for name in (
                    "refresh_scores",
                    "review_tiers",
                    "check_runs",
                    "purge_scores",
                )
            ]
        )
        cls.crons.write(
            {
                "nextcall": f"{DAY} 14:00:00",
                "lastcall": f"{DAY} 02:00:00",
                "active": True,
            }
        )

    def _check(self, key, user=None):
        """Return one check as of noon."""
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env["customer.system.check"].with_user(user or self.manager)
        with freeze_time(f"{DAY} 12:00:00"):
            checks = model._get_quick_checks(self.company.with_user(model.env.user))
        return {check["key"]: check for check in checks}[key]

    def test_scheduler_that_ran_this_night_is_fine(self):
        check = self._check("scheduler")
        self.assertEqual(check["state"], "ok")
        self.assertIn("Last one: 11/21/2026", check["text"])

    def test_scheduler_that_is_behind_is_a_problem(self):
        self.crons[0].nextcall = f"{DAY} 09:59:00"
        self.assertEqual(self._check("scheduler")["state"], "problem")
        self.crons[0].nextcall = f"{DAY} 10:01:00"
        self.assertEqual(self._check("scheduler")["state"], "ok")

    def test_scheduler_of_which_nothing_was_heard_for_a_day_is_a_problem(self):
        self.env["ir.cron"].with_context(active_test=False).search([]).lastcall = False
        self.assertEqual(self._check("scheduler")["state"], "problem")
        self.crons[0].lastcall = "2026-11-20 09:59:00"
        self.assertEqual(self._check("scheduler")["state"], "problem")
        self.crons[0].lastcall = "2026-11-20 10:01:00"
        self.assertEqual(self._check("scheduler")["state"], "ok")

    def test_scheduled_action_switched_off_is_a_problem(self):
        self.crons[2].active = False
        check = self._check("scheduler")
        self.assertEqual(check["state"], "problem")
        self.assertIn("Switch the scheduled actions", check["text"])
        self.assertFalse(check["buttons"])
        self.assertTrue(self._check("scheduler", self.admin)["buttons"])

    def test_company_without_an_active_scorecard_is_a_problem(self):
        self.assertEqual(self._check("scorecards")["state"], "ok")
        self.tier_card.state = "retired"
        check = self._check("scorecards")
        self.assertEqual(check["state"], "problem")
        self.assertIn(self.company.name, check["text"])

    def test_company_without_a_time_zone_is_a_warning(self):
        self.assertEqual(self._check("time_zone")["state"], "ok")
        self.company.customer_tz = False
        self.company.partner_id.tz = False
        self.assertEqual(self._check("time_zone")["state"], "warning")

    def test_opening_amounts_around_the_history_start(self):
        self.assertEqual(self._check("history")["state"], "ok")
        self.env["customer.opening"].search([]).unlink()
        self.company.customer_history_start = "2025-06-01"
        self.assertEqual(self._check("history")["state"], "warning")
        partner = self._create_partner("Imported")
        self._create_opening(partner, "2025-05-01", 100)
        self.assertEqual(self._check("history")["state"], "ok")
        self._create_opening(partner, "2025-06-01", 100)
        self.assertEqual(self._check("history")["state"], "problem")

    def test_everything_is_checked_and_a_real_paper_printed(self):
        model = self.env["customer.system.check"].with_user(self.manager)
        checks = {check["key"]: check for check in model.run_checks()}
        self.assertEqual(
            list(checks),
            ["scheduler", "scorecards", "time_zone", "history", "care_days", "people",
             "rates", "pdf", "report_address", "cjk"],
        )  # fmt: skip
        self.assertEqual(checks["cjk"]["state"], "ok")
        self.assertIn(checks["pdf"]["state"], ("ok", "warning"))

    def test_address_at_which_odoo_answers_is_fine(self):
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())
        model = self.env["customer.system.check"].with_user(self.manager)
        with self.allow_requests(all_requests=True):
            check = model._check_report_address()
        self.assertEqual(check["state"], "ok")

    def test_address_that_does_not_answer_is_a_problem(self):
        self.env["ir.config_parameter"].set_param("report.url", "http://127.0.0.1:9")
        model = self.env["customer.system.check"].with_user(self.manager)
        check = model._check_report_address()
        self.assertEqual(check["state"], "problem")
        self.assertIn("http://127.0.0.1:9", check["text"])

    def test_paper_without_an_embedded_font_is_found(self):
        model = self.env["customer.system.check"]
        self.assertFalse(model._is_embedded({}))
        self.assertTrue(model._has_embedded_font())
