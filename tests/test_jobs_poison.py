from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import DAY
from .lifecycle_common import LifecycleCase
from .personal_common import PersonalCase

RECENT = "2026-10-01"
STAGES = "odoo.addons.customer_success.models.customer_lifecycle_change"


def poison(case, table, record):
    """Let the database refuse every write of a record."""
    case.env.flush_all()
    case.env.cr.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT poison CHECK (id <> %s) NOT VALID",
        [record.id],
    )


@tagged("post_install", "-at_install")
class TestJobsPoisonStages(LifecycleCase):
    """A customer who cannot be written stops no other in the job of the stages."""

    @mute_logger("odoo.sql_db")
    def test_a_customer_who_reaches_no_stage_does_not_stop_the_others(self):
        customers = [
            self._create_customer(f"Customer {number}", RECENT, RECENT)
            for number in range(3)
        ]
        poison(self, "customer_profile", customers[1])
        with self.assertLogs(STAGES, "WARNING") as log:
            self._run_cron("assign_stages")
        self.assertEqual(
            [self._get_rule(customer) for customer in customers], ["new", False, "new"]
        )
        self.assertEqual(len(log.output), 1)


@tagged("post_install", "-at_install")
@freeze_time(f"{DAY} 12:00:00")
class TestJobsPoisonPurge(PersonalCase):
    """A row that cannot be erased stops no other in the job that forgets."""

    @mute_logger("odoo.sql_db")
    def test_a_row_that_cannot_be_erased_does_not_stop_the_others(self):
        broken = self._create_data(self.other_person, trust=2)
        fine = self._create_data(trust=4)
        gift = self._create_gift(fine, date="2026-11-20")
        poison(self, "customer_personal_data", broken)
        later = fields.Date.to_date(DAY) + timedelta(days=800)
        with self.assertLogs("odoo.addons.customer_success.batches", "ERROR") as log:
            self._run_cron("purge_personal_data", str(later))
        self.assertFalse(fine.trust)
        self.assertFalse(gift.exists())
        self.assertEqual(broken.trust, 2)
        self.assertEqual(len(log.output), 1)
