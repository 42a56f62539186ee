from odoo.tests import freeze_time

from .common import DAY, CustomerSuccessCase

ACCOUNTING = "account.group_account_invoice"


class EvidenceCase(CustomerSuccessCase):
    """A sales person, his customer, and the records behind the figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("evidence_sales", "user", lang="en_US")
        cls.accountant = cls._create_user(
            "evidence_accountant", f"user_all,{ACCOUNTING}", lang="en_US"
        )
        cls.partner = cls._create_partner("Evidence & Sons", user_id=cls.sales.id)

    def setUp(self):
        super().setUp()
        clock = freeze_time(f"{DAY} 12:00:00")
        clock.start()
        self.addCleanup(clock.stop)

    def _open(self, profile, code, user=None, score=None):
        """Click on the records of a metric; returns the rows of the list."""
        self.env.flush_all()
        self.env.invalidate_all()
        profile = profile.with_user(user or self.sales)
        action = profile.action_open_evidence(code, score.id if score else False)
        self.assertEqual(action["res_model"], "customer.evidence")
        return (
            self.env["customer.evidence"]
            .with_user(user or self.sales)
            .with_context(**action["context"])
            .search([])
        )

    def _summarise(self, profile, code, user=None, score=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return profile.with_user(user or self.sales).get_evidence_summary(
            code, score.id if score else False
        )

    def _explain(self, profile, user=None, kind="tier"):
        """Return the metrics on the form by code, and the explanation itself."""
        self.env.flush_all()
        self.env.invalidate_all()
        explanation = profile.with_user(user or self.sales)[f"{kind}_explanation"]
        metrics = {
            metric["code"]: metric
            for dimension in explanation.get("dimensions", [])
            for metric in dimension["metrics"]
        }
        return metrics, explanation

    def _get_value(self, profile, code, kind="tier"):
        """Return the value of a metric in the latest score row."""
        return self._get_values(profile, kind)[code][0]
