from odoo import Command
from odoo.tests import freeze_time

from .common import DAY, CustomerSuccessCase


class SatisfactionCase(CustomerSuccessCase):
    """A questionnaire with the core questions, and people who answer it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey = cls.env.ref("customer_success.survey_customer_csat")
        cls.questions = {
            question.customer_measure: question
            for question in cls.survey.question_and_page_ids
        }
        cls.owner = cls._create_user("satisfaction_owner", "user")
        cls.profile = cls._create_asked("Asked", "asked@example.com")
        cls.contact = cls.profile.partner_id.child_ids

    @classmethod
    def _create_asked(cls, name, email, tier="S", company=None, **values):
        """Create a rated customer with one contact who has an address."""
        company = company or cls.company
        partner = cls._create_partner(name)
        cls._create_partner(
            f"Contact of {name}", parent_id=partner.id, is_company=False, email=email
        )
        return cls.env["customer.profile"].create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "user_id": cls.owner.id,
                "tier_id": cls.tiers[tier].id,
                **values,
            }
        )

    def _start(self, partner=None, survey=None, **values):
        """Start to answer, as the survey does for a link."""
        survey = survey or self.survey
        return survey._create_answer(
            partner=partner or self.env["res.partner"], check_attempts=False, **values
        )

    def _fill(self, answer, day=DAY, **values):
        """Answer questions by what they ask about; None skips one; and hand it in."""
        for name, value in values.items():
            question = answer.survey_id.question_and_page_ids.filtered(
                lambda row, asked=name: row.customer_measure == asked
            )
            answer._save_lines(question, "" if value is None else str(value))
        with freeze_time(f"{day} 12:00:00"):
            answer._mark_done()
        return self._find(answer)

    def _find(self, answer):
        """Return the rows of an answered questionnaire by measure."""
        rows = self.env["customer.satisfaction"].with_context(active_test=False)
        found = rows.search([("user_input_id", "=", answer.id)])
        return {row.measure: row for row in found}

    def _create_survey(self, *measures, **values):
        """Create a questionnaire with a question for each of these."""
        return self.env["survey.survey"].create(
            {
                "title": "Own questions",
                "customer_kind": "csat",
                "access_mode": "token",
                "question_and_page_ids": [
                    Command.create(self._prepare_question(measure))
                    for measure in measures
                ],
                **values,
            }
        )

    def _prepare_question(self, measure, **values):
        is_text = measure in ("needs", "suggestions")
        return {
            "title": f"About {measure}",
            "question_type": "text_box" if is_text else "scale",
            "customer_measure": measure,
            "scale_min": 0 if measure == "nps" else 1,
            "scale_max": 10 if measure == "nps" else 5,
            **values,
        }
