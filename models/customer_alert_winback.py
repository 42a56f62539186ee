from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..batches import try_each
from ..const import ALERT_BATCH


class CustomerAlert(models.Model):
    """A customer who was lost is asked again: on a day that people chose."""

    _inherit = "customer.alert"

    is_winback = fields.Boolean("Win Back", readonly=True, copy=False)
    date_winback = fields.Date(
        "Ask Again On",
        readonly=True,
        copy=False,
        help="The first responsible person gets an activity on this day.",
    )
    date_won_back = fields.Date(
        "Won Back On",
        readonly=True,
        copy=False,
        help="Day of the first order after the alert was closed as lost.",
    )
    is_winback_raised = fields.Boolean("Asked to Win Back", readonly=True, copy=False)
    winback_state = fields.Selection(
        [("planned", "Planned"), ("due", "Now Due"), ("won", "Won Back")],
        "Win-Back",
        compute="_compute_winback_state",
    )

    _winback_idx = models.Index(
        "(company_id, date_winback) WHERE is_winback AND date_won_back IS NULL"
    )

    @api.depends("is_winback", "is_winback_raised", "date_won_back")
    def _compute_winback_state(self):
        for alert in self:
            if not alert.is_winback:
                alert.winback_state = False
            elif alert.date_won_back:
                alert.winback_state = "won"
            else:
                alert.winback_state = "due" if alert.is_winback_raised else "planned"

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | set(self._get_no_winback())

    @api.model
    def _get_no_winback(self):
        return {
            "is_winback": False,
            "date_winback": False,
            "date_won_back": False,
            "is_winback_raised": False,
        }

    def _plan_winback(self, date):
        """Plan to ask these lost customers again on a day."""
        # sudo: what buttons write
        self.sudo().write(
            {**self._get_no_winback(), "is_winback": True, "date_winback": date}
        )

    # === THE JOB === #

    @api.model
    def _follow_winbacks(self, company, date):
        """Note who ordered again, and remind of those whose day has come."""
        for profile_id, day in self._find_won_back(company, date):
            alerts = self.search(
                [
                    ("profile_id", "=", profile_id),
                    ("is_winback", "=", True),
                    ("date_won_back", "=", False),
                    ("date_closed", "<", day),
                ]
            )
            alerts.with_context(tracking_disable=True).write({"date_won_back": day})
            alerts._get_winback_activities().unlink()
        due = self.search(
            [
                ("company_id", "=", company.id),
                ("is_winback", "=", True),
                ("is_winback_raised", "=", False),
                ("date_won_back", "=", False),
                ("date_winback", "<=", date),
                ("profile_id.active", "=", True),
            ]
        )
        for ids in split_every(ALERT_BATCH, due.ids, list):
            try_each(self.env, ids, lambda some: self.browse(some)._raise_winback(date))

    @api.model
    def _find_won_back(self, company, date):
        """Return customers with the first order day after they were lost.

        In SQL: the day of an order is that of the company, which the ORM cannot say.
        """
        self.env.flush_all()
        facts = self.env["customer.facts"]
        partners = self.env.execute_query(
            SQL(
                """SELECT DISTINCT pro.partner_id
                     FROM customer_alert alr
                     JOIN customer_profile pro ON pro.id = alr.profile_id
                    WHERE alr.company_id = %s AND alr.is_winback
                      AND alr.date_won_back IS NULL""",
                company.id,
            )
        )
        if not partners:
            return []
        scope = facts._prepare_scope(company, date, [row[0] for row in partners])
        return self.env.execute_query(
            SQL(
                """SELECT alr.profile_id, MIN(odr.day)
                     FROM customer_alert alr
                     JOIN customer_profile pro ON pro.id = alr.profile_id
                     JOIN (%(days)s) odr ON odr.partner_id = pro.partner_id
                                        AND odr.day > alr.date_closed
                    WHERE alr.company_id = %(company)s AND alr.is_winback
                      AND alr.date_won_back IS NULL
                 GROUP BY alr.id, alr.profile_id
                 ORDER BY alr.profile_id""",
                days=facts._select_order_days(scope),
                company=company.id,
            )
        )

    def _raise_winback(self, date):
        """Give the first responsible person of each customer one activity."""
        holders = self.env["customer.alert"]._get_chain_of(self.profile_id)
        kind = self.env.ref(
            "customer_success.mail_activity_type_winback", raise_if_not_found=False
        )
        for alert in self:
            user = holders[alert.profile_id.id]
            alert._create_activity(
                user,
                kind,
                date,
                lambda told: told.env._("Win back %s", told.profile_id.display_name),
            )
        self.with_context(tracking_disable=True).write({"is_winback_raised": True})

    def _get_winback_activities(self):
        kind = self.env.ref(
            "customer_success.mail_activity_type_winback", raise_if_not_found=False
        )
        return self._get_automated_activities().filtered(
            lambda activity: activity.activity_type_id == kind
        )
