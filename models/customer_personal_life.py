import logging

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.tools import SQL

from ..batches import try_each
from .customer_personal_data import VALUES

_logger = logging.getLogger(__name__)

# What stands where something was erased.
ERASED = "***"
# Rows erased per transaction of the purge job.
PURGE_BATCH = 500
# Reasons for which a role at the customer ended and the person is gone.
GONE = ("archived", "left", "employer", "bounced")


class CustomerPersonalData(models.Model):
    """How relationship data ends: erased, purged, merged; and what it tells others."""

    _inherit = "customer.personal.data"

    # === ERASURE === #

    def _erase(self, kind):
        """Erase what is known, keep the rows and the figures of the gifts.

        :param kind: why, for the log (see ``customer.personal.access``)
        """
        # sudo: asked for by who may write these rows, by a job or by an erasure
        self.sudo()._get_birthday_milestones().unlink()  # their dates tell the birthday
        for data in self.sudo():
            gifts = data.with_context(active_test=False).gift_ids
            gifts.write({"name": ERASED, "occasion": False})
            data.write(
                {
                    **dict.fromkeys(VALUES, False),
                    "purpose": data._get_default_purpose(),
                    "gift_limit": data.company_id.customer_gift_limit,
                    "date_expiry": False,
                    "date_erased": data._get_today(),
                }
            )
        self.env["customer.personal.access"]._log(kind, self)
        return True

    # === RETENTION === #

    @api.model
    def _cron_purge_personal_data(self):
        """Erase what nobody confirmed in time, delete gifts of before.

        The time of people who left is cut short first. A second run finds nothing.
        """
        for company in self.env["res.company"].search([]):
            today = company._get_customer_today()
            try:
                self._cut_short_who_left(company, today)
                if not self._purge(company, today):
                    return  # the slice is over; the next one goes on
            except Exception:
                # No exception may leave a job that has committed progress: the
                # scheduler would call it again at once, for ever.
                _logger.exception("company %s not purged", company.id)
                self.env.cr.rollback()
        self.env["ir.cron"]._commit_progress(0, remaining=0)

    @api.model
    def _purge(self, company, today):
        """Purge a company in batches; returns False when the time slice is over.

        A row that cannot be erased stops no other.
        """
        months = company.customer_personal_retention_months
        gifts = self.env["customer.gift"].with_context(active_test=False)
        over = [("company_id", "=", company.id), ("date_expiry", "<=", today)]
        old = [
            ("company_id", "=", company.id),
            ("date", "<=", today - relativedelta(months=months)),
        ]
        kept = {self._name: [], gifts._name: []}
        while True:
            count = 0
            for rows, domain, end in (
                (self, over, self._erase_ids),
                (gifts, old, self._delete_gifts),
            ):
                left = [*domain, ("id", "not in", kept[rows._name])]
                ids = rows.search(left, limit=PURGE_BATCH).ids
                if ids:
                    kept[rows._name] += try_each(self.env, ids, end)
                count += len(ids)
            if not count:
                return True
            if self.env["ir.cron"]._commit_progress(count, remaining=1) <= 0:
                return False

    def _erase_ids(self, ids):
        self.browse(ids)._erase("purge")

    def _delete_gifts(self, ids):
        gifts = self.env["customer.gift"].browse(ids)
        self.env["customer.personal.access"]._log("purge", gifts)
        gifts.unlink()

    @api.model
    def _cut_short_who_left(self, company, today):
        """Shorten the time of people who were archived or are no longer there.

        In one statement, since people leave by any path: archived, moved to another
        company, the last role ended. What is shortened already stays as it is.
        """
        self.env.flush_all()
        limit = today + relativedelta(months=company.customer_personal_left_months)
        self.env.execute_query(
            SQL(
                """UPDATE customer_personal_data dat
                      SET date_expiry = %(limit)s
                     FROM res_partner par, customer_profile pro
                    WHERE par.id = dat.partner_id AND pro.id = dat.profile_id
                      AND dat.company_id = %(company)s AND dat.date_expiry > %(limit)s
                      AND (NOT par.active
                           OR par.commercial_partner_id <> pro.partner_id
                           OR %(roles_ended)s)
                RETURNING dat.id""",
                limit=limit,
                company=company.id,
                roles_ended=self._select_roles_ended(today),
            )
        )
        self.invalidate_model(["date_expiry"])

    @api.model
    def _select_roles_ended(self, today):
        """Return the condition that the last role of a person ended as he left."""
        return SQL(
            """(EXISTS (SELECT FROM customer_stakeholder stk
                         WHERE stk.partner_id = dat.partner_id
                           AND stk.profile_id = dat.profile_id
                           AND stk.date_to <= %(today)s AND stk.end_reason IN %(gone)s)
                AND NOT EXISTS (SELECT FROM customer_stakeholder stk
                                 WHERE stk.partner_id = dat.partner_id
                                   AND stk.profile_id = dat.profile_id
                                   AND (stk.date_to IS NULL
                                        OR stk.date_to > %(today)s)))""",
            today=today,
            gone=GONE,
        )

    # === EXPORT === #

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Override of base: readers only, and it is logged."""
        self.env["customer.personal.access"]._log_export(self, fields)
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    # === MERGE === #

    def _merge_into_one(self, profile, partner):
        """Make one row of those of one person at one customer.

        The newest row with a value wins, field by field; all gifts stay. By SQL, as
        core moves contacts: no rule about new rows may stop a merge.
        """
        rows = self.sorted(lambda data: (data.date_recorded, data.id), reverse=True)
        survivor, others = rows[0], rows[1:]
        vals = rows._prepare_merged_vals()
        birthday = (vals.pop("birthday_day"), vals.pop("birthday_month"))
        self.env.flush_all()
        for data in others:
            same = (data.birthday_day, data.birthday_month) == birthday
            data._give_links_to(survivor, same)
        others.unlink()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE customer_personal_data
                      SET partner_id = %s, profile_id = %s,
                          birthday_day = %s, birthday_month = %s
                    WHERE id = %s""",
                partner.id,
                profile.id,
                *birthday,
                survivor.id,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE customer_gift SET profile_id = %s WHERE personal_data_id = %s",
                profile.id,
                survivor.id,
            )
        )
        self.env.invalidate_all()
        if others:
            survivor.write(vals)
        return survivor

    def _prepare_merged_vals(self):
        """Return the values of several rows, newest first, as those of one."""
        consent = max(  # of one day, the withdrawal counts
            self,
            key=lambda data: (
                str(data.date_consent or ""), data.consent == "withdrawn", data.id
            ),
        )  # fmt: skip
        vals = {
            "consent": consent.consent,
            "date_consent": consent.date_consent,
            "date_expiry": max(
                (data.date_expiry for data in self if data.date_expiry), default=False
            ),
        }
        for names in (
            ("birthday_day", "birthday_month"),
            ("trust", "date_trust"),
            ("interests",),
            ("notes",),
        ):
            newest = next((data for data in self if data[names[0]]), self[:1])
            vals.update({name: newest[name] for name in names})
        vals["no_gift"] = any(self.mapped("no_gift"))
        return vals

    def _give_links_to(self, survivor, same_birthday):
        """Move gifts and birthdays that were cared for; a day twice is once."""
        self.env.cr.execute(
            SQL(
                "UPDATE customer_gift SET personal_data_id = %s"
                " WHERE personal_data_id = %s",
                survivor.id,
                self.id,
            )
        )
        if same_birthday:
            self.env.cr.execute(
                SQL(
                    """UPDATE customer_milestone mil SET personal_data_id = %(survivor)s
                        WHERE mil.personal_data_id = %(data)s
                          AND NOT EXISTS (SELECT FROM customer_milestone oth
                                           WHERE oth.personal_data_id = %(survivor)s
                                             AND oth.date = mil.date)""",
                    survivor=survivor.id,
                    data=self.id,
                )
            )
        self.env.invalidate_all()
        self._get_birthday_milestones().unlink()

    def _get_birthday_milestones(self):
        return (
            self.env["customer.milestone"]
            .with_context(active_test=False)
            .search([("personal_data_id", "in", self.ids)])
        )
