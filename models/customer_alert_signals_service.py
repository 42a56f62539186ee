from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..periods import day_start_utc
from .customer_alert_signals import COMPLAINTS, Figures, Signal


class CustomerAlertRule(models.Model):
    """Signals of service: escalated complaints, more complaints, low satisfaction."""

    _inherit = "customer.alert.rule"

    @api.model
    def _get_signals(self):
        return {
            **super()._get_signals(),
            "complaint_escalated": Signal(
                self._read_complaint_escalated,
                defaults={"threshold": 0, "hysteresis": 0, "window_days": 30},
                is_event=True,
            ),
            "complaints_rising": Signal(
                self._read_complaints_rising,
                COMPLAINTS,
                ("threshold", "hysteresis"),
                {"threshold": 2, "hysteresis": 1},
                (1, 100),
            ),
            "satisfaction_low": Signal(
                self._read_satisfaction_low,
                defaults={"threshold": 0, "hysteresis": 0, "window_days": 30},
                is_event=True,
            ),
        }

    # === COMPLAINTS === #

    def _read_complaint_escalated(self, reading):
        """A complaint was escalated within the days looked back.

        Over when the case is solved or withdrawn.
        """
        zone = reading.company._get_customer_tz()
        day = timedelta(days=1)
        return Figures(
            source=SQL(
                """SELECT cas.profile_id, cas.id, cas.escalated_datetime
                     FROM customer_case cas
                    WHERE cas.company_id = %(company)s AND cas.kind = 'complaint'
                      AND cas.state <> 'cancelled'
                      AND cas.escalated_datetime >= %(start)s
                      AND cas.escalated_datetime < %(end)s AND %(profiles)s""",
                company=reading.company.id,
                start=day_start_utc(
                    reading.date - timedelta(days=self.window_days) + day, zone
                ),
                end=day_start_utc(reading.date + day, zone),
                profiles=self._filter_reading(SQL("cas.profile_id"), reading),
            ),
            key=SQL("'case-' || fig.id"),
            value=SQL("1"),
            evidence=SQL("JSONB_BUILD_OBJECT('case_id', fig.id)"),
            hit=SQL("TRUE"),
            over=SQL(
                """NOT EXISTS (
                   SELECT FROM customer_case cas
                    WHERE cas.id = (alt.evidence->>'case_id')::integer
                      AND cas.state NOT IN ('solved', 'confirmed', 'cancelled'))"""
            ),
            same=SQL("FALSE"),  # nothing else is read about it
        )

    def _read_complaints_rising(self, reading):
        """So many complaints in 3 months, and more than in the 9 months before.

        Per three months: whoever complains twice every quarter is known for it.
        """
        recent = SQL("fig.complaint_count_3m::numeric")
        before = SQL("(fig.complaint_count_12m - fig.complaint_count_3m)")
        return Figures(
            source=self._select_metrics(reading),
            key=self._get_day_key(reading),
            value=recent,
            evidence=SQL(
                """JSONB_BUILD_OBJECT('recent', fig.complaint_count_3m,
                                      'before', %s)""",
                before,
            ),
            hit=SQL(
                """fig.complaint_3m_state = 'known' AND %(recent)s >= %(threshold)s
                   AND 3 * %(recent)s > %(before)s""",
                recent=recent,
                before=before,
                threshold=self._get_number("threshold"),
            ),
            over=self._get_recovered(recent),
        )

    # === SATISFACTION === #

    def _read_satisfaction_low(self, reading):
        """Somebody was dissatisfied (CSAT below 3.5, NPS 0 to 6) in the days looked back.

        Over with a later answer of the same measure that is better, or when this one
        was corrected, does not count any more or is somebody else's.
        """
        return Figures(
            source=SQL(
                """SELECT sat.profile_id, sat.id, sat.measure, sat.value,
                          sat.scale_max, sat.date
                     FROM customer_satisfaction sat
                    WHERE sat.company_id = %(company)s AND sat.active
                      AND sat.band IN ('low', 'detractor')
                      AND sat.date > %(since)s AND sat.date <= %(date)s
                      AND %(profiles)s""",
                company=reading.company.id,
                since=reading.date - timedelta(days=self.window_days),
                date=reading.date,
                profiles=self._filter_reading(SQL("sat.profile_id"), reading),
            ),
            key=SQL("'answer-' || fig.id"),
            value=SQL("fig.value"),
            evidence=SQL(
                """JSONB_BUILD_OBJECT('satisfaction_id', fig.id,
                    'measure', fig.measure, 'value', fig.value,
                    'most', fig.scale_max, 'date', TO_CHAR(fig.date, 'YYYY-MM-DD'))"""
            ),
            hit=SQL("TRUE"),
            over=SQL(
                """NOT EXISTS (
                   SELECT FROM customer_satisfaction sat
                    WHERE sat.id = (alt.evidence->>'satisfaction_id')::integer
                      AND sat.profile_id = alt.profile_id AND sat.active
                      AND sat.band IN ('low', 'detractor'))
                OR EXISTS (
                   SELECT FROM customer_satisfaction sat
                    WHERE sat.profile_id = alt.profile_id AND sat.active
                      AND sat.measure = alt.evidence->>'measure'
                      AND sat.date > (alt.evidence->>'date')::date
                      AND sat.date <= %s AND sat.band NOT IN ('low', 'detractor'))""",
                reading.date,
            ),
            same=SQL("FALSE"),  # nothing else is read about it
        )
