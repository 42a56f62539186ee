import uuid
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ..batches import keep_progress, try_each
from ..const import SURVEY_BATCH, SURVEY_DEADLINE_DAYS
from .customer_survey_invitation import WAITING_STATES


class CustomerSurveyInvitation(models.Model):
    """The job that invites and reminds: rows and queued mails in one transaction.

    Resumes by query: who was invited or reminded is not found again. The mail queue
    sends; a mail that fails is seen there.
    """

    _inherit = "customer.survey.invitation"

    # === STEPS OF THE RUN === #

    @api.model
    def _invite_due(self, company, date):
        """Invite the customers of a company who are due on a day.

        :return: False when the slice of the scheduler is over
        """
        due = self._get_due(company, date) if company.customer_survey_auto else []
        by_survey = {}
        for cadence, profile_id, partner_id in due:
            rows = by_survey.setdefault(cadence, {})
            rows[profile_id] = partner_id
        for cadence, contacts in by_survey.items():

            def invite(ids, cadence=cadence, contacts=contacts):
                chosen = {profile_id: contacts[profile_id] for profile_id in ids}
                self._invite(cadence, chosen, company, date)

            if not self._work_off(list(contacts), invite):
                return False
        return True

    @api.model
    def _remind_due(self, company, date):
        """Remind once who has not answered, as long as he still may be asked."""
        if not company.customer_survey_auto:
            return True
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT inv.id
                     FROM customer_survey_invitation inv
                     JOIN customer_profile pro ON pro.id = inv.profile_id
                     JOIN res_partner per ON per.id = inv.partner_id
                     JOIN survey_survey sur ON sur.id = inv.survey_id
                LEFT JOIN survey_user_input inp ON inp.id = inv.user_input_id
                    WHERE inv.company_id = %(company)s
                      AND inv.state = 'sent'
                      AND inv.date_reminder <= %(date)s
                      AND inv.date_expiry >= %(date)s
                      AND pro.active AND per.active AND sur.active
                      AND per.email_normalized IS NOT NULL
                      AND per.email_normalized NOT IN (
                          SELECT ref.email_normalized FROM res_partner ref
                           WHERE ref.is_survey_refused
                             AND ref.email_normalized IS NOT NULL)
                      AND inp.state <> 'done'
                      AND NOT EXISTS (
                          SELECT 1 FROM mail_blacklist bla
                           WHERE bla.active AND bla.email = per.email_normalized)
                 ORDER BY inv.id""",
                company=company.id,
                date=date,
            )
        )

        def remind(ids):
            self.browse(ids)._remind(date)

        return self._work_off([row[0] for row in rows], remind)

    @api.model
    def _expire(self, company, date):
        """Note who did not answer in time."""
        domain = Domain("company_id", "=", company.id)
        domain &= Domain("state", "in", WAITING_STATES) & Domain(
            "date_expiry", "<", date
        )
        self.search(domain).write({"state": "expired"})
        return True

    def _work_off(self, ids, work):
        """Work on ids batch by batch; return False when the slice is over."""
        done = 0
        for batch in split_every(SURVEY_BATCH, ids, list):
            left_out = try_each(self.env, batch, work)
            done += len(batch)
            # one more than the rest: a slice that ends early is called again at once
            left = keep_progress(
                self.env, len(batch) - len(left_out), remaining=len(ids) - done + 1
            )
            if left <= 0 and done < len(ids):
                return False
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _invite(self, cadence, contacts, company, date):
        """Invite one contact of each customer: row, answer to fill in, queued mail.

        :param contacts: {customer id: contact id}
        """
        survey = cadence.survey_id
        partners = self.env["res.partner"].browse(contacts.values())
        expiry = date + timedelta(days=SURVEY_DEADLINE_DAYS)
        remind = cadence.reminder_days and date + timedelta(days=cadence.reminder_days)
        questions = survey._prepare_user_input_predefined_questions()
        langs = self._get_survey_langs(survey)
        answers = self.env["survey.user_input"].create(
            [
                {
                    "survey_id": survey.id,
                    "partner_id": partner.id,
                    "email": partner.email,
                    "nickname": partner.name,
                    "lang_id": langs.get(partner.lang),
                    "deadline": datetime.combine(expiry, time.max).replace(
                        microsecond=0
                    ),
                    "invite_token": str(uuid.uuid4()),
                    "predefined_question_ids": [fields.Command.set(questions.ids)],
                }
                for partner in partners
            ]
        )
        invitations = self.create(
            [
                {
                    "profile_id": profile_id,
                    "partner_id": partner_id,
                    "survey_id": survey.id,
                    "cadence_id": cadence.id,
                    "user_input_id": answer.id,
                    "period": self._get_period(date, cadence.months),
                    "date": date,
                    "date_reminder": remind,
                    "date_expiry": expiry,
                }
                for (profile_id, partner_id), answer in zip(
                    contacts.items(), answers, strict=True
                )
            ]
        )
        invitations._queue_mail("mail_template_survey_invitation")
        return invitations

    @api.model
    def _get_survey_langs(self, survey):
        """Return the languages in which a questionnaire can be read, by their code."""
        langs = survey.lang_ids or self.env["res.lang"].search([])
        return {lang.code: lang.id for lang in langs}

    @api.model
    def _get_period(self, date, months):
        """Return the first day of the period of so many calendar months."""
        month = date.year * 12 + date.month - 1
        start = month - month % months
        return date.replace(year=start // 12, month=start % 12 + 1, day=1)

    def _remind(self, date):
        self.write({"state": "reminded", "date_reminded": date})
        self._queue_mail("mail_template_survey_reminder")

    def _queue_mail(self, template):
        """Queue one mail for each; the mail queue sends them after the commit."""
        template = self.env.ref(f"customer_success.{template}")
        mails = template.send_mail_batch(
            self.ids, email_layout_xmlid="mail.mail_notification_light"
        )
        by_id = self.grouped("id")
        for mail in mails:
            mail.headers = repr(by_id[mail.res_id]._prepare_mail_headers())

    def _set_answered(self, moment):
        """Note that these were answered: nobody is reminded any more."""
        self.filtered(lambda row: row.state != "answered").write(
            {"state": "answered", "answered_datetime": moment}
        )
