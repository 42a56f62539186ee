from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from .common import DAY, CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestEntitlements(CustomerSuccessCase):
    """The package of a tier: quota, use, what is left, who may grant more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("entitlement_user", "user", lang="en_US")
        cls.manager = cls._create_user("entitlement_manager", "manager", lang="en_US")
        cls.training = cls.env.ref("customer_success.customer_entitlement_training")
        cls.training.quota = 3
        cls.core = cls._create_customer("Core", "S")

    @classmethod
    def _create_customer(cls, name, code, company=None):
        company = company or cls.company
        profile = cls.env["customer.profile"].create(
            {
                "partner_id": cls._create_partner(name).id,
                "company_id": company.id,
                "user_id": cls.user.id,
            }
        )
        profile.tier_id = cls.tiers.get(code)
        return profile

    def _grant(self, quantity, day=DAY, profile=None, user=None, **values):
        uses = self.env["customer.entitlement.use"].with_user(user or self.user)
        return uses.create(
            {
                "profile_id": (profile or self.core).id,
                "entitlement_id": self.training.id,
                "date": day,
                "quantity": quantity,
                **values,
            }
        )

    def _get_balance(self, profile=None, user=None):
        balances = self.env["customer.entitlement.balance"].with_user(user or self.user)
        balances.invalidate_model()
        with freeze_time(f"{DAY} 12:00:00"):
            return {
                row.entitlement_id.name: (row.quota, row.used, row.left, row.state)
                for row in balances.search(
                    [("profile_id", "=", (profile or self.core).id)]
                )
            }

    # === THE PACKAGE === #

    def test_core_customers_get_support_training_matchmaking_and_consulting(self):
        self.training.quota = 4
        self.assertEqual(
            self._get_balance(),
            {
                "Dedicated technical support": (0, 0, 0, "free"),
                "Free training places": (4, 0, 4, "unused"),
                "Industry resource matchmaking": (2, 0, 2, "unused"),
                "Industry solution consulting": (0, 0, 0, "free"),
            },
        )

    def test_other_tiers_get_their_own_package_and_the_lowest_none(self):
        key = self._create_customer("Key", "A")
        self.assertEqual(
            set(self._get_balance(key)),
            {"Industry solution consulting", "Quick-response channel"},
        )
        for code in ("B", "C", None):
            with self.subTest(code=code):
                self.assertFalse(self._get_balance(self._create_customer("X", code)))

    def test_a_service_without_tiers_is_for_everybody_even_not_rated(self):
        self.training.tier_codes = False
        profile = self._create_customer("New", None)
        self.assertEqual(list(self._get_balance(profile)), ["Free training places"])

    def test_own_services_of_a_kind_replace_the_shared_ones_of_that_kind(self):
        self.env["customer.entitlement"].create(
            {
                "name": "Academy",
                "kind": "training",
                "company_id": self.company.id,
                "tier_codes": "S",
                "has_quota": True,
                "quota": 10,
            }
        )
        names = set(self._get_balance())
        self.assertIn("Academy", names)
        self.assertNotIn("Free training places", names)
        self.assertIn("Dedicated technical support", names)
        package = self.env["customer.entitlement"]._get_package(self.core)
        self.assertEqual(set(package.mapped("name")), names)

    # === QUOTA === #

    def test_use_counts_by_calendar_year_and_the_rest_is_left(self):
        self._grant(2, "2026-01-01", topic="Basics")
        self._grant(3, "2025-12-31")
        self.assertEqual(self._get_balance()["Free training places"], (3, 2, 1, "left"))
        self._grant(1)
        self.assertEqual(self._get_balance()["Free training places"], (3, 3, 0, "used"))

    def test_more_than_the_quota_is_refused_with_what_is_left(self):
        self._grant(2)
        with self.assertRaisesRegex(
            UserError,
            "Free training places of Core: 3 places a year, 1 left in 2026. A manager"
            " can grant more.",
        ):
            self._grant(2)
        with self.assertRaises(UserError):
            self._grant(1).quantity = 1.01

    def test_a_manager_grants_more_and_it_is_marked(self):
        self._grant(3)
        extra = self._grant(2, user=self.manager)
        self.assertTrue(extra.is_exception)
        self.assertEqual(
            self._get_balance()["Free training places"], (3, 5, -2, "over")
        )
        extra.quantity = 1
        self.assertTrue(extra.is_exception)
        self.training.quota = 4
        extra.date = "2026-11-01"
        self.assertFalse(extra.is_exception)

    def test_what_the_tier_does_not_include_needs_a_manager(self):
        key = self._create_customer("Key", "A")
        with self.assertRaisesRegex(
            UserError, "Key is not entitled to Free training places: it is for tier S."
        ):
            self._grant(1, profile=key)
        self.assertTrue(self._grant(1, profile=key, user=self.manager).is_exception)

    def test_services_without_quota_are_never_refused(self):
        self.training.has_quota = False
        self._grant(999)
        self.assertEqual(
            self._get_balance()["Free training places"], (0, 999, 0, "free")
        )

    def test_bad_quantities_are_refused(self):
        for quantity, error in (
            (0, CheckViolation),
            (-1, CheckViolation),
            (1000000, CheckViolation),
            (float("nan"), ValidationError),
            (float("inf"), ValidationError),
        ):
            with (
                self.subTest(quantity=quantity),
                mute_logger("odoo.sql_db"),
                self.assertRaises(error),
            ):
                self._grant(quantity, user=self.manager)
        with self.assertRaises(ValidationError):
            self.training.tier_codes = "S, X"

    # === RIGHTS AND LIFE === #

    def test_users_grant_to_their_own_customers_and_mark_nothing(self):
        stranger = self._create_user("entitlement_stranger", "user")
        with self.assertRaises(AccessError):
            self._grant(1, user=stranger)
        use = self._grant(1)
        with self.assertRaises(AccessError):
            use.is_exception = True
        self.assertFalse(self._grant(1, is_exception=True).is_exception)
        self.assertFalse(self._get_balance(user=stranger))

    def test_a_granted_service_is_archived_not_deleted(self):
        self._grant(1)
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.training.with_user(self.manager).unlink()

    def test_merged_customers_bring_what_they_got(self):
        other = self._create_customer("Other", "S")
        use = self._grant(2, profile=other)
        self.env["customer.profile"]._merge_partners(
            other.partner_id, self.core.partner_id
        )
        self.assertEqual(use.profile_id, self.core)
        self.assertEqual(self._get_balance()["Free training places"], (3, 2, 1, "left"))

    def test_buttons_open_and_grant_for_this_customer(self):
        balance = self.env["customer.entitlement.balance"].with_user(self.user)
        row = balance.search(
            [
                ("profile_id", "=", self.core.id),
                ("entitlement_id", "=", self.training.id),
            ]
        )
        context = {
            "default_profile_id": self.core.id,
            "default_entitlement_id": self.training.id,
        }
        self.assertEqual(row.action_grant()["context"], context)
        uses = self.env["customer.entitlement.use"]
        use = self._grant(1)
        self.assertEqual(uses.search(row.action_open_uses()["domain"]), use)
        action = self.core.with_user(self.user).action_open_entitlements()
        self.assertEqual(balance.search_count(action["domain"]), 4)
