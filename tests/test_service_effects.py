from odoo.tests import freeze_time, tagged

from .service_common import ServiceCase
from .tracking_common import TrackingCase

DAY = "2026-11-21"


@tagged("post_install", "-at_install")
class TestServiceEffects(TrackingCase, ServiceCase):
    """What customers answered in evaluations, goals and the tracking table."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.care.goal"].create(
            {
                "plan_id": cls.plan.id,
                "profile_id": cls.profile.id,
                "name": "Happy",
                "metric": "satisfaction",
                "target": 90,
            }
        )

    @freeze_time(f"{DAY} 12:00:00")
    def test_tracking_table_shows_the_answers_of_twelve_months(self):
        self._answer("2025-11-30", value=1)  # before the 12 months of November
        self._answer("2025-12-01", value=4)
        self._answer("2026-11-10", value=5)
        self._answer("2026-11-10", "nps", 9)
        self._answer("2026-11-11", "nps", 7)
        self._answer("2026-12-01", "nps", 0)  # a later month
        # (4 + 5) / 2; one promoter and one passive: 50
        self.assertEqual(self._track().effect_text, "NPS 50 · CSAT 4.5 of 5")
        # up to October: 1 and 4, nobody was asked for NPS
        october = self._track(month="2026-10-01")
        self.assertEqual(october.effect_text, "CSAT 2.5 of 5")

    def test_goal_of_satisfaction_is_the_mean_of_the_scores(self):
        goal = self.plan.goal_ids.filtered(lambda row: row.metric == "satisfaction")
        self.assertEqual(goal.result, "to_evaluate")
        self._answer("2026-11-10", value=5)
        self._answer("2026-11-11", value=4)
        self._score(self.profile.partner_id, DAY)
        goal.invalidate_recordset()
        # scores 100 and 75
        self.assertAlmostEqual(goal.achieved, 87.5)
        self.assertEqual(goal.result, "missed")

    def test_evaluation_reads_answers_of_its_period_and_of_the_one_before(self):
        start, end = self._to_date("2026-10-01"), self._to_date("2026-12-31")
        self.assertFalse(self.profile._get_satisfaction(start, end))
        self._answer("2026-07-01", value=3)
        self._answer("2026-06-30", value=1)  # two periods before
        self._answer("2026-10-01", value=5)
        self._answer("2026-12-31", value=4)
        self._answer("2027-01-01", value=1)  # later
        self._answer("2026-10-02", value=1, active=False)
        self._answer("2026-10-02", "nps", 10)
        self._answer("2026-10-03", "nps", 3)
        self._answer("2026-10-03", "nps", 9)
        found = self.profile._get_satisfaction(start, end)[self.profile.id]
        self.assertEqual(found["satisfaction"], ((87.5, "known"), (50.0, "known"), 2))
        # two promoters and one detractor of three
        self.assertEqual(found["nps"], ((33.33, "known"), (None, "to_evaluate"), 3))
