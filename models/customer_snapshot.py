from odoo import fields, models
from odoo.tools import SQL

from ..const import ACCOUNTING_GROUPS

KNOWLEDGE = [
    ("known", "Known"),
    ("no_rate", "No exchange rate"),
    ("before_history", "Before the history start"),
]

RELATION_KNOWLEDGE = [
    ("known", "Known"),
    ("not_recorded", "Not recorded long enough"),
    ("no_chain", "Nobody in the decision chain"),
    ("no_tier", "No tier yet"),
    ("none_required", "Not asked for by the tier"),
]
CASE_KNOWLEDGE = [("known", "Known"), ("not_recorded", "Not recorded long enough")]


# The columns a run works out, in the order of the statements.
SNAPSHOT_COLUMNS = (
    "date_first_fact",
    "date_last_order",
    "date_last_sale",
    "order_count_12m",
    "order_count_12m_state",
    "amount_12m",
    "amount_12m_state",
    "amount_prev_12m",
    "amount_prev_12m_state",
    "has_due_12m",
    "is_overdue",
    "is_before_history",
    "receivable_residual",
    "overdue_residual",
    "overdue_maturity_weight",
    "paid_amount_12m",
    "paid_late_weight_12m",
    "paid_collection_weight_12m",
    "interaction_count_3m",
    "interaction_state",
    "interaction_target",
    "date_last_interaction",
    "executive_visit_count_12m",
    "executive_visit_state",
    "coverage_rate",
    "coverage_state",
    "renewal_ended_24m",
    "renewal_renewed_24m",
    "complaint_count_12m",
    "complaint_12m_state",
    "complaint_count_3m",
    "complaint_3m_state",
    "case_promise_count_12m",
    "case_promise_kept_12m",
    "csat_count_12m",
    "csat_score_sum_12m",
    "date_last_csat",
    "nps_count_12m",
    "nps_balance_12m",
    "date_last_nps",
)


