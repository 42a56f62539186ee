from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import DAY, CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestCompanyFacts(CustomerSuccessCase):
    """Size, business, loyalty, groups of companies and what was bought in all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user(
            "company_sales", "user,base.group_partner_manager", lang="en_US"
        )
        cls.colleague = cls._create_user("company_colleague", "user")
        cls.partner = cls._create_partner("Company Customer", user_id=cls.sales.id)
        cls.profile = cls.env["customer.profile"]._get_or_create(
            cls.partner, cls.company
        )

    def setUp(self):
        super().setUp()
        self._freeze()
        self.company.customer_history_start = False

    def _get_card(self):
        self.env.flush_all()
        card = self.profile.with_user(self.sales)._get_company_card()
        # the symbol stands before a space that does not break
        return {**card, "amount": card["amount"].replace("\N{NO-BREAK SPACE}", " ")}

    # === CUMULATIVE AMOUNT === #

    def test_amount_in_all_is_invoices_less_credit_notes_plus_openings(self):
        contact = self._create_partner("Buyer", parent_id=self.partner.id)
        contact.is_company = False
        self._create_invoice(self.partner, "2021-05-01", 1000)
        self._create_invoice(contact, "2026-11-21", 500)
        self._create_invoice(self.partner, "2024-05-01", 200, move_type="out_refund")
        self._create_invoice(self.partner, "2026-11-22", 7000)  # tomorrow
        self._create_opening(self.partner, "2019-01-01", 300, 1)
        card = self._get_card()
        self.assertEqual((card["amount"], card["amount_note"]), ("$ 1,600", ""))

    def test_amount_before_the_history_starts_is_said_to_be_unknown(self):
        self._create_invoice(self.partner, "2025-05-01", 1000)
        self.company.customer_history_start = "2025-01-01"
        note = "since 01/01/2025; what he bought before is unknown"
        card = self._get_card()
        self.assertEqual((card["amount"], card["amount_note"]), ("$ 1,000", note))
        # a customer since later: nothing can be missing
        self.profile.date_customer_since = "2025-01-01"
        self.assertEqual(self._get_card()["amount_note"], "")
        self.profile.date_customer_since = "2024-12-31"
        self.assertEqual(self._get_card()["amount_note"], note)
        self._create_opening(self.partner, "2024-12-01", 50, 1)
        card = self._get_card()
        self.assertEqual((card["amount"], card["amount_note"]), ("$ 1,050", ""))

    def test_amount_without_any_document_is_unknown_not_zero(self):
        self.company.customer_history_start = "2025-01-01"
        self.assertEqual(self._get_card()["amount"], "Unknown")
        self.company.customer_history_start = False
        self.assertEqual(self._get_card()["amount"], "$ 0")

    def test_foreign_invoice_booked_at_one_makes_the_amount_unknown(self):
        currency = self.env["res.currency"].create({"name": "XQX", "symbol": "X"})
        self._create_invoice(self.partner, "2026-05-01", 1000, currency_id=currency.id)
        card = self._get_card()
        self.assertEqual(card["amount"], "Unknown")
        self.assertIn("without an exchange rate", card["amount_note"])

    def test_documents_of_another_company_do_not_count(self):
        self._create_invoice(
            self.partner, "2025-05-01", 1000, company=self.other_company
        )
        self.assertEqual(self._get_card()["amount"], "$ 0")

    # === LOYALTY === #

    def test_a_new_rung_of_the_loyalty_ladder_is_dated_and_noted(self):
        profile = self.profile.with_user(self.sales).with_context(
            tracking_disable=False
        )
        self.assertEqual(profile.loyalty, "ordinary")
        self.assertFalse(profile.date_loyalty)
        self.env.flush_all()
        self.env.cr.precommit.run()  # what follows is another transaction
        profile.loyalty = "loyal"
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        self.assertEqual(str(profile.date_loyalty), DAY)
        values = profile.message_ids.sudo().tracking_value_ids
        self.assertEqual(values.new_value_char, "Loyal Customer")
        profile.write({"loyalty": "strategic", "date_loyalty": "2026-01-01"})
        self.assertEqual(str(profile.date_loyalty), "2026-01-01")
        profile.write({"loyalty": "strategic"})
        self.assertEqual(str(profile.date_loyalty), "2026-01-01")

    def test_the_next_rung_is_suggested_with_the_reason(self):
        self.profile.write(
            {"tier_id": self.tiers["A"].id, "date_customer_since": "2023-11-21"}
        )
        self.assertEqual(
            self._get_card()["suggestion"],
            "Could be a loyal customer: with us for 3 years, still buying, not at risk.",
        )
        self.profile.date_customer_since = "2023-11-22"
        self.assertFalse(self._get_card()["suggestion"])
        self.profile.write({"date_customer_since": "2020-01-01", "health": "at_risk"})
        self.assertFalse(self._get_card()["suggestion"])
        self.profile.write({"health": "healthy", "loyalty": "loyal"})
        self.assertFalse(self._get_card()["suggestion"])
        self.profile.tier_id = self.tiers["S"]
        self.assertEqual(
            self._get_card()["suggestion"],
            "Could be a strategic partner: loyal and of tier S (core).",
        )
        self.profile.loyalty = "strategic"
        self.assertFalse(self._get_card()["suggestion"])

    # === FACTS === #

    def test_sales_person_describes_the_company_in_one_dialog(self):
        profile = self.profile.with_user(self.sales)
        action = profile.action_edit_company()
        industry = self.env["res.partner.industry"].create({"name": "Machines"})
        with Form(
            profile, self.env["ir.ui.view"].browse(action["views"][0][0])
        ) as form:
            form.industry_id = industry
            form.main_business = "Moulds for car makers"
            form.employee_range = "250_999"
        self.assertEqual(self.partner.industry_id, industry)
        card = self._get_card()
        self.assertEqual(
            (card["industry"], card["business"], card["size"]),
            ("Machines", "Moulds for car makers", "250 to 999 employees"),
        )
        with self.assertRaises(AccessError):
            profile.with_user(self.colleague).action_edit_company()

    def test_industry_of_a_contact_that_is_not_his_to_edit_stays(self):
        self.profile.user_id = self.colleague  # no right to write contacts
        profile = self.profile.with_user(self.colleague)
        view = self.env["ir.ui.view"].browse(
            profile.action_edit_company()["views"][0][0]
        )
        with Form(profile, view) as form:
            form.main_business = "Moulds"
            with self.assertRaisesRegex(AssertionError, "readonly"):
                form.industry_id = self.env["res.partner.industry"].browse(1)
        self.assertEqual(profile.main_business, "Moulds")

    def test_merged_customer_leaves_his_facts_where_there_are_none(self):
        other = self._get_profile(self._create_partner("Survivor"))
        other.main_business = "Tools"
        group = self.env["customer.company.group"].create({"name": "Holding"})
        self.profile.write(
            {
                "main_business": "Moulds",
                "employee_range": "10_49",
                "company_group_id": group.id,
            }
        )
        self.profile._merge_into(other)
        self.assertRecordValues(
            other,
            [
                {
                    "main_business": "Tools",
                    "employee_range": "10_49",
                    "company_group_id": group.id,
                }
            ],
        )

    # === GROUPS OF COMPANIES === #

    def _create_member(self, group, name, user, tier, **snapshot):
        profile = self._get_profile(self._create_partner(name, user_id=user.id))
        profile.write(
            {"company_group_id": group.id, "tier_id": tier.id, "health": "watch"}
        )
        profile.snapshot_id.write(snapshot)
        return profile

    def test_group_sums_up_the_members_the_reader_may_see(self):
        group = self.env["customer.company.group"].create({"name": "Holding"})
        known = {"amount_12m": 1000, "amount_12m_state": "known"}
        tiers = self.tiers
        self._create_member(group, "One", self.sales, tiers["A"], **known)
        self._create_member(group, "Two", self.sales, tiers["A"], **known)
        self._create_member(
            group, "Three", self.sales, tiers["B"], amount_12m_state="before_history"
        )
        self._create_member(group, "Four", self.colleague, tiers["S"], **known)
        mine = group.with_user(self.sales)
        self.assertRecordValues(
            mine,
            [
                {
                    "member_text": "4 members, 3 visible to you",
                    "tier_text": "A 2 · B 1",
                    "health_text": "Watch 3",
                    "amount_12m": 2000,
                    "amount_12m_state": "known",
                    "amount_text": "Amount of 1 members unknown, left out",
                }
            ],
        )
        everything = group.with_user(self._create_user("company_all", "user_all"))
        self.assertRecordValues(
            everything,
            [
                {
                    "member_text": "4 members",
                    "tier_text": "S 1 · A 2 · B 1",
                    "amount_12m": 3000,
                }
            ],
        )
        action = mine.action_open_members()
        found = self.env["customer.profile"].with_user(self.sales)
        self.assertEqual(found.search_count(action["domain"]), 3)

    def test_group_without_a_known_amount_shows_none(self):
        group = self.env["customer.company.group"].create({"name": "Holding"})
        self.assertEqual(group.amount_12m_state, "unknown")
        self.assertEqual(group.member_text, "0 members")

    def test_members_are_customers_of_the_same_company(self):
        group = self.env["customer.company.group"].create(
            {"name": "Holding", "company_id": self.other_company.id}
        )
        with self.assertRaisesRegex(ValidationError, "cannot join"):
            self.profile.company_group_id = group
        own = self.env["customer.company.group"].create({"name": "Own"})
        self.profile.company_group_id = own
        with self.assertRaisesRegex(ValidationError, "cannot join"):
            own.company_id = self.other_company

    def test_sales_person_puts_a_group_together(self):
        groups = self.env["customer.company.group"].with_user(self.sales)
        group = groups.create(
            {"name": "Holding", "profile_ids": [Command.link(self.profile.id)]}
        )
        self.assertEqual(self.profile.company_group_id, group.sudo(False))
        foreign = self._get_profile(
            self._create_partner("Foreign", user_id=self.colleague.id)
        )
        with self.assertRaises(AccessError):
            group.profile_ids = [Command.link(foreign.id)]

    # === PERSONA === #

    def test_persona_of_a_used_tier_can_be_written_and_is_shown(self):
        self._create_invoice(self.partner, "2026-10-01", 1000)
        self.profile._score_now()
        tier = self.profile.tier_id
        tier.persona_pain = "Downtime costs more than the part."
        card = self.profile.with_user(self.sales)._get_persona_card()
        self.assertEqual(card["title"], f"Usual for tier {tier.name}")
        self.assertEqual(
            card["lines"][0],
            {"label": "Pain Points", "text": "Downtime costs more than the part."},
        )
        new = tier.scorecard_id.copy()
        self.assertEqual(
            new.tier_ids.filtered(lambda row: row.code == tier.code).persona_pain,
            "Downtime costs more than the part.",
        )
