from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..periods import next_instant

OPEN_STATES = ("queued", "running")


class CustomerRun(models.Model):
    """One dated run of one job for one company, with its progress."""

    _name = "customer.run"
    _description = "Scoring Run"
    _order = "create_date desc, id desc"

    job = fields.Selection(
        [
            ("refresh", "Scores and health"),
            ("review", "Tier review"),
            ("backfill", "Score history"),
            ("move", "Tiers follow a new scorecard"),
        ],
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    date = fields.Date(
        "As of", required=True, readonly=True, help="In the company's time zone."
    )
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        "Status",
        default="queued",
        required=True,
        readonly=True,
        index=True,
    )
    start_datetime = fields.Datetime("Start", readonly=True)
    end_datetime = fields.Datetime("End", readonly=True)
    is_staged = fields.Boolean(readonly=True, help="Facts were read; writing goes on.")
    has_new_left = fields.Boolean(
        readonly=True, help="Some customers could not be created with the others."
    )
    total_count = fields.Integer("Number of Customers", readonly=True)
    staged_count = fields.Integer("To Write", readonly=True)
    done_count = fields.Integer("Written", readonly=True)
    quarantine_count = fields.Integer(
        "Could Not Be Computed", readonly=True, help="At the end of the run."
    )
    progress = fields.Integer(
        "Progress (%)", compute="_compute_progress", help="0 to 100."
    )
    attempt_count = fields.Integer(
        "Attempts", readonly=True, help="Slices of the scheduler it has taken."
    )
    message = fields.Text(readonly=True)
    is_reported = fields.Boolean(readonly=True, help="Managers were told of trouble.")
    is_late_reported = fields.Boolean(readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("state", "staged_count", "done_count", "is_staged")
    def _compute_progress(self):
        for run in self:
            if run.state == "done":
                run.progress = 100
            elif run.is_staged and run.staged_count:
                # reading counts as half of the work
                run.progress = 50 + 50 * run.done_count // run.staged_count
            else:
                run.progress = 0

    @api.depends("job", "company_id", "date")
    def _compute_display_name(self):
        jobs = dict(self._fields["job"]._description_selection(self.env))
        for run in self:
            run.display_name = self.env._(
                "%(job)s, %(company)s, %(date)s",
                job=jobs.get(run.job, ""),
                company=run.company_id.name,
                date=run.date,
            )

    # === ACTION METHODS === #

    def action_retry(self):
        """Queue failed runs again and wake the scheduler."""
        if not self.env.user.has_group(
            "customer_success.group_customer_success_manager"
        ):
            raise AccessError(self.env._("Only managers can start a run again."))
        self.check_access("read")
        # sudo: managers start runs, the system writes them
        failed_sudo = self.sudo().filtered(lambda run: run.state == "failed")
        failed_sudo.write(
            {
                "state": "queued",
                "message": False,
                "is_staged": False,
                "is_reported": False,
                "attempt_count": 0,
            }
        )
        self._request_refresh()

    def action_open_quarantine(self):
        """Open the customers of this company that could not be computed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_quarantine_action"
        )
        action["domain"] = [("company_id", "=", self.company_id.id)]
        return action

    # === BUSINESS METHODS === #

    @api.model
    def _get_last_dates(self, companies):
        """Return the as-of day of the last finished refresh by company id."""
        # sudo: everybody may know how fresh the figures are
        groups = self.sudo()._read_group(
            [
                ("job", "=", "refresh"),
                ("state", "=", "done"),
                ("company_id", "in", companies.ids),
            ],
            ["company_id"],
            ["date:max"],
        )
        return {company.id: date for company, date in groups}

    @api.model
    def _request_refresh(self):
        """Wake the nightly job now (it runs in the background)."""
        # sudo: users may ask for a run without rights on scheduled actions
        self.env.ref("customer_success.ir_cron_refresh_scores").sudo()._trigger()

    @api.model
    def _load_demo(self):
        """Write the documents and scores of the demo companies (demo data only)."""
        from ..demo import company  # not needed otherwise

        company.load(self.env)

    @api.model
    def _queue(self, job, company, date):
        """Queue a run unless the same one is already waiting."""
        same = self.search(
            [
                ("job", "=", job),
                ("company_id", "=", company.id),
                ("date", "=", date),
                ("state", "in", OPEN_STATES),
            ],
            limit=1,
        )
        return same or self.create({"job": job, "company_id": company.id, "date": date})

    @api.model
    def _end_moves(self, companies):
        """End what still moves tiers to a scorecard that is no longer the last word."""
        runs = self.search(
            [
                ("job", "=", "move"),
                ("company_id", "in", companies.ids),
                ("state", "in", OPEN_STATES),
            ]
        )
        for run in runs:
            self.env["customer.run.stage"]._discard(SQL("stg.run_id = %s", run.id))
        runs.write(
            {
                "state": "done",
                "end_datetime": fields.Datetime.now(),
                "message": self.env._("Another scorecard took over."),
            }
        )

    @api.model
    def _read_again(self, companies):
        """Let the runs at work score anew: what they have read is by another scorecard."""
        runs = self.search(
            [
                ("job", "!=", "move"),
                ("company_id", "in", companies.ids),
                ("state", "in", OPEN_STATES),
                ("is_staged", "=", True),
            ]
        )
        for run in runs:
            self.env["customer.run.stage"]._discard(SQL("stg.run_id = %s", run.id))
        runs.write({"is_staged": False, "staged_count": 0, "done_count": 0})

    @api.model
    def _schedule_refresh(self):
        """Set the nightly job to the next scoring hour of any company.

        Companies in other time zones get a trigger of their own at their hour.
        """
        # sudo: called when settings change and at the end of a run
        cron = self.env.ref(
            "customer_success.ir_cron_refresh_scores", raise_if_not_found=False
        ).sudo()
        if not cron:
            return
        now = fields.Datetime.now()
        instants = sorted(
            {
                next_instant(now, company.customer_run_hour, company._get_customer_tz())
                # sudo: the hour of every company
                for company in self.env["res.company"].sudo().search([])
            }
        )
        if not self.env.context.get("customer_in_cron") and cron.try_lock_for_update():
            cron.nextcall = instants[0]
        # sudo: see above
        waiting = (
            self.env["ir.cron.trigger"]
            .sudo()
            .search([("cron_id", "=", cron.id), ("call_at", ">", now)])
        )
        if not self.env.context.get("customer_in_cron"):
            waiting.filtered(lambda trigger: trigger.call_at not in instants).unlink()
        missing = set(instants) - set(waiting.exists().mapped("call_at"))
        cron._trigger(at=sorted(missing))
