from .common import CustomerSuccessCase


class ChainCase(CustomerSuccessCase):
    """A customer with people, and a sales person who is responsible for him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("chain_sales", "user")
        cls.partner = cls._create_partner("Chain Customer", user_id=cls.sales.id)
        cls.profile = cls.env["customer.profile"]._get_or_create(
            cls.partner, cls.company
        )
        cls.roles = {
            role.code: role for role in cls.env["customer.stakeholder.role"].search([])
        }
        cls.team_roles = {
            role.code: role for role in cls.env["customer.team.role"].search([])
        }
        cls.phone = cls.env.ref("customer_success.customer_channel_phone")

    @classmethod
    def _create_contact(cls, name, company=None, **values):
        return cls._create_partner(
            name,
            is_company=False,
            parent_id=(company or cls.partner).id,
            **values,
        )

    @classmethod
    def _add(cls, name, role="user", above=None, **values):
        """Give a contact, made when only named, a role in the chain since January."""
        contact = cls._create_contact(name) if isinstance(name, str) else name
        return cls.env["customer.stakeholder"].create(
            {
                "profile_id": cls.profile.id,
                "partner_id": contact.id,
                "role_id": cls.roles[role].id,
                "reports_to_id": above.id if above else False,
                "date_from": "2026-01-01",
                **values,
            }
        )

    @classmethod
    def _talk(cls, contact, day, **values):
        """Log a confirmed interaction with a contact at noon of a day."""
        return cls.env["customer.interaction"].create(
            {
                "profile_id": cls.profile.id,
                "interaction_datetime": f"{day} 12:00:00",
                "channel_id": cls.phone.id,
                "user_ids": [(6, 0, cls.sales.ids)],
                "partner_ids": [(6, 0, contact.ids)],
                "feedback": "Fine",
                **values,
            }
        )

    def _get_left_alerts(self, profile=None):
        """Return the alerts that somebody of the chain has left."""
        return self.env["customer.alert"].search(
            [
                ("profile_id", "in", (profile or self.profile).ids),
                ("signal", "=", "contact_left"),
            ]
        )
