from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .owner_common import OwnerCase


@tagged("post_install", "-at_install")
class TestOwnersProposal(OwnerCase):
    """The latest orders say who could be responsible for a customer nobody has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the seeded ledger has customers of its own
        cls.env["customer.profile"].search([("user_id", "=", False)]).write(
            {"user_id": cls.manager.id}
        )
        cls.proposals = cls.env["customer.owner.proposal"].with_user(cls.manager)

    def _propose(self):
        self.proposals._open()
        return self.proposals.search([("create_uid", "=", self.manager.id)])

    def _sell(self, profile, day, user, partner=None):
        order = self._create_order(partner or profile.partner_id, day, 100)
        order.user_id = user
        return order

    def test_the_salesperson_of_the_latest_order_is_proposed(self):
        profile = self._create_customer("Bought thrice")
        self._sell(profile, "2026-03-01", self.seller)
        self._sell(profile, "2026-04-01", self.mate)
        self._sell(profile, "2026-05-01", self.mate)
        proposal = self._propose()
        self.assertRecordValues(
            proposal,
            [
                {
                    "profile_id": profile.id,
                    "user_id": self.mate.id,
                    "date": self._to_date("2026-05-01"),
                    "order_count": 2,
                    "company_id": self.company.id,
                }
            ],
        )
        proposal.action_assign()
        self.assertEqual(profile.user_id, self.mate)
        self.assertTrue(profile.is_user_manual)

    def test_orders_of_contacts_and_invoices_count_for_the_company(self):
        ordered = self._create_customer("Ordered by a contact")
        contact = self._create_partner(
            "Buyer", is_company=False, parent_id=ordered.partner_id.id
        )
        self._sell(ordered, "2026-03-01", self.seller, contact)
        invoiced = self._create_customer("Invoiced only")
        self._create_invoice(
            invoiced.partner_id, "2026-05-01", 50, invoice_user_id=self.mate.id
        )
        found = {
            proposal.profile_id: (proposal.user_id, proposal.order_count)
            for proposal in self._propose()
        }
        self.assertEqual(found, {ordered: (self.seller, 1), invoiced: (self.mate, 1)})

    def test_who_left_or_has_no_role_is_passed_over(self):
        profile = self._create_customer("Passed on")
        self._sell(profile, "2026-03-01", self.seller)
        self._sell(profile, "2026-05-01", self.leaver)
        self._sell(profile, "2026-06-01", self.plain)
        self.leaver.active = False
        self.assertEqual(self._propose().user_id, self.seller)

    def test_only_unassigned_customers_of_this_company_with_documents_are_listed(self):
        assigned = self._create_customer("Assigned", self.seller)
        self._sell(assigned, "2026-03-01", self.mate)
        archived = self._create_customer("Archived", active=False)
        self._sell(archived, "2026-03-01", self.mate)
        self._create_customer("Without documents")
        foreign = self._create_customer("Foreign", company=self.other_company)
        order = self._create_order(
            foreign.partner_id, "2026-03-01", 5, company=self.other_company
        )
        order.user_id = self.env.user
        draft = self._create_customer("Quotation only")
        self._sell(draft, "2026-03-01", self.mate)._action_cancel()
        self.assertFalse(self._propose())

    def test_another_person_can_be_chosen_and_somebody_may_be_quicker(self):
        first = self._create_customer("First")
        second = self._create_customer("Second")
        for profile in (first, second):
            self._sell(profile, "2026-03-01", self.seller)
        proposals = self._propose()
        proposals.user_id = self.stranger
        second.user_id = self.mate
        proposals.action_assign()
        self.assertEqual((first.user_id, second.user_id), (self.stranger, self.mate))
        self.assertFalse(proposals.exists())

    def test_accepting_without_a_tick_takes_all_and_nothing_is_said_so(self):
        profile = self._create_customer("All")
        self._sell(profile, "2026-03-01", self.seller)
        self._propose()
        self.proposals.action_assign()
        self.assertEqual(profile.user_id, self.seller)
        with self.assertRaisesRegex(UserError, "Somebody is responsible"):
            self.proposals.action_assign()

    def test_a_person_without_access_is_refused_by_name(self):
        profile = self._create_customer("Refused")
        self._sell(profile, "2026-03-01", self.seller)
        proposal = self._propose()
        proposal.user_id = self.plain
        with self.assertRaisesRegex(UserError, "Plain has no Customer Success role"):
            proposal.action_assign()
        self.assertFalse(profile.user_id)

    def test_only_managers_get_proposals(self):
        for user in (self.seller, self.plain, self.portal):
            proposals = self.env["customer.owner.proposal"].with_user(user)
            with self.subTest(user=user.name):
                with self.assertRaisesRegex(AccessError, "Only managers assign"):
                    proposals._open()
                with self.assertRaises(AccessError):
                    proposals.action_assign()

    def test_proposing_takes_as_many_statements_for_a_hundred(self):
        def count(number):
            for index in range(number):
                profile = self._create_customer(f"Many {index}")
                self._sell(profile, "2026-03-01", self.seller)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.proposals._propose(self.company)
            return self.env.cr.sql_log_count - before

        count(1)
        few, many = count(1), count(12)
        self.assertLessEqual(many, few + 1)
