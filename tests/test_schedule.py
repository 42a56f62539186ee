from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import DAY, CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestSchedule(CustomerSuccessCase):
    """The hour of the run is an hour of the day of each company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("customer_success.ir_cron_refresh_scores")
        cls.env["ir.cron.trigger"].search([("cron_id", "=", cls.cron.id)]).unlink()
        companies = cls.env["res.company"].search([])
        companies.write({"customer_tz": "UTC", "customer_run_hour": 2})

    def _set(self, at=f"{DAY} 12:00:00", company=None, **values):
        with freeze_time(at):
            (company or self.company).write(values)

    def _get_instants(self, after=f"{DAY} 00:00:00"):
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.cron.id), ("call_at", ">", after)]
        )
        return sorted(
            fields.Datetime.to_string(at) for at in triggers.mapped("call_at")
        )

    def _get_next(self):
        return fields.Datetime.to_string(self.cron.nextcall)

    def test_changed_hour_moves_the_job_and_leaves_no_call_at_the_old_one(self):
        every = self.env["res.company"].search([])
        self._set(company=every, customer_run_hour=4)
        self.assertEqual(self._get_next(), "2026-11-22 04:00:00")
        self._set(company=every, customer_run_hour=6)
        self.assertEqual(self._get_next(), "2026-11-22 06:00:00")
        self.assertEqual(self._get_instants(), ["2026-11-22 06:00:00"])

    def test_administrator_moves_the_job_in_the_settings(self):
        administrator = self._create_user("schedule_admin", "base.group_system")
        with freeze_time(f"{DAY} 12:00:00"):
            settings = (
                self.env["res.config.settings"].with_user(administrator).create({})
            )
            settings.write({"customer_tz": "Asia/Shanghai", "customer_run_hour": 4})
            settings.execute()
        # 04:00 in Shanghai
        self.assertEqual(self._get_next(), f"{DAY} 20:00:00")

    def test_companies_in_two_zones_are_called_at_their_own_hours(self):
        self._set(company=self.other_company, customer_tz="Asia/Shanghai")
        self.assertEqual(self._get_next(), f"{DAY} 18:00:00")
        self.assertEqual(
            self._get_instants(), [f"{DAY} 18:00:00", "2026-11-22 02:00:00"]
        )

    def test_each_run_asks_for_the_next_one_of_every_company(self):
        self._set(company=self.other_company, customer_tz="Asia/Shanghai")
        self._run_cron(at="18:00:00")
        self.assertEqual(
            self._get_instants(f"{DAY} 18:00:00"),
            ["2026-11-22 02:00:00", "2026-11-22 18:00:00"],
        )
        dates = (
            self.env["customer.run"]
            .search([])
            .mapped(lambda run: (run.company_id, str(run.date)))
        )
        self.assertIn((self.company, DAY), dates)
        self.assertIn((self.other_company, "2026-11-22"), dates)

    def test_hour_follows_daylight_saving_time(self):
        every = self.env["res.company"].search([])
        for day, instant in (
            ("2026-03-27", "2026-03-28 01:00:00"),
            # 02:00 does not exist on that day: 03:00 summer time
            ("2026-03-28", "2026-03-29 01:00:00"),
            ("2026-03-29", "2026-03-30 00:00:00"),
            # 02:00 comes twice on that day: the first one
            ("2026-10-24", "2026-10-25 00:00:00"),
            ("2026-10-25", "2026-10-26 01:00:00"),
        ):
            with self.subTest(day=day):
                self._set(
                    f"{day} 12:00:00", company=every, customer_tz="Europe/Berlin",
                    customer_run_hour=2,
                )  # fmt: skip
                self.assertEqual(self._get_next(), instant)

    def test_day_of_a_company_in_shanghai_begins_at_four_in_the_afternoon(self):
        self.company.customer_tz = "Asia/Shanghai"
        with freeze_time("2026-11-20 18:10:00"):  # 02:10 in Shanghai
            self.assertEqual(str(self.company._get_customer_today()), DAY)
        with freeze_time("2026-11-20 15:59:59"):
            self.assertEqual(str(self.company._get_customer_today()), "2026-11-20")
