from odoo import fields, models
from odoo.tools import SQL

from ..const import ACCOUNTING_GROUPS
from ..models.customer_evidence_rows import EVIDENCE_COLUMNS

OWN_COLUMNS = {
    "profile_id": "integer", "company_id": "integer", "currency_id": "integer"
}  # fmt: skip


class CustomerEvidence(models.Model):
    """The records that one metric of one customer counted as of a day.

    Which metric, customer and score the context says (``customer_evidence``); without
    it there are no rows. A document shows only to whoever may read it; the customer
    himself is checked here and by the rules of this model.
    """

    _name = "customer.evidence"
    _description = "Counted Record"
    _auto = False
    _order = "late_days desc, date desc, id desc"
    _rec_name = "name"

    profile_id = fields.Many2one("customer.profile", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    source = fields.Selection(
        [
            ("order", "Order"),
            ("invoice", "Invoice"),
            ("refund", "Refund"),
            ("opening", "Opening amount"),
            ("paid", "Payment Received"),
            ("open", "Open then"),
            ("rating", "Rated by people"),
            ("manual", "Entered by hand"),
            ("interaction", "Interaction"),
            ("role", "Role in the decision chain"),
            ("renewed", "Contract renewed in time"),
            ("not_renewed", "Contract not renewed in time"),
            ("complaint", "Complaint"),
            ("promise_kept", "Promise kept in time"),
            ("promise_late", "Promise overdue"),
            ("answer", "Answer"),
        ],
        "Counted As",
        readonly=True,
    )
    res_model = fields.Char("Document Model", readonly=True)
    res_id = fields.Integer("Document ID", readonly=True, aggregator=None)
    name = fields.Char("Document", readonly=True)
    date = fields.Date(readonly=True)
    period = fields.Selection(
        [("last", "Last 12 months"), ("previous", "12 months before")], readonly=True
    )
    amount = fields.Monetary(
        "Amount Counted",
        readonly=True,
        help="Untaxed, company currency, refunds negative. Empty: no exchange rate.",
    )
    order_count = fields.Integer("Orders Counted", readonly=True)
    date_due = fields.Date("Due", readonly=True)
    date_paid = fields.Date("Paid", readonly=True)
    late_days = fields.Integer("Days Late Then", readonly=True, aggregator="avg")
    is_overdue = fields.Boolean("Overdue Then", readonly=True)
    document_total = fields.Monetary(
        readonly=True, help="Total of the document, taxes included."
    )
    residual = fields.Monetary("Open Then", readonly=True, groups=ACCOUNTING_GROUPS)
    paid_amount = fields.Monetary(
        "Amount Paid", readonly=True, groups=ACCOUNTING_GROUPS
    )
    rating = fields.Integer("Points Entered", readonly=True, aggregator=None)
    user_id = fields.Many2one("res.users", "Entered By", readonly=True)

    _depends = {
        "account.move": [
            "state",
            "invoice_date",
            "partner_id",
            "amount_untaxed_signed",
        ],
        "account.move.line": ["amount_residual", "date_maturity", "reconciled"],
        "account.partial.reconcile": ["amount", "max_date"],
        "customer.case": ["profile_id", "kind", "state", "received_datetime"],
        "customer.commitment": ["case_id", "state", "is_breached"],
        "customer.satisfaction": ["profile_id", "measure", "score", "date", "active"],
        "customer.interaction": ["profile_id", "date", "state", "is_effective"],
        "customer.milestone": ["profile_id", "kind", "date_end", "renewal_state"],
        "customer.stakeholder": ["profile_id", "role_id", "date_from", "date_to"],
        "customer.opening": ["profile_id", "month", "amount", "orders"],
        "customer.profile": ["partner_id", "company_id", "user_id"],
        "sale.order": ["state", "date_order", "partner_id", "amount_untaxed"],
    }

    @property
    def _table_query(self):
        given = self.env["customer.profile"]._get_evidence_given(
            self.env.context.get("customer_evidence")
        )
        if not given:
            columns = [
                SQL("NULL::%s AS %s", SQL(kind), SQL.identifier(name))
                for name, kind in [*EVIDENCE_COLUMNS.items(), *OWN_COLUMNS.items()]
            ]
            return SQL("SELECT %s WHERE FALSE", SQL(", ").join(columns))
        profile, date, code = given
        facts = self.env["customer.facts"]
        return SQL(
            """SELECT %(columns)s, %(profile)s AS profile_id,
                      %(company)s AS company_id, %(currency)s AS currency_id
                 FROM (%(rows)s) evd
                WHERE evd.visible""",
            columns=SQL(", ").join(
                SQL.identifier("evd", name) for name in EVIDENCE_COLUMNS
            ),
            profile=profile.id,
            company=profile.company_id.id,
            currency=profile.company_id.currency_id.id,
            rows=facts._select_evidence(
                facts._prepare_evidence_scope(profile, date), profile, code
            ),
        )
