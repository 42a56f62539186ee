from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CustomerAlertPlan(models.TransientModel):
    """Proposes the steps that answer an alert; those chosen become activities."""

    _name = "customer.alert.plan"
    _description = "Response Plan"
    _inherit = "customer.alert.dialog"
    _check_company_auto = True

    alert_ids = fields.Many2many(relation="customer_alert_plan_alert_rel")
    alert_id = fields.Many2one("customer.alert", compute="_compute_alert_id")
    sentence = fields.Text(related="alert_id.sentence", related_sudo=False)
    playbook_id = fields.Many2one(
        "customer.playbook",
        check_company=True,
        domain="[('id', 'in', possible_playbook_ids)]",
        help="Launches a care plan: its actions are dated, and what they reach is"
        " measured. The steps below can be added.",
    )
    possible_playbook_ids = fields.Many2many(
        "customer.playbook", compute="_compute_possible_playbook_ids"
    )
    playbook_text = fields.Text(compute="_compute_playbook_text")
    line_ids = fields.One2many(
        "customer.alert.plan.line",
        "plan_id",
        "Steps",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("alert_ids")
    def _compute_alert_id(self):
        for plan in self:
            plan.alert_id = plan.alert_ids[:1]._origin

    @api.depends("alert_ids")
    def _compute_line_ids(self):
        for plan in self:
            if not plan.line_ids:
                plan.line_ids = [Command.create(vals) for vals in plan._prepare_lines()]

    @api.depends("alert_ids")
    def _compute_possible_playbook_ids(self):
        for plan in self:
            playbooks = self.env["customer.playbook"].search(
                [
                    ("trigger", "=", "alert"),
                    ("company_id", "in", (plan.company_id.id, False)),
                ]
            )
            plan.possible_playbook_ids = playbooks.filtered(
                lambda play, signal=plan.alert_id.signal: play._matches_signal(signal)
            )

    @api.depends("playbook_id")
    @api.depends_context("lang")
    def _compute_playbook_text(self):
        """Say what the playbook brings, and by when."""
        for plan in self:
            text = False
            if plan.playbook_id and plan.alert_id:
                rows = self.env["customer.care.plan"]._preview(
                    plan.playbook_id._origin,
                    plan.alert_id.profile_id,
                    plan._get_today(),
                )
                text = "\n".join(
                    f"{format_date(self.env, action['date_deadline'])}"
                    f"  {action['step'].name}"
                    for row in rows
                    for action in row["actions"]
                )
            plan.playbook_text = text

    def _prepare_lines(self):
        """Return the steps that the rule names, to be done; else usual ones to choose."""
        alert = self.alert_ids[:1]._origin
        today = self._get_today()
        # sudo: rules say what to do, whoever reads them
        named = alert.rule_id.sudo().response_ids
        kinds = named or self._get_usual_steps()
        return [
            {
                "activity_type_id": kind.id,
                "is_chosen": bool(named),
                "summary": kind.summary,
                "date_deadline": fields.Date.add(today, days=max(kind.delay_count, 1)),
                "user_id": self.env.uid,
            }
            for kind in kinds
        ]

    def _get_usual_steps(self):
        """Return the steps that answer many alerts, as far as they are still there."""
        names = ("visit", "offer", "their_contact", "our_contact")
        refs = [
            self.env.ref(
                f"customer_success.mail_activity_type_step_{name}",
                raise_if_not_found=False,
            )
            for name in names
        ]
        return [kind for kind in refs if kind and kind.active]

    # === ACTION METHODS === #

    def action_plan(self):
        """Launch the playbook, create the chosen steps as activities of the alert.

        The alert is now acted on.
        """
        alerts = self._get_alerts()
        alerts.ensure_one()
        lines = self.line_ids.filtered("is_chosen")
        if not lines and not self.playbook_id:
            raise UserError(
                self.env._("Choose a playbook, or choose or add at least one step.")
            )
        plans = self._launch_playbook(alerts)
        for line in lines:
            line._check_complete()
            # he becomes a follower of the alert, and is written to
            alerts._check_receiver(line.user_id)
            alerts.activity_schedule(
                activity_type_id=line.activity_type_id.id,
                summary=line.summary,
                date_deadline=line.date_deadline,
                user_id=line.user_id.id,
                automated=False,
            )
        alerts._set_acting()
        if plans:
            return self.env["customer.care.launch"]._show(plans)
        return self._finish()

    def _launch_playbook(self, alert):
        """Launch the chosen playbook for the customer of the alert; return the plan."""
        if not self.playbook_id:
            return self.env["customer.care.plan"]
        profile = alert.profile_id
        plans = profile._launch_plan(
            self.playbook_id, self._get_today(), {profile.id: {"alert_id": alert.id}}
        )
        if not plans:
            raise UserError(
                self.env._(
                    "%s answers this alert already: open the plan on the customer.",
                    self.playbook_id.name,
                )
            )
        return plans


class CustomerAlertPlanLine(models.TransientModel):
    """One step of a response plan that is being made."""

    _name = "customer.alert.plan.line"
    _description = "Step of a Response Plan"
    _order = "date_deadline, id"

    plan_id = fields.Many2one("customer.alert.plan", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    is_chosen = fields.Boolean("Do It", default=True)
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Step",
        domain=[("res_model", "in", [False, "customer.alert"])],
        default=lambda self: self.env.ref(
            "mail.mail_activity_data_todo", raise_if_not_found=False
        ),
    )
    summary = fields.Char("What")
    date_deadline = fields.Date(
        "Deadline",
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=7),
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )

    def _check_complete(self):
        """Raise unless the step says what, who and by when."""
        if not (self.activity_type_id and self.date_deadline and self.user_id):
            raise UserError(
                self.env._("Each chosen step needs a kind, a day and a person.")
            )
