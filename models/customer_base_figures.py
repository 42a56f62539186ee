from odoo import api, models
from odoo.tools import SQL

from ..periods import months_before, period_before
from .customer_facts_relation import INTERACTION_MONTHS
from .customer_review_facts import Periods
from .customer_review_figures import unknown

QUESTIONS = [
    ("information", "Information"),
    ("tiering", "Tiers and Resources"),
    ("communication", "Communication"),
    ("satisfaction", "Satisfaction and Loyalty"),
    ("feedback", "Complaints and Feedback"),
]
# Key, label, question, unit.
FIGURES = [
    ("responsible", "Customers with a first responsible person", "information", "rate"),
    ("chain", "Customers with a recorded decision chain", "information", "rate"),
    ("contacted", "Customers talked with in 3 months", "information", "rate"),
    ("completeness", "Data completeness of the tiers", "information", "rate"),
    ("rated", "Customers with a tier", "tiering", "rate"),
    ("top_customers", "Share of customers in the two highest tiers", "tiering", "rate"),
    ("top_amount", "Share of the amount they bring", "tiering", "rate"),
    ("top_cost", "Share of the care cost spent on them", "tiering", "rate"),
    ("planned", "Customers with a tier and a running plan", "tiering", "rate"),
    ("interactions", "Effective interactions per customer and month", "communication",
     "number"),
    ("effective", "Share of interactions that are effective", "communication", "rate"),
    ("executive_visits", "Executive visits", "communication", "number"),
    ("compliance", "Actions done in time", "communication", "rate"),
    ("nps", "NPS", "satisfaction", "number"),
    ("satisfaction", "Satisfaction (0-100)", "satisfaction", "number"),
    ("satisfied", "Satisfied answers (CSAT of 4.0 and more)", "satisfaction", "rate"),
    ("retention", "Retention rate", "satisfaction", "rate"),
    ("repurchase", "Repurchase rate", "satisfaction", "rate"),
    ("renewal", "Renewal rate", "satisfaction", "rate"),
    ("average_amount", "Average amount per buying customer", "satisfaction", "money"),
    ("cross_sell", "Cross-sell amount", "satisfaction", "money"),
    ("additional_purchase", "Additional-purchase rate", "satisfaction", "rate"),
    ("strategic", "Strategic customers", "satisfaction", "number"),
    ("complaints", "Complaints closed in time", "feedback", "rate"),
    ("complaint_rate", "Complaint rate (customers)", "feedback", "rate"),
    ("response_hours", "Average first response (hours)", "feedback", "number"),
    ("first_contact", "First-contact resolution", "feedback", "rate"),
    ("promises", "Promises kept", "feedback", "rate"),
    ("alerts", "Alerts that somebody took or closed", "feedback", "rate"),
]  # fmt: skip
NOT_COMPARED = unknown("none")


