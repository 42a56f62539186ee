from datetime import timedelta

from markupsafe import Markup, escape
from odoo import api, models
from odoo.tools import SQL, split_every

from ..batches import try_each
from ..const import ALERT_BATCH

# Days within which somebody should have looked at an alert, by severity.
LOOK_DAYS = {"critical": 1, "high": 3, "medium": 7, "low": 14}


class CustomerAlert(models.Model):
    """One activity for each alert, of whoever has it."""

    _inherit = "customer.alert"

    @api.model
    def _remind_all(self, company, date):
        """Bring the activities of a company's alerts in line, batch by batch."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT alr.id
                     FROM customer_alert alr
                     JOIN customer_profile pro ON pro.id = alr.profile_id
                    WHERE alr.company_id = %(company)s AND alr.date <= %(date)s
                      AND alr.raised_user_id IS DISTINCT FROM
                          CASE WHEN %(is_reminded)s THEN alr.user_id END
                 ORDER BY alr.id""",
                company=company.id,
                date=date,
                is_reminded=SQL(
                    """alr.state IN ('open', 'acknowledged')
                       AND alr.is_snoozed IS NOT TRUE
                       AND alr.is_overflow IS NOT TRUE AND pro.active"""
                ),
            )
        )
        due = [row[0] for row in rows]
        for ids in split_every(ALERT_BATCH, due, list):
            try_each(self.env, ids, lambda some: self.browse(some)._sync_activities())
            if not self._commit_batch(len(ids), is_last=ids[-1] == due[-1]):
                return False
        return True

    def _sync_activities(self):
        """Give each of these alerts one activity of who has it, or take it back.

        Whoever had one and dismissed it gets no other; that of a closed alert is done.
        """
        for alert in self:
            user = alert._get_reminded()
            if user == alert.raised_user_id:
                continue
            mine = alert._get_alert_activities()
            if alert.state == "closed":
                mine.action_feedback()
            elif user and mine:
                # no mail: what is due shows among the activities
                mine.with_context(mail_activity_quick_update=True).write(
                    {"user_id": user.id}
                )
            elif user:
                alert._create_alert_activity(user)
            else:
                mine.unlink()
            alert.raised_user_id = user

    def _get_reminded(self):
        """Return who should have the activity of an alert, nobody when none is due."""
        is_due = (
            self.state in ("open", "acknowledged")
            and not self.is_snoozed
            and not self.is_overflow
            and self.profile_id.active
            and self.user_id.active
        )
        return self.user_id if is_due else self.user_id.browse()

    def _create_alert_activity(self, user):
        kind = self.env.ref(
            "customer_success.mail_activity_type_alert", raise_if_not_found=False
        )
        deadline = self.date + timedelta(days=LOOK_DAYS[self.severity])
        self._create_activity(
            user.id, kind, deadline, lambda told: told.rule_id.name, with_note=True
        )

    def _create_activity(self, user_id, kind, deadline, say, with_note=False):
        """Create one activity in the language of its person.

        :param say: callable that takes the alert and returns the summary
        """
        if not user_id:
            return
        user = self.env["res.users"].browse(user_id)
        told = self.with_context(lang=user.lang, mail_activity_quick_update=True)
        # sudo: the activity of somebody else
        told.env["mail.activity"].sudo().create(
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
                "activity_type_id": kind and kind.id,
                "summary": say(told),
                "note": with_note and Markup("<p>%s</p>") % escape(told.sentence or ""),
                "date_deadline": deadline,
                "user_id": user_id,
                "automated": True,
            }
        )

    def _get_alert_activities(self):
        kind = self.env.ref(
            "customer_success.mail_activity_type_alert", raise_if_not_found=False
        )
        return self._get_automated_activities().filtered(
            lambda activity: activity.activity_type_id == kind
        )
