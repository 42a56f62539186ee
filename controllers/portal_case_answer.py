from odoo.exceptions import UserError
from odoo.http import request, route
from werkzeug.exceptions import NotFound, TooManyRequests

from ..intake import clean_text
from .intake_tools import (
    MAX_REQUEST_BYTES,
    is_within_rate,
    read_stamp,
    read_uploads,
)
from .portal_case import PortalCase

# Of one login, or of one address without a login, in an hour.
ANSWERS_PER_HOUR = 60
# Ten thousand characters, three escaped bytes each, and their wrapping.
SMALL_REQUEST_BYTES = 256 * 1024
# Without a login too: the link of the case says whose it is.
ANSWER = {
    "type": "http",
    "auth": "public",
    "methods": ["POST"],
    "website": True,
    "multilang": False,
    "sitemap": False,
}


class PortalCaseAnswer(PortalCase):
    """What customers answer on the page of their case.

    Only customers: a colleague who looks at the page cannot answer in their name.
    """

    @route(
        "/my/cases/<int:case_id>/reply",
        **ANSWER,
        max_content_length=MAX_REQUEST_BYTES,
    )
    def my_case_reply(self, case_id, access_token=None, text="", stamp="", **kwargs):
        """Take a message of the customer with his files."""
        case_sudo = self._get_case_to_answer(case_id, access_token)
        text = clean_text(text)
        key = self._read_key(case_sudo, stamp)
        if not key:
            return self._refuse(
                case_sudo, access_token, self._word_expired(), reply=text
            )
        try:
            files = read_uploads()
            if not text and not files:
                raise UserError(request.env._("Please write a message."))
            with request.env.cr.savepoint():
                case_sudo._take_customer_reply(text, files, key)
        except UserError as error:
            return self._refuse(case_sudo, access_token, str(error), reply=text)
        return self._thank(case_sudo, access_token, "sent")

    @route(
        "/my/cases/<int:case_id>/confirm",
        **ANSWER,
        max_content_length=SMALL_REQUEST_BYTES,
    )
    def my_case_confirm(
        self, case_id, access_token=None, answer="", text="", stamp="", **kwargs
    ):
        """Take the customer's word on whether his case is solved."""
        case_sudo = self._get_case_to_answer(case_id, access_token)
        text = clean_text(text)
        key = self._read_key(case_sudo, stamp)
        if answer not in ("yes", "no") or not key:
            return self._refuse(
                case_sudo, access_token, self._word_expired(), missing=text
            )
        if case_sudo.state != "solved":
            return self._thank(case_sudo, access_token, None)  # answered before
        if answer == "no" and not text:
            return self._refuse(
                case_sudo,
                access_token,
                request.env._("Please tell us what is still missing."),
            )
        try:
            with request.env.cr.savepoint():
                case_sudo._confirm_by_customer(answer == "yes", text)
                if answer == "no":
                    case_sudo._take_customer_reply(text, [], key)
        except UserError as error:
            return self._refuse(case_sudo, access_token, str(error), missing=text)
        done = "confirmed" if answer == "yes" else "reopened"
        return self._thank(case_sudo, access_token, done)

    @route(
        "/my/cases/<int:case_id>/rate",
        **ANSWER,
        max_content_length=SMALL_REQUEST_BYTES,
    )
    def my_case_rate(
        self, case_id, access_token=None, rate="", text="", stamp="", **kwargs
    ):
        """Take how satisfied the customer is, from 1 to 5."""
        case_sudo = self._get_case_to_answer(case_id, access_token)
        text = clean_text(text)
        if rate not in ("1", "2", "3", "4", "5"):
            error = request.env._("Please choose 1 to 5.")
            return self._refuse(case_sudo, access_token, error, rating=text)
        if not self._read_key(case_sudo, stamp):
            return self._refuse(
                case_sudo, access_token, self._word_expired(), rating=text
            )
        if not case_sudo._can_be_rated():
            return self._thank(case_sudo, access_token, None)
        case_sudo._rate_by_customer(int(rate), text)
        return self._thank(case_sudo, access_token, "rated")

    # === TOOLS === #

    def _get_case_to_answer(self, case_id, access_token):
        case_sudo = self._get_case(case_id, access_token)
        if request.env.user._is_internal() or case_sudo.merged_into_id:
            raise NotFound()
        if not is_within_rate(f"portal-{request.env.uid}", ANSWERS_PER_HOUR):
            raise TooManyRequests()
        return case_sudo

    def _read_key(self, case_sudo, stamp):
        """Return the one-time key of a page of this case, none when it is too old."""
        found = read_stamp(f"case-{case_sudo.id}", stamp)
        return found and found[0]

    def _word_expired(self):
        return request.env._("This page was open for too long. Please send it again.")

    def _refuse(self, case_sudo, access_token, error, **texts):
        """Show the page again with what was written and what is wrong with it."""
        return self._render_case(case_sudo, access_token, error=error, texts=texts)

    def _thank(self, case_sudo, access_token, done):
        return self._redirect_to_case(
            case_sudo, case_sudo._has_link(access_token), done
        )
