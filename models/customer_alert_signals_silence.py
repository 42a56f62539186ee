from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import models
from odoo.tools import SQL

from ..churn import Parameters
from .customer_alert_signals import Figures
from .customer_churn_facts import ROUNDED
from .customer_churn_fit import FIT_DAYS

LAST_DAY = SQL("TO_CHAR(fig.date_last_order, 'YYYY-MM-DD')")
# A gap ends with an order, however the chances move meanwhile.
ORDERED_AGAIN = SQL("%s > alt.key", LAST_DAY)


class CustomerAlertRule(models.Model):
    """Signals of silence: their figures are those of the buying rhythm.

    There is one alert for each gap; its key is the day of the last order.
    """

    _inherit = "customer.alert.rule"

    def _read_no_order_months(self, reading):
        """Complete calendar months without an order, for those who order more often.

        Closed days within these months push their start back. Customers who order only
        now and then are left out, as soon as there is a model that knows them.
        """
        end = reading.date.replace(day=1)
        days = (end - (end - relativedelta(months=int(self.threshold)))).days
        silence = SQL(
            "(%s - %s)",
            self._select_open_number(reading, SQL("%s::date", end - timedelta(days=1))),
            self._select_open_number(reading, SQL("fig.date_last_order")),
        )
        due = SQL(
            """%(silence)s >= %(days)s
               AND COALESCE(fig.interval_usual <= %(days)s, TRUE)
               AND fig.state <> 'occasional'
               AND (fig.repeat_count > 0 OR fig.order_probability IS NULL)""",
            silence=silence,
            days=days,
        )
        return self._describe_silence(
            reading, due, ORDERED_AGAIN, months=int(self.threshold)
        )

    def _read_no_order_days(self, reading):
        """More than so many days without an order, closed ones not counted."""
        due = SQL("fig.silence > %s", self._get_number("threshold"))
        return self._describe_silence(reading, due, ORDERED_AGAIN)

    def _read_churn_watch(self, reading):
        """Overdue by his own rhythm, while an order still is likely."""
        over = SQL("%s OR fig.state IN ('regular', 'occasional')", ORDERED_AGAIN)
        return self._describe_silence(reading, SQL("fig.state = 'watch'"), over)

    def _read_churn_at_risk(self, reading):
        """Overdue, and the chance that he does not order has reached the threshold.

        Threshold 0: as the company's settings say. Who is lost the day he is overdue,
        because he orders every week, is at risk as well.
        """
        missing = SQL("ROUND((100 * (1 - fig.order_probability))::numeric, 2)")
        due = SQL("fig.state IN ('at_risk', 'lost')")
        threshold = self._get_number("threshold")
        if self.threshold:
            due = SQL(
                """CASE WHEN fig.is_shown
                        THEN fig.state IN ('watch', 'at_risk', 'lost')
                             AND %(missing)s >= %(threshold)s
                        ELSE %(due)s END""",
                missing=missing,
                threshold=threshold,
                due=due,
            )
        else:
            risk = 100 * (1 - reading.company.customer_churn_risk)
            threshold = SQL("%s::numeric", f"{risk:.2f}")
        over = SQL(
            "%(ordered)s OR (NOT (%(due)s) AND %(missing)s <= %(threshold)s - %(margin)s)",
            ordered=ORDERED_AGAIN,
            due=due,
            missing=missing,
            threshold=threshold,
            margin=self._get_number("hysteresis"),
        )
        return self._describe_silence(reading, due, over, value=missing)

    def _read_churn_lost(self, reading):
        """Hardly any chance of an order within a year: somebody to win back."""
        due = SQL("fig.state = 'lost'")
        return self._describe_silence(reading, due, ORDERED_AGAIN)

    # === SQL HELPERS === #

    def _describe_silence(self, reading, due, over, value=None, months=None):
        """Return the figures of a silence that is ``due``.

        Whoever left long ago is no news: his next order was to be expected within
        ``window_days``, by his usual interval.
        """
        return Figures(
            source=self._select_rhythm(reading),
            key=LAST_DAY,
            value=value or SQL("fig.silence"),
            evidence=SQL(
                """JSONB_STRIP_NULLS(JSONB_BUILD_OBJECT(
                    'interval', ROUND(fig.interval_usual::numeric, 1),
                    'silence', fig.silence,
                    'closed_days', fig.closed_days, 'orders', fig.repeat_count,
                    'percent', fig.percent, 'horizon', %(horizon)s,
                    'usual_value', fig.usual_value, 'last_order', %(last)s,
                    'months', %(months)s::integer))""",
                horizon=reading.company.customer_churn_horizon,
                last=LAST_DAY,
                months=months,
            ),
            hit=SQL(
                """%(due)s AND fig.repeat_count >= %(least)s
                   AND fig.date_last_order
                       + CEIL(COALESCE(fig.interval_usual, 0))::integer >= %(since)s""",
                due=due,
                least=self.min_count,
                since=reading.date - timedelta(days=self.window_days),
            ),
            over=over,
        )

    def _select_rhythm(self, reading):
        """Return the buying rhythm of customers: as stored, or as of the day."""
        if not reading.is_live:
            return self._select_rhythm_of_day(reading)
        today = self._select_open_number(reading, SQL("%s::date", reading.date))
        return SQL(
            """SELECT sil.*, %(date)s::date - sil.date_last_order - sil.silence
                          AS closed_days
                 FROM (SELECT chn.profile_id, chn.state, chn.date_last_order,
                              chn.repeat_count, NULLIF(chn.interval_usual, 0)
                                  AS interval_usual,
                              chn.order_probability, chn.usual_value,
                              chn.percent_state = 'shown' AS is_shown,
                              CASE WHEN chn.percent_state = 'shown'
                                   THEN chn.order_percent END AS percent,
                              %(today)s - %(last)s AS silence
                         FROM customer_churn chn
                        WHERE chn.company_id = %(company)s
                          AND chn.date_last_order <= %(date)s AND %(profiles)s) sil""",
            date=reading.date,
            today=today,
            last=self._select_open_number(reading, SQL("chn.date_last_order")),
            company=reading.company.id,
            profiles=self._filter_reading(SQL("chn.profile_id"), reading),
        )

    def _select_rhythm_of_day(self, reading):
        """Return the buying rhythm as of the day, worked out from the documents."""
        fit = self._get_fit(reading)
        parameters = None
        if fit["mean_interval"]:
            parameters = Parameters(*(fit[name] for name in Parameters._fields))
        facts = self.env["customer.facts"]
        return SQL(
            """SELECT pro.id AS profile_id, chn.state, chn.date_last_order,
                      chn.repeat_count, chn.interval_usual, chn.order_probability,
                      chn.usual_value, %(percent)s AS percent, %(shown)s AS is_shown,
                      chn.silence,
                      %(date)s::date - chn.date_last_order - chn.silence AS closed_days
                 FROM (%(churn)s) chn
                 JOIN customer_profile pro ON pro.partner_id = chn.partner_id
                      AND pro.company_id = %(company)s AND pro.merged_into_id IS NULL""",
            percent=facts._select_percent(fit["rung"]),
            shown=fit["rung"] in ROUNDED,
            date=reading.date,
            churn=facts._select_churn(reading.scope, parameters, fit["rung"]),
            company=reading.company.id,
        )

    def _get_fit(self, reading):
        """Return the parameters of the model on the day, once for all rules.

        Those in force if they were fitted in the week before, else of a new fit that is
        not stored.
        """
        if not reading.fit:
            fits = self.env["customer.churn.fit"]
            fit = fits._get_current(reading.company)
            if not fit or not 0 <= (reading.date - fit.date).days < FIT_DAYS:
                fit = fits._prepare_fit(reading.company, reading.date)
            names = (*Parameters._fields, "rung")
            reading.fit.update({name: fit[name] for name in names})
        return reading.fit

    def _select_open_number(self, reading, day):
        """Return the number of a day among the open ones."""
        facts = self.env["customer.facts"]
        return facts._select_open_day(day, facts._get_closed_seasons(reading.scope))
