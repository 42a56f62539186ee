from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import PROPOSAL_CUSTOMERS
from ..thresholds import make_readable, propose
from .customer_scorecard_metric import MONEY_METRICS, THRESHOLD_FIELDS, WHOLE_METRICS


class CustomerScorecard(models.Model):
    """What helps to write a draft: versions, proposals, currencies."""

    _inherit = "customer.scorecard"

    source_currency_id = fields.Many2one(
        "res.currency",
        readonly=True,
        copy=False,
        help="Currency in which the copied money thresholds were meant.",
    )
    proposal_note = fields.Text(
        "Last Proposal",
        readonly=True,
        copy=False,
        help="From how many customers the thresholds were proposed.",
    )
    is_other_currency = fields.Boolean(compute="_compute_is_other_currency")

    # === COMPUTE METHODS === #

    @api.depends("currency_id", "company_id", "dimension_ids.metric_ids.code")
    @api.depends_context("company")
    def _compute_is_other_currency(self):
        for scorecard in self:
            company = scorecard.company_id or self.env.company
            codes = scorecard.dimension_ids.metric_ids.mapped("code")
            scorecard.is_other_currency = (
                bool(set(codes) & set(MONEY_METRICS))
                and scorecard.currency_id != company.currency_id
            )

    # === ACTION METHODS === #

    def action_new_version(self):
        """Copy as a draft with the next version number and open it."""
        self.ensure_one()
        return self._open_draft(self.copy())

    def action_copy_for_company(self):
        """Copy as a draft for the current company, in its currency, and open it.

        The money thresholds stay the same numbers until somebody converts them.
        """
        self.ensure_one()
        company = self.env.company
        draft = self.copy(
            {"company_id": company.id, "currency_id": company.currency_id.id}
        )
        if self.is_other_currency and self.currency_id:
            draft.source_currency_id = self.currency_id
        return self._open_draft(draft)

    def _open_draft(self, draft):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_convert_thresholds(self):
        """Convert the copied money thresholds at today's rate, rounded to read well."""
        self.ensure_one()
        self._check_draft()
        factor = self._get_conversion_factor()
        for metric in self._get_money_metrics():
            values = make_readable(
                [bound * factor for bound in metric._get_thresholds()], first_grid=1
            )
            if values:
                metric.write(dict(zip(THRESHOLD_FIELDS, values, strict=True)))
        self.source_currency_id = False

    def action_keep_thresholds(self):
        """Take the copied money thresholds as they are."""
        self.ensure_one()
        self._check_draft()
        self.source_currency_id = False

    def _get_money_metrics(self):
        return self.dimension_ids.metric_ids.filtered(
            lambda metric: metric.code in MONEY_METRICS
        )

    def _get_conversion_factor(self):
        """Return what one unit of the copied currency is worth today; raise without rate."""
        company = self.company_id or self.env.company
        today = company._get_customer_today()
        rates = {}
        for currency in self.source_currency_id | self.currency_id:
            rate = self.env["res.currency.rate"].search(
                [
                    ("currency_id", "=", currency.id),
                    ("name", "<=", today),
                    ("company_id", "in", [False, company.root_id.id]),
                ],
                order="company_id, name desc",
                limit=1,
            )
            if not rate and currency != company.currency_id:
                raise UserError(
                    self.env._(
                        "There is no exchange rate for %(currency)s. Enter one, or"
                        " write the money thresholds in %(own)s yourself and keep them.",
                        currency=currency.name,
                        own=self.currency_id.name,
                    )
                )
            rates[currency] = rate.rate or 1.0
        return rates[self.currency_id] / rates[self.source_currency_id]

    # === PROPOSAL === #

    def action_propose_thresholds(self):
        """Write thresholds that follow the company's own customers into this draft."""
        self.ensure_one()
        self._check_draft()
        self.env.flush_all()
        company = self.company_id or self.env.company
        today = company._get_customer_today()
        metrics = self.dimension_ids.metric_ids
        lines = []
        if metrics.filtered(lambda metric: not metric.is_rating):
            self.env["customer.run"]._prepare_transaction()
            rows = self.env.execute_query_dict(
                self.env["customer.formula"]._select_distribution(company, today, self)
            )
            lines = [self._propose_metric(row) for row in rows]
        title = self.env._(
            "From the customers of %(company)s as of %(date)s:",
            company=company.name,
            date=fields.Date.to_string(today),
        )
        self.proposal_note = "\n".join([title, *(f"• {line}" for line in lines)])

    def _propose_metric(self, row):
        """Write the thresholds of one metric where its values allow it; say what."""
        metric = self.env["customer.scorecard.metric"].browse(row["metric_id"])
        count = row["customers"]
        if count < PROPOSAL_CUSTOMERS:
            return self.env._(
                "%(metric)s: left as it was, known for %(count)s customers only"
                " (%(minimum)s needed)",
                metric=metric.display_name,
                count=count,
                minimum=PROPOSAL_CUSTOMERS,
            )
        values = propose(
            [float(value) for value in row["quantiles"]],
            worst=float(row["worst"]),
            low_is_good=metric.direction == "low",
            whole=metric.code in WHOLE_METRICS,
        )
        if not values:
            return self.env._(
                "%(metric)s: left as it was, most of %(count)s customers share the same"
                " few values",
                metric=metric.display_name,
                count=count,
            )
        metric.write(dict(zip(THRESHOLD_FIELDS, values, strict=True)))
        return self.env._(
            "%(metric)s: from %(count)s customers",
            metric=metric.display_name,
            count=count,
        )

    def _check_draft(self):
        """Raise when this is not a draft that the user may change."""
        self.check_access("write")
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%s is not a draft. Make a new version and change that.",
                    self.display_name,
                )
            )
