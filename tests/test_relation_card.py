from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CustomerSuccessCase

# Statements of the panel's one call, whatever there is to show.
LIMIT = 26


@tagged("post_install", "-at_install")
class TestRelationCard(CustomerSuccessCase):
    """What the relation panel of a customer reads, as his sales person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("relation_sales", "user", lang="en_US")
        cls.stranger = cls._create_user("relation_stranger", "user")

    def setUp(self):
        super().setUp()
        self._freeze()

    def _create_customer(self, name, people, orders):
        """Create a customer with a chain, a team and one row of everything else."""
        partner = self._create_partner(name, user_id=self.sales.id)
        contacts = self.env["res.partner"].create(
            [
                {"name": f"{name} {number}", "parent_id": partner.id}
                for number in range(people)
            ]
        )
        profile = self._get_profile(partner)
        roles = self.env["customer.stakeholder.role"].search([])
        rows = self.env["customer.stakeholder"]
        for number, contact in enumerate(contacts):
            rows |= rows.create(
                {
                    "profile_id": profile.id,
                    "partner_id": contact.id,
                    "role_id": roles[number % len(roles)].id,
                    "date_from": "2026-01-01",
                    "reports_to_id": rows[: number and 1].id,
                }
            )
        self.env["customer.team.member"].create(
            {
                "profile_id": profile.id,
                "user_id": self.sales.id,
                "role_id": self.env["customer.team.role"].search([], limit=1).id,
                "stakeholder_id": rows[:1].id,
                "date_from": "2026-01-01",
            }
        )
        for number in range(min(people, 12)):
            self.env["customer.interaction"].create(
                {
                    "profile_id": profile.id,
                    "interaction_datetime": "2026-11-10 08:00:00",
                    "user_ids": [Command.set(self.sales.ids)],
                    "partner_ids": [Command.set(contacts[number].ids)],
                    "feedback": f"Waiting for budget {number}",
                }
            )
            self.env["customer.insight"].create(
                {
                    "profile_id": profile.id,
                    "name": f"Need {number}",
                    "stakeholder_id": rows[number].id,
                }
            )
            self.env["customer.agreement"].create(
                {
                    "profile_id": profile.id,
                    "name": f"Contract {number}",
                    "date_end": "2027-01-02",
                    "amount": 1000,
                }
            )
        for _number in range(orders):
            self._create_invoice(partner, "2026-10-01", 100)
        group = self.env["customer.company.group"].create({"name": f"Group {name}"})
        industry = self.env["res.partner.industry"].create({"name": name})
        profile.write({"company_group_id": group.id, "industry_id": industry.id})
        profile._score_now()
        return profile

    def _count(self, profile):
        profile = profile.with_user(self.sales)
        for _time in range(2):  # the first one fills the registry's caches
            self.env.flush_all()
            self.env.invalidate_all()
            (profile.env.user.name, profile.env.company.name)  # as every request has
            before = self.cr.sql_log_count
            card = profile.get_relation_card()
        return self.cr.sql_log_count - before, card

    def test_panel_takes_as_many_statements_for_five_people_as_for_two_hundred(self):
        few, card = self._count(self._create_customer("Small", 5, 2))
        self.assertEqual(len(card["chain"]["people"]), 5)
        many, card = self._count(self._create_customer("Large", 200, 12))
        self.assertEqual(len(card["chain"]["people"]), 200)
        self.assertEqual(len(card["insight"]["rows"]), 6)
        self.assertTrue(card["insight"]["has_more"])
        self.assertEqual(len(card["agreement"]["rows"]), 6)
        self.assertEqual(few, many)
        self.assertLessEqual(many, LIMIT)

    def test_panel_says_who_decides_what_they_need_and_what_was_said(self):
        profile = self._create_customer("Azure", 2, 1)
        _count, card = self._count(profile)
        self.assertEqual(
            [person["name"] for person in card["chain"]["people"]],
            ["Azure 0", "Azure 1"],
        )
        self.assertEqual(card["team"]["members"][0]["faces"], "Azure 0")
        need = card["insight"]["rows"][0]
        self.assertEqual((need["label"], need["name"]), ("Pain Point", "Need 1"))
        self.assertEqual(need["about"], "Azure 1 · 11/21/2026")
        said = card["interaction"]["interactions"][0]
        self.assertEqual(said["feedback"], "Waiting for budget 1")
        self.assertEqual(
            [(row["kind"], row["date"], row["days"]) for row in card["milestone"]][:1],
            [("renewal", "2027-01-02", 42)],
        )
        self.assertEqual(card["company"]["industry"], "Azure")
        self.assertTrue(card["can_write"])

    def test_needs_are_read_before_news_and_expired_ones_are_left_out(self):
        profile = self._create_customer("Azure", 1, 1)
        profile.insight_ids.unlink()
        for kind, date, expiry in (
            ("industry_note", "2026-11-01", False),
            ("pain", "2026-01-01", False),
            ("latent_need", "2026-11-02", False),
            ("delight", "2025-01-01", "2026-11-20"),
        ):
            self.env["customer.insight"].create(
                {
                    "profile_id": profile.id,
                    "name": kind,
                    "kind": kind,
                    "date": date,
                    "date_expiry": expiry,
                }
            )
        _count, card = self._count(profile)
        self.assertEqual(
            [row["kind"] for row in card["insight"]["rows"]],
            ["pain", "latent_need", "industry_note"],
        )

    def test_closed_agreements_are_in_the_list_only(self):
        profile = self._create_customer("Azure", 1, 1)
        profile.agreement_ids.stage = "closed"
        _count, card = self._count(profile)
        self.assertEqual(card["agreement"]["rows"], [])

    def test_customer_about_whom_nothing_is_known_gives_empty_parts(self):
        profile = self._get_profile(
            self._create_partner("Empty", user_id=self.sales.id)
        )
        _count, card = self._count(profile)
        self.assertEqual(card["chain"]["people"], [])
        self.assertEqual(card["team"]["members"], [])
        self.assertEqual(card["insight"]["rows"], [])
        self.assertEqual(card["interaction"]["interactions"], [])
        self.assertEqual(card["milestone"], [])
        self.assertEqual(card["agreement"]["rows"], [])
        self.assertFalse(card["insight"]["persona"])
        self.assertFalse(card["stage"])

    def test_panel_of_a_colleagues_customer_is_refused(self):
        profile = self._create_customer("Azure", 1, 1)
        with self.assertRaises(AccessError):
            profile.with_user(self.stranger).get_relation_card()

    def test_reader_of_chinese_gets_names_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        profile = self._create_customer("Azure", 1, 1)
        tier = profile.tier_id
        tier.persona_pain = "Downtime"
        tier.with_context(lang="zh_CN").persona_pain = "停机"
        card = profile.with_context(lang="zh_CN")._get_insight_card()
        self.assertEqual(card["persona"]["lines"][0]["text"], "停机")
