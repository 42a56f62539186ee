from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .feedback_figures_common import FeedbackFiguresCase


@tagged("post_install", "-at_install")
class TestSatisfactionReport(FeedbackFiguresCase):
    """Satisfaction by tier, person and month; anonymous answers only in groups."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.surveys = (
            cls.env["survey.survey"].sudo().create([{"title": "One"}, {"title": "Two"}])
        )

    def _read(self, domain=(), user=None, group="measure"):
        """Return CSAT, NPS and answers by group, as a user reads them."""
        rows = (
            self.env["customer.satisfaction.report"]
            .with_user(user or self.user)
            .with_company(self.shop)
        )
        found = rows._read_group(
            [("company_id", "=", self.shop.id), *domain],
            [group],
            ["csat:avg", "nps:avg", "answer_count:sum"],
        )
        return {
            key: tuple(None if value is False else round(value, 2) for value in values)
            for key, *values in found
        }

    def _whisper(self, values, survey=0, day="2026-08-10", measure="csat"):
        """Answer anonymously."""
        return [
            self._say(
                day,
                measure,
                value,
                is_anonymous=True,
                source="survey",
                survey_id=self.surveys[survey].id,
            )
            for value in values
        ]

    # === NAMED ANSWERS === #

    def test_means_by_measure_tier_and_month(self):
        self._say("2026-08-01", value=5)
        self._say("2026-08-20", value=4)
        self._say("2026-09-01", value=3, profile=self.beta)
        self._say("2026-09-01", "nps", 10)
        self._say("2026-09-02", "nps", 8)
        self._say("2026-09-02", "nps", 6, profile=self.beta)
        self._say("2026-09-02", "nps", 2, profile=self.beta)
        self._say("2026-09-03", value=1).active = False
        # mean of 5, 4, 3; one promoter and two detractors of four
        self.assertEqual(self._read(), {"csat": (4, None, 3), "nps": (None, -25, 4)})
        by_tier = self._read([("measure", "=", "csat")], group="tier_id")
        self.assertEqual(by_tier[self.tiers["A"]], (4.5, None, 2))
        self.assertEqual(by_tier[self.env["customer.tier"]], (3, None, 1))
        by_month = self._read([("measure", "=", "csat")], group="date:month")
        self.assertEqual(
            by_month,
            {date(2026, 8, 1): (4.5, None, 2), date(2026, 9, 1): (3, None, 1)},
        )

    def test_other_scales_are_read_on_five(self):
        self._answer("2026-08-01", value=4, profile=self.alpha)
        answers = self.env["customer.satisfaction"]
        self._answer("2026-08-01", profile=self.alpha, value=1).write(
            answers._prepare_measure_vals("csat", 75, (0, 100))
        )
        self.assertEqual(self._read(), {"csat": (4, None, 2)})

    def test_rows_show_to_who_may_see_the_customer(self):
        self._say("2026-08-01", value=2)
        self.assertEqual(self._read(user=self.stranger), {})
        self.assertEqual(self._read(user=self.manager), {"csat": (2, None, 1)})
        row = self.env["customer.satisfaction.report"].search(
            [("profile_id", "=", self.alpha.id)]
        )
        with self.assertRaises(AccessError):
            row.with_user(self.stranger).read(["csat"])
        with self.assertRaises(AccessError):
            row.with_user(self.stranger).action_open_answer()
        action = row.with_user(self.user).action_open_answer()
        self.assertEqual(action["res_id"], row.satisfaction_id.id)

    # === ANONYMOUS ANSWERS === #

    def test_two_anonymous_answers_are_hidden_and_three_show_their_mean(self):
        self._whisper((1, 2))
        self._whisper((5, 5, 2), survey=1)
        self._whisper((9, 10), measure="nps", survey=1)
        for user in (self.user, self.stranger, self.manager):
            self.assertEqual(self._read(user=user), {"csat": (4, None, 3)})
        self._whisper((3,))
        self.assertEqual(self._read()["csat"], (3, None, 6))

    def test_every_row_of_a_group_shows_the_mean_of_the_group(self):
        self._whisper((1, 5, 5, 5))
        rows = self.env["customer.satisfaction.report"].search(
            [("company_id", "=", self.shop.id)]
        )
        self.assertEqual(len(rows), 4)
        self.assertEqual(set(rows.mapped("csat")), {4.0})
        self.assertEqual(set(rows.mapped("band")), {False})
        self.assertEqual(set(rows.mapped("date")), {date(2026, 9, 30)})
        for name in ("profile_id", "satisfaction_id", "user_id", "case_id", "tier_id"):
            self.assertFalse(rows.mapped(name), name)
        for value in (2, 4, 4.5):
            found = self._read([("csat", ">", value)])
            self.assertIn(found, ({}, {"csat": (4, None, 4)}))

    def test_no_filter_leaves_one_answer_of_a_group_over(self):
        self._whisper((1, 1, 5), day="2026-07-01")
        self._whisper((5,), day="2026-09-30")
        whole = {"csat": (3, None, 4)}
        for day in ("2026-07-01", "2026-07-02", "2026-09-29", "2026-09-30"):
            self.assertIn(self._read([("date", ">=", day)]), (whole, {}))
            self.assertIn(self._read([("date", "<=", day)]), (whole, {}))
        for day in ("2026-07-02", "2026-09-29"):
            start, end = date(2026, 7, 1), date(2026, 9, 30)
            shorter = self._values(start, date.fromisoformat(day))
            later = self._values(date.fromisoformat(day), end)
            self.assertEqual(shorter["csat"][0], "to_evaluate")
            self.assertEqual(later["csat"][0], "to_evaluate")
        self.assertEqual(self._values()["csat"][0], 3)

    def test_a_quarter_that_goes_on_shows_nothing_yet(self):
        self._whisper((1, 1, 1), day="2026-10-10")
        self.assertEqual(self._read(), {})
        with freeze_time("2026-12-31 12:00:00"):
            self.assertEqual(self._read(), {})
        with freeze_time("2026-12-31 16:30:00"):  # New Year in Shanghai
            self.assertEqual(self._read(), {"csat": (1, None, 3)})

    def test_groups_never_mix_companies_or_questionnaires(self):
        two = self._whisper((1, 1))
        other = self._whisper((1,))
        other[0].sudo().company_id = self.company
        self._whisper((1,), survey=1)
        self.assertEqual(self._read(), {})
        self.assertTrue(two)

    def test_anonymous_answers_cannot_be_read_one_by_one(self):
        answer = self._whisper((1,))[0]
        answers = self.env["customer.satisfaction"]
        for user in (self.user, self.manager):
            mine = answers.with_user(user)
            self.assertFalse(mine.search([("is_anonymous", "=", True)]))
            with self.assertRaises(AccessError):
                mine.browse(answer.id).read(["value"])

    # === DRIVERS === #

    def test_the_question_that_moves_satisfaction_comes_first(self):
        lines = self.env["customer.satisfaction.line"].sudo()
        # overall follows efficiency exactly, attitude half of the time, and
        # completeness never changes
        for number in range(10):
            answer = self._say("2026-10-01", value=4)
            efficiency = 1 + number % 5
            lines.create(
                [
                    {"satisfaction_id": answer.id, "question": key, "value": value}
                    for key, value in (
                        ("efficiency", efficiency),
                        ("attitude", efficiency if number < 5 else 6 - efficiency),
                        ("completeness", 3),
                        ("overall", efficiency),
                    )
                ]
            )
        drivers = self.env["customer.satisfaction.driver"].with_user(self.manager)
        found = {
            row.question: (row.answer_count, row.correlation, row.slope, row.state)
            for row in drivers.search([("target", "=", "overall")])
        }
        self.assertEqual(
            found,
            {
                "efficiency": (10, 1, 1, "known"),
                "attitude": (10, 0, 0, "known"),
                "completeness": (10, 0, 0, "constant"),
            },
        )
        self.assertEqual(drivers.search([])[0].question, "efficiency")
        answer.active = False
        self.env.invalidate_all()
        few = drivers.search([("question", "=", "efficiency")])
        self.assertEqual((few.state, few.correlation, few.slope), ("too_few", 0, 0))
        with self.assertRaises(AccessError):
            drivers.with_user(self.user).search([])

    def test_answers_on_several_scales_are_compared_on_one(self):
        lines = self.env["customer.satisfaction.line"].sudo()
        # on each scale attitude and the whole have nothing to do with each other; raw
        # values would: both are high where they are asked on 0-100
        for low, high in ((1, 5), (0, 100)):
            for places in ((0, 0), (0, 1), (1, 0), (1, 1)) * 2:
                answer = self._say("2026-10-01", value=4)
                lines.create(
                    [
                        {
                            "satisfaction_id": answer.id,
                            "question": key,
                            "value": high if place else low,
                            "scale_min": low,
                            "scale_max": high,
                        }
                        for key, place in zip(
                            ("attitude", "overall"), places, strict=True
                        )
                    ]
                )
        drivers = self.env["customer.satisfaction.driver"].with_user(self.manager)
        self.assertRecordValues(
            drivers.search([("target", "=", "overall")]),
            [{"answer_count": 16, "correlation": 0, "slope": 0, "mean_value": 3}],
        )

    def test_skipped_questions_and_anonymous_people_move_nothing(self):
        lines = self.env["customer.satisfaction.line"].sudo()
        for vals, answer in (
            ({"is_skipped": True}, self._say("2026-10-01")),
            ({}, self._whisper((4,), day="2026-10-01")[0]),
        ):
            lines.create(
                [
                    {
                        "satisfaction_id": answer.id,
                        "question": key,
                        "value": 4,
                        **(vals if key == "attitude" else {}),
                    }
                    for key in ("attitude", "overall")
                ]
            )
        drivers = self.env["customer.satisfaction.driver"].with_user(self.manager)
        self.assertFalse(drivers.search([("company_id", "=", self.shop.id)]))
