from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..satisfaction import get_csat_band, get_nps_band, to_score, to_value
from .customer_overview import MANAGER

MEASURES = [("csat", "Satisfaction"), ("nps", "NPS")]
BANDS = [
    ("good", "Good"),
    ("middling", "Middling"),
    ("low", "Low"),
    ("promoter", "Promoter"),
    ("passive", "Passive"),
    ("detractor", "Detractor"),
]
SOURCES = [
    ("survey", "Questionnaire"),
    ("rating", "Rating of a Case"),
    ("phone", "By Phone"),
]
# What a question of a questionnaire asks about.
QUESTIONS = [
    ("attitude", "Professional Attitude"),
    ("efficiency", "Resolution Efficiency"),
    ("completeness", "Completeness of Information"),
    ("overall", "Overall Satisfaction"),
    ("nps", "Would Recommend (NPS)"),
    ("experience", "Usage Experience"),
    ("needs", "Needs and Pain Points"),
    ("suggestions", "Suggestions"),
]
# Their mean is CSAT; a questionnaire with none of them is measured by "overall".
CSAT_QUESTIONS = ("attitude", "efficiency", "completeness")
# What people write; everything else is kept as it was answered.
OWN_FIELDS = {"active", "note"}


class CustomerSatisfaction(models.Model):
    """What one person answered: raw value with its scale, and the same on 0–100.

    Rows are written through ``_record`` alone. The same answer given again updates its
    row, which tells in its history what it was before.
    """

    _name = "customer.satisfaction"
    _description = "Satisfaction"
    _inherit = ["customer.fact.mixin", "customer.finite.mixin", "mail.thread"]
    _order = "answered_datetime desc, id desc"
    _check_company_auto = True
    _is_profile_optional = True
    _mail_post_access = "read"

    profile_id = fields.Many2one(required=False)
    # kept where no customer says it
    company_id = fields.Many2one(readonly=False)
    active = fields.Boolean(
        default=True, tracking=True, help="Archived: it does not count."
    )

    # who said what
    measure = fields.Selection(MEASURES, required=True, readonly=True)
    value = fields.Float(
        "Answer Value",
        digits=(5, 2),
        required=True,
        readonly=True,
        aggregator="avg",
        tracking=True,
    )
    scale_min = fields.Integer(required=True, readonly=True, aggregator=None)
    scale_max = fields.Integer(required=True, readonly=True, aggregator=None)
    score = fields.Float(
        "Score (0–100)",
        digits=(5, 2),
        required=True,
        readonly=True,
        aggregator="avg",
        help="(value − lowest) ÷ (highest − lowest) of its scale × 100.",
    )
    band = fields.Selection(
        BANDS,
        required=True,
        readonly=True,
        index=True,
        help="CSAT on 1–5: good from 4.0 on, low below 3.5. NPS: 9 and 10 promoter,"
        " 7 and 8 passive, up to 6 detractor.",
    )
    value_text = fields.Char("Answer Given", compute="_compute_value_text")
    comment = fields.Text("In the Customer's Words", readonly=True)
    line_ids = fields.One2many(
        "customer.satisfaction.line", "satisfaction_id", "Questions", readonly=True
    )

    # when, from whom, about whom
    answered_datetime = fields.Datetime("Answer Given At", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True, index=True)
    source = fields.Selection(SOURCES, required=True, readonly=True)
    is_anonymous = fields.Boolean(
        "Anonymous",
        readonly=True,
        help="Answered through the public link: nobody knows by whom, and nobody reads"
        " the answer alone; it counts in the analysis of groups of three and more.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Answered By",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        "res.users",
        "Person It Is About",
        readonly=True,
        index="btree_not_null",
        help="Who handled the case, else the first responsible person at that time.",
    )
    asked_by_id = fields.Many2one(
        "res.users", "Entered By", readonly=True, index="btree_not_null"
    )
    note = fields.Text("Our Note", help="Internal.")

    # where it comes from
    survey_id = fields.Many2one(
        "survey.survey",
        "Questionnaire",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    user_input_id = fields.Many2one(
        "survey.user_input",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="survey.group_survey_user",
    )
    rating_id = fields.Many2one(
        "rating.rating",
        "Rating of a Case",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_system",
    )
    improvement_ids = fields.One2many(
        "customer.improvement", "satisfaction_id", "Improvement Plans"
    )

    _user_input_uniq = models.Constraint(
        "UNIQUE (user_input_id, measure)", "This questionnaire was counted already."
    )
    _rating_uniq = models.Constraint(
        "UNIQUE (rating_id)", "This rating was counted already."
    )
    _value_on_scale = models.Constraint(
        "CHECK (scale_min < scale_max AND value >= scale_min AND value <= scale_max)",
        "An answer lies on its scale.",
    )
    _score_in_range = models.Constraint(
        "CHECK (score >= 0 AND score <= 100)", "A score lies between 0 and 100."
    )
    _latest_idx = models.Index("(profile_id, measure, date DESC) WHERE active")
    _period_idx = models.Index("(company_id, measure, date) WHERE active")

    # === COMPUTE METHODS === #

    @api.depends("value", "scale_min", "scale_max")
    def _compute_value_text(self):
        for answer in self:
            answer.value_text = f"{answer.value:.2f}".rstrip("0").rstrip(".")
            answer.value_text += f" / {answer.scale_max}"

    @api.depends("profile_id", "measure", "value")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["measure"]._description_selection(self.env))
        for answer in self:
            name = answer.profile_id.display_name or self.env._("Anonymous answer")
            label = labels.get(answer.measure, "")
            answer.display_name = f"{name}, {label} {answer.value_text or ''}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "Answers come from questionnaires and ratings; those given by phone"
                    " are entered with the button Answer by Phone."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        self._check_no_system_field(set(vals) - OWN_FIELDS - self._get_mail_fields())
        is_manager = self.env.su or self.env.user.has_group(MANAGER)
        self._check_no_system_field(set() if is_manager else {"active"} & set(vals))
        result = super().write(vals)
        if "active" in vals:
            self._follow_validity()
        return result

    @api.model
    def _get_mail_fields(self):
        """Return the fields of the chatter: what they let people do, mail decides."""
        return {name for name in self._fields if name.startswith("message_")}

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_measure_vals(self, measure, value, scale):
        """Return what an answer is worth: raw value, scale, score and band."""
        band = get_nps_band(value) if measure == "nps" else get_csat_band(value, scale)
        return {
            "measure": measure,
            "value": float(to_value(value)),
            "scale_min": scale[0],
            "scale_max": scale[1],
            "score": float(to_score(value, scale)),
            "band": band,
        }

    @api.model
    def _record(self, answer, vals, lines=()):
        """Write down an answer, or change the row of the same answer given again.

        By the superuser: whoever answered shows in the row when he is to be known, and
        nowhere else.

        :param answer: the row there is already, if there is one
        :param lines: values of the questions behind it
        """
        # sudo: the public user answers
        answer_sudo = answer.with_user(1).sudo()
        if answer_sudo:
            answer_sudo.write(answer_sudo._get_changes(vals))
            answer_sudo.line_ids.unlink()
        else:
            answer_sudo = answer_sudo.create(vals)
        answer_sudo.line_ids.create(
            [{**line, "satisfaction_id": answer_sudo.id} for line in lines]
        )
        answer_sudo._follow_answer()
        return answer_sudo

    def _get_changes(self, vals):
        """Return those of some values that are others than before."""
        return {
            name: value
            for name, value in vals.items()
            if self._fields[name].convert_to_write(self[name], self)
            != (value or self._fields[name].convert_to_write(False, self))
        }

    def _follow_answer(self):
        """Start an improvement plan where an answer is low; override for more.

        Not after an anonymous one: a plan would tell that somebody has just said so.
        """
        for answer in self:
            if answer.band == "low" and answer.active and not answer.is_anonymous:
                self.env["customer.improvement"]._open_for(answer)

    def _follow_validity(self):
        """Override to follow answers that began or ceased to count."""


class CustomerSatisfactionLine(models.Model):
    """One question behind an answer; one that was skipped has no value."""

    _name = "customer.satisfaction.line"
    _description = "Question Answered"
    _order = "satisfaction_id, sequence, id"

    satisfaction_id = fields.Many2one(
        "customer.satisfaction", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="satisfaction_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    question = fields.Selection(QUESTIONS, "Asks About", required=True)
    name = fields.Char("Question", help="As it was asked.")
    value = fields.Float("Answer Value", digits=(5, 2), aggregator="avg")
    scale_min = fields.Integer(aggregator=None)
    scale_max = fields.Integer(aggregator=None)
    is_skipped = fields.Boolean("Skipped", help="Not answered: it counts nowhere.")

    _question_uniq = models.Constraint(
        "UNIQUE (satisfaction_id, question)", "A question is answered once."
    )
