from datetime import date

import psycopg2
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CustomerSuccessCase

# By hand: as published by the State Council up to 2026, then eve to seventh day.
SPRING = {
    2023: ("2023-01-21", "2023-01-27"),
    2024: ("2024-02-10", "2024-02-17"),
    2025: ("2025-01-28", "2025-02-04"),
    2026: ("2026-02-15", "2026-02-23"),
    2027: ("2027-02-05", "2027-02-12"),
    2028: ("2028-01-25", "2028-02-01"),
    2029: ("2029-02-12", "2029-02-19"),
    2030: ("2030-02-02", "2030-02-09"),
    2031: ("2031-01-22", "2031-01-29"),
}


@tagged("post_install", "-at_install")
class TestClosedSeasons(CustomerSuccessCase):
    """Weeks in which nobody orders, and the settings of churn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seasons = cls.env["customer.closed.season"]
        cls.manager = cls._create_user("season_manager", "manager")

    def _create(self, first, last, company=None, **values):
        return self.seasons.create(
            {
                "name": "Closed",
                "date_from": first,
                "date_to": last,
                "company_id": company and company.id,
                **values,
            }
        )

    # === SEASONS === #

    def test_spring_festivals_are_shipped_switched_off(self):
        for year, days in SPRING.items():
            with self.subTest(year=year):
                season = self.env.ref(
                    f"customer_success.customer_closed_season_spring_festival_{year}"
                )
                self.assertEqual((str(season.date_from), str(season.date_to)), days)
                self.assertFalse(season.active)
                self.assertFalse(season.company_id)

    def test_the_first_day_of_the_festival_lies_in_the_season(self):
        for year in range(2026, 2032):
            festival = self.env.ref(
                f"customer_success.customer_care_day_spring_festival_{year}"
            )
            season = self.env.ref(
                f"customer_success.customer_closed_season_spring_festival_{year}"
            )
            self.assertLess(season.date_from, festival.date)
            self.assertLess(festival.date, season.date_to)

    def test_a_season_ends_on_or_after_its_first_day(self):
        self._create("2026-07-01", "2026-07-01")
        with (
            self.assertRaises(psycopg2.errors.CheckViolation),
            mute_logger("odoo.sql_db"),
        ):
            self._create("2026-08-02", "2026-08-01")

    def test_a_season_lasts_at_most_ninety_two_days(self):
        self.assertEqual((date(2026, 9, 30) - date(2026, 7, 1)).days, 91)
        self._create("2026-07-01", "2026-09-30")
        with (
            self.assertRaises(psycopg2.errors.CheckViolation),
            mute_logger("odoo.sql_db"),
        ):
            self._create("2027-07-01", "2027-10-01")

    def test_seasons_of_one_company_do_not_overlap(self):
        self._create("2026-07-01", "2026-07-10", self.company)
        self._create("2026-07-11", "2026-07-20", self.company)
        with self.assertRaisesRegex(ValidationError, "overlaps"):
            self._create("2026-07-10", "2026-07-12", self.company)
        with self.assertRaisesRegex(ValidationError, "overlaps"):
            self._create("2026-06-01", "2026-08-01")  # shared

    def test_seasons_of_two_companies_may_overlap(self):
        self._create("2026-07-01", "2026-07-10", self.company)
        self._create("2026-07-05", "2026-07-15", self.other_company)

    def test_an_archived_season_is_in_nobodys_way_until_it_is_switched_on(self):
        self._create("2026-07-01", "2026-07-10")
        season = self._create("2026-07-05", "2026-07-15", active=False)
        with self.assertRaisesRegex(ValidationError, "overlaps"):
            season.active = True

    def test_only_managers_change_seasons(self):
        season = self._create("2026-07-01", "2026-07-10")
        user = self._create_user("season_user", "user")
        self.assertEqual(season.with_user(user).date_to, date(2026, 7, 10))
        with self.assertRaises(AccessError):
            season.with_user(user).active = False
        season.with_user(self.manager).active = False
        self.assertFalse(season.active)

    # === SETTINGS === #

    def test_settings_of_churn_keep_within_their_ranges(self):
        for values in (
            {"customer_churn_horizon": 0},
            {"customer_churn_horizon": 731},
            {"customer_churn_silence_days": 0},
            {"customer_churn_risk": 1.0},
            {"customer_churn_lost": 0.0},
            {"customer_churn_lost": 0.5},
            {"customer_churn_risk": float("nan")},
            {"customer_alert_cap": 0},
            {"customer_retention_window_months": 0},
            {"customer_retention_period_months": 37},
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(psycopg2.errors.CheckViolation),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.company.write(values)
                self.company.flush_recordset()
            self.env.invalidate_all()
        self.company.write({"customer_churn_risk": 0.6, "customer_churn_lost": 0.2})
        self.company.flush_recordset()
