from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import DAY, CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestInsights(CustomerSuccessCase):
    """What a sales person writes down about what a customer needs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("insight_sales", "user", lang="en_US")
        cls.colleague = cls._create_user("insight_colleague", "user")
        cls.partner = cls._create_partner("Insight Customer", user_id=cls.sales.id)
        cls.profile = cls.env["customer.profile"]._get_or_create(
            cls.partner, cls.company
        )
        cls.other = cls.env["customer.profile"]._get_or_create(
            cls._create_partner("Other Customer", user_id=cls.sales.id), cls.company
        )

    def setUp(self):
        super().setUp()
        self._freeze()

    def _create_insight(self, profile=None, user=None, **values):
        insights = self.env["customer.insight"].with_user(user or self.sales)
        return insights.create(
            {
                "profile_id": (profile or self.profile).id,
                "name": "Wants to cut downtime",
                **values,
            }
        )

    def test_an_insight_holds_twelve_months_a_strategy_thirty_six(self):
        insight = self._create_insight(date="2026-02-28")
        self.assertEqual(str(insight.date_expiry), "2027-02-28")
        strategy = self._create_insight(kind="long_strategy", date="2024-02-29")
        self.assertEqual(str(strategy.date_expiry), "2027-02-28")
        chosen = self._create_insight(date_expiry="2026-12-01")
        self.assertEqual(str(chosen.date_expiry), "2026-12-01")

    def test_form_follows_the_kind_and_keeps_a_day_that_was_typed(self):
        insights = self.env["customer.insight"].with_user(self.sales)
        form = Form(insights.with_context(default_profile_id=self.profile.id))
        form.name = "Goes digital"
        self.assertEqual(str(form.date_expiry), "2027-11-21")
        form.kind = "long_strategy"
        self.assertEqual(str(form.date_expiry), "2029-11-21")
        form.date_expiry = "2027-01-01"
        insight = form.save()
        self.assertEqual(str(insight.date_expiry), "2027-01-01")
        self.assertEqual(insight.user_id, self.sales)
        self.assertEqual(insight.company_id, self.company)

    def test_the_last_day_still_holds_the_day_after_does_not(self):
        last = self._create_insight(date="2026-01-01", date_expiry=DAY)
        over = self._create_insight(date="2026-01-01", date_expiry="2026-11-20")
        endless = self._create_insight(date_expiry=False)
        mine = [("profile_id", "=", self.profile.id)]
        rows = self.env["customer.insight"].with_user(self.sales)
        expired = rows.search([*mine, ("is_expired", "=", True)])
        self.assertEqual(expired, over)
        self.assertEqual(
            rows.search([*mine, ("is_expired", "=", False)]), last | endless
        )
        self.assertEqual(
            [row.is_expired for row in (last, over, endless)], [False, True, False]
        )

    def test_nobody_learns_anything_in_the_future(self):
        self._create_insight(date="2026-11-22")  # east of the company
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self._create_insight(date="2026-11-23")

    def test_an_insight_cannot_expire_before_it_was_learned(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._create_insight(date=DAY, date_expiry="2026-11-20")

    def test_emoji_and_very_long_text_are_kept(self):
        text = "需要 🚀 שלום " + "x" * 5000
        insight = self._create_insight(name=text, description=text * 20)
        insight.invalidate_recordset()
        self.assertEqual(insight.name, text)
        self.assertEqual(len(insight.description), len(text) * 20)

    def test_who_said_it_and_where_belong_to_the_same_customer(self):
        contact = self._create_partner(
            "Ms Zhou", parent_id=self.other.partner_id.id, is_company=False
        )
        role = self.env.ref("customer_success.customer_stakeholder_role_user")
        stranger = self.env["customer.stakeholder"].create(
            {
                "profile_id": self.other.id,
                "partner_id": contact.id,
                "role_id": role.id,
            }
        )
        with self.assertRaisesRegex(ValidationError, "Other Customer"):
            self._create_insight(stakeholder_id=stranger.id)
        self._create_insight(self.other, stakeholder_id=stranger.id)
        call = self.env["customer.interaction"].create(
            {"profile_id": self.other.id, "partner_ids": [Command.set(contact.ids)]}
        )
        with self.assertRaisesRegex(ValidationError, "Other Customer"):
            self._create_insight(interaction_id=call.id)

    def test_a_colleague_of_another_team_sees_and_changes_nothing(self):
        insight = self._create_insight()
        foreign = insight.with_user(self.colleague)
        with self.assertRaises(AccessError):
            foreign.read(["name"])
        with self.assertRaises(AccessError):
            foreign.write({"name": "Mine"})
        with self.assertRaises(AccessError):
            self._create_insight(user=self.colleague)
        self.assertFalse(foreign.search_count([("profile_id", "=", self.profile.id)]))

    def test_an_insight_stays_with_its_customer_and_is_archived_not_deleted(self):
        insight = self._create_insight()
        with self.assertRaises(AccessError):
            insight.write({"profile_id": self.other.id})
        with self.assertRaises(AccessError):
            insight.unlink()
        insight.action_archive()
        self.assertFalse(insight.active)

    def test_insights_move_to_the_customer_that_stays(self):
        insight = self._create_insight()
        archived = self._create_insight(name="Old")
        archived.active = False
        self.profile._merge_into(self.other)
        self.assertEqual((insight | archived).profile_id, self.other)
        with self.assertRaises(UserError):
            self._create_insight()
