from odoo import api, fields, models
from odoo.exceptions import UserError

from ..intake import clean_text
from ..models.customer_satisfaction import CSAT_QUESTIONS, QUESTIONS
from ..satisfaction import CSAT_SCALE, NPS_SCALE, mean

# Selections, not numbers: an empty one is a question that was not asked.
FIVE = [(str(value), str(value)) for value in range(1, 6)]
TEN = [(str(value), str(value)) for value in range(11)]


class CustomerSatisfactionPhone(models.TransientModel):
    """Answers that a customer gives by phone, entered while he speaks."""

    _name = "customer.satisfaction.phone"
    _description = "Answer by Phone"
    _inherit = ["customer.seen.dialog"]

    profile_id = fields.Many2one("customer.profile", "Customer", required=True)
    customer_partner_id = fields.Many2one(related="profile_id.partner_id")
    company_id = fields.Many2one(related="profile_id.company_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Who Answers",
        domain="['|', ('id', '=', customer_partner_id),"
        " ('commercial_partner_id', '=', customer_partner_id)]",
    )
    case_id = fields.Many2one(
        "customer.case", "About the Case", domain="[('profile_id', '=', profile_id)]"
    )
    survey_id = fields.Many2one(
        "survey.survey",
        "Instead of the Questionnaire",
        domain=[("customer_kind", "!=", False)],
        default=lambda self: self._default_survey_id(),
        help="He is not invited to it by mail again before his next turn.",
    )
    date = fields.Date(
        "Day of the Answer", required=True, default=fields.Date.context_today
    )
    attitude = fields.Selection(FIVE, "Professional Attitude")
    efficiency = fields.Selection(FIVE, "Resolution Efficiency")
    completeness = fields.Selection(FIVE, "Completeness of Information")
    overall = fields.Selection(FIVE, "Overall Satisfaction")
    nps = fields.Selection(TEN, "Would Recommend Us (0–10)")
    comment = fields.Text("What He Said")
    is_saved = fields.Boolean(readonly=True)

    def _default_survey_id(self):
        return self.env.ref(
            "customer_success.survey_customer_csat", raise_if_not_found=False
        )

    # === CONSTRAINT METHODS === #

    def _check_seen(self):
        """Override: the customer and the case."""
        self.profile_id.check_access("read")
        self.case_id.check_access("read")

    # === ONCHANGE METHODS === #

    @api.onchange("case_id")
    def _onchange_case_id(self):
        """A case is not the yearly questionnaire; who wrote answers."""
        if self.case_id:
            self.survey_id = False
            self.partner_id = self.case_id.partner_id or self.partner_id
            self.profile_id = self.case_id.profile_id or self.profile_id

    # === ACTION METHODS === #

    def action_save(self):
        """Write down what was answered; what was not asked counts nowhere."""
        self.ensure_one()
        self._check_answer()
        self.is_saved = True
        for measure, names, scale in (
            ("csat", self._get_csat_names(), CSAT_SCALE),
            ("nps", ["nps"], NPS_SCALE),
        ):
            value = mean(int(self[name]) for name in names if self[name])
            if value is not None:
                self._record_measure(measure, value, scale)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _get_csat_names(self):
        """Return what CSAT is the mean of: the core questions, else the overall one."""
        core = any(self[name] for name in CSAT_QUESTIONS)
        return CSAT_QUESTIONS if core else ["overall"]

    def _check_answer(self):
        self.profile_id.check_access("read")
        self.case_id.check_access("read")
        problem = False
        commercial = self.partner_id.commercial_partner_id
        if self.is_saved:
            problem = self.env._("This answer was saved already.")
        elif not any(self[name] for name in (*CSAT_QUESTIONS, "overall", "nps")):
            problem = self.env._("Enter at least one answer.")
        elif self.date > fields.Date.context_today(self):
            problem = self.env._("Day of the Answer lies in the future.")
        elif self.partner_id and commercial != self.profile_id.partner_id:
            problem = self.env._(
                "%(contact)s does not belong to %(customer)s.",
                contact=self.partner_id.display_name,
                customer=self.profile_id.display_name,
            )
        elif self.case_id and self.case_id.profile_id != self.profile_id:
            problem = self.env._(
                "%(case)s is not about %(customer)s.",
                case=self.case_id.display_name,
                customer=self.profile_id.display_name,
            )
        # sudo: users may not open questionnaires
        elif self.survey_id and not self.survey_id.sudo().customer_kind:
            problem = self.env._("Choose a customer questionnaire.")
        if problem:
            raise UserError(problem)

    def _record_measure(self, measure, value, scale):
        # sudo: rows are written by the system; the right was checked on the customer
        rows_sudo = self.env["customer.satisfaction"].sudo()
        case, profile = self.case_id, self.profile_id
        rows_sudo._record(
            rows_sudo.browse(),
            {
                **rows_sudo._prepare_measure_vals(measure, value, scale),
                "profile_id": profile.id,
                "partner_id": self.partner_id.id,
                "case_id": case.id,
                "user_id": (case.user_id or profile.user_id).id,
                "answered_datetime": self._get_moment(),
                "date": self.date,
                "source": "phone",
                "survey_id": self.survey_id.id,
                "comment": clean_text(self.comment or "") or False,
                "asked_by_id": self.env.uid,
            },
            self._prepare_line_vals(measure),
        )

    def _get_moment(self):
        """Return now, or noon of the day on which was asked."""
        now = fields.Datetime.now()
        is_today = self.date == self.company_id._get_customer_day(now)
        return (
            now if is_today else fields.Datetime.to_datetime(self.date).replace(hour=12)
        )

    def _prepare_line_vals(self, measure):
        labels = dict(QUESTIONS)
        names = ["nps"] if measure == "nps" else [*CSAT_QUESTIONS, "overall"]
        low, high = NPS_SCALE if measure == "nps" else CSAT_SCALE
        return [
            {
                "sequence": sequence,
                "question": name,
                "name": labels[name],
                "value": int(self[name] or 0),
                "scale_min": low,
                "scale_max": high,
                "is_skipped": not self[name],
            }
            for sequence, name in enumerate(names)
        ]
