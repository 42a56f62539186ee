from odoo.tests import freeze_time, tagged

from .common import DAY, CustomerSuccessCase

# By hand, from the official calendars; lunar days are those of Beijing.
KNOWN = {
    "spring_festival": (
        "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03",
        "2031-01-23",
    ),
    "lantern": (
        "2026-03-03", "2027-02-20", "2028-02-09", "2029-02-27", "2030-02-17",
        "2031-02-06",
    ),
    "qingming": (
        "2026-04-05", "2027-04-05", "2028-04-04", "2029-04-04", "2030-04-05",
        "2031-04-05",
    ),
    "dragon_boat": (
        "2026-06-19", "2027-06-09", "2028-05-28", "2029-06-16", "2030-06-05",
        "2031-06-24",
    ),
    "mid_autumn": (
        "2026-09-25", "2027-09-15", "2028-10-03", "2029-09-22", "2030-09-12",
        "2031-10-01",
    ),
    "new_year": tuple(f"{year}-01-01" for year in range(2026, 2032)),
    "national": tuple(f"{year}-10-01" for year in range(2026, 2032)),
    "christmas": tuple(f"{year}-12-25" for year in range(2026, 2032)),
}  # fmt: skip
# Shipped, but greeted on only where somebody ticks them.
INACTIVE = {"lantern", "qingming", "christmas"}


@tagged("post_install", "-at_install")
class TestCareDays(CustomerSuccessCase):
    """The dated care calendar."""

    def _get_day(self, name, year):
        return self.env.ref(f"customer_success.customer_care_day_{name}_{year}")

    def test_shipped_holidays_fall_on_the_known_days(self):
        for name, days in KNOWN.items():
            for day in days:
                with self.subTest(name=name, day=day):
                    care_day = self._get_day(name, day[:4])
                    self.assertEqual(str(care_day.date), day)
                    self.assertEqual(care_day.active, name not in INACTIVE)

    def _check(self, day):
        with freeze_time(f"{day} 12:00:00"):
            checks = self.env["customer.system.check"]._get_quick_checks(self.company)
        [check] = [check for check in checks if check["key"] == "care_days"]
        return check

    def test_managers_are_warned_in_october_when_next_year_has_no_dates(self):
        self.assertEqual(self._check(DAY)["state"], "ok")
        self._get_day("mid_autumn", 2027).active = False
        self.assertEqual(self._check("2026-09-30")["state"], "ok")
        warning = self._check("2026-10-01")
        self.assertEqual(warning["state"], "warning")
        self.assertIn("2027", warning["text"])
        self.assertIn("Mid-Autumn Festival", warning["text"])
        self.assertNotIn("Spring", warning["text"])
        self.assertEqual(self._check("2031-10-01")["state"], "warning")

    def test_a_company_with_days_of_its_own_is_not_asked_for_those_of_others(self):
        self.env["customer.care.day"].create(
            {
                "name": "Founders' Day",
                "date": "2026-05-05",
                "company_id": self.other_company.id,
            }
        )
        self.assertEqual(self._check(DAY)["state"], "ok")
        self.company = self.other_company
        self.assertIn("Founders' Day", self._check(DAY)["text"])
