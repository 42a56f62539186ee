from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import SURVEY_DEADLINE_DAYS


class CustomerSurveyCadence(models.Model):
    """How often customers of some tiers are asked, by which questionnaire.

    Of several that match a customer the one of the company beats the shared one, then
    the first one counts.
    """

    _name = "customer.survey.cadence"
    _description = "Survey Cadence"
    _inherit = ["customer.tier.codes.mixin", "customer.finite.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    survey_id = fields.Many2one(
        "survey.survey",
        "Questionnaire",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("customer_kind", "!=", False)],
    )
    months = fields.Integer(
        "Every (months)", required=True, default=12, aggregator=None
    )
    reminder_days = fields.Integer(
        "Remind After (days)",
        required=True,
        default=7,
        aggregator=None,
        help="Once, and only who has not answered. 0: nobody is reminded.",
    )
    guard_days = fields.Integer(
        "Not Asked Twice Within (days)",
        required=True,
        default=30,
        aggregator=None,
        help="Nobody gets a second questionnaire of ours in this time. Ratings after a"
        " case are no questionnaire.",
    )
    max_per_year = fields.Integer(
        "At Most per Person and Year",
        required=True,
        default=4,
        aggregator=None,
        help="Questionnaires of ours in twelve months, whatever the cadence.",
    )

    _months_positive = models.Constraint(
        "CHECK (months BETWEEN 1 AND 60)", "Customers are asked every 1 to 60 months."
    )
    _days_positive = models.Constraint(
        "CHECK (reminder_days BETWEEN 0 AND 90 AND guard_days BETWEEN 0 AND 365"
        " AND max_per_year BETWEEN 1 AND 12)",
        "A reminder comes within 90 days, the guard lasts at most 365 days, and nobody is"
        " asked more than 12 times a year.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("survey_id")
    def _check_survey(self):
        """Refuse questionnaires that measure nothing."""
        for cadence in self:
            if not cadence.survey_id.customer_kind:
                raise ValidationError(
                    self.env._(
                        "%(record)s, field Questionnaire: %(survey)s is not marked as a"
                        " customer questionnaire.",
                        record=cadence.name,
                        survey=cadence.survey_id.title,
                    )
                )

    @api.constrains("reminder_days")
    def _check_reminder_days(self):
        """Refuse reminders that come when nobody may answer any more."""
        for cadence in self:
            if cadence.reminder_days >= SURVEY_DEADLINE_DAYS:
                raise ValidationError(
                    self.env._(
                        "%(record)s, field Remind After: invitations are valid for"
                        " %(days)s days.",
                        record=cadence.name,
                        days=SURVEY_DEADLINE_DAYS,
                    )
                )
