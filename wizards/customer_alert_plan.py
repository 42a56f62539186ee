from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CustomerAlertPlan(models.TransientModel):
    """Proposes the steps that answer an alert; those chosen become activities."""

    _name = "customer.alert.plan"
    _description = "Response Plan"
    _inherit = "customer.alert.dialog"

    alert_ids = fields.Many2many(relation="customer_alert_plan_alert_rel")
    alert_id = fields.Many2one("customer.alert", compute="_compute_alert_id")
    sentence = fields.Text(related="alert_id.sentence", related_sudo=False)
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
        """Create the chosen steps as activities of the alert, which is now acted on."""
        alerts = self._get_alerts()
        alerts.ensure_one()
        lines = self.line_ids.filtered("is_chosen")
        if not lines:
            raise UserError(self.env._("Choose or add at least one step."))
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
        return self._finish()


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
