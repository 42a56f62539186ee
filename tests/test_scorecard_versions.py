from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestScorecardVersions(CustomerSuccessCase):
    """Versions in force: used ones are history, activation replaces them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._create_partner("Versioned")
        cls._create_opening(cls.partner, "2026-10-01", 3_000_000, 1)
        cls.manager = cls._create_user("version_manager", "manager")

    def _get_tier(self, card, code):
        return card.tier_ids.filtered(lambda tier: tier.code == code)

    # === USED === #

    def test_used_version_cannot_be_changed_or_deleted(self):
        self._score(self.partner)
        card = self.tier_card.with_user(self.manager)
        self.assertTrue(card.is_used)
        dimension = card.dimension_ids[0]
        metric, tier = dimension.metric_ids, self._get_tier(card, "S")
        for record, vals in (
            (card, {"unknown_points": 4}),
            (card, {"max_total": 50}),
            (card, {"company_id": self.company.id}),
            (card, {"dimension_ids": [(0, 0, {"name": "More"})]}),
            (dimension, {"weight": 2}),
            (metric, {"threshold_1": 1}),
            (metric, {"weight": 2}),
            (tier, {"lower_bound": 33}),
            (tier, {"code": "X"}),
            (tier, {"retier_months": 6}),
        ):
            with (
                self.subTest(record=record, vals=vals),
                self.assertRaisesRegex(UserError, "already scored customers"),
            ):
                record.write(vals)
        for record in (card, dimension, metric, tier):
            with (
                self.subTest(deleted=record),
                self.assertRaisesRegex(UserError, "already scored customers"),
            ):
                record.unlink()

    def test_used_version_takes_no_new_dimension_metric_or_tier(self):
        self._score(self.partner)
        card = self.tier_card.with_user(self.manager)
        dimension = card.dimension_ids[0]
        for model, vals in (
            ("customer.scorecard.dimension", {"name": "New", "scorecard_id": card.id}),
            (
                "customer.scorecard.metric",
                {"code": "late_days", "dimension_id": dimension.id},
            ),
            (
                "customer.tier",
                {"name": "D", "code": "D", "lower_bound": 1, "scorecard_id": card.id},
            ),
        ):
            with (
                self.subTest(model=model),
                self.assertRaisesRegex(UserError, "already scored customers"),
            ):
                self.env[model].with_user(self.manager).create(vals)

    def test_names_colours_and_entitlements_of_a_used_version_stay_editable(self):
        self._score(self.partner)
        card = self.tier_card.with_user(self.manager)
        card.write({"name": "Renamed", "note": "Note"})
        card.dimension_ids[0].name = "Renamed"
        self._get_tier(card, "S").write(
            {"name": "Core", "color": 3, "evaluation_months": 2, "entitlements": "All"}
        )

    def test_retired_used_version_stays_undeletable(self):
        self._score(self.partner)
        self.tier_card.copy().action_activate()
        self.assertEqual(self.tier_card.state, "retired")
        with self.assertRaisesRegex(UserError, "already scored customers"):
            self.tier_card.with_user(self.manager).unlink()

    # === ONE ACTIVE === #

    def test_only_one_scorecard_of_a_kind_is_active_for_a_company(self):
        draft = self.tier_card.copy()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            draft.state = "active"
            self.env.flush_all()

    def test_activation_retires_the_version_before(self):
        draft = self.tier_card.with_user(self.manager).copy()
        self.assertEqual((draft.state, draft.version), ("draft", 2))
        draft.action_activate()
        self.assertEqual((self.tier_card.state, draft.state), ("retired", "active"))
        self.assertEqual(self.health_card.state, "active")
        with self.assertRaisesRegex(UserError, "already active"):
            draft.action_activate()

    def test_status_changes_by_the_button_only(self):
        draft = self.tier_card.copy().with_user(self.manager)
        for values in ({"state": "active"}, {"state": "retired"}):
            with self.assertRaisesRegex(AccessError, "with its button"):
                draft.write(values)
        with self.assertRaisesRegex(AccessError, "with its button"):
            draft.create({"name": "Active at once", "kind": "tier", "state": "active"})
        draft.action_activate()
        self.assertEqual(draft.state, "active")

    def test_own_scorecard_of_a_company_beats_the_shared_one(self):
        own = self.tier_card.copy({"company_id": self.other_company.id})
        own.action_activate()
        self.assertEqual(self.tier_card.state, "active")
        get_active = self.env["customer.scorecard"]._get_active
        self.assertEqual(get_active(self.other_company, "tier"), own)
        self.assertEqual(get_active(self.company, "tier"), self.tier_card)
        self.assertEqual(get_active(self.other_company, "health"), self.health_card)

    def test_company_copy_makes_its_amounts_known(self):
        self._create_opening(
            self.partner, "2026-10-01", 50000, company=self.other_company
        )
        row = self._measure(self.partner, company=self.other_company)
        self.assertEqual(row["values"]["amount_12m"][2], "other_currency")
        card = self.tier_card.with_company(self.other_company)
        own = self.env["customer.scorecard"].browse(
            card.action_copy_for_company()["res_id"]
        )
        self.assertEqual(own.currency_id, self.other_company.currency_id)
        own.action_activate()
        row = self._measure(self.partner, company=self.other_company)
        self.assertEqual(row["values"]["amount_12m"], (50000, 5, None))

    # === ACTIVATION === #

    def test_activation_rescores_and_leaves_tiers_to_the_next_review(self):
        self._run_cron()
        profile = self._get_profile(self.partner)
        self.assertEqual((profile.tier_id, profile.tier_score), (self.tiers["B"], 22.5))
        draft = self.tier_card.copy({"unknown_points": 8})
        draft.action_activate()
        new_b, new_a = self._get_tier(draft, "B"), self._get_tier(draft, "A")
        self.env.invalidate_all()
        # Same code in the new version, without a change.
        self.assertEqual(profile.tier_id, new_b)
        self._run_cron(day="2026-11-22")
        # 40 x (10 + 1.5 + 8 + 8) / 40
        self.assertEqual(profile.tier_score, 27.5)
        self.assertEqual((profile.tier_id, profile.tier_today_id), (new_b, new_a))
        self.assertEqual(len(profile.tier_change_ids), 1)
        row = profile.score_ids.filtered(lambda row: row.kind == "tier")[0]
        self.assertEqual((str(row.date), row.scorecard_id), ("2026-11-22", draft))
        self._run_cron(day="2026-12-31")
        self._run_cron("review_tiers", day="2026-12-31")
        self.assertEqual(profile.tier_id, new_a)
        self.assertRecordValues(
            profile.tier_change_ids[0],
            [{"from_tier_id": new_b.id, "to_tier_id": new_a.id, "direction": "up"}],
        )

    def test_activation_asks_for_a_run(self):
        cron = self.env.ref("customer_success.ir_cron_refresh_scores")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.tier_card.with_user(self.manager).copy().action_activate()
        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)

    def test_score_names_the_card_it_was_read_with_when_another_takes_over(self):
        with freeze_time("2026-11-21 12:00:00"):
            run = self.env["customer.run"]._queue(
                "refresh", self.company, self.company._get_customer_today()
            )
            self.env.flush_all()
            stage = self.env["customer.run.stage"]
            scope = run._get_scope(self.partner.ids)
            stage._stage(run.id, scope, run._get_cards())
            self.tier_card.copy({"unknown_points": 8}).action_activate()
            self.env.flush_all()
            run._write_staged(stage._get_range(run.id, 1))
        self.env.invalidate_all()
        rows = self._get_profile(self.partner).score_ids
        row = rows.filtered(lambda row: row.kind == "tier")
        self.assertEqual((row.scorecard_id, row.total), (self.tier_card, 22.5))

    def test_first_own_scorecard_of_a_company_carries_its_tiers_over(self):
        other = self._create_partner("Customer of the other")
        self._create_order(other, "2026-10-20", 100, company=self.other_company)
        self._score(self.partner)
        there = self._score(other, company=self.other_company)
        here = self._get_profile(self.partner)
        self.assertEqual(there.tier_id, self.tiers["B"])
        own = self.tier_card.copy({"company_id": self.other_company.id})
        own.action_activate()
        self.env.invalidate_all()
        self.assertEqual(there.tier_id, self._get_tier(own, "B"))
        self.assertEqual(here.tier_id, self.tiers["B"])
        self._run_cron(day="2026-12-31")
        self._run_cron("review_tiers", day="2026-12-31")
        self.assertEqual(len(there.tier_change_ids), 1)
