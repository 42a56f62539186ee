from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .review_common import ReviewCase


@tagged("post_install", "-at_install")
class TestBaseReview(ReviewCase):
    """The managers' review of all customers: five questions answered by figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        others = cls.env["customer.profile"].search([("id", "!=", cls.profile.id)])
        others.active = False
        cls.second = cls._create_planned("Second", "A", user=cls.colleague)
        cls.third = cls._create_planned("Third", "B", user=cls.env["res.users"])
        cls.third.user_id = False
        plans = cls.env["customer.care.plan"]
        plans.search([("profile_id", "=", cls.third.id)])._close(
            "manual", date(2026, 3, 1)
        )
        cls.fourth = cls._create_planned("Fourth", "C", user=cls.colleague)
        cls.fourth.tier_id = False

    def setUp(self):
        super().setUp()
        self._freeze("2026-11-03 12:00:00")

    def _review(self, start="2026-01-01", end="2026-06-30", user=None):
        reviews = self.env["customer.base.review"].with_user(user or self.manager)
        return reviews.create({"date_from": start, "date_to": end})

    def _get_values(self, review):
        return {
            row.key: (
                row.figure if row.state == "known" else row.state,
                row.figure_before if row.state_before == "known" else row.state_before,
            )
            for row in review.figure_ids
        }

    def _buy(self, profile, day, amount, **values):
        self._create_order(profile.partner_id, day, amount)
        self._create_category_invoice(
            profile.partner_id, day, {"Pumps": amount}, **values
        )

    # === FIGURES === #

    def test_every_question_is_answered_by_figures(self):
        review = self._review()
        self.assertEqual(len(review.figure_ids), 29)
        self.assertEqual(
            list(dict.fromkeys(review.figure_ids.mapped("question"))),
            ["information", "tiering", "communication", "satisfaction", "feedback"],
        )

    def test_information_and_tiering_are_shares_of_the_customers(self):
        self.env["customer.stakeholder"].create(
            {
                "profile_id": self.profile.id,
                "partner_id": self._create_partner(
                    "Boss", parent_id=self.partner.id, is_company=False
                ).id,
                "date_from": "2026-01-01",
            }
        )
        values = self._get_values(self._review())
        self.assertEqual(values["responsible"], (0.75, "none"))
        self.assertEqual(values["chain"], (0.25, "none"))
        self.assertEqual(values["rated"], (0.75, "none"))
        self.assertAlmostEqual(values["top_customers"][0], 0.6667, 4)  # S and A of 3
        self.assertAlmostEqual(values["planned"][0], 0.6667, 4)

    def test_repurchase_average_and_retention_of_the_period(self):
        self._buy(self.profile, "2025-08-01", 100)
        self._buy(self.second, "2025-08-01", 100)
        for day in ("2026-01-01", "2026-06-30"):
            self._buy(self.profile, day, 300)
        self._buy(self.third, "2026-02-01", 200)
        self._buy(self.third, "2026-07-01", 900)
        values = self._get_values(self._review())
        self.assertEqual(values["repurchase"], (0.5, 0))  # one of two buyers
        self.assertEqual(values["average_amount"], (400, 100))  # 800 / 2, 200 / 2
        self.assertEqual(values["additional_purchase"], (3, "none"))  # 800 / 200 - 1
        # of the two of 2025 only one bought in the half-year
        self.assertEqual(values["retention"][0], 0.5)
        self.assertEqual(values["cross_sell"], (200, 200))  # third; both in 2025

    def test_what_nobody_has_asked_for_is_to_be_evaluated(self):
        values = self._get_values(self._review())
        for key in ("nps", "satisfaction"):
            self.assertEqual(values[key], ("to_evaluate", "to_evaluate"))
        self.assertEqual(values["complaints"], ("no_complaint", "no_complaint"))

    def test_without_anything_the_figures_are_unknown_and_not_zero(self):
        values = self._get_values(self._review("2001-01-01", "2001-06-30"))
        self.assertEqual(values["repurchase"][0], "no_sale")
        self.assertEqual(values["renewal"][0], "no_contract")
        self.assertEqual(values["compliance"][0], "no_action")
        self.assertEqual(values["promises"][0], "no_promise")
        self.assertEqual(values["alerts"][0], "no_alert")
        self.assertEqual(values["top_cost"][0], "no_cost")
        self.assertEqual(values["retention"][0], "nobody")
        self.assertEqual(values["interactions"][0], "not_recorded")

    def test_care_cost_and_actions(self):
        done = {"state": "done", "actual_state": "known"}
        self._create_action(
            "2026-03-01", date_done="2026-03-01", actual_amount=300, **done
        )
        self._create_action(
            "2026-04-01",
            profile=self.third,
            user_id=False,
            date_done="2026-04-02",
            actual_amount=100,
            **done,
        )
        values = self._get_values(self._review())
        self.assertEqual(values["top_cost"][0], 0.75)
        self.assertEqual(values["compliance"], (0.5, "no_action"))

    def test_other_companies_and_those_left_out_do_not_count(self):
        self._create_planned("Theirs", company=self.other_company)
        self.fourth.is_not_rated = True
        self.assertEqual(
            self._review().figure_ids.filtered(lambda f: f.key == "rated").source_count,
            3,
        )

    # === WHAT MANAGERS SAY === #

    def test_marked_figures_are_written_into_the_texts_once(self):
        review = self._review()
        rated = review.figure_ids.filtered(lambda row: row.key == "rated")
        rated.write({"verdict": "strength", "note": "since June"})
        nps = review.figure_ids.filtered(lambda row: row.key == "nps")
        nps.verdict = "gap"
        review.action_propose_texts()
        review.action_propose_texts()
        self.assertEqual(review.strengths, "Customers with a tier: 75% (since June)")
        self.assertEqual(review.gaps, "NPS: To be evaluated")

    def test_figures_themselves_are_never_written(self):
        row = self._review().figure_ids[0]
        for vals in ({"figure": 1}, {"state": "known"}, {"company_id": 1}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                row.write(vals)

    def test_taking_figures_again_keeps_what_managers_said(self):
        review = self._review()
        review.figure_ids.filtered(lambda row: row.key == "rated").verdict = "gap"
        self.fourth.tier_id = self.tiers["C"]
        review.action_take_figures()
        rated = review.figure_ids.filtered(lambda row: row.key == "rated")
        self.assertEqual((rated.figure, rated.verdict), (1, "gap"))

    def test_it_is_held_with_strengths_gaps_and_conclusion_and_then_stays(self):
        review = self._review()
        review.write({"strengths": "Loyal", "gaps": "Nobody asked"})
        with self.assertRaisesRegex(UserError, "strengths, gaps and conclusion"):
            review.action_hold()
        review.conclusion = "Ask them"
        review.action_hold()
        self.assertRecordValues(
            review, [{"state": "held", "date_held": date(2026, 11, 3)}]
        )
        for attempt in (
            lambda: review.write({"gaps": "None"}),
            lambda: review.figure_ids[0].write({"verdict": "gap"}),
            lambda: review.action_take_figures(),
            lambda: review.figure_ids[0].write({"figure": 1}),
        ):
            with self.assertRaises(UserError):
                attempt()
        review.action_reopen()
        review.gaps = "None"

    def test_nobody_makes_a_review_that_is_held_already(self):
        reviews = self.env["customer.base.review"].with_user(self.manager)
        days = {"date_from": "2026-01-01", "date_to": "2026-06-30"}
        row = {"key": "rated", "unit": "rate", "state": "known", "figure": 9}
        review = reviews.with_context(
            default_state="held", default_held_user_id=self.sales.id
        ).create({**days, "date_held": "2026-07-01", "figure_ids": [(0, 0, row)]})
        self.assertRecordValues(
            review, [{"state": "draft", "date_held": False, "held_user_id": False}]
        )
        self.assertEqual(len(review.figure_ids), 29)

    def test_figures_open_what_they_were_counted_from(self):
        order = self._create_order(
            self.partner, "2026-06-30", 10, user_id=self.manager.id
        )
        review = self._review()
        opened = {}
        for row in review.figure_ids:
            action = row.action_open_records()
            rows = self.env[action["res_model"]].with_user(self.manager)
            opened[row.key] = rows.search(action["domain"])
        self.assertIn(order, opened["repurchase"])
        self.assertEqual(opened["responsible"], self.third)
        self.assertEqual(opened["rated"], self.fourth)

    def test_it_is_for_managers_alone(self):
        review = self._review()
        for user in (self.sales, self.colleague):
            with self.assertRaises(AccessError):
                review.with_user(user).read(["gaps"])
            with self.assertRaises(AccessError):
                self._review(user=user)
        foreigner = self._create_user("base_foreigner", "manager",
                                      company=self.other_company)  # fmt: skip
        with self.assertRaises(AccessError):
            review.with_user(foreigner).read(["gaps"])

    def test_the_paper_names_questions_figures_and_texts(self):
        review = self._review()
        review.write({"strengths": "Loyal", "gaps": "Nobody asked"})
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.manager)
            ._render_qweb_html(
                "customer_success.report_customer_base_review", review.ids
            )
        )
        text = html.decode()
        for part in ("Loyal", "Nobody asked", "75%", "handled?", "To be evaluated"):
            self.assertIn(part, text)
