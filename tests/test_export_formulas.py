import csv
import io
import json
import zipfile

from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged

from .service_common import ServiceCase

NOW = "2026-11-16 02:00:00"
STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


@tagged("post_install", "-at_install")
class TestExportFormulas(ServiceCase, HttpCase):
    """What strangers wrote is text in every spreadsheet that Odoo writes of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("export_user", "user,base.group_allow_export")
        with freeze_time(NOW):
            cls.cases = cls.env["customer.case"]
            for start in STARTS:
                cls.cases |= cls.cases._open_case(
                    {
                        "subject": f"{start}cmd|' /C calc'!A0",
                        "contact_name": f"{start}1+1",
                        "contact_email": "+ann@customer.example",
                        "company_id": cls.company.id,
                    }
                )

    def _export(self, route, groupby=(), model="customer.case", records=None):
        names = ["subject", "contact_name", "contact_email"]
        self.authenticate(self.user.login, self.user.login)
        self.env.flush_all()
        fields = [
            {"name": name, "label": name, "store": True, "type": "char"}
            for name in (names if model == "customer.case" else ["name"])
        ]
        data = {
            "model": model,
            "fields": fields,
            "ids": (records or self.cases).ids,
            "domain": [],
            "groupby": list(groupby),
            "import_compat": False,
            "context": {"allowed_company_ids": self.company.ids},
        }
        response = self._post(f"/web/export/{route}", data)
        self.assertEqual(response.status_code, 200)
        return response.content

    def _post(self, url, data):
        return self.url_open(
            url,
            {"data": json.dumps(data), "csrf_token": Request.csrf_token(self)},
            timeout=60,
        )

    def _read_workbook(self, content):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [archive.read(name).decode() for name in archive.namelist()]

    def test_what_came_in_is_stored_as_it_was_written(self):
        self.assertEqual([case.contact_name[0] for case in self.cases], [*STARTS])

    def test_a_workbook_holds_text_and_no_formula(self):
        for groupby in ((), ["contact_name"], ["contact_name", "subject"]):
            with self.subTest(groupby=groupby):
                pages = self._read_workbook(self._export("xlsx", groupby))
                self.assertFalse([page for page in pages if "<f>" in page])
                text = "".join(pages)
                self.assertIn("=cmd|", text)
                self.assertIn(">+ann@customer.example<", text)

    def test_a_csv_file_holds_no_cell_that_begins_a_formula(self):
        content = self._export("csv").decode()
        rows = list(csv.reader(io.StringIO(content)))
        self.assertEqual(len(rows), 9)
        for row in rows:
            for cell in row:
                self.assertFalse(cell.startswith(STARTS), cell)
        self.assertIn("'@1+1", content)

    def test_csv_files_of_other_models_stay_as_core_writes_them(self):
        partner = self._create_partner("@home")
        content = self._export("csv", model="res.partner", records=partner).decode()
        self.assertIn('"@home"', content)

    def test_a_heading_of_a_pivot_table_is_no_formula(self):
        table = {
            "title": "Cases",
            "model": "customer.case",
            "measure_count": 1,
            "origin_count": 1,
            "col_group_headers": [[{"title": "=1+1", "width": 1, "height": 1}]],
            "measure_headers": [{"title": "Count", "is_bold": False}],
            "origin_headers": [],
            "rows": [{"title": "=1+1", "indent": 1, "values": [{"value": 8}]}],
        }
        self.authenticate(self.user.login, self.user.login)
        content = self._post("/web/pivot/export_xlsx", table).content
        pages = self._read_workbook(content)
        self.assertFalse([page for page in pages if "<f>" in page])
        self.assertIn("'=1+1", "".join(pages))
