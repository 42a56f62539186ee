from unittest.mock import patch

from odoo.tests import freeze_time
from odoo.tools import SQL

from .common import DAY, CustomerSuccessCase

RUN_JOB = "odoo.addons.customer_success.models.customer_run_job"
TABLES = ("customer_profile", "customer_snapshot", "customer_score")


class RobustCase(CustomerSuccessCase):
    """Customers from opening amounts (cheap), and what a run left behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The seeded customers of the database are somebody else's subject.
        cls.env["res.company"].search([]).customer_excluded_domain = str(
            [("name", "not like", "Robust%")]
        )
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Robust {number}", "is_company": True} for number in range(6)]
        )
        for number, partner in enumerate(cls.partners):
            cls._create_opening(partner, "2026-02-01", 1000 * (number + 1), number + 1)

    def _get_profiles(self, partners=None):
        return self.env["customer.profile"].search(
            [("partner_id", "in", (partners or self.partners).ids)], order="id"
        )

    def _get_runs(self, job="refresh", company=None):
        return self.env["customer.run"].search(
            [("job", "=", job), ("company_id", "=", (company or self.company).id)]
        )

    def _execute(self, query, *args):
        """Run SQL as an import or a defect of another program would."""
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args))
        self.env.invalidate_all()

    def _dump(self, tables=TABLES):
        """Return all rows of the tables that a run writes."""
        self.env.flush_all()
        return [
            self.env.execute_query(
                SQL("SELECT * FROM %s ORDER BY id", SQL.identifier(table))
            )
            for table in tables
        ]

    def _call(self, method="_cron_refresh_scores", at=f"{DAY} 12:00:00"):
        """Call a job outside the scheduler; commits stay in the test's transaction."""
        with (
            freeze_time(at),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            getattr(self.env(cr=cr)["customer.run"], method)()
        self.env.invalidate_all()

    def _slice(self):
        """Let the job end after its next transaction, as at the end of its time."""
        return patch.object(
            self.registry["ir.cron"], "_commit_progress", self._commit_and_stop
        )

    @staticmethod
    def _commit_and_stop(cron, processed=0, **values):
        cron.env.cr.commit()
        return 0 if processed else 1
