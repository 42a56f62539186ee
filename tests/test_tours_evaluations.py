from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .review_common import ReviewCase
from .test_tours import PATIENCE


@tagged("post_install", "-at_install")
class TestToursEvaluations(HttpCase, ReviewCase):
    """A sales person holds the evaluation of his customer, in a browser."""

    def test_sales_person_holds_an_evaluation(self):
        today = self.company._get_customer_today()
        last = today.replace(day=1) - timedelta(days=1)
        self.partner.name = "Tour Evaluated"
        self._create_invoice(self.partner, str(last), 500)
        action = self._create_action(last, user_id=self.sales.id)
        self.env["customer.review"]._create_due(self.company, today)
        self.start_tour(
            "/odoo/customer-evaluations",
            "customer_success_evaluation",
            login=self.sales.login,
            timeout=PATIENCE,
        )
        review = self._get_reviews()[-1:]
        self.assertEqual((review.state, action.state), ("held", "unmet"))
        self.assertRecordValues(
            self.env["customer.care.action"].search([("review_id", "=", review.id)]),
            [{"name": "Show the new pump", "user_id": self.sales.id, "state": "due"}],
        )
