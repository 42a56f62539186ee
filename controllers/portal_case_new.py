from odoo.exceptions import UserError
from odoo.http import request, route

from ..intake import clean_line, clean_text
from .intake_tools import (
    MAX_REQUEST_BYTES,
    get_accepted,
    is_within_rate,
    keep_uploads,
    make_stamp,
    read_stamp,
    read_uploads,
)
from .portal_case import PortalCase

NEW_PER_HOUR = 20
KINDS = ("enquiry", "complaint", "suggestion")


class PortalCaseNew(PortalCase):
    """A new case of a customer with a login."""

    @route(
        "/my/cases/new",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
        max_content_length=MAX_REQUEST_BYTES,
    )
    def my_case_new(self, **post):
        """Show the form; take what was written, field by field."""
        if not request.env.user.share:
            return request.redirect("/my/cases")  # a colleague writes a case in the app
        if request.httprequest.method == "GET":
            kind = post.get("kind")
            return self._render_new({"kind": kind if kind in KINDS else "enquiry"})
        texts = {
            "kind": post.get("kind"),
            "subject": clean_line(post.get("subject")),
            "description": clean_text(post.get("description")),
            "is_urgent": bool(post.get("is_urgent")),
        }
        try:
            with request.env.cr.savepoint():
                return self._take_new(texts, post.get("stamp"))
        except UserError as error:
            return self._render_new(texts, error=str(error))

    def _take_new(self, texts, stamp):
        found = read_stamp(self._get_new_scope(), stamp)
        if not found:
            raise UserError(
                request.env._("This page was open for too long. Please send it again.")
            )
        if texts["kind"] not in KINDS:
            raise UserError(request.env._("Please choose what it is about."))
        if not texts["subject"] or not texts["description"]:
            raise UserError(request.env._("Please write a subject and what happened."))
        files = read_uploads()
        key = found[0]
        if not is_within_rate(f"portal_new-{request.env.uid}", NEW_PER_HOUR, key):
            raise UserError(
                request.env._("You wrote very often. Please try again in an hour.")
            )
        case_sudo = request.env["customer.case"]._open_case(
            {
                "source": "portal",
                "kind": texts["kind"],
                "urgency": "urgent" if texts["is_urgent"] else "normal",
                "subject": texts["subject"],
                "description": texts["description"],
                "partner_id": request.env.user.partner_id.id,
                "company_id": request.env.company.id,
            },
            key=f"portal:{request.env.uid}:{key}",
        )
        keep_uploads(case_sudo, files)
        return self._redirect_to_case(case_sudo, has_link=False, done="received")

    def _render_new(self, texts, **values):
        return self._render_case_page(
            "customer_success.portal_my_case_new",
            {
                "accepted": get_accepted(),
                "kinds": self._get_kinds(),
                "page_name": "customer_case_new",
                "stamp": make_stamp(self._get_new_scope()),
                "texts": texts,
                **values,
            },
        )

    def _get_kinds(self):
        field = request.env["customer.case"]._fields["kind"]
        return dict(field._description_selection(request.env))

    def _get_new_scope(self):
        return f"portal-{request.env.uid}"
