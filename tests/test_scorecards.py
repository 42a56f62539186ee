from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import CustomerSuccessCase

NOT_NUMBERS = (float("nan"), float("inf"), float("-inf"), "1e400", "NaN", "abc")


@tagged("post_install", "-at_install")
class TestScorecards(CustomerSuccessCase):
    """What a scorecard refuses, as a manager meets it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_user("card_manager", "manager")
        cls.draft = cls.tier_card.with_user(cls.manager).copy()

    def _get_metric(self, code="amount_12m", card=None):
        metrics = (card or self.draft).dimension_ids.metric_ids
        return metrics.filtered(lambda metric: metric.code == code)

    def _get_tier(self, code, card=None):
        return (card or self.draft).tier_ids.filtered(lambda tier: tier.code == code)

    # === THRESHOLDS === #

    def test_thresholds_out_of_order_or_equal_name_both_and_the_metric(self):
        metric = self._get_metric()
        for value in (9999, 10000):
            message = r"Amount of 12 months.*threshold 3 .*greater than threshold 2"
            with self.assertRaisesRegex(ValidationError, message):
                metric.threshold_3 = value
        metric.threshold_3 = 10000.01

    def test_nine_thresholds_written_at_once_may_all_move(self):
        metric = self._get_metric()
        metric.write({f"threshold_{number}": number * 1e6 for number in range(1, 10)})
        self.assertEqual(metric.threshold_9, 9e6)

    def test_figures_that_are_no_numbers_are_refused_by_record_and_field(self):
        dimension = self.draft.dimension_ids[0]
        for record, name, label in (
            (self._get_metric(), "threshold_4", "Amount of 12 months.*Threshold 4"),
            (self._get_metric(), "weight", "Amount of 12 months.*Weight"),
            (dimension, "weight", "Value, 12-month amount.*Weight"),
            (self._get_tier("A"), "lower_bound", r"A \(key\).*Lower Bound"),
            (self.draft, "max_total", "Customer tier.*Highest Total"),
            (self.draft, "healthy_bound", "Customer tier.*Healthy from"),
        ):
            for value in NOT_NUMBERS:
                with (
                    self.subTest(field=name, value=value),
                    self.assertRaisesRegex(ValidationError, label),
                ):
                    record.write({name: value})

    def test_figures_that_are_no_numbers_are_refused_through_the_form(self):
        metric = self._get_metric()
        for value in NOT_NUMBERS:
            with (
                self.subTest(value=value),
                self.assertRaisesRegex(ValidationError, "Threshold 1"),
            ):
                self.draft.write(
                    {
                        "dimension_ids": [
                            Command.update(
                                metric.dimension_id.id,
                                {
                                    "metric_ids": [
                                        Command.update(
                                            metric.id, {"threshold_1": value}
                                        )
                                    ]
                                },
                            )
                        ]
                    }
                )

    def test_figures_that_are_no_numbers_are_refused_on_import(self):
        dimension = self.draft.dimension_ids[0]
        metrics = self.env["customer.scorecard.metric"].with_user(self.manager)
        columns = ["dimension_id/.id", "code", "threshold_2"]
        for value in ("nan", "inf", "1e400", "abc"):
            with self.subTest(value=value):
                result = metrics.load(
                    columns,
                    [
                        [str(dimension.id), "orders_12m", "1.5"],
                        [str(dimension.id), "late_days", value],
                    ],
                )
                self.assertFalse(result["ids"])
                message = result["messages"][-1]
                self.assertEqual(message["record"], 1)
                text = f"{message['message']} {message.get('field_name', '')}"
                self.assertIn("Threshold 2", text)
        self.assertEqual(dimension.metric_ids.mapped("code"), ["amount_12m"])

    def test_weights_must_be_usable(self):
        dimension = self.draft.dimension_ids[0]
        for record, value, message in (
            (dimension, -1, "0 or more"),
            (self._get_metric(), 0, "more than 0"),
            (self._get_metric(), -1, "more than 0"),
        ):
            self._assert_constraint(record, {"weight": value}, message)

    def _assert_constraint(self, record, vals, message):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(
                (ValidationError, IntegrityError), "constraint|" + message
            ),
            self.env.cr.savepoint(),
        ):
            record.write(vals)
            self.env.flush_all()
        self.env.invalidate_all()

    # === COMPLETE SETS === #

    def test_scorecard_without_weight_metric_or_currency_cannot_be_activated(self):
        self.draft.dimension_ids[0].metric_ids.unlink()
        with self.assertRaisesRegex(ValidationError, "Value.*no metric"):
            self.draft.action_activate()
        self.draft.dimension_ids.weight = 0
        with self.assertRaisesRegex(ValidationError, "weight above 0"):
            self.draft.action_activate()
        other = self.tier_card.copy({"currency_id": False})
        with self.assertRaisesRegex(ValidationError, "enter their currency"):
            other.action_activate()

    def test_missing_and_unreachable_tiers_are_refused(self):
        for code, bound, message in (
            ("C", 4.01, "below 4.01 would have no tier; the lowest tier C"),
            ("S", 40.01, "nobody can reach tier S"),
        ):
            draft = self.tier_card.copy()
            self._get_tier(code, draft).lower_bound = bound
            with self.assertRaisesRegex(ValidationError, message):
                draft.action_activate()
        draft = self.tier_card.copy({"dormant_tier_code": "D"})
        with self.assertRaisesRegex(ValidationError, "no tier with the code D"):
            draft.action_activate()
        draft.tier_ids.unlink()
        with self.assertRaisesRegex(ValidationError, "has no tier"):
            draft.action_activate()

    def test_lowest_tier_may_start_at_the_lowest_total(self):
        self._get_tier("C").lower_bound = 4
        self._get_tier("S").lower_bound = 40
        self.draft.action_activate()
        self.assertEqual(self.draft.state, "active")

    def test_two_tiers_cannot_share_a_bound_or_a_code(self):
        tier = self._get_tier("A")
        self._assert_constraint(tier, {"lower_bound": 16}, "same total")
        self._assert_constraint(tier, {"code": "B"}, "only once")

    def test_active_scorecard_stays_complete(self):
        self.draft.action_activate()
        dimensions = self.draft.dimension_ids
        lowest, highest = self._get_tier("C"), self._get_tier("S")
        for message, change in (
            ("no metric", self._get_metric().unlink),
            ("at least one dimension", dimensions.unlink),
            ("at least one dimension", lambda: dimensions.write({"weight": 0})),
            ("cannot be deleted", highest.unlink),
            ("would have no tier", lambda: lowest.write({"lower_bound": 5})),
        ):
            with (
                self.subTest(message=message),
                self.assertRaisesRegex(UserError, message),
                self.env.cr.savepoint(),
            ):
                change()
            self.env.invalidate_all()

    def test_health_bands_must_be_ordered(self):
        draft = self.health_card.copy()
        for vals in (
            {"healthy_bound": 40},
            {"watch_bound": 70},
            {"watch_bound": -1},
            {"healthy_bound": 100.01},
        ):
            self._assert_constraint(draft, vals, "Health bands")
        for vals in ({"unknown_points": 0.9}, {"minimum_confidence": 1.01}):
            self._assert_constraint(draft, vals, "must be positive")
