from odoo.tests import freeze_time, tagged

from .common import DAY, CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestDocuments(CustomerSuccessCase):
    """The figures on a customer open exactly the documents they count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._create_partner("Documents")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Documents, buyer", "parent_id": cls.partner.id}
        )
        cls._create_order(cls.partner, "2025-11-21", 100)  # a day too early
        cls.orders = cls._create_order(cls.partner, "2025-11-22", 200)
        cls.orders |= cls._create_order(cls.contact, "2026-11-21", 400)
        cls._create_invoice(cls.partner, "2025-11-21", 100)
        cls.invoices = cls._create_invoice(cls.partner, "2025-11-22", 200)
        cls.invoices |= cls._create_invoice(cls.contact, "2026-11-21", 400)
        cls.invoices |= cls._create_invoice(
            cls.partner, "2026-06-01", 50, move_type="out_refund"
        )

    def _open(self, profile, button):
        with freeze_time(f"{DAY} 12:00:00"):
            action = getattr(profile, button)()
        return self.env[action["res_model"]].search(action["domain"])

    def test_order_button_opens_the_orders_of_twelve_months(self):
        profile = self._score(self.partner)
        self.assertEqual(profile.order_count_12m, 2)
        self.assertEqual(self._open(profile, "action_open_orders"), self.orders)

    def test_amount_button_opens_the_invoices_it_is_made_of(self):
        profile = self._score(self.partner)
        self.assertEqual(profile.amount_12m, 550)  # 200 + 400 - 50
        self.assertEqual(self._open(profile, "action_open_amount"), self.invoices)

    def test_amount_button_follows_the_money_source(self):
        self.company.customer_money_source = "ordered"
        profile = self._score(self.partner)
        self.assertEqual(profile.amount_12m, 600)
        self.assertEqual(self._open(profile, "action_open_amount"), self.orders)

    def test_without_orders_the_order_button_opens_the_invoices_counted(self):
        partner = self._create_partner("Invoices only")
        invoice = self._create_invoice(partner, "2026-10-01", 70)
        profile = self._score(partner)
        self.assertEqual(profile.order_count_12m, 1)
        self.assertEqual(self._open(profile, "action_open_orders"), invoice)
