from datetime import timedelta

from .alert_common import AlertCase
from .common import DAY


class AlertPeopleCase(AlertCase):
    """A sales person with a team leader, a stranger, a manager; alerts on a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.profile"].search([]).active = False
        group = cls.env.ref("customer_success.group_customer_success_manager")
        group.user_ids = [(5,)]  # those of the database are none of ours
        cls.sales = cls._create_user("alert_sales", "user", lang="en_US")
        cls.leader = cls._create_user("alert_leader", "user", lang="en_US")
        cls.stranger = cls._create_user("alert_stranger", "user")
        cls.manager = cls._create_user("alert_manager", "manager", lang="en_US")
        team = cls.env["crm.team"].create(
            {"name": "Alert team", "company_id": False, "user_id": cls.leader.id}
        )
        cls.env["crm.team.member"].create(
            [
                {"crm_team_id": team.id, "user_id": user.id}
                for user in (cls.sales, cls.leader)
            ]
        )
        cls.rule = cls._create_rule("churn_at_risk", severity="high")
        cls.date = cls._to_date(DAY)

    def setUp(self):
        super().setUp()
        self._freeze()

    @classmethod
    def _create_customer(cls, name, user=None, tier="A", **values):
        """Create a customer of the sales person unless said."""
        user = cls.sales if user is None else user
        return cls._create_alerted(
            name, user_id=user.id, tier_id=cls.tiers[tier].id, **values
        )

    @classmethod
    def _create_alert(cls, profile, rule=None, day=DAY, **values):
        """Create an alert as the detection leaves it."""
        rule = rule or cls.rule
        return (
            cls.env["customer.alert"]
            ._without_log()
            .create(
                {
                    "profile_id": profile.id,
                    "rule_id": rule.id,
                    "signal": rule.signal,
                    "key": day,
                    "date": day,
                    "severity": rule.severity,
                    "tier_id": profile.tier_id.id,
                    "evidence": {"silence": 63, "interval": 21, "orders": 12},
                    **values,
                }
            )
        )

    def _assign(self, days=0):
        """Share out as the nightly job of today, or of some days later, does."""
        date = self.date + timedelta(days=days)
        self.assertTrue(self.alerts._assign_alerts(self.company, date))
        self.env.flush_all()
        self.env.invalidate_all()

    def _get_activities(self, alert):
        """Return the open activities of an alert with their people."""
        return self.env["mail.activity"].search(
            [("res_model", "=", "customer.alert"), ("res_id", "=", alert.id)]
        )
