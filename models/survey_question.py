from odoo import api, fields, models
from odoo.exceptions import UserError

from .customer_satisfaction import QUESTIONS

# Asked on a scale; the others in words (usage experience in either way).
SCALE_QUESTIONS = {"attitude", "efficiency", "completeness", "overall", "nps"}
TEXT_TYPES = {"text_box", "char_box"}
# What must stay as it was asked once somebody has answered.
FROZEN_FIELDS = {"customer_measure", "question_type", "scale_min", "scale_max"}


class SurveyQuestion(models.Model):
    """What a question of a customer questionnaire asks about."""

    _inherit = "survey.question"

    customer_measure = fields.Selection(
        QUESTIONS,
        "Asks About",
        help="The mean of attitude, efficiency and completeness is CSAT (without them:"
        " overall satisfaction); NPS is asked on a scale from 0 to 10.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("customer_measure", "question_type", "scale_min", "scale_max")
    def _check_customer_measure(self):
        """Refuse questions that do not fit what they ask about."""
        for question in self.filtered("customer_measure"):
            survey = question.survey_id
            if question.customer_measure in SCALE_QUESTIONS:
                allowed = {"scale"}
            elif question.customer_measure == "experience":
                allowed = {"scale"} | TEXT_TYPES
            else:
                allowed = TEXT_TYPES
            if question.question_type not in allowed:
                survey._refuse_question(
                    question,
                    self.env._("scores need a scale, words need a text question"),
                )
            same = survey.question_and_page_ids.filtered(
                lambda other, asked=question.customer_measure: (
                    other.customer_measure == asked
                )
            )
            if len(same) > 1:
                survey._refuse_question(
                    question, self.env._("another question asks about the same")
                )
        for survey in self.survey_id:
            survey._check_scales()

    # === CRUD METHODS === #

    def write(self, vals):
        """Override: what was answered on one scale must not be read on another."""
        names = FROZEN_FIELDS & set(vals)
        for question in self.filtered("customer_measure") if names else ():
            if any(question[name] != vals[name] for name in names) and (
                question._is_answered()
            ):
                raise UserError(
                    self.env._(
                        "%(question)s was answered already, on this scale: duplicate the"
                        " questionnaire to ask another way.",
                        question=question.title,
                    )
                )
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _is_answered(self):
        """Return whether somebody has answered for good."""
        # sudo: answers of everybody
        lines_sudo = self.env["survey.user_input.line"].sudo()
        return bool(
            lines_sudo.search_count(
                [
                    ("question_id", "=", self.id),
                    ("skipped", "=", False),
                    ("user_input_id.test_entry", "=", False),
                    ("user_input_id.state", "=", "done"),
                ],
                limit=1,
            )
        )
