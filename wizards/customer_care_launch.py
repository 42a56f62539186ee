from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CustomerCareLaunch(models.TransientModel):
    """Launches a playbook for one or many customers, after showing who gets what."""

    _name = "customer.care.launch"
    _description = "Launch a Plan"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    profile_ids = fields.Many2many(
        "customer.profile",
        "customer_care_launch_profile_rel",
        "launch_id",
        "profile_id",
        "Customers",
        check_company=True,
    )
    playbook_id = fields.Many2one(
        "customer.playbook",
        check_company=True,
        domain="[('company_id', 'in', (company_id, False))]",
        help="The first one that fits the customers by tier and stage is proposed.",
    )
    for_text = fields.Char(related="playbook_id.for_text")
    goal_text = fields.Text(related="playbook_id.goal_text")
    date_start = fields.Date(
        "Start",
        compute="_compute_date_start",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    profile_count = fields.Integer("Selected", compute="_compute_preview")
    launch_count = fields.Integer("Get This Plan", compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_date_start(self):
        for launch in self:
            launch.date_start = (
                launch.date_start or launch.company_id._get_customer_today()
            )

    @api.depends("profile_ids", "playbook_id", "date_start")
    @api.depends_context("uid", "lang")
    def _compute_preview(self):
        for launch in self:
            launch.profile_count = len(launch.profile_ids)
            launch.launch_count, launch.preview = 0, False
            if launch.playbook_id and launch.date_start and launch.profile_ids:
                rows = launch._read_preview()
                launch.launch_count = len([row for row in rows if not row["problem"]])
                launch.preview = self.env["ir.qweb"]._render(
                    "customer_success.customer_care_launch_preview",
                    launch._prepare_preview(rows),
                )

    # === ACTION METHODS === #

    def action_launch(self):
        """Launch the plan for those customers who can have it."""
        self.ensure_one()
        self.check_access("read")
        profiles = self.profile_ids.exists()
        profiles.check_access("write")
        if not self.playbook_id or not profiles:
            raise UserError(self.env._("Choose a playbook and at least one customer."))
        rows = self._read_preview()
        chosen = [row["profile"].id for row in rows if not row["problem"]]
        if not chosen:
            raise UserError(
                "\n".join(
                    f"{row['profile'].display_name}: {row['problem']}" for row in rows
                )
            )
        plans = profiles.browse(chosen)._launch_plan(self.playbook_id, self.date_start)
        return self._show(plans)

    def _show(self, plans):
        """Open the one new plan, or the list of several."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_care_plan_action"
        )
        if len(plans) == 1:
            return {**action, "res_id": plans.id, "views": [(False, "form")]}
        return {**action, "domain": [("id", "in", plans.ids)], "context": {}}

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, profiles, **values):
        """Open the dialog for some customers of one company."""
        profiles.check_access("write")
        if len(profiles.company_id) > 1:
            raise UserError(
                self.env._(
                    "Choose customers of one company: budgets have its currency."
                )
            )
        launch = self.create(
            {
                "company_id": profiles.company_id.id or self.env.company.id,
                "profile_ids": [Command.set(profiles.ids)],
                "playbook_id": self._propose_playbook(profiles).id,
                **values,
            }
        )
        return {
            "name": self.env._("Launch a Plan"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": launch.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _propose_playbook(self, profiles):
        """Return the first playbook of the tier that is about all of the customers."""
        playbooks = self.env["customer.playbook"].search(
            [
                ("company_id", "in", (profiles.company_id.id, False)),
                ("trigger", "in", ("tier", "stage")),
            ]
        )
        fitting = playbooks._sort_by_preference().filtered(
            lambda play: all(play._is_about(profile) for profile in profiles[:100])
        )
        taken = self.env["customer.care.plan"].search(
            [("profile_id", "in", profiles.ids), ("state", "=", "running")]
        )
        if any(plan.trigger == "tier" for plan in taken):
            fitting = fitting.filtered(lambda play: play.trigger != "tier")
        return (fitting - taken.playbook_id)[:1]
