from .common import CustomerSuccessCase


class OwnerCase(CustomerSuccessCase):
    """A manager, a team of two, a person of another team, a leaver of the team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_user("owner_manager", "manager", name="Manager")
        cls.seller = cls._create_user("owner_seller", "user", name="Seller")
        cls.mate = cls._create_user("owner_mate", "user", name="Mate")
        cls.stranger = cls._create_user("owner_stranger", "user", name="Stranger")
        cls.leaver = cls._create_user("owner_leaver", "user", name="Leaver")
        cls.portal = cls._create_user(
            "owner_portal", "base.group_portal", name="Portal"
        )
        cls.plain = cls._create_user(
            "owner_plain", "sales_team.group_sale_salesman", name="Plain"
        )
        cls._create_team("Team", cls.seller, cls.mate, cls.leaver)
        cls._create_team("Other team", cls.stranger)

    @classmethod
    def _create_team(cls, name, *users):
        team = cls.env["crm.team"].create({"name": name, "company_id": False})
        cls.env["crm.team.member"].create(
            [{"crm_team_id": team.id, "user_id": user.id} for user in users]
        )
        return team

    @classmethod
    def _create_customer(cls, name, user=None, company=None, **values):
        return cls.env["customer.profile"].create(
            {
                "partner_id": cls._create_partner(name).id,
                "company_id": (company or cls.company).id,
                "user_id": user.id if user else False,
                **values,
            }
        )

    def _with_tracking(self, records, user):
        return records.with_user(user).with_context(tracking_disable=False)
