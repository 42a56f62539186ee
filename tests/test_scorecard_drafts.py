from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users

from .common import DAY
from .draft_common import DraftCase

SHIPPED = "5,000 · 10,000 · 20,000 · 50,000 · 100,000 · 200,000 · 500,000 · 1,000,000"


@tagged("post_install", "-at_install")
class TestScorecardDrafts(DraftCase):
    """Filling thresholds in, proposing them, saying what changes."""

    # 40 customers; each amount is known, every other figure the same for all
    AMOUNTS = tuple(1000 * number for number in range(1, 41))

    # === FILLING IN === #

    def test_what_earns_1_and_10_fills_in_the_rest(self):
        metric = self._get_metric()
        self.assertEqual((metric.earns_one, metric.earns_ten), (5000, 2_000_000))
        metric.write({"earns_one": 1000, "earns_ten": 100_000})
        self.assertEqual(
            metric._get_thresholds(),
            [1000, 2000, 3000, 6000, 10000, 20000, 30000, 60000, 100000],
        )

    def test_where_low_is_good_the_ends_change_places(self):
        metric = self._get_metric("late_days")
        self.assertEqual((metric.earns_one, metric.earns_ten), (90, 0))
        metric.write({"earns_one": 80, "earns_ten": 0})
        self.assertEqual(metric._get_thresholds(), [0, 10, 20, 30, 40, 50, 60, 70, 80])

    def test_counts_are_filled_in_without_decimals(self):
        metric = self._get_metric("orders_12m")
        metric.earns_ten = 12
        self.assertEqual(metric._get_thresholds(), [1, 2, 3, 4, 5, 6, 7, 9, 12])

    def test_ends_the_wrong_way_round_are_refused_by_metric_and_field(self):
        for code, one, ten, message in (
            (
                "amount_12m",
                10,
                5,
                r"Amount of 12 months: what earns 10 \(5.0\).*greater",
            ),
            ("late_days", 5, 10, r"Days late.*earns 10 \(10.0\).*less"),
            ("orders_12m", 1, 8, r"Orders per year.*eight steps fit"),
        ):
            with (
                self.subTest(code=code),
                self.assertRaisesRegex(ValidationError, message),
            ):
                self._get_metric(code).write({"earns_one": one, "earns_ten": ten})

    def test_single_steps_stay_editable_in_the_form(self):
        with Form(self._get_metric()) as form:
            form.earns_ten = 500_000
            form.earns_one = 1000
            self.assertEqual(form.threshold_5, 20000)
            form.threshold_5 = 25000
        self.assertEqual(
            self._get_metric()._get_thresholds(),
            [1000, 2000, 5000, 10000, 25000, 50000, 100000, 200000, 500000],
        )

    def test_ends_of_a_used_version_stay(self):
        with self.assertRaisesRegex(UserError, "already scored customers"):
            self._get_metric(card=self.tier_card).earns_ten = 1

    # === PROPOSAL === #

    def _propose(self, card=None):
        with freeze_time(f"{DAY} 12:00:00"):
            (card or self.draft).action_propose_thresholds()

    def test_thresholds_follow_the_companys_own_customers(self):
        self._propose()
        # at 30, 50, 65, 75, 82, 88, 92, 96 and 99% of 1,000 to 40,000
        self.assertEqual(
            self._get_metric()._get_thresholds(),
            [12000, 20000, 26000, 30000, 33000, 36000, 37000, 39000, 40000],
        )
        self.assertIn(
            "Amount of 12 months: from 40 customers", self.draft.proposal_note
        )
        self.assertEqual(self._get_tier("S").lower_bound, 32)

    def test_unknown_and_shared_values_leave_the_thresholds_and_say_so(self):
        self._propose()
        self.assertEqual(
            self._get_metric("orders_12m")._get_thresholds(),
            [1, 2, 4, 6, 9, 12, 18, 24, 36],
        )
        note = self.draft.proposal_note
        self.assertIn("Orders per year: left as it was, most of 40 customers", note)
        self.assertIn("Days late, on average: left as it was, known for 0", note)
        self.assertNotIn("Industry outlook", note)

    def test_fewer_than_thirty_customers_propose_nothing(self):
        self.profiles[:11].active = False
        self._propose()
        self.assertEqual(self._get_metric().threshold_1, 5000)
        self.assertIn(
            "known for 29 customers only (30 needed)", self.draft.proposal_note
        )
        self.profiles[:11].active = True
        self.profiles[10].is_not_rated = True
        self._propose()
        self.assertIn("from 39 customers", self.draft.proposal_note)

    def test_bad_figure_of_one_customer_does_not_spoil_the_proposal(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_snapshot SET amount_12m = 'NaN' WHERE profile_id = %s",
            [self.profiles[0].id],
        )
        self._propose()
        self.assertIn("from 39 customers", self.draft.proposal_note)

    def test_only_drafts_take_proposals(self):
        with self.assertRaisesRegex(UserError, "not a draft"):
            self._propose(self.tier_card.with_user(self.manager))

    def test_proposal_takes_the_same_statements_for_few_and_many(self):
        counts = []
        for profiles in (self.profiles, self.profiles[30:], self.profiles):
            self.profiles.active = False
            profiles.active = True
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            with freeze_time(f"{DAY} 12:00:00"):
                self.env.execute_query(
                    self.env["customer.formula"]._select_distribution(
                        self.company, self._to_date(DAY), self.draft
                    )
                )
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])  # the first fills caches

    # === WHAT CHANGES === #

    def test_draft_says_in_words_what_it_changes(self):
        self.assertEqual(self.draft.compared_id, self.tier_card)
        self.assertEqual(self.draft._get_changes(), [])
        self.assertIn("The rules are the same.", self.draft.changes)
        self.draft.dimension_ids[0].weight = 2
        self._get_tier("S").lower_bound = 30
        self._get_metric("growth_rate").direction = "low"
        self._get_metric().threshold_9 = 3_000_000
        self.draft.unknown_points = 5
        self.draft.dimension_ids[3].unlink()
        changes = self.draft._get_changes()
        percent = "-50% · -30% · -15% · -5% · 5% · 15% · 30% · 50% · 100%"
        for change in (
            ("Points of an unknown dimension", "5.5", "5"),
            ("Value, 12-month amount, weight", "1", "2"),
            (
                "Value, 12-month amount: Amount of 12 months, points",
                f"High is good: {SHIPPED} · 2,000,000",
                f"High is good: {SHIPPED} · 3,000,000",
            ),
            (
                "Growth potential: Growth of the 12-month amount, points",
                f"High is good: {percent}",
                f"Low is good: {percent}",
            ),
            ("Risk (10 = safe), weight", "1", "–"),
            ("Tier S from", "32", "30"),
        ):
            self.assertIn(change, changes)
        self.draft.invalidate_recordset(["changes"])
        self.assertIn("3,000,000", self.draft.changes)

    # === RIGHTS === #

    @users("draft_user")
    def _assert_refused(self, draft):
        for method in (
            "action_propose_thresholds",
            "action_try",
            "action_open_activation",
            "action_activate",
            "action_convert_thresholds",
            "action_keep_thresholds",
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(draft.with_env(self.env), method)()

    def test_users_and_managers_of_other_companies_are_refused(self):
        self._create_user("draft_user", "user_all")
        self._assert_refused(self.draft)
        other = self._create_user("draft_other", "manager", company=self.other_company)
        own = self.tier_card.copy({"company_id": self.company.id})
        for method in ("action_propose_thresholds", "action_try", "action_activate"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(own.with_user(other), method)()
