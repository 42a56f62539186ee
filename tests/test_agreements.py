from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import DAY, CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestAgreements(CustomerSuccessCase):
    """Contracts and projects, their stages, orders and renewals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("agreement_sales", "user", lang="en_US")
        cls.partner = cls._create_partner("Agreement Customer", user_id=cls.sales.id)
        cls.profile = cls.env["customer.profile"]._get_or_create(
            cls.partner, cls.company
        )
        cls.other = cls.env["customer.profile"]._get_or_create(
            cls._create_partner("Other Customer", user_id=cls.sales.id), cls.company
        )

    def setUp(self):
        super().setUp()
        self._freeze()

    def _create_agreement(self, profile=None, user=None, **values):
        agreements = self.env["customer.agreement"].with_user(user or self.sales)
        return agreements.create(
            {"profile_id": (profile or self.profile).id, "name": "Service", **values}
        )

    def _get_renewals(self, agreement):
        return self.env["customer.milestone"].search(
            [("agreement_id", "=", agreement.id)]
        )

    def test_end_of_a_contract_becomes_a_renewal_and_follows_it(self):
        contract = self._create_agreement(
            date_start="2026-01-02", date_end="2027-01-02", amount=120000
        )
        renewal = self._get_renewals(contract)
        self.assertRecordValues(
            renewal,
            [
                {
                    "kind": "renewal",
                    "profile_id": self.profile.id,
                    "name": "Service",
                    "amount": 120000,
                    "renewal_state": "open",
                }
            ],
        )
        self.assertEqual(str(renewal.date), "2027-01-02")
        contract.date_end = "2027-03-31"
        self.assertEqual(str(self._get_renewals(contract).date_end), "2027-03-31")
        contract.action_archive()
        self.assertFalse(self._get_renewals(contract))

    def test_a_project_and_a_contract_without_end_renew_nothing(self):
        project = self._create_agreement(kind="project", date_end="2027-01-02")
        endless = self._create_agreement()
        self.assertFalse(self._get_renewals(project) | self._get_renewals(endless))

    def test_only_orders_of_the_customer_can_belong_to_it(self):
        contact = self._create_partner(
            "Buyer", parent_id=self.partner.id, is_company=False
        )
        order = self._create_order(contact, "2026-10-01", 100, user_id=self.sales.id)
        foreign = self._create_order(self.other.partner_id, "2026-10-01", 100)
        agreement = self._create_agreement(sale_order_ids=[Command.set(order.ids)])
        action = agreement.action_open_orders()
        self.assertEqual(self.env["sale.order"].search(action["domain"]), order)
        with self.assertRaisesRegex(ValidationError, foreign.name):
            agreement.sudo().sale_order_ids = [Command.link(foreign.id)]

    def test_dates_in_order_and_amounts_that_can_be_used(self):
        for values in ({"date_start": DAY, "date_end": "2026-11-20"}, {"amount": -1}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self._create_agreement(**values)
        with self.assertRaises(ValidationError):
            self._create_agreement(amount=float("nan"))
        self.assertEqual(self._create_agreement(date_start=DAY, date_end=DAY).amount, 0)

    def test_every_stage_is_a_column_and_moving_a_card_is_noted(self):
        agreement = self._create_agreement()
        board = self.env["customer.agreement"].with_context(read_group_expand=True)
        stages = board.web_read_group(
            [("profile_id", "=", self.profile.id)], ["stage"]
        )["groups"]
        self.assertEqual(
            [group["stage"] for group in stages],
            ["requirement", "negotiation", "signing", "implementation",
             "after_sales", "closed"],
        )  # fmt: skip
        agreement = agreement.with_context(tracking_disable=False)
        self.env.flush_all()
        self.env.cr.precommit.run()  # what follows is another transaction
        agreement.stage = "signing"
        self.env.flush_all()
        self.env.cr.precommit.run()
        values = agreement.message_ids.sudo().tracking_value_ids
        self.assertEqual(
            (values.old_value_char, values.new_value_char),
            ("Requirement Research", "Contract Signing"),
        )

    def test_agreements_move_to_the_customer_that_stays_with_their_renewal(self):
        contract = self._create_agreement(date_end="2027-01-02")
        self.profile._merge_into(self.other)
        self.assertEqual(contract.profile_id, self.other)
        renewal = self._get_renewals(contract)
        self.assertEqual(renewal.profile_id, self.other)
        contract.date_end = "2027-06-30"
        self.assertEqual(self._get_renewals(contract), renewal)
        self.assertEqual(str(renewal.date), "2027-06-30")

    def test_somebody_of_another_team_neither_reads_nor_writes(self):
        stranger = self._create_user("agreement_stranger", "user")
        contract = self._create_agreement().with_user(stranger)
        for attempt in (
            lambda: contract.read(["amount"]),
            lambda: contract.write({"stage": "closed"}),
            contract.action_open_orders,
            lambda: self._create_agreement(user=stranger),
        ):
            with self.assertRaises(AccessError):
                attempt()
