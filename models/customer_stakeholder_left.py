import logging
from itertools import chain

from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..batches import try_each
from ..const import WRITE_RANGE

_logger = logging.getLogger(__name__)


class CustomerStakeholder(models.Model):
    """Somebody has left: his roles end, and one of us is told what to do.

    An archived contact, another employer, mails that came back and the button *Has
    Left* lead to the same: every role is ended with its reason, the rows stay, and
    an alert is raised. The ended row is the event.
    """

    _inherit = "customer.stakeholder"

    # === ACTION METHODS === #

    def action_has_left(self):
        """End every role of these people today: they left their company."""
        self.check_access("write")
        self._get_all_of_people()._end("left")

    def action_end(self):
        """End just these roles today; the person stays."""
        for company, rows in self.grouped("company_id").items():
            rows._set_ended("changed", company._get_customer_today())

    def action_resume(self):
        """Start ended roles again today; the gap stays in the history.

        A role that ended today just goes on.
        """
        self.check_access("write")
        resumed = self.browse()
        for stakeholder in self:
            day = stakeholder.company_id._get_customer_today()
            if not stakeholder.date_to or stakeholder.date_to > day:
                raise UserError(
                    self.env._("%s: this role has not ended.", stakeholder.display_name)
                )
            if stakeholder.date_to == day:
                stakeholder.write({"date_to": False})
                # sudo: a figure of the system
                stakeholder.sudo().bounces_at_start = (
                    stakeholder.partner_id.message_bounce
                )
                resumed |= stakeholder
            else:
                resumed |= stakeholder.copy({"date_from": day, "date_to": False})
        return resumed

    # === ENDING === #

    def _get_all_of_people(self):
        """Return the roles that these people hold today, at any customer."""
        # sudo: somebody leaves everywhere, also where the reader sees nothing
        rows_sudo = self.sudo().search([("partner_id", "in", self.partner_id.ids)])
        return rows_sudo._filter_valid()

    def _set_ended(self, reason, day):
        """End these rows on a day, or on their first one when that is later."""
        for date, rows in self.grouped(lambda row: max(row.date_from, day)).items():
            rows.write({"date_to": date, "end_reason": reason})

    def _end(self, reason):
        """End roles of people who are gone and tell one of us about each of them.

        Needs sudo: whoever archives a contact may not see the customer.
        """
        for company, rows in self.grouped("company_id").items():
            rows._set_ended(reason, company._get_customer_today())
        self._tell_left(reason)

    # === FINDING === #

    @api.model
    def _check_contacts(self, partners=None, company=None, limit=None):
        """End the roles of contacts that are gone by any way; return how many rows.

        :param partners: look at these contacts only
        :param limit: look at so many people at most

        One statement finds them, whatever wrote the contacts. Needs sudo: whoever
        writes a contact may not see the customer.
        """
        found = self._find_gone(partners, company, limit)
        for reason, ids in found.items():
            self.browse(ids)._end(reason)
        return sum(len(ids) for ids in found.values())

    @api.model
    def _find_gone(self, partners=None, company=None, limit=None, left_out=()):
        """Return ids of rows to end by reason; whole people, never half of one.

        :param left_out: ids of rows that could not be ended
        """
        self.flush_model()
        self.env["res.partner"].flush_model()
        self.env["res.company"].flush_model(["customer_bounce_limit"])
        self.env["customer.profile"].flush_model(["partner_id", "merged_into_id"])
        day = (company or self.env.company)._get_customer_today()
        rows = self.env.execute_query(
            SQL(
                """WITH gone AS (
                        SELECT sth.id, sth.profile_id, sth.partner_id,
                               CASE WHEN par.active IS NOT TRUE THEN 'archived'
                                    WHEN par.commercial_partner_id
                                         IS DISTINCT FROM pro.partner_id
                                         THEN 'employer'
                                    ELSE 'bounced' END AS reason
                          FROM customer_stakeholder sth
                          JOIN customer_profile pro ON pro.id = sth.profile_id
                          JOIN res_partner par ON par.id = sth.partner_id
                          JOIN res_company com ON com.id = sth.company_id
                         WHERE (sth.date_to IS NULL
                                OR sth.date_to > GREATEST(%(day)s, sth.date_from))
                           AND pro.merged_into_id IS NULL
                           AND sth.id <> ALL(%(left_out)s) AND %(scope)s
                           AND (par.active IS NOT TRUE
                                OR par.commercial_partner_id
                                   IS DISTINCT FROM pro.partner_id
                                OR com.customer_bounce_limit > 0
                                   AND %(bounces)s >= com.customer_bounce_limit)),
                        people AS (
                        SELECT DISTINCT profile_id, partner_id FROM gone
                      ORDER BY profile_id, partner_id LIMIT %(limit)s)
                   SELECT gone.id, gone.reason
                     FROM gone JOIN people USING (profile_id, partner_id)
                 ORDER BY gone.id""",
                day=day,
                scope=self._filter_gone(partners, company),
                bounces=SQL(
                    # only mails that came back since the role started
                    """par.message_bounce - CASE
                       WHEN par.message_bounce >= sth.bounces_at_start
                       THEN COALESCE(sth.bounces_at_start, 0) ELSE 0 END"""
                ),
                limit=limit,
                left_out=list(left_out),
            )
        )
        found = {}
        for row_id, reason in rows:
            found.setdefault(reason, []).append(row_id)
        return found

    @api.model
    def _filter_gone(self, partners, company):
        conditions = []
        if partners is not None:
            conditions.append(SQL("sth.partner_id = ANY(%s)", partners.ids))
        if company:
            conditions.append(SQL("sth.company_id = %s", company.id))
        return SQL(" AND ").join(conditions) if conditions else SQL("TRUE")

    # === TELLING === #

    def _tell_left(self, reason):
        """Raise one alert for each person who left a living customer."""
        alerts = self.env["customer.alert"]
        for (profile, partner), mine in self.grouped(
            lambda row: (row.profile_id, row.partner_id)
        ).items():
            day = max(mine.mapped("date_to"))
            raised = alerts._raise_event(
                profile,
                "contact_left",
                f"{partner.id}:{day}",
                {
                    "stakeholder_ids": sorted(mine.ids),
                    "reason": reason,
                    "date": str(day),
                },
            )
            for alert in raised:
                told = mine.with_context(lang=alert.user_id.lang or self.env.lang)
                alert._message_log(body=told._prepare_left_note(reason))

    def _prepare_left_note(self, reason):
        """Say why somebody is gone, what nobody does now and who could follow."""
        profile, partner = self.profile_id, self.partner_id
        reasons = dict(self._fields["end_reason"]._description_selection(self.env))
        day = max(self.mapped("date_to"))
        coverage = profile._get_chain_coverage(day)
        lines = [f"{reasons[reason]}, {format_date(self.env, day)}"]
        if coverage["missing"]:
            lines.append(
                self.env._(
                    "Not covered any more or never: %s", ", ".join(coverage["missing"])
                )
            )
        successors = profile._get_possible_successors(partner)
        if successors:
            lines.append(
                self.env._(
                    "Ask who takes over. Contacts there without a role: %s",
                    ", ".join(successors.mapped("name")),
                )
            )
        else:
            lines.append(
                self.env._("Ask who takes over and add the new contact to the chain.")
            )
        faced = profile.team_member_ids.filtered(
            lambda member: member.stakeholder_id in self and not member.date_to
        )
        if faced:
            lines.append(
                self.env._(
                    "On our side he was faced by %s: name a new match.",
                    ", ".join(faced.user_id.mapped("name")),
                )
            )
        return Markup("<ul>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % line for line in lines
        )

    # === CRON METHODS === #

    @api.model
    def _cron_check_contacts(self):
        """End roles of contacts that left by ways no button saw, company by company.

        Raw SQL, merges and imports; runs again change nothing.
        """
        self._repair_loops()
        for company in self.env["res.company"].search([]):
            try:
                if not self._check_gone(company):
                    return  # the slice is over; the next one goes on
            except Exception:
                # No exception may leave a job that has committed progress: the
                # scheduler would call it again at once, for ever.
                _logger.exception("contacts of company %s not checked", company.id)
                self.env.cr.rollback()
        self.env["ir.cron"]._commit_progress(0, remaining=0)

    @api.model
    def _check_gone(self, company):
        """Check the contacts of a company in ranges; return whether it was finished.

        Somebody whose roles cannot be ended stops nobody else.
        """
        left_out = []
        while found := self._find_gone(
            company=company, limit=WRITE_RANGE, left_out=left_out
        ):
            for reason, ids in found.items():
                people = self.browse(ids).grouped(
                    lambda row: (row.profile_id.id, row.partner_id.id)
                )
                failed = try_each(
                    self.env,
                    [rows.ids for rows in people.values()],
                    lambda groups, why=reason: self._end_groups(groups, why),
                )
                left_out += chain.from_iterable(failed)
            if self.env["ir.cron"]._commit_progress(1, remaining=1) <= 0:
                return False
        return True

    def _end_groups(self, groups, reason):
        """End the roles of several people, given as ids by person."""
        self.browse(chain.from_iterable(groups))._end(reason)
