import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_date

from ..const import RETRY_MINUTES
from .customer_run_job import CONCURRENCY

_logger = logging.getLogger(__name__)

# Alerts listed in one mail, the most urgent ones first; the rest is counted.
LISTED = 20
# Days for which it is kept who got a mail.
KEPT_DAYS = 90


class CustomerAlertSummary(models.Model):
    """One mail a day to each person who has new alerts.

    A row says that a person got the mail of a day. It is written in the transaction of
    the mail and of what the mail tells of, so nothing is told twice or lost; the mail
    itself waits in the queue of outgoing mail.
    """

    _name = "customer.alert.summary"
    _description = "Daily Alert Mail"
    _order = "date desc, id desc"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        help="The person's own company: its clock says which day it is.",
    )
    date = fields.Date(required=True, readonly=True)
    alert_count = fields.Integer("Alerts", readonly=True)
    overflow_count = fields.Integer("On the Managers' List", readonly=True)

    _user_date_uniq = models.Constraint(
        "UNIQUE (user_id, date)", "A person gets one mail a day."
    )

    # === CRON METHODS === #

    @api.model
    def _cron_send_alerts(self):
        """Send what is new to each person, then the numbers to the group robots.

        One transaction per person: what goes wrong for one stops nobody else.
        """
        self._follow_overflow()
        tasks = [(self._send_mail, user) for user in self._get_people()]
        tasks += [
            (self.env["customer.alert.webhook"]._post_daily, company)
            for company in self._get_robot_companies()
        ]
        self.env["ir.cron"]._commit_progress(remaining=len(tasks))
        for send, recipient in tasks:
            self._take_task(send, recipient)
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                break

    def _take_task(self, send, recipient):
        try:
            send(recipient)
            self.env.flush_all()
        except CONCURRENCY:
            self.env.cr.rollback()
            self._request_again()
        except Exception:
            # no exception may leave a job that has committed progress
            self.env.cr.rollback()
            _logger.exception("daily alert mail of %s failed", recipient)

    def _request_again(self):
        later = fields.Datetime.add(fields.Datetime.now(), minutes=RETRY_MINUTES)
        self.env.ref("customer_success.ir_cron_send_alerts")._trigger(at=later)

    @api.autovacuum
    def _gc_old_rows(self):
        """Forget who got a mail, except the last one of each person."""
        limit = fields.Date.subtract(fields.Date.today(), days=KEPT_DAYS)
        self.env.execute_query(
            SQL(
                """DELETE FROM customer_alert_summary old
                    WHERE old.date < %s AND EXISTS (
                          SELECT FROM customer_alert_summary new
                           WHERE new.user_id = old.user_id AND new.date > old.date)
                RETURNING old.id""",
                limit,
            )
        )

    # === WHO === #

    @api.model
    def _get_people(self):
        """Return who has something untold: owners of alerts, managers of an overflow."""
        alerts = self.env["customer.alert"]
        groups = alerts._read_group(alerts._get_untold_domain(), ["user_id"])
        owners = self.env["res.users"].union(*(user for [user] in groups))
        return owners | self._get_managers_to_tell()

    def _get_managers_to_tell(self):
        """Return the managers to whom more alerts are left over than they were told."""
        group = self.env.ref("customer_success.group_customer_success_manager")
        counts = self._get_overflow_counts()
        told = {row.user_id: row.overflow_count for row in self._get_last_rows()}
        return group.all_user_ids.filtered(
            lambda user: (
                user.active and self._count_overflow(user, counts) > told.get(user, 0)
            )
        )

    def _get_last_rows(self):
        """Return the last row of each person."""
        return self.browse(
            row for _user, row in self._read_group([], ["user_id"], ["id:max"])
        )

    def _follow_overflow(self):
        """Lower what people were told of an overflow that shrank: it may grow again."""
        counts = self._get_overflow_counts()
        for row in self._get_last_rows():
            row.overflow_count = min(
                row.overflow_count, self._count_overflow(row.user_id, counts)
            )

    def _get_overflow_counts(self):
        """Return the number of alerts on the managers' list, by company."""
        alerts = self.env["customer.alert"]
        groups = alerts._read_group(
            alerts._get_waiting_domain()
            & (Domain("is_overflow", "=", True) | Domain("user_id", "=", False))
            & Domain("company_id.customer_alert_summary", "=", True),
            ["company_id"],
            ["__count"],
        )
        return {company.id: count for company, count in groups}

    def _count_overflow(self, user, counts):
        return sum(counts.get(company.id, 0) for company in user.company_ids)

    @api.model
    def _get_robot_companies(self):
        # sudo: settings of the robot, which nobody reads
        return (
            self.env["res.company"]
            .sudo()
            .search([("customer_webhook_kind", "!=", False)])
        )

    # === THE MAIL === #

    @api.model
    def _send_mail(self, user):
        """Write to one person what is new to him; nothing when he had today's mail."""
        today = user.company_id._get_customer_today()
        untold = self.env["customer.alert"].search(
            self.env["customer.alert"]._get_untold_domain()
            & Domain("user_id", "=", user.id),
            order="priority desc, id",
        )
        # with his own eyes: whoever lost the right learns nothing
        alerts = (
            untold.with_user(user)
            .with_context(
                allowed_company_ids=user.company_ids.ids, lang=user.lang, tz=user.tz
            )
            ._filtered_access("read")
        )
        overflow = self._get_overflow_of(user)
        if not (alerts or overflow) or not self._start(
            user, today, len(alerts), overflow
        ):
            return
        writer = self.with_context(lang=user.lang, mail_notify_force_send=False)
        writer.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=writer._get_subject(len(alerts), overflow, today),
            body=writer._get_body(alerts, overflow),
            email_layout_xmlid="mail.mail_notification_light",
        )
        untold.browse(alerts.ids).write(
            {"told_user_id": user.id, "date_notified": today, "is_back": False}
        )

    def _get_overflow_of(self, user):
        """Return the number on the list for a manager, 0 for everybody else."""
        if not user.has_group("customer_success.group_customer_success_manager"):
            return 0
        return self._count_overflow(user, self._get_overflow_counts())

    def _start(self, user, date, alert_count, overflow_count):
        """Keep that a person gets the mail of a day; False when he got it already.

        In SQL: the ORM would end the transaction over a row that is there.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO customer_alert_summary
                          (user_id, company_id, date, alert_count, overflow_count,
                           create_uid, write_uid, create_date, write_date)
                   VALUES (%(user)s, %(company)s, %(date)s, %(alerts)s, %(overflow)s,
                           %(uid)s, %(uid)s, NOW() AT TIME ZONE 'UTC',
                           NOW() AT TIME ZONE 'UTC')
              ON CONFLICT (user_id, date) DO NOTHING
                RETURNING id""",
                user=user.id,
                company=user.company_id.id,
                date=date,
                alerts=alert_count,
                overflow=overflow_count,
                uid=self.env.uid,
            )
        )
        return bool(rows)

    def _get_subject(self, count, overflow, date):
        day = format_date(self.env, date)
        if count:
            return self.env._(
                "Alerts at your customers, %(date)s: %(count)s", date=day, count=count
            )
        return self.env._(
            "Alerts on the managers' list, %(date)s: %(count)s",
            date=day,
            count=overflow,
        )

    def _get_body(self, alerts, overflow):
        """Return the mail in the language of the context, about alerts as he sees them."""
        base = self.get_base_url()
        more = len(alerts) - LISTED
        rows = [
            {
                "link": f"{base}/mail/view?model=customer.alert&res_id={alert.id}",
                "customer": alert.profile_id.display_name,
                "tier": alert.profile_id.tier_id.name,
                "sentence": alert.sentence or alert.rule_id.name,
                "value": self._get_value_text(alert),
                "is_back": alert.is_back,
            }
            for alert in alerts[:LISTED]
        ]
        return self.env["ir.qweb"]._render(
            "customer_success.customer_alert_summary_mail",
            {
                "rows": rows,
                "more": more > 0 and self.env._("And %s more, less urgent.", more),
                "overflow": overflow
                and self.env._(
                    "On the managers' list, because nobody has them or the list of their"
                    " person is full: %s. Give them to somebody or close them.",
                    overflow,
                ),
                "list_link": f"{base}/odoo/customer-alerts",
            },
        )

    def _get_value_text(self, alert):
        if not alert.value_at_risk:
            return ""
        return format_amount(
            self.env, alert.value_at_risk, alert.company_id.currency_id
        )
