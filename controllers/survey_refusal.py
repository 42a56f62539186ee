from odoo import http
from odoo.http import request

from ..models.customer_survey_refusal import REFUSAL_PATH
from . import intake_tools as tools

# The words of two buttons, or of a mail program.
MAX_REFUSAL_BYTES = 16 * 1024


class SurveyRefusal(http.Controller):
    """The page by which an invited person ends our questionnaires, and takes them again."""

    @http.route(
        f"{REFUSAL_PATH}/<string:token>", type="http", auth="public", methods=["GET"]
    )
    def show(self, token, **_kwargs):
        """Ask; nothing changes yet, because scanners of mails open every link."""
        invitation_sudo = self._find(token)
        return self._show(invitation_sudo) if invitation_sudo else tools.not_found()

    @http.route(
        f"{REFUSAL_PATH}/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # mail programs send it (RFC 8058): the signed link is the key
        max_content_length=MAX_REFUSAL_BYTES,
    )
    def save(self, token, **post):
        """Note what he wants; a mail program sends no more than the link."""
        invitation_sudo = self._find(token)
        if not invitation_sudo:
            return tools.not_found()
        invitation_sudo._refuse(post.get("wish") != "ask")
        return self._show(invitation_sudo)

    def _find(self, token):
        """Return the invitation as superuser, with the words of its reader's language."""
        languages = request.env["customer.service.desk"]._get_form_languages()
        if not tools.is_token(token):
            tools.choose_language(languages)
            return None
        invitations = request.env["customer.survey.invitation"]
        invitation_sudo = invitations._find_by_refusal(token)
        own = invitation_sudo.partner_id.lang
        lang = tools.choose_language(sorted(languages, key=lambda code: code != own))
        return invitation_sudo.with_context(lang=lang)

    def _show(self, invitation_sudo):
        return tools.respond(
            "survey_refusal",
            {
                "company": invitation_sudo.company_id.name,
                "is_refused": invitation_sudo.partner_id.is_survey_refused,
                "languages": request.env["customer.service.desk"]._get_form_languages(),
            },
        )
