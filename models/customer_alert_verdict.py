from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# People's answers beat what the orders say.
RIGHT_OUTCOMES = ("saved", "lost", "known")
WRONG_OUTCOMES = ("false_alarm",)
# Documents that are entered late may still change a verdict for so many days.
LATE_DAYS = 14


class CustomerAlert(models.Model):
    """Whether an alert was right: what people answered, else what happened since."""

    _inherit = "customer.alert"

    verdict = fields.Selection(
        [("pending", "Too Early to Say"), ("right", "Right"), ("wrong", "False")],
        default="pending",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="Right: people closed it as saved, lost or known, else the customer ordered"
        " nothing in the days looked ahead, or what it warned of came true. Known when"
        " these days are over.",
    )
    date_verdict = fields.Date("Graded On", readonly=True, copy=False)
    lead_days = fields.Integer(
        readonly=True,
        copy=False,
        aggregator="avg",
        help="How long before the silence had lasted twice the days looked ahead. Only"
        " for right alerts of customers who stopped ordering.",
    )
    is_lapsed = fields.Boolean(
        "Stopped Ordering",
        readonly=True,
        copy=False,
        help="No order in the days looked ahead after the alert.",
    )

    # === CRUD METHODS === #

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {
            "verdict",
            "date_verdict",
            "lead_days",
            "is_lapsed",
        }

    def write(self, vals):
        result = super().write(vals)
        if "outcome" in vals:
            self._grade_answered()
        return result

    def _grade_answered(self):
        """Let the answer of people count at once, and taking it back too."""
        for verdict, outcomes in (
            ("right", RIGHT_OUTCOMES),
            ("wrong", WRONG_OUTCOMES),
            ("pending", (False, "recovered")),
        ):
            # sudo: what the system writes
            alerts_sudo = self.sudo().filtered(
                lambda alert, verdict=verdict, outcomes=outcomes: (
                    alert.outcome in outcomes and alert.verdict != verdict
                )
            )
            for company, alerts in alerts_sudo.grouped("company_id").items():
                today = company._get_customer_today()
                alerts.write(
                    {
                        "verdict": verdict,
                        "date_verdict": verdict != "pending" and today,
                    }
                )

    # === BUSINESS METHODS === #

    @api.model
    def _grade_alerts(self, company, date):
        """Grade the alerts of a company as of a day, and its rules.

        Waiting ones, and those whose days looked ahead ended a short time ago. Writes
        only what differs.

        :return: number of alerts whose grade changed
        """
        self.env.flush_all()
        horizon = company.customer_churn_horizon
        partners = self.env.execute_query(
            SQL(
                """SELECT DISTINCT pro.partner_id
                     FROM customer_alert alt
                     JOIN customer_profile pro ON pro.id = alt.profile_id
                    WHERE %s""",
                self._filter_gradable(company, date, horizon),
            )
        )
        changed = []
        if partners:
            changed = self._write_verdicts(
                company, date, horizon, [row[0] for row in partners]
            )
        self.env["customer.alert.grade"]._write_grades(company, date)
        return len(changed)

    @api.model
    def _filter_gradable(self, company, date, horizon):
        """Return which alerts get a verdict: those whose days ahead are over."""
        return SQL(
            """alt.company_id = %s AND alt.date <= %s
               AND (alt.verdict = 'pending' OR alt.date >= %s)""",
            company.id,
            date - timedelta(days=horizon),
            date - timedelta(days=horizon + LATE_DAYS),
        )

    # === SQL HELPERS === #

    @api.model
    def _write_verdicts(self, company, date, horizon, partner_ids):
        """Write verdicts that differ, in one statement; returns the ids written."""
        facts = self.env["customer.facts"]
        scope = facts._prepare_scope(company, date, partner_ids)
        rows = self.env.execute_query(
            SQL(
                """WITH days AS MATERIALIZED (%(days)s), seen AS (
                      SELECT alt.id, alt.signal, alt.date, alt.date_over, alt.outcome,
                             alt.profile_id, alt.key, alt.is_event,
                             COUNT(*) FILTER (WHERE odr.day > alt.date
                                 AND odr.day <= alt.date + %(horizon)s) = 0 AS is_lapsed,
                             MAX(odr.day) FILTER (WHERE odr.day <= alt.date) AS last_day
                        FROM customer_alert alt
                        JOIN customer_profile pro ON pro.id = alt.profile_id
                   LEFT JOIN days odr ON odr.partner_id = pro.partner_id
                       WHERE %(gradable)s
                    GROUP BY alt.id), graded AS (
                      SELECT see.*, %(verdict)s AS verdict FROM seen see)
                   UPDATE customer_alert alt
                      SET verdict = grd.verdict, date_verdict = %(date)s,
                          is_lapsed = grd.is_lapsed, lead_days = %(lead)s
                     FROM graded grd
                    WHERE alt.id = grd.id
                      AND (alt.verdict <> grd.verdict
                           OR alt.is_lapsed IS DISTINCT FROM grd.is_lapsed
                           OR alt.lead_days IS DISTINCT FROM %(lead)s)
                RETURNING alt.id""",
                days=facts._select_order_days(scope),
                horizon=horizon,
                gradable=self._filter_gradable(company, date, horizon),
                verdict=self._select_verdict(horizon),
                date=date,
                lead=self._select_lead(horizon),
            )
        )
        self.invalidate_model(
            ["verdict", "date_verdict", "lead_days", "is_lapsed"], flush=False
        )
        return [row[0] for row in rows]

    @api.model
    def _select_verdict(self, horizon):
        """Return the verdict of an alert ``see`` whose days looked ahead are over.

        Silences and events are right when the customer ordered nothing. Levels are also
        right when the figure had not recovered, a tier at risk when it fell, a contract
        when it was lost.
        """
        return SQL(
            """CASE WHEN see.outcome IN %(right)s THEN 'right'
                    WHEN see.outcome IN %(wrong)s THEN 'wrong'
                    WHEN see.is_lapsed THEN 'right'
                    WHEN see.signal IN %(silence)s OR see.is_event THEN 'wrong'
                    WHEN see.signal = 'tier_at_risk' THEN
                         CASE WHEN EXISTS (
                              SELECT FROM customer_tier_change chg
                               WHERE chg.profile_id = see.profile_id
                                 AND chg.direction = 'down' AND chg.date > see.date
                                 AND chg.date <= see.date + %(horizon)s)
                              THEN 'right' ELSE 'wrong' END
                    WHEN see.signal = 'renewal_near' THEN
                         CASE WHEN EXISTS (
                              SELECT FROM customer_milestone mil
                               WHERE mil.id::text = see.key
                                 AND mil.renewal_state = 'renewed')
                              THEN 'wrong' ELSE 'right' END
                    WHEN see.date_over <= see.date + %(horizon)s THEN 'wrong'
                    ELSE 'right' END""",
            right=RIGHT_OUTCOMES,
            wrong=WRONG_OUTCOMES,
            silence=self.env["customer.alert.rule"]._get_silence_signals(),
            horizon=horizon,
        )

    @api.model
    def _select_lead(self, horizon):
        """Return how many days an alert ``grd`` was earlier than a long silence."""
        return SQL(
            """CASE WHEN grd.verdict = 'right' AND grd.is_lapsed
                    THEN GREATEST(grd.last_day + 2 * %s - grd.date, 0) END""",
            horizon,
        )
