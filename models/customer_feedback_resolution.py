from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

UNFINISHED = ("planned", "running")
SYSTEM_FIELDS = {"company_id", "date_done", "state"}
# What the person who carries it out writes; the rest is the meeting's.
OWN_FIELDS = {"result"}


class CustomerFeedbackResolution(models.Model):
    """What a feedback meeting resolved: who improves what until when, how it went.

    It shows to who carries it out and to who took part; managers decide its terms.
    """

    _name = "customer.feedback.resolution"
    _description = "Resolution of a Feedback Meeting"
    _inherit = ["customer.system.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_deadline, id"

    meeting_id = fields.Many2one(
        "customer.feedback.meeting",
        "Feedback Meeting",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="meeting_id.company_id", store=True, precompute=True, index=True
    )
    name = fields.Char("Resolution", required=True, tracking=True)
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    date_deadline = fields.Date("Deadline", required=True, tracking=True)
    state = fields.Selection(
        [
            ("planned", "To Begin"),
            ("running", "Being Carried Out"),
            ("done", "Done"),
            ("cancelled", "Dropped"),
        ],
        "Status",
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    result = fields.Text(copy=False, help="What came of it.")
    date_done = fields.Date("Done On", readonly=True, copy=False)
    is_late = fields.Boolean("Late", compute="_compute_is_late", search="_search_late")

    # === COMPUTE METHODS === #

    @api.depends("date_deadline", "state", "company_id")
    def _compute_is_late(self):
        for resolution in self:
            today = (resolution.company_id or self.env.company)._get_customer_today()
            resolution.is_late = bool(
                resolution.state in UNFINISHED
                and resolution.date_deadline
                and resolution.date_deadline < today
            )

    @api.model
    def _search_late(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return Domain("state", "in", UNFINISHED) & Domain(
            "date_deadline", "<", self.env.company._get_customer_today()
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._drop_system_values(vals_list, SYSTEM_FIELDS)
        self = self._without_defaults(SYSTEM_FIELDS)
        resolutions = super().create(vals_list)
        if not self.env.su:
            resolutions.meeting_id._check_not_held({"resolution_ids"})
        resolutions._raise_activities()
        return resolutions

    def write(self, vals):
        if not self.env.su:
            self._check_fields(set(vals))
        result = super().write(vals)
        if {"user_id", "date_deadline", "name"} & set(vals):
            self._raise_activities()
        return result

    def _check_fields(self, names):
        """Raise when a client writes what buttons write, or what managers decide."""
        names = {
            name for name in names if not name.startswith(("message_", "activity_"))
        }
        self._check_no_system_field(names & (SYSTEM_FIELDS | {"meeting_id"}))
        is_manager = self.env["customer.feedback.meeting"].has_access("write")
        if names - OWN_FIELDS and not is_manager:
            raise AccessError(
                self.env._(
                    "What was resolved is changed by managers: write the result, or"
                    " begin and finish it."
                )
            )

    # === ACTION METHODS === #

    def action_begin(self):
        """Begin to carry these resolutions out."""
        self._set_state("running")

    def action_done(self):
        """Finish these resolutions; the result says what came of them."""
        for resolution in self:
            if not (resolution.result or "").strip():
                raise UserError(
                    self.env._("%s: write the result first.", resolution.name)
                )
        self._set_state("done")

    def action_drop(self):
        """Drop these resolutions; the result says why. Managers only."""
        self.check_access("write")
        self.meeting_id.check_access("write")
        for resolution in self:
            if not (resolution.result or "").strip():
                raise UserError(
                    self.env._("%s: say in the result why.", resolution.name)
                )
        self._set_state("cancelled")

    def action_reopen(self):
        """Take back that these resolutions were finished or dropped."""
        self._set_state("running")

    def _set_state(self, state):
        self.check_access("write")
        for company, resolutions in self.grouped("company_id").items():
            today = company._get_customer_today()
            # sudo: what buttons write
            resolutions.sudo().write(
                {"state": state, "date_done": today if state == "done" else False}
            )
        activities = self._get_automated_activities()
        if state == "done":
            activities.action_feedback()
        elif state == "cancelled":
            activities.unlink()
        else:
            self._raise_activities()

    # === BUSINESS METHODS === #

    def _raise_activities(self):
        """Keep one activity of its responsible person on each unfinished resolution."""
        found = self._get_automated_activities().grouped("res_id")
        for resolution in self.filtered(lambda row: row.state in UNFINISHED):
            values = {
                "user_id": resolution.user_id.id,
                "date_deadline": resolution.date_deadline,
                "summary": resolution.name,
            }
            if activity := found.get(resolution.id):
                # no mail: what is due shows among the activities
                activity.with_context(mail_activity_quick_update=True).write(values)
            else:
                # sudo: activities of somebody else
                resolution.sudo().with_context(
                    mail_activity_quick_update=True
                ).activity_schedule(
                    "customer_success.mail_activity_type_resolution", **values
                )
