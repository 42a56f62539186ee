from odoo.tests import freeze_time

from .common import CustomerSuccessCase

# Years in which the database of the tests has no other documents.
START, END = "2015-12-31", "2016-12-31"


class RetentionCase(CustomerSuccessCase):
    """Customers of 2015, and what became of them in 2016."""

    @classmethod
    def _buy(cls, name, *days, **values):
        """Create a customer with orders of 100 on these days."""
        partner = cls._create_partner(name, **values)
        for day in days:
            cls._create_order(partner, day, 100)
        return partner

    def _compute(self, start=START, end=END, company=None):
        return self.env["customer.retention"]._compute_retention(
            company or self.company, self._to_date(start), self._to_date(end)
        )

    def _assert_counts(self, start_count, churned_count, **period):
        counted = self._compute(**period)
        self.assertEqual(
            (counted["start_count"], counted["churned_count"]),
            (start_count, churned_count),
        )
        return counted

    def _list(self, user=None, start=START, end=END, domain=()):
        """Return the customers of the period as a user sees them."""
        self.env.flush_all()
        customers = self.env["customer.retention.customer"].with_user(
            user or self.env.user
        )
        customers.invalidate_model()
        return customers.with_context(
            customer_retention={"start": start, "end": end}
        ).search([("company_id", "=", self.company.id), *domain])

    def _set_stage(self, partner, code, day):
        """Let somebody choose a lifecycle stage of a customer by hand on a day."""
        profile = self._get_profile(partner)
        with freeze_time(f"{day} 12:00:00"):
            profile.lifecycle_stage_id = self.env.ref(
                f"customer_success.customer_lifecycle_stage_{code}"
            )
        return profile

    def _set_tier(self, partner, code, day, direction="up"):
        """Let a tier have taken effect on a day."""
        profile = self._get_profile(partner)
        self.env["customer.tier.change"].create(
            {
                "profile_id": profile.id,
                "company_id": profile.company_id.id,
                "date": day,
                "direction": direction,
                "reason": "review",
                "to_tier_id": self.tiers[code].id if code else False,
            }
        )
        profile.tier_id = self.tiers[code] if code else False
        return profile


class RetentionMonthsCase(RetentionCase):
    """Three customers of two people, and the months that are stored of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._create_user("retention_seller", "user")
        cls.other = cls._create_user("retention_other", "user")
        cls.manager = cls._create_user("retention_manager", "manager")
        cls.stays = cls._buy("Stays", "2015-06-01", "2016-06-01")
        cls.silent = cls._buy("Silent", "2015-07-01")
        cls.late = cls._buy("Late", "2015-12-15", "2016-12-10")
        profiles = cls.env["customer.profile"]._get_or_create(
            cls.stays | cls.silent | cls.late, cls.company
        )
        by_partner = {profile.partner_id: profile for profile in profiles}
        by_partner[cls.stays].user_id = cls.seller
        by_partner[cls.silent].user_id = cls.seller
        by_partner[cls.late].user_id = cls.other
        cls.profiles = by_partner

    def _write(self, end="2016-12-31"):
        return self.env["customer.retention"]._write_month(
            self.company, self._to_date(end)
        )

    def _write_all(self, day):
        """Let a job write the months up to a day, as the nightly one does."""
        cron = self.env["ir.cron"].create(
            {
                "name": "Retention",
                "model_id": self.env["ir.model"]._get_id("customer.retention"),
                "state": "code",
                "code": f"model._write_months(env['res.company'].browse({self.company.id}),"
                f" datetime.date.fromisoformat('{day}'))",
                "interval_type": "days",
            }
        )
        self.env.flush_all()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(cron.failure_count)
        self.env.invalidate_all()
        return self._get_rows()

    def _get_rows(self, end=None):
        domain = [("company_id", "=", self.company.id)]
        if end:
            domain.append(("date_end", "=", end))
        return self.env["customer.retention"].search(domain)
