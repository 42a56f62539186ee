from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..recurrence import PERIOD_MONTHS, occurrences, work_days
from .customer_milestone import KINDS

RECURRENCES = [
    ("once", "Once"),
    ("monthly", "Every month"),
    ("quarterly", "Every quarter"),
    ("half_yearly", "Every half year"),
    ("yearly", "Every year"),
    ("milestone", "At milestones"),
]
RESPONSIBLE_RULES = [
    ("responsible", "First responsible person"),
    ("leader", "Leader of his sales team"),
    ("role", "Role in our team"),
    ("department", "Head of the department"),
]
# Days before and after a milestone, and days of lead, that still make sense.
DAYS_LIMIT = 366


class CustomerPlaybookStep(models.Model):
    """One action of a playbook: what, how often, by when, who, what is good enough."""

    _name = "customer.playbook.step"
    _description = "Playbook Step"
    _inherit = ["customer.finite.mixin"]
    _order = "playbook_id, sequence, id"
    _check_company_auto = True

    playbook_id = fields.Many2one(
        "customer.playbook", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="playbook_id.company_id", store=True)
    currency_id = fields.Many2one(related="playbook_id.currency_id")
    sequence = fields.Integer(default=10)
    name = fields.Char("Action", required=True, translate=True)
    kind_id = fields.Many2one(
        "customer.action.kind", required=True, ondelete="restrict", index=True
    )
    active = fields.Boolean(default=True)

    # when
    recurrence = fields.Selection(
        RECURRENCES, "How Often", required=True, default="once"
    )
    milestone_kind = fields.Selection(KINDS, "Kind of Milestone")
    offset_days = fields.Integer(
        "Days After",
        help="Once: days after the start of the plan. At milestones: days after the day"
        " of the milestone, negative for before.",
    )
    due_month = fields.Integer(
        "Due in Month",
        compute="_compute_due_month",
        store=True,
        precompute=True,
        readonly=False,
        help="Month of the quarter, half year or year: 1 is its first one.",
    )
    due_day = fields.Integer(
        "Due on Day", default=31, help="31: the last day of the month."
    )
    lead_days = fields.Integer(
        "Shown Before (days)",
        default=14,
        help="The work shows up this many days before its deadline.",
    )
    when_text = fields.Char("Timing", compute="_compute_when_text")

    # who
    responsible_rule = fields.Selection(
        RESPONSIBLE_RULES, "Responsible", required=True, default="responsible"
    )
    role_id = fields.Many2one(
        "customer.team.role", ondelete="restrict", index="btree_not_null"
    )
    department_id = fields.Many2one(
        "customer.department",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )

    responsible_text = fields.Char("Who Does It", compute="_compute_responsible_text")

    # what it costs
    budget_amount = fields.Monetary("Budget", help="For each time it is done.")
    has_budget = fields.Boolean(
        "Has a Budget",
        compute="_compute_has_budget",
        store=True,
        precompute=True,
        readonly=False,
        help="Otherwise no amount is planned for it, which is not the same as 0.",
    )

    # what is good enough
    completion_standard = fields.Text(
        required=True, translate=True, help="When is it done? Something one can check."
    )
    content = fields.Html(
        "Script or Template", translate=True, help="Copied into the action."
    )
    is_core = fields.Boolean(
        "Core Action", help="Printed in the strategy tracking table."
    )
    is_customer_visible = fields.Boolean(
        "In the Customer's Papers", help="The customer may read that we do this."
    )

    # === COMPUTE METHODS === #

    @api.depends("playbook_id.name", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for step in self:
            step.display_name = (
                f"{step.playbook_id.name or ''}: {step.name}" if step.name else False
            )

    @api.depends("recurrence")
    def _compute_due_month(self):
        for step in self:
            step.due_month = PERIOD_MONTHS.get(step.recurrence, 0)

    @api.depends("recurrence", "milestone_kind", "offset_days", "due_month", "due_day")
    @api.depends_context("lang")
    def _compute_when_text(self):
        for step in self:
            step.when_text = step._get_when_text()

    @api.depends("budget_amount")
    def _compute_has_budget(self):
        for step in self:
            step.has_budget = step.has_budget or bool(step.budget_amount)

    def _get_when_text(self):
        """Return in words when a step falls due."""
        if self.recurrence == "once":
            return self.env._("By day %s after the start", self.offset_days)
        if self.recurrence == "milestone":
            return self._get_milestone_text()
        is_last = self.due_day == 31
        if self.recurrence == "monthly":
            if is_last:
                return self.env._("Every month, by its last day")
            return self.env._("Every month, by day %s", self.due_day)
        label = dict(self._fields["recurrence"]._description_selection(self.env))
        often = label.get(self.recurrence)
        if is_last:
            return self.env._(
                "%(often)s, by the last day of month %(month)s",
                often=often,
                month=self.due_month,
            )
        return self.env._(
            "%(often)s, by day %(day)s of month %(month)s",
            often=often,
            day=self.due_day,
            month=self.due_month,
        )

    @api.depends("responsible_rule", "role_id.name", "department_id.name")
    @api.depends_context("lang")
    def _compute_responsible_text(self):
        """Say who does it; a role by its name, not that it is a role."""
        labels = dict(self._fields["responsible_rule"]._description_selection(self.env))
        for step in self:
            text = labels.get(step.responsible_rule)
            if step.responsible_rule == "role" and step.role_id:
                text = step.role_id.name
            step.responsible_text = text

    def _get_milestone_text(self):
        labels = dict(self._fields["milestone_kind"]._description_selection(self.env))
        kind = labels.get(self.milestone_kind, "")
        if self.offset_days < 0:
            return self.env._(
                "Days before %(milestone)s: %(days)s",
                milestone=kind,
                days=-self.offset_days,
            )
        if self.offset_days:
            return self.env._(
                "Days after %(milestone)s: %(days)s",
                milestone=kind,
                days=self.offset_days,
            )
        return self.env._("On the day: %s", kind)

    # === CONSTRAINT METHODS === #

    def _refuse(self, name, problem):
        """Raise an error that names the playbook, the step, the field, the problem."""
        raise ValidationError(
            self.env._(
                "%(playbook)s, step %(step)s, field %(field)s: %(problem)s.",
                playbook=self.playbook_id.name,
                step=self.name,
                field=self._fields[name]._description_string(self.env),
                problem=problem,
            )
        )

    @api.constrains("recurrence", "milestone_kind", "due_month", "due_day")
    def _check_recurrence(self):
        for step in self:
            months = PERIOD_MONTHS.get(step.recurrence)
            if months and not 1 <= step.due_month <= months:
                step._refuse(
                    "due_month", self.env._("it lies between 1 and %s", months)
                )
            if months and not 1 <= step.due_day <= 31:
                step._refuse("due_day", self.env._("it lies between 1 and 31"))
            if step.recurrence == "milestone" and not step.milestone_kind:
                step._refuse("milestone_kind", self.env._("say which milestones"))

    @api.constrains("recurrence", "offset_days", "lead_days")
    def _check_days(self):
        for step in self:
            if not 0 <= step.lead_days <= DAYS_LIMIT:
                step._refuse(
                    "lead_days", self.env._("it lies between 0 and %s", DAYS_LIMIT)
                )
            if step.recurrence == "once" and step.offset_days < 0:
                step._refuse(
                    "offset_days", self.env._("nothing is due before the plan starts")
                )
            limit = DAYS_LIMIT
            if step.recurrence == "once":
                limit = 31 * step.playbook_id.period_months
            if abs(step.offset_days) > limit:
                step._refuse("offset_days", self.env._("it is at most %s", limit))

    @api.constrains("responsible_rule", "role_id", "department_id")
    def _check_responsible(self):
        for step in self:
            if step.responsible_rule == "role" and not step.role_id:
                step._refuse("role_id", self.env._("say which role"))
            if step.responsible_rule == "department" and not step.department_id:
                step._refuse("department_id", self.env._("say which department"))

    @api.constrains("budget_amount", "has_budget")
    def _check_budget(self):
        for step in self:
            if step.budget_amount < 0:
                step._refuse("budget_amount", self.env._("a budget is not negative"))
            if step.budget_amount and not step.has_budget:
                step._refuse(
                    "has_budget", self.env._("there is an amount, so it has a budget")
                )

    @api.constrains("completion_standard")
    def _check_completion_standard(self):
        for step in self:
            if not (step.completion_standard or "").strip():
                step._refuse(
                    "completion_standard",
                    self.env._("say how one sees that it is done"),
                )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: actions of customers that the manager may not see count as well
        actions_sudo = self.env["customer.care.action"].sudo()
        used = actions_sudo.search([("step_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "%(playbook)s, step %(step)s: care plans have actions of it. Archive"
                    " it instead of deleting it.",
                    playbook=used.step_id.playbook_id.name,
                    step=used.step_id.name,
                )
            )

    # === BUSINESS METHODS === #

    def _get_dates(self, start, end):
        """Return (begin of work, deadline) of each action in a plan, ascending.

        Recurring: the deadlines in ``[start, end]``. Once: on the last day at the
        latest. What follows milestones gets its day from them, so none here.

        Note: self.ensure_one()
        """
        if self.recurrence == "milestone":
            return []
        if self.recurrence == "once":
            deadlines = [min(start + timedelta(days=self.offset_days), end)]
        else:
            deadlines = occurrences(
                self.recurrence, start, end, self.due_month, self.due_day
            )
        return [work_days(deadline, self.lead_days, start) for deadline in deadlines]
