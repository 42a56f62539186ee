import subprocess
import unicodedata

from odoo.tests import HttpCase, freeze_time

from .common import DAY


def run_tool(name, pdf, *arguments):
    """Return what one of the poppler tools says about a PDF."""
    done = subprocess.run(
        [name, *arguments], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()


class PaperCase(HttpCase):
    """Prints papers as real PDFs, as one person and in his language, and reads them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A missing printer fails here; Odoo alone would skip.
        state = cls.env["ir.actions.report"].get_wkhtmltopdf_state()
        assert state != "install", "wkhtmltopdf is missing"

    def _print_paper(self, paper, records, user):
        """Return the PDF of records."""
        report = self.env["ir.actions.report"].with_user(user)
        self.env.flush_all()
        self.env.invalidate_all()
        with freeze_time(f"{DAY} 12:00:00"):
            pdf, kind = report.with_context(
                force_report_rendering=True, lang=user.lang
            )._render_qweb_pdf(paper, records.ids)
        self.assertEqual(kind, "pdf")
        self.assertTrue(pdf.startswith(b"%PDF-"))
        return pdf

    def _read_text(self, pdf, layout="-layout"):
        """Return the text of a PDF, characters in their plain form."""
        return unicodedata.normalize(
            "NFKC", run_tool("pdftotext", pdf, layout, "-", "-")
        )

    def _read_pages(self, pdf):
        """Return the text of each page, spaces collapsed."""
        pages = self._read_text(pdf).split("\f")[:-1]
        return [" ".join(page.split()) for page in pages]
