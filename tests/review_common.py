from odoo import Command
from odoo.tests import freeze_time

from .common import CustomerSuccessCase

# The day on which most evaluations are made: the period is October 2026.
CREATED = "2026-11-01"


class ReviewCase(CustomerSuccessCase):
    """An S customer of a sales person with a running plan; figures by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("review_sales", "user", lang="en_US")
        cls.colleague = cls._create_user("review_colleague", "user")
        cls.manager = cls._create_user("review_manager", "manager", lang="en_US")
        cls.company.customer_interaction_start = "2025-01-01"
        cls.playbook = cls.env["customer.playbook"].create(
            {"name": "Review book", "code": "review_book", "trigger": "manual"}
        )
        cls.kinds = {
            kind.code: kind for kind in cls.env["customer.action.kind"].search([])
        }
        cls.causes = {
            cause.code: cause for cause in cls.env["customer.unmet.cause"].search([])
        }
        cls.profile = cls._create_planned("Review Customer")
        cls.partner = cls.profile.partner_id
        cls.plan = cls.env["customer.care.plan"].search(
            [("profile_id", "=", cls.profile.id)]
        )

    @classmethod
    def _create_planned(cls, name, tier="S", start="2026-01-01", user=None, **plan):
        """Create a customer of a tier whose plan runs."""
        company = plan.pop("company", cls.company)
        profile = cls.env["customer.profile"].create(
            {
                "partner_id": cls._create_partner(name).id,
                "company_id": company.id,
                "user_id": (user or cls.sales).id,
            }
        )
        profile.tier_id = cls.tiers[tier]
        cls._create_plan(profile, start, **plan)
        return profile

    @classmethod
    def _create_plan(cls, profile, start="2026-01-01", **values):
        return cls.env["customer.care.plan"].create(
            {
                "name": "Plan",
                "profile_id": profile.id,
                "playbook_id": cls.playbook.id,
                "trigger": "tier",
                "tier_id": profile.tier_id.id,
                "tier_code": profile.tier_id.code,
                "launch_key": start,
                "date_start": start,
                "date_end": "2027-12-31",
                **values,
            }
        )

    @classmethod
    def _create_action(cls, deadline, state="due", profile=None, **values):
        profile = profile or cls.profile
        return cls.env["customer.care.action"].create(
            {
                "profile_id": profile.id,
                "name": f"Due {deadline}",
                "kind_id": cls.kinds["call"].id,
                "user_id": cls.sales.id,
                "date_start": "2026-01-01",
                "date_deadline": deadline,
                "state": state,
                **values,
            }
        )

    @classmethod
    def _create_category_invoice(cls, partner, day, lines, **values):
        """Create a posted invoice with amounts by product category."""
        return cls._create_invoice(
            partner,
            day,
            0,
            invoice_line_ids=[
                Command.create(
                    {
                        "product_id": cls._get_product(category).id,
                        "quantity": 1,
                        "price_unit": amount,
                        "tax_ids": False,
                    }
                )
                for category, amount in lines.items()
            ],
            **values,
        )

    @classmethod
    def _get_product(cls, category):
        found = cls.env["product.product"].search(
            [("name", "=", f"Product of {category}")], limit=1
        )
        return found or cls.env["product.product"].create(
            {
                "name": f"Product of {category}",
                "type": "service",
                "taxes_id": False,
                "categ_id": cls.env["product.category"].create({"name": category}).id,
            }
        )

    def _create_due(self, day=CREATED, company=None):
        """Let the job make what is due by a day; return the customer's evaluations."""
        with freeze_time(f"{day} 02:00:00"):
            done = self.env["customer.review"]._create_due(
                company or self.company, self._to_date(day)
            )
        self.assertTrue(done)
        return self._get_reviews()

    def _get_reviews(self, profile=None):
        return self.env["customer.review"].search(
            [("profile_id", "=", (profile or self.profile).id)], order="date_to"
        )

    def _get_figures(self, review):
        """Return value (or the reason why there is none) by indicator, and before."""
        return {
            row.key: (
                row.figure if row.state == "known" else row.state,
                row.figure_before if row.state_before == "known" else row.state_before,
            )
            for row in review.indicator_ids
        }
