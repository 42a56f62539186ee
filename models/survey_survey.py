from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..satisfaction import CSAT_SCALE, NPS_SCALE
from .customer_satisfaction import CSAT_QUESTIONS

KINDS = [
    ("csat", "Satisfaction"),
    ("return_visit", "Return Visit"),
    ("nps", "NPS"),
]


class SurveySurvey(models.Model):
    """Questionnaires whose answers say how satisfied customers are."""

    _inherit = "survey.survey"

    customer_kind = fields.Selection(
        KINDS,
        "Customer Questionnaire",
        help="Its answers count as satisfaction of customers. Empty: they do not.",
    )
    customer_company_id = fields.Many2one(
        "res.company",
        "Company Asked About",
        help="Of answers through the public link, which do not say about which company."
        " Empty: the first one.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("customer_kind")
    def _check_customer_questions(self):
        """Refuse questionnaires from which no figure could be told."""
        for survey in self.filtered("customer_kind"):
            # not question_ids: it is worked out
            survey.question_and_page_ids._check_customer_measure()

    # === CRUD METHODS === #

    def unlink(self):
        """Override of survey: answers stay; they let go of what the database cascades.

        It deletes the attempts and empties both links, one after the other: a row of
        this transaction would name an attempt that is gone.
        """
        self.check_access("unlink")
        # sudo: answers of customers that the editor may not see
        answers_sudo = self.env["customer.satisfaction"].sudo()
        answers_sudo.with_context(active_test=False).search(
            [("survey_id", "in", self.ids)]
        ).write({"survey_id": False, "user_input_id": False})
        self.env.flush_all()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _create_answer(self, *args, **kwargs):
        """Override of survey: whoever presses Take Again answers again, not once more.

        The new attempt gets the token of the one before; through a public link there
        was none.
        """
        answers = super()._create_answer(*args, **kwargs)
        for answer in answers:
            if answer.survey_id.customer_kind and not answer.invite_token:
                answer.invite_token = answer._generate_invite_token()
        return answers

    def _get_csat_questions(self):
        """Return what CSAT is the mean of: the core questions, else the overall one."""
        asked = set(self.question_and_page_ids.mapped("customer_measure"))
        core = [name for name in CSAT_QUESTIONS if name in asked]
        return core or ["overall"]

    def _get_customer_company(self, partner):
        """Return the company that an answer is about when no invitation says it."""
        # sudo: companies are read for the public user
        companies_sudo = self.env["res.company"].sudo()
        return (
            self.customer_company_id
            or partner.company_id
            or companies_sudo.search([("parent_id", "=", False)], order="id", limit=1)
        )

    def _refuse_question(self, question, problem):
        raise ValidationError(
            self.env._(
                "%(survey)s, question %(question)s: %(problem)s.",
                survey=self.title,
                question=question.title,
                problem=problem,
            )
        )

    def _check_scales(self):
        """Refuse questions of one figure on different scales, or NPS not on 0–10."""
        scales = {}
        for question in self.question_and_page_ids.filtered("customer_measure"):
            scale = (question.scale_min, question.scale_max)
            if question.customer_measure == "nps" and scale != NPS_SCALE:
                self._refuse_question(
                    question, self.env._("NPS is asked on a scale from 0 to 10")
                )
            if question.customer_measure in self._get_csat_questions():
                scales.setdefault(scale, question)
        if len(scales) > 1:
            self._refuse_question(
                list(scales.values())[-1],
                self.env._(
                    "the questions of one figure need the same scale, best %(low)s to"
                    " %(high)s",
                    low=CSAT_SCALE[0],
                    high=CSAT_SCALE[1],
                ),
            )
