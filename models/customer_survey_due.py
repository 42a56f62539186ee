from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL


class CustomerSurveyInvitation(models.Model):
    """Who is due to be asked: one person of each customer, chosen by one statement."""

    _inherit = "customer.survey.invitation"

    @api.model
    def _get_due(self, company, date):
        """Return [(cadence, customer id, contact id)] of those due on a day.

        A customer is asked once for each questionnaire, by the first cadence that is
        for his tier; an e-mail address once, whosever contact it is.
        """
        self.env.flush_all()
        due, addresses, asked = [], set(), set()
        for cadence, codes in self._get_cadences(company):
            for profile_id, partner_id, email in self.env.execute_query(
                self._select_due(company, date, cadence, codes)
            ):
                key = (profile_id, cadence.survey_id)
                if email not in addresses and key not in asked:
                    addresses.add(email)
                    asked.add(key)
                    due.append((cadence, profile_id, partner_id))
        return due

    @api.model
    def _get_cadences(self, company):
        """Return [(cadence, codes of its tiers)]; own ones of the company come first."""
        found, taken = [], {}
        cadences = self.env["customer.survey.cadence"].search(
            [("company_id", "in", [company.id, False]), ("survey_id.active", "=", True)]
        )
        everybody = self.env["customer.tier"].search([]).mapped("code")
        for cadence in cadences.sorted(lambda row: not row.company_id):
            earlier = taken.setdefault(cadence.survey_id, set())
            codes = set(cadence._get_tier_codes() or everybody) - earlier
            earlier |= codes
            if codes and cadence.survey_id.customer_kind:
                found.append((cadence, sorted(codes)))
        return found

    def _select_due(self, company, date, cadence, codes):
        """Return the statement: customer, contact, address.

        SQL because guards compare people by address over all companies, one pass for
        all customers. The contact is the one of the decision chain who is closest to
        daily work (the last role), else the first person with an address, else the
        customer's own; an address that is blocked or was refused never is, whosever
        contact it is.
        """
        return SQL(
            """WITH asked AS (
                      SELECT DISTINCT inv.id, inv.date, per.email_normalized AS email
                        FROM customer_survey_invitation inv
                        JOIN res_partner per ON per.id = inv.partner_id
                       WHERE inv.date > %(year)s AND per.email_normalized IS NOT NULL),
                    guarded AS (
                      SELECT email
                        FROM asked
                    GROUP BY email
                      HAVING max(date) > %(guard)s OR count(*) >= %(max_per_year)s
                   UNION ALL
                      SELECT email_normalized
                        FROM res_partner
                       WHERE is_survey_refused AND email_normalized IS NOT NULL)
               SELECT DISTINCT ON (pro.id) pro.id, per.id, per.email_normalized
                 FROM customer_profile pro
                 JOIN customer_tier tie ON tie.id = pro.tier_id
                 JOIN res_partner com ON com.id = pro.partner_id
                 JOIN res_partner per
                      ON per.commercial_partner_id = com.id
                     AND per.active
                     AND per.email_normalized IS NOT NULL
            LEFT JOIN customer_stakeholder sta
                      ON sta.profile_id = pro.id
                     AND sta.partner_id = per.id
                     AND sta.date_from <= %(date)s
                     AND (sta.date_to IS NULL OR sta.date_to > %(date)s)
            LEFT JOIN customer_stakeholder_role rol ON rol.id = sta.role_id
                WHERE pro.company_id = %(company)s
                  AND pro.active
                  AND pro.is_not_rated IS NOT TRUE
                  AND com.active
                  AND tie.code = ANY(%(codes)s)
                  AND NOT EXISTS (
                      SELECT 1 FROM customer_survey_invitation inv
                       WHERE inv.profile_id = pro.id
                         AND inv.survey_id = %(survey)s
                         AND inv.date > %(since)s)
                  AND NOT EXISTS (
                      SELECT 1 FROM customer_satisfaction sat
                       WHERE sat.profile_id = pro.id
                         AND sat.survey_id = %(survey)s
                         AND sat.source = 'phone'
                         AND sat.active
                         AND sat.date > %(since)s)
                  AND per.email_normalized NOT IN (SELECT email FROM guarded)
                  AND NOT EXISTS (
                      SELECT 1 FROM mail_blacklist bla
                       WHERE bla.active AND bla.email = per.email_normalized)
                  AND NOT EXISTS (
                      SELECT 1 FROM res_users usr
                       WHERE usr.partner_id = per.id AND usr.share IS NOT TRUE)
             ORDER BY pro.id,
                      sta.id IS NOT NULL DESC,
                      rol.sequence DESC NULLS LAST,
                      per.is_company IS TRUE,
                      per.id""",
            company=company.id,
            date=date,
            codes=codes,
            survey=cadence.survey_id.id,
            since=date - relativedelta(months=cadence.months),
            guard=fields.Date.subtract(date, days=cadence.guard_days),
            year=date - relativedelta(years=1),
            max_per_year=cadence.max_per_year,
        )
