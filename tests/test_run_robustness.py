from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import DAY
from .robust import RUN_JOB, TABLES, RobustCase


@tagged("post_install", "-at_install")
class TestRunRobustness(RobustCase):
    """A run that is interrupted, repeated or disturbed ends as an undisturbed one."""

    # === SLICES === #

    def test_run_in_many_slices_equals_a_run_in_one(self):
        with patch(f"{RUN_JOB}.WRITE_RANGE", 1):
            for _slice in range(30):
                with self._slice():
                    self._call()
                if "done" in self._get_runs().mapped("state"):
                    break
        run = self._get_runs()
        self.assertRecordValues(
            run,
            [{"state": "done", "done_count": 6, "staged_count": 6, "total_count": 6}],
        )
        self.assertGreater(run.attempt_count, 6)
        self.assertEqual(len(self._get_profiles()), 6)
        sliced = self._get_profiles().mapped("tier_score")
        for profile in self._get_profiles():
            profile.with_context(active_test=False)._score_now()
        self.assertEqual(self._get_profiles().mapped("tier_score"), sliced)

    def test_slice_that_ends_early_reports_that_something_remains(self):
        progress = []
        commit = type(self.env["ir.cron"])._commit_progress

        def record(cron, processed=0, *, remaining=None, **values):
            commit(cron, processed, remaining=remaining, **values)
            row = cron.env["ir.cron.progress"].browse(
                cron.env.context["ir_cron_progress_id"]
            )
            progress.append((processed, row.remaining))
            return 0 if processed else 1

        with (
            patch.object(self.registry["ir.cron"], "_commit_progress", record),
            patch(f"{RUN_JOB}.WRITE_RANGE", 2),
        ):
            self._run_cron()
        self.assertEqual(set(self._get_runs().mapped("state")), {"done"})
        for processed, remaining in progress:
            if processed:
                self.assertGreater(remaining, 0)
        self.assertEqual(progress[-1][1], 0)

    def test_stage_emptied_by_a_crash_is_read_again(self):
        self._read_only()
        with patch(f"{RUN_JOB}.WRITE_RANGE", 2), self._slice():
            self._call()
        self.assertRecordValues(
            self._get_runs(), [{"state": "running", "done_count": 2}]
        )
        self._execute("DELETE FROM customer_run_stage")
        self._call()
        self.assertEqual(self._get_runs().state, "done")
        self.assertEqual(set(self._get_profiles().mapped("rating_state")), {"rated"})
        self.assertEqual(len(self._get_profiles().score_ids), 12)

    def test_unfinished_run_of_an_older_day_gives_way_to_a_new_one(self):
        with self._slice():
            self._call(at="2026-11-20 12:00:00")
            self._call(at="2026-11-20 12:00:00")
        old = self._get_runs()
        self._run_cron()
        self.assertEqual(old.state, "failed")
        self.assertIn("A later day took over", old.message)
        new = self._get_runs() - old
        self.assertRecordValues(new, [{"state": "done", "date": self._to_date(DAY)}])
        self.assertFalse(self.env["customer.run.stage"].search_count([]))

    def test_company_whose_day_changed_is_not_forgotten_while_another_resumes(self):
        self.other_company.customer_tz = "Asia/Shanghai"
        self._create_opening(self.partners[0], "2026-02-01", 500, 1, self.other_company)
        with patch(f"{RUN_JOB}.WRITE_RANGE", 1), self._slice():
            self._call(at="2026-11-20 12:00:00")
        states = self.env["customer.run"].search([]).mapped("state")
        self.assertEqual(set(states), {"queued", "running"})
        # 17:00 UTC is the next day in Shanghai
        self._run_cron(day="2026-11-20", at="17:00:00")
        runs = self._get_runs(company=self.other_company)
        self.assertEqual(
            sorted((str(run.date), run.state) for run in runs),
            [("2026-11-20", "failed"), ("2026-11-21", "done")],
        )

    # === CHANGES DURING A RUN === #

    def _read_only(self):
        """Let a run read and stage everything and write nothing yet."""
        with self._slice():
            for _company in self.env["res.company"].search([]):
                if not self._get_runs().is_staged:
                    self._call()
        self.assertRecordValues(
            self._get_runs(), [{"is_staged": True, "done_count": 0}]
        )

    def test_customer_archived_between_reading_and_writing_is_left_alone(self):
        self._score(self.partners[0])
        self._create_opening(self.partners[0], "2026-03-01", 90000, 5)
        before = self._get_profiles(self.partners[0]).tier_score
        self._read_only()
        self.partners[0].active = False
        self._run_cron()
        archived = self._get_profile(self.partners[0])
        self.assertEqual(archived.tier_score, before)
        self.assertEqual(self._get_runs().state, "done")
        self.assertEqual(len(self._get_profiles()), 5)

    def test_contact_deleted_between_reading_and_writing_gets_no_customer(self):
        gone = self._create_partner("Robust gone")
        self._create_order(gone, "2026-10-01", 100)
        self._read_only()
        self._execute(
            "UPDATE sale_order SET partner_id = %s, partner_invoice_id = %s,"
            " partner_shipping_id = %s WHERE partner_id = %s",
            *[self.partners[0].id] * 3,
            gone.id,
        )
        gone.unlink()
        self._run_cron()
        self.assertEqual(self._get_runs().state, "done")
        self.assertEqual(len(self._get_profiles()), 6)

    def test_contacts_merged_between_reading_and_writing_leave_one_customer(self):
        survivor, merged = self._get_profiles()[:2]
        self._read_only()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            self.partners[:2].ids, self.partners[0]
        )
        self._run_cron()
        self.assertEqual(self._get_runs().state, "done")
        self.assertEqual(merged.merged_into_id, survivor)
        self.assertFalse(merged.score_ids)
        self.assertFalse(merged.tier_id)
        self._run_cron(day="2026-11-22")
        self.assertEqual(survivor.amount_12m, 3000)

    def test_edit_between_reading_and_writing_is_kept(self):
        self._read_only()
        user = self._create_user("robust_owner", "user")
        profile = self._get_profiles()[0]
        profile.with_user(user).write({"is_strategic": True, "user_id": user.id})
        self._run_cron()
        self.assertRecordValues(
            profile,
            [{"is_strategic": True, "user_id": user.id, "rating_state": "rated"}],
        )

    # === NOTHING BESIDE THE RESULTS === #

    def test_run_leaves_no_chatter_tracking_or_write_date_behind(self):
        messages = self.env["mail.message"].search_count([])
        self._run_cron()
        stamps = self._get_stamps()
        self._create_opening(self.partners[0], "2026-03-01", 90000, 5)
        self._run_cron(day="2026-12-31")
        self._run_cron("review_tiers", day="2026-12-31")
        self.assertEqual(self._get_stamps(), stamps)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)

    def _get_stamps(self):
        self.env.flush_all()
        return [
            self.env.execute_query(
                SQL("SELECT id, write_date FROM %s ORDER BY id", SQL.identifier(table))
            )
            for table in ("customer_profile", "res_partner")
        ]

    def test_ten_more_runs_write_no_row(self):
        self._run_cron()
        before = self._dump((*TABLES, "customer_tier_change", "customer_quarantine"))
        for _run in range(10):
            self._run_cron()
        self.assertEqual(
            self._dump((*TABLES, "customer_tier_change", "customer_quarantine")), before
        )
        self.assertFalse(sum(self._get_runs()[:10].mapped("staged_count")))

    # === MANY ROWS, MANY CUSTOMERS === #

    def test_customer_with_five_thousand_orders_is_counted(self):
        order = self._create_order(self.partners[0], "2026-10-01", 10)
        columns = SQL(", ").join(
            SQL.identifier(name)
            for name in ("partner_id", "partner_invoice_id", "partner_shipping_id",
                         "company_id", "currency_id", "state", "date_order",
                         "amount_untaxed", "pricelist_id", "name", "picking_policy",
                         "warehouse_id")
            if name in self._get_columns("sale_order")
        )  # fmt: skip
        self._execute(
            "INSERT INTO sale_order (%s) SELECT %s FROM sale_order,"
            " GENERATE_SERIES(1, 4999) WHERE id = %s",
            columns,
            columns,
            order.id,
        )
        self._run_cron()
        # 5,000 orders and one opening order
        self.assertEqual(self._get_profiles(self.partners[0]).order_count_12m, 5001)

    def _get_columns(self, table):
        return self.env[table.replace("_", ".")]._fields

    def test_scoring_many_customers_now_is_left_to_the_job(self):
        triggers = self.env["ir.cron.trigger"].search_count([])
        profiles = self._get_profiles()
        user = self._create_user("robust_user", "user_all")
        with patch(
            "odoo.addons.customer_success.models.customer_profile_actions"
            ".SCORE_NOW_LIMIT",
            5,
        ):
            action = profiles.with_user(user).action_score_now()
        self.assertIn("in the background", action["params"]["message"])
        self.assertFalse(profiles.score_ids)
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), triggers + 1)
        self._run_cron()
        self.assertEqual(len(profiles.score_ids), 12)

    @mute_logger(RUN_JOB)
    def test_run_that_is_interrupted_too_often_is_given_up(self):
        self._read_only()
        run = self._get_runs()
        run.attempt_count = 200
        self._run_cron()
        self.assertEqual(run.state, "failed")
        self.assertEqual(run.message, "Given up after 200 attempts.")
        run.action_retry()
        self._run_cron()
        self.assertRecordValues(run, [{"state": "done", "message": False}])
