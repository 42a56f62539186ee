from odoo.tests import freeze_time

from .common import DAY, CustomerSuccessCase


class OverviewCase(CustomerSuccessCase):
    """Customers with results as a run would leave them, and who looks at them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("overview_user", "user", lang="en_US")
        cls.colleague = cls._create_user("overview_colleague", "user")
        cls.stranger = cls._create_user("overview_stranger", "user")
        cls.manager = cls._create_user("overview_manager", "manager", lang="en_US")
        cls.metrics = {
            (metric.scorecard_id.kind, metric.code): str(metric.id)
            for metric in (cls.tier_card | cls.health_card).dimension_ids.metric_ids
        }
        # others' customers in the seeded database are none of ours
        cls.env["customer.profile"].search([]).active = False
        cls._create_run(cls.company)
        cls.customers = {}

    @classmethod
    def _create_run(cls, company, state="done"):
        with freeze_time(f"{DAY} 02:10:00"):
            return cls.env["customer.run"].create(
                {
                    "job": "refresh",
                    "company_id": company.id,
                    "date": DAY,
                    "state": state,
                    "end_datetime": f"{DAY} 02:20:00",
                    "total_count": 7,
                }
            )

    @classmethod
    def _create_team(cls, *users):
        team = cls.env["crm.team"].create({"name": "Ours", "company_id": False})
        cls.env["crm.team.member"].create(
            [{"crm_team_id": team.id, "user_id": user.id} for user in users]
        )

    @classmethod
    def _create_profile(cls, name, user=None, company=None):
        user = cls.user if user is None else user
        return cls.env["customer.profile"].create(
            {
                "partner_id": cls._create_partner(name).id,
                "company_id": (company or cls.company).id,
                "user_id": user.id,
            }
        )

    @classmethod
    def _create_rated(
        cls, name, tier, health, health_score, *, today=None, was_health=None,
        is_overdue=False, was_overdue=0, user=None, company=None,
    ):  # fmt: skip
        """Create a rated customer with scores of ten days ago and of yesterday.

        :param today: tier by today's figures, the one held unless said
        :param was_health: health ten days ago, today's unless said
        :param was_overdue: overdue share ten days ago
        """
        profile = cls._create_profile(name, user, company)
        profile.write(
            {
                "rating_state": "rated",
                "tier_id": cls.tiers[tier].id,
                "tier_today_id": cls.tiers[today or tier].id,
                "tier_score": cls.tiers[tier].lower_bound,
                "health": health,
                "health_score": health_score,
                "date_next_review": "2026-12-31",
            }
        )
        profile.snapshot_id.is_overdue = is_overdue
        was = health_score if was_health is None else was_health
        cls._score_row(profile, "2026-11-11", tier, was, 20, 7, was_overdue)
        days = 20 if was == health_score else 120
        late = 7 if tier == (today or tier) else 31
        cls._score_row(profile, "2026-11-20", today or tier, health_score, days, late)
        return profile

    @classmethod
    def _score_row(cls, profile, day, tier, health, days, late, overdue=0):
        """Create both scores of a day; the tier's risk and health's activity count."""
        cls._create_row(
            profile, day, "tier", cls.tiers[tier].lower_bound,
            {"late_days": (late, 7 if late < 10 else 3)}, tier_id=cls.tiers[tier].id,
        )  # fmt: skip
        cls._create_row(
            profile, day, "health", health,
            {
                "days_since_order": (days, 9 if days < 30 else 5),
                "overdue_rate": (overdue, 10 if not overdue else 4),
            },
        )  # fmt: skip

    @classmethod
    def _create_row(cls, profile, day, kind, total, values, **fields):
        card = cls.tier_card if kind == "tier" else cls.health_card
        detail = {
            cls.metrics[kind, code]: [value, points, None]
            for code, (value, points) in values.items()
        }
        return cls.env["customer.score"].create(
            {
                "profile_id": profile.id,
                "company_id": profile.company_id.id,
                "kind": kind,
                "date": day,
                "scorecard_id": card.id,
                "total": total,
                "detail": {"scorecard": card.id, "dimensions": {}, "metrics": detail},
                **fields,
            }
        )

    def _create_score(self, name, day, amount):
        values = {"amount_12m": (amount, 8 if amount > 50000 else 5)}
        return self._create_row(self.customers[name], day, "tier", 20, values)

    def _create_change(self, name, day, old, new):
        """Create a tier change of a customer; tiers by code."""
        profile = self.customers[name]
        codes = "CBAS"
        direction = "first"
        if old:
            direction = "up" if codes.index(new) > codes.index(old) else "down"
        return self.env["customer.tier.change"].create(
            {
                "profile_id": profile.id,
                "company_id": profile.company_id.id,
                "date": day,
                "from_tier_id": self.tiers[old].id if old else False,
                "to_tier_id": self.tiers[new].id,
                "direction": direction,
                "reason": "review",
            }
        )

    def _get_overview(self, user=None, scope=None, company=None):
        """Return what a user sees at noon of the day."""
        self.env.flush_all()
        self.env.invalidate_all()
        overview = self.env["customer.overview"].with_user(user or self.user)
        overview = overview.with_company(company or self.company)
        overview = overview.with_context(
            allowed_company_ids=(company or self.company).ids
        )
        with freeze_time(f"{DAY} 12:00:00"):
            return overview.get_overview(scope)