class CustomerBaseFigures(models.AbstractModel):
    """Works out the figures of all customers, or of those of some tiers and stages.

    One place for the review of the base and the annual goals. A figure is a triple:
    value and state of the period, of the one before, how many records stand behind it.
    """

    _name = "customer.base.figures"
    _description = "Figures of the Whole Base"

    @api.model
    def _read_base(self, company, start, end, tier_codes=(), stage_ids=()):
        """Return ``{key: ((value, state), (value before, state), count)}``.

        :param tier_codes: codes of the tiers the customers have now, empty for all
        :param stage_ids: lifecycle stages they are in now, empty for all
        """
        self.env.flush_all()
        periods = Periods(start, end, period_before(start, end))
        scope = self.env["customer.facts"]._prepare_scope(company, end)
        group = self._select_group(company, tier_codes, stage_ids)
        rows = {
            name: self.env.execute_query_dict(statement)[0]
            for name, statement in self._get_statements(scope, periods, group).items()
        }
        return {
            **self._work_out_customers(company, periods, rows["customers"]),
            **self._work_out_sales(company, periods, rows),
            **self._work_out_work(company, periods, rows),
            **self._work_out_service(company, periods, group),
            "retention": self._work_out_retention(company, periods, group),
        }

    # === SQL HELPERS === #

    @api.model
    def _select_group(self, company, tier_codes, stage_ids):
        """Return SQL of the customers: living ones that are not left out."""
        kept = SQL("TRUE")
        if tier_codes:
            kept = SQL("tir.code = ANY(%s)", list(tier_codes))
        if stage_ids:
            stages = SQL("pro.lifecycle_stage_id = ANY(%s)", list(stage_ids))
            kept = SQL("%s AND %s", kept, stages)
        return SQL(
            """SELECT pro.id AS profile_id, pro.partner_id, pro.user_id, pro.tier_id,
                      pro.tier_confidence, pro.is_strategic, pro.snapshot_id,
                      pro.rating_state,
                      (SELECT COUNT(*) FROM customer_tier hig
                        WHERE hig.scorecard_id = tir.scorecard_id
                          AND hig.lower_bound > tir.lower_bound) < 2 AS is_top
                 FROM customer_profile pro
            LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
                WHERE pro.company_id = %s AND pro.active
                  AND pro.merged_into_id IS NULL AND pro.is_not_rated IS NOT TRUE
                  AND %s""",
            company.id,
            kept,
        )

    @api.model
    def _get_statements(self, scope, periods, group):
        """Return the statements, each of which answers with one row."""
        facts = self.env["customer.facts"]
        return {
            "customers": self._select_customers(scope, group),
            "orders": self._sum(
                facts._select_review_orders(scope, periods),
                group,
                SQL(
                    """COUNT(*) FILTER (WHERE fac.count_now > 0) AS buyers_now,
                       COUNT(*) FILTER (WHERE fac.count_before > 0) AS buyers_before,
                       COUNT(*) FILTER (WHERE fac.count_now > 1) AS again_now,
                       COUNT(*) FILTER (WHERE fac.count_before > 1) AS again_before"""
                ),
            ),
            "invoices": self._sum(
                facts._select_review_invoices(scope, periods),
                group,
                SQL(
                    """SUM(fac.amount_now) AS amount_now,
                       SUM(fac.amount_before) AS amount_before,
                       COUNT(*) FILTER (WHERE fac.count_now > 0) AS buyers_now,
                       COUNT(*) FILTER (WHERE fac.count_before > 0) AS buyers_before,
                       BOOL_OR(fac.no_rate_now) AS no_rate_now,
                       BOOL_OR(fac.no_rate_before) AS no_rate_before"""
                ),
            ),
            "cross": self._sum(
                facts._select_review_cross_sell(scope, periods),
                group,
                SQL("SUM(fac.now) AS now, SUM(fac.before) AS before"),
            ),
            "renewals": self._sum(
                facts._select_review_renewals(scope, periods),
                group,
                SQL(
                    """SUM(ended_now) AS ended_now, SUM(ended_before) AS ended_before,
                       SUM(renewed_now) AS renewed_now,
                       SUM(renewed_before) AS renewed_before"""
                ),
                key="profile_id",
            ),
            "actions": self._sum(
                facts._select_review_actions(scope, periods),
                group,
                SQL(
                    """SUM(due_now) AS due_now, SUM(due_before) AS due_before,
                       SUM(done_now) AS done_now, SUM(done_before) AS done_before"""
                ),
                key="profile_id",
            ),
            "talks": self._select_talks(scope, periods, group),
            "costs": self._select_costs(scope, periods, group),
            "promises": self._select_promises(scope, periods, group),
            "alerts": self._select_alerts(scope, periods, group),
        }

    @api.model
    def _sum(self, statement, group, columns, key="partner_id"):
        """Return SQL that adds up the rows of customers of a group."""
        return SQL(
            "SELECT %(columns)s FROM (%(fac)s) fac JOIN (%(grp)s) grp USING (%(key)s)",
            columns=columns,
            fac=statement,
            grp=group,
            key=SQL.identifier(key),
        )

    @api.model
    def _select_customers(self, scope, group):
        """Return what the customers are like now, from their latest figures."""
        return SQL(
            """SELECT COUNT(*) AS customers,
                      COUNT(grp.user_id) AS responsible,
                      COUNT(*) FILTER (WHERE EXISTS (
                          SELECT FROM customer_stakeholder stk
                           WHERE stk.profile_id = grp.profile_id AND %(held)s)) AS chain,
                      COUNT(*) FILTER (WHERE snp.date_last_interaction > %(recent)s)
                          AS contacted,
                      COUNT(grp.tier_id) AS rated,
                      AVG(grp.tier_confidence) FILTER (WHERE grp.tier_id IS NOT NULL)
                          AS confidence,
                      COUNT(*) FILTER (WHERE grp.is_top AND grp.tier_id IS NOT NULL)
                          AS top,
                      SUM(snp.amount_12m) FILTER (WHERE grp.is_top
                          AND grp.tier_id IS NOT NULL) AS top_amount,
                      SUM(snp.amount_12m) AS amount,
                      BOOL_OR(snp.amount_12m_state <> 'known') AS no_amount,
                      COUNT(*) FILTER (WHERE grp.is_strategic) AS strategic,
                      COUNT(*) FILTER (WHERE grp.tier_id IS NOT NULL AND EXISTS (
                          SELECT FROM customer_care_plan pln
                           WHERE pln.profile_id = grp.profile_id
                             AND pln.state = 'running')) AS planned
                 FROM (%(group)s) grp
            LEFT JOIN customer_snapshot snp ON snp.id = grp.snapshot_id""",
            held=self.env["customer.facts"]._filter_stakeholders(scope),
            recent=months_before(scope.window.date, INTERACTION_MONTHS),
            group=group,
        )

    @api.model
    def _select_talks(self, scope, periods, group):
        facts = self.env["customer.facts"]
        return SQL(
            """SELECT COUNT(*) FILTER (WHERE %(now)s) AS all_now,
                      COUNT(*) FILTER (WHERE %(before)s) AS all_before,
                      COUNT(*) FILTER (WHERE itr.is_effective AND %(now)s)
                          AS effective_now,
                      COUNT(*) FILTER (WHERE itr.is_effective AND %(before)s)
                          AS effective_before,
                      COUNT(*) FILTER (WHERE itr.is_executive_visit AND %(now)s)
                          AS executive_now,
                      COUNT(*) FILTER (WHERE itr.is_executive_visit AND %(before)s)
                          AS executive_before
                 FROM customer_interaction itr
                 JOIN (%(group)s) grp ON grp.profile_id = itr.profile_id
                WHERE %(counted)s AND itr.date >= %(since)s""",
            **facts._split(SQL("itr.date"), periods),
            group=group,
            counted=facts._filter_interactions(scope),
            since=periods.start_before,
        )

    @api.model
    def _select_costs(self, scope, periods, group):
        """Return what done actions cost, on the two highest tiers and on all."""
        return SQL(
            """SELECT SUM(act.actual_amount) FILTER (WHERE grp.is_top
                          AND grp.tier_id IS NOT NULL AND %(now)s) AS top_now,
                      SUM(act.actual_amount) FILTER (WHERE %(now)s) AS all_now,
                      SUM(act.actual_amount) FILTER (WHERE grp.is_top
                          AND grp.tier_id IS NOT NULL AND %(before)s) AS top_before,
                      SUM(act.actual_amount) FILTER (WHERE %(before)s) AS all_before
                 FROM customer_care_action act
                 JOIN (%(group)s) grp ON grp.profile_id = act.profile_id
                WHERE act.company_id = %(company)s AND act.state = 'done'
                  AND act.actual_state = 'known'""",
            **self.env["customer.facts"]._split(SQL("act.date_done"), periods),
            group=group,
            company=scope.company.id,
        )

    @api.model
    def _select_promises(self, scope, periods, group):
        """Return the promises whose time ended in both periods, and those kept."""
        zone = scope.company._get_customer_tz()
        day = SQL("(com.due_datetime AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", zone)
        over = SQL("(com.state = 'met' OR com.is_breached)")
        kept = SQL("com.state = 'met' AND com.is_breached IS NOT TRUE")
        return SQL(
            """SELECT COUNT(*) FILTER (WHERE %(now)s AND %(over)s) AS all_now,
                      COUNT(*) FILTER (WHERE %(before)s AND %(over)s) AS all_before,
                      COUNT(*) FILTER (WHERE %(now)s AND %(kept)s) AS kept_now,
                      COUNT(*) FILTER (WHERE %(before)s AND %(kept)s) AS kept_before
                 FROM customer_commitment com
                 JOIN (%(group)s) grp ON grp.profile_id = com.profile_id
                WHERE com.company_id = %(company)s AND com.state <> 'cancelled'""",
            **self.env["customer.facts"]._split(day, periods),
            over=over,
            kept=kept,
            group=group,
            company=scope.company.id,
        )

    @api.model
    def _select_alerts(self, scope, periods, group):
        """Return the alerts raised in both periods, and those somebody looked after."""
        taken = SQL("alt.state <> 'open' AND alt.outcome IS DISTINCT FROM 'recovered'")
        return SQL(
            """SELECT COUNT(*) FILTER (WHERE %(now)s) AS all_now,
                      COUNT(*) FILTER (WHERE %(before)s) AS all_before,
                      COUNT(*) FILTER (WHERE %(now)s AND %(taken)s) AS taken_now,
                      COUNT(*) FILTER (WHERE %(before)s AND %(taken)s) AS taken_before
                 FROM customer_alert alt
                 JOIN (%(group)s) grp ON grp.profile_id = alt.profile_id
                WHERE alt.company_id = %(company)s
                  AND alt.outcome IS DISTINCT FROM 'recovered'""",
            **self.env["customer.facts"]._split(SQL("alt.date"), periods),
            taken=taken,
            group=group,
            company=scope.company.id,
        )
