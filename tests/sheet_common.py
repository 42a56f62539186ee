import subprocess
import unicodedata

from odoo.tests import HttpCase, freeze_time

from .common import DAY, CustomerSuccessCase

SHEET = "customer_success.report_customer_sheet"


def run_tool(name, pdf, *arguments):
    """Return what one of the poppler tools says about a PDF."""
    done = subprocess.run(
        [name, *arguments], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()


class SheetCase(HttpCase, CustomerSuccessCase):
    """Prints the customer sheet as a real PDF, as a sales person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A missing printer fails here; Odoo alone would skip.
        state = cls.env["ir.actions.report"].get_wkhtmltopdf_state()
        assert state != "install", "wkhtmltopdf is missing"
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
        report = self.env["ir.actions.report"].with_user(user or self.sales)
        lang = (user or self.sales).lang
        self.env.flush_all()
        self.env.invalidate_all()
        with freeze_time(f"{DAY} 12:00:00"):
            pdf, kind = report.with_context(
                force_report_rendering=True, lang=lang
            )._render_qweb_pdf(SHEET, profiles.ids)
        self.assertEqual(kind, "pdf")
        self.assertTrue(pdf.startswith(b"%PDF-"))
        return pdf

    def _print_pages(self, profiles, user=None):
        """Return the text of each page, spaces collapsed."""
        pdf = self._print(profiles, user)
        text = unicodedata.normalize(
            "NFKC", run_tool("pdftotext", pdf, "-layout", "-", "-")
        )
        return [" ".join(page.split()) for page in text.split("\f")[:-1]]
