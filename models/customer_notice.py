from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import SQL, format_date, format_datetime

# Names of customers listed in one notification; the rest is counted.
LISTED = 20
# A nightly run that is not finished after one and a half days is late.
LATE_HOURS = 36


class CustomerNotice(models.AbstractModel):
    """Tells people what moved at their customers, and managers what went wrong."""

    _name = "customer.notice"
    _description = "Notifications of Scoring Runs"

    # === MOVES === #

    @api.model
    def _notify_moves(self, run):
        """Send each first responsible person one message about a finished run.

        Tiers that moved (first ratings do not count) and customers newly at risk.
        """
        if run.job not in ("refresh", "review", "move"):
            return
        changes = self.env["customer.tier.change"].search(
            [("run_id", "=", run.id), ("direction", "!=", "first")]
        )
        fallen = self.env["customer.profile"]
        if run.job == "refresh":
            fallen = self._get_newly_at_risk(run)
        for user in (changes.user_id | fallen.user_id).filtered("active"):
            self.with_context(lang=user.lang)._notify_user(
                user,
                run,
                changes.filtered(lambda change, user=user: change.user_id == user),
                fallen.filtered(lambda profile, user=user: profile.user_id == user),
            )

    @api.model
    def _notify_downgrades(self, run):
        """Tell the managers once how many downgrades of a review wait for them."""
        count = self.env["customer.tier.request"].search_count(
            [("run_id", "=", run.id), ("state", "=", "waiting")]
        )
        for lang, users in self._get_managers(run.company_id).grouped("lang").items():
            if count:
                notice = self.with_context(lang=lang)
                notice.env["mail.thread"].message_notify(
                    partner_ids=users.partner_id.ids,
                    subject=notice.env._(
                        "%(count)s downgrades wait for your approval, as of %(date)s",
                        count=count,
                        date=format_date(notice.env, run.date),
                    ),
                    body=notice.env._(
                        "Approve or refuse them under Analysis, Tier Requests. The old"
                        " tiers stay until then, at most until the next review."
                    ),
                )

    def _get_managers(self, company):
        group = self.env.ref("customer_success.group_customer_success_manager")
        return group.all_user_ids.filtered(
            lambda user: user.active and company in user.company_ids
        )

    def _get_newly_at_risk(self, run):
        """Return the customers whose health fell to "at risk" on the day of a run."""
        rows = self.env.execute_query(
            SQL(
                """SELECT scr.profile_id
                     FROM customer_score scr
                     JOIN LATERAL (
                          SELECT old.health FROM customer_score old
                           WHERE old.profile_id = scr.profile_id
                             AND old.kind = 'health' AND old.date < scr.date
                        ORDER BY old.date DESC LIMIT 1) prv ON TRUE
                    WHERE scr.company_id = %s AND scr.kind = 'health'
                      AND scr.date = %s AND scr.health = 'at_risk'
                      AND prv.health <> 'at_risk'
                 ORDER BY scr.profile_id""",
                run.company_id.id,
                run.date,
            )
        )
        told = self.env["customer.run"].search_count(
            [
                ("job", "=", "refresh"),
                ("company_id", "=", run.company_id.id),
                ("date", "=", run.date),
                ("state", "=", "done"),
                ("id", "!=", run.id),
            ],
            limit=1,
        )
        # A second run of the day tells nothing twice.
        return self.env["customer.profile"].browse([] if told else [r[0] for r in rows])

    def _notify_user(self, user, run, changes, fallen):
        """Write to one person, in the language of the context."""
        changes, fallen = changes.with_env(self.env), fallen.with_env(self.env)
        lines = changes.mapped("display_name") + [
            self.env._("%s is now at risk", name)
            for name in fallen.mapped("display_name")
        ]
        body = Markup("<ul>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % line for line in lines[:LISTED]
        )
        if len(lines) > LISTED:
            body += Markup("<p>%s</p>") % self.env._("and %s more", len(lines) - LISTED)
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._(
                "%(count)s changes at your customers, as of %(date)s",
                count=len(lines),
                date=format_date(self.env, run.date),
            ),
            body=body,
        )

    # === WATCHDOG === #

    @api.model
    def _cron_check_runs(self):
        """Tell managers once about runs that failed, are late or left somebody out."""
        runs = self.env["customer.run"].search(
            [
                ("is_reported", "=", False),
                "|",
                ("state", "=", "failed"),
                "&",
                ("state", "=", "done"),
                ("quarantine_count", ">", 0),
            ]
        )
        for run in runs:
            self._notify_managers(run, "_describe_trouble")
        runs.is_reported = True
        for company in self.env["res.company"].search([]):
            self._check_late(company)

    def _describe_trouble(self, run):
        if run.state == "failed":
            return self.env._(
                "%(run)s failed: %(message)s", run=run.display_name, message=run.message
            )
        return self.env._(
            "%(run)s: %(count)s customers could not be computed.",
            run=run.display_name,
            count=run.quarantine_count,
        )

    def _check_late(self, company):
        limit = fields.Datetime.now() - timedelta(hours=LATE_HOURS)
        last = self.env["customer.run"].search(
            [
                ("job", "=", "refresh"),
                ("company_id", "=", company.id),
                ("state", "=", "done"),
            ],
            limit=1,
            order="end_datetime desc",
        ) or self.env["customer.run"].search(
            [("job", "=", "refresh"), ("company_id", "=", company.id)],
            limit=1,
            order="create_date",
        )
        since = last.end_datetime or last.create_date
        if last and since < limit and not last.is_late_reported:
            self._notify_managers(last, "_describe_delay")
            last.is_late_reported = True

    def _describe_delay(self, run):
        return self.env._(
            "No scoring run of %(company)s has finished since %(date)s: look at the"
            " scheduled actions.",
            company=run.company_id.name,
            date=format_datetime(self.env, run.end_datetime or run.create_date),
        )

    def _notify_managers(self, run, describe):
        """Write to the managers of the run's company, to each in his language.

        :param describe: name of the method that takes the run and returns the text
        """
        managers = self._get_managers(run.company_id)
        for lang, users in managers.grouped("lang").items():
            notice = self.with_context(lang=lang)
            notice.env["mail.thread"].message_notify(
                partner_ids=users.partner_id.ids,
                subject=notice.env._("Customer Success: a scoring run needs attention"),
                body=getattr(notice, describe)(run.with_env(notice.env)),
            )
