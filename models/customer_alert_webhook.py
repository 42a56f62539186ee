import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

_logger = logging.getLogger(__name__)


class CustomerAlertWebhook(models.AbstractModel):
    """Tells a chat group how many alerts there are: numbers and a link, no customer."""

    _name = "customer.alert.webhook"
    _description = "Group Robot Message about Alerts"

    @api.model
    def _post_daily(self, company):
        """Post the numbers of a company's day, once, when there are new alerts.

        The day is committed before the post: better no message than two.
        """
        # sudo: settings of the robot, which nobody reads
        company_sudo = company.sudo()
        today = company._get_customer_today()
        last = company_sudo.customer_webhook_date
        if not (
            company_sudo.customer_webhook_kind and company_sudo.customer_webhook_url
        ):
            return
        if last and last >= today:
            return
        words = self.with_context(lang=company.partner_id.lang or self.env.user.lang)
        counts = self._get_counts(company, last, today)
        if not counts["new"]:
            return
        company._keep_webhook_result(None, today)
        self.env["ir.cron"]._commit_progress(0)
        error = words._post(company, words._get_lines(counts), today)
        company._keep_webhook_result(error, today)
        self.env["ir.cron"]._commit_progress(0)

    @api.model
    def _get_counts(self, company, last, today):
        """Return the numbers of a company: new since the last message, open, waiting."""
        alerts = self.env["customer.alert"]
        unfinished = Domain("company_id", "=", company.id)
        unfinished &= Domain("state", "!=", "closed")
        is_left = Domain("is_overflow", "=", True) | Domain("user_id", "=", False)
        since = Domain("date", ">", last) if last else Domain("date", "=", today)
        return {
            "new": alerts.search_count(unfinished & since),
            "open": alerts.search_count(unfinished & Domain("state", "=", "open")),
            "overflow": alerts.search_count(
                unfinished & alerts._get_waiting_domain() & is_left
            ),
        }

    def _get_lines(self, counts):
        lines = [
            self.env._("New alerts: %s", counts["new"]),
            self.env._("Nobody has taken yet: %s", counts["open"]),
        ]
        if counts["overflow"]:
            lines.append(self.env._("On the managers' list: %s", counts["overflow"]))
        return lines

    @api.model
    def _post_test(self, company):
        """Post one line now, in one try; returns None or the error."""
        today = company._get_customer_today()
        line = self.env._("Test: alerts will be announced here, as numbers only.")
        return self._post(company, [line], today, waits=())

    def _post(self, company, lines, date, **options):
        title = self.env._(
            "Customer Success, %(company)s, %(date)s",
            company=company.name,
            date=format_date(self.env, date),
        )
        link = f"{company.get_base_url()}/odoo/customer-alerts"
        error = company.with_env(self.env)._post_to_webhook(
            title, lines, link, **options
        )
        if error:
            # never the address: its query is a password
            _logger.warning("group robot of company %s: %s", company.id, error)
        return error
