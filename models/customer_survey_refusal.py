from urllib.parse import urljoin

from odoo import api, models
from odoo.tools import hash_sign, verify_hash_signed

SCOPE = "customer_success_survey_refusal"
REFUSAL_PATH = "/customer/questionnaires"


class CustomerSurveyInvitation(models.Model):
    """The link by which an invited person says that he does not want to be asked."""

    _inherit = "customer.survey.invitation"

    def _get_refusal_url(self):
        """Return the page of this person; it stands in his mail alone, for good."""
        self.ensure_one()
        # sudo: the secret of the database signs
        token = hash_sign(self.env(su=True), SCOPE, [self.id])
        return urljoin(self.get_base_url(), f"{REFUSAL_PATH}/{token}")

    @api.model
    def _find_by_refusal(self, token):
        """Return the invitation of a signed link as superuser, none of any other text."""
        none = self.sudo().browse()
        try:
            # sudo: the secret of the database checks
            values = verify_hash_signed(self.env(su=True), SCOPE, token)
        except (ValueError, AttributeError):
            return none
        return none.browse(values or []).exists()

    def _prepare_mail_headers(self):
        """Return what lets mail programs offer the link, and machines keep silent."""
        return {
            "List-Unsubscribe": f"<{self._get_refusal_url()}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Precedence": "bulk",
            "X-Auto-Response-Suppress": "All",
        }

    def _refuse(self, is_refused):
        """Note on the contact whether he wants to be asked; said twice it is one note."""
        self.ensure_one()
        partner_sudo = self.sudo().partner_id  # sudo: who has the link says it himself
        if partner_sudo.is_survey_refused == is_refused:
            return
        partner_sudo.is_survey_refused = is_refused
        # read by our own people
        env = self.with_context(lang=self.company_id.partner_id.lang).env
        partner_sudo._message_log(
            body=env._("Does not want questionnaires: said by the link in our mail.")
            if is_refused
            else env._("Takes questionnaires again: said by the link in our mail.")
        )
