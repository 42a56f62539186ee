from odoo import fields, models


class ResPartner(models.Model):
    """Whether a person wants to be asked."""

    _inherit = "res.partner"

    is_survey_refused = fields.Boolean(
        "No Questionnaires",
        groups="base.group_user",
        help="This person does not want to be asked: no invitation is sent.",
    )
