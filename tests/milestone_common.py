from odoo.tests import freeze_time

from .common import DAY, CustomerSuccessCase


class MilestoneCase(CustomerSuccessCase):
    """Two sales people of one team, a customer of the first one, and their days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The seeded customers of the database are somebody else's subject.
        cls.env["customer.profile"].search([]).write({"active": False})
        cls.sales = cls._create_user("milestone_sales", "user", lang="en_US")
        cls.colleague = cls._create_user("milestone_colleague", "user", lang="en_US")
        team = cls.env["crm.team"].create({"name": "Team", "company_id": False})
        cls.env["crm.team.member"].create(
            [
                {"crm_team_id": team.id, "user_id": user.id}
                for user in (cls.sales, cls.colleague)
            ]
        )
        cls.partner = cls._create_partner("Milestone Customer", user_id=cls.sales.id)
        cls.profile = cls.env["customer.profile"].create(
            {"partner_id": cls.partner.id, "company_id": cls.company.id}
        )
        cls.milestones = cls.env["customer.milestone"]

    @classmethod
    def _create_renewal(cls, profile=None, end="2027-01-10", **values):
        return cls.env["customer.milestone"].create(
            {
                "profile_id": (profile or cls.profile).id,
                "kind": "renewal",
                "date_end": end,
                **values,
            }
        )

    @classmethod
    def _create_rated(cls, name, since=None, tier=None, **values):
        """Create a customer as a run would have left him."""
        profile = cls.env["customer.profile"].create(
            {
                "partner_id": cls._create_partner(name, user_id=cls.sales.id).id,
                "company_id": cls.company.id,
                "date_customer_since": since,
                **values,
            }
        )
        profile.write({"rating_state": "rated", "tier_id": tier and cls.tiers[tier].id})
        return profile

    @classmethod
    def _create_birthday(cls, profile, name, month, day):
        """Write down the birthday of a person, as the first responsible does."""
        person = cls.env["res.partner"].create(
            {"name": name, "parent_id": profile.partner_id.id}
        )
        return (
            cls.env["customer.personal.data"]
            .with_user(profile.user_id)
            .create(
                {
                    "profile_id": profile.id,
                    "partner_id": person.id,
                    "consent": "given",
                    "birthday_month": month,
                    "birthday_day": day,
                }
            )
            .sudo(False)
        )

    def _raise(self, day=DAY):
        """Let the scheduler's job of a day run."""
        return self._run_cron("raise_milestones", day)

    def _get(self, profile, kind=None):
        domain = [("profile_id", "=", profile.id)]
        if kind:
            domain.append(("kind", "=", kind))
        return self.milestones.with_context(active_test=False).search(domain)

    def _get_activities(self, milestones):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "customer.milestone"),
                ("res_id", "in", milestones.ids),
            ]
        )

    def _count(self):
        """Return what the job may add or change."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT (SELECT COUNT(*) FROM customer_milestone),
                      (SELECT MAX(write_date) FROM customer_milestone),
                      (SELECT COUNT(*) FROM mail_activity),
                      (SELECT MAX(write_date) FROM mail_activity),
                      (SELECT COUNT(*) FROM mail_message),
                      (SELECT COUNT(*) FROM mail_mail)"""
        )
        return self.env.cr.fetchone()

    def _on(self, day):
        return freeze_time(f"{day} 12:00:00")
