from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import DAY
from .paper_common import PaperCase
from .tracking_common import TrackingCase

PAPER = "customer_success.report_customer_review"


@tagged("post_install", "-at_install")
class TestReviewReport(TrackingCase, PaperCase):
    """An evaluation on paper, for us."""

    def _print(self, review, user=None):
        """Return the text of the paper."""
        pdf = self._print_paper(PAPER, review, user or self.sales)
        return " ".join(self._read_text(pdf).split())

    def _create_review(self):
        done = self._create_action("Deep visit", "2026-11-10")
        done._set_done({"date_done": "2026-11-09"})
        cause = self.env["customer.unmet.cause"].search(
            [("code", "=", "resources")], limit=1
        )
        unmet = self._create_action("Executive visit", "2026-11-12")
        unmet._set_unmet(cause, "Both engineers were away")
        review = self.env["customer.review"].create(
            {
                "profile_id": self.profile.id,
                "plan_id": self.plan.id,
                "date_from": "2026-11-01",
                "date_to": "2026-11-30",
                "conclusion": "Visits were wanted",
            }
        )
        self.env["customer.review.decision"].create(
            {
                "review_id": review.id,
                "name": "Ask production",
                "user_id": self.leader.id,
                "date_deadline": "2026-12-15",
            }
        )
        return review

    def test_paper_says_figures_goals_causes_decisions_and_conclusion(self):
        with freeze_time(f"{DAY} 12:00:00"):
            review = self._create_review()
        text = self._print(review)
        for words in (
            "Evaluation · internal",
            "11/01/2026 – 11/30/2026",
            "Visits were wanted",
            "Health",
            "NPS To be evaluated",
            "Business",
            "Relationship",
            "More to be evaluated 15% to be evaluated",
            "Done in time: 1 of 2 (50%)",
            "Executive visit",
            "Lack of resources",
            "Both engineers were away",
            "Ask production",
            "12/15/2026",
        ):
            self.assertIn(words, text)

    def test_nobody_prints_the_evaluation_of_customers_he_may_not_see(self):
        with freeze_time(f"{DAY} 12:00:00"):
            review = self._create_review()
        plain = self._create_user("paper_plain", "base.group_user", lang="en_US")
        for user in (self.stranger, plain):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._print(review, user)
