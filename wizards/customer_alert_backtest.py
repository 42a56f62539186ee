import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..batches import CONCURRENCY
from ..const import BACKTEST_NOW
from ..periods import month_end, months_before

_logger = logging.getLogger(__name__)


class CustomerAlertBacktest(models.TransientModel):
    """What rules would have raised on past days, and how often they were right.

    Replayed on the history as of those days, date by date; raises no alert. Many
    customers and days are worked off in the background.
    """

    _name = "customer.alert.backtest"
    _description = "Backtest of Alert Rules"
    _transient_max_hours = 48

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    date_from = fields.Date(
        "First Day",
        required=True,
        default=lambda self: months_before(self._default_date_to(), 11),
    )
    date_to = fields.Date(
        "Last Day", required=True, default=lambda self: self._default_date_to()
    )
    rule_ids = fields.Many2many(
        "customer.alert.rule",
        "customer_alert_backtest_rule_rel",
        "backtest_id",
        "rule_id",
        "Rules",
        context={"active_test": False},
        domain="[('company_id', 'in', [company_id, False])]",
    )
    state = fields.Selection(
        [
            ("draft", "Not Started"),
            ("queued", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        "Status",
        default="draft",
        required=True,
        readonly=True,
    )
    date_done = fields.Date("Replayed up To", readonly=True)
    done_count = fields.Integer("Days Done", readonly=True)
    date_count = fields.Integer("Days to Replay", compute="_compute_date_count")
    progress = fields.Integer("Progress (%)", compute="_compute_date_count")
    message = fields.Text(readonly=True)
    horizon = fields.Integer("Days Looked Ahead", compute="_compute_horizon")
    line_ids = fields.One2many(
        "customer.alert.backtest.line", "backtest_id", "Results", readonly=True
    )

    # === DEFAULT METHODS === #

    @api.model
    def _default_date_to(self):
        """Return the last month end about which everything is known."""
        last = self._get_last_day(self.env.company)
        end = month_end(last)
        return end if end == last else month_end(months_before(last, 1))

    @api.model
    def _get_last_day(self, company):
        """Return the last day whose days looked ahead are over."""
        horizon = company.customer_churn_horizon
        return company._get_customer_today() - timedelta(days=horizon)

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_horizon(self):
        for backtest in self:
            backtest.horizon = backtest.company_id.customer_churn_horizon

    @api.depends("date_from", "date_to", "done_count")
    def _compute_date_count(self):
        for backtest in self:
            backtest.date_count = len(backtest._get_dates())
            backtest.progress = (
                100 * backtest.done_count // backtest.date_count
                if backtest.date_count
                else 0
            )

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for backtest in self:
            backtest.display_name = self.env._("Backtest of Alert Rules")

    # === ACTION METHODS === #

    def action_start(self):
        """Replay the days: at once when they are few, else in the background."""
        self.check_access("write")
        self.ensure_one()
        self._check_choice()
        self._prepare_lines()
        if len(self._get_dates()) * self._count_customers() <= BACKTEST_NOW:
            for date in self._get_dates():
                self._replay(date)
            self.state = "done"
        else:
            self.state = "queued"
            # sudo: whoever may test rules may let the job work
            self.env.ref("customer_success.ir_cron_run_backtests").sudo()._trigger()
        return True

    def action_refresh(self):
        """Show how far a backtest in the background has come: the form is read again."""
        self.check_access("read")
        return True

    def action_change(self):
        """Go back to the choice of days and rules; the results are dropped."""
        self.check_access("write")
        self.ensure_one()
        self.line_ids.sudo().unlink()  # sudo: results are written by the system
        self.write({"state": "draft", "date_done": False, "done_count": 0})
        return True

    def _get_action(self):
        """Return the action that opens this backtest."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_alert_backtest_action"
        )
        return {**action, "res_id": self.id}

    def _check_choice(self):
        """Raise, saying what to choose, when nothing can be replayed."""
        if not self.rule_ids:
            raise UserError(self.env._("Choose at least one rule."))
        if self.date_from > self.date_to:
            raise UserError(
                self.env._("Choose a last day that is not before the first one.")
            )
        last = self._get_last_day(self.company_id)
        if self.date_to > last:
            raise UserError(
                self.env._(
                    "Choose %(day)s or an earlier last day: of a later one nobody knows"
                    " yet who orders again within %(days)s days.",
                    day=format_date(self.env, last),
                    days=self.horizon,
                )
            )

    # === BUSINESS METHODS === #

    def _get_dates(self):
        """Return the days to replay, oldest first: the last one, and every month back."""
        dates = []
        while self.date_from and self.date_to and len(dates) < 120:
            date = months_before(self.date_to, len(dates))
            if self.date_to == month_end(self.date_to):
                date = month_end(date)
            if date < self.date_from:
                break
            dates.insert(0, date)
        return dates

    def _prepare_lines(self):
        """Make a line for each rule, and for the one they are compared with."""
        rules = self.rule_ids
        baseline = rules._get_baseline(self.company_id)
        self.line_ids.sudo().unlink()  # sudo: results are written by the system
        self.env["customer.alert.backtest.line"].sudo().create(
            [
                {
                    "backtest_id": self.id,
                    "company_id": self.company_id.id,
                    "rule_id": rule.id,
                    "is_baseline": rule == baseline,
                }
                for rule in rules | baseline
            ]
        )
        self.write({"date_done": False, "done_count": 0, "message": False})

    def _count_customers(self):
        # sudo: how much work there is, whoever starts it
        return (
            self.env["customer.profile"]
            .sudo()
            .search_count([("company_id", "=", self.company_id.id)])
        )

    def _replay(self, date):
        """Replay one day; later days need the earlier ones."""
        # sudo: results are written by the system
        lines_sudo = self.sudo().line_ids.with_company(self.company_id)
        before, fit = self.date_done or None, {}
        for line in lines_sudo:
            found = line.rule_id._detect(self.company_id, date, live=False, fit=fit)
            line._note_found(found, date, before)
        lines_sudo._grade_day(self.company_id, date, before)
        self.sudo().write({"date_done": date, "done_count": self.done_count + 1})

    # === CRON METHODS === #

    @api.model
    def _cron_run_backtests(self):
        """Work off the backtests that wait, one day of one after the other."""
        cron = self.env["ir.cron"]
        while backtest := self.search([("state", "=", "queued")], order="id", limit=1):
            dates = backtest._get_dates()
            left = [day for day in dates if day > (backtest.date_done or day.min)]
            cron._commit_progress(0, remaining=len(left) + 1)
            if not backtest._work_off(left):
                return
            cron._commit_progress(1)

    def _work_off(self, dates):
        """Replay days until they or the slice are over; returns whether they are."""
        try:
            for date in dates:
                self._replay(date)
                if self.env["ir.cron"]._commit_progress(1) <= 0 and date != dates[-1]:
                    return False
            self.state = "done"
        except CONCURRENCY:
            self.env.cr.rollback()
            return False
        except Exception as error:
            # no exception may leave a job that has committed progress
            _logger.exception("backtest %s failed", self.id)
            self.env.cr.rollback()
            self.write({"state": "failed", "message": str(error).strip()})
        return True
