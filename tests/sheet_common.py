from .common import CustomerSuccessCase
from .paper_common import PaperCase

SHEET = "customer_success.report_customer_sheet"


class SheetCase(PaperCase, CustomerSuccessCase):
    """Prints the customer sheet as a real PDF, as a sales person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("sheet_sales", "user", lang="en_US", name="Sally")
        cls.colleague = cls._create_user("sheet_colleague", "user", lang="en_US")

    def _create_customer(self, name, user=None, paid=True):
        partner = self._create_partner(name, user_id=(user or self.sales).id)
        self._create_order(partner, "2026-10-01", 12000)
        invoice = self._create_invoice(partner, "2026-10-01", 12000)
        self._pay(invoice, "2026-10-05", None if paid else 4321)
        return self._score(partner)

    def _print(self, profiles, user=None):
        """Print the sheets in one file as a user; returns the PDF."""
        return self._print_paper(SHEET, profiles, user or self.sales)

    def _print_pages(self, profiles, user=None):
        """Return the text of each page, spaces collapsed."""
        return self._read_pages(self._print(profiles, user))
