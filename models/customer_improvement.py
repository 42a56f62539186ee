from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

STATES = [
    ("draft", "To Be Written"),
    ("running", "Being Carried Out"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("draft", "running")


class CustomerImprovement(models.Model):
    """What we change after somebody was not satisfied: cause, measures, owner, date."""

    _name = "customer.improvement"
    _description = "Improvement Plan"
    _inherit = ["customer.fact.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_deadline, id"
    _check_company_auto = True
    _is_profile_optional = True

    profile_id = fields.Many2one(required=False)
    # kept where no customer says it
    company_id = fields.Many2one(readonly=False)
    name = fields.Char("Improvement Plan", required=True)
    state = fields.Selection(
        STATES, "Status", required=True, default="draft", tracking=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
        index=True,
    )
    date_deadline = fields.Date(
        "Deadline",
        required=True,
        tracking=True,
        default=lambda self: self._default_date_deadline(),
    )
    date_done = fields.Date("Done On", readonly=True, copy=False)
    is_late = fields.Boolean(
        "Late", compute="_compute_is_late", search="_search_is_late"
    )
    satisfaction_id = fields.Many2one(
        "customer.satisfaction",
        "Answer Given",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    origin_key = fields.Char(
        readonly=True, copy=False, help="Of a plan started by itself: why, once."
    )
    cause = fields.Text("Why the Customer Was Not Satisfied")
    measures = fields.Text("What We Change")
    result = fields.Text("What Came of It")

    _origin_uniq = models.Constraint(
        "UNIQUE (origin_key)", "This improvement plan was started already."
    )
    _open_idx = models.Index(
        "(company_id, date_deadline) WHERE state IN ('draft', 'running')"
    )

    # === DEFAULT METHODS === #

    def _default_date_deadline(self):
        return self._get_deadline(self.env.company)

    # === COMPUTE METHODS === #

    @api.depends("state", "date_deadline")
    @api.depends_context("tz")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for plan in self:
            plan.is_late = bool(
                plan.state in OPEN_STATES
                and plan.date_deadline
                and plan.date_deadline < today
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("state", "in", OPEN_STATES),
            ("date_deadline", "<", fields.Date.context_today(self)),
        ]

    # === CONSTRAINT METHODS === #

    @api.constrains("state", "cause", "measures", "result")
    def _check_result(self):
        """Refuse the end of a plan of which nobody can say what came of it."""
        for plan in self:
            needed = {
                "done": ["cause", "measures", "result"],
                "cancelled": ["result"],
            }.get(plan.state, [])
            for name in needed:
                if not (plan[name] or "").strip():
                    raise ValidationError(
                        self.env._(
                            "%(record)s: fill in %(field)s first.",
                            record=plan.name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            names = {"origin_key", "satisfaction_id", "date_done"}
            self = self._without_defaults(names)
            for vals in vals_list:
                self._check_no_system_field(names & set(vals))
        plans = super().create(vals_list)
        plans._sync_activities()
        return plans

    def write(self, vals):
        names = {"origin_key", "satisfaction_id", "date_done"}
        self._check_no_system_field(names & set(vals))
        result = super().write(vals)
        if "state" in vals:
            for plan in self.sudo():  # sudo: date_done; who may write was checked
                is_done = plan.state == "done"
                today = plan.company_id._get_customer_today()
                super(CustomerImprovement, plan).write(
                    {"date_done": is_done and (plan.date_done or today)}
                )
        if {"state", "user_id", "date_deadline", "name"} & set(vals):
            self._sync_activities()
        return result

    # === ACTION METHODS === #

    def action_start(self):
        """Begin to carry out the plan."""
        self.write({"state": "running"})

    def action_done(self):
        """Close the plan: what came of it is written down."""
        self.write({"state": "done"})

    def action_cancel(self):
        """Give the plan up; its result says why."""
        self.write({"state": "cancelled"})

    def action_reopen(self):
        """Take the plan up again."""
        self.write({"state": "running"})

    # === BUSINESS METHODS === #

    @api.model
    def _get_deadline(self, company):
        days = company.sudo().customer_improvement_days  # sudo: settings of a company
        return company._get_customer_today() + timedelta(days=days)

    @api.model
    def _open_for(self, answer):
        """Start the plan that a low answer asks for: once per answer, case and round.

        A case that is being improved already gets no second plan.

        :return: the plan of this answer or case
        """
        plans = self.sudo()  # sudo: the public user may have answered
        case = answer.case_id
        key = f"case-{case.id}-{case.reopen_count}" if case else f"answer-{answer.id}"
        domain = [("origin_key", "=", key)]
        if case:
            running = [("case_id", "=", case.id), ("state", "in", OPEN_STATES)]
            domain = ["|", *domain, "&", *running]
        plan = plans.search(domain, limit=1)
        return plan or plans.create(self._prepare_plan_vals(answer, key))

    @api.model
    def _prepare_plan_vals(self, answer, key):
        user = answer.user_id or answer.profile_id.user_id
        told = self.with_context(lang=user.lang or self.env.lang)
        return {
            "name": told.env._(
                "Improve: %(what)s",
                what=answer.with_env(told.env).display_name,
            ),
            "profile_id": answer.profile_id.id,
            "company_id": answer.company_id.id,
            "case_id": answer.case_id.id,
            "satisfaction_id": answer.id,
            "user_id": user.id,
            "date_deadline": self._get_deadline(answer.company_id),
            "origin_key": key,
        }

    # === ACTIVITIES === #

    def _sync_activities(self):
        """Give each open plan one activity of its owner; that of an ended one is done."""
        kind = self.env.ref(
            "customer_success.mail_activity_type_improvement", raise_if_not_found=False
        )
        for plan in self:
            activity = plan._get_automated_activities()
            if plan.state not in OPEN_STATES:
                activity.action_feedback()
            elif activity and plan.user_id:
                activity.with_context(mail_activity_quick_update=True).write(
                    {"user_id": plan.user_id.id, "date_deadline": plan.date_deadline}
                )
            elif plan.user_id:
                plan._create_activity(kind)
            else:
                activity.unlink()

    def _create_activity(self, kind):
        told = self.with_context(
            lang=self.user_id.lang, mail_activity_quick_update=True
        )
        # sudo: the activity of somebody else
        told.env["mail.activity"].sudo().create(
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
                "activity_type_id": kind and kind.id,
                "summary": self.name,
                "date_deadline": self.date_deadline,
                "user_id": self.user_id.id,
                "automated": True,
            }
        )
