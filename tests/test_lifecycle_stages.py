from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, mute_logger, tagged
from psycopg2 import IntegrityError

from .common import DAY
from .lifecycle_common import LifecycleCase

OLD, RECENT = "2020-01-10", "2026-11-01"


@tagged("post_install", "-at_install")
class TestLifecycleRules(LifecycleCase):
    """Which stage the figures lead to, on both sides of each bound."""

    def test_figures_lead_to_the_stages_of_the_rules(self):
        for name, figures, expected in (
            ("no sale ever", {}, "prospect"),
            ("first sale a year ago", (RECENT,) * 2, "new"),
            ("first sale 12 months and a day ago", ("2025-11-20", RECENT), "mature"),
            ("first sale 12 months ago", ("2025-11-21", RECENT), "mature"),
            ("first sale 12 months less a day ago", ("2025-11-22", RECENT), "new"),
            ("last sale 12 months ago", (OLD, "2025-11-21"), "lapsed"),
            ("last sale 12 months less a day ago", (OLD, "2025-11-22"), "mature"),
            ("20% more", (OLD, RECENT, 120, 100), "growing"),
            ("19.99% more", (OLD, RECENT, 119.99, 100), "mature"),
            ("20% less", (OLD, RECENT, 80, 100), "declining"),
            ("19.99% less", (OLD, RECENT, 80.01, 100), "mature"),
            ("nothing before", (OLD, RECENT, 100, 0), "mature"),
            ("refunds before", (OLD, RECENT, 100, -50), "mature"),
            ("two years", ("2024-11-21", RECENT, 300, 100), "growing"),
            ("two years less a day", ("2024-11-22", RECENT, 300, 100), "mature"),
        ):
            if isinstance(figures, dict):
                figures = ()
            with self.subTest(name=name):
                profile = self._create_customer(name, *figures)
                self._assign(profiles=profile)
                self.assertEqual(self._get_rule(profile), expected)

    def test_unknown_figures_never_make_somebody_new_growing_or_a_prospect(self):
        before = "before_history"
        for name, args, figures, expected in (
            ("may not be the first", (RECENT, RECENT), {"is_before_history": True}, "mature"),
            ("no rate", (OLD, RECENT, None, 100), {}, "mature"),
            ("no rate before", (OLD, RECENT, 100, None), {}, "mature"),
            ("silent since the history start", (), {"amount_12m_state": before}, None),
            ("refunds only", (RECENT, None, -50), {}, None),
            ("not measured", (), {"amount_12m_state": False}, None),
            ("waiting", (RECENT, RECENT), {"rating_state": "waiting"}, None),
            ("left out", (RECENT, RECENT), {"rating_state": "excluded"}, None),
        ):  # fmt: skip
            with self.subTest(name=name):
                profile = self._create_customer(name, *args, **figures)
                self._assign(profiles=profile)
                self.assertEqual(self._get_rule(profile) or None, expected)

    def test_a_day_entered_by_hand_beats_the_first_document(self):
        unsure = {"is_before_history": True}
        for since, expected in (("2026-06-01", "new"), ("2015-01-01", "mature")):
            with self.subTest(since=since):
                profile = self._create_customer(
                    f"Since {since}", RECENT, RECENT, since=since, **unsure
                )
                self._assign(profiles=profile)
                self.assertEqual(self._get_rule(profile), expected)
        silent = self._create_customer("Silent", since="2015-01-01")
        self._assign(profiles=silent)
        self.assertEqual(self._get_rule(silent), "lapsed")

    def test_customer_of_today_without_a_document_is_new_not_lapsed(self):
        for since, expected in (
            ("2026-11-20", "new"),
            ("2025-11-22", "new"),
            ("2025-11-21", "lapsed"),
        ):
            with self.subTest(since=since):
                profile = self._create_customer(f"Signed {since}", since=since)
                self._assign(profiles=profile)
                self.assertEqual(self._get_rule(profile), expected)
        profile = self._create_customer("Signed", since="2026-11-01")
        self._assign(profiles=profile)
        profile.snapshot_id.write({"date_first_fact": RECENT, "date_last_sale": RECENT})
        self._assign(profiles=profile)
        self.assertEqual(self._get_rule(profile), "new")  # he never left

    def test_lapsed_customer_who_buys_again_is_won_back_for_a_year(self):
        profile = self._create_customer("Back", OLD, "2024-01-01")
        self._assign("2025-11-21")
        self.assertEqual(self._get_rule(profile), "lapsed")
        profile.snapshot_id.date_last_sale = RECENT
        for day, expected in (
            (DAY, "won_back"),
            ("2027-11-20", "lapsed"),
        ):
            self._assign(day)
            self.assertEqual(self._get_rule(profile), expected)
        profile.snapshot_id.date_last_sale = "2028-06-01"
        self._assign("2028-06-01")
        self.assertEqual(self._get_rule(profile), "won_back")
        profile.snapshot_id.date_last_sale = "2029-05-31"
        self._assign("2029-05-31")
        self.assertEqual(self._get_rule(profile), "won_back")
        self._assign("2029-06-01")
        self.assertEqual(self._get_rule(profile), "mature")

    def test_archived_stage_gives_way_to_the_next_rule_that_holds(self):
        profile = self._create_customer("Grows", OLD, RECENT, 200, 100)
        self.stages["growing"].active = False
        self._assign()
        self.assertEqual(self._get_rule(profile), "mature")
        self.stages["mature"].active = False
        other = self._create_customer("Other", OLD, RECENT, 200, 100)
        self._assign()
        self.assertFalse(other.lifecycle_stage_id)

    def test_numbers_of_the_rules_are_those_of_the_records(self):
        profile = self._create_customer("Grows", OLD, RECENT, 110, 100)
        self.stages["growing"].growth_rate = 0.1
        self._assign()
        self.assertEqual(self._get_rule(profile), "growing")
        self.stages["lapsed"].months = 1
        profile.snapshot_id.date_last_sale = "2026-10-21"
        self._assign()
        self.assertEqual(self._get_rule(profile), "lapsed")

    # === JOURNEY === #

    def test_journey_says_from_where_why_and_after_how_many_days(self):
        profile = self._create_customer("Grows", OLD, RECENT, 100, 100)
        self._assign("2026-10-01")
        profile.snapshot_id.amount_12m = 150
        self._assign(DAY)
        self.assertRecordValues(
            profile.lifecycle_change_ids,
            [
                {
                    "date": date(2026, 11, 21),
                    "from_stage_id": self.stages["mature"].id,
                    "to_stage_id": self.stages["growing"].id,
                    "duration_days": 51,
                    "mode": "automatic",
                    "rule": "growing",
                    "growth_rate": 0.5,
                    "date_first": date(2020, 1, 10),
                    "date_last_sale": date(2026, 11, 1),
                },
                {
                    "date": date(2026, 10, 1),
                    "from_stage_id": False,
                    "to_stage_id": self.stages["mature"].id,
                    "duration_days": 0,
                    "mode": "automatic",
                    "rule": "mature",
                    "growth_rate": 0,
                    "date_first": date(2020, 1, 10),
                    "date_last_sale": date(2026, 11, 1),
                },
            ],
        )
        self.assertEqual(profile.date_lifecycle_stage, date(2026, 11, 21))
        with freeze_time("2026-12-01 12:00:00"):
            self.assertEqual(profile.stage_days, 10)

    def test_journey_cannot_be_edited_or_deleted(self):
        profile = self._create_customer("Old", OLD, RECENT)
        self._assign()
        change = profile.lifecycle_change_ids
        for call in (lambda: change.write({"reason": "x"}), change.unlink):
            with self.assertRaisesRegex(UserError, "history"):
                call()

    # === STAGES === #

    @mute_logger("odoo.sql_db")
    def test_impossible_rules_are_refused(self):
        growing, declining = self.stages["growing"], self.stages["declining"]
        for stage, vals in (
            (growing, {"growth_rate": 0}),
            (growing, {"growth_rate": -0.2}),
            (declining, {"growth_rate": 0.2}),
            (declining, {"growth_rate": -1.5}),
            (growing, {"months": 0}),
            (growing, {"months": -1}),
            (growing, {"rule": "declining", "growth_rate": -0.1}),
            (growing, {"code": "declining"}),
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                stage.write(vals)
                self.env.flush_all()

    def test_a_used_stage_is_archived_not_deleted(self):
        profile = self._create_customer("Old", OLD, RECENT)
        self._assign()
        with self.assertRaisesRegex(UserError, "were in stage"):
            self.stages["mature"].unlink()
        profile.lifecycle_stage_id = self.stages["new"]
        with self.assertRaisesRegex(UserError, "were in stage"):
            self.stages["mature"].unlink()  # of the journey
        self.env["customer.lifecycle.stage"].create(
            {"name": "Unused", "code": "unused"}
        ).unlink()

    def test_renamed_stage_shows_its_new_name_at_once(self):
        stage = self.stages["mature"]
        self.assertEqual(stage.display_name, "Mature")
        stage.name = "Established"
        self.assertEqual(stage.display_name, "Established")
        with self.assertRaises(AccessError):
            stage.with_user(self.sales).name = "Mine"
