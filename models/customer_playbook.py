from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .customer_insight import NEEDS, SURROUNDINGS
from .customer_milestone import KINDS

TRIGGERS = [
    ("tier", "Tier"),
    ("stage", "Lifecycle Stage"),
    ("milestone", "Milestone"),
    ("alert", "Alert"),
    ("insight", "Insight"),
    ("manual", "By Hand"),
]
# Somebody decides about these: the job never launches them.
BY_HAND = ("alert", "manual")


class CustomerPlaybook(models.Model):
    """A template of care plans: for whom, what for, and what is done when.

    Plans copy everything when they are launched: a change is for later plans.
    """

    _name = "customer.playbook"
    _description = "Playbook"
    _inherit = ["customer.tier.codes.mixin"]
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(copy=False, help="Short name for imports, such as tier_s.")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Empty: for every company. A company's own playbook comes before shared"
        " ones.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10, help="Of several playbooks for a customer the first one is taken."
    )

    # when it is launched, for whom
    trigger = fields.Selection(
        TRIGGERS,
        "Launched By",
        required=True,
        default="manual",
        index=True,
        group_expand=True,
    )
    is_automatic = fields.Boolean(
        "Launched by Itself",
        compute="_compute_is_automatic",
        store=True,
        precompute=True,
        readonly=False,
        help="Every night for the customers it is about. Otherwise people launch it.",
    )
    stage_ids = fields.Many2many(
        "customer.lifecycle.stage",
        "customer_playbook_stage_rel",
        "playbook_id",
        "stage_id",
        "Lifecycle Stages",
        ondelete="restrict",
        help="Empty: all.",
    )
    milestone_kind = fields.Selection(KINDS, "Kind of Milestone")
    alert_rule_ids = fields.Many2many(
        "customer.alert.rule",
        "customer_playbook_alert_rule_rel",
        "playbook_id",
        "rule_id",
        "Alert Rules",
        ondelete="restrict",
        check_company=True,
        context={"active_test": False},
        help="It is proposed for alerts with the signals of these rules. Empty: for"
        " every alert.",
    )
    insight_kind = fields.Selection(NEEDS + SURROUNDINGS, "Kind of Insight")

    # what it is
    period_months = fields.Integer(
        "Months",
        default=12,
        required=True,
        aggregator=None,
        help="How long a plan runs.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self._get_default_currency(),
        help="Of the budgets of its steps.",
    )
    goal_text = fields.Text(
        "What For",
        translate=True,
        help="The maintenance goal, in one or two sentences.",
    )
    customer_text = fields.Text(
        "What the Customer May Read",
        translate=True,
        help="Stands in papers for the customer. No tier, no budget, nothing internal.",
    )
    step_ids = fields.One2many(
        "customer.playbook.step",
        "playbook_id",
        "Steps",
        copy=True,
        context={"active_test": False},
    )
    goal_ids = fields.One2many(
        "customer.playbook.goal", "playbook_id", "Goals", copy=True
    )
    step_count = fields.Integer("Steps in Use", compute="_compute_step_count")
    plan_count = fields.Integer("Running Plans", compute="_compute_plan_count")

    _code_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)", "Another playbook has this code."
    )

    # === DEFAULTS === #

    @api.model
    def _get_default_currency(self):
        return self.env.company.currency_id

    # === COMPUTE METHODS === #

    @api.depends("trigger")
    def _compute_is_automatic(self):
        for playbook in self:
            playbook.is_automatic = playbook.trigger == "tier"

    @api.depends("step_ids.active")
    def _compute_step_count(self):
        for playbook in self:
            playbook.step_count = len(playbook.step_ids.filtered("active"))

    def _compute_plan_count(self):
        """Count the running plans that the reader may see."""
        counts = dict(
            self.env["customer.care.plan"]._read_group(
                [("playbook_id", "in", self.ids), ("state", "=", "running")],
                ["playbook_id"],
                ["__count"],
            )
        )
        for playbook in self:
            playbook.plan_count = counts.get(playbook._origin, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("trigger", "is_automatic")
    def _check_automatic(self):
        for playbook in self:
            if playbook.is_automatic and playbook.trigger in BY_HAND:
                raise ValidationError(
                    self.env._(
                        "%s, field Launched by Itself: somebody decides about alerts and"
                        " playbooks that are launched by hand.",
                        playbook.name,
                    )
                )

    @api.constrains("trigger", "milestone_kind", "insight_kind", "stage_ids")
    def _check_trigger(self):
        """Refuse a playbook that does not say what launches it."""
        for playbook in self:
            needed = {
                "stage": "stage_ids",
                "milestone": "milestone_kind",
                "insight": "insight_kind",
            }.get(playbook.trigger)
            if needed and not playbook[needed]:
                raise ValidationError(
                    self.env._(
                        "%(playbook)s, field %(field)s: say which one launches it.",
                        playbook=playbook.name,
                        field=self._fields[needed]._description_string(self.env),
                    )
                )

    @api.constrains("period_months")
    def _check_period(self):
        for playbook in self:
            if not 1 <= playbook.period_months <= 60:
                raise ValidationError(
                    self.env._(
                        "%s, field Months: a plan runs for 1 to 60 months.",
                        playbook.name,
                    )
                )

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        """Name the copies; they launch nothing before somebody says so."""
        vals_list = super().copy_data(default)
        for playbook, vals in zip(self, vals_list, strict=True):
            vals.update({"is_automatic": False, **(default or {})})
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", playbook.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: plans of customers that the manager may not see count as well
        plans_sudo = self.env["customer.care.plan"].sudo()
        used = plans_sudo.search([("playbook_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "Care plans were launched from %s: archive it instead of deleting"
                    " it.",
                    used.playbook_id.name,
                )
            )

    # === ACTIONS === #

    def action_open_plans(self):
        """Open the care plans that were launched from this playbook."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plans of %s", self.name),
            "res_model": "customer.care.plan",
            "view_mode": "list,form",
            "domain": [("playbook_id", "=", self.id)],
        }

    # === BUSINESS METHODS === #

    def _get_dates(self, step, start, end):
        """Return (begin of work, deadline) of each action of a step in a plan.

        :param start: first day of the plan; ``end`` is its last one
        """
        return step._get_dates(start, end)
