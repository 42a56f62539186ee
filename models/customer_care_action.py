from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .customer_playbook_step import RESPONSIBLE_RULES

STATES = [
    ("planned", "Planned"),
    ("due", "To Do"),
    ("done", "Done"),
    ("unmet", "Unmet"),
    ("cancelled", "Cancelled"),
]
UNFINISHED = ("planned", "due")
# Kept by the system: never written by a client.
SYSTEM_FIELDS = {
    "alert_id",
    "budget_note",
    "date_done",
    "date_milestone",
    "done_user_id",
    "interaction_id",
    "is_ended_by_plan",
    "is_personal",
    "milestone_id",
    "occurrence",
    "raised_user_id",
    "replaced_by_id",
    "replaces_id",
    "state",
    "step_id",
}


class CustomerCareAction(models.Model):
    """One thing we do for a customer: who, until when, by which standard.

    The obligation is this row; its activity is only a view of it. A row changes its
    status through ``_set_done``, ``_set_unmet`` and ``_set_cancelled`` alone.
    """

    _name = "customer.care.action"
    _description = "Maintenance Action"
    _inherit = [
        "customer.fact.mixin",
        "customer.finite.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_deadline, id"
    _check_company_auto = True

    # what and when
    name = fields.Char("Action", required=True, translate=True)
    plan_id = fields.Many2one(
        "customer.care.plan",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="Empty: an action of its own.",
    )
    step_id = fields.Many2one(
        "customer.playbook.step", ondelete="restrict", index="btree_not_null"
    )
    occurrence = fields.Char(
        copy=False, help="What the step is repeated for: the day or the milestone."
    )
    kind_id = fields.Many2one(
        "customer.action.kind", required=True, ondelete="restrict", index=True
    )
    is_bulk = fields.Boolean(related="kind_id.is_bulk")
    state = fields.Selection(
        STATES, "Status", required=True, default="due", tracking=True, copy=False
    )
    date_start = fields.Date(
        "Begin On",
        required=True,
        default=fields.Date.context_today,
        help="From this day on it is to do.",
    )
    date_deadline = fields.Date("Deadline", required=True, index=True, tracking=True)
    is_late = fields.Boolean("Late", compute="_compute_is_late", search="_search_late")
    date_done = fields.Date("Done On", copy=False)
    done_user_id = fields.Many2one("res.users", "Done By", copy=False)
    is_in_time = fields.Boolean(
        "In Time",
        compute="_compute_is_in_time",
        store=True,
        help="Done on or before the deadline.",
    )

    # who
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        index=True,
        tracking=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
    )
    is_user_manual = fields.Boolean(
        "Responsible by Hand", help="Does not follow the first responsible person."
    )
    responsible_rule = fields.Selection(
        RESPONSIBLE_RULES, "Responsible Is", required=True, default="responsible"
    )
    role_id = fields.Many2one("customer.team.role", ondelete="restrict")
    department_id = fields.Many2one(
        "customer.department", "Responsible Department", ondelete="restrict", index=True
    )

    # how well
    completion_standard = fields.Text(translate=True)
    content = fields.Html(
        "Script or Template",
        compute="_compute_content",
        inverse="_inverse_content",
        help="Of the step until somebody changes it here.",
    )
    own_content = fields.Html(copy=True)
    is_core = fields.Boolean(
        "Core Action", help="Stands in the strategy tracking table."
    )
    is_customer_visible = fields.Boolean(
        "For the Customer Too", help="May stand in the review pack of the customer."
    )
    is_personal = fields.Boolean(
        "Birthday", help="Tells a birthday: read by who may read relationship data."
    )
    is_ended_by_plan = fields.Boolean(
        "Ended With Its Plan", copy=False, help="Taken up again when the plan is."
    )
    is_standard_met = fields.Boolean("Standard Met", copy=False)
    feedback = fields.Text("Customer Feedback", copy=False)
    cause_id = fields.Many2one(
        "customer.unmet.cause",
        "Unmet Because",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
    )
    cause_note = fields.Text("What Came Between", copy=False)
    replaced_by_id = fields.Many2one(
        "customer.care.action", "Planned Again As", copy=False, ondelete="set null"
    )
    replaces_id = fields.Many2one(
        "customer.care.action",
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    # where it comes from, where it went
    milestone_id = fields.Many2one(
        "customer.milestone", ondelete="set null", copy=False, index="btree_not_null"
    )
    date_milestone = fields.Date(
        "Day of the Milestone", copy=False, help="When the deadline was set by it."
    )
    alert_id = fields.Many2one(
        "customer.alert", ondelete="set null", copy=False, index="btree_not_null"
    )
    interaction_id = fields.Many2one(
        "customer.interaction", ondelete="set null", copy=False, index="btree_not_null"
    )
    calendar_event_id = fields.Many2one(
        "calendar.event", "Meeting", ondelete="set null", copy=False
    )
    raised_user_id = fields.Many2one(
        "res.users", copy=False, help="Who got its activity."
    )

    # money
    currency_id = fields.Many2one(related="company_id.currency_id")
    budget_amount = fields.Monetary("Budget")
    budget_state = fields.Selection(
        [("known", "Known"), ("none", "No budget"), ("unknown", "Unknown")],
        "Budget Is",
        required=True,
        default="none",
    )
    budget_note = fields.Char(copy=False, help="Why the budget is unknown.")
    actual_amount = fields.Monetary("Actual Cost", copy=False)
    actual_state = fields.Selection(
        [("missing", "Not entered"), ("known", "Known")],
        "Actual Cost Is",
        required=True,
        default="missing",
        copy=False,
    )
    tier_id = fields.Many2one(
        related="profile_id.tier_id", store=False, string="Customer Tier"
    )

    _occurrence_uniq = models.UniqueIndex(
        "(plan_id, step_id, occurrence) WHERE occurrence IS NOT NULL",
        "This step is planned for that day already.",
    )
    _open_idx = models.Index(
        "(company_id, date_start) WHERE state IN ('planned', 'due')"
    )
    _begin_order = models.Constraint(
        "CHECK (date_start <= date_deadline)",
        "An action begins on or before its deadline.",
    )
    _money_finite = models.Constraint(
        "CHECK (COALESCE(budget_amount, 0) >= 0 AND COALESCE(actual_amount, 0) >= 0"
        " AND COALESCE(budget_amount, 0) < 'Infinity'"
        " AND COALESCE(actual_amount, 0) < 'Infinity')",
        "The budget and the cost of an action must be 0 or more.",
    )
    _done_dated = models.Constraint(
        "CHECK ((state = 'done') = (date_done IS NOT NULL))",
        "An action that is done has its day, another one has none.",
    )

    # === COMPUTE METHODS === #

    @api.depends("profile_id", "name")
    def _compute_display_name(self):
        for action in self:
            action.display_name = self.env._(
                "%(customer)s: %(action)s",
                customer=action.profile_id.display_name,
                action=action.name,
            )

    @api.depends("state", "date_deadline", "company_id")
    def _compute_is_late(self):
        for action in self:
            company = action.company_id or self.env.company
            action.is_late = (
                action.state in UNFINISHED
                and bool(action.date_deadline)
                and action.date_deadline < company._get_customer_today()
            )

    def _search_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: the day of each company is no secret
        late = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_deadline", "<", company._get_customer_today())
            for company in self.env["res.company"].sudo().search([])
        ) & Domain("state", "in", UNFINISHED)
        if True in value and False in value:
            return Domain.TRUE
        return late if True in value else ~late

    @api.depends("own_content", "step_id.content")
    @api.depends_context("lang")
    def _compute_content(self):
        for action in self:
            # sudo: what a step says is for whoever does it
            action.content = action.own_content or action.step_id.sudo().content

    def _inverse_content(self):
        for action in self:
            action.own_content = action.content

    @api.depends("state", "date_done", "date_deadline")
    def _compute_is_in_time(self):
        for action in self:
            action.is_in_time = (
                action.state == "done" and action.date_done <= action.date_deadline
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("plan_id", "profile_id")
    def _check_same_customer(self):
        for action in self:
            # sudo: a clash tells only that it is another customer's
            plan_sudo = action.sudo().plan_id
            if plan_sudo and plan_sudo.profile_id != action.profile_id:
                raise ValidationError(
                    self.env._(
                        "%(action)s, Plan: that belongs to another customer.",
                        action=action.display_name,
                    )
                )

    @api.constrains("budget_amount", "actual_amount")
    def _check_money(self):
        for action in self:
            for name in ("budget_amount", "actual_amount"):
                if action[name] < 0:
                    raise ValidationError(
                        self.env._(
                            "%(action)s, %(field)s: an amount of 0 or more, please.",
                            action=action.display_name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    @api.constrains("user_id", "profile_id")
    def _check_responsible(self):
        """Raise when somebody gets an action of a customer he may not see."""
        for action in self:
            user = action.user_id
            # sudo: a system field
            if not user or action.sudo().raised_user_id == user:
                continue
            # a birthday is told to few of those who may see the customer
            subject = action if action.is_personal else action.profile_id
            if not subject.with_user(user).sudo(False).has_access("read"):
                raise ValidationError(
                    self.env._(
                        "%(action)s, Responsible: %(user)s may not see this customer.",
                        action=action.display_name,
                        user=user.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._drop_system_values(vals_list, SYSTEM_FIELDS)
        for vals in vals_list:
            if not self.env.su:
                vals["state"] = "due"
                vals.setdefault("is_user_manual", bool(vals.get("user_id")))
            self._complete_money(vals)
        cleaned = self._without_defaults(SYSTEM_FIELDS)
        actions = super(CustomerCareAction, cleaned).create(vals_list)
        if not self.env.su:
            actions._set_due_by_day()
        return actions

    def write(self, vals):
        self._check_no_system_field(SYSTEM_FIELDS & set(vals))
        vals = dict(vals)
        self._complete_money(vals)
        if "user_id" in vals and not self.env.su:
            vals.setdefault("is_user_manual", True)
        result = super().write(vals)
        if not self.env.su and "date_start" in vals:
            self._set_due_by_day()
        if {"date_deadline", "user_id", "date_start"} & set(vals):
            self._follow_changes()
        return result

    def _complete_money(self, vals):
        """Say with each amount that it is known."""
        if "budget_amount" in vals:
            vals.setdefault("budget_state", "known")
        if "actual_amount" in vals:
            vals.setdefault("actual_state", "known")

    def _set_due_by_day(self):
        """Let actions that people plan be planned or to do, by their day."""
        for company, actions in self.grouped("company_id").items():
            today = company._get_customer_today()
            actions_sudo = actions.sudo()  # sudo: the status is a system field
            later = actions_sudo.filtered(
                lambda row, day=today: row.state == "due" and row.date_start > day
            )
            later.write({"state": "planned"})
            now = actions_sudo.filtered(
                lambda row, day=today: row.state == "planned" and row.date_start <= day
            )
            now.write({"state": "due"})
            (later | now | actions_sudo)._follow_changes()

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Let nobody follow a birthday: who learns of it the rules say, each time."""
        followed = self.filtered(lambda action: not action.is_personal)
        return super(CustomerCareAction, followed).message_subscribe(
            partner_ids, subtype_ids
        )

    def _message_auto_subscribe(self, updated_values, followers_existing_policy="skip"):
        """Nor whoever is responsible for it: he can be another one tomorrow."""
        followed = self.filtered(lambda action: not action.is_personal)
        return super(CustomerCareAction, followed)._message_auto_subscribe(
            updated_values, followers_existing_policy
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        kept = self.filtered(lambda action: action.state not in UNFINISHED)
        if kept or self.plan_id:
            raise UserError(
                self.env._(
                    "%s belongs to the history of the customer: cancel it instead.",
                    (kept or self)[0].display_name,
                )
            )
