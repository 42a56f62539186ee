from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .draft_common import DraftCase
from .robust import TABLES


@tagged("post_install", "-at_install")
class TestScorecardDraftsTrial(DraftCase):
    """Try it: who would move, without anything moving."""

    AMOUNTS = (4000, 20000, 30000, 45000, 100_000)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # 4 points, and B, from 40,000 instead of 20,000
        cls.harder = (5000, 10000, 40000, 50000, 1e5, 2e5, 5e5, 1e6, 2e6)

    def test_unchanged_draft_moves_nobody(self):
        trial = self._try()
        self.assertEqual(
            self._get_moves(trial), {("B", "B"): (4, 195_000), ("C", "C"): (1, 4000)}
        )
        self.assertEqual((trial.customer_count, trial.moved_count), (5, 0))
        self.assertFalse(trial.name_ids)

    def test_matrix_amounts_names_and_totals_of_a_harder_draft(self):
        self._set_thresholds(*self.harder)
        trial = self._try()
        self.assertEqual(
            self._get_moves(trial),
            {
                ("B", "B"): (2, 145_000),
                ("B", "C"): (2, 50000),
                ("C", "C"): (1, 4000),
            },
        )
        self.assertRecordValues(
            trial,
            [
                {
                    "customer_count": 5,
                    "moved_count": 2,
                    "up_count": 0,
                    "down_count": 2,
                    "anyway_count": 0,
                    "moved_amount": 50000,
                    "active_id": self.tier_card.id,
                }
            ],
        )
        # 3 instead of 4 points for the amount, 12.5 for the rest
        self.assertRecordValues(
            trial.name_ids,
            [
                {
                    "profile_id": self.profiles[number].id,
                    "amount": amount,
                    "old_total": 16.5,
                    "new_total": 15.5,
                    "direction": "down",
                }
                for number, amount in ((2, 30000), (1, 20000))
            ],
        )
        self.assertEqual(
            [
                (row["label"], row["old"]["count"], row["new"]["count"])
                for row in trial._get_distribution()
            ],
            [
                ("S (core)", 0, 0),
                ("A (key)", 0, 0),
                ("B (potential)", 4, 2),
                ("C (ordinary)", 1, 3),
            ],
        )
        amount = str(self._get_metric().id)
        self.assertEqual(trial.points[amount], {"1": 1, "3": 2, "4": 1, "6": 1})

    def test_trial_writes_no_result(self):
        self._set_thresholds(*self.harder)
        tables = (
            *TABLES, "customer_tier_change", "customer_run", "customer_run_stage",
            "customer_quarantine",
        )  # fmt: skip
        before = self._dump(tables)
        self._try()
        self.assertEqual(self._dump(tables), before)

    def _dump(self, tables):
        self.env.flush_all()
        dump = []
        for table in tables:
            self.env.cr.execute(f"SELECT xmin, * FROM {table} ORDER BY id")
            dump.append(self.env.cr.fetchall())
        return dump

    def test_who_moves_without_the_draft_too_is_counted(self):
        # the figures give C today, the review has not come yet
        self._set_thresholds(*self.harder)
        self.env.cr.execute(
            "UPDATE customer_profile SET tier_today_id = %s WHERE id = %s",
            [self.tiers["C"].id, self.profiles[1].id],
        )
        self.env.invalidate_all()
        trial = self._try()
        self.assertEqual((trial.moved_count, trial.anyway_count), (2, 1))

    def test_left_out_customers_lose_their_tier_in_the_matrix(self):
        self.profiles[0].is_not_rated = True
        trial = self._try()
        self.assertEqual(self._get_moves(trial)["C", False], (1, 4000))
        self.assertIn("Not rated", trial.matrix)

    def test_bad_figure_of_one_customer_leaves_only_him_out(self):
        self.env.cr.execute(
            "UPDATE customer_snapshot SET amount_12m = 'NaN' WHERE profile_id = %s",
            [self.profiles[0].id],
        )
        self.assertEqual(self._get_moves(self._try()), {("B", "B"): (4, 195_000)})

    def test_cells_of_the_matrix_lead_to_the_names(self):
        self._set_thresholds(*self.harder)
        trial = self._try()
        move = trial.move_ids.filtered(lambda move: move.new_code == "C")[:2]
        move = move.filtered(lambda move: move.old_code == "B")
        self.assertIn(f"/customer-scorecard-moves/{move.id}", trial.matrix)
        self.assertEqual(move.display_name, "B (potential) → C (ordinary)")
        self.assertEqual(move.name_ids.profile_id, self.profiles[1:3])
        self.assertEqual(
            move.name_ids[0].action_open_customer()["res_id"], self.profiles[2].id
        )

    def test_only_the_largest_amounts_of_a_move_are_named(self):
        self._set_thresholds(*self.harder)
        path = "odoo.addons.customer_success.models.customer_formula_trial.TRIAL_NAMES"
        with patch(path, 1):
            trial = self._try()
        self.assertEqual(trial.name_ids.profile_id, self.profiles[2])
        self.assertEqual(trial.moved_count, 2)

    # === WARNINGS === #

    def test_unreached_tiers_and_useless_scales_are_told(self):
        trial = self._try()
        for text in (
            "No customer reaches S (core).",
            "No customer reaches A (key).",
            "Days late, on average is unknown for everybody.",
            "Orders per year: everybody it is known for earns the same points.",
        ):
            self.assertIn(text, trial.warnings)
        self.assertNotIn("No customer reaches B", trial.warnings)

    def test_company_in_another_currency_is_told_so(self):
        partner = self._create_partner("Draft abroad")
        self._create_opening(partner, "2026-10-01", 9000, 1, self.other_company)
        self._score(partner, company=self.other_company)
        manager = self._create_user(
            "draft_abroad", "manager", company=self.other_company
        )
        draft = self.draft.with_user(manager).with_company(self.other_company)
        trial = self._try(draft)
        self.assertEqual(
            (trial.company_id, trial.customer_count), (self.other_company, 1)
        )
        currency = self.other_company.currency_id.name
        self.assertIn(f"keeps its books in {currency}", trial.warnings)
        self.assertIn("Amount of 12 months is unknown for everybody", trial.warnings)
        # 40 x (10 + 10 + 10 + 5.5) / 40
        self._get_tier("S").lower_bound = 36
        trial = self._try(draft)
        self.assertIn(
            "Nobody can reach tier S (core): the highest total here is 35.5",
            trial.warnings,
        )

    def test_company_without_a_scored_customer_says_so(self):
        self.profiles.active = False
        trial = self._try()
        self.assertIn("No customer of", trial.warnings)
        self.assertEqual(trial.customer_count, 0)

    # === HEALTH === #

    def test_health_draft_shows_bands_and_who_becomes_unknown(self):
        # last sale on 31 October: 21 days ago, 9 points, (9 - 1) / 9 = 88.89; one
        # dimension of two and four halves is known: a quarter
        draft = self.health_card.with_user(self.manager).copy()
        self.assertEqual(
            self._get_moves(self._try(draft)), {("watch", "watch"): (5, 199_000)}
        )
        draft.minimum_confidence = 0.25
        trial = self._try(draft)
        self.assertEqual(self._get_moves(trial), {("watch", "healthy"): (5, 199_000)})
        self.assertEqual((trial.up_count, trial.down_count), (5, 0))
        draft.healthy_bound = 90
        trial = self._try(draft)
        self.assertEqual(self._get_moves(trial), {("watch", "watch"): (5, 199_000)})
        draft.dimension_ids[0].weight = 0
        trial = self._try(draft)
        self.assertEqual(self._get_moves(trial), {("watch", False): (5, 199_000)})
        self.assertIn("Unknown", trial.matrix)

    # === RIGHTS AND COST === #

    def test_incomplete_draft_cannot_be_tried(self):
        self.draft.tier_ids.unlink()
        with self.assertRaisesRegex(ValidationError, "has no tier"):
            self._try()

    def test_trial_of_one_manager_is_not_seen_by_a_user(self):
        trial = self._try()
        user = self._create_user("draft_reader", "user_all")
        with self.assertRaises(AccessError):
            trial.with_user(user).read(["moved_count"])

    def test_name_of_a_customer_of_another_company_is_refused(self):
        partner = self._create_partner("Draft elsewhere")
        profiles = self.env["customer.profile"]
        foreign = profiles._get_or_create(partner, self.other_company)
        trial = self._try()
        names = trial.env["customer.scorecard.trial.name"]
        with self.assertRaises(AccessError):
            names.create(
                {
                    "trial_id": trial.id,
                    "move_id": trial.move_ids[0].id,
                    "company_id": self.company.id,
                    "profile_id": foreign.id,
                }
            )

    def test_trial_takes_the_same_statements_for_few_and_many(self):
        self._set_thresholds(*self.harder)
        many = self._create_customers([20000 + number for number in range(50)])
        counts = []
        for is_many in (False, True):
            many.active = is_many
            for _time in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                trial = self._try()
                self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(trial.moved_count, 52 if is_many else 2)
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[0], 60)