class CustomerSnapshot(models.Model):
    """The latest metrics of one customer: dates and sums, never ages.

    Written by the run and by "score now", by nobody else. Ages and shares are worked
    out when they are needed, so that a day passing rewrites no row.
    """

    _name = "customer.snapshot"
    _description = "Customer Snapshot"
    _rec_name = "profile_id"
    _log_access = False

    profile_id = fields.Many2one("customer.profile", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_first_fact = fields.Date(
        "First Fact", help="Day of the first order, invoice or opening amount."
    )
    date_last_order = fields.Date("Last Order")
    date_last_sale = fields.Date(
        "Last Sale", help="Day of the last confirmed order or posted invoice."
    )
    order_count_12m = fields.Integer(
        "Orders in 12 Months",
        help="Confirmed orders, or invoices of customers who never had an order.",
    )
    order_count_12m_state = fields.Selection(KNOWLEDGE)
    amount_12m = fields.Monetary(
        "Amount in 12 Months",
        help="Untaxed, net of refunds, company currency, as the money source says.",
    )
    amount_12m_state = fields.Selection(KNOWLEDGE)
    amount_prev_12m = fields.Monetary(
        "Amount in the 12 Months Before", help="The 12 months before the last 12."
    )
    amount_prev_12m_state = fields.Selection(KNOWLEDGE)
    has_due_12m = fields.Boolean(
        "Invoice Fell Due in 12 Months",
        help="Without one the payment behaviour is unknown, not good.",
    )
    is_overdue = fields.Boolean("Overdue", help="A receivable is past its due date.")
    is_before_history = fields.Boolean(
        help="The first document may not be the first: it lies within 12 months of the"
        " history start and no opening amounts were imported."
    )
    # Exact ledger figures: accounting only (declared list in const.py).
    receivable_residual = fields.Monetary("Receivable", groups=ACCOUNTING_GROUPS)
    overdue_residual = fields.Monetary("Overdue Receivable", groups=ACCOUNTING_GROUPS)
    overdue_maturity_weight = fields.Float(
        digits=(20, 2),
        groups=ACCOUNTING_GROUPS,
        help="Sum of overdue residual times due day (days since 2000-01-01).",
    )
    paid_amount_12m = fields.Monetary("Paid in 12 Months", groups=ACCOUNTING_GROUPS)
    paid_late_weight_12m = fields.Float(
        digits=(20, 2),
        groups=ACCOUNTING_GROUPS,
        help="Sum of paid amount times days after the due date, 12 months.",
    )
    paid_collection_weight_12m = fields.Float(
        digits=(20, 2),
        groups=ACCOUNTING_GROUPS,
        help="Sum of paid amount times days after the invoice date, 12 months.",
    )

    # What people wrote down; what a tier asks for is that of the tier before the day.
    interaction_count_3m = fields.Integer(
        "Effective Interactions in 3 Months",
        help="Both sides took part, with feedback or an outcome, not a broadcast.",
    )
    interaction_state = fields.Selection(RELATION_KNOWLEDGE)
    interaction_target = fields.Float(
        "Interactions Wanted per Month", digits=(6, 2), help="That of his tier."
    )
    date_last_interaction = fields.Date("Last Interaction")
    executive_visit_count_12m = fields.Integer(
        "Executive Visits in 12 Months",
        help="Face to face, with an executive on each side.",
    )
    executive_visit_state = fields.Selection(RELATION_KNOWLEDGE)
    coverage_rate = fields.Float(
        "Coverage of the Decision Chain",
        digits=(5, 4),
        aggregator="avg",
        help="Share of the roles his tier asks for that somebody holds (0-1).",
    )
    coverage_state = fields.Selection(RELATION_KNOWLEDGE)
    renewal_ended_24m = fields.Integer("Contracts Ended in 24 Months")
    renewal_renewed_24m = fields.Integer("Of Them Renewed in Time")

    # Service: cases and answers. Sums and counts, the rates are worked out when read.
    complaint_count_12m = fields.Integer("Complaints in 12 Months")
    complaint_12m_state = fields.Selection(
        CASE_KNOWLEDGE,
        "Complaints of 12 Months Known",
        help="Known since cases have been recorded for so long, or once he complained.",
    )
    complaint_count_3m = fields.Integer("Complaints in 3 Months")
    complaint_3m_state = fields.Selection(
        CASE_KNOWLEDGE, "Complaints of 3 Months Known"
    )
    case_promise_count_12m = fields.Integer(
        "Case Promises in 12 Months", help="Kept or overdue in these months."
    )
    case_promise_kept_12m = fields.Integer("Of Them Kept in Time")
    csat_count_12m = fields.Integer("CSAT Answers in 12 Months")
    csat_score_sum_12m = fields.Float(
        "Sum of CSAT Scores", digits=(12, 2), help="Each 0-100; empty without answers."
    )
    date_last_csat = fields.Date("Last CSAT Answer")
    nps_count_12m = fields.Integer("NPS Answers in 12 Months")
    nps_balance_12m = fields.Integer("Promoters Less Detractors")
    date_last_nps = fields.Date("Last NPS Answer")

    score_key = fields.Char(
        help="Scorecards, points and reasons of the latest scores, when they are those"
        " of these metrics. Empty: the next run looks at them again."
    )

    _profile_uniq = models.Constraint(
        "UNIQUE (profile_id)", "A customer has one snapshot."
    )

    # === BUSINESS METHODS === #

    def _write_staged(self, staged):
        """Insert or update the snapshots of staged customers where they differ."""
        columns = SQL(", ").join(SQL.identifier(name) for name in SNAPSHOT_COLUMNS)
        return self.env.execute_query(
            SQL(
                """INSERT INTO customer_snapshot (profile_id, company_id, %(columns)s)
                   SELECT pro.id, pro.company_id, %(staged_columns)s
                     FROM customer_run_stage stg
                     JOIN customer_profile pro ON pro.id = stg.profile_id
                LEFT JOIN customer_snapshot snp ON snp.profile_id = stg.profile_id
                    WHERE %(staged)s AND stg.bad IS NULL
                      AND pro.active AND pro.merged_into_id IS NULL
                      AND (snp.id IS NULL
                           OR (%(current)s) IS DISTINCT FROM (%(staged_columns)s))
                 ORDER BY pro.id
              ON CONFLICT (profile_id) DO UPDATE
                      SET (%(columns)s) = ROW(%(new)s)
                    WHERE (%(old)s) IS DISTINCT FROM (%(new)s)
                RETURNING profile_id""",
                columns=columns,
                staged=staged,
                staged_columns=self._list_columns("stg"),
                current=self._list_columns("snp"),
                new=self._list_columns("excluded"),
                old=self._list_columns("customer_snapshot"),
            )
        )

    def _list_columns(self, alias):
        return SQL(", ").join(SQL.identifier(alias, name) for name in SNAPSHOT_COLUMNS)

    def _select_stored(self, profiles):
        """Return the stored metrics of customers, as a source to score from."""
        return self._select_where(SQL("pro.id = ANY(%s)", profiles.ids))

    def _select_stored_company(self, company):
        """Return the stored metrics of all customers of a company."""
        return self._select_where(
            SQL(
                """pro.company_id = %s AND pro.active
                   AND pro.merged_into_id IS NULL""",
                company.id,
            )
        )

    def _select_where(self, condition):
        return SQL(
            """SELECT pro.partner_id, pro.id AS profile_id, %(columns)s
                 FROM customer_snapshot snp
                 JOIN customer_profile pro ON pro.id = snp.profile_id
                WHERE %(condition)s""",
            columns=self._list_columns("snp"),
            condition=condition,
        )
