from odoo.tests import tagged

from .tracking_common import TrackingCase


@tagged("post_install", "-at_install")
class TestCareCost(TrackingCase):
    """What care costs beside what the customers bring."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sale = cls.env["customer.department"].search([("code", "=", "sales")])
        cls.profile.snapshot_id.sudo().write(
            {"amount_12m": 10000, "amount_12m_state": "known"}
        )
        costs = (
            (cls.department, 300, 200),
            (cls.department, 100, 50),
            (cls.sale, 50, 0),
        )
        for department, budget, actual in costs:
            action = cls._create_action(
                "Deed",
                "2026-11-20",
                department_id=department.id,
                budget_amount=budget,
            )
            action._set_done({"actual_amount": actual, "date_done": "2026-11-02"})
        cls._create_action("Taken back", "2026-11-20", budget_amount=9)._set_cancelled()
        # a budget, and nobody entered what it cost
        cls._create_action(
            "Deed", "2026-11-20", budget_amount=50, department_id=cls.sale.id
        )._set_done({"date_done": "2026-11-02"})
        cls.bare = cls._create_customer("Bare", "S")
        cls.bare.snapshot_id.sudo().write(
            {"amount_12m": 5000, "amount_12m_state": "known"}
        )
        cls.unknown = cls._create_customer("Unknown", "S")
        cls._create_action(
            "Deed", "2026-11-20", cls._launch(cls.unknown), budget_amount=7
        )
        cls.env.flush_all()

    def _group(self, name, user=None):
        costs = self.env["customer.care.cost"].with_user(user or self.sales)
        rows = costs.formatted_read_group(
            [],
            [name],
            [
                "budget_planned:sum",
                "budget_actual:sum",
                "amount_12m:sum",
                "cost_rate:avg",
                "unknown_count:sum",
            ],
        )
        return {
            row[name] and row[name][1]: (
                row["budget_planned:sum"],
                row["budget_actual:sum"],
                row["amount_12m:sum"],
                row["cost_rate:avg"] and round(row["cost_rate:avg"], 4),
                row["unknown_count:sum"],
            )
            for row in rows
        }

    def test_amount_of_a_customer_counts_once_for_each_group(self):
        # 300 + 100 + 50 + 50 and 7; 250 spent; 10,000 and 5,000 bought
        self.assertEqual(
            self._group("tier_id"), {"S (core)": (507, 250, 15000, 0.0167, 1)}
        )
        self.assertEqual(
            self._group("department_id"),
            {
                "Technical Department": (400, 250, 10000, 0.025, 0),
                "Sales Department": (100, 0, 10000, 0, 1),
                False: (7, False, 5000, False, 0),
            },
        )

    def test_day_of_a_birthdays_care_is_not_told(self):
        action = self._create_action("Card", "2026-11-23")
        action.sudo().is_personal = True
        rows = self.env["customer.care.cost"].with_user(self.sales)
        row = rows.search([("id", "=", 2 * action.id)])
        self.assertEqual((row.action_count, row.date_deadline), (1, False))

    def test_others_see_nothing(self):
        self.assertEqual(self._group("tier_id", self.stranger), {})
