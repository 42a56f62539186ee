import logging

from odoo import api, models
from odoo.tools import split_every

from ..batches import CONCURRENCY, keep_progress, try_each
from ..const import ALERT_BATCH

_logger = logging.getLogger(__name__)


class CustomerAlert(models.Model):
    """Raises what the rules find, ends what has recovered; a day twice is as once."""

    _inherit = "customer.alert"

    # === THE NIGHT === #

    @api.model
    def _raise_alerts(self, date, company=None, live=False):
        """Raise the alerts of a day and end those whose figures have recovered.

        May be called for any day: without ``live`` the figures are worked out as of the
        day. Again it raises and writes nothing. A rule that fails stops no other one.

        :return: number of alerts raised, False when the slice of the job ended before
        """
        companies = company or self.env["res.company"].search([])
        count = 0
        for each in companies:
            raised = self.with_company(each)._raise_company(each, date, live)
            if raised is False:
                return False
            count += raised
        return count

    def _raise_company(self, company, date, live):
        """Carry out the day for one company, rule by rule."""
        # sudo: alerts are raised by the system
        alerts_sudo, fit, count = self.sudo(), {}, 0
        rules_sudo = self.env["customer.alert.rule"].sudo()
        in_force = rules_sudo._get_in_force(company)
        for rule in alerts_sudo._get_rules_with_open(company) - in_force:
            if alerts_sudo._try_rule(rule, company, date, live, fit, False) is False:
                return False
        for rule in in_force:
            raised = alerts_sudo._try_rule(rule, company, date, live, fit, True)
            if raised is False:
                return False
            count += raised
        return count

    def _get_rules_with_open(self, company):
        """Return the rules with alerts that are not over, archived ones too."""
        groups = self._read_group(self._get_not_over_domain(company), ["rule_id"])
        return self.env["customer.alert.rule"].browse([rule.id for [rule] in groups])

    def _try_rule(self, rule, company, date, live, fit, is_in_force):
        """Carry out a rule; when it fails, note that on it and go on with the others.

        :return: number of alerts raised, False when the slice is over
        """
        try:
            with self.env.cr.savepoint():
                over_ids = self._find_over_ids(rule, company, date, live, fit)
                new = []
                if is_in_force and not rule.is_event:
                    new = self._find_new(rule, company, date, live, fit)
        except CONCURRENCY:
            raise
        except Exception as error:
            # ids only: no personal data in logs
            _logger.exception(
                "alert rule %s failed for company %s", rule.id, company.id
            )
            self.env.invalidate_all(flush=False)
            rule._note_error(date, str(error).strip())
            return 0
        # of a shared rule, that of another company on this day stays
        if rule.company_id or rule.date_error != date:
            rule._note_error(False, False)
        if not self._work_off_over(over_ids, date):
            return False
        return self._work_off_new(rule, new, date)

    def _find_over_ids(self, rule, company, date, live, fit):
        """Return the ids of the rule's alerts that are over; reads their customers only."""
        domain = self._get_not_over_domain(company)
        alerts = self.search([*domain, ("rule_id", "=", rule.id), ("date", "<=", date)])
        if not alerts:
            return []
        reading = rule._prepare_reading(
            company, date, live, alerts.profile_id.ids, fit=fit
        )
        return rule._find_over(reading)

    def _find_new(self, rule, company, date, live, fit):
        """Return what the rule finds and nobody was told yet."""
        return rule._find(
            rule._prepare_reading(company, date, live, fit=fit), is_news=True
        )

    # === WRITING === #

    def _work_off_over(self, ids, date):
        """End alerts batch by batch; return False when the slice is over."""
        alerts = self._without_log()
        for batch in split_every(ALERT_BATCH, ids, list):
            try_each(self.env, batch, lambda some: alerts.browse(some)._set_over(date))
            if not self._commit_batch(len(batch), is_last=batch[-1] == ids[-1]):
                return False
        return True

    def _work_off_new(self, rule, rows, date):
        """Create alerts batch by batch, and those that fail one by one.

        :return: number of alerts created, False when the slice is over
        """
        count = 0
        for batch in split_every(ALERT_BATCH, rows, list):
            left = try_each(
                self.env, batch, lambda some: self._create_found(rule, some, date)
            )
            count += len(batch) - len(left)
            if not self._commit_batch(len(batch), is_last=batch[-1] is rows[-1]):
                return False
        return count

    def _create_found(self, rule, rows, date):
        """Create the alerts of what a rule has found; gaps with an alert go on."""
        alerts = self._without_log()
        again = alerts.browse([row["same_id"] for row in rows if row.get("same_id")])
        again._set_resumed()
        return alerts.create(
            [
                {
                    "profile_id": row["profile_id"],
                    "rule_id": rule.id,
                    "signal": rule.signal,
                    "is_event": rule.is_event,
                    "key": row["key"],
                    "date": date,
                    "value": row["value"] or 0,
                    "evidence": row["evidence"],
                    "severity": rule.severity,
                    "tier_id": row["tier_id"],
                }
                for row in rows
                if not row.get("same_id")
            ]
        )

    def _without_log(self):
        """Return the model without the messages that people make by writing."""
        # sudo: alerts are raised and ended by the system
        return self.sudo().with_context(
            tracking_disable=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            mail_activity_quick_update=True,
        )

    def _commit_batch(self, done, is_last=False):
        """Commit a batch when a job is at work; return False when its slice is over.

        Not after the last one: what fails in it would be all that is left, for ever.
        """
        return keep_progress(self.env, done) > 0 or is_last

    # === EVENTS === #

    @api.model
    def _raise_event(self, profiles, signal, key, evidence):
        """Raise alerts of an event at once, by each active rule of its signal.

        Once for each customer, rule and key. Customers who are archived or not of the
        rule's tiers and stages get none.

        :return: the new alerts
        """
        # sudo: whoever ends a role may not read every rule and alert about the customer
        alerts = self.sudo().browse()
        profiles = profiles.sudo().filtered(
            lambda profile: profile.active and not profile.merged_into_id
        )
        for company, customers in profiles.grouped("company_id").items():
            date = company._get_customer_today()
            rules_sudo = self.env["customer.alert.rule"].sudo()
            for rule in rules_sudo._get_in_force(company, signal):
                told = self.sudo().search(
                    [
                        ("rule_id", "=", rule.id),
                        ("key", "=", key),
                        ("profile_id", "in", customers.ids),
                    ]
                )
                rows = [
                    {
                        "profile_id": profile.id,
                        "key": key,
                        "value": 0,
                        "evidence": evidence,
                        "tier_id": profile.tier_id.id,
                    }
                    for profile in customers - told.profile_id
                    if rule._is_about(profile)
                ]
                alerts |= self._create_found(rule, rows, date)
        alerts._announce()
        return alerts
