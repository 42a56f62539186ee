import logging

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import email_normalize

from ..intake import clean_line, clean_phone, clean_text, make_reference
from ..models.customer_case_reference import FORM_KEY
from . import intake_tools as tools

_logger = logging.getLogger(__name__)

ROUTE = "/customer/feedback/<string:token>"
# Messages of one address within an hour: kept, and tried at all.
KEPT_LIMIT, TRIED_LIMIT = 5, 60
# Nobody reads the page and writes a message sooner (seconds).
FILL_SECONDS = 2
# What a stranger may say; everything else of a request is not even read.
LINES = {"name": 100, "company": 100, "email": 200}
SUBJECT_LIMIT = 80
TEXT_LIMIT = 5000


class FeedbackForm(http.Controller):
    """The public page by which anybody who has its address writes to us."""

    @http.route(
        ROUTE,
        type="http",
        auth="public",
        methods=["GET"],
    )
    def show(self, token, **_kwargs):
        """Show the form of a desk that has one."""
        desk_sudo = self._find_desk(token)
        if not desk_sudo:
            return tools.not_found()
        return self._show(desk_sudo)

    @http.route(
        ROUTE,
        type="http",
        auth="public",
        methods=["POST"],
        captcha="customer_feedback",
        max_content_length=tools.MAX_REQUEST_BYTES,
    )
    def send(self, token, **post):
        """Open one case of a message; every refusal tells how to go on."""
        desk_sudo = self._find_desk(token)
        if not desk_sudo:
            return tools.not_found()
        stamp = tools.read_stamp(self._get_scope(desk_sudo), post.get("stamp"))
        if not tools.is_within_rate("form_tried", TRIED_LIMIT, stamp and stamp[0]):
            return tools.too_many()
        values = self._read_values(desk_sudo, post)
        if post.get("homepage"):  # no person sees this field
            return self._thank(desk_sudo, stamp)
        try:
            self._check_values(values, stamp)
            files = tools.read_uploads()
        except UserError as error:
            return self._show(desk_sudo, values, str(error), stamp and post["stamp"])
        if not tools.is_within_rate("form", KEPT_LIMIT, key=stamp[0]):
            return tools.too_many()
        error = self._open_case(desk_sudo, values, files, stamp[0])
        return (
            self._show(desk_sudo, values, error)
            if error
            else self._thank(desk_sudo, stamp)
        )

    # --- the desk ----------------------------------------------------------------

    def _find_desk(self, token):
        """Return the desk as superuser, with the words of the reader's language."""
        tools.choose_language(
            request.env["customer.service.desk"]._get_form_languages()
        )
        if not tools.is_token(token):
            return None
        return request.env["customer.service.desk"]._find_published(token)

    def _get_scope(self, desk_sudo):
        return f"feedback-{desk_sudo.id}"

    # --- what was written --------------------------------------------------------

    def _read_values(self, desk_sudo, post):
        """Return the words of the allow-list, made harmless."""
        values = {
            name: clean_line(post.get(name), limit) for name, limit in LINES.items()
        }
        values["phone"] = clean_phone(post.get("phone"))
        values["text"] = clean_text(post.get("text"), TEXT_LIMIT)
        kinds = desk_sudo._get_kinds()
        values["kind"] = post.get("kind") if post.get("kind") in kinds else kinds[0]
        return values

    def _check_values(self, values, stamp):
        env = request.env
        if not stamp:
            raise UserError(
                env._(
                    "This page was open for a long time. Please press Send once more."
                )
            )
        if stamp[1] < FILL_SECONDS:
            raise UserError(
                env._("That was very fast. Please look at your message and press Send.")
            )
        if not values["text"]:
            raise UserError(env._("Please write what it is about."))
        if values["email"] and not email_normalize(values["email"]):
            raise UserError(env._("Please check your e-mail address."))
        if not values["email"] and not values["phone"]:
            raise UserError(
                env._("Please leave an e-mail address or a telephone number.")
            )

    def _open_case(self, desk_sudo, values, files, key):
        """Open the case of this key; sent twice, it is the same one with its files.

        :return: what to tell the sender when there is none, else None
        """
        # sudo: visitors have no rights; what they sent is checked
        cases_sudo = request.env["customer.case"].sudo()
        key = f"{FORM_KEY}{key}"
        vals = self._prepare_case_vals(desk_sudo, values)
        try:
            with request.env.cr.savepoint():
                case_sudo = cases_sudo.with_company(desk_sudo.company_id)._open_case(
                    vals, key=key
                )
                tools.keep_uploads(case_sudo, files)
        except UserError as error:
            if cases_sudo.search_count([("intake_key", "=", key)], limit=1):
                return request.env._(
                    "Your first message has reached us. To send this one as well, press"
                    " Send once more."
                )
            # What we tell each other about our records is nothing for strangers.
            _logger.warning("A message of the public form was refused: %s", error)
            return request.env._("Your message could not be taken. Please call us.")
        return None

    def _prepare_case_vals(self, desk_sudo, values):
        first_line = values["text"].split("\n", 1)[0]
        return {
            "source": "form",
            "desk_id": desk_sudo.id,
            "kind": values["kind"],
            "subject": clean_line(first_line, SUBJECT_LIMIT),
            "description": values["text"],
            "contact_name": values["name"],
            "contact_company": values["company"],
            "contact_email": values["email"],
            "contact_phone": values["phone"],
            "lang": request.env.context["lang"],
        }

    # --- pages -------------------------------------------------------------------

    def _show(self, desk_sudo, values=None, error=None, stamp=None):
        """Show the form, with what was written when something is to be done about it.

        :param stamp: the one to keep, for the same message; else a new one is made
        """
        return tools.respond(
            "feedback_form",
            {
                "desk": desk_sudo,
                "kinds": desk_sudo._get_kinds(),
                "languages": desk_sudo._get_form_languages(),
                "values": values or {},
                "error": error,
                "stamp": stamp or tools.make_stamp(self._get_scope(desk_sudo)),
                "files_hint": tools.get_limits_text(),
                "max_files": tools.MAX_FILES,
                "max_megabytes": tools.MAX_FILE_MEGABYTES,
                "max_text": TEXT_LIMIT,
                "accepted": tools.get_accepted(),
                "captcha": tools.get_captcha_key(),
            },
        )

    def _thank(self, desk_sudo, stamp):
        reference = make_reference(stamp[0]) if stamp else ""
        return tools.respond(
            "feedback_thanks", {"desk": desk_sudo, "reference": reference}
        )
