from odoo import Command, fields

from .common import CustomerSuccessCase

# Friday, 20 November 2026.
FRIDAY = "2026-11-20"
NOW = f"{FRIDAY} 10:00:00"
VISIT = f"{FRIDAY} 09:00:00"


class CommitmentCase(CustomerSuccessCase):
    """A customer of tier A, an owner, a leader, and promises that are easy to count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        promises = cls.env["customer.commitment"]
        policies = cls.env["customer.service.policy"]
        cls.Promise = promises
        policies.search([]).date_from = "2026-01-01"
        cls.owner = cls._create_user("promise_owner", "user")
        cls.leader = cls._create_user("promise_leader", "user")
        cls.manager = cls._create_user("promise_manager", "manager")
        team = cls.env["crm.team"].create(
            {"name": "Promises", "user_id": cls.leader.id, "company_id": False}
        )
        cls.env["crm.team.member"].create(
            [
                {"crm_team_id": team.id, "user_id": user.id}
                for user in (cls.owner, cls.leader)
            ]
        )
        cls.profile = cls._create_profile("Kept word", cls.owner)
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "UTC",
                "company_id": cls.company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": str(day),
                                "dayofweek": str(day),
                                "hour_from": 8,
                                "hour_to": 16,
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )

    @classmethod
    def _create_profile(cls, name, user=None, code="A", company=None):
        profile = cls.env["customer.profile"].create(
            {
                "partner_id": cls._create_partner(name).id,
                "company_id": (company or cls.company).id,
                "user_id": user.id if user else False,
            }
        )
        profile.tier_id = cls.tiers[code]
        return profile

    @classmethod
    def _create_policy(cls, hours, **values):
        return cls.env["customer.service.policy"].create(
            {
                "name": f"Within {hours}",
                "target": "solution",
                "hours": hours,
                "date_from": "2026-01-01",
                # working hours are those of a company
                "company_id": cls.company.id if values.get("calendar_id") else False,
                **values,
            }
        )

    @classmethod
    def _keep_only(cls, policies):
        """Archive every other policy of their target."""
        others = cls.env["customer.service.policy"].search(
            [("target", "=", policies[0].target), ("id", "not in", policies.ids)]
        )
        others.active = False

    def _start(self, start=NOW, profile=None, target="solution", **values):
        """Start the clock of a case; without cases yet, of the customer himself."""
        profile = profile or self.profile
        return self.Promise._start(
            [
                {
                    "profile_id": profile.id,
                    "kind": "complaint",
                    "target": target,
                    "res_model": "customer.profile",
                    "res_id": profile.id,
                    "start_datetime": start,
                    **values,
                }
            ]
        )

    def _log(self, at=VISIT, **values):
        """Write a visit down, as the owner of the customer."""
        values.setdefault(
            "channel_id", self.env.ref("customer_success.customer_channel_visit").id
        )
        return (
            self.env["customer.interaction"]
            .with_user(self.owner)
            .create(
                {
                    "profile_id": self.profile.id,
                    "interaction_datetime": at,
                    "user_ids": [Command.set(self.owner.ids)],
                    **values,
                }
            )
        )

    def _get_promise(self, interaction):
        return self.Promise.search(
            [("res_model", "=", interaction._name), ("res_id", "=", interaction.id)],
            order="round",
        )

    def _at(self, text):
        return fields.Datetime.to_datetime(text)

    def _get_warnings(self, promises):
        return promises._get_automated_activities()
