from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.fields import Domain
from odoo.http import request, route
from werkzeug.exceptions import NotFound

from ..models.customer_case import OPEN_STATES
from .intake_tools import get_accepted, make_stamp

PER_PAGE = 20
# The address of a page of ours goes nowhere: it may carry the key of the case.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


class PortalCase(CustomerPortal):
    """What customers see of their cases.

    They have no rights on the model. Every page asks ``_find_for_customer`` who may see
    a case, reads it as superuser and shows an allow-list. Whatever is not theirs is
    answered as if it were not there.
    """

    # === HOME === #

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "case_count" in counters:
            values["case_count"] = self._count_cases(self._get_list_domain())
        return values

    # === LIST === #

    @route(
        ["/my/cases", "/my/cases/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def my_cases(self, page=1, sortby=None, filterby=None, **kwargs):
        """Show the cases of the customer whose login this is."""
        sortings, filters = self._get_sortings(), self._get_filters()
        sortby = sortby if sortby in sortings else "newest"
        filterby = filterby if filterby in filters else "all"
        domain = self._get_list_domain() & filters[filterby]["domain"]
        pager = portal_pager(
            url="/my/cases",
            url_args={"sortby": sortby, "filterby": filterby},
            total=self._count_cases(domain),
            page=page,
            step=PER_PAGE,
        )
        # sudo: customers have no rights on the model; the domain says whose they are
        cases_sudo = (
            request.env["customer.case"]
            .sudo()
            .search(
                domain,
                order=sortings[sortby]["order"],
                limit=PER_PAGE,
                offset=max(0, pager["offset"]),
            )
        )
        return self._render_case_page(
            "customer_success.portal_my_cases",
            {
                "cases": [case._get_portal_values() for case in cases_sudo],
                "default_url": "/my/cases",
                "filterby": filterby,
                "page_name": "customer_cases",
                "pager": pager,
                "searchbar_filters": filters,
                "searchbar_sortings": sortings,
                "sortby": sortby,
            },
        )

    def _get_list_domain(self):
        domain = request.env["customer.case"]._get_login_domain()
        return domain & Domain("merged_into_id", "=", False)

    def _count_cases(self, domain):
        # sudo: customers have no rights on the model; the domain says whose they are
        return request.env["customer.case"].sudo().search_count(domain)

    def _get_sortings(self):
        return {
            "newest": {
                "label": request.env._("Newest"),
                "order": "received_datetime desc, id desc",
            },
            "oldest": {
                "label": request.env._("Oldest"),
                "order": "received_datetime, id",
            },
            "subject": {"label": request.env._("Subject"), "order": "subject, id"},
        }

    def _get_filters(self):
        is_open = Domain("state", "in", OPEN_STATES)
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "open": {"label": request.env._("Being worked on"), "domain": is_open},
            "answer": {
                "label": request.env._("Waiting for your answer"),
                "domain": Domain("state", "=", "solved")
                | is_open & Domain("is_waiting", "=", True),
            },
            "closed": {"label": request.env._("Closed"), "domain": ~is_open},
        }

    # === ONE CASE === #

    @route(
        "/my/cases/<int:case_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def my_case(self, case_id, access_token=None, done=None, **kwargs):
        """Show one case to who has its link or a login of its customer."""
        case_sudo = request.env["customer.case"]._find_for_customer(
            case_id, access_token
        )
        if not case_sudo and request.env.user._is_public():
            # the same for a case that is not there
            return request.redirect(f"/web/login?redirect=/my/cases/{case_id}")
        if not case_sudo:
            raise NotFound()
        if survivor_sudo := case_sudo._get_survivor_for_customer():
            has_link = case_sudo._has_link(access_token)
            return self._redirect_to_case(survivor_sudo, has_link)
        return self._render_case(case_sudo, access_token, done=done)

    def _get_case(self, case_id, access_token):
        """Return a case as superuser that the visitor may see, else answer 404."""
        case_sudo = request.env["customer.case"]._find_for_customer(
            case_id, access_token
        )
        if not case_sudo:
            raise NotFound()
        return case_sudo

    def _render_case(self, case_sudo, access_token, **values):
        has_link = case_sudo._has_link(access_token)
        return self._render_case_page(
            "customer_success.portal_my_case",
            {
                "accepted": get_accepted(),
                "access_token": access_token if has_link else None,
                "rating": case_sudo._get_portal_rating(),
                "case": case_sudo._get_portal_values(),
                "conversation": case_sudo._get_portal_conversation(),
                "files": case_sudo._get_file_values(case_sudo._get_handed_in_files()),
                "is_preview": request.env.user._is_internal(),
                "no_breadcrumbs": request.env.user._is_public(),
                "page_name": "customer_case",
                "stamp": make_stamp(f"case-{case_sudo.id}"),
                "steps": case_sudo._get_portal_steps(),
                "texts": {},
                **values,
            },
        )

    def _redirect_to_case(self, case_sudo, has_link, done=None):
        """Answer with the page of a case, by its link or by the login."""
        query = {"done": done} if done else {}
        if has_link:
            query["access_token"] = case_sudo._portal_ensure_token()
        return request.redirect_query(f"/my/cases/{case_sudo.id}", query)

    def _render_case_page(self, template, values):
        if not request.env.context.get("tz"):
            # sudo: the time zone of the company is no secret
            company_sudo = request.env.company.sudo()
            request.update_context(tz=company_sudo._get_customer_tz())
        values = {**self._prepare_portal_layout_values(), **values}
        return request.render(template, values, headers=HEADERS)
