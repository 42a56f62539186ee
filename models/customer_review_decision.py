from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CustomerReviewDecision(models.Model):
    """What an evaluation decided: who does what until when.

    It becomes an action of the customer when the evaluation is held.
    """

    _name = "customer.review.decision"
    _description = "Decision of an Evaluation"
    _inherit = ["customer.fact.mixin"]
    _order = "date_deadline, id"
    _check_company_auto = True

    review_id = fields.Many2one(
        "customer.review",
        "Evaluation",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    profile_id = fields.Many2one(
        compute="_compute_profile_id",
        store=True,
        precompute=True,
        readonly=True,
    )
    name = fields.Char("Decision", required=True)
    kind_id = fields.Many2one(
        "customer.action.kind",
        "Kind of Action",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env["customer.action.kind"].search(
            [("is_bulk", "=", False)], order="is_contact, sequence, id", limit=1
        ),
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    date_deadline = fields.Date("Deadline", required=True)
    completion_standard = fields.Text(
        help="How we know that it is done. Empty: the decision itself."
    )
    action_id = fields.Many2one(
        "customer.care.action",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(related="review_id.state", string="Evaluation Is")
    action_state = fields.Selection(related="action_id.state", string="Action Is")

    # === COMPUTE METHODS === #

    @api.depends("review_id")
    def _compute_profile_id(self):
        for decision in self:
            decision.profile_id = decision.review_id.profile_id

    # === CONSTRAINT METHODS === #

    @api.constrains("date_deadline", "review_id")
    def _check_deadline(self):
        for decision in self:
            if decision.date_deadline <= decision.review_id.date_to:
                raise ValidationError(
                    self.env._(
                        "%(decision)s, Deadline: a decision is carried out after the"
                        " period that was evaluated.",
                        decision=decision.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_no_system_field({"action_id", "profile_id"} & set(vals))
        # before the checks of values: their messages would tell about the customer
        ids = {vals.get("review_id") for vals in vals_list}
        self.env["customer.review"].browse(filter(None, ids)).check_access("write")
        cleaned = self._without_defaults({"action_id", "profile_id"})
        decisions = super(CustomerReviewDecision, cleaned).create(vals_list)
        decisions.review_id._check_draft()
        decisions._check_people()
        return decisions

    def write(self, vals):
        self._check_no_system_field(
            {"action_id", "profile_id", "review_id"} & set(vals)
        )
        if not self.env.su:
            self.review_id._check_draft()
        result = super().write(vals)
        if "user_id" in vals:
            self._check_people()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        self.review_id._check_draft()

    def _check_people(self):
        """Raise when somebody is to do what he is not allowed to see."""
        for decision in self:
            visible = decision.profile_id.with_user(decision.user_id)
            if not visible.has_access("read"):
                raise ValidationError(
                    self.env._(
                        "%(decision)s: %(user)s does not see this customer.",
                        decision=decision.name,
                        # sudo: a colleague's name
                        user=decision.user_id.sudo().name,
                    )
                )

    # === BUSINESS METHODS === #

    def _create_actions(self):
        """Create the actions of decisions that have none yet.

        They belong to the plan that was evaluated while it runs.
        """
        for decision in self.filtered(lambda row: not row.action_id):
            today = decision.company_id._get_customer_today()
            if decision.date_deadline < today:
                raise UserError(
                    self.env._(
                        "%s, Deadline: that day has passed. Choose a later one.",
                        decision.name,
                    )
                )
            review, plan = decision.review_id, decision.review_id.plan_id
            action = self.env["customer.care.action"].create(
                {
                    "profile_id": decision.profile_id.id,
                    "plan_id": plan.id if plan.state == "running" else False,
                    "kind_id": decision.kind_id.id,
                    "name": decision.name,
                    "user_id": decision.user_id.id,
                    "is_user_manual": True,
                    "is_core": True,
                    "date_start": today,
                    "date_deadline": decision.date_deadline,
                    "completion_standard": decision.completion_standard
                    or decision.name,
                }
            )
            action.sudo().review_id = review  # sudo: system fields, like the next one
            decision.sudo().action_id = action
