from odoo.http import request, route
from werkzeug.exceptions import NotFound

from .portal_case import HEADERS, PortalCase


class PortalCaseFile(PortalCase):
    """Files of a case, for who may see the case."""

    @route(
        "/my/cases/<int:case_id>/file/<int:file_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def my_case_file(self, case_id, file_id, access_token=None, **kwargs):
        """Send a file that the customer sent or was sent; saved, never shown.

        Whatever a file claims to be, no browser opens it as a page of ours.
        """
        case_sudo = self._get_case(case_id, access_token)
        file_sudo = case_sudo._get_portal_files().filtered(
            lambda item: item.id == file_id
        )
        if not file_sudo or file_sudo.type != "binary":
            raise NotFound()
        stream = request.env["ir.binary"]._get_stream_from(file_sudo)
        response = stream.get_response(as_attachment=True)
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
