from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from .customer_alert_words import SILENCE

# The four factors of the priority; their product is shown as 0 to 100 (README).
SEVERITY_FACTORS = {"low": "0.25", "medium": "0.5", "high": "0.75", "critical": "1"}
# The highest tier counts in full, each lower one less, down to the least.
TIER_STEP, TIER_LEAST = Decimal("0.2"), Decimal("0.4")
# Nothing at stake counts half; from the high-value amount on it counts in full.
VALUE_LEAST = Decimal("0.5")
# A contract that ends within so many days counts so much; without one the last.
RENEWAL_DAYS, RENEWAL_NEAR, RENEWAL_FAR = (30, 90), Decimal("0.9"), Decimal("0.8")


class CustomerAlert(models.Model):
    """What is at stake and how urgent it is: severity × tier × value × renewal."""

    _inherit = "customer.alert"

    @api.model
    def _write_priorities(self, company, date, ids=None):
        """Write value at risk, once, and the priority of a day where it differs.

        In SQL, for all alerts of a company that are not closed: the figures of a
        customer are in tables of their own.

        :param ids: these alerts only
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """UPDATE customer_alert alr
                      SET value_at_risk = new.value, priority = new.priority
                     FROM (
                          SELECT sta.id, sta.value, ROUND(100 * sta.severity * sta.tier
                                 * (%(least)s + (1 - %(least)s) * LEAST(1,
                                    COALESCE(sta.value, 0) / %(limit)s))
                                 * sta.renewal) AS priority
                            FROM (%(stakes)s) sta) new
                    WHERE new.id = alr.id
                      AND (alr.value_at_risk, alr.priority)
                          IS DISTINCT FROM (new.value, new.priority)
                RETURNING alr.id""",
                least=VALUE_LEAST,
                limit=self._get_value_limit(company),
                stakes=self._select_stakes(company, date, ids),
            )
        )
        self.browse([row[0] for row in rows]).invalidate_recordset(
            ["value_at_risk", "priority"], flush=False
        )

    def _get_value_limit(self, company):
        """Return the value from which on more makes no difference, above 0."""
        share = Decimal(company.customer_churn_horizon) / 365
        return max(Decimal(str(company.customer_high_value_amount)) * share, Decimal(1))

    def _select_stakes(self, company, date, ids):
        """Return the factors of each alert and what is at stake.

        Where he stopped ordering the usual value times the chance that he does not
        order; else the whole usual value, the share of 12 months where it is unknown.
        """
        severity = SQL(" ").join(
            SQL("WHEN %s THEN %s", code, Decimal(factor))
            for code, factor in SEVERITY_FACTORS.items()
        )
        return SQL(
            """SELECT alr.id, CASE alr.severity %(severity)s END AS severity,
                      COALESCE((SELECT GREATEST(%(tier_least)s, 1 - %(step)s * COUNT(*))
                                  FROM customer_tier hig
                                 WHERE hig.scorecard_id = tir.scorecard_id
                                   AND tir.id IS NOT NULL
                                   AND hig.lower_bound > tir.lower_bound
                                HAVING tir.id IS NOT NULL), %(tier_least)s) AS tier,
                      COALESCE(NULLIF(alr.value_at_risk, 0),
                               CASE WHEN alr.signal IN %(silence)s
                                    THEN chn.value_at_risk ELSE chn.usual_value END,
                               ROUND(snp.amount_12m * %(horizon)s / 365, %(digits)s))
                          AS value,
                      (SELECT CASE WHEN MIN(mil.date_end) <= %(near)s THEN 1
                                   WHEN MIN(mil.date_end) <= %(far)s THEN %(near_by)s
                                   ELSE %(far_off)s END
                         FROM customer_milestone mil
                        WHERE mil.profile_id = alr.profile_id AND mil.active
                          AND mil.renewal_state = 'open'
                          AND mil.date_end >= %(date)s) AS renewal
                 FROM customer_alert alr
                 JOIN customer_profile pro ON pro.id = alr.profile_id
            LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
            LEFT JOIN customer_churn chn ON chn.profile_id = alr.profile_id
            LEFT JOIN customer_snapshot snp ON snp.profile_id = alr.profile_id
                                           AND snp.amount_12m_state = 'known'
                WHERE alr.company_id = %(company)s AND alr.state <> 'closed'
                  AND alr.date <= %(date)s AND %(wanted)s""",
            severity=severity,
            tier_least=TIER_LEAST,
            step=TIER_STEP,
            silence=SILENCE,
            horizon=company.customer_churn_horizon,
            digits=company.currency_id.decimal_places,
            near=date + timedelta(days=RENEWAL_DAYS[0]),
            far=date + timedelta(days=RENEWAL_DAYS[1]),
            near_by=RENEWAL_NEAR,
            far_off=RENEWAL_FAR,
            date=date,
            company=company.id,
            wanted=SQL("TRUE") if ids is None else SQL("alr.id = ANY(%s)", list(ids)),
        )
