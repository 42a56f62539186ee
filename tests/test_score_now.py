from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..const import PREPARED_LIMIT, PREPARED_PREFIX
from .common import DAY, CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestScoreNow(CustomerSuccessCase):
    """The statement that a connection keeps is never older than the rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("score_now_user", "user")
        cls.partner = cls._create_partner("Prepared customer")
        cls._create_order(cls.partner, "2026-06-01", 15000)
        cls._create_invoice(cls.partner, "2026-06-01", 6000)
        cls.profile = cls.env["customer.profile"]._get_or_create(
            cls.partner, cls.company
        )
        cls.card = cls.tier_card.copy()
        with freeze_time(f"{DAY} 12:00:00"):
            cls.card.action_activate()  # a version without scores: it can be changed

    def _score(self, day=DAY):
        with freeze_time(f"{day} 12:00:00"):
            self.profile.with_user(self.user).action_score_now()
        self.env.flush_all()

    def _get_statements(self):
        self.env.cr.execute(
            "SELECT name FROM pg_prepared_statements WHERE STARTS_WITH(name, %s)",
            [PREPARED_PREFIX],
        )
        return {name for [name] in self.env.cr.fetchall()}

    def test_second_score_uses_the_kept_statement(self):
        self._score()
        kept = self._get_statements()
        self._create_order(self.partner, "2026-07-01", 100)
        self._score()
        self.assertEqual(self.profile.order_count_12m, 2)
        self.assertEqual(self._get_statements(), kept)

    def test_new_money_source_is_followed(self):
        self._score()
        self.assertEqual(self.profile.amount_12m, 6000)
        self.company.customer_money_source = "ordered"
        self._score()
        self.assertEqual(self.profile.amount_12m, 15000)

    def test_changed_threshold_is_followed(self):
        metric = self.card.dimension_ids[0].metric_ids
        self.assertEqual((metric.threshold_1, metric.threshold_2), (5000, 10000))
        self._score()
        before = self.profile.tier_score
        self.env.flush_all()
        # past the guard: scores refer to the version by now
        self.env.cr.execute(
            "UPDATE customer_scorecard_metric SET threshold_1 = 6000.5 WHERE id = %s",
            [metric.id],
        )
        self.env.invalidate_all()
        self._score()
        # 6,000 earns 1 point of the first of four dimensions, no longer 2
        self.assertAlmostEqual(before - self.profile.tier_score, 1)

    def test_rolled_back_setting_leaves_nothing_behind(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.company.customer_money_source = "ordered"
            self._score()
            self.assertEqual(self.profile.amount_12m, 15000)
            1 / 0
        self.env.invalidate_all()
        self._score()
        self.assertEqual(self.profile.amount_12m, 6000)

    def test_first_rating_beside_customers_with_a_tier_sets_the_tier(self):
        self._score()
        other = self._create_partner("Not rated before")
        self._create_invoice(other, "2026-06-01", 900)
        both = self.profile | self.env["customer.profile"]._get_or_create(
            other, self.company
        )
        with freeze_time(f"{DAY} 12:00:00"):
            both.with_user(self.user).action_score_now()
        self.assertTrue(both[1].tier_id)

    def test_leaving_a_customer_out_clears_his_tier(self):
        self._score()
        self.assertTrue(self.profile.tier_id)
        self.profile.is_not_rated = True
        self._score()
        self.assertFalse(self.profile.tier_id)

    def test_next_day_has_a_statement_of_its_own(self):
        self._score("2027-05-31")
        self.assertEqual(self.profile.amount_12m, 6000)
        self._score("2027-06-01")  # 2026-06-01 is a day too old
        self.assertEqual(self.profile.amount_12m, 0)

    def test_each_company_has_a_statement_of_its_own(self):
        other = self._create_partner("Other company's customer")
        self._create_invoice(other, "2026-06-01", 700, company=self.other_company)
        profile = self.env["customer.profile"]._get_or_create(other, self.other_company)
        self._score()
        with freeze_time(f"{DAY} 12:00:00"):
            profile._score_now()
        self.assertEqual(profile.amount_12m, 700)

    def test_order_of_a_child_contact_counts(self):
        child = self._create_partner("Child", parent_id=self.partner.id)
        child.is_company = False
        self._create_order(child, "2026-08-01", 100)
        self._score()
        self.assertEqual(self.profile.order_count_12m, 2)

    def test_statements_of_a_connection_are_limited(self):
        for day in range(1, PREPARED_LIMIT + 3):
            self._score(f"2026-12-{day:02}")
        self.assertLessEqual(len(self._get_statements()), PREPARED_LIMIT)

    @mute_logger("odoo.addons.customer_success.models.customer_run_now")
    def test_customer_who_breaks_the_statement_is_left_out_and_the_others_are_not(self):
        other = self._create_partner("Sound customer")
        self._create_invoice(other, "2026-06-01", 900)
        profiles = self.profile | self.env["customer.profile"]._get_or_create(
            other, self.company
        )
        self._score()  # the statement is kept before the amount is ruined
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET amount_untaxed_signed = 'NaN' WHERE partner_id = %s",
            [self.partner.id],
        )
        with freeze_time(f"{DAY} 12:00:00"):
            profiles.with_user(self.user).action_score_now()
        self.assertEqual(profiles.mapped("is_quarantined"), [True, False])
        self.assertEqual(profiles.mapped("amount_12m"), [6000, 900])

    def test_planner_settings_are_as_before(self):
        self._score()
        self.env.cr.execute(
            """SELECT CURRENT_SETTING('enable_seqscan'),
                      CURRENT_SETTING('enable_hashjoin'),
                      CURRENT_SETTING('enable_mergejoin'),
                      CURRENT_SETTING('plan_cache_mode')"""
        )
        self.assertEqual(self.env.cr.fetchone(), ("on", "on", "on", "auto"))
