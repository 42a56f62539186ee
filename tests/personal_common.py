from .common import CustomerSuccessCase


class PersonalCase(CustomerSuccessCase):
    """A customer of Ann's with two people, her colleague, a manager, a reader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_user("ann", "user,base.group_allow_export")
        cls.bob = cls._create_user("bob", "user")
        cls.manager = cls._create_user("manager", "manager,base.group_allow_export")
        cls.reader = cls._create_user(
            "reader", "personal_reader,base.group_allow_export"
        )
        cls.officer = cls._create_user("officer", "personal_reader,manager")
        cls.partner = cls._create_partner("Customer")
        cls.person = cls._create_person("Lin Xia")
        cls.other_person = cls._create_person("Wang Bo")
        cls.profile = cls.env["customer.profile"]._get_or_create(
            cls.partner, cls.company
        )
        cls.profile.user_id = cls.ann
        cls.company.customer_gift_limit = 200

    @classmethod
    def _create_person(cls, name, parent=None, **values):
        parent = parent or cls.partner
        return cls._create_partner(
            name, is_company=False, parent_id=parent.id, **values
        )

    @classmethod
    def _create_data(cls, person=None, user=None, **values):
        """Create relationship data, as Ann unless somebody else is named."""
        rows = cls.env["customer.personal.data"].with_user(user or cls.ann)
        return rows.create(
            {
                "profile_id": cls.profile.id,
                "partner_id": (person or cls.person).id,
                "consent": "given",
                **values,
            }
        )

    @classmethod
    def _create_gift(cls, data, **values):
        return cls.env["customer.gift"].with_user(cls.ann).create(
            {
                "personal_data_id": data.id,
                "date": "2026-11-01",
                "name": "Tea",
                "amount": 50,
                **values,
            }
        )  # fmt: skip
