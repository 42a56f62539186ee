from odoo import models
from odoo.tools import SQL

from .customer_lifecycle_stage import RULES


class CustomerLifecycleChange(models.Model):
    """The rules of the stages as one statement about the figures of the night."""

    _inherit = "customer.lifecycle.change"

    def _select_wanted(self, company, date, ids=None):
        """Return id, old and wanted stage of customers that the rules would move.

        None when no stage follows a rule. Unknown figures move nobody: what is unknown
        makes a condition NULL, which is no reason.
        """
        rules = self.env["customer.lifecycle.stage"]._get_rules()
        if not rules:
            return None
        return SQL(
            """SELECT fac.*
                 FROM (SELECT pro.id, pro.lifecycle_stage_id AS old_id,
                              pro.date_lifecycle_stage, fig.first, fig.last,
                              fig.growth, %(stage)s AS stage_id
                         FROM customer_profile pro
                         JOIN customer_snapshot snp ON snp.profile_id = pro.id
                 CROSS JOIN LATERAL (SELECT %(figures)s) fig
                    LEFT JOIN (%(lapsed)s) lap ON lap.profile_id = pro.id
                        WHERE pro.company_id = %(company)s AND %(customers)s
                          AND pro.active AND pro.merged_into_id IS NULL
                          AND pro.is_stage_manual IS NOT TRUE
                          AND pro.rating_state IN ('rated', 'not_rated')) fac
                WHERE fac.stage_id IS NOT NULL
                  AND fac.stage_id IS DISTINCT FROM fac.old_id""",
            stage=self._select_stage(rules, date),
            figures=self._select_figures(),
            lapsed=self._select_lapsed(rules, date),
            company=company.id,
            customers=SQL("TRUE") if ids is None else SQL("pro.id = ANY(%s)", ids),
        )

    def _select_figures(self):
        """Return the first and last day and the growth of a customer, NULL if unknown.

        A first document that may not be the first one says nothing about how long he
        has been with us; a day entered by hand does.
        """
        return SQL(
            """COALESCE(pro.date_customer_since, CASE WHEN snp.is_before_history
                        IS NOT TRUE THEN snp.date_first_fact END) AS first,
               COALESCE(pro.date_customer_since, snp.date_first_fact) AS seen,
               snp.date_last_sale AS last,
               CASE WHEN snp.amount_12m_state = 'known'
                     AND snp.amount_prev_12m_state = 'known'
                     AND snp.amount_prev_12m > 0
                    THEN snp.amount_12m / snp.amount_prev_12m - 1 END AS growth"""
        )

    def _select_lapsed(self, rules, date):
        """Return the customers who left the stage of lapsed ones not long ago."""
        _stage_id, months, _growth = rules.get("won_back", (None, 0, ""))
        return SQL(
            """SELECT DISTINCT chg.profile_id
                 FROM customer_lifecycle_change chg
                 JOIN customer_lifecycle_stage stg ON stg.id = chg.from_stage_id
                WHERE stg.rule = 'lapsed' AND chg.date <= %(date)s
                  AND chg.date > %(date)s::date - MAKE_INTERVAL(months => %(months)s)""",
            date=date,
            months=months,
        )

    def _select_stage(self, rules, date):
        """Return the stage of the first rule that holds, NULL when none is known to."""
        cases = [
            SQL(
                "WHEN %s THEN %s",
                self._get_condition(rule, rules, date),
                rules[rule][0],
            )
            for rule, _label in RULES
            if rule in rules
        ]
        return SQL("CASE %s END", SQL(" ").join(cases))

    def _get_condition(self, rule, rules, date):
        """Return the condition of a rule as SQL."""
        _stage_id, months, growth = rules[rule]
        start = SQL("(%s::date - MAKE_INTERVAL(months => %s))", date, months)
        lapsed_id = rules.get("lapsed", (None,))[0]
        return {
            "prospect": SQL(
                # a document without a sale is a refund: he bought before
                """fig.last IS NULL AND snp.date_first_fact IS NULL
                   AND pro.date_customer_since IS NULL
                   AND snp.amount_12m_state <> 'before_history'"""
            ),
            "lapsed": SQL(
                """COALESCE(fig.last <= %(start)s, pro.date_customer_since <= %(start)s
                            AND snp.amount_12m_state <> 'before_history')""",
                start=start,
            ),
            "won_back": SQL(
                """fig.last IS NOT NULL AND (lap.profile_id IS NOT NULL
                   OR pro.lifecycle_stage_id = %s)""",
                lapsed_id,
            ),
            "new": SQL(
                """COALESCE(fig.last, pro.date_customer_since) IS NOT NULL
                   AND fig.first > %s""",
                start,
            ),
            "growing": SQL(
                "fig.seen <= %s AND fig.growth >= %s::numeric", start, growth
            ),
            "declining": SQL(
                "fig.seen <= %s AND fig.growth <= %s::numeric", start, growth
            ),
            "mature": SQL("fig.last IS NOT NULL"),
        }[rule]
