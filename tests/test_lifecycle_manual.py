from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import DAY
from .lifecycle_common import LifecycleCase

OLD, RECENT = "2020-01-10", "2026-11-01"


@tagged("post_install", "-at_install")
class TestLifecycleManual(LifecycleCase):
    """A stage chosen by hand, and the job that goes round it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._create_customer("Chosen", OLD, RECENT, 100, 100)

    def _choose(self, rule, **vals):
        with freeze_time(f"{DAY} 12:00:00"):
            self.profile.with_user(self.sales).write(
                {"lifecycle_stage_id": self.stages[rule].id, **vals}
            )

    def test_chosen_stage_stays_against_the_job_and_is_in_the_journey(self):
        self._assign("2026-11-01")
        self._choose("declining", stage_reason="Their plant closes")
        self._assign("2026-11-22")
        self.assertEqual(self._get_rule(self.profile), "declining")
        self.assertTrue(self.profile.is_stage_manual)
        self.assertRecordValues(
            self.profile.lifecycle_change_ids[:1],
            [
                {
                    "mode": "manual",
                    "date": date(2026, 11, 21),
                    "from_stage_id": self.stages["mature"].id,
                    "to_stage_id": self.stages["declining"].id,
                    "duration_days": 20,
                    "reason": "Their plant closes",
                    "create_uid": self.sales.id,
                }
            ],
        )

    def test_same_stage_again_changes_nothing(self):
        self._assign()
        self._choose("mature")
        self.assertFalse(self.profile.is_stage_manual)
        self.assertEqual(len(self.profile.lifecycle_change_ids), 1)

    def test_follow_the_rules_again_moves_at_once(self):
        self._choose("declining", stage_reason="x")
        with freeze_time("2026-11-23 12:00:00"):
            self.profile.with_user(self.sales).action_follow_stage_rules()
        self.assertEqual(self._get_rule(self.profile), "mature")
        self.assertFalse(self.profile.is_stage_manual)
        self.assertFalse(self.profile.stage_reason)
        self.assertEqual(
            self.profile.lifecycle_change_ids.mapped("mode"), ["automatic", "manual"]
        )

    def test_without_a_stage_the_rules_decide_again(self):
        self._choose("declining")
        self.profile.with_user(self.sales).lifecycle_stage_id = False
        self.assertFalse(self.profile.is_stage_manual)
        self._assign("2026-11-22")
        self.assertEqual(self._get_rule(self.profile), "mature")

    def test_results_of_the_stage_cannot_be_written_by_people(self):
        for vals in ({"is_stage_manual": True}, {"date_lifecycle_stage": DAY}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                self.profile.with_user(self.sales).write(vals)

    def test_who_may_not_write_the_customer_does_not_move_him(self):
        stranger = self._create_user("lifecycle_stranger", "user")
        self._assign()
        for call in (
            lambda: self.profile.with_user(stranger).write(
                {"lifecycle_stage_id": self.stages["new"].id}
            ),
            lambda: self.profile.with_user(stranger).action_follow_stage_rules(),
            lambda: self.profile.with_user(stranger).action_open_journey(),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertEqual(len(self.profile.lifecycle_change_ids), 1)

    def test_score_now_assigns_the_stage(self):
        partner = self._create_partner("Scored", user_id=self.sales.id)
        self._create_order(partner, "2026-11-01", 100)
        profile = self._get_profile(partner).with_user(self.sales)
        with freeze_time(f"{DAY} 12:00:00"):
            profile.action_score_now()
        self.assertEqual(self._get_rule(profile), "new")

    def test_stage_card_says_since_when_and_why(self):
        self.assertIsNone(self.profile._get_stage_card())
        self._assign("2026-11-01")
        with freeze_time(f"{DAY} 12:00:00"):
            card = self.profile.with_user(self.sales)._get_stage_card()
            self.assertEqual(
                card,
                {
                    "stage": "Mature",
                    "stage_id": self.stages["mature"].id,
                    "since": "2026-11-01",
                    "days": 20,
                    "is_manual": False,
                    "reason": "None of the others",
                },
            )
            self._choose("new", stage_reason="A new plant")
            card = self.profile.with_user(self.sales)._get_stage_card()
        self.assertEqual((card["is_manual"], card["reason"]), (True, "A new plant"))

    def test_kanban_shows_every_stage_in_use_as_a_column(self):
        self.stages["won_back"].active = False
        profiles = self.env["customer.profile"].with_user(self.sales)
        groups = profiles.with_context(read_group_expand=True).web_read_group(
            [("active", "=", True)], ["lifecycle_stage_id"], ["__count"]
        )["groups"]
        names = [row["lifecycle_stage_id"][1] for row in groups[:6]]
        self.assertEqual(
            names, ["Prospect", "New", "Growing", "Mature", "Declining", "Lapsed"]
        )
        self.assertFalse(groups[6]["lifecycle_stage_id"])

    # === JOB === #

    def test_second_run_writes_no_row(self):
        self._create_customer("Other", RECENT, RECENT)
        self._run_cron("assign_stages")
        self.assertEqual(self._get_rule(self.profile), "mature")
        query = (
            "SELECT xmin::text, id FROM customer_profile ORDER BY id",
            "SELECT xmin::text, id FROM customer_lifecycle_change ORDER BY id",
        )
        before = [self._fetch(text) for text in query]
        self._run_cron("assign_stages", "2026-11-22")
        self.assertEqual([self._fetch(text) for text in query], before)

    def _fetch(self, query):
        self.env.flush_all()
        self.env.cr.execute(query)
        return self.env.cr.fetchall()

    def test_refresh_wakes_the_stages_and_the_milestones(self):
        crons = [
            self.env.ref(f"customer_success.ir_cron_{name}")
            for name in ("assign_stages", "raise_milestones")
        ]
        triggers = self.env["ir.cron.trigger"]
        for cron in crons:
            triggers.search([("cron_id", "=", cron.id)]).unlink()
        self._run_cron()
        for cron in crons:
            self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))

    def test_statements_do_not_grow_with_the_number_of_customers(self):
        self._assign()  # the rules are remembered
        counts = []
        for number in (5, 20):
            for index in range(number):
                self._create_customer(f"N{number} {index}", OLD, RECENT)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertGreaterEqual(self._assign(), number)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_customers_of_other_companies_keep_their_own_day(self):
        other = self.env["customer.profile"].create(
            {
                "partner_id": self.profile.partner_id.id,
                "company_id": self.other_company.id,
            }
        )
        self._assign()
        self.assertTrue(self.profile.lifecycle_stage_id)
        self.assertFalse(other.lifecycle_stage_id)

    def test_merged_customer_keeps_his_journey_the_survivor_his_stage(self):
        survivor = self._create_customer("Survivor", RECENT, RECENT)
        self._assign()
        self.profile._merge_into(survivor)
        self._assign("2026-11-22")
        self.assertEqual(self._get_rule(survivor), "new")
        self.assertEqual(len(self.profile.lifecycle_change_ids), 1)
        action = survivor.with_user(self.sales).action_open_journey()
        found = self.changes.with_user(self.sales).search(action["domain"])
        self.assertEqual(len(found), 2)
