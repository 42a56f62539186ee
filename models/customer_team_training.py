from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerTeamTraining(models.Model):
    """A training of our own people: on the newest service standard, or for a gap.

    Who was there sees it; what somebody lacks is for managers and for himself.
    """

    _name = "customer.team.training"
    _description = "Team Training"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    name = fields.Char("Topic", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        [
            ("standard", "Service Standard"),
            ("awareness", "Customer Awareness"),
            ("skill", "Skill"),
            ("product", "Product and Solution"),
        ],
        required=True,
        default="standard",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    duration_hours = fields.Float("Hours", digits=(6, 2))
    trainer_id = fields.Many2one("res.users", domain=[("share", "=", False)])
    user_ids = fields.Many2many(
        "res.users",
        "customer_team_training_users_rel",
        "training_id",
        "user_id",
        "Who Takes Part",
        # as text: a list would let every new user recompute the trainings
        domain="[('share', '=', False)]",
    )
    participant_count = fields.Integer(
        "Participants", compute="_compute_participant_count", store=True
    )
    standard = fields.Text(help="Which service standard, and from when it holds.")
    gap_note = fields.Text(
        "Gap Behind It", help="Which gap in skill or awareness the training closes."
    )
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done"), ("cancelled", "Cancelled")],
        "Status",
        default="planned",
        required=True,
        tracking=True,
    )
    is_gap_closed = fields.Boolean("Gap Closed")
    result = fields.Text()

    _hours_range = models.Constraint(
        "CHECK (duration_hours >= 0 AND duration_hours <= 1000)",
        "The hours of a training lie between 0 and 1000.",
    )

    # === COMPUTE METHODS === #

    @api.depends("user_ids")
    def _compute_participant_count(self):
        for training in self:
            training.participant_count = len(training.user_ids)

    # === CONSTRAINT METHODS === #

    @api.constrains("state", "date", "user_ids")
    def _check_done(self):
        for training in self:
            today = training.company_id._get_customer_today()
            if training.state == "done" and training.date > today:
                raise ValidationError(
                    self.env._("%s has not taken place yet.", training.name)
                )
            if training.state == "done" and not training.user_ids:
                raise ValidationError(
                    self.env._("%s: say who took part.", training.name)
                )
