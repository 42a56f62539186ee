from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

from ..const import BULK_RECIPIENTS, PROPOSAL_MODELS


class CustomerInteraction(models.Model):
    """Where proposals come from, in SQL: only who, when and over which channel."""

    _inherit = "customer.interaction"

    # === MEETINGS === #

    @api.model
    def _is_public_event(self):
        """Return SQL that says whether everybody may read the event ``evt``."""
        parameters = self.env["ir.config_parameter"].sudo()  # sudo: core's own default
        return SQL(
            """COALESCE(evt.privacy,
                        (SELECT stg.calendar_default_privacy FROM res_users_settings stg
                          WHERE stg.user_id = evt.user_id),
                        %s) = 'public'""",
            parameters.get_param("calendar.default_privacy", "public"),
        )

    def _select_events(self, company, since, now, after, size):
        """Return the SQL of a range of meetings that ended in a window.

        Of the company of their organiser, else of a colleague who attends.
        """
        source = SQL(
            """SELECT evt.id, evt.start AS moment, 'both' AS direction,
                      %(channel)s AS channel_id, evt.id::text AS conversation,
                      %(day)s AS day, FALSE AS is_ours_optional
                 FROM calendar_event evt
            LEFT JOIN res_users own ON own.id = evt.user_id
                WHERE evt.id > %(after)s AND evt.active
                  AND evt.stop > %(since)s AND evt.stop <= %(now)s AND %(public)s
                  AND COALESCE(own.company_id, (
                      SELECT MIN(usr.company_id)
                        FROM calendar_attendee att
                        JOIN res_users usr ON usr.partner_id = att.partner_id
                                          AND usr.share IS NOT TRUE
                       WHERE att.event_id = evt.id)) = %(company)s
             ORDER BY evt.id
                LIMIT %(size)s""",
            channel=self.env["customer.channel"]._get_by_code("meeting").id,
            day=self._to_local_day(company, SQL("evt.start")),
            after=after,
            since=since,
            now=now,
            public=self._is_public_event(),
            company=company.id,
            size=size,
        )
        attendees = SQL(
            """SELECT att.event_id AS source_id, att.partner_id
                 FROM calendar_attendee att
                 JOIN source src ON src.id = att.event_id
                WHERE att.state IS DISTINCT FROM 'declined'"""
        )
        return {
            "source": source,
            "theirs": self._select_theirs(company, attendees),
            "ours": self._select_ours(company, attendees),
            "known": SQL(
                """SELECT FROM customer_interaction old
                    WHERE old.profile_id = ths.profile_id
                      AND old.calendar_event_id = src.id"""
            ),
            "column": SQL("calendar_event_id"),
            "limit": BULK_RECIPIENTS,
        }

    # === MAIL === #

    def _get_first_message_id(self, since):
        """Return the message after which those of a window begin.

        Messages have no index on their date, and there are millions: as they are
        numbered in the order in which they were stored, halving finds it.
        """
        [[low, high]] = self.env.execute_query(
            SQL(
                "SELECT COALESCE(MIN(id), 1) - 1, COALESCE(MAX(id), 0) FROM mail_message"
            )
        )
        while high - low > 1:
            middle = (low + high) // 2
            [[stored]] = self.env.execute_query(
                SQL(
                    """SELECT create_date FROM mail_message
                        WHERE id >= %s ORDER BY id LIMIT 1""",
                    middle,
                )
            )
            low, high = (middle, high) if stored < since else (low, middle)
        return low

    def _select_messages(self, company, since, now, after, size):
        """Return the SQL of a range of mails written to or by contacts in a window.

        Not those to many: the same subject of one author on several documents, one
        mail to several customers, mailings. One proposal per conversation and day.
        """
        channels = self.env["customer.channel"]
        source = SQL(
            """WITH many AS MATERIALIZED (
                    SELECT oth.author_id, oth.subject
                      FROM mail_message oth
                     WHERE oth.id > %(first)s AND oth.date > %(since)s
                       AND oth.message_type IN ('comment', 'email_outgoing')
                       AND oth.subject <> ''
                  GROUP BY oth.author_id, oth.subject
                    HAVING COUNT(DISTINCT (oth.model, oth.res_id)) > %(limit)s)
               SELECT msg.id, msg.date AS moment,
                      CASE WHEN aut.id IS NULL THEN 'incoming' ELSE 'outgoing' END
                      AS direction,
                      CASE WHEN aut.id IS NULL AND msg.message_type = 'comment'
                           THEN %(portal)s ELSE %(email)s END AS channel_id,
                      msg.model || ',' || msg.res_id AS conversation,
                      %(day)s AS day, TRUE AS is_ours_optional,
                      msg.author_id, msg.model, msg.res_id
                 FROM mail_message msg
            LEFT JOIN LATERAL (
                      SELECT usr.id, usr.company_id FROM res_users usr
                       WHERE usr.partner_id = msg.author_id AND usr.share IS NOT TRUE
                       LIMIT 1) aut ON TRUE
                WHERE msg.id > %(after)s AND msg.date > %(since)s AND msg.date <= %(now)s
                  AND msg.model = ANY(%(models)s)
                  AND (msg.message_type IN ('comment', 'email_outgoing')
                       OR msg.message_type = 'email' AND aut.id IS NULL)
                  AND msg.author_id IS NOT NULL AND msg.is_internal IS NOT TRUE
                  AND aut.id IS DISTINCT FROM %(robot)s
                  AND msg.mail_activity_type_id IS NULL
                  AND COALESCE(msg.record_company_id, aut.company_id) = %(company)s
                  AND NOT EXISTS (SELECT FROM many
                                   WHERE many.author_id = msg.author_id
                                     AND many.subject = msg.subject)
                  AND %(no_mailing)s
             ORDER BY msg.id
                LIMIT %(size)s""",
            portal=channels._get_by_code("portal").id,
            email=channels._get_by_code("email").id,
            day=self._to_local_day(company, SQL("msg.date")),
            after=after,
            first=self._get_first_message_id(since),
            since=since,
            now=now,
            models=list(PROPOSAL_MODELS),
            company=company.id,
            limit=BULK_RECIPIENTS,
            robot=SUPERUSER_ID,
            no_mailing=self._is_no_mailing(),
            size=size,
        )
        people = SQL(
            """SELECT src.id AS source_id, src.author_id AS partner_id FROM source src
                UNION
               SELECT ntf.mail_message_id, ntf.res_partner_id
                 FROM mail_notification ntf
                 JOIN source src ON src.id = ntf.mail_message_id
                WHERE ntf.res_partner_id IS NOT NULL
                UNION
               SELECT rel.mail_message_id, rel.res_partner_id
                 FROM mail_message_res_partner_rel rel
                 JOIN source src ON src.id = rel.mail_message_id"""
        )
        return {
            "source": source,
            "theirs": self._select_theirs(company, people),
            "ours": self._select_ours(company, people),
            "known": SQL(
                """SELECT FROM customer_interaction old
                     JOIN mail_message omg ON omg.id = old.mail_message_id
                    WHERE old.profile_id = ths.profile_id
                      AND (omg.id = src.id
                           OR old.date = src.day
                              AND omg.model = src.model AND omg.res_id = src.res_id)"""
            ),
            "column": SQL("mail_message_id"),
            "limit": BULK_RECIPIENTS,
        }

    def _is_no_mailing(self):
        """Return SQL that says whether ``msg`` belongs to no mailing."""
        if "mailing.trace" not in self.env:
            return SQL("TRUE")
        return SQL(
            """NOT EXISTS (SELECT FROM mailing_trace trc
                            WHERE trc.message_id = msg.message_id)"""
        )

    # === PEOPLE === #

    @api.model
    def _select_theirs(self, company, people):
        """Return the SQL of those among some people who belong to a customer."""
        return SQL(
            """SELECT ppl.source_id, ppl.partner_id, pro.id AS profile_id,
                      par.is_company IS NOT TRUE
                      AND COALESCE(par.company_id, %(company)s) = %(company)s
                      AS is_person
                 FROM (%(people)s) ppl
                 JOIN res_partner par ON par.id = ppl.partner_id
                 JOIN customer_profile pro ON pro.partner_id = par.commercial_partner_id
                      AND pro.company_id = %(company)s AND pro.active
                      AND pro.merged_into_id IS NULL
                WHERE NOT EXISTS (SELECT FROM res_users usr
                                   WHERE usr.partner_id = par.id
                                     AND usr.share IS NOT TRUE)""",
            company=company.id,
            people=people,
        )

    @api.model
    def _select_ours(self, company, people):
        """Return the SQL of those among some people who are colleagues."""
        return SQL(
            """SELECT ppl.source_id, usr.id AS user_id
                 FROM (%s) ppl
                 JOIN res_users usr ON usr.partner_id = ppl.partner_id
                      AND usr.share IS NOT TRUE
                 JOIN res_company_users_rel rel ON rel.user_id = usr.id
                      AND rel.cid = %s""",
            people,
            company.id,
        )
