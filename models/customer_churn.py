from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..batches import keep_progress
from ..churn import expected_orders
from ..const import WRITE_RANGE
from .customer_churn_facts import ROUNDED, SHRINKAGE

CHURN_STATES = [
    ("occasional", "Occasional"),
    ("regular", "Regular"),
    ("watch", "Watch"),
    ("at_risk", "At Risk"),
    ("lost", "Lost"),
]
# What is compared before a row is written; the rest goes with it.
COMPARED = (
    "state",
    "date_first_order",
    "date_last_order",
    "repeat_count",
    "mean_order_value",
    "percent_state",
    "order_percent",
)
COLUMNS = (
    *COMPARED,
    "interval_usual",
    "interval_expected",
    "order_probability",
    "year_probability",
    "usual_value",
    "value_at_risk",
    "value_12m",
    "value_source",
)
# A chance that moved less than this rewrites no row: time alone moves all of them. So
# does a usual value that moved less than this share of it: another horizon moves more.
MOVED = 0.01


class CustomerChurn(models.Model):
    """The buying rhythm of one customer and the chance that he orders again.

    Written by the nightly detection, by nobody else. Chances are those of the day on
    which the row was written; they move by less than one point before it is written
    again.
    """

    _name = "customer.churn"
    _description = "Buying Rhythm"
    _rec_name = "profile_id"
    _order = "value_at_risk desc nulls last, id"
    _log_access = False

    profile_id = fields.Many2one("customer.profile", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(CHURN_STATES, "Buying Rhythm", required=True)
    date_first_order = fields.Date("First Order Day", help="Within the last 36 months.")
    date_last_order = fields.Date("Last Order Day")
    repeat_count = fields.Integer(
        "Repeat Order Days",
        help="Days with an order after the first one; several orders on one day count"
        " once.",
    )
    interval_usual = fields.Float(
        "Usual Interval (days)",
        aggregator="avg",
        help="Mean of his own intervals; with fewer than three of them drawn towards"
        " that of all customers. 0: nobody ever ordered twice.",
    )
    interval_expected = fields.Float(
        "Expected Interval (days)",
        aggregator="avg",
        help="His intervals drawn towards those of all customers. He is overdue after"
        " this and after his usual interval.",
    )
    order_probability = fields.Float(
        "Chance of an Order",
        aggregator="avg",
        help="Within the horizon of the company, 0 to 1. Orders the list; what people"
        " read is rounded.",
    )
    year_probability = fields.Float("Chance of an Order in a Year", aggregator="avg")
    percent_state = fields.Selection(
        [("shown", "Shown"), ("hidden", "Not Reliable Yet")],
        "Percentage",
        required=True,
        help="Percentages are shown when the model is fitted to enough customers.",
    )
    order_percent = fields.Integer(
        "Chance of an Order (%)", aggregator=None, help="Rounded as the fit allows."
    )
    mean_order_value = fields.Monetary(
        "Value per Order Day", help="Untaxed, company currency."
    )
    usual_value = fields.Monetary(
        help="What he usually orders within the horizon: value per order day, horizon"
        " over usual interval."
    )
    value_at_risk = fields.Monetary(
        "Value at Risk",
        help="Usual value of the horizon times the chance that he does not order.",
    )
    value_12m = fields.Monetary(
        "Value of the Next 12 Months",
        help="Expected orders times value per order where the model has earned it,"
        " else the amount of the last 12 months.",
    )
    value_source = fields.Selection(
        [("model", "Model"), ("run_rate", "Run rate of the last 12 months")]
    )

    _profile_uniq = models.Constraint(
        "UNIQUE (profile_id)", "A customer has one buying rhythm."
    )

    # === THE JOB === #

    @api.model
    def _refresh(self, company, date):
        """Write the rhythm of every customer of a company as of a day.

        A row is written when its state, its dates or the percentage that people read
        changed, its chance moved by more than a point or its usual value by one per
        cent.

        :return: number of rows written
        """
        fit = self.env["customer.churn.fit"]._get_current(company)
        self.env.flush_all()
        # Compiling these statements costs more than it saves (performance.md).
        self.env.cr.execute(SQL("SET LOCAL jit = off"))
        self.env.cr.execute(SQL("SET LOCAL work_mem = '128MB'"))
        scope = self.env["customer.facts"]._prepare_scope(company, date)
        written = [
            row[0] for row in self.env.execute_query(self._write_rows(scope, fit))
        ]
        if fit.is_value_earned and written:
            self._write_values(scope, fit, written)
        gone = self._delete_gone(scope)
        self.invalidate_model(flush=False)
        self.env["customer.profile"].invalidate_model(["churn_id"], flush=False)
        keep_progress(self.env)
        self._link_profiles(company)
        return len(written) + gone

    def _write_rows(self, scope, fit):
        """Return the guarded statement; it returns the customers written."""
        facts, company = self.env["customer.facts"], scope.company
        columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
        return SQL(
            """INSERT INTO customer_churn (profile_id, company_id, %(columns)s)
               SELECT new.profile_id, new.company_id, %(new)s
                 FROM (SELECT pro.id AS profile_id, pro.company_id, chn.*,
                              %(shown)s AS percent_state,
                              COALESCE(%(percent)s, 0) AS order_percent,
                              CASE WHEN snp.amount_12m_state = 'known'
                                   THEN snp.amount_12m END AS value_12m,
                              'run_rate' AS value_source
                         FROM (%(churn)s) chn
                         JOIN customer_profile pro ON pro.partner_id = chn.partner_id
                              AND %(profiles)s
                    LEFT JOIN customer_snapshot snp ON snp.profile_id = pro.id) new
            LEFT JOIN customer_churn old ON old.profile_id = new.profile_id
                WHERE old.id IS NULL
                   OR (%(old_compared)s) IS DISTINCT FROM (%(new_compared)s)
                   OR ABS(COALESCE(old.order_probability, 0)
                          - COALESCE(new.order_probability, 0)) > %(moved)s
                   OR ABS(old.usual_value - new.usual_value)
                      > %(moved)s * new.usual_value
                   OR old.value_source <> %(source)s
                   OR (old.value_source = 'run_rate'
                       AND old.value_12m IS DISTINCT FROM new.value_12m)
             ORDER BY new.profile_id
          ON CONFLICT (profile_id) DO UPDATE SET (%(columns)s) = ROW(%(excluded)s)
            RETURNING profile_id""",
            columns=columns,
            new=self._list("new", COLUMNS),
            excluded=self._list("excluded", COLUMNS),
            old_compared=self._list("old", COMPARED),
            new_compared=self._list("new", COMPARED),
            shown="shown" if fit.rung in ROUNDED else "hidden",
            percent=facts._select_percent(fit.rung),
            moved=MOVED,
            source="model" if fit.is_value_earned else "run_rate",
            churn=facts._select_churn(scope, fit._get_parameters(), fit.rung),
            profiles=facts._filter_watched(company),
        )

    def _write_values(self, scope, fit, profile_ids):
        """Write the value that the model expects in 12 months.

        In Python (the expected number of orders is a series), for written rows only and
        once for each (x, tx, T). Values per order are drawn towards the mean of all.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT chn.profile_id, his.x, his.tx, his.t_total,
                          ((his.x + 1) * chn.mean_order_value
                           + %(weight)s * AVG(chn.mean_order_value) OVER ())
                          / (his.x + 1 + %(weight)s)
                     FROM (%(history)s) his
                     JOIN customer_profile pro ON pro.partner_id = his.partner_id
                          AND pro.company_id = %(company)s
                          AND pro.merged_into_id IS NULL
                     JOIN customer_churn chn ON chn.profile_id = pro.id""",
                weight=SHRINKAGE,
                history=self.env["customer.facts"]._select_order_history(scope),
                company=scope.company.id,
            )
        )
        parameters, orders, wanted = fit._get_parameters(), {}, set(profile_ids)
        ids, values = [], []
        for profile_id, *figures, order_value in rows:
            if profile_id in wanted:
                key = tuple(map(int, figures))
                if key not in orders:
                    orders[key] = expected_orders(parameters, *key, 365)
                ids.append(profile_id)
                values.append(
                    order_value and round(float(order_value) * orders[key], 2)
                )
        self.env.cr.execute(
            SQL(
                """UPDATE customer_churn chn
                      SET value_12m = new.value, value_source = 'model'
                     FROM UNNEST(%s::integer[], %s::numeric[]) new (profile_id, value)
                    WHERE chn.profile_id = new.profile_id""",
                ids,
                values,
            )
        )

    def _list(self, alias, names):
        return SQL(", ").join(SQL.identifier(alias, name) for name in names)

    def _delete_gone(self, scope):
        """Forget customers who are left out now or whose orders were all cancelled.

        Somebody whose last order has left the 36 months stays: he is lost. Somebody who
        has only older orders left than the one that is noted does not.
        """
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM customer_churn chn
                    USING customer_profile pro
                LEFT JOIN customer_snapshot snp ON snp.profile_id = pro.id
                    WHERE pro.id = chn.profile_id AND chn.company_id = %(company)s
                      AND (NOT (%(kept)s) OR snp.date_last_sale IS NULL
                           OR pro.partner_id = ANY(%(cancelled)s))
                RETURNING 1""",
                company=scope.company.id,
                kept=self.env["customer.facts"]._filter_watched(scope.company),
                cancelled=self._find_cancelled(scope),
            )
        )
        return len(rows)

    def _find_cancelled(self, scope):
        """Return the partners whose rhythm rests on orders that do not count any more.

        The snapshot says who might be one; it may be older than an order.
        """
        facts = self.env["customer.facts"]
        rows = self.env.execute_query(
            SQL(
                """SELECT pro.partner_id
                     FROM customer_churn chn
                     JOIN customer_profile pro ON pro.id = chn.profile_id
                     JOIN customer_snapshot snp ON snp.profile_id = pro.id
                    WHERE chn.company_id = %s
                      AND snp.date_last_sale < chn.date_last_order""",
                scope.company.id,
            )
        )
        partner_ids = {row[0] for row in rows}
        if partner_ids:
            some = facts._prepare_scope(
                scope.company, scope.window.date, list(partner_ids)
            )
            history = facts._select_order_history(some)
            rows = self.env.execute_query(
                SQL("SELECT his.partner_id FROM (%s) his", history)
            )
            partner_ids -= {row[0] for row in rows}
        return list(partner_ids)

    def _link_profiles(self, company):
        """Let customers know their rhythm, in ranges: people edit these rows."""
        rows = self.env.execute_query(
            SQL(
                """SELECT pro.id
                     FROM customer_profile pro
                LEFT JOIN customer_churn chn ON chn.profile_id = pro.id
                    WHERE pro.company_id = %s AND pro.churn_id IS DISTINCT FROM chn.id
                 ORDER BY pro.id""",
                company.id,
            )
        )
        for ids in split_every(WRITE_RANGE, [row[0] for row in rows], list):
            self.env.cr.execute(
                SQL(
                    """UPDATE customer_profile pro
                          SET churn_id = (SELECT chn.id FROM customer_churn chn
                                           WHERE chn.profile_id = pro.id)
                        WHERE pro.id = ANY(%s)""",
                    ids,
                )
            )
            self.env["customer.profile"].invalidate_model(flush=False)
            keep_progress(self.env)
