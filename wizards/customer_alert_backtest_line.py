from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from ..grading import FIRST_DAYS, share


class CustomerAlertBacktestLine(models.TransientModel):
    """What one rule would have raised, and how it went."""

    _name = "customer.alert.backtest.line"
    _description = "Rule in a Backtest"
    _rec_name = "rule_id"
    _order = "is_baseline, id"
    _transient_max_hours = 48

    backtest_id = fields.Many2one(
        "customer.alert.backtest",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    rule_id = fields.Many2one(
        "customer.alert.rule", required=True, readonly=True, ondelete="cascade"
    )
    is_baseline = fields.Boolean("Rule to Compare With", readonly=True)
    alert_count = fields.Integer("Alerts", readonly=True)
    right_count = fields.Integer("Right", readonly=True)
    wrong_count = fields.Integer("False Alarms", readonly=True)
    lapse_count = fields.Integer("Customers Who Stopped Ordering", readonly=True)
    caught_count = fields.Integer("Of Them with an Alert", readonly=True)
    lead_count = fields.Integer(readonly=True)
    lead_days = fields.Float("Days Early", digits=(16, 1), readonly=True)
    customer_years = fields.Float(digits=(16, 2), readonly=True)
    precision = fields.Float(compute="_compute_rates")
    recall = fields.Float("Customers Found", compute="_compute_rates")
    false_rate = fields.Float(
        "False Alarms per Customer and Year",
        digits=(16, 2),
        compute="_compute_rates",
        help="Of the customers who ordered twice and bought in the months before.",
    )
    name_ids = fields.One2many("customer.alert.backtest.name", "line_id", "Customers")

    # === COMPUTE METHODS === #

    @api.depends(
        "alert_count", "right_count", "wrong_count", "lapse_count", "caught_count"
    )
    def _compute_rates(self):
        for line in self:
            line.precision = share(line.right_count, line.alert_count) or 0
            line.recall = share(line.caught_count, line.lapse_count) or 0
            line.false_rate = share(line.wrong_count, line.customer_years) or 0

    # === ACTION METHODS === #

    def action_open_names(self):
        """List the customers for whom the rule would have raised an alert."""
        self.check_access("read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.rule_id.name,
            "res_model": "customer.alert.backtest.name",
            "views": [(False, "list")],
            "domain": [("line_id", "=", self.id)],
        }

    # === BUSINESS METHODS === #

    def _note_found(self, found, date, before):
        """Note whom the rule found on a day, once for each gap, event or episode.

        :param found: rows of ``_detect``
        :param before: the day replayed before, None on the first
        """
        self.ensure_one()
        signal = self.rule_id._get_signals()[self.rule_id.signal]
        known = {}
        for profile_id, key, last in self.env.execute_query(
            SQL(
                """SELECT profile_id, key, date_due FROM customer_alert_backtest_name
                    WHERE line_id = %s""",
                self.id,
            )
        ):
            known.setdefault(profile_id, {})[key] = last
        new, still = [], []
        for row in found:
            keys = known.get(row["profile_id"], {})
            if signal.is_silence or signal.is_event:
                same = row["key"] if row["key"] in keys else None
            else:
                same = next((key for key, last in keys.items() if last == before), None)
            last = max(keys.values(), default=None)
            if same is not None:
                still.append((row["profile_id"], same))
            elif signal.is_event or not self._is_quiet(last, date):
                new.append(row)
        self._write_found(new, still, date)

    def _is_quiet(self, last, date):
        """Return whether a customer gets no other alert yet after his last one."""
        return bool(last) and (date - last).days < self.rule_id.cooldown_days

    def _write_found(self, new, still, date):
        """Insert new names and note that others were found again, at once."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_alert_backtest_name (backtest_id, line_id,
                          company_id, profile_id, key, value, date, date_due,
                          create_uid, create_date)
                   SELECT %(backtest)s, %(line)s, %(company)s, fnd.profile_id, fnd.key,
                          fnd.value, %(date)s, %(date)s, %(uid)s,
                          NOW() AT TIME ZONE 'UTC'
                     FROM UNNEST(%(ids)s::integer[], %(keys)s::text[],
                                 %(values)s::numeric[]) fnd(profile_id, key, value)
                RETURNING id""",
                backtest=self.backtest_id.id,
                line=self.id,
                company=self.company_id.id,
                date=date,
                uid=self.backtest_id.create_uid.id,
                ids=[row["profile_id"] for row in new],
                keys=[row["key"] for row in new],
                values=[row["value"] for row in new],
            )
        )
        self.env.execute_query(
            SQL(
                """UPDATE customer_alert_backtest_name nam
                      SET date_due = %(date)s
                     FROM UNNEST(%(ids)s::integer[], %(keys)s::text[])
                          fnd(profile_id, key)
                    WHERE nam.line_id = %(line)s AND nam.profile_id = fnd.profile_id
                      AND nam.key = fnd.key
                RETURNING nam.id""",
                date=date,
                line=self.id,
                ids=[profile_id for profile_id, _key in still],
                keys=[key for _profile_id, key in still],
            )
        )

    def _grade_day(self, company, date, before):
        """Grade what was found on a day by what the customers ordered afterwards."""
        horizon = company.customer_churn_horizon
        since = date - relativedelta(months=company.customer_retention_window_months)
        facts = self.env["customer.facts"]
        scope = facts._prepare_scope(company, date + timedelta(days=horizon))
        rows = self.env.execute_query(
            SQL(
                """WITH seen AS MATERIALIZED (%(seen)s), graded AS (
                      UPDATE customer_alert_backtest_name nam
                         SET date_last = sen.last_day, date_next = sen.next_day,
                             is_watched = COALESCE(sen.is_watched, FALSE),
                             verdict = CASE WHEN sen.next_day IS NULL THEN 'right'
                                            ELSE 'wrong' END,
                             lead_days = CASE WHEN sen.next_day IS NULL
                                 THEN GREATEST(sen.last_day + 2 * %(horizon)s - nam.date,
                                               0) END
                        FROM customer_alert_backtest_name all_of
                   LEFT JOIN seen sen ON sen.profile_id = all_of.profile_id
                       WHERE nam.id = all_of.id AND nam.line_id = ANY(%(lines)s)
                         AND nam.date = %(date)s
                   RETURNING nam.id)
                   SELECT COUNT(*),
                          COUNT(*) FILTER (WHERE next_day IS NULL
                                             AND (%(before)s::date IS NULL
                                                  OR last_day > %(before)s))
                     FROM seen WHERE is_watched""",
                seen=self._select_seen(company, scope, date, since),
                horizon=horizon,
                lines=self.ids,
                date=date,
                before=before,
            )
        )
        [[customers, lapses]] = rows
        days = (date - before).days if before else FIRST_DAYS
        self._add_up(customers * days / 365.25, lapses)

    @api.model
    def _select_seen(self, company, scope, date, since):
        """Return last and next order day of customers around a day.

        ``is_watched``: ordered twice, the last time in the months before.
        """
        return SQL(
            """SELECT pro.id AS profile_id,
                      MAX(odr.day) FILTER (WHERE odr.day <= %(date)s) AS last_day,
                      MIN(odr.day) FILTER (WHERE odr.day > %(date)s) AS next_day,
                      COALESCE(COUNT(*) FILTER (WHERE odr.day <= %(date)s) > 1
                          AND MAX(odr.day) FILTER (WHERE odr.day <= %(date)s)
                              > %(since)s
                          AND pro.active AND pro.is_not_rated IS NOT TRUE, FALSE)
                          AS is_watched
                 FROM (%(days)s) odr
                 JOIN customer_profile pro ON pro.partner_id = odr.partner_id
                      AND pro.company_id = %(company)s AND pro.merged_into_id IS NULL
             GROUP BY pro.id""",
            date=date,
            since=since,
            days=self.env["customer.facts"]._select_order_days(scope),
            company=company.id,
        )

    def _add_up(self, years, lapses):
        """Add a day to the results of these rules."""
        self.env.execute_query(
            SQL(
                """UPDATE customer_alert_backtest_line lin
                      SET alert_count = cnt.alerts, right_count = cnt.rights,
                          wrong_count = cnt.alerts - cnt.rights,
                          caught_count = cnt.caught, lead_count = cnt.leads,
                          lead_days = COALESCE(cnt.lead, 0),
                          lapse_count = COALESCE(lin.lapse_count, 0) + %(lapses)s,
                          customer_years = COALESCE(lin.customer_years, 0)
                              + %(years)s::numeric
                     FROM (SELECT lno.id, COUNT(nam.id) AS alerts,
                                  COUNT(nam.id) FILTER (WHERE nam.verdict = 'right')
                                      AS rights,
                                  COUNT(DISTINCT (nam.profile_id, nam.date_last)) FILTER (
                                      WHERE nam.verdict = 'right' AND nam.is_watched)
                                      AS caught,
                                  COUNT(nam.lead_days) AS leads,
                                  AVG(nam.lead_days) AS lead
                             FROM customer_alert_backtest_line lno
                        LEFT JOIN customer_alert_backtest_name nam
                               ON nam.line_id = lno.id
                            WHERE lno.id = ANY(%(lines)s)
                         GROUP BY lno.id) cnt
                    WHERE lin.id = cnt.id
                RETURNING lin.id""",
                lapses=lapses,
                years=years,
                lines=self.ids,
            )
        )
        self.invalidate_model(flush=False)
