from odoo.tests import freeze_time

from .common import DAY
from .plan_common import PlanCase


class TrackingCase(PlanCase):
    """A customer with a running plan, core actions of November and a decision maker."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.env["customer.stakeholder.role"].search(
            [("is_decision_maker", "=", True)], limit=1
        )
        cls.department = cls.env["customer.department"].search(
            [("code", "=", "technical")], limit=1
        )
        cls.playbook = cls._create_playbook(
            goal_ids=[
                (
                    0,
                    0,
                    {"name": "More", "metric": "additional_purchase", "target": 0.15},
                )
            ]
        )
        cls.plan = cls._launch(cls.profile)

    @classmethod
    def _launch(cls, profile, day="2026-11-01"):
        return cls.plans._launch(cls.playbook, profile, cls._to_date(day))

    @classmethod
    def _create_action(cls, name, deadline, plan=None, **values):
        """Create a core action of the plan with a deadline, to do from 1 September on."""
        plan = plan or cls.plan
        return cls.env["customer.care.action"].create(
            {
                "name": name,
                "profile_id": plan.profile_id.id,
                "plan_id": plan.id,
                "kind_id": cls.kind.id,
                "is_core": True,
                "date_start": "2026-09-01",
                "date_deadline": deadline,
                "user_id": cls.sales.id,
                **values,
            }
        )

    @classmethod
    def _create_decision_maker(cls, name, profile=None, **values):
        profile = profile or cls.profile
        contact = cls._create_partner(
            name, parent_id=profile.partner_id.id, is_company=False
        )
        return cls.env["customer.stakeholder"].create(
            {
                "profile_id": profile.id,
                "partner_id": contact.id,
                "role_id": cls.role.id,
                "date_from": "2026-01-01",
                **values,
            }
        )

    def _track(self, *domain, user=None, month="2026-11-01"):
        """Return the rows of a month as a user sees them on the day of the tests."""
        trackings = self.env["customer.tracking"].with_user(user or self.sales)
        trackings.invalidate_model()
        with freeze_time(f"{DAY} 12:00:00"):
            rows = trackings.search([("month", "=", month), *domain])
            rows.mapped("action_text")
            return rows
