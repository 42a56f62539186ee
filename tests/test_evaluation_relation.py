from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .review_common import ReviewCase


@tagged("post_install", "-at_install")
class TestEvaluationRelation(ReviewCase):
    """Relationship indicators (KPI-08), drill-down and trust."""

    def _log(self, day, **values):
        return self.env["customer.interaction"].create(
            {
                "profile_id": self.profile.id,
                "interaction_datetime": datetime.fromisoformat(f"{day} 10:00:00"),
                "user_ids": [Command.set(self.sales.ids)],
                "partner_ids": [Command.set(self.person.ids)],
                "feedback": "Fine",
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        self.person = self._create_partner(
            "Ms Gao", parent_id=self.partner.id, is_company=False
        )

    def test_effective_interactions_are_counted_per_month(self):
        for day in ("2026-10-01", "2026-10-15", "2026-10-31"):
            self._log(day)
        self._log("2026-10-20", feedback=False)  # not effective
        self._log("2026-09-30")
        [review] = self._create_due()
        self.assertEqual(self._get_figures(review)["interactions"], (3, 1))

    def test_a_quarter_has_three_months(self):
        self.profile.tier_id = self.tiers["A"]
        self.plan.write({"tier_id": self.tiers["A"].id, "tier_code": "A"})
        for day in ("2026-07-01", "2026-08-15", "2026-09-30"):
            self._log(day)
        [review] = self._create_due()
        self.assertEqual(self._get_figures(review)["interactions"], (1, 0))

    def test_before_interactions_were_recorded_they_are_unknown(self):
        self.company.customer_interaction_start = "2026-10-01"
        self._log("2026-10-15")
        [review] = self._create_due()
        self.assertEqual(self._get_figures(review)["interactions"], (1, "not_recorded"))

    def test_executive_visits_need_executives_of_both_sides(self):
        roles = self.env["customer.team.role"]
        self.env["customer.team.member"].create(
            {
                "profile_id": self.profile.id,
                "user_id": self.sales.id,
                "role_id": roles.search([("is_executive", "=", True)], limit=1).id,
                "date_from": "2026-01-01",
            }
        )
        self.env["customer.stakeholder"].create(
            {
                "profile_id": self.profile.id,
                "partner_id": self.person.id,
                "is_executive": True,
                "date_from": "2026-01-01",
            }
        )
        visit = self.env["customer.channel"].search([("is_visit", "=", True)], limit=1)
        self._log("2026-10-15", channel_id=visit.id)
        [review] = self._create_due()
        self.assertEqual(self._get_figures(review)["executive_visits"], (1, 0))
        line = review.indicator_ids.filtered(lambda row: row.key == "executive_visits")
        self.assertEqual(line.source_count, 1)

    # === TRUST === #

    def test_trust_is_never_kept_and_opens_for_who_may_see_it(self):
        self.env["customer.personal.data"].create(
            {
                "profile_id": self.profile.id,
                "partner_id": self.person.id,
                "consent": "given",
                "trust": 4,
            }
        )
        [review] = self._create_due()
        line = review.indicator_ids.filtered(lambda row: row.key == "trust")
        self.assertEqual((line.state, line.figure), ("restricted", 0))
        self.profile.user_id = False  # everybody sees the customer, nobody his trust
        for user, count in ((self.sales, 0), (self.manager, 0)):
            action = line.with_user(user).action_open_records()
            rows = self.env[action["res_model"]].with_user(user)
            self.assertEqual(rows.search_count(action["domain"]), count)
        self.profile.user_id = self.sales
        mine = line.with_user(self.sales).action_open_records()
        rows = self.env[mine["res_model"]].with_user(self.sales)
        self.assertEqual(rows.search(mine["domain"]).trust, 4)

    def test_the_care_of_a_birthday_is_counted_nowhere(self):
        self._create_action("2026-10-10").is_personal = True
        [review] = self._create_due()
        self.assertEqual(self._get_figures(review)["compliance"][0], "no_action")
        self.assertEqual((review.action_due_count, review.action_unmet_count), (0, 0))
        self.assertFalse(review.unmet_action_ids)

    def test_no_column_of_an_evaluation_holds_trust(self):
        for model in ("customer.review", "customer.review.indicator"):
            names = set(self.env[model]._fields)
            self.assertFalse({name for name in names if "trust" in name})

    # === DRILL === #

    def test_figures_open_the_records_they_were_counted_from(self):
        order = self._create_order(self.partner, "2026-10-01", 100)
        self._create_order(self.partner, "2026-09-30", 100)
        invoice = self._create_invoice(self.partner, "2026-10-31", 50)
        self._create_invoice(self.partner, "2026-11-01", 50)
        talk = self._log("2026-10-10")
        action = self._create_action("2026-10-10")
        [review] = self._create_due()
        found = {}
        for line in review.indicator_ids:
            opened = line.action_open_records()
            found[line.key] = self.env[opened["res_model"]].search(opened["domain"])
        self.assertEqual(found["repurchase"], order)
        self.assertEqual(found["order_value"], order)
        self.assertEqual(found["invoiced"], invoice)
        self.assertEqual(found["cross_sell"], invoice)
        self.assertEqual(found["interactions"], talk)
        self.assertEqual(found["compliance"], action)

    def test_days_of_orders_run_in_the_time_zone_of_the_company(self):
        self.company.customer_tz = "Asia/Shanghai"
        order = self._create_order(self.partner, "2026-10-01", 100)
        order.date_order = datetime(2026, 9, 30, 16, 0)  # 1 October there
        other = self._create_order(self.partner, "2026-10-01", 100)
        other.date_order = datetime(2026, 10, 31, 16, 0)  # 1 November there
        [review] = self._create_due("2026-11-02")
        line = review.indicator_ids.filtered(lambda row: row.key == "repurchase")
        self.assertEqual((line.figure, line.source_count), (0, 1))
        opened = line.action_open_records()
        self.assertEqual(self.env["sale.order"].search(opened["domain"]), order)

    def test_somebody_who_does_not_see_the_customer_opens_nothing(self):
        [review] = self._create_due()
        self._create_user("review_team", "user")
        line = review.indicator_ids[0].with_user(self.colleague)
        with self.assertRaises(AccessError):
            line.action_open_records()
