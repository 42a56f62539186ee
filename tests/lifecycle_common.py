from datetime import date

from .common import DAY, CustomerSuccessCase


class LifecycleCase(CustomerSuccessCase):
    """Customers as a run would have left them, and the stages they should reach."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The seeded customers of the database are somebody else's subject.
        cls.env["customer.profile"].search([]).write({"active": False})
        cls.sales = cls._create_user("lifecycle_sales", "user", lang="en_US")
        cls.changes = cls.env["customer.lifecycle.change"]
        cls.stages = {
            stage.rule: stage
            for stage in cls.env["customer.lifecycle.stage"].search([])
        }

    @classmethod
    def _create_customer(cls, name, first=None, last=None, now=0, before=0, **figures):
        """Create a customer with these figures of the nightly run.

        :param now: amount of 12 months, None when unknown; ``before``: 12 before
        """
        since = figures.pop("since", None)
        profile = cls.env["customer.profile"].create(
            {
                "partner_id": cls._create_partner(name, user_id=cls.sales.id).id,
                "company_id": cls.company.id,
                "date_customer_since": since,
            }
        )
        profile.rating_state = figures.pop("rating_state", "rated")
        profile.snapshot_id.write(
            {
                "date_first_fact": first,
                "date_last_sale": last,
                "amount_12m": now,
                "amount_12m_state": "known" if now is not None else "no_rate",
                "amount_prev_12m": before,
                "amount_prev_12m_state": "known" if before is not None else "no_rate",
                **figures,
            }
        )
        return profile

    def _assign(self, day=DAY, profiles=None):
        """Assign the stages as of a day as the job does; returns how many moved."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr)
            moved = env["customer.lifecycle.change"]._assign_stages(
                self.company.with_env(env),
                date.fromisoformat(day),
                profiles and profiles.with_env(env),
            )
        self.env.invalidate_all()
        return moved

    def _get_rule(self, profile):
        return profile.lifecycle_stage_id.rule
