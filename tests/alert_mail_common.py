from .alert_common import AlertCase
from .common import DAY


class AlertMailCase(AlertCase):
    """Alerts of people, as the nightly job leaves them, and who is told of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alerts.search([]).unlink()
        cls.rule = cls._create_rule("no_order_days", name="No order")
        cls.owner = cls._create_user(
            "mail_owner", "user", lang="en_US", email="owner@test.example"
        )
        cls.colleague = cls._create_user(
            "mail_colleague", "user", lang="en_US", email="colleague@test.example"
        )
        cls.manager = cls._create_user(
            "mail_manager", "manager", lang="en_US", email="manager@test.example"
        )

    @classmethod
    def _create_alert(cls, name, user=None, day=DAY, **values):
        """Create an alert of somebody's customer: silent for 63 days, usually 21."""
        profile = values.pop("profile", None)
        if not profile:
            profile = cls._create_alerted(name, user_id=user and user.id)
        return cls.alerts.create(
            {
                "profile_id": profile.id,
                "rule_id": cls.rule.id,
                "signal": "no_order_days",
                "key": f"{day} {name}",
                "date": day,
                "severity": "high",
                "priority": 50,
                "value_at_risk": 4300,
                "user_id": user and user.id,
                "evidence": {"interval": 21.0, "silence": 63, "orders": 12},
                **values,
            }
        )

    def _send(self, day=DAY, at="08:00:00"):
        return self._run_cron("send_alerts", day=day, at=at)

    def _get_mails(self, user):
        return self.env["mail.message"].search(
            [
                ("notified_partner_ids", "in", user.partner_id.ids),
                ("model", "=", False),
            ],
            order="id",
        )
