from odoo import fields, models
from odoo.fields import Domain

from ..intake import clean_text
from ..satisfaction import is_on_scale, mean

TEXT_QUESTIONS = ("experience", "needs", "suggestions")
# Who answers the same questionnaire again within so many days corrects himself.
REPEAT_DAYS = 30


class SurveyUserInput(models.Model):
    """An answered customer questionnaire becomes a figure of satisfaction."""

    _inherit = "survey.user_input"

    def _mark_done(self):
        """Override: count what a customer answered, also when he does so again."""
        result = super()._mark_done()
        # sudo: the public user answers
        self.sudo()._count_satisfaction()
        return result

    # === WHO ANSWERED === #

    def _count_satisfaction(self):
        """Write down the figures of these answers; tests and our own staff never count."""
        for answer in self:
            staff = answer.partner_id.user_ids.filtered(lambda user: not user.share)
            if (
                answer.state == "done"
                and answer.survey_id.customer_kind
                and not answer.test_entry
                and not staff
            ):
                answer._record_satisfaction()

    def _record_satisfaction(self):
        invitation = self._find_invitation()
        who = self._prepare_person_vals(invitation)
        lines = self._get_question_lines()
        for measure, questions in (
            ("csat", self.survey_id._get_csat_questions()),
            ("nps", ["nps"]),
        ):
            self._record_measure(measure, questions, lines, who)
        invitation._set_answered(self.end_datetime)

    def _find_invitation(self):
        """Return the invitation that this answers, also when it is a second attempt."""
        return self.env["customer.survey.invitation"].search(
            [("user_input_id", "in", self._get_attempts().ids)], limit=1
        )

    def _get_attempts(self):
        """Return the attempts of one person at one questionnaire, this one included.

        They have the token of one invitation or browser. Of somebody who logged in for
        a public link also what he handed in some days ago: he was asked once. Who stays
        unknown may answer again with another browser.
        """
        same = Domain.FALSE
        if self.invite_token:
            same |= Domain("invite_token", "=", self.invite_token)
        if self.survey_id.access_mode == "public" and self._is_known():
            since = fields.Datetime.subtract(self.end_datetime, days=REPEAT_DAYS)
            same |= Domain("state", "=", "done") & Domain("end_datetime", ">", since)
        person = Domain("survey_id", "=", self.survey_id.id) & Domain(
            "partner_id", "=", self.partner_id.id
        )
        return self | self.search(person & Domain("test_entry", "=", False) & same)

    def _is_known(self):
        """Tell whether the questionnaire knows for sure who answers."""
        survey = self.survey_id
        return bool(self.partner_id) and (
            survey.access_mode == "token" or survey.users_login_required
        )

    def _prepare_person_vals(self, invitation):
        """Return who answered, about whom; through a public link that is nobody."""
        survey = self.survey_id
        is_known = self._is_known() or invitation
        partner = self.partner_id if is_known else self.partner_id.browse()
        company = invitation.company_id or survey._get_customer_company(partner)
        profile = invitation.profile_id
        if partner and not profile:
            profile = profile._get_or_create(partner, company)[:1]
        return {
            "partner_id": partner.id,
            "is_anonymous": not partner,
            "profile_id": profile.id,
            "company_id": company.id,
            "user_id": profile.user_id.id,
            "answered_datetime": self.end_datetime,
            "date": company._get_customer_day(self.end_datetime),
            "source": "survey",
            "survey_id": survey.id,
            "user_input_id": self.id,
        }

    # === WHAT WAS ANSWERED === #

    def _get_question_lines(self):
        """Return the answers by what was asked: value, scale, text; the last one counts.

        A value outside of the scale is no answer: the survey does not look.
        """
        found = {}
        for question in self.survey_id.question_and_page_ids:
            if not question.customer_measure:
                continue
            line = self.user_input_line_ids.filtered(
                lambda line, asked=question: line.question_id == asked
            ).sorted("id")[-1:]
            is_scale = question.question_type == "scale"
            scale = (question.scale_min, question.scale_max) if is_scale else None
            value = text = None
            if line and not line.skipped:
                if is_scale and is_on_scale(line.value_scale, scale):
                    value = line.value_scale
                elif not is_scale:
                    text = clean_text(line.value_text_box or line.value_char_box or "")
            found[question.customer_measure] = {
                "question": question,
                "scale": scale,
                "value": value,
                "text": text,
            }
        return found

    def _record_measure(self, measure, questions, lines, who):
        rows = self.env["customer.satisfaction"].with_context(active_test=False)
        before = rows.search(
            [
                ("user_input_id", "in", self._get_attempts().ids),
                ("measure", "=", measure),
                ("company_id", "=", who["company_id"]),
            ],
            limit=1,
        )
        asked = [lines[name] for name in questions if name in lines]
        value = mean(line["value"] for line in asked if line["value"] is not None)
        if value is None:
            before.with_user(1).write({"active": False})
            return
        vals = {
            **who,
            **rows._prepare_measure_vals(measure, value, asked[0]["scale"]),
            "comment": self._get_comment(lines),
        }
        kept = {
            name: line
            for name, line in lines.items()
            if line["scale"] and (name == "nps") == (measure == "nps")
        }
        rows._record(before, vals, self._prepare_line_vals(kept))

    def _prepare_line_vals(self, lines):
        return [
            {
                "sequence": line["question"].sequence,
                "question": name,
                "name": line["question"].title,
                "value": line["value"] or 0,
                "scale_min": line["scale"][0],
                "scale_max": line["scale"][1],
                "is_skipped": line["value"] is None,
            }
            for name, line in lines.items()
        ]

    def _get_comment(self, lines):
        """Return what was said in words, one paragraph for each question."""
        texts = [lines[name]["text"] for name in TEXT_QUESTIONS if name in lines]
        return "\n\n".join(filter(None, texts)) or False
