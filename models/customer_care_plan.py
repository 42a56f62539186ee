from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

STATES = [
    ("running", "Running"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
CLOSE_REASONS = [
    ("period", "Its period is over"),
    ("tier", "The tier changed"),
    ("stage", "The lifecycle stage changed"),
    ("reached", "It reached its goals"),
    ("manual", "Closed by hand"),
    ("merged", "The customer became part of another one"),
    ("gone", "The customer is no longer looked after"),
]
# Kept by the system: never written by a client.
SYSTEM_FIELDS = {
    "alert_id",
    "close_reason",
    "date_closed",
    "insight_id",
    "is_manual",
    "launch_key",
    "milestone_id",
    "playbook_id",
    "stage_id",
    "state",
    "tier_code",
    "tier_id",
    "trigger",
}


class CustomerCarePlan(models.Model):
    """One customer, one policy, one period: what we do for him, dated.

    Launched from a playbook (``_launch``), by the job or by people. Its actions copy
    what the steps say: a playbook that changes later changes no plan. A plan that
    ends is closed with its result and never deleted.
    """

    _name = "customer.care.plan"
    _description = "Care Plan"
    _inherit = ["customer.fact.mixin", "mail.thread"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    playbook_id = fields.Many2one(
        "customer.playbook", required=True, ondelete="restrict", index=True, copy=False
    )
    trigger = fields.Selection(
        lambda self: (
            self.env["customer.playbook"]
            ._fields["trigger"]
            ._description_selection(self.env)
        ),
        "Reason",
        required=True,
        copy=False,
        help="Why it was launched: the tier, the stage, something that happened.",
    )
    tier_code = fields.Char("Tier Then", copy=False)
    tier_id = fields.Many2one(
        "customer.tier", ondelete="set null", copy=False, index="btree_not_null"
    )
    stage_id = fields.Many2one(
        "customer.lifecycle.stage", "Lifecycle Stage", ondelete="restrict", copy=False
    )
    milestone_id = fields.Many2one(
        "customer.milestone", ondelete="set null", copy=False, index="btree_not_null"
    )
    insight_id = fields.Many2one(
        "customer.insight", ondelete="set null", copy=False, index="btree_not_null"
    )
    alert_id = fields.Many2one(
        "customer.alert", ondelete="set null", copy=False, index="btree_not_null"
    )
    is_manual = fields.Boolean("Launched by Hand", copy=False)
    launch_key = fields.Char(
        required=True, copy=False, help="What there is one plan of a playbook for."
    )
    date_start = fields.Date("Start", required=True)
    date_end = fields.Date("End", required=True, help="Last day, inclusive.")
    state = fields.Selection(
        STATES,
        "Status",
        required=True,
        default="running",
        tracking=True,
        copy=False,
        index=True,
    )
    close_reason = fields.Selection(CLOSE_REASONS, "Closed Because", copy=False)
    date_closed = fields.Date("Closed On", copy=False)
    user_id = fields.Many2one(related="profile_id.user_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    goal_text = fields.Text(
        "Maintenance Goal", translate=True, help="What this plan is for."
    )
    note = fields.Html("Notes")
    goal_ids = fields.One2many("customer.care.goal", "plan_id", "Goals")
    action_ids = fields.One2many("customer.care.action", "plan_id", "Actions")

    # what became of it
    action_count = fields.Integer("Actions in All", compute="_compute_figures")
    done_count = fields.Integer("Done", compute="_compute_figures")
    unmet_count = fields.Integer("Unmet", compute="_compute_figures")
    late_count = fields.Integer("Late", compute="_compute_figures")
    progress = fields.Integer(
        "Progress (%)",
        compute="_compute_figures",
        help="Share of the actions done, of those not cancelled.",
    )
    date_next_action = fields.Date("Next Deadline", compute="_compute_figures")
    budget_planned = fields.Monetary(compute="_compute_figures")
    budget_actual = fields.Monetary("Actual Cost", compute="_compute_figures")
    budget_state = fields.Selection(
        [
            ("none", "No budget"),
            ("known", "Complete"),
            ("unknown", "Not complete: some amounts are unknown"),
        ],
        "Budget",
        compute="_compute_figures",
    )
    result = fields.Text(compute="_compute_result")
    contract_note = fields.Text(compute="_compute_contract_note")

    _running_tier_uniq = models.UniqueIndex(
        "(profile_id) WHERE state = 'running' AND trigger = 'tier'",
        "This customer already has a running plan of his tier.",
    )
    # plans of events have their launch key: links vanish with what they lead to
    _running_uniq = models.UniqueIndex(
        "(profile_id, playbook_id, COALESCE(milestone_id, 0), COALESCE(insight_id, 0),"
        " COALESCE(alert_id, 0)) WHERE state = 'running'"
        " AND (is_manual OR trigger IN ('tier', 'stage'))",
        "This customer already has a running plan of this playbook.",
    )
    _launch_uniq = models.UniqueIndex(
        "(profile_id, playbook_id, launch_key)",
        "This plan was launched for the customer already.",
    )
    _period_order = models.Constraint(
        "CHECK (date_start <= date_end)", "A plan cannot end before it starts."
    )
    _closed_dated = models.Constraint(
        "CHECK ((state = 'running') = (date_closed IS NULL))",
        "A plan that is over has a day of its end, a running one has none.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "profile_id")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._(
                "%(customer)s: %(plan)s",
                customer=plan.profile_id.display_name,
                plan=plan.name,
            )

    @api.depends("date_end", "profile_id")
    @api.depends_context("lang", "uid")
    def _compute_contract_note(self):
        """Say when a running plan goes on after the customer's contracts have ended.

        Not the plans of a stage or a milestone: the renewal itself would say it.
        """
        ends = self._get_contract_ends()
        for plan in self:
            is_asked = plan.state == "running" and plan.trigger in ("tier", "manual")
            end = is_asked and ends.get(plan.profile_id.id)
            plan.contract_note = (
                end
                and end < plan.date_end
                and self.env._(
                    "This plan ends on %(plan)s, after the last contract (%(contract)s):"
                    " the renewal decides about the rest.",
                    plan=format_date(self.env, plan.date_end),
                    contract=format_date(self.env, end),
                )
            )

    def _get_contract_ends(self):
        """Return the last end of a contract still to be renewed, by customer id."""
        groups = self.env["customer.milestone"]._read_group(
            [
                ("profile_id", "in", self.profile_id.ids),
                ("kind", "=", "renewal"),
                ("renewal_state", "=", "open"),
            ],
            ["profile_id"],
            ["date_end:max"],
        )
        return {profile.id: end for profile, end in groups}

    # === CONSTRAINT METHODS === #

    @api.constrains("date_start", "date_end")
    def _check_length(self):
        for plan in self:
            if plan.date_end > plan.date_start + relativedelta(years=5):
                raise ValidationError(
                    self.env._(
                        "%(plan)s, End: a plan lasts five years at most.",
                        plan=plan.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(
                self.env._(
                    "Care plans are launched from a playbook: use Launch a Plan."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        self._check_no_system_field(SYSTEM_FIELDS & set(vals))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(
            self.env._(
                "Care plans are history: close %s instead.", self[0].display_name
            )
        )

    # === ACTION METHODS === #

    def action_close(self):
        """Close plans with what they have reached so far."""
        self._end_by_hand("closed")

    def action_cancel(self):
        """Cancel plans that were launched by mistake."""
        self._end_by_hand("cancelled")

    def _end_by_hand(self, state):
        self.check_access("write")
        for company, plans in self.grouped("company_id").items():
            # sudo: who may write a plan may end it; the rest is the system's
            plans.sudo()._close("manual", company._get_customer_today(), state)
