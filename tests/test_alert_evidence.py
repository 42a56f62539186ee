from odoo.tests import tagged

from .alert_people_common import AlertPeopleCase
from .common import DAY


@tagged("post_install", "-at_install")
class TestAlertEvidence(AlertPeopleCase):
    """The records behind an alert, and the timeline of the customer."""

    def setUp(self):
        super().setUp()
        self.profile = self._create_customer("Azure")
        self.alert = self._create_alert(self.profile)
        self._assign()
        self.mine = self.alert.with_user(self.sales)

    def test_evidence_opens_the_very_records_under_the_readers_rights(self):
        old = self._order(self.profile, "2026-05-01")
        counted = self._order(self.profile, "2026-08-01", DAY)
        later = self._order(self.profile, "2026-11-22")
        others = self._order(self._create_customer("Deco"), "2026-08-01")
        (old | counted | later | others).user_id = self.sales
        action = self.mine.action_open_evidence()
        found = self.env["sale.order"].with_user(self.sales).search(action["domain"])
        self.assertEqual(found, old | counted)
        (old | counted).user_id = self.stranger
        found = self.env["sale.order"].with_user(self.sales).search(action["domain"])
        self.assertFalse(found)

    def test_each_signal_opens_its_own_evidence(self):
        stakeholder = self.env["customer.stakeholder"].create(
            {
                "profile_id": self.profile.id,
                "partner_id": self._create_partner(
                    "Ben", parent_id=self.profile.partner_id.id, is_company=False
                ).id,
                "date_from": "2026-01-01",
            }
        )
        milestone = self.env["customer.milestone"].create(
            {"profile_id": self.profile.id, "kind": "renewal", "date_end": "2026-12-31"}
        )
        for signal, evidence, model in (
            ("frequency_drop", {}, "account.move"),  # he never ordered
            ("amount_drop", {}, "account.move"),
            ("overdue_payment", {}, "account.move"),
            (
                "contact_left",
                {"stakeholder_ids": stakeholder.ids},
                "customer.stakeholder",
            ),
            ("renewal_near", {"milestone_id": milestone.id}, "customer.milestone"),
            ("few_interactions", {"days": 90}, "customer.interaction"),
            ("health_drop", {}, "customer.score"),
            ("tier_at_risk", {}, "customer.score"),
        ):
            alert = self._create_alert(
                self.profile, self._create_rule(signal), evidence=evidence
            )
            with self.subTest(signal=signal):
                action = alert.with_user(self.sales).action_open_evidence()
                self.assertEqual(action["res_model"], model)
                records = self.env[model].with_user(self.sales)
                records.search(action.get("domain") or [])

    def test_timeline_shows_order_days_and_when_the_next_was_expected(self):
        days = ("2026-08-01", "2026-08-22", "2026-09-12", "2026-10-03")
        self._order(self.profile, *days, "2026-10-03")
        self.profile.churn_id = self.env["customer.churn"].create(
            {
                "profile_id": self.profile.id,
                "company_id": self.company.id,
                "state": "at_risk",
                "percent_state": "shown",
                "order_percent": 40,
                "repeat_count": 3,
                "interval_usual": 21,
                "usual_value": 430,
            }
        )
        self.env["customer.closed.season"].create(
            {"name": "Closed", "date_from": "2026-11-10", "date_to": "2026-11-13"}
        )
        rhythm = self.mine.get_rhythm()
        self.assertEqual(rhythm["days"], list(days))
        # 21 open days after 3 October, then 21 more and the 4 closed ones
        self.assertEqual(rhythm["expected"], ["2026-10-24", "2026-11-18", "2026-12-09"])
        self.assertEqual(rhythm["seasons"], [["2026-11-10", "2026-11-13"]])
        self.assertEqual((rhythm["today"], rhythm["marked"]), (DAY, DAY))
        self.assertEqual(
            rhythm["sentence"],
            "Usually orders every 21 days; 45 days since the last order, closed days not"
            " counted, 2.1 times the usual interval; about 40% chance of an order in the"
            " next 90 days; usual value of 90 days $\xa0430.",
        )
        card = self.profile.with_user(self.sales).get_relation_card()["churn"]
        self.assertEqual(card["state_label"], "At Risk")
        self.assertEqual([row["id"] for row in card["alerts"]], self.alert.ids)

    def test_customer_without_orders_has_an_empty_timeline(self):
        rhythm = self.mine.get_rhythm()
        self.assertEqual(
            (rhythm["days"], rhythm["expected"], rhythm["sentence"], rhythm["marked"]),
            ([], [], "", False),
        )
