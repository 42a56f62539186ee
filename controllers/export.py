"""What strangers wrote is text in a spreadsheet, whatever it begins with.

Core writes ``=HYPERLINK(...)`` into a workbook as a live formula, also as the heading
of a group, and guards three of the signs that begin a formula in a CSV file.
"""

import json

from odoo.addons.web.controllers import export, pivot
from odoo.http import request, route

from ..intake import guard_formula


class TextXlsxWriter(export.ExportXlsxWriter):
    """A workbook without formulas."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.worksheet.strings_to_formulas = False


class TextGroupXlsxWriter(export.GroupExportXlsxWriter):
    """A workbook with headings of groups, without formulas."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.worksheet.strings_to_formulas = False


class ExcelExport(export.ExcelExport):
    """Workbooks of all models: nothing in an export is meant as a formula."""

    def from_data(self, fields, columns_headers, rows):
        """Override of web: the same with the other writer."""
        with TextXlsxWriter(fields, columns_headers, len(rows)) as writer:
            for row_index, row in enumerate(rows):
                for cell_index, cell_value in enumerate(row):
                    writer.write_cell(row_index + 1, cell_index, cell_value)
        return writer.value

    def from_group_data(self, fields, columns_headers, groups):
        """Override of web: the same with the other writer."""
        with TextGroupXlsxWriter(fields, columns_headers, groups.count) as writer:
            row, column = 1, 0
            for name, group in groups.children.items():
                row, column = writer.write_group(row, column, name, group)
        return writer.value


class CSVExport(export.CSVExport):
    """CSV files of our models."""

    def from_data(self, fields, columns_headers, rows):
        """Override of web: guard all signs that begin a formula."""
        if self._get_exported_model().startswith("customer."):
            rows = [
                [guard_formula(cell) if isinstance(cell, str) else cell for cell in row]
                for row in rows
            ]
        return super().from_data(fields, columns_headers, rows)

    def _get_exported_model(self):
        return json.loads(request.params["data"])["model"]


class TableExporter(pivot.TableExporter):
    """Workbooks of pivot tables: what rows and columns are grouped by is text."""

    @route()
    def export_xlsx(self, data, **kw):
        """Override of web: guard the headings, which come back from the browser."""
        table = json.loads(data) if isinstance(data, str) else json.load(data)
        for row in (table or {}).get("col_group_headers", []):
            for heading in row:
                heading["title"] = guard_formula(str(heading["title"]))
        return super().export_xlsx(json.dumps(table), **kw)
