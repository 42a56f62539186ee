from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import DAY
from .draft_common import DraftCase
from .robust import RobustCase

ACTIVATION = "odoo.addons.customer_success.models.customer_scorecard_activation"
RUN_JOB = "odoo.addons.customer_success.models.customer_run_job"
HARDER = (5000, 10000, 40000, 50000, 1e5, 2e5, 5e5, 1e6, 2e6)


@tagged("post_install", "-at_install")
class TestScorecardDraftsActivation(DraftCase):
    """Activate: with the next reviews, or with tiers that move today."""

    AMOUNTS = (4000, 20000, 45000)
    _slice = RobustCase._slice
    _commit_and_stop = staticmethod(RobustCase._commit_and_stop)
    _call = RobustCase._call

    def _activate(self, card=None, apply_now=False, day=DAY):
        card = card or self.draft
        with freeze_time(f"{day} 12:00:00"):
            trial = self._try(card, day)
            trial.apply_now = apply_now
            trial.action_activate()
        self.env.invalidate_all()

    def _get_codes(self):
        return [profile.tier_id.code for profile in self.profiles]

    def _get_changes(self):
        changes = self.env["customer.tier.change"].search(
            [("profile_id", "in", self.profiles.ids), ("direction", "!=", "first")]
        )
        return [
            (change.profile_id, change.from_tier_id.code, change.to_tier_id.code)
            for change in changes
        ]

    # === AT THE NEXT REVIEW === #

    def test_without_apply_now_tiers_wait_for_their_review(self):
        self._set_thresholds(*HARDER)
        self._activate()
        self.assertEqual(
            (self.tier_card.state, self.draft.state), ("retired", "active")
        )
        self.assertRecordValues(
            self.draft,
            [{"date_active": self._to_date(DAY), "replaced_id": self.tier_card.id}],
        )
        self._run_cron(day="2026-11-22")
        self.assertEqual(self._get_codes(), ["C", "B", "B"])
        self.assertEqual(self.profiles[1].tier_today_id, self._get_tier("C"))
        self.assertEqual(self._get_changes(), [])

    # === APPLY NOW === #

    def test_apply_now_leaves_companies_where_the_manager_does_not_work(self):
        partner = self._create_partner("Draft abroad")
        self._create_opening(partner, "2026-10-01", 20000, 1, self.other_company)
        abroad = self.env["customer.profile"]._get_or_create(
            partner, self.other_company
        )
        with freeze_time(f"{DAY} 12:00:00"):
            abroad._score_now()
        # 1.5, and 5.5 three times: the amount is in another currency
        self.assertEqual((abroad.tier_score, abroad.tier_id.code), (18, "B"))
        self._get_tier("B").lower_bound = 18.5
        self._activate(apply_now=True)
        self.assertEqual(abroad.tier_id.code, "B")
        self.assertEqual(self._get_codes(), ["C", "C", "C"])

    def test_apply_now_moves_tiers_today_and_no_review(self):
        self._set_thresholds(*HARDER)
        self._activate(apply_now=True, day="2026-11-22")
        self.assertEqual(self._get_codes(), ["C", "C", "B"])
        change = self.profiles[1].tier_change_ids[0]
        self.assertRecordValues(
            change,
            [
                {
                    "date": self._to_date("2026-11-22"),
                    "from_tier_id": self._get_tier("B").id,
                    "to_tier_id": self._get_tier("C").id,
                    "direction": "down",
                    "reason": "scorecard",
                    "total": 15.5,
                }
            ],
        )
        self.assertEqual(change.score_id.scorecard_id, self.draft)
        self.assertEqual(len(self._get_changes()), 1)
        reviews = set(map(str, self.profiles.mapped("date_next_review")))
        self.assertEqual(reviews, {"2026-12-31"})
        self.assertEqual(self.profiles[1].tier_score, 15.5)

    def test_many_customers_move_in_the_background(self):
        self._set_thresholds(*HARDER)
        with patch(f"{ACTIVATION}.SCORE_NOW_LIMIT", 2):
            self._activate(apply_now=True)
        run = self._get_run()
        self.assertEqual((run.state, self._get_codes()), ("queued", ["C", "B", "B"]))
        self._run_cron(day=DAY)
        self.assertEqual((run.state, self._get_codes()), ("done", ["C", "C", "B"]))
        change = self.profiles[1].tier_change_ids[0]
        self.assertEqual((change.reason, change.run_id), ("scorecard", run))
        self.assertEqual(str(self.profiles[1].date_next_review), "2026-12-31")

    def _get_run(self):
        return self.env["customer.run"].search(
            [("job", "=", "move"), ("company_id", "=", self.company.id)]
        )

    def test_interrupted_move_goes_on_and_changes_each_tier_once(self):
        # nobody reaches 4 points: both customers of B fall
        self._set_thresholds(5000, 10000, 50000, 60000, 1e5, 2e5, 5e5, 1e6, 2e6)
        with patch(f"{ACTIVATION}.SCORE_NOW_LIMIT", 2):
            self._activate(apply_now=True)
        run, calls = self._get_run(), 0
        while run.state in ("queued", "running"):
            with patch(f"{RUN_JOB}.WRITE_RANGE", 1), self._slice():
                self._call()
            calls += 1
            self.assertLess(calls, 60)
        self.assertGreater(calls, 3)
        self.assertEqual(self._get_codes(), ["C", "C", "C"])
        self.assertEqual(len(self._get_changes()), 2)

    def test_scorecard_activated_meanwhile_ends_the_move(self):
        self._set_thresholds(*HARDER)
        with patch(f"{ACTIVATION}.SCORE_NOW_LIMIT", 2):
            self._activate(apply_now=True)
        later = self.tier_card.with_user(self.manager).copy()
        self._activate(later)
        run = self._get_run()
        self.assertEqual(
            (run.state, run.message), ("done", "Another scorecard took over.")
        )
        self._run_cron(day=DAY)
        self.assertEqual(
            (self._get_codes(), self._get_changes()), (["C", "B", "B"], [])
        )

    def test_runs_at_work_go_on_by_the_new_scorecard(self):
        self._set_thresholds(*HARDER)
        for profile in self.profiles:  # two orders: half a point more
            self._create_order(profile.partner_id, "2026-11-20", 10)
        self._interrupt("refresh", "_cron_refresh_scores", f"{DAY} 12:00:00")
        self._activate(apply_now=True)
        self._call()
        self.assertEqual(self.profiles.mapped("tier_score"), [14, 16, 17])
        self.assertEqual(self.profiles.tier_today_id.scorecard_id, self.draft)

    def test_review_at_work_does_not_take_back_what_was_applied(self):
        self._set_thresholds(*HARDER)
        at = "2026-12-31 12:00:00"
        self._run_cron(day="2026-12-31")
        self._interrupt("review", "_cron_review_tiers", at)
        self._activate(apply_now=True, day="2026-12-31")
        self._call("_cron_review_tiers", at=at)
        self.assertEqual(self._get_codes(), ["C", "C", "B"])
        self.assertEqual(self.profiles.tier_id.scorecard_id, self.draft)
        self.assertEqual(
            self._get_changes(),
            [(self.profiles[1], "B", "C")],
        )

    def test_run_whose_scorecard_changes_between_two_ranges_is_not_done(self):
        self._set_thresholds(*HARDER)
        for profile in self.profiles:
            self._create_order(profile.partner_id, "2026-11-20", 10)
        domain = [("job", "=", "refresh"), ("company_id", "=", self.company.id)]
        runs, draft = self.env["customer.run"], self.draft

        def activate(cron, processed=0, **values):
            run = cron.env["customer.run"].search(domain, limit=1)
            if run.done_count and draft.with_env(cron.env).state == "draft":
                draft.with_env(cron.env).action_activate()
            cron.env.cr.commit()
            return 1

        with (
            patch(f"{RUN_JOB}.WRITE_RANGE", 1),
            patch.object(self.registry["ir.cron"], "_commit_progress", activate),
        ):
            self._call()
        self.assertEqual(runs.search(domain).state, "running")
        self._call()
        self.assertEqual(runs.search(domain).state, "done")
        self.assertEqual(self.profiles.mapped("tier_score"), [14, 16, 17])

    def _interrupt(self, job, method, at):
        """Let a job stop when it has read and not yet written."""
        domain = [("job", "=", job), ("company_id", "=", self.company.id)]
        for _call in range(20):
            with self._slice():
                self._call(method, at=at)
            run = self.env["customer.run"].search(domain, limit=1)
            if run.is_staged:
                break
        self.assertEqual((run.state, run.done_count), ("running", 0))

    def test_request_that_holds_a_tier_beats_a_new_scorecard(self):
        profile = self.profiles[1]
        request = self.env["customer.tier.request"].create(
            {
                "profile_id": profile.id,
                "company_id": self.company.id,
                "kind": "wish",
                "state": "approved",
                "wished_tier_id": self.tiers["B"].id,
                "from_tier_id": self.tiers["B"].id,
                "date_end": "2027-03-31",
                "reason": "Framework contract",
                "requester_id": self.manager.id,
            }
        )
        profile.write({"tier_request_id": request.id})
        self._set_thresholds(*HARDER)
        self.assertEqual(self._try().moved_count, 0)
        self._activate(apply_now=True)
        self.assertEqual(self._get_codes(), ["C", "B", "B"])

    # === TWICE === #

    def test_second_activation_says_that_it_is_active(self):
        self._activate()
        with self.assertRaisesRegex(UserError, "already active"):
            self.draft.action_activate()

    def test_dialog_of_another_state_of_affairs_is_refused(self):
        other = self.draft.copy()
        trial = self._try(other)
        self._activate()
        message = r"version 2 was activated in the meantime.*try this scorecard again"
        with self.assertRaisesRegex(UserError, message):
            trial.action_activate()
        self.assertEqual(other.state, "draft")
        self._activate(other)
        self.assertEqual((self.draft.state, other.state), ("retired", "active"))

    def test_double_click_in_the_dialog_activates_once(self):
        trial = self._try()
        trial.action_activate()
        with self.assertRaisesRegex(UserError, "already active"):
            trial.action_activate()

    def test_database_takes_one_active_scorecard_only(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.draft.sudo().state = "active"
            self.env.flush_all()

    def test_notes_of_the_activation_cannot_be_written(self):
        for vals in ({"date_active": DAY}, {"replaced_id": self.tier_card.id}):
            with self.assertRaises(AccessError):
                self.draft.write(vals)

    # === TIERS THAT NOBODY REACHES === #

    def test_tiers_that_no_points_reach_are_refused(self):
        for vals, message in (
            ({"S": 40.01}, "nobody can reach tier S"),
            ({"C": 0, "B": 4}, r"nobody can be in tier C.*lowest total is 4"),
        ):
            draft = self.draft.copy()
            for code, bound in vals.items():
                self._get_tier(code, draft).lower_bound = bound
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(ValidationError, message),
            ):
                draft.action_activate()
        self._get_tier("S").lower_bound = 40
        self.draft.action_activate()

    def test_amounts_in_another_currency_never_reach_ten_points(self):
        currency = self.other_company.currency_id
        draft = self.draft.copy(
            {"company_id": self.company.id, "currency_id": currency.id}
        )
        # 40 x (5.5 + 10 + 10 + 10) / 40
        self._get_tier("S", draft).lower_bound = 35.51
        with self.assertRaisesRegex(ValidationError, "highest total is 35.5"):
            draft.action_activate()
        self._get_tier("S", draft).lower_bound = 35.5
        draft.action_activate()

    # === PRESET A TO D === #

    def test_preset_a_to_d_is_a_draft_that_rates_the_whole_way(self):
        preset = self.env.ref("customer_success.customer_scorecard_grades")
        preset = preset.with_user(self.manager)
        self.assertEqual((preset.state, preset.dormant_tier_code), ("draft", "D"))
        self.assertEqual(
            preset.dimension_ids.metric_ids.mapped("code"),
            ["amount_12m", "tenure_years", "orders_12m"],
        )
        # 40 x (amount + 1 + 2) / 30: 1, 4, 4 points give 5.33, 9.33, 9.33
        trial = self._try(preset)
        self.assertEqual(
            self._get_moves(trial), {("B", "D"): (2, 65000), ("C", "D"): (1, 4000)}
        )
        self.assertIn("No customer reaches Tier A.", trial.warnings)
        self._activate(preset)
        # the code that both have stays, in the new version
        self.assertEqual(self._get_codes(), ["C", "B", "B"])
        self.assertEqual(self.profiles.tier_id.scorecard_id, preset)
        self._run_cron(day="2026-12-31")
        self._run_cron("review_tiers", day="2026-12-31")
        self.assertEqual(self._get_codes(), ["D", "D", "D"])
        self.assertEqual([p.tier_score for p in self.profiles], [5.33, 9.33, 9.33])

    def test_preset_applied_now_shows_d_and_its_dormant_are_d(self):
        preset = self.env.ref("customer_success.customer_scorecard_grades")
        self._activate(preset.with_user(self.manager), apply_now=True)
        self.assertEqual(self._get_codes(), ["D", "D", "D"])
        self.assertEqual(self.profiles[0].tier_id.name, "Tier D")
