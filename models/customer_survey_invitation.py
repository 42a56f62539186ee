from urllib.parse import urljoin

from odoo import fields, models

STATES = [
    ("sent", "Invited"),
    ("reminded", "Reminded"),
    ("answered", "Filled In"),
    ("expired", "Not Answered"),
]
WAITING_STATES = ("sent", "reminded")


class CustomerSurveyInvitation(models.Model):
    """One person asked to answer one questionnaire of a period.

    The row is the promise not to ask twice: it is written together with the mail, which
    the mail queue sends later.
    """

    _name = "customer.survey.invitation"
    _description = "Survey Invitation"
    _inherit = ["customer.fact.mixin"]
    _order = "date desc, id desc"
    _rec_name = "survey_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        readonly=True,
        required=True,
        ondelete="cascade",
        index=True,
    )
    survey_id = fields.Many2one(
        "survey.survey",
        "Questionnaire",
        readonly=True,
        required=True,
        ondelete="cascade",
        index=True,
    )
    cadence_id = fields.Many2one(
        "customer.survey.cadence",
        "Survey Cadence",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    user_input_id = fields.Many2one(
        "survey.user_input",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups="survey.group_survey_user",
    )
    period = fields.Date(
        readonly=True, required=True, help="First day of the period of the cadence."
    )
    date = fields.Date("Invited On", readonly=True, required=True, index=True)
    date_reminded = fields.Date("Reminded On", readonly=True)
    date_reminder = fields.Date("Remind On", readonly=True)
    date_expiry = fields.Date("Valid Until", readonly=True, required=True)
    state = fields.Selection(
        STATES, "Status", readonly=True, required=True, default="sent"
    )
    answered_datetime = fields.Datetime("Answer Given At", readonly=True)
    url = fields.Char(
        "Link",
        compute="_compute_url",
        groups="base.group_system",
        help="Who has it answers for the contact: it stands in his mail alone.",
    )

    _period_uniq = models.Constraint(
        "UNIQUE (profile_id, survey_id, period)",
        "This customer was invited to this questionnaire in this period already.",
    )
    _waiting_idx = models.Index(
        "(company_id, date_reminder) WHERE state IN ('sent', 'reminded')"
    )

    # === COMPUTE METHODS === #

    def _compute_url(self):
        for invitation in self:
            answer = invitation.user_input_id
            invitation.url = answer and urljoin(
                invitation.get_base_url(), answer.get_start_url()
            )
