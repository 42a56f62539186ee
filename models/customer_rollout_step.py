from odoo import api, fields, models
from odoo.fields import Domain


class CustomerRolloutStep(models.Model):
    """One step by which customer management is introduced: seven are shipped."""

    _name = "customer.rollout.step"
    _description = "Rollout Step"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char("Step", required=True, translate=True)
    description = fields.Text("What It Takes", translate=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for every company."
    )
    user_id = fields.Many2one(
        "res.users", "Responsible", tracking=True, domain=[("share", "=", False)]
    )
    date_deadline = fields.Date("Deadline", tracking=True)
    state = fields.Selection(
        [("todo", "To Do"), ("doing", "In Progress"), ("done", "Done")],
        "Status",
        default="todo",
        required=True,
        tracking=True,
        group_expand=True,
    )
    date_done = fields.Date(
        "Done On", compute="_compute_date_done", store=True, readonly=False
    )
    result = fields.Text()
    is_late = fields.Boolean(
        "Late", compute="_compute_is_late", search="_search_is_late"
    )
    active = fields.Boolean(default=True)

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_date_done(self):
        for step in self:
            if step.state != "done":
                step.date_done = False
            elif not step.date_done:
                step.date_done = self.env.company._get_customer_today()

    @api.depends("state", "date_deadline")
    def _compute_is_late(self):
        today = self.env.company._get_customer_today()
        for step in self:
            step.is_late = (
                step.state != "done"
                and bool(step.date_deadline)
                and step.date_deadline < today
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._get_customer_today()
        late = Domain("state", "!=", "done") & Domain("date_deadline", "<", today)
        return (late if True in value else Domain.FALSE) | (
            ~late if False in value else Domain.FALSE
        )
