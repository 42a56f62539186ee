from .common import DAY, CustomerSuccessCase


class PlanCase(CustomerSuccessCase):
    """A team of two, customers of tier S of the first one, playbooks of a test's own.

    No shipped playbook launches anything.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The seeded customers of the database are somebody else's subject.
        cls.env["customer.profile"].search([]).write({"active": False})
        cls.env["customer.playbook"].search([]).write({"is_automatic": False})
        cls.sales = cls._create_user("plan_sales", "user", lang="en_US")
        cls.leader = cls._create_user("plan_leader", "user", lang="en_US")
        cls.stranger = cls._create_user("plan_stranger", "user", lang="en_US")
        cls.team = cls.env["crm.team"].create(
            {"name": "Team", "company_id": False, "user_id": cls.leader.id}
        )
        cls.env["crm.team.member"].create(
            [
                {"crm_team_id": cls.team.id, "user_id": user.id}
                for user in (cls.sales, cls.leader)
            ]
        )
        cls.kind = cls.env["customer.action.kind"].create(
            {"name": "Deed", "code": "test_deed"}
        )
        cls.profile = cls._create_customer("Customer", "S")
        cls.plans = cls.env["customer.care.plan"]

    @classmethod
    def _create_customer(cls, name, code=None, company=None, **values):
        profile = cls.env["customer.profile"].create(
            {
                "partner_id": cls._create_partner(name).id,
                "company_id": (company or cls.company).id,
                "user_id": cls.sales.id,
            }
        )
        profile.write(
            {
                "rating_state": "rated",
                "tier_id": code and cls.tiers[code].id,
                **values,
            }
        )
        return profile

    def _create_cared_anniversary(self):
        """Create an anniversary on 1 December and a playbook that acts on it."""
        lead = {"lead_days": 30}
        self._create_playbook(
            {"recurrence": "milestone", "milestone_kind": "anniversary", **lead}
        )
        return self.env["customer.milestone"].create(
            {
                "profile_id": self.profile.id,
                "kind": "anniversary",
                "date": "2026-12-01",
                **lead,
            }
        )

    def _create_birthday_of(self, contact):
        """Let a contact, who agreed to it, have his birthday on 5 December."""
        data = (
            self.env["customer.personal.data"]
            .with_user(self.sales)
            .create(
                {
                    "partner_id": contact.id,
                    "profile_id": self.profile.id,
                    "consent": "given",
                    "birthday_month": 12,
                    "birthday_day": 5,
                }
            )
        )
        return self.env["customer.milestone"].create(
            {
                "profile_id": self.profile.id,
                "kind": "birthday",
                "date": "2026-12-05",
                "personal_data_id": data.id,
            }
        )

    @classmethod
    def _create_playbook(cls, *steps, **values):
        """Create an automatic playbook of tier S; a step is a dictionary."""
        return cls.env["customer.playbook"].create(
            {
                "name": "Test playbook",
                "trigger": "tier",
                "is_automatic": True,
                "tier_codes": "S",
                "currency_id": cls.company.currency_id.id,
                "step_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Step",
                            "kind_id": cls.kind.id,
                            "completion_standard": "It is done.",
                            **step,
                        },
                    )
                    for step in steps
                ],
                **values,
            }
        )

    def _launch_due(self, day=DAY, company=None):
        """Launch what is due on a day; returns the running plans, oldest first."""
        company = company or self.company
        day = self._to_date(day)
        self.plans._launch_due(company, day)
        return self._get_plans(state="running")

    def _get_plans(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.plans.search(
            [
                ("profile_id", "in", self.env["customer.profile"].search([]).ids),
                *domain,
            ],
            order="id",
        )

    def _get_days(self, plan, **values):
        """Return the deadlines of a plan's actions as text, in order."""
        actions = plan.action_ids.filtered_domain(
            [(name, "=", value) for name, value in values.items()]
        )
        return sorted(str(day) for day in actions.mapped("date_deadline"))
