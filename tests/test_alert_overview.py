from odoo.tests import tagged

from .alert_people_common import AlertPeopleCase
from .common import DAY


@tagged("post_install", "-at_install")
class TestAlertOverview(AlertPeopleCase):
    """Alerts on the start screen: their number, and a row that opens the alert."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.run"].create(
            {
                "job": "refresh",
                "company_id": cls.company.id,
                "date": DAY,
                "state": "done",
                "end_datetime": f"{DAY} 02:20:00",
            }
        )
        cls.low = cls._create_rule("churn_watch", severity="low")

    def _get_overview(self, user=None, scope="mine"):
        self.env.flush_all()
        return (
            self.env["customer.overview"]
            .with_user(user or self.sales)
            .get_overview(scope)
        )

    def _get_rows(self, user=None, scope="mine"):
        rows = self._get_overview(user, scope)["urgent"]["rows"]
        return {row["name"]: row for row in rows}

    def test_row_names_the_most_urgent_alert_with_its_button(self):
        profile = self._create_customer("Azure", health="at_risk")
        self._create_alert(profile, self.low, evidence={"silence": 30})
        serious = self._create_alert(profile)
        self._assign()
        row = self._get_rows()["Azure"]
        self.assertEqual(row["alert"], serious.id)
        self.assertEqual(
            row["why"],
            "Usually orders every 21 days; 63 days since the last order, 3 times the"
            " usual interval.",
        )
        self.assertEqual(
            row["button"],
            {
                "model": "customer.alert",
                "id": serious.id,
                "method": "action_take",
                "label": "I take it",
            },
        )
        self.assertEqual(row["next"], "churn_at_risk")  # the activity of the alert
        serious.with_user(self.sales).action_take()
        row = self._get_rows()["Azure"]
        self.assertEqual(row["button"]["label"], "Open alert")
        self.assertFalse(row["button"]["method"])

    def test_serious_alerts_come_first_minor_ones_after_what_falls(self):
        self._create_alert(self._create_customer("Minor", tier="C"), self.low)
        self._create_customer("Falling", tier_today_id=self.tiers["B"].id)
        self._create_customer("At risk", tier="S", health="at_risk")
        self._create_alert(self._create_customer("Serious", tier="C"))
        self._assign()
        names = list(self._get_rows())
        self.assertEqual(names, ["Serious", "At risk", "Falling", "Minor"])

    def test_resting_running_closed_and_overflowing_alerts_need_nobody(self):
        alerts = [
            self._create_alert(self._create_customer(f"Azure {number}"))
            for number in range(4)
        ]
        self._assign()
        alerts[0]._set_snoozed("date", "2026-12-24", "Holiday")
        alerts[1]._set_acting()
        alerts[2]._set_closed("known", self.date)
        alerts[3].is_overflow = True
        self.assertFalse(self._get_rows())

    def test_tile_counts_what_its_list_shows(self):
        self._create_alert(self._create_customer("Serious"))
        self._create_alert(self._create_customer("Minor"), self.low)
        self._create_alert(self._create_customer("Stranger's", self.stranger))
        closed = self._create_alert(self._create_customer("Closed"))
        self._assign()
        closed._set_closed("known", self.date)
        tile = self._get_overview()["alerts"]
        alerts = self.env["customer.alert"].with_user(self.sales)
        for number, count in ((tile, 2), (tile["serious"], 1)):
            self.assertEqual(number["count"], count)
            self.assertEqual(alerts.search_count(number["domain"]), count)
        company = self._get_overview(self.manager, "company")["alerts"]
        self.assertEqual(company["count"], 3)

    def test_due_step_of_a_response_plan_is_named(self):
        alert = self._create_alert(self._create_customer("Azure"))
        self._assign()
        alert.with_user(self.sales).activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=DAY,
            summary="Call him",
            user_id=self.sales.id,
            automated=False,
        )
        alert._set_acting()
        row = self._get_rows()["Azure"]
        self.assertEqual(row["why"], "Due: Call him")
        self.assertFalse(row.get("alert"))

    def test_strangers_see_no_alert_of_the_team(self):
        self._create_alert(self._create_customer("Azure"))
        self._assign()
        self.assertFalse(self._get_rows(self.stranger, "team"))
        self.assertEqual(self._get_overview(self.stranger)["alerts"]["count"], 0)
