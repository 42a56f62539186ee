from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .chain_common import ChainCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21 12:00:00")
class TestTeamMembers(ChainCase):
    """Who of us looks after a customer, and whom he faces."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile.tier_id = cls.tiers["S"]
        cls.boss = cls._add("Boss", "decision_maker", is_executive=True)
        cls.chief = cls._create_user("chain_chief", "user")

    def _join(self, role="success_manager", user=None, **values):
        return self.env["customer.team.member"].create(
            {
                "profile_id": self.profile.id,
                "user_id": (user or self.chief).id,
                "role_id": self.team_roles[role].id,
                "date_from": "2026-01-01",
                **values,
            }
        )

    def test_missing_roles_of_the_tier_are_named(self):
        card = self.profile._get_team_card()
        self.assertEqual(card["members"], [])
        self.assertEqual(
            card["missing"], ["Customer success manager", "Executive sponsor"]
        )
        self._join(stakeholder_id=self.boss.id)
        card = self.profile._get_team_card()
        self.assertEqual(card["missing"], ["Executive sponsor"])
        [member] = card["members"]
        self.assertEqual(member["role"], "Customer success manager")
        self.assertEqual(member["faces"], "Boss")
        self.assertFalse(member["is_gone"])

    def test_success_manager_who_left_us_stays_as_gone_and_his_role_is_missing(self):
        member = self._join()
        self.chief.active = False
        self.assertTrue(member.is_gone)
        self.assertFalse(member.date_to)
        card = self.profile._get_team_card()
        self.assertTrue(card["members"][0]["is_gone"])
        self.assertIn("Customer success manager", card["missing"])
        found = self.env["customer.team.member"].search(
            [("is_gone", "=", True), ("profile_id", "=", self.profile.id)]
        )
        self.assertEqual(found, member)

    def test_ended_role_is_over_on_that_day_and_can_start_again(self):
        member = self._join()
        member.with_user(self.sales).action_end()
        self.assertEqual(member.date_to, self._to_date("2026-11-21"))
        self.assertEqual(self.profile._get_team_card()["members"], [])
        self.assertTrue(self._join(date_from="2026-11-21"))

    @mute_logger("odoo.sql_db")
    def test_same_person_has_a_role_once(self):
        self._join()
        with self.assertRaises(IntegrityError):
            self._join()

    def test_match_of_another_customer_and_strangers_are_refused(self):
        other = self._create_partner("Elsewhere")
        contact = self._create_contact("Eve", other)
        foreign = self._add(contact, profile_id=self._get_profile(other).id)
        with self.assertRaisesRegex(ValidationError, "Faces: Eve stands in the"):
            self._join(stakeholder_id=foreign.id)
        portal = self._create_user("chain_portal", "base.group_portal")
        with self.assertRaisesRegex(ValidationError, "is not one of us"):
            self._join(user=portal)
        abroad = self._create_user("chain_abroad", "user", company=self.other_company)
        with self.assertRaisesRegex(ValidationError, "is not one of us"):
            self._join(user=abroad)

    def test_executive_visits_follow_who_is_an_executive_on_the_day(self):
        visit = self._talk(
            self.boss.partner_id,
            "2026-10-01",
            channel_id=self.env.ref("customer_success.customer_channel_visit").id,
            user_ids=[(6, 0, self.chief.ids)],
        )
        self.assertFalse(visit.is_executive_visit)
        member = self._join("executive")
        self.assertTrue(visit.is_executive_visit)
        self.boss.is_executive = False
        self.assertFalse(visit.is_executive_visit)
        self.boss.is_executive = True
        self.assertTrue(visit.is_executive_visit)
        self.boss.date_from = "2026-10-02"  # not yet on the day of the visit
        self.assertFalse(visit.is_executive_visit)
        self.boss.date_from = "2026-01-01"
        member.date_to = "2026-10-01"
        self.assertFalse(visit.is_executive_visit)
        member.date_to = False
        self.assertTrue(visit.is_executive_visit)
        self.team_roles["executive"].is_executive = False
        self.assertFalse(visit.is_executive_visit)
        self.team_roles["executive"].is_executive = True
        self.assertTrue(visit.is_executive_visit)
        member.unlink()
        self.assertFalse(visit.is_executive_visit)

    def test_hand_over_sheet_names_who_stays_with_the_customer(self):
        self._join()
        self._join("account_manager", self.sales)
        dialog = self.env["customer.handover"].new({"from_user_id": self.sales.id})
        points = dialog._get_open_points(self.profile)
        [team] = [point for point in points if point.startswith("Our team")]
        self.assertIn(self.chief.name, team)
        self.assertNotIn(self.sales.name, team)

    # === TIERS === #

    def test_shipped_tiers_require_what_the_method_says(self):
        codes = {
            code: (
                sorted(tier.required_role_ids.mapped("code")),
                sorted(tier.required_team_role_ids.mapped("code")),
                tier.interaction_target,
                tier.has_holiday_care,
            )
            for code, tier in self.tiers.items()
        }
        key = ["champion", "decision_maker", "economic_buyer"]
        self.assertEqual(
            codes,
            {
                "S": ([*key, "influencer"], ["executive", "success_manager"], 2, True),
                "A": (key, ["account_manager"], 2, False),
                "B": (["decision_maker"], [], 2, False),
                "C": ([], [], 2, False),
            },
        )

    def test_what_a_tier_is_owed_changes_in_a_version_that_was_used_and_is_copied(self):
        tier = self.tiers["S"]
        self._create_order(self.partner, "2026-10-01", 100)
        self._score(self.partner)
        self.env.invalidate_all()
        self.assertTrue(self.tier_card.is_used)
        tier.write(
            {
                "required_role_ids": [(6, 0, self.roles["champion"].ids)],
                "required_team_role_ids": [(5,)],
                "interaction_target": 4,
                "has_holiday_care": False,
            }
        )
        copy = self.tier_card.copy().tier_ids.filtered(lambda row: row.code == "S")
        self.assertEqual(copy.required_role_ids, self.roles["champion"])
        self.assertEqual(copy.interaction_target, 4)
