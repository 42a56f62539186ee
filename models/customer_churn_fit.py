from odoo import api, fields, models
from odoo.tools import format_date

from ..churn import Parameters

# A fit is used for a week: parameters hardly move from day to day.
FIT_DAYS = 7
RUNGS = [
    ("fixed", "Fixed rule"),
    ("prior", "Order of the list"),
    ("fitted", "Fitted"),
    ("regular", "Fitted, regular buyers"),
]


class CustomerChurnFit(models.Model):
    """The model of one company's order rhythm on one day, and how good it is.

    Append-only: one fit is current; a fit that its own self check rejects is kept with
    what was wrong, and the one in force stands a rung lower. Written by the nightly
    detection and by "Fit Now", by nobody else. For managers; sales people read
    sentences.
    """

    _name = "customer.churn.fit"
    _description = "Churn Model"
    _order = "date desc, id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    date = fields.Date("As of", required=True, readonly=True)
    state = fields.Selection(
        [("current", "In force"), ("past", "Replaced"), ("rejected", "Rejected")],
        "Status",
        required=True,
        readonly=True,
    )
    rung = fields.Selection(RUNGS, "Method", required=True, readonly=True)
    reason = fields.Selection(
        [
            ("customers", "Too few repeat customers"),
            ("orders", "Too few repeat orders"),
            ("history", "Too short a history"),
            ("slow", "Too few mean intervals of history"),
            ("self_check", "Self check"),
            ("degenerate", "Orders without any rhythm"),
        ],
        "Missing for More",
        readonly=True,
    )
    silence_days = fields.Integer("Fixed Rule (days)", readonly=True)
    horizon_days = fields.Integer("Days Looked Ahead", readonly=True)

    # parameters: exact, so that scores can be replayed
    r = fields.Float("r", readonly=True, aggregator=None)
    alpha = fields.Float("alpha", readonly=True, aggregator=None, help="Days.")
    a = fields.Float("a", readonly=True, aggregator=None)
    b = fields.Float("b", readonly=True, aggregator=None)
    k = fields.Integer(
        "Regularity (k)",
        readonly=True,
        aggregator=None,
        help="1: orders come at random; 2 or 3: at more regular intervals.",
    )
    mean_interval = fields.Float(
        "Mean Interval (days)",
        readonly=True,
        aggregator="avg",
        help="Of all customers, from one order day to the next. 0: nobody ordered twice.",
    )
    log_likelihood = fields.Float(
        readonly=True, digits=(16, 2), aggregator=None, help="Without the prior."
    )

    customer_count = fields.Integer("Repeat Customers", readonly=True, aggregator=None)
    repeat_order_count = fields.Integer(
        "Repeat Orders",
        readonly=True,
        aggregator=None,
        help="Days with an order after a customer's first one, of 36 months.",
    )
    history_days = fields.Integer("Days of History", readonly=True, aggregator=None)
    row_count = fields.Integer(
        "Different Histories",
        readonly=True,
        aggregator=None,
        help="The fit reads each history once and weights it; of at most 20,000"
        " customers.",
    )

    check_count = fields.Integer("Customers Checked", readonly=True, aggregator=None)
    predicted_rate = fields.Float(
        "Predicted",
        readonly=True,
        digits=(7, 4),
        aggregator="avg",
        help="Mean chance of an order one horizon ago, as this fit sees it. 0 to 1.",
    )
    observed_rate = fields.Float(
        "Observed",
        readonly=True,
        digits=(7, 4),
        aggregator="avg",
        help="Share of the same customers who have ordered since. 0 to 1.",
    )
    calibration = fields.Json(readonly=True, exportable=False)

    is_value_earned = fields.Boolean(
        "Value from the Model",
        readonly=True,
        help="The model predicted the amounts of the last horizon at least as well as"
        " the run rate of 12 months did.",
    )
    value_count = fields.Integer("Customers Compared", readonly=True, aggregator=None)
    value_error = fields.Float(
        "Error of the Model",
        readonly=True,
        digits=(16, 2),
        aggregator=None,
        help="Mean absolute error of a customer's amount in the last horizon, company"
        " currency.",
    )
    run_rate_error = fields.Float(
        "Error of the Run Rate", readonly=True, digits=(16, 2), aggregator=None
    )
    message = fields.Char(readonly=True)

    _current_uniq = models.UniqueIndex(
        "(company_id) WHERE state = 'current'",
        "A company has one churn model in force.",
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for fit in self:
            fit.display_name = self.env._(
                "%(company)s, %(date)s",
                company=fit.company_id.name,
                date=format_date(self.env, fit.date),
            )

    # === ACTIONS === #

    def action_fit_now(self):
        """Fit the company of the fit shown, or the current one, as of today; open it.

        Managers only. Scores follow with the next nightly run.
        """
        self.check_access("read")  # that is for managers alone
        company = self.company_id[:1] or self.env.company
        # sudo: a fit is written by the system, access was checked above
        fit = self.sudo()._fit(company, company._get_customer_today())
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": fit.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_current(self, company):
        """Return the fit in force of a company, with more rights; may be empty."""
        # sudo: scores of everybody are made with it, only managers read it
        return self.sudo().search(
            [("company_id", "=", company.id), ("state", "=", "current")], limit=1
        )

    def _get_parameters(self):
        """Return the parameters; None when nobody ever ordered twice.

        Note: works on ``self.new(values)`` of :meth:`_prepare_fit` too.
        """
        if not self.mean_interval:
            return None
        return Parameters(
            self.r, self.alpha, self.a, self.b, self.k, self.mean_interval
        )

    @api.model
    def _fit_if_due(self, company, date):
        """Return the fit in force on a day; fit again after a week.

        One dated after ``date`` does not count: the clock was set back. While there is
        little history it is fitted every day: each order may reach the next method.
        """
        current = self._get_current(company)
        days = FIT_DAYS if current.rung in ("fitted", "regular") else 1
        if current and 0 <= (date - current.date).days < days:
            return current
        return self._fit(company, date)

    @api.model
    def _fit(self, company, date):
        """Fit, store what was rejected and what is in force now, and tell managers.

        :return: the fit in force
        """
        # sudo: only the system writes fits
        fits_sudo, old = self.sudo(), self._get_current(company)
        values = self._prepare_fits(company, date)
        old.state = "past"
        old.flush_recordset(["state"])  # before the unique index sees the next one
        fits = fits_sudo.create(values)
        rejected = fits.filtered(lambda fit: fit.state == "rejected")
        # told once, not every week: again only after a fit that was accepted
        if rejected and old.reason not in ("self_check", "degenerate"):
            self.env["customer.notice"]._notify_rejected_fit(rejected[0], fits[-1])
        return fits[-1]
