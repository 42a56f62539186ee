from odoo import api, fields, models
from odoo.exceptions import UserError

from ..periods import local_day

RESULTS = [
    ("confirmed", "Customer is satisfied"),
    ("not_satisfied", "Not solved for the customer"),
    ("not_reached", "Not reached"),
]

WORKED_OUT = {"date", "profile_id", "company_id"}


class CustomerCaseContactTry(models.Model):
    """One try to reach the customer after a solution; never changed afterwards."""

    _name = "customer.case.contact.try"
    _description = "Return Visit"
    _order = "try_datetime desc, id desc"
    _rec_name = "date"

    case_id = fields.Many2one(
        "customer.case", required=True, ondelete="restrict", index=True
    )
    profile_id = fields.Many2one(related="case_id.profile_id", store=True, index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    try_datetime = fields.Datetime("Time", required=True, default=fields.Datetime.now)
    date = fields.Date(
        "Day",
        compute="_compute_date",
        store=True,
        precompute=True,
        help="In the time zone of the company.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Return Visit By",
        required=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
    )
    result = fields.Selection(RESULTS, "Result of the Return Visit", required=True)
    note = fields.Text("What the Customer Said")

    # === COMPUTE METHODS === #

    @api.depends("try_datetime", "case_id")
    def _compute_date(self):
        for visit in self:
            company = visit.case_id.company_id or self.env.company
            moment = visit.try_datetime
            visit.date = moment and local_day(moment, company._get_customer_tz())

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        default_id = self.env.context.get("default_case_id")
        if not self.env.su:  # worked out, whatever a client sends
            defaults = {f"default_{name}" for name in WORKED_OUT}
            context = self.env.context.items()
            kept = {name: value for name, value in context if name not in defaults}
            self = self.with_env(self.env(context=kept))
            vals_list = [
                {name: vals[name] for name in vals if name not in WORKED_OUT}
                for vals in vals_list
            ]
        for vals in vals_list:
            case = self.env["customer.case"].browse(vals.get("case_id", default_id))
            case.check_access("write")
        visits = super().create(vals_list)
        for visit in visits:
            visit._check_time()
            visit.case_id._note_visit(visit)
        return visits

    def write(self, vals):
        if not self.env.su and set(vals) - {"note"}:
            raise UserError(self.env._("A return visit cannot be changed afterwards."))
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _check_time(self):
        """Raise when somebody dates a try ahead, or before there was a solution."""
        if self.env.su:
            return
        if self.try_datetime > fields.Datetime.now():
            raise UserError(self.env._("A return visit cannot be in the future."))
        solved = self.case_id.solved_datetime
        if solved and self.try_datetime < solved:
            raise UserError(
                self.env._(
                    "%s was solved later than that: a return visit comes afterwards.",
                    self.case_id.display_name,
                )
            )
